"""The W3C suites of the SPARQL Protocol, the Graph Store Protocol and the Service Description, over HTTP."""

import re
from urllib.parse import unquote

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from compare import same_quads
from endpoint import Endpoint
from rdflib.collection import Collection
from scores import expected_failure
from w3c_suites import CNT, HT, MF, UT, Entry, entries, read_triples

UPDATES = ("application/sparql-update", "update=")


def param(found: list[Entry]) -> list[pytest.param]:
    return [pytest.param(entry, id=entry.id, marks=expected_failure(entry.id)) for entry in found]


@pytest.mark.parametrize("entry", param(entries("ProtocolTest")))
def test_protocol(entry: Entry, endpoint: Endpoint) -> None:
    graphs: dict[str | None, list[ox.Triple]] = {}
    for data in entry.manifest.objects(entry.node, UT.graphData):
        label = entry.one(data, rdflib.RDFS.label)
        file = entry.one(data, UT.graph)
        assert file is not None
        graphs[str(label)] = list(read_triples(file))
    endpoint.fill(graphs)
    run_requests(entry, endpoint, "/sparql/")


# The older suite, http-rdf-update, was replaced by this one and has its requests in prose alone.
@pytest.mark.parametrize("entry", param(entries("GraphStoreProtocolTest", without=("http-rdf-update",))))
def test_graph_store_protocol(entry: Entry, endpoint: Endpoint) -> None:
    endpoint.fill({})
    run_requests(entry, endpoint, "/gsp")


@pytest.mark.parametrize("entry", param(entries("ServiceDescriptionTest")))
def test_service_description(entry: Entry, endpoint: Endpoint) -> None:
    answer = endpoint.client.get("/sparql", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    found = rdflib.Graph().parse(data=answer.text, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    name = entry.id.partition("/")[2]
    address = rdflib.URIRef(f"{str(endpoint.client.base_url).rstrip('/')}/sparql")
    if name == "returns-rdf":
        assert len(found) > 0
    elif name == "has-endpoint-triple":
        assert (None, sd.endpoint, address) in found
    elif name == "conforms-to-schema":
        assert (address, rdflib.RDF.type, sd.Service) in found
        terms = set(found.predicates()) | set(found.objects(None, rdflib.RDF.type))
        known = {
            "Service",
            "Dataset",
            "Graph",
            "endpoint",
            "supportedLanguage",
            "defaultDataset",
            "defaultGraph",
            "resultFormat",
            "inputFormat",
            "feature",
        }
        assert {str(term).removeprefix(sd) for term in terms if str(term).startswith(sd)} <= known
        (dataset,) = found.objects(address, sd.defaultDataset)
        assert (dataset, rdflib.RDF.type, sd.Dataset) in found
    else:
        raise AssertionError(f"nobody says how to run {name}")


def run_requests(entry: Entry, endpoint: Endpoint, root: str) -> None:
    connection = entry.action
    location = ""
    requests = list(Collection(entry.manifest, entry.one(connection, HT.requests)))
    assert requests
    for request in requests:
        text = str(entry.one(request, HT.absolutePath)).replace("$LOCATION$", location)
        headers = read_headers(entry, request)
        body = read_body(entry, request)
        method = str(entry.one(request, HT.methodName))
        answer = endpoint.client.request(
            method, address(text, root, headers, body, method), content=body, headers=headers
        )
        location = answer.headers.get("location", location)
        check(entry, entry.one(request, HT.resp), answer)


def address(text: str, root: str, headers: dict[str, str], body: bytes, method: str) -> str:
    """Return where a request of the suite goes here: the suite has one address for queries and updates."""
    path, question, parameters = text.partition("?")
    rest = path.removeprefix(root)
    if root == "/gsp":
        return "/graphs" + rest + question + parameters
    kind = headers.get("content-type", "")
    is_update = kind.startswith(UPDATES[0]) or body.startswith(UPDATES[1].encode())
    return ("/update" if is_update and method == "POST" else "/sparql") + question + parameters


def read_headers(entry: Entry, node: rdflib.term.Node) -> dict[str, str]:
    listed = entry.one(node, HT.headers)
    found = list(Collection(entry.manifest, listed)) if listed is not None else []
    return {str(entry.one(h, HT.fieldName)).lower(): str(entry.one(h, HT.fieldValue)) for h in found}


def read_body(entry: Entry, node: rdflib.term.Node) -> bytes:
    body = entry.one(node, HT.body)
    if body is None:
        return b""
    encoding = str(entry.one(body, CNT.characterEncoding) or "UTF-8")
    return str(entry.one(body, CNT.chars)).encode(encoding)


def check(entry: Entry, wanted: rdflib.term.Node | None, answer: httpx.Response) -> None:
    allowed = [str(status).rpartition("#")[2] for status in entry.manifest.objects(wanted, MF.expectedStatus)]
    assert any(fits(answer.status_code, each) for each in allowed), (answer.status_code, allowed, answer.text[:300])
    boolean = entry.one(wanted, MF.expectedBoolean)
    if boolean is not None:
        assert answer.json()["boolean"] is boolean.toPython()
    kind = answer.headers.get("content-type", "").partition(";")[0]
    format_ = entry.one(wanted, MF.expectedFormat)
    if format_ is not None:
        fitting = {
            "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
            "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv"},
            "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"},
        }  # fmt: skip
        assert kind in fitting[str(format_)]
    for name, value in read_headers(entry, wanted).items() if wanted is not None else ():
        assert answer.headers.get(name, "").partition(";")[0] == value.partition(";")[0], name
    body = read_body(entry, wanted) if wanted is not None else b""
    if body and kind == "text/turtle":
        base = "http://www.example/"
        found, expected = (ox.parse(data, format=ox.RdfFormat.TURTLE, base_iri=base) for data in (answer.content, body))
        assert same_quads(found, expected)


def fits(status: int, allowed: str) -> bool:
    """Say whether a status is one that the suite names, such as `StatusCode4xx`, `NoContent` or `Created`."""
    group = re.fullmatch(r"StatusCode(\d)xx", allowed)
    if group:
        return str(status)[0] == group[1]
    words = "".join(part.capitalize() for part in httpx.codes(status).name.split("_"))
    return allowed.lower() == words.lower() or unquote(allowed) == str(status)
