"""The stored questions with forms for their parameters; answers as tables."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from aimsgraph.api import ORGANISATION, AimsGraph
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.pages.results import ask, shown
from aimsgraph.web.pages.shell import Json, moment_of, page_router, show
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service


def routes(service: Service) -> APIRouter:
    """Return the routes."""
    router = page_router()

    @router.get("/questions")
    async def questions(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        return await show(service, request, "questions.html", _listed)

    @router.get("/questions/{name}")
    async def question(request: Request, name: str) -> Response:
        await authorise(service, request, Scope.READ)
        given = query_parameters(request)
        values = {key: value for key, value in given.pairs if value}

        def prepare(graph: AimsGraph) -> Json:
            found = graph.question(name)
            days = {"on": str(moment_of(graph, request).on), "lawAsOf": str(moment_of(graph, request).law_as_of)}
            asked = {
                p.name: values.get(p.name) or days.get(p.name) or ("" if p.optional else p.example)
                for p in found.parameters
            }
            text = "" if found.scope == ORGANISATION else graph.bound_text(found, {k: v for k, v in asked.items() if v})
            return {"question": found, "asked": asked, "text": text, "about_organisation": found.scope == ORGANISATION}

        prepared = await service.ask(prepare)
        answer = await ask(service, prepared["text"]) if prepared["text"] else None
        return await show(service, request, "question.html", lambda graph: {**prepared, **shown(graph, answer)})

    return router


def _listed(graph: AimsGraph) -> Json:
    questions = graph.questions()
    return {
        "groups": [
            (scope, [each for each in questions if (each.scope == ORGANISATION) == (scope == ORGANISATION)])
            for scope in ("catalogue", ORGANISATION)
        ]
    }
