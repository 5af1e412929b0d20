"""The pages together."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException

from aimsgraph.errors import NotFound
from aimsgraph.web.pages import crosswalk, duties, editor, files, find, organisation, questions, reports, time
from aimsgraph.web.pages.shell import error_page, wants_html
from aimsgraph.web.register_rooms import RegisterRooms
from aimsgraph.web.registers import Registers
from aimsgraph.web.service import Service


def routes(service: Service, registers: Registers, rooms: RegisterRooms) -> APIRouter:
    """Return the routes of all pages but those at the address of what they are about, which `linked_data` has."""
    router = APIRouter(include_in_schema=False)
    router.include_router(files.routes())
    for page in (find, duties, crosswalk, time, editor):
        router.include_router(page.routes(service))
    router.include_router(questions.routes(service, registers, rooms))
    router.include_router(organisation.routes(service, registers))
    router.include_router(reports.routes(service, registers))
    return router


def install(app: FastAPI) -> None:
    """Make an address nobody knows a page for whoever reads pages."""
    answer = app.exception_handlers[HTTPException]

    @app.exception_handler(HTTPException)
    async def _no_page(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404 and wants_html(request):
            return error_page(request, NotFound(f"nothing is at {request.url.path}", remedy="the search box finds it"))
        response: Response = await answer(request, error)  # type: ignore[misc]
        return response
