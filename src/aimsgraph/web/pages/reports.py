"""The reports of an organisation and the auditor's pack, to look at, print or download."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from aimsgraph.api import AimsGraph
from aimsgraph.errors import NotFound
from aimsgraph.reports.case import Case
from aimsgraph.reports.pack import auditor_pack
from aimsgraph.reports.page import policy_of, style_of
from aimsgraph.reports.render import REPORTS, render
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.pages.organisation import asked_of
from aimsgraph.web.pages.shell import HEADERS, page_router
from aimsgraph.web.registers import Registers
from aimsgraph.web.service import Service

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown; charset=utf-8",
    "zip": "application/zip",
}
PACK = "pack"


def routes(service: Service, registers: Registers) -> APIRouter:
    """Return the routes."""
    router = page_router()

    @router.get("/orgs/{org}/reports/{file}")
    async def report(request: Request, org: str, file: str) -> Response:
        principal = await authorise(service, request, Scope.READ)
        asked = asked_of(request)
        name, _, form = file.partition(".")
        if (name, form) != (PACK, "zip") and (name not in REPORTS or form not in MEDIA_TYPES or form == "zip"):
            raise NotFound(f"there is no report {file!r}", remedy=f"GET /orgs/{org}/reports lists them")

        def make(graph: AimsGraph) -> Response:
            posture = registers.posture(graph, org, principal, asked)
            case = Case(
                graph, posture, registers.path(org, principal), asked.system, asked.min_status, tuple(asked.without)
            )
            if name == PACK:
                return _sent(auditor_pack(case), form, f"{org}-{file}")
            made = REPORTS[name](case)
            policy = policy_of(style_of(made)) if form == "html" else ""
            return _sent(render(made, form), form, f"{org}-{file}", policy)

        return await service.ask(make)

    return router


def _sent(body: bytes, form: str, name: str, policy: str = "") -> Response:
    """Return a file: a page of its own policy, anything else as a download."""
    headers = {**HEADERS, "Cache-Control": "no-store", "Vary": "Accept, Authorization, Accept-Encoding"}
    if policy:
        headers["Content-Security-Policy"] = policy
    else:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(body, headers=headers, media_type=MEDIA_TYPES[form])
