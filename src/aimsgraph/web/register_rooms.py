"""`/orgs/{org}/sparql`: a register with the content it is judged against, as a dataset of its own.

The room of an organisation is opened when it is first asked, holds its register as of a day, and is opened anew when
its files have changed. Nobody's query ever runs in a process that holds the register of somebody else.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from aimsgraph.domain.time import Moment
from aimsgraph.execution.room import Room
from aimsgraph.execution.settings import TemplateSettings
from aimsgraph.web.auth import Principal, Scope, authorise
from aimsgraph.web.registers import Registers, State
from aimsgraph.web.requests import query_parameters
from aimsgraph.web.service import Service
from aimsgraph.web.sparql import QUERY_TYPE, answer_query, read_posted

FURTHER_ROOMS = 3
"""So many rooms are open beside one for each organisation, for other days; the one asked least lately makes room."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A room and the content it was opened for."""

    room: Room
    state: tuple[State, str]


class RegisterRooms:
    """The rooms of the organisations of a server; the service closes them when it ends."""

    def __init__(self, service: Service, registers: Registers) -> None:
        self._service = service
        self._registers = registers
        self._opened: OrderedDict[tuple[str, Moment], _Opened] = OrderedDict()
        self._turn = asyncio.Lock()

    async def room(self, slug: str, principal: Principal, moment: Moment | None = None) -> Room:
        """Return the room of an organisation.

        Args:
            slug: the organisation.
            principal: who asks.
            moment: the day for which what its register comes to is derived, and the law as known; None for today.

        Raises:
            NotFound: there is no such organisation, or it may not be seen, in the same words.
            HttpProblem: 503, the register says something wrong at present.
        """
        service = self._service
        path, files = await service.ask(lambda graph: self._registers.found(slug, principal))
        if moment is None:
            today: Moment = await service.ask(lambda graph: graph.moment())
            moment = today
        state = (files, service.generation)
        async with self._turn:
            known = self._opened.get((slug, moment))
            if known is None or known.state != state:
                settings = service.settings
                template = TemplateSettings(settings.program, path, moment, settings.worker_bytes)
                with self._registers.reading(slug):
                    room = await service.hold(Room(template, workers=1))
                if known is not None:
                    service.let_go(known.room)
                known = self._opened[slug, moment] = _Opened(room, state)
            self._opened.move_to_end((slug, moment))
            while len(self._opened) > len(service.settings.organisations) + FURTHER_ROOMS:
                service.let_go(self._opened.popitem(last=False)[1].room)
            return known.room


def routes(service: Service, rooms: RegisterRooms) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["SPARQL"])

    @router.get("/orgs/{org}/sparql", summary="Ask a SPARQL query of an organisation's register")
    async def get_sparql(request: Request, org: str) -> Response:
        principal = await authorise(service, request, Scope.READ)
        return await answer_query(service, request, query_parameters(request), await rooms.room(org, principal))

    @router.post("/orgs/{org}/sparql", summary="The same, with the query sent as a form or as itself")
    async def post_sparql(request: Request, org: str) -> Response:
        principal = await authorise(service, request, Scope.READ)
        settings = service.settings
        parameters = await read_posted(request, QUERY_TYPE, "query", settings.body_bytes, settings.query_seconds)
        return await answer_query(service, request, parameters, await rooms.room(org, principal))

    return router
