"""`/sparql` and `/update`: the SPARQL 1.1 Protocol (W3C, https://www.w3.org/TR/sparql11-protocol/)."""

from __future__ import annotations

import hashlib
import time

from fastapi import APIRouter, Request, Response

from aimsgraph.errors import Refused
from aimsgraph.execution.room import Query, Room
from aimsgraph.execution.write_room import Write
from aimsgraph.graph.query_text import MAX_QUERY_CHARACTERS, QueryForm, form_of_start, is_steady
from aimsgraph.graph.union import Dataset
from aimsgraph.web.answers import send_answer
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.description import describe_service
from aimsgraph.web.express import Handler
from aimsgraph.web.negotiation import GRAPHS, NAMES, ROWS, choose, with_charset
from aimsgraph.web.problems import HttpProblem
from aimsgraph.web.requests import (
    FORM,
    Parameters,
    apart,
    check_iri,
    media_type,
    query_parameters,
    read_body,
    read_form,
    text_of,
)
from aimsgraph.web.service import Service
from aimsgraph.web.update_text import with_dataset

QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"


def routes(service: Service) -> APIRouter:
    """Return the routes of the protocol."""
    router = APIRouter(tags=["SPARQL"])
    summaries = {
        "GET": "Ask a SPARQL query; without one, the service describes itself",
        "POST": "Ask a SPARQL query sent as a form or as itself",
    }
    for (method, path), handler in express_routes(service).items():
        router.add_api_route(path, handler, methods=[method], summary=summaries[method])

    @router.post("/update", summary="Change the store by a SPARQL update", status_code=204)
    async def post_update(request: Request) -> Response:
        principal = await authorise(service, request, Scope.WRITE)
        if service.writer is None:
            raise Refused("this server takes no updates", remedy="start it with `--store PATH --writes`")
        settings = service.settings
        parameters = await read_posted(request, UPDATE_TYPE, "update", settings.body_bytes, settings.write_seconds)
        text = parameters.one("update")
        if text is None:
            raise HttpProblem(400, "bad-parameter", "there is no update", remedy="send it as `update=…`")
        default, named = parameters.all("using-graph-uri"), parameters.all("using-named-graph-uri")
        if default or named:
            text = await apart(lambda said: with_dataset(said, default, named), text)
        written = await service.write(
            Write(
                "update",
                text.encode(),
                base=service.address(request) + "/",
                key=principal.key,
                request=request.state.request_id,
            )
        )
        return Response(status_code=204, headers={"ETag": f'"{written.generation}"'})

    return router


def express_routes(service: Service) -> dict[tuple[str, str], Handler]:
    """Return what answers queries, by method and path."""

    async def get_sparql(request: Request) -> Response:
        parameters = query_parameters(request)
        if "update" in dict(parameters.pairs):
            raise HttpProblem(400, "bad-parameter", "an update goes to /update, by POST")
        await authorise(service, request, Scope.READ)
        if not parameters.all("query"):
            return await describe_service(service, request)
        return await answer_query(service, request, parameters)

    async def post_sparql(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        settings = service.settings
        most = min(settings.body_bytes, 4 * MAX_QUERY_CHARACTERS)
        parameters = await read_posted(request, QUERY_TYPE, "query", most, settings.query_seconds)
        return await answer_query(service, request, parameters)

    return {("GET", "/sparql"): get_sparql, ("POST", "/sparql"): post_sparql}


async def read_posted(request: Request, direct: str, name: str, most: int, seconds: float) -> Parameters:
    """Return the parameters of a request by POST, with the text itself under its name."""
    kind = media_type(request)
    if kind == FORM:
        return await read_form(request, most, seconds)
    if kind == direct:
        text = text_of(await read_body(request, most, seconds))
        return Parameters(((name, text), *query_parameters(request).pairs))
    raise HttpProblem(
        415, "unsupported-media-type", f"a body of type {kind or 'unknown'!r} is not read here",
        remedy=f"send {direct} or {FORM}",
    )  # fmt: skip


async def answer_query(
    service: Service, request: Request, parameters: Parameters, room: Room | None = None
) -> Response:
    """Answer a query of the protocol over the shared content, or over what another room holds.

    Raises:
        AimsgraphError: the request is wrong, or the query failed before anything was sent.
    """
    generation = room.generation if room else service.generation
    text = parameters.one("query")
    if text is None:
        raise HttpProblem(400, "bad-parameter", "there is no query", remedy="send it as `query=…`")
    form = form_of_start(text)  # whether it may be run is for the room to say: looking at all of it takes time
    forms = GRAPHS if form in (QueryForm.CONSTRUCT, QueryForm.DESCRIBE) else ROWS
    chosen = _media_type(request, parameters, list(forms))
    headers = {"Vary": "Accept, Authorization", "Cache-Control": "no-store"}
    if request.method == "GET" and is_steady(text):
        etag = _etag(generation, chosen, text, parameters)
        headers |= {"ETag": etag, "Cache-Control": "no-cache"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
    seconds = _seconds(service, parameters)
    if service.federation.may_be_in(text):
        started = time.monotonic()
        text = await service.federation.resolve(text, seconds)
        seconds -= time.monotonic() - started
        headers = {"Vary": "Accept, Authorization", "Cache-Control": "no-store"}
    query = Query(
        text, forms[chosen], dataset_of(service, request, parameters), service.settings.answer_bytes, generation
    )
    return await send_answer(room or service.room, query, seconds, with_charset(chosen), headers)


def _media_type(request: Request, parameters: Parameters, offered: list[str]) -> str:
    named = parameters.one("format")
    if named is None:
        return choose(request.headers.get("accept", ""), offered)
    found = NAMES.get(named, named)
    if found not in offered:
        raise HttpProblem(
            406, "not-acceptable", f"the answer cannot be written as {named!r}", remedy=f"one of {', '.join(offered)}"
        )
    return found


def dataset_of(service: Service, request: Request, parameters: Parameters) -> Dataset:
    """Return the dataset a request of the protocol names."""
    default, named = parameters.all("default-graph-uri"), parameters.all("named-graph-uri")
    base = service.address(request) + "/"
    if not default and not named:
        return Dataset(union=service.settings.union_default_graph, base=base)
    for iri in (*default, *named):
        check_iri(iri)
    return Dataset(default, named, base=base)


def _seconds(service: Service, parameters: Parameters) -> float:
    most = service.settings.query_seconds
    said = parameters.one("timeout")
    if said is None:
        return most
    try:
        seconds = float(said)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise HttpProblem(400, "bad-parameter", f"timeout={said!r} is no number of seconds above 0")
    return min(seconds, most)


def _etag(generation: str, chosen: str, text: str, parameters: Parameters) -> str:
    asked = "\n".join((generation, chosen, text, repr(parameters.pairs)))
    return f'"{hashlib.sha256(asked.encode()).hexdigest()[:24]}"'
