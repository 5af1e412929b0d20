"""`/v1/orgs`: where an organisation stands on a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.client import models
from aimsgraph.client import organisation_models as org_models
from aimsgraph.compliance.posture import Posture
from aimsgraph.web.api_parameters import CoverageAsked, ImpactAsked, Paged, PostureAsked, SystemDutiesAsked
from aimsgraph.web.api_reply import Listing, reply_private
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.registers import Registers
from aimsgraph.web.service import Service

Json = dict[str, Any]
Shape = Callable[[AimsGraph, Posture], Json]


def routes(service: Service) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1/orgs", tags=["Organisations"])
    registers = Registers(service.settings.organisations)

    @router.get(
        "", operation_id="organisations", response_model=org_models.Organisations,
        summary="The organisations you may ask about",
    )  # fmt: skip
    async def organisations(request: Request, asked: Annotated[Paged, Query()]) -> Response:
        principal = await authorise(service, request, Scope.READ)
        return await reply_private(
            service, request, lambda graph: registers.listed(graph, principal), Listing.of("organisations", asked)
        )

    @router.get(
        "/{org}/duties", operation_id="organisation_duties", response_model=models.Duties,
        summary="Which duties its AI systems bring, and why",
    )  # fmt: skip
    async def organisation_duties(
        request: Request, org: str, asked: Annotated[SystemDutiesAsked, Query()]
    ) -> Response:  # fmt: skip
        principal = await authorise(service, request, Scope.READ)

        def answer(graph: AimsGraph) -> Json:
            path = registers.path(org, principal)
            with registers.reading(org):
                return answers.system_duties(
                    graph, path, asked.system, everything=asked.everything, applies=asked.applies, on=asked.on,
                    law_as_of=asked.law_as_of,
                )  # fmt: skip

        return await reply_private(service, request, answer, Listing.of("duties", asked))

    _add_postures(router, service, registers)
    return router


def _add_postures(router: APIRouter, service: Service, registers: Registers) -> None:
    async def respond(request: Request, org: str, asked: PostureAsked, key: str, shape: Shape) -> Response:
        principal = await authorise(service, request, Scope.READ)

        def answer(graph: AimsGraph) -> Json:
            posture = registers.posture(graph, org, principal, asked)
            return answers.of_posture(graph, posture, shape(graph, posture), tuple(asked.without))

        return await reply_private(service, request, answer, Listing.of(key, asked))

    @router.get(
        "/{org}/coverage", operation_id="coverage", response_model=org_models.Coverage,
        summary="How far each duty is covered, with the chain of causes",
    )  # fmt: skip
    async def coverage(request: Request, org: str, asked: Annotated[CoverageAsked, Query()]) -> Response:
        return await respond(
            request, org, asked, "coverage",
            lambda graph, posture: answers.coverage(graph, posture, asked.framework, asked.status),
        )  # fmt: skip

    @router.get(
        "/{org}/gaps", operation_id="gaps", response_model=org_models.Gaps,
        summary="What is missing, most pressing first, and what would close it",
    )  # fmt: skip
    async def gaps(request: Request, org: str, asked: Annotated[PostureAsked, Query()]) -> Response:
        return await respond(
            request, org, asked, "gaps",
            lambda graph, posture: posture.gaps().to_dict(),
        )  # fmt: skip

    @router.get(
        "/{org}/soa", operation_id="soa", response_model=org_models.Soa, summary="The statement of applicability"
    )
    async def soa(request: Request, org: str, asked: Annotated[PostureAsked, Query()]) -> Response:
        return await respond(
            request, org, asked, "controls",
            lambda graph, posture: posture.soa().to_dict(),
        )  # fmt: skip

    @router.get(
        "/{org}/readiness", operation_id="readiness", response_model=org_models.Readiness,
        summary="How ready the management system is, step by step",
    )  # fmt: skip
    async def readiness(request: Request, org: str, asked: Annotated[PostureAsked, Query()]) -> Response:
        return await respond(
            request, org, asked, "steps",
            lambda graph, posture: answers.readiness(posture),
        )  # fmt: skip

    @router.get(
        "/{org}/impact", operation_id="impact", response_model=org_models.Impact,
        summary="What depends on a thing, and what falls if it goes",
    )  # fmt: skip
    async def impact(request: Request, org: str, asked: Annotated[ImpactAsked, Query()]) -> Response:
        return await respond(
            request, org, asked, "dependents",
            lambda graph, posture: posture.impact(asked.of).to_dict(),
        )  # fmt: skip
