"""SERVICE for the servers an operator names, and for no other."""

import contextlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
from siege import Canary, is_problem

from aimsgraph.graph.directory import open_directory
from contracts.sparql_servers import oxigraph
from running import Server, running

REFUSED = (403, "refused")
FAILED = (503, "backend-failed")
LATE = (504, "deadline-exceeded")
TOO_MUCH = (413, "resources-exceeded")


@dataclass
class Odd:
    """A server that answers as its path says."""

    url: str = ""
    queries: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Federated:
    server: Server
    other: str
    odd: Odd
    canary: Canary

    def ask(self, text: str, **more: str) -> httpx.Response:
        with self.server.client() as client:
            return client.post("/sparql", data={"query": text, **more}, headers={"Accept": "application/json"})

    def rows(self, text: str) -> list[dict[str, str]]:
        answer = self.ask(text)
        assert answer.status_code == 200, answer.text
        return [{k: v["value"] for k, v in row.items()} for row in answer.json()["results"]["bindings"]]


def _answers(canary: str) -> dict[str, tuple[int, dict[str, str], bytes]]:
    def table(*rows: dict[str, Any]) -> bytes:
        return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": rows}}).encode()

    many = [{"x": {"type": "literal", "value": str(i)}} for i in range(10_001)]
    return {
        "redirect": (302, {"Location": canary}, b""),
        "broken": (500, {}, b"no"),
        "no-json": (200, {}, b"<html>"),
        "deep-json": (200, {}, b"[" * 100_000),
        "blank": (200, {}, table({"x": {"type": "bnode", "value": "b"}})),
        "many": (200, {}, table(*many)),
        "large": (200, {}, table({"x": {"type": "literal", "value": "x" * 5_000_000}})),
        "long": (200, {}, table({"x": {"type": "literal", "value": "x" * 1_500_000}})),
        "breaks-out": (200, {}, table({"x": {"type": "uri", "value": f"urn:a>}}}} SERVICE <{canary}> {{ ?a <b> <c"}})),
        "breaks-out-by-name": (200, {}, b'{"head": {"vars": ["x) {} SERVICE"]}, "results": {"bindings": []}}'),
        "surrogate": (200, {}, table({"x": {"type": "literal", "value": "\ud800"}})),
        "quotes": (200, {}, table({"x": {"type": "literal", "value": "\"'\\ \n\r\t } SERVICE <urn:x> { \u2028"}})),
    }  # fmt: skip


@pytest.fixture(scope="module")
def federated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federated]:
    canary, odd = Canary(tmp_path_factory.mktemp("federation")), Odd()
    answers = _answers(canary.url)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            odd.queries.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            name = self.path.strip("/")
            if name == "never":
                time.sleep(4)
                return
            status, headers, body = answers[name]
            self.send_response(status)
            for key, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # the server under test may have heard enough
                super().handle()

    stub = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.daemon_threads = True
    odd.url = f"http://127.0.0.1:{stub.server_port}"
    thread = threading.Thread(target=stub.serve_forever, args=(0.05,))
    thread.start()
    try:
        with oxigraph() as address:
            update = 'INSERT DATA { <urn:a> <urn:p> 1, "zwei"@de . <urn:b> <urn:p> 2 . <urn:c> <urn:q> <urn:a> }'
            httpx.post(f"{address}/update", data={"update": update}, trust_env=False).raise_for_status()
            urls = [f"{address}/query", *(f"{odd.url}/{name}" for name in (*answers, "never"))]
            options = [part for url in urls for part in ("--federate", url)]
            with running("--timeout", "3", *options, program=("--store", str(_own(tmp_path_factory)))) as server:
                yield Federated(server, f"{address}/query", odd, canary)
    finally:
        stub.shutdown()
        stub.server_close()
        thread.join()
        canary.close()


def _own(factory: pytest.TempPathFactory) -> Path:
    path = factory.mktemp("own") / "store"
    own, says = ox.NamedNode("urn:own"), ox.NamedNode("urn:says")
    with open_directory(path, write=True) as store:
        store.load(ox.Quad(own, says, ox.NamedNode(f"urn:{name}")) for name in "ab")
    return path


