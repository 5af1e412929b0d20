"""Time: what starts, changes and ends between two days, and how that was known on another."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from fastapi import APIRouter, Request, Response

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.pages.names import Names
from aimsgraph.web.pages.shell import Json, moment_of, page_router, show
from aimsgraph.web.requests import Parameters, query_parameters
from aimsgraph.web.service import Service

AHEAD = dt.timedelta(days=730)


def routes(service: Service) -> APIRouter:
    """Return the route."""
    router = page_router()

    @router.get("/time")
    async def time(request: Request) -> Response:
        await authorise(service, request, Scope.READ)
        given = query_parameters(request)
        return await show(service, request, "time.html", lambda graph: _found(graph, request, given))

    return router


def _found(graph: AimsGraph, request: Request, given: Parameters) -> Json:
    moment = moment_of(graph, request)
    start = given.one("from") or str(moment.on)
    end = given.one("to") or str(moment.on + AHEAD)
    before = given.one("before") or ""
    found = answers.changes(graph, start, end, str(moment.law_as_of))
    then = answers.changes(graph, start, end, before)["changes"] if before else []
    now = {_key(each) for each in found["changes"]}
    known = {_key(each) for each in then}
    marked = [each | {"new": bool(before) and _key(each) not in known} for each in found["changes"]]
    days = [(day, list(group)) for day, group in groupby(marked, key=lambda each: each["date"])]
    return {
        "start": start, "end": end, "before": before, "days": days, "count": len(marked), "warnings": found["warnings"],
        "gone": [each for each in then if _key(each) not in now], "names": Names(graph),
    }  # fmt: skip


def _key(change: Json) -> tuple[str, ...]:
    return tuple(str(change[name]) for name in ("date", "provision", "kind"))
