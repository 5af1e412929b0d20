"""What the SPARQL service says of itself (SPARQL 1.1 Service Description) and of its data (VoID, DCAT)."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
from fastapi import Request, Response

from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.version import __version__
from aimsgraph.web.negotiation import GRAPHS, NAMES, choose, with_charset
from aimsgraph.web.service import Service

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPH_FORMATS = ("Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads")
_OFFERED = [NAMES[name] for name in ("turtle", "ntriples", "jsonld", "rdfxml")]
_SERIALISE = {
    "turtle": ox.RdfFormat.TURTLE, "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD, "rdfxml": ox.RdfFormat.RDF_XML,
}  # fmt: skip


async def describe_service(service: Service, request: Request) -> Response:
    """Return the description in the form asked for."""
    chosen = choose(request.headers.get("accept", ""), _OFFERED)
    address = service.address(request)
    triples = _triples(service, address)
    prefixes = load_prefixes().as_dict() | {"sd": _SD}
    body = ox.serialize(triples, format=_SERIALISE[GRAPHS[chosen]], prefixes=prefixes) or b""
    return Response(body, media_type=with_charset(chosen), headers={"Vary": "Accept"})


def _triples(service: Service, address: str) -> list[ox.Triple]:
    sd = _namespace(_SD)
    endpoint, dataset, graph = (
        ox.NamedNode(f"{address}{path}") for path in ("/sparql", "/void#dataset", "/void#union")
    )
    triples = [
        ox.Triple(endpoint, _RDF_TYPE, sd("Service")),
        ox.Triple(endpoint, sd("endpoint"), endpoint),
        ox.Triple(endpoint, sd("supportedLanguage"), sd("SPARQL11Query")),
        ox.Triple(endpoint, sd("defaultDataset"), dataset),
        ox.Triple(dataset, _RDF_TYPE, sd("Dataset")),
        ox.Triple(dataset, sd("defaultGraph"), graph),
        ox.Triple(graph, _RDF_TYPE, sd("Graph")),
        ox.Triple(endpoint, ox.NamedNode("http://purl.org/dc/terms/hasVersion"), ox.Literal(__version__)),
    ]
    if service.settings.union_default_graph:
        triples.append(ox.Triple(endpoint, sd("feature"), sd("UnionDefaultGraph")))
    if service.writer is not None:
        triples.append(ox.Triple(endpoint, sd("supportedLanguage"), sd("SPARQL11Update")))
    triples += [
        ox.Triple(endpoint, sd("resultFormat"), ox.NamedNode(_FORMATS + name)) for name in (*_RESULTS, *_GRAPH_FORMATS)
    ]
    if service.writer is not None:
        triples += [ox.Triple(endpoint, sd("inputFormat"), ox.NamedNode(_FORMATS + name)) for name in _GRAPH_FORMATS]
    return triples


def _namespace(base: str) -> Callable[[str], ox.NamedNode]:
    return lambda name: ox.NamedNode(base + name)
