"""Our organisation: where it stands on a day, of what its register says."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.compliance.posture import Posture
from aimsgraph.web.api_parameters import PostureAsked
from aimsgraph.web.auth import Principal, Scope, authorise
from aimsgraph.web.pages.names import Names
from aimsgraph.web.pages.shell import DAYS, Json, page_router, show
from aimsgraph.web.problems import HttpProblem
from aimsgraph.web.registers import Registers
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service

MOST = 200


def routes(service: Service, registers: Registers) -> APIRouter:
    """Return the routes."""
    router = page_router()

    @router.get("/orgs")
    async def organisations(request: Request) -> Response:
        principal = await authorise(service, request, Scope.READ)
        return await show(
            service, request, "organisations.html",
            lambda graph: {"found": registers.listed(graph, principal)["organisations"]},
        )  # fmt: skip

    def page(path: str, fill: Callable[[AimsGraph, Posture], Json]) -> None:
        @router.get(f"/orgs/{{org}}{path}")
        async def about(request: Request, org: str) -> Response:
            principal = await authorise(service, request, Scope.READ)
            return await show(
                service, request, "organisation.html",
                lambda graph: _filled(graph, registers, principal, request, org, path.lstrip("/") or "overview", fill),
            )  # fmt: skip

    page("", _overview)
    page("/coverage", answers.coverage)
    page("/gaps", lambda graph, posture: posture.gaps().to_dict())
    page("/statement", lambda graph, posture: posture.soa().to_dict())
    page("/readiness", lambda graph, posture: answers.readiness(posture))
    page("/reports", lambda graph, posture: {})
    return router


def _filled(
    graph: AimsGraph, registers: Registers, principal: Principal, request: Request, org: str, tab: str,
    fill: Callable[[AimsGraph, Posture], Json],
) -> Json:  # fmt: skip
    asked = asked_of(request)
    posture = registers.posture(graph, org, principal, asked)
    listed = registers.listed(graph, principal)["organisations"]
    of = next(each for each in listed if each["slug"] == org)
    return {
        "of": of, "tab": tab, "system": asked.system, "found": fill(graph, posture), "moment": posture.moment,
        "names": Names(graph), "most": MOST, "no_claim": answers.NO_CLAIM,
    }  # fmt: skip


def asked_of(request: Request) -> PostureAsked:
    """Return what the address asks about.

    Raises:
        HttpProblem: 422, it asks for something else.
    """
    given = query_parameters(request)
    named = {name: given.one(name) for name in (*DAYS, "system") if given.one(name)}
    try:
        return PostureAsked.model_validate(named)
    except ValidationError as error:
        said = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
        raise HttpProblem(422, "bad-parameter", said) from error


def _overview(graph: AimsGraph, posture: Posture) -> Json:
    gaps = posture.gaps().to_dict()
    return {
        "coverage": answers.coverage(graph, posture)["summary"],
        "readiness": answers.readiness(posture)["summary"],
        "actions": gaps["actions"][:8],
        "questions": gaps["questions"][:5],
        "findings": posture.soa().to_dict()["findings"],
    }
