"""Find: one box over everything, forgiving about how a citation is written."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.errors import AimsgraphError
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.pages.shell import Json, draw, html, page_router, show, view_of
from aimsgraph.web.problems import HttpProblem
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service

MOST, LONGEST = 40, 500


def routes(service: Service) -> APIRouter:
    """Return the routes: the first page, the page of what was found, and that list alone."""
    router = page_router()

    @router.get("/")
    async def first(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        return await show(service, request, "find.html", lambda graph: _found(graph, ""))

    @router.get("/find")
    async def find(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        words = _words(request)
        return await show(service, request, "find.html", lambda graph: _found(graph, words))

    @router.get("/find/hits")
    async def hits(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        words = _words(request)
        view = view_of(request)
        return html(await service.ask(lambda graph: draw("hits.html", view, **_found(graph, words))))

    return router


def _words(request: Request) -> str:
    words = (query_parameters(request).one("q") or "").strip()
    if len(words) > LONGEST:
        raise HttpProblem(422, "bad-parameter", f"more than {LONGEST} characters are too many to look for")
    return words


def _found(graph: AimsGraph, words: str) -> Json:
    """Return what a citation means, what else has the words, and what is near when nothing has them."""
    found: Json = {"words": words, "hits": [], "meant": None, "nearest": "", "frameworks": []}
    if not words:
        return found | {"frameworks": graph.frameworks()}
    try:
        found["meant"] = graph.resolve(words)
    except AimsgraphError as error:
        found["nearest"] = error.remedy
    hits = answers.search(graph, words, "", MOST)["hits"]
    meant = found["meant"].iri if found["meant"] else ""
    return found | {"hits": [hit for hit in hits if hit["iri"] != meant]}
