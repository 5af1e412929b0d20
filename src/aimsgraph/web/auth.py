"""Who asks, and what they may do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import Request

from aimsgraph.errors import NotFound, Refused, Unauthorised
from aimsgraph.web.keys import Scope, is_of_a_browser, shown_token
from aimsgraph.web.requests import asked_address

if TYPE_CHECKING:
    from aimsgraph.web.service import Service
    from aimsgraph.web.settings import ServeSettings

__all__ = ["Principal", "Scope", "authorise"]
_OPEN = frozenset({Scope.READ, Scope.VALIDATE})
_NEEDED = "send `Authorization: Bearer agk_…`; the operator makes keys with `aimsgraph keys new`"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Attributes:
        key: the key's id; empty for somebody without one.
        organisations: the organisations whose registers it may see; None for all.
    """

    key: str = ""
    organisations: frozenset[str] | None = frozenset()

    def may_see(self, organisation: str) -> bool:
        """Say whether an organisation's register may be seen."""
        return self.organisations is None or organisation in self.organisations

    def require_organisation(self, organisation: str) -> None:
        """Refuse an organisation that may not be seen, in the words used for one that is not there.

        Raises:
            NotFound: it may not be seen.
        """
        if not self.may_see(organisation):
            raise NotFound(f"there is no organisation {organisation!r}", remedy="GET /v1/orgs lists yours")


async def authorise(service: Service, request: Request, scope: Scope) -> Principal:
    """Return who asks, when they may do this.

    Without a key file, whoever reaches an address of this machine alone may do everything the server does at all,
    unless the operator said something of reading without a key: then that, and nothing more.

    Raises:
        Unauthorised: no key was shown, or one that does not count.
        Refused: the key does not allow this, or another site's page asks for a change.
    """
    settings = service.settings
    if settings.is_loopback and settings.keys is None:
        _refuse_other_names(request, settings)
    if scope in (Scope.WRITE, Scope.ADMIN):
        _refuse_other_sites(request, service.settings.public_url)
    shown = request.headers.get("authorization", "")
    if is_of_a_browser(shown):
        _refuse_what_browsers_may_not(request, scope, settings)
    if shown:
        principal = _principal(service, shown, scope)
        request.state.key = principal.key
        return principal
    if settings.keys is None and settings.is_loopback and settings.anonymous_read is None:
        return Principal(organisations=None)
    if scope in _OPEN and settings.reads_are_open:
        return Principal()
    raise Unauthorised("a key is needed here", remedy=_NEEDED)


def _principal(service: Service, shown: str, scope: Scope) -> Principal:
    token = shown_token(shown)
    key = service.keys.find(token) if service.keys and token else None
    if key is None:
        raise Unauthorised("this is no key of this server", remedy=_NEEDED)
    if not key.counts(dt.datetime.now(dt.UTC)):
        why = "was revoked" if key.revoked else f"expired on {key.expires:%Y-%m-%d}"
        raise Unauthorised(f"the key {key.id} {why}", remedy="ask the operator for a new one")
    if not key.allows(scope):
        raise Refused(
            f"the key {key.id} does not allow to {scope.value}", remedy="ask the operator for a key with that scope"
        )
    return Principal(key.id, key.organisations)


def _refuse_what_browsers_may_not(request: Request, scope: Scope, settings: ServeSettings) -> None:
    """Refuse a change, and what another site's page asks for: a browser shows the key whoever makes it ask.

    A link of another site may lead here; the reader sees where it leads.
    """
    if scope not in _OPEN:
        raise Refused(
            f"a key typed into a browser does not allow to {scope.value}",
            remedy="send the key as `Authorization: Bearer agk_…`",
        )
    follows_link = scope is Scope.READ and request.headers.get("sec-fetch-mode") == "navigate"
    if not follows_link or request.method != "GET":
        _refuse_other_sites(request, settings.public_url)


def _refuse_other_names(request: Request, settings: ServeSettings) -> None:
    """Refuse a request for another name than this machine's: the name of another site may lead here (DNS rebinding)."""
    name = asked_address(request).hostname or ""
    if name not in {"localhost", "127.0.0.1", "::1", settings.host, urlsplit(settings.public_url).hostname}:
        raise Refused(f"this server is not called {name!r}", remedy="tell it with --public-url what it is called")


def _refuse_other_sites(request: Request, public_url: str) -> None:
    """Refuse what a browser sends for a page of another site (cross-site request forgery).

    Programs send neither header; browsers always send one with a change.
    """
    origin = request.headers.get("origin")
    own = {str(asked_address(request)).rstrip("/"), public_url.rstrip("/")}
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin") or (origin and origin not in own):
        raise Refused("a page of another site asks for this", remedy="send it from a program, or from this site")