def test_answers_of_another_server_join_with_our_own(federated: Federated) -> None:
    own = "<urn:own> <urn:says> ?s"
    found = federated.rows(f"PREFIX u: <urn:> SELECT ?s ?v {{ {own} SERVICE <{federated.other}> {{ ?s u:p ?v }} }}")
    assert sorted((row["s"], row["v"]) for row in found) == [("urn:a", "1"), ("urn:a", "zwei"), ("urn:b", "2")]
    text = f"SELECT ?s {{ {own} FILTER NOT EXISTS {{ SERVICE <{federated.other}> {{ ?s <urn:p> 2 }} }} }}"
    assert federated.rows(text) == [{"s": "urn:a"}]
    text = f"SELECT ?s ?t {{ {own} OPTIONAL {{ SERVICE SILENT <{federated.other}> {{ ?t <urn:q> ?s }} }} }} ORDER BY ?s"
    assert federated.rows(text) == [{"s": "urn:a", "t": "urn:c"}, {"s": "urn:b"}]
    two = f"SERVICE <{federated.other}> {{ ?s <urn:p> 1 }} SERVICE <{federated.other}> {{ ?t <urn:q> ?s }}"
    assert federated.rows(f"SELECT * {{ {two} }}") == [{"s": "urn:a", "t": "urn:c"}]
    assert federated.ask(f"ASK {{ SERVICE <{federated.other}> {{ <urn:a> <urn:p> 1 }} }}").json()["boolean"] is True
    assert federated.ask(f"ASK {{ SERVICE <{federated.other}> {{ <urn:a> <urn:p> 9 }} }}").json()["boolean"] is False


def test_an_answer_from_elsewhere_is_not_kept(federated: Federated) -> None:
    answer = federated.ask(f"ASK {{ SERVICE <{federated.other}> {{ ?s ?p ?o }} }}")
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_values_arrive_as_they_are(federated: Federated) -> None:
    found = federated.rows(f"SELECT ?x {{ SERVICE <{federated.odd.url}/quotes> {{ ?x ?p ?o }} }}")
    assert found == [{"x": "\"'\\ \n\r\t } SERVICE <urn:x> { \u2028"}]


ODD = {
    "redirect": FAILED, "broken": FAILED, "no-json": FAILED, "deep-json": FAILED, "blank": REFUSED, "many": TOO_MUCH,
    "large": TOO_MUCH, "breaks-out": FAILED, "breaks-out-by-name": FAILED, "surrogate": FAILED, "never": LATE,
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_a_server_that_fails_or_deceives(name: str, federated: Federated) -> None:
    group = f"<{federated.odd.url}/{name}> {{ ?x ?p ?o }}"
    is_problem(federated.ask(f"SELECT * {{ SERVICE {group} }}", timeout="1.5"), ODD[name])
    answer = federated.ask(f"SELECT * {{ SERVICE SILENT {group} }}", timeout="3")
    assert answer.status_code == 200, answer.text
    assert answer.json()["results"]["bindings"] == [{}]
    assert federated.canary.calls == []


def test_answers_too_long_for_a_query(federated: Federated) -> None:
    text = f"SELECT ?x {{ SERVICE <{federated.odd.url}/long> {{ ?x ?p ?o }} }}"
    is_problem(federated.ask(text), TOO_MUCH)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <CANARY> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <CANARY> { ?s ?p ?o } }",
        "SELECT * { SERVICE <OTHER/../CANARY> { ?s ?p ?o } }",
        "SELECT * { SERVICE <OTHER#x> { ?s ?p ?o } }",
        "SELECT * { SERVICE <OTHER?default-graph-uri=CANARY> { ?s ?p ?o } }",
        "SELECT * { VALUES ?g { <OTHER> } SERVICE ?g { ?s ?p ?o } }",
        "SELECT * { SERVICE <OTHER> { SERVICE <CANARY> { ?s ?p ?o } } }",
        "SELECT * { SERVICE <OTHER> { SERVICE <OTHER> { ?s ?p ?o } } }",
        "PREFIX x: <CANARY> SELECT * { SERVICEx: { ?s ?p ?o } SERVICE <OTHER> { ?s ?p ?o } }",
        "SELECT * { SERVICE <OTHER> { ?s ?p ?o } } #\n SERVICE <CANARY> {}",
    ],
)
def test_nobody_else_is_asked(text: str, federated: Federated) -> None:
    text = text.replace("CANARY", federated.canary.url).replace("OTHER", federated.other)
    is_problem(federated.ask(text), REFUSED, (400, "sparql-syntax"))
    assert federated.canary.calls == []


def test_an_address_is_named_in_full(federated: Federated) -> None:
    text = f"PREFIX x: <{federated.other}> SELECT * {{ SERVICE x: {{ ?s ?p ?o }} }}"
    is_problem(federated.ask(text), (400, "sparql-syntax"))


def test_more_services_than_allowed(federated: Federated) -> None:
    before = len(federated.odd.queries)
    text = " ".join([f"SERVICE <{federated.odd.url}/quotes> {{ ?x ?p ?o }}"] * 9)
    is_problem(federated.ask(f"SELECT * {{ {text} }}"), REFUSED)
    assert len(federated.odd.queries) == before
