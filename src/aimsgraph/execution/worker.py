"""A worker: runs one query after the other over a store it inherited or opens, until it is ended.

It never decides how long it may take: whoever asked ends the process. An answer is written as it comes, in frames, and
its last frame says whether it is complete; without one it is not, whatever came before.
"""

from __future__ import annotations

import functools
import io
import json
import socket
import traceback
from typing import IO, Any, Final, Protocol, cast

import pyoxigraph as ox

from aimsgraph.errors import AimsgraphError
from aimsgraph.execution.frames import COMPLETE, Kind, Message, pack, receive, send
from aimsgraph.graph.embedded import engine_errors
from aimsgraph.graph.query_text import CheckedText, check_query
from aimsgraph.graph.union import Dataset, UnionView

ROW_FORMATS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS: Final = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
FRAME_BYTES: Final = 64 * 1024
REMEMBERED_CHARACTERS: Final = 16 * 1024


class View(Protocol):
    """Gives the content as it is at a generation, opening a newer one when asked for it."""

    def __call__(self, generation: str) -> UnionView:
        """Return the view of a generation, or of a later one."""


class _TooMuch(Exception):
    """The answer has as many bytes as are wanted."""


class _Channel(io.RawIOBase):
    """Where an answer is written to: frames of a fair size, up to so many bytes in all."""

    def __init__(self, channel: socket.socket, most: int | None) -> None:
        self._channel = channel
        self._waiting = bytearray()
        self._left = most

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401  # whatever has a buffer
        piece = bytes(data)
        if self._left is not None:
            if len(piece) > self._left:
                raise _TooMuch
            self._left -= len(piece)
        self._waiting += piece
        if len(self._waiting) >= FRAME_BYTES:
            self.drain()
        return len(piece)

    def drain(self) -> None:
        send(self._channel, Kind.DATA, bytes(self._waiting))
        self._waiting.clear()

    def end(self, message: Message) -> None:
        """Send what waits, if the answer is complete, and the last frame with it."""
        waiting = pack(Kind.DATA, bytes(self._waiting)) if self._waiting and message == COMPLETE else b""
        self._channel.sendall(waiting + pack(Kind.END, message))


def serve(channel: socket.socket, view: View, prefixes: dict[str, str]) -> None:
    """Answer requests until the other side is gone.

    Args:
        channel: where requests come from.
        view: the content.
        prefixes: for Turtle and its kin.
    """
    while (frame := receive(channel)) is not None:
        kind, payload = frame
        if kind is not Kind.REQUEST:
            return
        _answer(channel, json.loads(payload), view, prefixes)


def _answer(channel: socket.socket, request: Message, view: View, prefixes: dict[str, str]) -> None:
    output = _Channel(channel, request.get("bytes"))
    output.end(_run(output, request, view, prefixes))


def _run(output: _Channel, request: Message, view: View, prefixes: dict[str, str]) -> Message:
    try:
        checked = _check(request["text"])
        with engine_errors():
            found = view(request.get("generation", "")).query(checked, dataset_of(request))
            _write(found, request["format"], output, prefixes)
    except _TooMuch:
        return {"truncated": True}
    except AimsgraphError as error:
        return {"error": describe_error(error)}
    except MemoryError:
        return {"error": {"code": "resources-exceeded", "message": "the query needs more memory than it may have"}}
    except Exception:  # a bug must not look like a query that is too large
        traceback.print_exc()
        return {"error": {"code": "internal", "message": "the worker failed; the server's log says why"}}
    return COMPLETE


def _check(text: str) -> CheckedText:
    return _check_again(text) if len(text) <= REMEMBERED_CHARACTERS else check_query(text)


@functools.lru_cache(256)
def _check_again(text: str) -> CheckedText:
    """Check a text of a length worth remembering; the same questions come again and again."""
    return check_query(text)


def _write(found: Any, format_: str, output: _Channel, prefixes: dict[str, str]) -> None:  # noqa: ANN401
    if isinstance(found, ox.QueryTriples):
        ox.serialize(
            found, cast(IO[bytes], output), GRAPH_FORMATS[format_], prefixes=prefixes if format_ != "rdfxml" else None
        )
    else:
        found.serialize(output, ROW_FORMATS[format_])


def dataset_of(request: Message) -> Dataset:
    """Return the dataset a request names."""
    default, named = request.get("default_graphs"), request.get("named_graphs")
    return Dataset(
        None if default is None else tuple(default),
        None if named is None else tuple(named),
        request.get("union", True),
        request.get("base"),
    )


def describe_error(error: AimsgraphError) -> Message:
    """Return an error as a message, to be raised again by `error_of` on the other side."""
    said: Message = {"code": error.code, "message": error.message, "remedy": error.remedy}
    if error.location is not None:
        said["location"] = [error.location.file, error.location.line, error.location.column]
    return said
