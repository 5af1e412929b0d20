"""`/graphs`: the SPARQL 1.1 Graph Store HTTP Protocol (W3C, https://www.w3.org/TR/sparql11-http-rdf-update/).

A graph is named by `?graph=IRI` or `?default`, or by its own address below `/graphs/`.
"""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request, Response

from aimsgraph.errors import NotFound, Refused
from aimsgraph.execution.room import Query
from aimsgraph.execution.write_room import Write
from aimsgraph.graph.union import Dataset
from aimsgraph.web.answers import send_answer
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.multipart import split_parts
from aimsgraph.web.negotiation import GRAPHS, choose, with_charset
from aimsgraph.web.problems import HttpProblem
from aimsgraph.web.requests import check_iri, media_type, query_parameters, read_body
from aimsgraph.web.service import Service

_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_READ = ["text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml", "application/trig"]


def routes(service: Service) -> APIRouter:
    """Return the routes of the protocol."""
    router = APIRouter(tags=["Graph store"])

    async def get_graph(request: Request) -> Response:
        return await _read(service, request)

    async def put_graph(request: Request) -> Response:
        return await _write(service, request, "put", _graph(service, request))

    async def post_graph(request: Request) -> Response:
        parameters = query_parameters(request)
        if request.path_params.get("name") is None and not parameters.all("graph") and not parameters.all("default"):
            # A new graph, named by the server: its name is the address it can be read at.
            name = f"{service.address(request)}/graphs/{secrets.token_hex(8)}"
            answer = await _write(service, request, "post", name)
            answer.headers["Location"] = name
            return answer
        return await _write(service, request, "post", _graph(service, request))

    async def delete_graph(request: Request) -> Response:
        return await _write(service, request, "delete", _graph(service, request))

    for path, shown in (("/graphs", True), ("/graphs/{name:path}", False)):
        for method, answer, summary in (
            ("GET", get_graph, "The triples of a graph"),
            ("PUT", put_graph, "Make a graph hold exactly these triples"),
            ("POST", post_graph, "Add triples to a graph, or make a new one"),
            ("DELETE", delete_graph, "Remove a graph"),
        ):
            router.add_api_route(path, answer, methods=[method], summary=summary, include_in_schema=shown)
        router.add_api_route(path, get_graph, methods=["HEAD"], include_in_schema=False)
    return router


async def _read(service: Service, request: Request) -> Response:
    await authorise(service, request, Scope.READ)
    name = _graph(service, request)
    chosen = choose(request.headers.get("accept", ""), _READ)
    if name is not None and not await _exists(service, name):
        raise NotFound(f"there is no graph <{name}>", remedy="`SELECT DISTINCT ?g { GRAPH ?g {} }` lists them")
    headers = {"ETag": f'"{service.generation}"', "Vary": "Accept, Authorization", "Cache-Control": "no-cache"}
    dataset = Dataset(union=False) if name is None else Dataset((name,), ())
    query = Query(_ALL, GRAPHS[chosen], dataset, service.settings.answer_bytes, service.generation)
    return await send_answer(service.room, query, service.settings.query_seconds, with_charset(chosen), headers)


async def _write(service: Service, request: Request, kind: str, name: str | None) -> Response:
    principal = await authorise(service, request, Scope.WRITE)
    if service.writer is None:
        raise Refused("this server takes no changes", remedy="start it with `--store PATH --writes`")
    body, format_ = b"", "turtle"
    parts: tuple[tuple[str, int], ...] = ()
    said = media_type(request) or "text/turtle"
    if kind == "post" and said == "multipart/form-data":
        body, parts = split_parts(request, await read_body(request, service.settings.body_bytes))
    elif kind != "delete":
        if said not in _READ and said != "application/n-quads":
            raise HttpProblem(
                415, "unsupported-media-type", f"a body of type {said!r} is not read here",
                remedy=f"send one of {', '.join(_READ)}",
            )  # fmt: skip
        format_ = GRAPHS[said]
        body = await read_body(request, service.settings.body_bytes, service.settings.write_seconds)
    write = Write(
        kind,
        body,
        name,
        format_,
        parts,
        if_match=_generations(request),
        key=principal.key,
        request=request.state.request_id,
    )
    written = await service.write(write)
    status = 201 if written.created and kind != "delete" else 204
    return Response(status_code=status, headers={"ETag": f'"{written.generation}"'})


async def _exists(service: Service, name: str) -> bool:
    text = f"ASK {{ GRAPH <{name}> {{ }} }}"
    query = Query(text, "csv", Dataset(union=False), 1024, service.generation)
    async with service.room.run(query, service.settings.query_seconds) as answer:
        return b"true" in b"".join([piece async for piece in answer])


def _graph(service: Service, request: Request) -> str | None:
    """Return the graph a request names; None is the one without a name.

    Raises:
        HttpProblem: 400, none is named, or more than one, or no absolute IRI.
    """
    direct = request.path_params.get("name")
    if direct is not None:
        return check_iri(f"{service.address(request)}/graphs/{direct}")
    parameters = query_parameters(request)
    name, default = parameters.one("graph"), parameters.one("default")
    if (name is None) == (default is None):
        raise HttpProblem(400, "bad-parameter", "say which graph", remedy="give either ?graph=IRI or ?default")
    return None if name is None else check_iri(name)


def _generations(request: Request) -> tuple[str, ...] | None:
    said = request.headers.get("if-match")
    if said is None or said.strip() == "*":
        return None
    return tuple(part.strip().removeprefix("W/").strip('"') for part in said.split(","))
