"""Registers behind a server: who sees which, and what happens when their files change under it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from aimsgraph.web.keys import KeyFile, Scope
from running import Server, running

ASKED = ("coverage", "gaps", "soa", "readiness", "duties", "impact?of=x")


@dataclass(frozen=True)
class Kept:
    server: Server
    folder: Path
    ours: str
    theirs: str


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("registers")
    shutil.copytree("data/examples/acme", folder / "acme")
    file = KeyFile(folder / "keys.json")
    ours, _ = file.new("ours", [Scope.READ], organisations=["acme"])
    theirs, _ = file.new("theirs", [Scope.READ], organisations=["umbrella"])
    with running("--org", str(folder / "acme"), "--keys", str(file.path)) as server:
        yield Kept(server, folder / "acme", ours, theirs)


def test_a_key_sees_its_organisations_alone(kept: Kept) -> None:
    with kept.server.client(kept.ours) as client:
        assert [each["slug"] for each in client.get("/v1/orgs").json()["organisations"]] == ["acme"]
        assert client.get("/v1/orgs/acme/readiness").status_code == 200
        refused = client.post("/v1/validate", json={"files": {"organisation.yaml": ""}})
        assert (refused.status_code, refused.json()["code"]) == (403, "refused")
    with kept.server.client(kept.theirs) as client:
        assert client.get("/v1/orgs").json()["organisations"] == []
        for what in ASKED:
            hidden = client.get(f"/v1/orgs/acme/{what}")
            missing = client.get(f"/v1/orgs/nobody/{what}")
            assert hidden.status_code == missing.status_code == 404
            assert hidden.json()["detail"] == missing.json()["detail"].replace("nobody", "acme")
    with kept.server.client() as client:
        for path in ("/v1/orgs", "/v1/frameworks", "/id/eu/reg/2024/1689", "/ns"):
            assert client.get(path).status_code == 401, path


def test_a_change_of_the_files_is_seen_and_a_fault_in_them_is_not_the_askers(kept: Kept) -> None:
    controls = kept.folder / "controls.csv"
    before = controls.read_text(encoding="utf-8")
    with kept.server.client(kept.ours) as client:
        first = client.get("/v1/orgs/acme/soa?limit=5")
        tag, cursor = first.headers["etag"], first.json()["next"]
        assert client.get("/v1/orgs/acme/soa?limit=5", headers={"If-None-Match": tag}).status_code == 304

        controls.write_text(before.replace(",dana,", ",otto,"), encoding="utf-8")
        changed = client.get("/v1/orgs/acme/soa?limit=5", headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.json()["controls"] != first.json()["controls"]
        assert client.get(f"/v1/orgs/acme/soa?limit=5&cursor={cursor}").status_code == 400

        controls.write_text("id,nonsense\n1,2\n", encoding="utf-8")
        for what in ASKED:
            wrong = client.get(f"/v1/orgs/acme/{what}")
            assert (wrong.status_code, wrong.json()["code"]) == (503, "backend-failed"), what
            assert str(kept.folder.parent) not in wrong.text
        assert [each["slug"] for each in client.get("/v1/orgs").json()["organisations"]] == ["acme"]

        controls.write_text(before, encoding="utf-8")
        again = client.get("/v1/orgs/acme/soa?limit=5")
        assert (again.status_code, again.headers["etag"]) == (200, tag)
