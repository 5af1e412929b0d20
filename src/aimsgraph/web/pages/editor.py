"""SPARQL as one types it: an editor, examples, and the answer as a table, a chart or a picture."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from aimsgraph.api import ORGANISATION, AimsGraph
from aimsgraph.errors import AimsgraphError
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.pages.results import ask, chart_of, picture_of, shown
from aimsgraph.web.pages.shell import Json, choice, draw, html, key_days, page_router, view_of, wants_html
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service

LONGEST: Final = 20_000
VIEWS: Final = ("table", "chart", "graph")
EXAMPLE: Final = """PREFIX aims: <https://w3id.org/aimsgraph/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?framework ?title WHERE {
  ?framework a aims:Framework ; dct:title ?title
}"""
COUNTS: Final = """PREFIX aims: <https://w3id.org/aimsgraph/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?title (COUNT(?provision) AS ?provisions) WHERE {
  ?provision aims:inFramework ?framework . ?framework dct:title ?title
} GROUP BY ?title ORDER BY DESC(?provisions)"""
PARTS: Final = """PREFIX aims: <https://w3id.org/aimsgraph/ns#>
CONSTRUCT { ?part aims:isDirectPartOf ?whole } WHERE {
  ?part aims:isDirectPartOf ?whole . ?whole aims:reference ?name FILTER(STRSTARTS(?name, "eu-ai-act:Art.9"))
}"""
STARTERS: Final = {"frameworks": (EXAMPLE, "table"), "counts": (COUNTS, "chart"), "parts": (PARTS, "graph")}
"""Queries to start from: name of the label → the query, and how its answer is best seen."""


def routes(service: Service) -> APIRouter:
    """Return the route."""
    router = page_router()

    @router.get("/sparql-editor")
    async def editor(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        given = query_parameters(request)
        text, question = (given.one("query") or "")[:LONGEST], given.one("question") or ""
        view = choice(given, "view", VIEWS, VIEWS[0])
        answer: Json | None = None
        wrong: AimsgraphError | None = None
        try:
            answer = await ask(service, text) if text else None
        except AimsgraphError as error:
            if not wants_html(request):
                raise
            wrong = error

        def fill(graph: AimsGraph) -> str:
            examples = [each for each in graph.questions() if each.scope != ORGANISATION]
            stored = graph.question(question) if question else None
            shown_text = text or (
                graph.bound_text(stored, {p.name: p.example for p in stored.parameters if p.example})
                if stored
                else EXAMPLE
            )
            return draw(
                "sparql.html", view_of(request, None, key_days(graph)), text=shown_text, asked=bool(answer),
                wrong=wrong, how=view, views=VIEWS, starters=STARTERS, examples=examples,
                prefixes=load_prefixes().as_dict(),
                chart=chart_of(answer) if answer and view == "chart" else None,
                drawn=picture_of(graph, answer) if answer and view == "graph" and "graph" in answer else None,
                **shown(graph, answer),
            )  # fmt: skip

        return html(await service.ask(fill), wrong.http_status if wrong else 200)

    return router
