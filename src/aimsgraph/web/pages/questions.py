"""The stored questions with forms for their parameters, and SPARQL as one types it; answers as tables."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from aimsgraph.api import ORGANISATION, AimsGraph
from aimsgraph.execution.room import Query as RoomQuery
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.graph.query_text import QueryForm, check_query
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.pages.shell import Json, draw, html, key_days, local, moment_of, page_router, show, view_of
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service

MOST_ROWS, MOST_BYTES, LONGEST = 500, 4 * 1024 * 1024, 20_000
CUT = 2000
"""So many characters of a literal are shown; the whole is in the downloads."""
EXAMPLE = """PREFIX aims: <https://w3id.org/aimsgraph/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?framework ?title WHERE {
  ?framework a aims:Framework ; dct:title ?title
}"""
GRAPHS = (QueryForm.CONSTRUCT, QueryForm.DESCRIBE)


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
        answer = await _answer(service, prepared["text"]) if prepared["text"] else None
        return await show(service, request, "question.html", lambda graph: {**prepared, **_shown(graph, answer)})

    @router.get("/sparql-editor")
    async def editor(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        text = (query_parameters(request).one("query") or "")[:LONGEST]
        answer = await _answer(service, text) if text else None

        def fill(graph: AimsGraph) -> str:
            view = view_of(request, None, key_days(graph))
            return draw("sparql.html", view, text=text or EXAMPLE, asked=bool(text), **_shown(graph, answer))

        return html(await service.ask(fill))

    return router


def _listed(graph: AimsGraph) -> Json:
    questions = graph.questions()
    return {
        "groups": [
            (scope, [each for each in questions if (each.scope == ORGANISATION) == (scope == ORGANISATION)])
            for scope in ("catalogue", ORGANISATION)
        ]
    }


async def _answer(service: Service, text: str) -> Json:
    """Ask a query in the room of strangers' texts; return its head and rows as JSON results."""
    checked = check_query(text)
    is_graph = checked.form in GRAPHS
    query = RoomQuery(text, "ntriples" if is_graph else "json", bytes=MOST_BYTES, generation=service.generation)
    pieces = bytearray()
    async with service.room.run(query, service.settings.query_seconds) as found:
        async for piece in found:
            pieces += piece
        cut = found.truncated
    if is_graph:
        lines = bytes(pieces).decode("utf-8", "replace").splitlines()
        return {"graph": lines[:MOST_ROWS], "cut": cut or len(lines) > MOST_ROWS, "count": len(lines)}
    if cut:
        return {"head": [], "rows": [], "cut": True, "count": 0}
    read = json.loads(pieces)
    if "boolean" in read:
        return {"boolean": read["boolean"], "cut": False, "count": 1}
    rows = read["results"]["bindings"]
    return {"head": read["head"]["vars"], "rows": rows[:MOST_ROWS], "cut": len(rows) > MOST_ROWS, "count": len(rows)}


def _shown(graph: AimsGraph, answer: Json | None) -> Json:
    def cell(term: dict[str, Any] | None) -> Json:
        if term is None:
            return {"text": "", "href": "", "label": ""}
        if term["type"] != "uri":
            text = str(term["value"])
            return {"text": text[:CUT] + ("…" if len(text) > CUT else ""), "href": "", "label": ""}
        iri = term["value"]
        entry = graph.index.by_iri(iri)
        ours = iri.startswith("https://w3id.org/aimsgraph/")
        href = local(iri) if ours else iri
        label = entry.label if entry else ""
        return {"text": entry.reference if entry else load_prefixes().compact(iri), "href": href, "label": label}

    return {"answer": answer, "cell": cell}
