"""Duties: what binds a role on a route on a day, and why."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request, Response

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.pages.names import Names
from aimsgraph.web.pages.shell import Json, moment_of, page_router, show
from aimsgraph.web.requests import Parameters, query_parameters
from aimsgraph.web.service import Service

ROLES = ("provider", "deployer", "importer", "distributor", "authorised-representative", "product-manufacturer")
ROUTES = ("annex-iii", "annex-i", "transparency", "gpai", "gpai-systemic", "prohibited", "all-ai")
ORDER = ("yes", "contested", "unknown", "no")


def routes(service: Service) -> APIRouter:
    """Return the route."""
    router = page_router()

    @router.get("/duties")
    async def duties(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        given = query_parameters(request)
        return await show(service, request, "duties.html", lambda graph: _found(graph, request, given))

    return router


def _found(graph: AimsGraph, request: Request, given: Parameters) -> Json:
    moment = moment_of(graph, request)
    role, chosen = given.one("role") or "provider", given.all("route") or ("annex-iii",)
    found = answers.duties(
        graph, role=role, route=chosen, facts=answers.read_facts(given.all("fact")), on=moment.on,
        law_as_of=moment.law_as_of,
    )  # fmt: skip
    ordered = sorted(found["duties"], key=lambda duty: ORDER.index(duty["applies"]))
    groups = {applies: list(group) for applies, group in groupby(ordered, key=lambda duty: duty["applies"])}
    open_ = {c["code"]: c for duty in groups.get("unknown", ()) for c in duty["conditions"] if c["answer"] == "unknown"}
    return {
        "role": role, "chosen": chosen, "roles": ROLES, "routes": ROUTES, "groups": groups, "order": ORDER,
        "open": list(open_.values()), "facts": given.all("fact"), "warnings": found["warnings"], "names": Names(graph),
    }  # fmt: skip
