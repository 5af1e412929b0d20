"""Gives every request an id, and writes one line of JSON for each answer: no query texts, no bodies, no secrets."""

from __future__ import annotations

import itertools
import json
import logging
import secrets
import sys
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aimsgraph.web.answers import BrokenOff
from aimsgraph.web.metrics import Metrics

_log = logging.getLogger("aimsgraph.requests")
_SIXTEEN_DIGITS = (1 << 64) - 1
_ids = itertools.count(secrets.randbits(64))
"""One after the other, from a start that no other run of a server is likely to have."""


class RequestLog:
    """Middleware: request id, log line, metrics, and the end of an answer that broke off."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = f"{next(_ids) & _SIXTEEN_DIGITS:016x}"
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        said = {"status": 500, "bytes": 0, "complete": False}

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start":
                said["status"] = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            else:
                said["bytes"] += len(message.get("body", b""))
                said["complete"] = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except BrokenOff:
            # Nothing more is sent, so the connection ends without the answer's end and nobody takes it for whole.
            said["complete"] = False
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "unknown")
            self._metrics.observe(scope["method"], route, said["status"], seconds)
            if _log.isEnabledFor(logging.INFO):
                line = {
                    "request": request_id,
                    "method": scope["method"],
                    "route": route,
                    "key": scope["state"].get("key", ""),
                    "seconds": round(seconds, 4),
                }
                _log.info(json.dumps(line | said))


def write_to_stderr() -> None:
    """Write the request log to the standard error stream, a line of JSON each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    _log.propagate = False
