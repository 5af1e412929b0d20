"""Puts the routes of a server together."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aimsgraph.version import __version__
from aimsgraph.web import graph_store, health, problems, sparql
from aimsgraph.web.answers import BrokenOff
from aimsgraph.web.service import Service
from aimsgraph.web.settings import ServeSettings

_log = logging.getLogger("aimsgraph.web")
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
        yield create_app(service)


def create_app(service: Service) -> FastAPI:
    """Return the app over a running service."""
    app = FastAPI(
        title="aimsgraph", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json",
    )  # fmt: skip
    app.state.service = service
    problems.install(app)
    for room in (sparql, graph_store, health):
        app.include_router(room.routes(service))
    app.add_middleware(_RequestId)
    return app


class _RequestId:
    """Gives every request an id, which its answer, its problems and the log carry."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except BrokenOff as error:
            # Nothing more is sent, so the connection ends without the answer's end and nobody takes it for whole.
            _log.info("%s %s", request_id, error.message)
