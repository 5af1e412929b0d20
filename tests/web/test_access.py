"""Who may do what: keys, scopes, open reads, other sites' pages, limits, unsafe settings."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from aimsgraph.errors import UsageError
from aimsgraph.settings import Settings
from aimsgraph.web.keys import KeyFile, Scope
from aimsgraph.web.settings import ServeSettings
from running import Server, running

ASK = {"query": "ASK {}"}
UPDATE = {"update": "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }"}


@dataclass(frozen=True)
class Keyed:
    server: Server
    file: KeyFile
    store: Path
    reader: str
    writer: str
    expired: str
    revoked: str


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    folder = tmp_path_factory.mktemp("keyed")
    file = KeyFile(folder / "keys.json")
    reader, _ = file.new("reader", [Scope.READ])
    writer, _ = file.new("writer", [Scope.READ, Scope.WRITE])
    expired, _ = file.new("expired", [Scope.ADMIN], days=1, now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    revoked, gone = file.new("revoked", [Scope.ADMIN])
    file.revoke(gone.id)
    store = folder / "store"
    options = ("--writes", "--keys", str(file.path), "--request-log")
    with running(*options, program=("--store", str(store))) as server:
        yield Keyed(server, file, store, reader, writer, expired, revoked)


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"].endswith(f"/{code}")
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def test_without_a_key_nothing_is_told_but_that_one_is_needed(keyed: Keyed) -> None:
    with keyed.server.client() as client:
        for answer in (client.post("/sparql", data=ASK), client.get("/metrics"), client.get("/graphs?default")):
            problem(answer, 401, "unauthorised")
            assert answer.headers["www-authenticate"].startswith("Bearer")
        assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("which", ["expired", "revoked"])
def test_a_key_that_no_longer_counts(which: str, keyed: Keyed) -> None:
    with keyed.server.client(getattr(keyed, which)) as client:
        body = problem(client.post("/sparql", data=ASK), 401, "unauthorised")
        assert which in body["detail"]


@pytest.mark.parametrize("shown", ["Bearer x", "Bearer agk_a_b", "Basic dXNlcjpwYXNz", "Bearer", "agk"])
def test_what_is_no_key(shown: str, keyed: Keyed) -> None:
    with keyed.server.client(Authorization=shown) as client:
        problem(client.post("/sparql", data=ASK), 401, "unauthorised")


def test_a_reader_reads_and_cannot_write_and_a_writer_can(keyed: Keyed) -> None:
    with keyed.server.client(keyed.reader) as client:
        assert client.post("/sparql", data=ASK).json()["boolean"] is True
        problem(client.post("/update", data=UPDATE), 403, "refused")
        problem(client.put("/graphs?graph=urn:g", content=b""), 403, "refused")
    with keyed.server.client(keyed.writer) as client:
        answer = client.post("/update", data=UPDATE)
        assert answer.status_code == 204
        written = {"query": "ASK { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }"}
        assert client.post("/sparql", data=written).json()["boolean"] is True
        key = keyed.writer.split("_")[1]
        entries = [json.loads(line) for line in (keyed.store / "writes.log").read_text(encoding="utf-8").splitlines()]
        assert entries[-1]["key"] == key
        assert entries[-1]["request"] == answer.headers["x-request-id"]


def test_a_key_that_is_revoked_while_the_server_runs(keyed: Keyed) -> None:
    shown, key = keyed.file.new("soon gone", [Scope.READ])
    with keyed.server.client(shown) as client:
        assert client.post("/sparql", data=ASK).status_code == 200
        keyed.file.revoke(key.id)
        problem(client.post("/sparql", data=ASK), 401, "unauthorised")


def test_a_page_of_another_site_cannot_write(keyed: Keyed) -> None:
    with keyed.server.client(keyed.writer) as client:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            problem(client.post("/update", data=UPDATE, headers=headers), 403, "refused")
        assert client.post("/update", data=UPDATE, headers={"Origin": keyed.server.url}).status_code == 204


def test_reading_never_writes(keyed: Keyed) -> None:
    with keyed.server.client(keyed.writer) as client:
        before = client.get("/version").json()["graph_version"]
        problem(client.get("/sparql", params=UPDATE), 400, "bad-parameter")
        problem(client.get("/update", params=UPDATE), 405, "method-not-allowed")
        problem(client.post("/sparql", data={"query": UPDATE["update"]}), 400, "sparql-syntax")
        assert client.get("/version").json()["graph_version"] == before


def test_the_request_log_tells_who_and_what_but_no_text_and_no_secret(keyed: Keyed) -> None:
    with keyed.server.client(keyed.reader) as client:
        client.post("/sparql", data={"query": "ASK { ?secretword ?p ?o }"})
        client.get("/sparql", params={"query": "ASK { ?secretword ?p ?o }"})
    lines = [json.loads(line) for line in keyed.server.said().splitlines() if line.startswith("{")]
    assert {"request", "method", "route", "status", "seconds", "bytes", "key", "complete"} <= set(lines[-1])
    assert lines[-1]["key"] == keyed.reader.split("_")[1]
    said = keyed.server.said()
    assert "secretword" not in said
    assert keyed.reader.split("_", 2)[2] not in said


def test_limits_for_each_asker() -> None:
    with running("--rate", "1", "--concurrency", "2") as server, server.client() as client:
        answers = [client.get("/version") for _ in range(4)]
        assert [answer.status_code for answer in answers[:2]] == [200, 200]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert int(refused[0].headers["retry-after"]) >= 1
        assert refused[0].json()["code"] == "too-many-requests"
        assert all(client.get("/healthz").status_code == 200 for _ in range(5))


# ----- Settings that would be unsafe -----


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"host": "0.0.0.0"}, "open to everybody"),
        ({"host": "::"}, "open to everybody"),
        ({"host": "graph.example"}, "open to everybody"),
        ({"host": "0.0.0.0", "anonymous_read": True, "writes": True, "program": Settings(store="x")}, "updates on"),
        ({"host": "0.0.0.0", "anonymous_read": True, "organisations": (Path("o"),)}, "register"),
        ({"host": "0.0.0.0", "keys": Path("k"), "anonymous_read": True, "organisations": (Path("o"),)}, "register"),
        ({"writes": True}, "memory takes no updates"),
        ({"writes": True, "program": Settings(store="https://graph.example/sparql")}, "own server"),
    ],
)
def test_unsafe_settings_do_not_start(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        ServeSettings(**settings).check()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"host": "localhost", "writes": True, "program": Settings(store="x")},
        {"host": "0.0.0.0", "anonymous_read": True},
        {"host": "0.0.0.0", "keys": Path("k"), "writes": True, "program": Settings(store="x")},
        {"host": "0.0.0.0", "keys": Path("k"), "organisations": (Path("o"),)},
    ],
)
def test_safe_settings_do(settings: dict[str, Any]) -> None:
    ServeSettings(**settings).check()
