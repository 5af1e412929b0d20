"""Over HTTP: keys, organisations a key may see, pages of other sites, large bodies, addresses others reach."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from asking import ACME, Face, over_http, text_of

from aimsgraph.errors import UsageError
from aimsgraph.mcp.http import security_of
from aimsgraph.web.keys import KeyFile, Scope
from aimsgraph.web.settings import ServeSettings
from running import Server, running

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = "application/json, text/event-stream"


@dataclass(frozen=True)
class Keyed:
    server: Server
    reader: str
    judge: str
    acme: str
    stranger: str
    writer: str


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    """The tools alone, behind keys."""
    file = KeyFile(tmp_path_factory.mktemp("keyed") / "keys.json")
    reader, _ = file.new("reader", [Scope.READ])
    judge, _ = file.new("judge", [Scope.READ, Scope.VALIDATE])
    acme, _ = file.new("acme", [Scope.READ, Scope.VALIDATE], organisations=["acme"])
    stranger, _ = file.new("stranger", [Scope.READ, Scope.VALIDATE], organisations=["globex"])
    writer, _ = file.new("writer", [Scope.WRITE])
    options = ("--http", "--org", str(ACME), "--keys", str(file.path), "--request-log")
    with running(*options, command="mcp") as server:
        yield Keyed(server, reader, judge, acme, stranger, writer)


def post(url: str, body: Any = None, **headers: str) -> httpx.Response:
    sent = {"Accept": ACCEPT} | {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(url, json=body or LIST, headers=sent, trust_env=False, timeout=60)


@pytest.mark.parametrize("key", ["", "nonsense", "agk_0123456789ab_nonsense"])
def test_without_a_key_that_counts_nothing_is_told(keyed: Keyed, key: str) -> None:
    answer = post(keyed.server.url, **({"Authorization": f"Bearer {key}"} if key else {}))
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "unauthorised"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "crosswalk" not in answer.text


def test_a_key_that_may_not_read_is_refused(keyed: Keyed) -> None:
    answer = post(keyed.server.url, Authorization=f"Bearer {keyed.writer}")
    assert (answer.status_code, answer.json()["code"]) == (403, "refused")


def test_a_key_reads_what_it_may_and_judges_only_when_it_may(keyed: Keyed) -> None:
    with over_http(keyed.server.url, keyed.reader) as face:
        assert face.ask("resolve", text="AI Act Art. 6(2)")["ref"] == "eu-ai-act:Art.6(2)"
        assert face.ask("sparql", query="ASK { ?s a aims:Framework }")["boolean"] is True
        assert face.fail("cite", text="Article 999 of the AI Act")["code"] == "refused"
        assert face.fail("validate", files={"organisation.yaml": "slug: a"})["code"] == "refused"
        (content,) = face.run(face.client.read_resource, "aims://item/eu-ai-act:Art.4").contents
        assert "eu-ai-act:Art.4" in content.text
    with over_http(keyed.server.url, keyed.judge) as face:
        assert face.ask("cite", text="Article 999 of the AI Act")["total"] == 1


PRIVATE: list[tuple[str, dict[str, Any]]] = [
    ("gaps", {}), ("coverage", {}), ("soa", {}), ("readiness", {}), ("impact", {"of": "iso-42001:A.6.2.8"}),
    ("duties", {"system": "cv-ranker"}), ("validate", {}), ("question", {"id": "cq-012"}),
]  # fmt: skip


def test_a_key_of_another_organisation_sees_nothing_of_this_one(keyed: Keyed) -> None:
    with over_http(keyed.server.url, keyed.stranger) as face:
        assert face.ask("organisations")["organisations"] == []
        for tool, arguments in PRIVATE:
            for named in ({}, {"organisation": "acme"}):
                error = face.fail(tool, **arguments, **named)
                assert error["code"] == "not-found", tool
                assert "cv-ranker" not in str(error)
        unknown = face.fail("gaps", organisation="initech")
        there = face.fail("gaps", organisation="acme")
        assert unknown["message"].replace("initech", "acme") == there["message"]
        assert unknown["remedy"] == there["remedy"]


def test_a_key_of_an_organisation_sees_its_own(keyed: Keyed) -> None:
    with over_http(keyed.server.url, keyed.acme) as face:
        assert [each["slug"] for each in face.ask("organisations")["organisations"]] == ["acme"]
        assert face.ask("gaps", limit=1)["gaps"]


def test_two_askers_at_once_are_not_mixed_up(keyed: Keyed) -> None:
    with over_http(keyed.server.url, keyed.acme) as ours, over_http(keyed.server.url, keyed.stranger) as theirs:
        for _ in range(5):
            one = ours.portal.start_task_soon(ours.client.call_tool, "organisations", {})
            other = theirs.portal.start_task_soon(theirs.client.call_tool, "organisations", {})
            assert "cv-ranker" in text_of(one.result(60))
            assert "cv-ranker" not in text_of(other.result(60))


def test_the_log_names_the_key_and_no_words_of_a_question(keyed: Keyed) -> None:
    with over_http(keyed.server.url, keyed.reader) as face:
        face.ask("search", words="watermelon")
    said = keyed.server.said()
    assert '"route": "/mcp"' in said
    assert f'"key": "{keyed.reader.split("_")[1]}"' in said
    assert "watermelon" not in said
    assert keyed.reader.split("_")[2] not in said


def test_only_the_tools_are_there(keyed: Keyed) -> None:
    root = keyed.server.url.removesuffix("/mcp")
    assert httpx.get(f"{root}/healthz", trust_env=False).status_code == 200
    for path in ("/sparql", "/v1/frameworks", "/update", "/openapi.json"):
        assert httpx.get(f"{root}{path}", trust_env=False).status_code == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "localhost.evil.example:80"]
)
def test_another_name_for_this_address_is_refused(mcp_server: Server, keyed: Keyed, host: str) -> None:
    assert post(f"{mcp_server.url}/mcp").status_code == 200
    answer = post(f"{mcp_server.url}/mcp", Host=host)
    assert (answer.status_code, answer.json()["code"]) == (403, "refused")
    key = f"Bearer {keyed.reader}"
    assert post(keyed.server.url, Authorization=key).status_code == 200
    assert post(keyed.server.url, Authorization=key, Host=host).status_code == 421


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1.evil.example", "null", "http://localhost.evil.example:80"]
)
def test_a_page_of_another_site_is_refused(mcp_server: Server, keyed: Keyed, origin: str) -> None:
    answer = post(f"{mcp_server.url}/mcp", Origin=origin)
    assert answer.status_code == 403
    assert "tools" not in answer.text
    assert post(keyed.server.url, Authorization=f"Bearer {keyed.reader}", Origin=origin).status_code == 403


def test_a_page_of_this_machine_may_ask(mcp_server: Server) -> None:
    assert post(f"{mcp_server.url}/mcp", Origin="http://localhost:6274").status_code == 200


def test_what_is_not_json_or_too_large_is_refused(mcp_server: Server) -> None:
    url = f"{mcp_server.url}/mcp"
    headers = {"Accept": ACCEPT, "Content-Type": "text/plain"}
    assert httpx.post(url, content="x=1", headers=headers, trust_env=False).status_code in (400, 415)
    large = LIST | {"params": {"x": "y" * (4 * 1024 * 1024)}}
    assert post(url, large).status_code == 413
    deep = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"check_proof","arguments":{"answers":[' + (
        "[" * 20_000 + "]" * 20_000 + "]}}}"
    )
    answer = httpx.post(
        url, content=deep, headers={"Accept": ACCEPT, "Content-Type": "application/json"}, trust_env=False, timeout=60
    )
    assert answer.status_code == 400 or answer.json()["result"]["isError"]
    surrogate = (
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"resolve","arguments":{"text":"\\ud800"}}}'
    )
    answer = httpx.post(
        url, content=surrogate, headers={"Accept": ACCEPT, "Content-Type": "application/json"}, trust_env=False
    )
    assert answer.status_code == 400 or answer.json()["result"]["isError"]
    assert post(url).status_code == 200


def test_the_rest_of_the_server_is_there_too(mcp_server: Server, http: Face) -> None:
    listed = httpx.get(f"{mcp_server.url}/v1/frameworks", trust_env=False).json()["frameworks"]
    assert listed == http.ask("frameworks")["frameworks"]


def test_an_address_others_reach_has_to_know_its_name(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    keys.new("any", [Scope.READ])
    with pytest.raises(UsageError, match="the name it is called by"):
        security_of(ServeSettings(host="0.0.0.0", keys=keys.path))
    known = security_of(ServeSettings(host="0.0.0.0", keys=keys.path, public_url="https://aims.example.org"))
    assert known.enable_dns_rebinding_protection
    assert "aims.example.org" in known.allowed_hosts
    assert "https://aims.example.org" in known.allowed_origins
    assert not any(re.search(r"\*(?!$)", name) or name.startswith("*") for name in known.allowed_hosts)
