"""Puts the routes of a server together."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI

from aimsgraph.errors import EngineMissing
from aimsgraph.version import __version__
from aimsgraph.web import (
    api_crosswalk,
    api_description,
    api_documents,
    api_norms,
    api_organisations,
    docs_page,
    graph_store,
    health,
    linked_data,
    problem_pages,
    problems,
    register_rooms,
    sparql,
)
from aimsgraph.web.express import Express
from aimsgraph.web.limits import Limits
from aimsgraph.web.logs import RequestLog
from aimsgraph.web.metrics import Metrics
from aimsgraph.web.metrics import routes as metrics_routes
from aimsgraph.web.pages import routes as pages
from aimsgraph.web.registers import Registers
from aimsgraph.web.service import Service
from aimsgraph.web.settings import ServeSettings

DESCRIPTION = """\
A knowledge graph of AI law, AI standards and the organisation that must live with them.
Answers carry ids, dates and proofs; what does not follow is `unknown`. It is no legal advice and claims no compliance.
"""


@contextlib.asynccontextmanager
async def serve_app(settings: ServeSettings) -> AsyncIterator[FastAPI]:
    """Open what a server needs and give the app that answers; let go of it afterwards.

    Raises:
        AimsgraphError: the settings are unsafe, or the store cannot be opened.
    """
    async with Service.run(settings) as service:
        app = create_app(service)
        async with _offer_mcp(app, service) if settings.mcp else contextlib.nullcontext():
            yield app


def _offer_mcp(app: FastAPI, service: Service) -> contextlib.AbstractAsyncContextManager[None]:
    try:
        from aimsgraph.mcp.http import offer_mcp
    except ImportError as error:
        raise EngineMissing("the MCP server is not installed", remedy="pip install 'aimsgraph[mcp]'") from error
    return offer_mcp(app, service)


def create_app(service: Service) -> FastAPI:
    """Return the app over a running service."""
    app = FastAPI(
        title="aimsgraph", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json",
    )  # fmt: skip
    app.state.service = service
    problems.install(app)
    metrics = Metrics(service)
    # Routes are tried in order: those asked most come first.
    for room in (sparql, health, api_crosswalk, api_norms, api_documents, api_organisations, linked_data, graph_store):
        app.include_router(room.routes(service))
    registers = Registers(service.settings.organisations)
    rooms = register_rooms.RegisterRooms(service, registers)
    app.include_router(register_rooms.routes(service, rooms))
    app.include_router(pages.routes(service, registers, rooms))
    app.include_router(docs_page.routes(app))
    app.include_router(problem_pages.routes())
    pages.install(app)
    api_description.install(app)
    app.include_router(metrics_routes(service, metrics))
    settings = service.settings
    app.add_middleware(Express, routes=sparql.express_routes(service))
    app.add_middleware(Limits, per_second=settings.requests_per_second, at_once=settings.concurrent_requests)
    app.add_middleware(RequestLog, metrics=metrics)
    return app
