"""`/v1`: the crosswalk, matrix, what is unmapped, contradictions, and the proof checker."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.client import crosswalk_models as models
from aimsgraph.web.api_body import body_of, read_json
from aimsgraph.web.api_parameters import BatchAsked, ContradictionsAsked, CrosswalkAsked, MatrixAsked, PairAsked
from aimsgraph.web.api_reply import Listing, reply, reply_to_post
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.paging import cut
from aimsgraph.web.service import Service

BODY_BYTES = 4 * 1024 * 1024
TAGS = ["Crosswalk"]
Json = dict[str, Any]


class ProofsAsked(BaseModel):
    """Answers of a crosswalk, with their proofs; the whole answer may be sent as it came."""

    model_config = ConfigDict(extra="ignore")

    answers: list[Json] = Field(max_length=1000, description="What `/v1/crosswalk` gave as `answers`.", examples=[[]])


def routes(service: Service) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1", tags=list(TAGS))

    @router.get(
        "/crosswalk", operation_id="crosswalk", response_model=models.Crosswalk,
        summary="What corresponds to items in another framework, with proofs, or that nothing follows",
    )  # fmt: skip
    async def crosswalk(request: Request, asked: Annotated[CrosswalkAsked, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        return await reply(service, request, lambda graph: _crosswalk(graph, asked), Listing.of("answers", asked))

    @router.post(
        "/crosswalk:batch", operation_id="crosswalk_batch", response_model=models.Crosswalk,
        summary="The crosswalk of many items", openapi_extra=body_of(BatchAsked),
    )  # fmt: skip
    async def crosswalk_batch(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        asked = await read_json(request, BatchAsked, BODY_BYTES)
        return await reply_to_post(service, lambda graph: _batch(graph, asked))

    @router.get(
        "/matrix", operation_id="matrix", response_model=models.Matrix, summary="How two frameworks meet, by heading"
    )
    async def matrix(request: Request, asked: Annotated[MatrixAsked, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        return await reply(
            service, request,
            lambda graph: answers.matrix(
                graph, asked.one, asked.other, min_status=asked.min_status, max_hops=asked.max_hops, on=asked.on,
                law_as_of=asked.law_as_of,
            ),
            Listing.of("cells", asked),
        )  # fmt: skip

    @router.get(
        "/unmapped", operation_id="unmapped", response_model=models.Unmapped,
        summary="Items without a counterpart: looked and found none, and never looked at, apart",
    )  # fmt: skip
    async def unmapped(request: Request, asked: Annotated[PairAsked, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        return await reply(
            service, request,
            lambda graph: answers.unmapped(
                graph, asked.one, asked.other, min_status=asked.min_status, on=asked.on, law_as_of=asked.law_as_of
            ),
            Listing.of("no_match", asked),
        )  # fmt: skip

    @router.get(
        "/contradictions", operation_id="contradictions", response_model=models.Contradictions,
        summary="Rows that cannot all be right",
    )  # fmt: skip
    async def contradictions(request: Request, asked: Annotated[ContradictionsAsked, Query()]) -> Response:
        await authorise(service, request, Scope.READ)
        return await reply(
            service, request, lambda graph: answers.contradictions(graph, asked.min_status),
            Listing.of("contradictions", asked),
        )  # fmt: skip

    @router.post(
        "/proofs:check", operation_id="check_proofs", response_model=models.ProofCheck,
        summary="Check the proofs of a crosswalk with a checker of its own", openapi_extra=body_of(ProofsAsked),
    )  # fmt: skip
    async def check_proofs(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        asked = await read_json(request, ProofsAsked, BODY_BYTES)
        return await reply_to_post(service, lambda graph: answers.proofs(graph, asked.answers))

    return router


def _crosswalk(graph: AimsGraph, asked: CrosswalkAsked) -> Json:
    return answers.crosswalk(
        graph, asked.items, asked.to, graph.moment(asked.on, asked.law_as_of), max_hops=asked.max_hops,
        min_status=asked.min_status, role=asked.role, explain=asked.explain,
    )  # fmt: skip


def _batch(graph: AimsGraph, asked: BatchAsked) -> Json:
    answer = _crosswalk(graph, asked)
    said = asked.model_dump(by_alias=True, exclude={"limit", "cursor", "on", "law_as_of"})
    pairs = [(name, repr(value)) for name, value in said.items()]
    days = [(name, str(answer[name])) for name in ("on", "law_as_of")]
    cut(answer, "answers", asked.page, str(answer["graph_version"]), [*pairs, *days])
    return answer
