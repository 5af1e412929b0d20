"""What a SPARQL server's HTTP status and words mean in our errors."""

from __future__ import annotations

import json
import re
from typing import Final

from aimsgraph.errors import (
    AimsgraphError,
    BackendError,
    DeadlineExceeded,
    Location,
    NotFound,
    QuerySyntaxError,
    Refused,
)

_BY_STATUS: Final[dict[int, tuple[type[AimsgraphError], str]]] = {
    401: (Refused, "set AIMSGRAPH_STORE_TOKEN, or AIMSGRAPH_STORE_USER and AIMSGRAPH_STORE_PASSWORD"),
    403: (Refused, "ask for more rights, or check AIMSGRAPH_STORE_TOKEN, _USER and _PASSWORD"),
    404: (NotFound, "check the address of the store"),
    405: (Refused, "check whether updates have another address: AIMSGRAPH_STORE_UPDATE"),
    408: (DeadlineExceeded, "ask for less, or let the server take more time"),
    413: (BackendError, "let the server take larger requests"),
    504: (DeadlineExceeded, "ask for less, or let the server take more time"),
}
# SPARQL names no status for these, so the words of Oxigraph, Jena and RDF4J tell them from other failures.
_BY_WORDS: Final[tuple[tuple[re.Pattern[str], type[AimsgraphError], str], ...]] = (
    (re.compile(r"does not exist|no such graph", re.I), NotFound, "say SILENT if the graph may be missing"),
    (re.compile(r"already (?:exists|contains)", re.I), Refused, "say SILENT if the graph may be there"),
    (re.compile(r"time[d -]*out|cancelled", re.I), DeadlineExceeded, "ask for less, or let the server take more time"),
)
_PLACES: Final = (
    re.compile(r"error at (\d+):(\d+): ?"),  # Oxigraph
    re.compile(r"\[?\bline:? (\d+), col(?:umn)?:? (\d+)\]? ?", re.I),  # Jena, RDF4J
)


def refusal(status: int, said: str, where: str) -> AimsgraphError:
    """Return the error for an HTTP status that is no success.

    >>> refusal(400, "error at 1:7: expected a variable", "http://127.0.0.1/query").location.column
    7

    Args:
        status: the HTTP status.
        said: what the server said, in one line.
        where: the address, as it may be told.
    """
    if status == 400:
        return _syntax_error(said)
    told = f"{where} answered {status}: {said}"
    if status in _BY_STATUS:
        kind, remedy = _BY_STATUS[status]
        return kind(told, remedy=remedy)
    if 300 <= status < 400:
        return BackendError(f"{told}; redirects are not followed", remedy="give the address it points to")
    for words, kind, remedy in _BY_WORDS if status >= 500 else ():
        if words.search(said):
            return kind(told, remedy=remedy)
    return BackendError(told, remedy="look into the server's log, try again")


def words_of_problem(text: str) -> str:
    """Return what a problem of RFC 9457 says, its place first as the engines write it; the text when it is none.

    >>> words_of_problem('{"detail": "no end", "errors": [{"line": 2, "column": 7}]}')
    'error at 2:7: no end'
    """
    try:
        problem = json.loads(text)
        said = str(problem["detail"])
        for each in problem.get("errors", ()):
            if each.get("line"):
                return f"error at {each['line']}:{each.get('column') or 1}: {said}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return text
    return said


def _syntax_error(said: str) -> QuerySyntaxError:
    for pattern in _PLACES:
        if found := pattern.search(said):
            message = said[found.end() :] if found.start() == 0 else said
            return QuerySyntaxError(message, location=Location("query", int(found[1]), int(found[2])))
    return QuerySyntaxError(f"the server cannot read this: {said}")
