"""The W3C suites of query evaluation, result formats, update evaluation and syntax, over HTTP."""

import csv
import io
import re
from collections.abc import Callable

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from compare import same_quads, same_results
from endpoint import Endpoint
from scores import expected_failure
from w3c_suites import HERE, MF, QT, UT, Entry, entries, path_of, read_text, read_triples

RESULTS = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}
ACCEPT = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
    ".ttl": "text/turtle",
}
# Entailment regimes are not offered; the service description says so by naming none.
QUERIES = entries("QueryEvaluationTest", "CSVResultFormatTest", without=("entailment",))
UPDATES = entries("UpdateEvaluationTest")
SYNTAX = entries(
    "PositiveSyntaxTest11", "NegativeSyntaxTest11", "PositiveUpdateSyntaxTest11", "NegativeUpdateSyntaxTest11"
)


def param(found: list[Entry]) -> list[pytest.param]:
    return [pytest.param(entry, id=entry.id, marks=expected_failure(entry.id)) for entry in found]


@pytest.fixture(scope="session")
def queried(second_endpoint: Endpoint) -> Endpoint:
    """A server with every file that a query of the suite reads, each in a graph named after it."""
    names = set()
    for entry in QUERIES:
        for predicate in (QT.data, QT.graphData):
            names |= set(entry.manifest.objects(entry.action, predicate))
    second_endpoint.fill({str(name): list(read_triples(name)) for name in sorted(names)})
    return second_endpoint


@pytest.mark.parametrize("entry", param(QUERIES))
def test_query_evaluation(entry: Entry, queried: Endpoint) -> None:
    file = entry.one(entry.action, QT.query)
    assert file is not None
    text = f"BASE <{file}>\n{read_text(file)}"
    data = [str(each) for each in entry.manifest.objects(entry.action, QT.data)]
    named = [str(each) for each in entry.manifest.objects(entry.action, QT.graphData)]
    names_dataset = "FROM" in text.upper().split()
    parameters = {} if names_dataset else {"default-graph-uri": data or [f"{HERE}empty"], "named-graph-uri": named}
    assert entry.result is not None
    ending = path_of(entry.result).suffix
    answer = queried.client.post(
        "/sparql", data={"query": text, **parameters}, headers={"Accept": ACCEPT.get(ending, "text/turtle")}
    )
    assert answer.status_code == 200, answer.text
    compare(entry, answer, ending, text)


def compare(entry: Entry, answer: httpx.Response, ending: str, text: str) -> None:
    assert entry.result is not None
    wanted = path_of(entry.result)
    if ending == ".csv":
        # The order of the columns of `SELECT *` is the engine's own.
        assert csv_rows(answer.text) == csv_rows(wanted.read_text(encoding="utf-8"))
        return
    if ending in (".ttl", ".rdf", ".nt"):
        found = ox.parse(answer.content, format=ox.RdfFormat.TURTLE, base_iri=entry.folder)
        expected = [ox.Quad(t.subject, t.predicate, t.object) for t in read_triples(entry.result)]
        assert same_quads(found, expected)
        return
    ordered = "ORDER BY" in text.upper() and "index" in wanted.read_text(encoding="utf-8")
    assert same_results(answer.content, wanted.read_bytes(), RESULTS[ending], ordered=ordered)


def csv_rows(text: str) -> list[list[tuple[str, str]]]:
    rows = list(csv.DictReader(io.StringIO(text)))
    return sorted(sorted((name, re.sub("^_:.*", "_:", value)) for name, value in row.items()) for row in rows)


@pytest.mark.parametrize("entry", param(UPDATES))
def test_update_evaluation(entry: Entry, endpoint: Endpoint) -> None:
    endpoint.fill(dataset(entry, entry.action))
    file = entry.one(entry.action, UT.request)
    assert file is not None
    answer = endpoint.update(f"BASE <{file}>\n{read_text(file)}")
    assert answer.status_code == 204, answer.text
    wanted = dataset(entry, entry.result)
    quads, names = endpoint.quads()
    expected = {
        ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(name) if name else ox.DefaultGraph())
        for name, triples in wanted.items()
        for t in triples
    }
    assert same_quads(quads, expected)
    assert names == {name for name in wanted if name}


def dataset(entry: Entry, node: rdflib.term.Node | None) -> dict[str | None, list[ox.Triple]]:
    """Return the graphs that an action starts from, or that a result names."""
    graphs: dict[str | None, list[ox.Triple]] = {None: []}
    for file in entry.manifest.objects(node, UT.data):
        graphs[None] += read_triples(file)
    for data in entry.manifest.objects(node, UT.graphData):
        file, label = entry.one(data, UT.graph), entry.one(data, rdflib.RDFS.label)
        assert file is not None
        graphs.setdefault(str(label), []).extend(read_triples(file))
    return graphs


@pytest.mark.parametrize("entry", param(SYNTAX))
def test_syntax(entry: Entry, endpoint: Endpoint) -> None:
    file = entry.action
    assert file is not None
    text = f"BASE <{file}>\n{read_text(file)}"
    ask: Callable[[str], httpx.Response] = endpoint.update if "Update" in entry.kind else endpoint.query
    answer = ask(text)
    code = answer.json()["code"] if answer.status_code >= 400 else ""
    if entry.kind.startswith("Positive"):
        assert code not in ("sparql-syntax", "refused"), answer.text
    else:
        assert code == "sparql-syntax", (answer.status_code, answer.text)


def test_nothing_of_the_suite_is_left_out() -> None:
    """Every entry is run above or in the protocol suites, but entailment and a superseded manifest."""
    run = {entry.id for entry in (*QUERIES, *UPDATES, *SYNTAX)}
    others = {e.id for e in entries("ProtocolTest", "GraphStoreProtocolTest", "ServiceDescriptionTest")}
    every = {e.id for e in entries(*{e.kind for e in entries_of_all()})}
    left = {id_ for id_ in every - run - others if not id_.startswith("entailment/")}
    assert left == set()
    assert MF


def entries_of_all() -> tuple[Entry, ...]:
    from w3c_suites import load_entries

    return load_entries()
