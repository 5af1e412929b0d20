"""How much one key, or one address without a key, may ask: so many requests a second, so many at the same time."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from aimsgraph.web.keys import shown_token
from aimsgraph.web.problems import problem

REMEMBERED = 10_000
"""So many askers are remembered; who has not asked for longest is forgotten first."""
LONGEST_PATH = 1_000
"""Nothing has a longer address, and looking for what resembles one takes the longer the longer it is."""
UNLIMITED_PATHS = frozenset({"/healthz", "/readyz"})


@dataclass(slots=True)
class _Asker:
    left: float
    seen: float
    running: int = 0


class Limits:
    """Middleware that answers 429 to who asks too much."""

    def __init__(self, app: ASGIApp, *, per_second: float | None, at_once: int) -> None:
        self._app = app
        self._rate = per_second
        self._most = max(per_second * 2, 1.0) if per_second else 0.0
        self._at_once = at_once
        self._askers: OrderedDict[str, _Asker] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["path"] in UNLIMITED_PATHS:
            await self._app(scope, receive, send)
            return
        if len(scope["path"]) > LONGEST_PATH:
            response = problem(
                Request(scope), 414, "bad-parameter", f"the address has more than {LONGEST_PATH:,} characters"
            )
            await response(scope, receive, send)
            return
        asker = self._asker(_name(scope))
        wait = self._wait(asker)
        if wait or asker.running >= self._at_once:
            why = "requests a second" if wait else "requests at the same time"
            seconds = max(1, round(wait + 0.5))
            response = problem(
                Request(scope), 429, "too-many-requests", f"more {why} than allowed",
                remedy=f"wait {seconds} s", headers={"Retry-After": str(seconds)},
            )  # fmt: skip
            await response(scope, receive, send)
            return
        asker.running += 1
        try:
            await self._app(scope, receive, send)
        finally:
            asker.running -= 1

    def _asker(self, name: str) -> _Asker:
        found = self._askers.get(name)
        if found is None:
            found = self._askers[name] = _Asker(self._most, time.monotonic())
            if len(self._askers) > REMEMBERED:
                self._forget()
        self._askers.move_to_end(name)
        return found

    def _forget(self) -> None:
        for name, asker in self._askers.items():
            if not asker.running:
                del self._askers[name]
                return

    def _wait(self, asker: _Asker) -> float:
        """Take one request from what an asker has left; return the seconds to wait when nothing is."""
        if self._rate is None:
            return 0.0
        now = time.monotonic()
        asker.left = min(self._most, asker.left + (now - asker.seen) * self._rate)
        asker.seen = now
        if asker.left < 1:
            return (1 - asker.left) / self._rate
        asker.left -= 1
        return 0.0


def _name(scope: Scope) -> str:
    """Return who asks: the id in a key that is shown, true or not, with the address it comes from."""
    address = scope["client"][0] if scope.get("client") else ""
    for header, value in scope["headers"]:
        if header == b"authorization":
            token = shown_token(value.decode("latin-1"))
            return f"{address} {token.split('_')[1]}" if token.startswith("agk_") and token.count("_") > 1 else address
    return address
