"""The MCP server over streamable HTTP: keys as for the rest of the server, host and origin checked, bodies bounded."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from aimsgraph.errors import AimsgraphError, UsageError
from aimsgraph.mcp.desk import Desk
from aimsgraph.mcp.server import build_server
from aimsgraph.version import __version__
from aimsgraph.web import auth, health, problems
from aimsgraph.web.limits import Limits
from aimsgraph.web.logs import RequestLog
from aimsgraph.web.metrics import Metrics
from aimsgraph.web.service import Service
from aimsgraph.web.settings import ServeSettings

PATH = "/mcp"
BODY_BYTES = 4 * 1024 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@contextlib.asynccontextmanager
async def offer_mcp(app: FastAPI, service: Service) -> AsyncIterator[None]:
    """Offer the tools at `/mcp` of an app, as long as this context lasts.

    Raises:
        UsageError: others reach the address, and nobody said by what name.
    """

    async def running() -> Service:
        return service

    server = build_server(Desk(service.settings, running, over_http=True))
    inner = server.streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, json_response=True,
        max_request_body_size=min(BODY_BYTES, service.settings.body_bytes),
        transport_security=security_of(service.settings),
    )  # fmt: skip
    gate = _Gate(service, inner)
    gate.route = Route(PATH, endpoint=gate, include_in_schema=False)
    app.router.routes.append(gate.route)
    async with server.session_manager.run():
        yield


@contextlib.asynccontextmanager
async def mcp_app(settings: ServeSettings) -> AsyncIterator[FastAPI]:
    """Give an app that offers the tools alone, with its health; let go of what it holds afterwards.

    Raises:
        AimsgraphError: the settings are unsafe, or the store cannot be opened.
    """
    async with Service.run(settings) as service:
        app = FastAPI(title="aimsgraph", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
        problems.install(app)
        app.include_router(health.routes(service))
        app.add_middleware(Limits, per_second=settings.requests_per_second, at_once=settings.concurrent_requests)
        app.add_middleware(RequestLog, metrics=Metrics(service))
        async with offer_mcp(app, service):
            yield app


def security_of(settings: ServeSettings) -> TransportSecuritySettings:
    """Return by which names the server may be called, and from pages of which sites.

    It keeps a page of another site from asking in the name of somebody who reaches this address (DNS rebinding).

    Raises:
        UsageError: others reach the address, and nobody said by what name.
    """
    hosts = [name for loopback in _LOOPBACK for name in (loopback, f"{loopback}:*")]
    origins = [f"http://{name}" for name in hosts]
    if settings.public_url:
        public = urlsplit(settings.public_url)
        hosts.append(public.netloc)
        origins.append(f"{public.scheme}://{public.netloc}")
    elif not settings.is_loopback:
        raise UsageError(
            f"MCP on {settings.host} has to know the name it is called by",
            remedy="give --public-url https://NAME, the address users see",
        )
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)


class _Gate:
    """Lets in who may read; the tools themselves ask what else somebody may do."""

    def __init__(self, service: Service, app: ASGIApp) -> None:
        self._service = service
        self._app = app
        self.route: Route | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        scope["route"] = self.route  # what the log and the figures call it
        request = Request(scope, receive)
        try:
            await auth.authorise(self._service, request, auth.Scope.READ)
        except AimsgraphError as error:
            await problems.of_error(request, error)(scope, receive, send)
            return
        await self._app(scope, receive, send)
