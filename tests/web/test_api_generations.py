"""What a write changes for those who read /v1: versions, entity tags, cursors, pages of linked data."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from aimsgraph.app import fill_directory
from aimsgraph.settings import Settings
from running import running

DUTIES = "/v1/duties?role=provider&route=annex-iii&limit=5"
NEW = "https://w3id.org/aimsgraph/id/test/new"


@pytest.fixture
def writable(tmp_path: Path) -> Iterator[httpx.Client]:
    store = tmp_path / "store"
    fill_directory(Settings(store=str(store)))
    with (
        running("--writes", program=("--store", str(store), "--today", "2026-11-23")) as server,
        server.client() as client,
    ):
        yield client


@pytest.mark.slow
def test_a_write_ends_cursors_and_tags_and_is_seen_at_once(writable: httpx.Client) -> None:
    first = writable.get(DUTIES)
    version, cursor = first.json()["graph_version"], first.json()["next"]
    assert writable.get(DUTIES, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert writable.get(f"{DUTIES}&cursor={cursor}").status_code == 200
    assert writable.get("/id/test/new").status_code == 404

    update = f'INSERT DATA {{ GRAPH <urn:g> {{ <{NEW}> <http://www.w3.org/2000/01/rdf-schema#label> "new" }} }}'
    assert writable.post("/update", data={"update": update}).status_code == 204

    again = writable.get(DUTIES, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 200
    assert again.json()["graph_version"] == writable.get("/version").json()["graph_version"] != version
    assert again.json()["duties"] == first.json()["duties"]
    refused = writable.get(f"{DUTIES}&cursor={cursor}")
    assert (refused.status_code, refused.json()["detail"]) == (
        400,
        "the content has changed since the cursor was given",
    )
    assert '"new"' in writable.get("/id/test/new", headers={"Accept": "text/turtle"}).text
