"""`/v1`: frameworks, provisions, search, duties, changes and the stored questions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from aimsgraph import answers
from aimsgraph.api import ORGANISATION, AimsGraph
from aimsgraph.client import models
from aimsgraph.errors import UsageError
from aimsgraph.execution.room import Query as RoomQuery
from aimsgraph.graph.query_text import QueryForm
from aimsgraph.web.answers import send_answer
from aimsgraph.web.api_parameters import Asked, ChangesAsked, Dated, DutiesAsked, Paged, SearchAsked
from aimsgraph.web.api_reply import Listing, headers_of, is_known, reply, tag_of
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.negotiation import GRAPHS, ROWS, choose, with_charset
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service

MOST_HITS = 1000


def routes(service: Service) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1")
    _add_norms(router, service)
    _add_duties(router, service)
    _add_questions(router, service)
    return router


def _add_norms(router: APIRouter, service: Service) -> None:
    @router.get(
        "/frameworks", operation_id="frameworks", tags=["Norms"], summary="The frameworks and catalogues",
        response_model=models.Frameworks,
    )  # fmt: skip
    async def frameworks(request: Request, asked: Annotated[Paged, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        return await reply(service, request, answers.frameworks, Listing.of("frameworks", asked))

    @router.get(
        "/frameworks/{slug}", operation_id="framework", tags=["Norms"], summary="One framework or catalogue",
        response_model=models.FrameworkAnswer,
    )  # fmt: skip
    async def framework(request: Request, slug: str, asked: Annotated[Asked, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        return await reply(service, request, lambda graph: answers.framework(graph, slug))

    @router.get(
        "/provisions/{ref:path}", operation_id="show", tags=["Norms"],
        summary="Everything about a provision, control, statement, framework or catalogue entry",
        description="`ref` is a reference, a citation as people write it, an IRI or an ELI address.",
        response_model=models.Provision,
    )  # fmt: skip
    async def show(request: Request, ref: str, asked: Annotated[Dated, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        return await reply(service, request, lambda graph: answers.show(graph, ref, asked.on, asked.law_as_of))

    @router.get(
        "/search", operation_id="search", tags=["Norms"], summary="Ranked search over names, labels, texts and notes",
        response_model=models.Hits,
    )  # fmt: skip
    async def search(request: Request, asked: Annotated[SearchAsked, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        return await reply(
            service, request, lambda graph: answers.search(graph, asked.q, asked.framework, MOST_HITS),
            Listing.of("hits", asked),
        )  # fmt: skip


def _add_duties(router: APIRouter, service: Service) -> None:
    @router.get(
        "/duties", operation_id="duties", tags=["Duties"], summary="Which duties bind a role on a day, and why",
        response_model=models.Duties,
    )  # fmt: skip
    async def duties(request: Request, asked: Annotated[DutiesAsked, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        facts = answers.read_facts(asked.fact)
        return await reply(
            service, request,
            lambda graph: answers.duties(
                graph, role=asked.role, route=asked.route, facts=facts, everything=asked.everything,
                applies=asked.applies, on=asked.on, law_as_of=asked.law_as_of,
            ),
            Listing.of("duties", asked),
        )  # fmt: skip

    @router.get(
        "/changes", operation_id="changes", tags=["Duties"],
        summary="What starts, changes and ends from one day to another, and by which act",
        response_model=models.Changes,
    )  # fmt: skip
    async def changes(request: Request, asked: Annotated[ChangesAsked, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        return await reply(
            service, request, lambda graph: answers.changes(graph, asked.start, asked.end, asked.law_as_of),
            Listing.of("changes", asked),
        )  # fmt: skip


def _add_questions(router: APIRouter, service: Service) -> None:
    @router.get(
        "/questions", operation_id="questions", tags=["Questions"], summary="The stored questions",
        response_model=models.Questions,
    )  # fmt: skip
    async def questions(request: Request, asked: Annotated[Paged, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        return await reply(service, request, answers.questions, Listing.of("questions", asked))

    @router.get(
        "/questions/{id}", operation_id="ask", tags=["Questions"], summary="Ask a stored question",
        description="Its parameters are query parameters. The answer is one of SPARQL: rows, or a graph.",
        response_class=Response,
    )  # fmt: skip
    async def ask(request: Request, id: str) -> Response:
        await authorise(service, request, Scope.READ)
        return await _ask(service, request, id)


async def _ask(service: Service, request: Request, name: str) -> Response:
    parameters = query_parameters(request)
    values = {key: parameters.one(key) or "" for key, _ in parameters.pairs}

    def bind(graph: AimsGraph) -> tuple[str, bool]:
        question = graph.question(name)
        if question.scope == ORGANISATION:
            raise UsageError(
                f"question {question.id} is about an organisation's register, and is not asked here",
                remedy=f"`aimsgraph query {question.id} --org PATH`, or ask /v1/orgs",
            )
        return graph.bound_text(question, values), question.form in (QueryForm.CONSTRUCT, QueryForm.DESCRIBE)

    text, gives_graph = await service.ask(bind)
    forms = GRAPHS if gives_graph else ROWS
    chosen = choose(request.headers.get("accept", ""), list(forms))
    generation = service.generation
    headers = headers_of(tag_of(generation, chosen, text), "no-cache")
    if is_known(request, headers["ETag"], exists=True):
        return Response(status_code=304, headers=headers)
    query = RoomQuery(text, forms[chosen], bytes=service.settings.answer_bytes, generation=generation)
    return await send_answer(service.room, query, service.settings.query_seconds, with_charset(chosen), headers)
