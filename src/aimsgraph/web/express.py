"""The routes asked most, answered before the API's router looks.

Finding and calling a route takes FastAPI longer than a short query takes. What is here is described, and answered in
the same words, by the routes of the same name further in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from aimsgraph.errors import AimsgraphError
from aimsgraph.web.problems import answer_error

Handler = Callable[[Request], Awaitable[Response]]


class Express:
    """Middleware that answers some requests itself."""

    def __init__(self, app: ASGIApp, *, routes: Mapping[tuple[str, str], Handler]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        handler = self._routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if handler is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = SimpleNamespace(path=scope["path"])  # what the log and the figures call it
        request = Request(scope, receive, send)
        try:
            response = await handler(request)
        except AimsgraphError as error:
            response = answer_error(request, error)
        await response(scope, receive, send)
