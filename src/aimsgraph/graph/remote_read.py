"""Reads the answers of a SPARQL server as they come; an answer that is cut off or garbled is an error, never shorter.

Rows and yes/no come as SPARQL JSON, which has an end of its own. Graphs come as N-Triples, where a lost rest would look
like a smaller graph: there the connection has to say where the answer ends, and a comment after the first triple counts
as the server's voice, not as data.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from aimsgraph.errors import AimsgraphError, BackendError
from aimsgraph.graph.query_text import QueryForm
from aimsgraph.graph.remote_http import Body

ROWS: Final = "application/sparql-results+json"
_JSON: Final = ("application/sparql-results+json", "application/json")
_GRAPHS: Final = {"application/n-triples": ox.RdfFormat.N_TRIPLES, "text/turtle": ox.RdfFormat.TURTLE}
ACCEPTED: Final = {
    QueryForm.SELECT: ROWS,
    QueryForm.ASK: ROWS,
    QueryForm.CONSTRUCT: "application/n-triples, text/turtle;q=0.5",
    QueryForm.DESCRIBE: "application/n-triples, text/turtle;q=0.5",
}
_MOST_BOOLEAN_BYTES: Final = 65_536

# pyoxigraph's parsers may be let go only in the thread that made them, and what an error's frames hold is let go by
# whichever thread collects garbage. So no parser stays in the frames of an error.

Head = bool | tuple[str, ...] | None
"""The value of an ASK, the variables of a SELECT, or None for a graph."""


def read_answer(body: Body, form: QueryForm) -> tuple[Head, Generator[Any, None, None]]:
    """Return the head of an answer and its rows or triples, which are read as they are asked for.

    Whoever reads the rows closes them; that closes the body too.

    Raises:
        BackendError: it is no such answer; also raised while rows are read.
        DeadlineExceeded: too late; also raised while rows are read.
    """
    try:
        if form is QueryForm.ASK:
            with body:
                return _boolean(body), _rows(iter(()), body)
        if form is QueryForm.SELECT:
            _expect(body, _JSON)
            with _trusted(body):
                found = ox.parse_query_results(cast(IO[bytes], body), format=ox.QueryResultsFormat.JSON)
            if not isinstance(found, ox.QuerySolutions):
                raise body.broken("it is no table of rows")
            return tuple(variable.value for variable in found.variables), _rows(found, body)
        _expect(body, tuple(_GRAPHS))
        if not body.is_delimited:
            raise body.broken("the server does not say where it ends")
        return None, _rows(_triples(body), body)
    except BaseException:
        body.close()
        raise


def _boolean(body: Body) -> bool:
    _expect(body, _JSON)
    text = b""
    while chunk := body.read():
        text += chunk
        if len(text) > _MOST_BOOLEAN_BYTES:
            raise body.broken("it is too long for yes or no")
    try:
        value = json.loads(text).get("boolean")
    except (ValueError, AttributeError) as error:
        raise body.broken(str(error)) from error
    if not isinstance(value, bool):
        raise body.broken("it says neither yes nor no")
    return value


def _triples(body: Body) -> Iterator[ox.Triple]:
    format_ = _GRAPHS[body.media_type]
    source = _Uncommented(body) if format_ == ox.RdfFormat.N_TRIPLES else body
    return (quad.triple for quad in ox.parse(cast(IO[bytes], source), format=format_))


def _rows(found: Iterator[Any], body: Body) -> Generator[Any, None, None]:
    with body:
        try:
            while True:
                with _trusted(body):
                    try:
                        row = next(found)
                    except StopIteration:
                        return
                yield row
        finally:
            del found


def _expect(body: Body, media_types: tuple[str, ...]) -> None:
    if body.media_type not in media_types:
        raise BackendError(
            f"the server answered {body.media_type or 'without a media type'} instead of {media_types[0]}",
            remedy="check that the address is that of a SPARQL 1.1 server",
        )


@contextmanager
def _trusted(body: Body) -> Iterator[None]:
    try:
        yield
    except AimsgraphError as error:
        traceback.clear_frames(error.__traceback__)
        raise
    except (SyntaxError, ValueError, OSError) as error:
        traceback.clear_frames(error.__traceback__)
        raise body.broken(str(error)) from error


class _Uncommented:
    """N-Triples without comments, but for those of an answer that holds nothing else, which Virtuoso sends."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._at_line_start = True
        self._seen_triple = False

    def read(self, size: int = -1, /) -> bytes:
        found = self._body.read(size)
        for line in found.splitlines(keepends=True):
            text = line.strip()
            if self._at_line_start and text:
                self._note(text)
            self._at_line_start = line.endswith((b"\n", b"\r")) or (self._at_line_start and not text)
        return found

    def _note(self, text: bytes) -> None:
        if not text.startswith(b"#"):
            self._seen_triple = True
        elif self._seen_triple or not b"# Empty".startswith(text[:7]):
            raise self._body.broken(text.decode("utf-8", "replace"))
