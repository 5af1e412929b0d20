"""Errors that cross from a worker to whoever asked: as a message there, as the same class here."""

from __future__ import annotations

import json

from aimsgraph import errors
from aimsgraph.errors import AimsgraphError, BackendError, Location
from aimsgraph.execution.frames import COMPLETE, Message

_COMPLETE = json.dumps(COMPLETE).encode()


def error_of(payload: bytes) -> Message:
    """Return a last frame as a message.

    Raises:
        AimsgraphError: the error the frame tells of.
    """
    if payload == _COMPLETE:  # as nearly all are
        return COMPLETE
    message: Message = json.loads(payload)
    said = message.get("error")
    if said is None:
        return message
    kind = _KINDS.get(said["code"], BackendError)
    where = said.get("location")
    raise kind(said["message"], remedy=said.get("remedy", ""), location=Location(*where) if where else None)


def _all_kinds(root: type[AimsgraphError]) -> dict[str, type[AimsgraphError]]:
    found = {root.code: root}
    for kind in root.__subclasses__():
        if kind.__module__ == errors.__name__:  # others are made in other ways
            found |= _all_kinds(kind)
    return found


_KINDS = _all_kinds(errors.AimsgraphError)
