"""API keys: shown once, kept as digests, with what they allow and until when.

A key is `agk_<id>_<secret>`, the secret 256 random bits, so that a plain SHA-256 of it cannot be guessed back. The file
is JSON, readable by its owner alone, and replaced as a whole with every change.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from aimsgraph.errors import InputError, Location, NotFound, UsageError

PREFIX = "agk"


class Scope(Enum):
    """What a key lets its holder do; `admin` may do everything."""

    READ = "read"
    VALIDATE = "validate"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept.

    Attributes:
        id: names the key; it may be seen by anybody.
        name: what it is for.
        digest: SHA-256 of the secret.
        scopes: what it allows.
        organisations: slugs of the organisations whose registers it may see; None for all.
        created: when it was made, in UTC.
        expires: from when it no longer counts; None for never.
        revoked: when it was revoked; None while it counts.
    """

    id: str
    name: str
    digest: str
    scopes: frozenset[Scope]
    organisations: frozenset[str] | None
    created: dt.datetime
    expires: dt.datetime | None = None
    revoked: dt.datetime | None = None

    def counts(self, now: dt.datetime) -> bool:
        """Say whether the key is neither expired nor revoked."""
        return self.revoked is None and (self.expires is None or now < self.expires)

    def allows(self, scope: Scope) -> bool:
        """Say whether the key lets its holder do something."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


class KeyFile:
    """The keys of a server, read anew when the file has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_at: tuple[int, int] | None = None
        self._keys: dict[str, Key] = {}

    def find(self, token: str) -> Key | None:
        """Return the key a token is, whether it still counts or not; None for anything else."""
        parts = token.split("_", 2)
        if len(parts) != 3 or parts[0] != PREFIX:
            return None
        key = self.keys().get(parts[1])
        digest = key.digest if key else _digest("")
        same = hmac.compare_digest(digest, _digest(parts[2]))
        return key if key and same else None

    def keys(self) -> dict[str, Key]:
        """Return all keys by id, oldest first.

        Raises:
            InputError: the file cannot be read, or others may read it.
        """
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._read_at, self._keys = None, {}
            return {}
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._read_at:
            if status.st_mode & 0o077:
                raise InputError(
                    "the key file may be read by others", location=Location(str(self.path)),
                    remedy=f"chmod 600 {self.path}",
                )  # fmt: skip
            self._keys = {key.id: key for key in self._read()}
            self._read_at = stamp
        return self._keys

    def new(
        self, name: str, scopes: Iterable[Scope], *, days: int | None = None,
        organisations: Iterable[str] | None = None, now: dt.datetime | None = None,
    ) -> tuple[str, Key]:  # fmt: skip
        """Make a key and return it as it is shown, this once, and as it is kept.

        Args:
            name: what it is for.
            scopes: what it allows.
            days: for how many days it counts; None for ever.
            organisations: whose registers it may see; None for all.
            now: the time taken as now.

        Raises:
            UsageError: it would allow nothing, or count for no time.
        """
        allowed = frozenset(scopes)
        if not allowed:
            raise UsageError("a key that allows nothing is of no use", remedy="give --scope read, for one")
        if days is not None and days < 1:
            raise UsageError(f"a key cannot count for {days} days", remedy="give --days 90, for one")
        now = now or dt.datetime.now(dt.UTC)
        secret = secrets.token_urlsafe(32)
        key = Key(
            secrets.token_hex(6), name, _digest(secret), allowed,
            None if organisations is None else frozenset(organisations), now,
            None if days is None else now + dt.timedelta(days=days),
        )  # fmt: skip
        self._write([*self.keys().values(), key])
        return f"{PREFIX}_{key.id}_{secret}", key

    def rotate(self, id_: str, *, grace_days: int = 0, now: dt.datetime | None = None) -> tuple[str, Key]:
        """Make a key that allows the same, for as long again, and let the former one end.

        Args:
            id_: the former key's id.
            grace_days: for how many days the former one still counts.
            now: the time taken as now.

        Raises:
            NotFound: there is no such key.
        """
        now = now or dt.datetime.now(dt.UTC)
        old = self._key(id_)
        days = None if old.expires is None else max((old.expires - old.created).days, 1)
        shown = self.new(old.name, old.scopes, days=days, organisations=old.organisations, now=now)
        ends = now + dt.timedelta(days=grace_days)
        ended = replace(old, expires=min(ends, old.expires) if old.expires else ends)
        self._write([ended if key.id == id_ else key for key in self.keys().values()])
        return shown

    def revoke(self, id_: str, *, now: dt.datetime | None = None) -> Key:
        """Let a key count no longer, from now on.

        Raises:
            NotFound: there is no such key.
        """
        key = self._key(id_)
        revoked = replace(key, revoked=key.revoked or now or dt.datetime.now(dt.UTC))
        self._write([revoked if each.id == id_ else each for each in self.keys().values()])
        return revoked

    def _key(self, id_: str) -> Key:
        found = self.keys().get(id_)
        if found is None:
            raise NotFound(f"there is no key {id_!r}", remedy="`aimsgraph keys list` shows them")
        return found

    def _read(self) -> list[Key]:
        try:
            said = json.loads(self.path.read_text(encoding="utf-8"))
            return [_from_json(each) for each in said["keys"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"the key file cannot be read: {error}",
                location=Location(str(self.path)),
                remedy="restore it from a copy",
            ) from error

    def _write(self, keys: list[Key]) -> None:
        text = json.dumps({"keys": [_to_json(key) for key in keys]}, indent=2) + "\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def shown_token(authorization: str) -> str:
    """Return the key in an `Authorization` header: after `Bearer`, or as the password of `Basic`, which browsers send.

    >>> shown_token("Bearer agk_a_b")
    'agk_a_b'

    The name before the password may be any; nothing is returned for what is neither.
    """
    kind, _, given = authorization.partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    if not is_of_a_browser(authorization):
        return ""
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def is_of_a_browser(authorization: str) -> bool:
    """Say whether the header is one that a browser adds by itself, for whichever page asks."""
    return authorization.partition(" ")[0].lower() == "basic"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _to_json(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "sha256": key.digest,
        "scopes": sorted(scope.value for scope in key.scopes),
        "organisations": None if key.organisations is None else sorted(key.organisations),
        "created": key.created.isoformat(),
        "expires": key.expires.isoformat() if key.expires else None,
        "revoked": key.revoked.isoformat() if key.revoked else None,
    }


def _from_json(said: dict[str, Any]) -> Key:
    def day(name: str) -> dt.datetime | None:
        return dt.datetime.fromisoformat(said[name]) if said[name] else None

    organisations = said["organisations"]
    return Key(
        said["id"], said["name"], said["sha256"], frozenset(Scope(scope) for scope in said["scopes"]),
        None if organisations is None else frozenset(organisations), dt.datetime.fromisoformat(said["created"]),
        day("expires"), day("revoked"),
    )  # fmt: skip
