"""Problems as the errors they are: the tree of `aimsgraph.errors`, as if the graph had been asked here."""

from __future__ import annotations

from typing import Any

from aimsgraph import errors
from aimsgraph.errors import AimsgraphError


def error_of(status: int, body: Any) -> AimsgraphError:  # noqa: ANN401  # whatever a server sent
    """Return the error that an answer tells of.

    Args:
        status: its HTTP status.
        body: the problem (RFC 9457), or whatever else came.
    """
    said: dict[str, Any] = body if isinstance(body, dict) else {}
    kind = _KINDS.get(str(said.get("code", ""))) or _BY_STATUS.get(status) or _by_class(status)
    message = str(said.get("detail") or said.get("title") or f"the server answered {status}")
    return kind(message, remedy=str(said.get("remedy", "")))


def _all_kinds(root: type[AimsgraphError]) -> dict[str, type[AimsgraphError]]:
    found = {root.code: root}
    for kind in root.__subclasses__():
        if kind.__module__ == errors.__name__:
            found |= _all_kinds(kind)
    return found


def _by_class(status: int) -> type[AimsgraphError]:
    return errors.UsageError if 400 <= status < 500 else errors.BackendError


_KINDS = {code: kind for code, kind in _all_kinds(AimsgraphError).items() if kind is not AimsgraphError}
_BY_STATUS: dict[int, type[AimsgraphError]] = {
    401: errors.Unauthorised,
    403: errors.Refused,
    404: errors.NotFound,
    412: errors.Conflict,
    413: errors.ResourcesExceeded,
    429: errors.Busy,
    504: errors.DeadlineExceeded,
}
