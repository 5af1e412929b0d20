"""A key in a browser: shown as a password, good for reading alone, and for pages of this server alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from aimsgraph.web.keys import KeyFile, Scope
from running import Server, running

ASK = {"query": "ASK {}"}
UPDATE = {"update": "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }"}
PAGE = {"Accept": "text/html"}


@dataclass(frozen=True)
class Keyed:
    server: Server
    admin: str
    revoked: str


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    file = KeyFile(tmp_path_factory.mktemp("keyed") / "keys.json")
    admin, _ = file.new("admin", [Scope.ADMIN])
    revoked, gone = file.new("revoked", [Scope.ADMIN])
    file.revoke(gone.id)
    with running("--keys", str(file.path), "--org", "data/examples/acme", "--rate", "200") as server:
        yield Keyed(server, admin, revoked)


def shown(key: str) -> httpx.BasicAuth:
    return httpx.BasicAuth("anybody", key)


def test_it_reads_and_does_no_more(keyed: Keyed) -> None:
    with keyed.server.client() as client:
        asked = client.get("/orgs/acme", headers=PAGE)
        assert asked.status_code == 401
        assert 'Basic realm="aimsgraph"' in asked.headers["www-authenticate"]
        assert "any name, and the key as the password" in asked.text
        assert client.get("/orgs/acme", headers=PAGE, auth=shown(keyed.admin)).status_code == 200
        assert client.get("/v1/frameworks", auth=shown(keyed.admin)).status_code == 200
        cited = {"content": b"see Art. 6(2) AI Act", "headers": {"Content-Type": "text/plain"}}
        assert client.post("/v1/cite", **cited, auth=shown(keyed.admin)).status_code == 200  # type: ignore[arg-type]
        refused = client.post("/update", data=UPDATE, auth=shown(keyed.admin))
        assert refused.status_code == 403
        assert "Bearer" in refused.json()["remedy"]
        assert client.put("/graphs?graph=urn:g", content=b"", auth=shown(keyed.admin)).status_code == 403


@pytest.mark.parametrize("header", ["Basic dXNlcjpwYXNz", "Basic", "Basic %%", "Basic /w==", "Digest x"])
def test_what_is_no_key_in_a_browser(header: str, keyed: Keyed) -> None:
    with keyed.server.client(Authorization=header) as client:
        assert client.get("/v1/frameworks").status_code == 401
    with keyed.server.client() as client:
        assert client.get("/v1/frameworks", auth=shown(keyed.revoked)).status_code == 401


def test_a_page_of_another_site_asks_nothing_with_it(keyed: Keyed) -> None:
    across = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    evil = {"Origin": "https://evil.example"}
    with keyed.server.client() as client:
        assert client.get("/sparql", params=ASK, headers=across, auth=shown(keyed.admin)).status_code == 403
        assert client.post("/sparql", data=ASK, headers=evil, auth=shown(keyed.admin)).status_code == 403
        assert "Basic" not in client.get("/sparql", params=ASK, headers=across).headers["www-authenticate"]
        assert "Basic" not in client.get("/sparql", params=ASK).headers["www-authenticate"]
        link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"} | PAGE
        assert client.get("/duties", headers=link, auth=shown(keyed.admin)).status_code == 200
        within = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
        answer = client.get("/sparql", params=ASK, headers=within, auth=shown(keyed.admin))
        assert answer.json()["boolean"] is True
        assert "Basic" in client.get("/sparql", params=ASK, headers=within).headers["www-authenticate"]
