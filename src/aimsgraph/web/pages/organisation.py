"""Our organisation: where it stands on a day, of what its register says.

Each part of the page is a tab with a template of its own, `org_<tab>.html`. What a tab shows is what the command line
and `/v1/orgs` answer; nothing is worked out here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from aimsgraph import answers
from aimsgraph.api import LAW, AimsGraph
from aimsgraph.compliance.evidence import describe_evidence
from aimsgraph.compliance.posture import Posture
from aimsgraph.domain.register import Evidence
from aimsgraph.errors import NotFound, UsageError
from aimsgraph.reports.validation import validate_register
from aimsgraph.web.api_parameters import PostureAsked
from aimsgraph.web.auth import Principal, Scope, authorise
from aimsgraph.web.pages.names import Names
from aimsgraph.web.pages.shell import DAYS, Json, choice, moment_of, page_router, show
from aimsgraph.web.problems import HttpProblem
from aimsgraph.web.registers import Registers
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service

MOST: Final = 200
SOON: Final = 90
"""Evidence that ends within so many days is running out."""
TABS: Final = (
    "overview", "systems", "coverage", "gaps", "findings", "evidence", "statement", "readiness", "reports",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Look:
    """What a tab is made of.

    Attributes:
        graph: what is asked.
        posture: where the organisation stands.
        path: where its register is kept.
        request: the request of the page.
    """

    graph: AimsGraph
    posture: Posture
    path: Path
    request: Request

    @property
    def today(self) -> dt.date:
        """The day asked about."""
        return self.posture.moment.on


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

    @router.get("/orgs/{org}/state")
    async def state(request: Request, org: str) -> Response:
        principal = await authorise(service, request, Scope.READ)
        now = await service.ask(lambda graph: _state(graph, registers, principal, org))
        return Response(now, media_type="text/plain", headers={"Cache-Control": "no-store"})

    @router.get("/orgs/{org}/findings")
    async def findings(request: Request, org: str) -> Response:
        principal = await authorise(service, request, Scope.READ)

        def fill(graph: AimsGraph) -> Json:
            moment = moment_of(graph, request)
            path = registers.path(org, principal)
            with registers.reading(org):
                found = _findings(validate_register(graph, path, moment))
            return {"found": found, "moment": moment, **_frame(graph, registers, principal, org, "findings")}

        return await show(service, request, "org_findings.html", fill)

    def page(path: str, tab: str, fill: Callable[[_Look], Json]) -> None:
        @router.get(f"/orgs/{{org}}{path}")
        async def about(request: Request, org: str) -> Response:
            principal = await authorise(service, request, Scope.READ)
            return await show(
                service, request, f"org_{tab}.html",
                lambda graph: _filled(graph, registers, principal, request, org, tab, fill),
            )  # fmt: skip

    page("", "overview", _overview)
    page("/systems", "systems", _systems)
    page("/systems/{name}", "system", _system)
    page("/coverage", "coverage", _coverage)
    page("/gaps", "gaps", lambda look: look.posture.gaps().to_dict())
    page("/evidence", "evidence", lambda look: {"records": _evidence(look), "soon": SOON})
    page("/impact", "impact", _impact)
    page("/statement", "statement", lambda look: look.posture.soa().to_dict())
    page("/readiness", "readiness", lambda look: answers.readiness(look.posture))
    page("/reports", "reports", lambda look: {})
    return router


def _filled(
    graph: AimsGraph, registers: Registers, principal: Principal, request: Request, org: str, tab: str,
    fill: Callable[[_Look], Json],
) -> Json:  # fmt: skip
    asked = asked_of(request)
    posture = registers.posture(graph, org, principal, asked)
    with registers.reading(org):
        found = fill(_Look(graph, posture, registers.path(org, principal), request))
    frame = _frame(graph, registers, principal, org, tab, asked.system)
    return {"found": found, "moment": posture.moment, **frame}


def _frame(
    graph: AimsGraph, registers: Registers, principal: Principal, org: str, tab: str, system: str = ""
) -> Json:  # fmt: skip
    """Return what every tab has to draw."""
    listed = registers.listed(graph, principal)["organisations"]
    return {
        "of": next(each for each in listed if each["slug"] == org), "tab": tab, "tabs": TABS, "system": system,
        "names": Names(graph), "most": MOST, "no_claim": answers.NO_CLAIM,
        "state": _state(graph, registers, principal, org),
    }  # fmt: skip


def _state(graph: AimsGraph, registers: Registers, principal: Principal, org: str) -> str:
    """Return a text that is another one as soon as a file of the register, or the content of the graph, is."""
    return f"{registers.state_digest(org, principal)} {graph.version[:16]}"


def asked_of(request: Request) -> PostureAsked:
    """Return what the address asks about.

    Raises:
        HttpProblem: 422, it asks for something else.
    """
    given = query_parameters(request)
    named = {name: given.one(name) for name in (*DAYS, "system") if given.one(name)}
    if "name" in request.path_params:
        named["system"] = request.path_params["name"]
    try:
        return PostureAsked.model_validate(named)
    except ValidationError as error:
        said = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
        raise HttpProblem(422, "bad-parameter", said) from error


def _overview(look: _Look) -> Json:
    gaps = look.posture.gaps().to_dict()
    summaries, evidence = _summaries(look), _evidence(look)
    running_out = [each for each in evidence if each["state"] == "soon"]
    gone = [each for each in reversed(evidence) if each["state"] == "expired"]
    return {
        "coverage": [each for each in summaries if each["is_known"]],
        "nothing_known": [each for each in summaries if not each["is_known"]],
        "readiness": answers.readiness(look.posture)["summary"],
        "actions": gaps["actions"][:8],
        "questions": gaps["questions"][:5],
        "findings": look.posture.soa().to_dict()["findings"],
        "evidence": [*running_out, *gone][:8],
    }


def _frameworks(look: _Look) -> list[tuple[str, str]]:
    """Return slug and short title of the frameworks that an organisation can be held against, the Act first."""
    found = [(slug, entry.label) for slug, entry in look.graph.index.frameworks.items()]
    asked = [each for each in found if each[0] == LAW or look.posture.item_coverage(each[0])]
    return sorted(asked, key=lambda each: each[0] != LAW)


def _summaries(look: _Look) -> list[Json]:
    """Return how far each framework is covered, and whether anything is known of it at all."""
    found = []
    for slug, title in _frameworks(look):
        counts = answers.coverage(look.graph, look.posture, slug)["summary"]
        is_known = any(count for status, count in counts.items() if status != "unknown")
        found.append({"slug": slug, "title": title, "counts": counts, "is_known": is_known})
    return found


def _coverage(look: _Look) -> Json:
    known = _frameworks(look)
    chosen = choice(query_parameters(look.request), "framework", [slug for slug, _ in known], LAW)
    return answers.coverage(look.graph, look.posture, chosen) | {"frameworks": known, "chosen": chosen}


def _systems(look: _Look) -> Json:
    rows = look.posture.coverage
    systems = []
    for system in look.posture.systems:
        own = [row for row in rows if row.system == system.id]
        counts = {
            status: sum(row.status.value == status for row in own)
            for status in answers.COVERAGE_STATUSES
            if status != "not-applicable"
        }
        roles = sorted({held.role for held in system.roles_on(look.today)})
        systems.append(
            {
                "id": system.id, "name": system.name, "routes": system.routes, "roles": roles, "counts": counts,
                "day": system.placed_on_market, "planned": system.planned,
            }
        )  # fmt: skip
    return {"systems": systems}


def _system(look: _Look) -> Json:
    """Return what a system has to do: its duties by their answer, each with how far it is covered."""
    (system,) = look.posture.systems
    moment = look.posture.moment
    duties = answers.system_duties(look.graph, look.path, system.id, on=moment.on, law_as_of=moment.law_as_of)
    status = {(row.statement, row.role): row.status.value for row in look.posture.coverage}
    groups: dict[str, list[Json]] = {}
    for duty in duties["duties"]:
        duty["coverage"] = status.get((duty["statement"], duty["role"]), "")
        groups.setdefault(duty["applies"], []).append(duty)
    questions = [each for each in look.posture.gaps().to_dict()["questions"] if each["system"] == system.id]
    return {**_systems(look)["systems"][0], "groups": groups, "questions": questions}


def _findings(found: Json) -> Json:
    by_severity: dict[str, list[Json]] = {}
    for finding in found["findings"]:
        by_severity.setdefault(finding["severity"], []).append(finding)
    judged = sum(1 for count in found["focus_counts"].values() if count)
    return {
        "by_severity": by_severity, "judged": judged, "idle": found["nothing_judged"], "engine": found["engine"],
        "unsound": bool(found["not_judged"]),
    }  # fmt: skip


def _evidence(look: _Look) -> list[Json]:
    """Return the records of evidence, those that end first on top, and what each comes to on the day."""
    found = [
        {
            "id": record.id, "title": record.title, "type": record.type, "supports": record.supports,
            "until": record.stale_after, "state": _evidence_state(record, look.today),
            "says": describe_evidence(record, look.today).says,
            "file": record.location.file, "line": record.location.line,
        }
        for record in look.posture.register.evidence
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each["until"] is None, each["until"] or dt.date.max, each["id"]))


def _evidence_state(record: Evidence, day: dt.date) -> str:
    fresh, last = record.is_fresh(day), record.stale_after
    if fresh is None:
        return "undated"
    if not fresh:
        return "expired" if last is not None and last < day else "later"
    return "soon" if last is not None and (last - day).days <= SOON else "live"


def _impact(look: _Look) -> Json:
    """Return what falls if something goes; without a name, what can be asked about."""
    of = query_parameters(look.request).one("of") or ""
    register = look.posture.register
    known = [
        (kind, [(f"{kind}:{each.id}", getattr(each, "title", "") or getattr(each, "name", "")) for each in group])
        for kind, group in (
            ("evidence", register.evidence), ("implementation", register.controls), ("person", register.people),
            ("supplier", register.suppliers),
        )
    ]  # fmt: skip
    if not of:
        return {"of": "", "known": known, "impact": None, "error": None}
    try:
        return {"of": of, "known": known, "impact": look.posture.impact(of).to_dict(), "error": None}
    except (NotFound, UsageError) as error:
        return {"of": of, "known": known, "impact": None, "error": error}
