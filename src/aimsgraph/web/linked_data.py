"""Every IRI below `https://w3id.org/aimsgraph/` as a page, or as RDF: what is said of it, and what points at it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from weakref import WeakKeyDictionary

import pyoxigraph as ox
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from aimsgraph.api import AimsGraph
from aimsgraph.domain.identifiers import BASE, GRAPH, TERM
from aimsgraph.domain.time import utc_today
from aimsgraph.errors import NotFound
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.web.api_reply import headers_of, is_known, tag_of
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.negotiation import NAMES, choose, with_charset
from aimsgraph.web.pages.provision import KINDS, describe
from aimsgraph.web.pages.shell import HEADERS, PageRoute, draw, key_days, moment_of, view_of
from aimsgraph.web.pages.thing import render_tables, render_terms, render_thing
from aimsgraph.web.problems import HttpProblem
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service

MOST_SAID, MOST_POINTING = 5000, 500
OFFERED = (
    "text/turtle", "text/html", "application/ld+json", "application/n-triples", "application/rdf+xml", "text/csv",
)  # fmt: skip
SPACES = ("id", "map", "ontology", "vocab")
_TOPIC = ox.NamedNode("http://xmlns.com/foaf/0.1/primaryTopic")
_COMMENT = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
_NAMES: WeakKeyDictionary[AimsGraph, tuple[str, ...]] = WeakKeyDictionary()
_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


@dataclass(frozen=True, slots=True)
class Thing:
    """What the graph holds about an IRI, with what follows from it, as a query would see it.

    Attributes:
        said: the triples with it as subject.
        pointing: the triples with it as object.
        cut: what was left out, in words; empty when nothing was.
    """

    iri: str
    said: tuple[ox.Triple, ...]
    pointing: tuple[ox.Triple, ...]
    cut: str = ""


def routes(service: Service) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["Linked data"], route_class=PageRoute)

    async def thing(request: Request, path: str) -> Response:
        await authorise(service, request, Scope.READ)
        name = request.url.path
        if name.endswith("/"):
            return RedirectResponse(name.rstrip("/"), 308)
        iri = BASE + name[1:]
        return await _reply(service, request, lambda graph: find_thing(graph, iri))

    async def terms(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        return await _reply(service, request, find_terms)

    async def graph_itself(request: Request, path: str) -> Response:
        await authorise(service, request, Scope.READ)
        return RedirectResponse(f"/graphs?{_query_of(GRAPH + path)}", 303)

    for method, shown in (("GET", True), ("HEAD", False)):
        for space in SPACES:
            router.add_api_route(
                f"/{space}/{{path:path}}", thing, methods=[method], include_in_schema=shown,
                operation_id=f"linked_data_{space}", summary=f"What the graph says of an IRI below `{BASE}{space}/`",
            )  # fmt: skip
        router.add_api_route(
            "/ns", terms, methods=[method], include_in_schema=shown, operation_id="linked_data_terms",
            summary="The terms of the ontology, with what is said of each",
        )  # fmt: skip
        router.add_api_route("/graph/{path:path}", graph_itself, methods=[method], include_in_schema=False)
    return router


def find_thing(graph: AimsGraph, iri: str) -> Thing:
    """Return what the graph holds about an IRI.

    Raises:
        NotFound: it holds nothing; the message names the nearest.
    """
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        raise _unknown(graph, iri) from None
    said = _triples(graph.store.quads(subject=node), MOST_SAID + 1)
    pointing = _triples(graph.store.quads(object=node), MOST_POINTING + 1)
    if not said and not pointing:
        raise _unknown(graph, iri)
    cut = [
        f"only {most} of the triples {words} are shown; ask /sparql for the rest"
        for found, most, words in (
            (said, MOST_SAID, "that say something of it"),
            (pointing, MOST_POINTING, "that point at it"),
        )
        if len(found) > most
    ]
    return Thing(iri, tuple(said[:MOST_SAID]), tuple(pointing[:MOST_POINTING]), "; ".join(cut))


def find_terms(graph: AimsGraph) -> Thing:
    """Return what the graph says of every term of the ontology."""
    terms = (ox.NamedNode(name) for name in _names(graph) if name.startswith(TERM))
    said = [triple for term in terms for triple in _triples(graph.store.quads(subject=term), MOST_SAID)]
    return Thing(TERM.rstrip("#"), tuple(said), ())


async def _reply(service: Service, request: Request, find: Callable[[AimsGraph], Thing]) -> Response:
    chosen = _form(request)
    address = service.address(request) + request.url.path
    today = str(service.settings.program.today or utc_today()) if chosen == "text/html" else ""
    asked = request.url.query if chosen == "text/html" else ""
    headers = headers_of(tag_of(service.generation, chosen, address, today, asked), "no-cache")
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)

    def make(graph: AimsGraph) -> bytes:
        thing = find(graph)
        if chosen == "text/html":
            return _page(graph, thing, request).encode()
        return _serialise(thing, address, chosen)

    body = await service.ask(make)
    if is_known(request, headers["ETag"], exists=True):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=with_charset(chosen), headers=headers | (HEADERS if chosen == "text/html" else {}))


def _page(graph: AimsGraph, thing: Thing, request: Request) -> str:
    if thing.iri == TERM.rstrip("#"):
        return render_terms(graph, thing)
    entry = graph.index.by_iri(thing.iri)
    if entry is None or entry.kind not in KINDS:
        return render_thing(graph, thing)
    moment = moment_of(graph, request)
    values = describe(graph, entry.reference, moment, render_tables(graph, thing))
    return draw("provision.html", view_of(request, moment, key_days(graph)), **values)


def _to_csv(thing: Thing) -> bytes:
    """Return the triples as a table; a cell that a spreadsheet would compute begins with an apostrophe."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(("subject", "predicate", "object", "datatype", "language"))
    for triple in dict.fromkeys([*thing.said, *thing.pointing]):
        value = triple.object
        said = (value.datatype.value, value.language or "") if isinstance(value, ox.Literal) else ("", "")
        terms = (term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term) for term in triple)
        cells = (*terms, *said)
        table.writerow(f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells)
    return written.getvalue().encode()


