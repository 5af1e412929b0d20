"""Who asks, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from fastapi import Request

from aimsgraph.errors import Unauthorised

if TYPE_CHECKING:
    from aimsgraph.web.service import Service


class Scope(Enum):
    """What a key lets its holder do."""

    READ = "read"
    VALIDATE = "validate"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Attributes:
        key: the key's id; empty for somebody without one.
        scopes: what it may do.
        organisations: the organisations whose registers it may see; None for all.
    """

    key: str = ""
    scopes: frozenset[Scope] = frozenset()
    organisations: frozenset[str] | None = frozenset()


async def authorise(service: Service, request: Request, scope: Scope) -> Principal:
    """Return who asks, when they may do this.

    Raises:
        Unauthorised: no key was shown, or one that does not count.
        Refused: the key does not allow this.
    """
    settings = service.settings
    if scope in (Scope.READ, Scope.VALIDATE) and settings.reads_are_open:
        return Principal(scopes=frozenset({Scope.READ, Scope.VALIDATE}))
    if settings.keys is None and settings.is_loopback:
        return Principal(scopes=frozenset(Scope), organisations=None)
    raise Unauthorised("a key is needed", remedy="send `Authorization: Bearer agk_…`")