def _serialise(thing: Thing, address: str, media_type: str) -> bytes:
    if media_type == "text/csv":
        return _to_csv(thing)
    document = ox.NamedNode(address)
    about = [ox.Triple(document, _TOPIC, ox.NamedNode(thing.iri))]
    if thing.cut:
        about.append(ox.Triple(document, _COMMENT, ox.Literal(thing.cut, language="en")))
    triples = dict.fromkeys([*thing.said, *thing.pointing, *about])
    return ox.serialize(triples, format=_FORMATS[media_type], prefixes=_prefixes(triples)) or b""


def _prefixes(triples: Iterable[ox.Triple]) -> dict[str, str]:
    """Return the prefixes that these triples use."""
    terms = (term for triple in triples for term in triple)
    return load_prefixes().used_by(term.value for term in terms if isinstance(term, ox.NamedNode))


def _triples(quads: Iterable[ox.Quad], most: int) -> list[ox.Triple]:
    """Return at most so many triples, each once, in a steady order as far as they are all there."""
    return sorted(islice(dict.fromkeys(quad.triple for quad in quads), most), key=str)


def _form(request: Request) -> str:
    named = query_parameters(request).one("format")
    if named is None:
        return choose(request.headers.get("accept", ""), OFFERED)
    found = NAMES.get(named, named)
    if found not in OFFERED:
        raise HttpProblem(
            406, "not-acceptable", f"there is no page as {named!r}",
            remedy="one of html, turtle, jsonld, ntriples, rdfxml, csv",
        )  # fmt: skip
    return found


def _unknown(graph: AimsGraph, iri: str) -> NotFound:
    from rapidfuzz import fuzz, process

    space = BASE + iri.removeprefix(BASE).partition("/")[0]
    names = [name for name in _names(graph) if name.startswith(space)]
    near = [found[0] for found in process.extract(iri, names, scorer=fuzz.ratio, limit=3)]
    remedy = f"nearest: {', '.join(near)}" if near else f"GET /id/… for IRIs below {BASE}id/"
    return NotFound(f"nothing in the graph has the address {iri!r}", remedy=remedy)


def _names(graph: AimsGraph) -> tuple[str, ...]:
    """Return every IRI of ours that something is said of, sorted; kept as long as the graph is."""
    found = _NAMES.get(graph)
    if found is None:
        subjects = {quad.subject for quad in graph.store.quads()}
        ours = (each.value for each in subjects if isinstance(each, ox.NamedNode) and each.value.startswith(BASE))
        found = _NAMES[graph] = tuple(sorted(ours))
    return found


def _query_of(iri: str) -> str:
    from urllib.parse import urlencode

    return urlencode({"graph": iri})
