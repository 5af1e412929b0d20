"""The writer: the one process that changes a store directory; run as `python -m aimsgraph.execution.writer SOCKET`.

It does one thing at a time. Whoever asked ends it when it takes too long: a change that is not committed leaves no
trace. An answer is sent only after the change is durable and stands in the log of writes.
"""

from __future__ import annotations

import json
import socket
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from aimsgraph.errors import AimsgraphError, Conflict, InputError, ResourcesExceeded, UsageError
from aimsgraph.execution.changes import Change, GraphChange, commit
from aimsgraph.execution.confine import Confinement, confine
from aimsgraph.execution.frames import Kind, Message, receive, send
from aimsgraph.execution.settings import MEGABYTE
from aimsgraph.execution.worker import GRAPH_FORMATS, describe_error
from aimsgraph.execution.write_log import WriteLog
from aimsgraph.graph.directory import DirectoryStore, open_directory
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.rdf_text import parse_rdf

EXPANDED_BYTES, EXPANDED_TIMES = 32 * MEGABYTE, 16
"""A body's terms may take so many bytes when written out, and so many times the bytes of the body in addition."""


def main(descriptor: int) -> None:
    """Open the directory the first message names and change it whenever asked to."""
    channel = socket.socket(fileno=descriptor)
    first = receive(channel)
    if first is None:
        return
    settings = json.loads(first[1])
    try:
        store = open_directory(Path(settings["store"]), write=True)
        log = WriteLog(Path(settings["store"]))
        log.mend()
        confine(Confinement(memory_bytes=settings["memory_bytes"], reading=True, writing=True))
    except AimsgraphError as error:
        send(channel, Kind.END, {"error": describe_error(error)})
        return
    send(channel, Kind.HEAD, {"generation": store.generation})
    while (asked := receive(channel)) is not None and (body := receive(channel)) is not None:
        send(channel, Kind.END, _write(store, log, json.loads(asked[1]), body[1]))


def _write(store: DirectoryStore, log: WriteLog, request: Message, body: bytes) -> Message:
    try:
        wanted = request.get("if_match")
        if wanted is not None and store.generation not in wanted:
            raise Conflict(
                f"the store is at generation {store.generation}, not at the one named",
                remedy="read again what you want to change, then try anew",
            )
        created = _is_created(store, request)
        generation = commit(store, _change_of(request, body))
        log.append(store.number, generation, request, len(body))
    except AimsgraphError as error:
        return {"error": describe_error(error)}
    except MemoryError:
        return {"error": {"code": "resources-exceeded", "message": "the change needs more memory than it may have"}}
    except Exception:  # a bug must not look like a change that is too large
        traceback.print_exc()
        return {"error": {"code": "internal", "message": "the writer failed; the server's log says why"}}
    return {"generation": generation, "created": created}


def _is_created(store: DirectoryStore, request: Message) -> bool:
    """Say whether the named graph is new with this change."""
    name = request.get("graph")
    return name is not None and all(getattr(graph, "value", "") != name for graph in store.graphs())


def _change_of(request: Message, body: bytes) -> Change:
    if request["kind"] == "update":
        return _Update(body, request.get("base")).apply
    if request["kind"] == "delete":
        return GraphChange(request["graph"], delete=True).apply
    if request["kind"] in ("put", "post"):
        quads = tuple(_quads_of(request, body))
        return GraphChange(request["graph"], quads, keep=request["kind"] == "post").apply
    raise UsageError(f"there is no change {request['kind']!r}")


def _quads_of(request: Message, body: bytes) -> Iterator[ox.Quad]:
    base = request.get("base") or request["graph"]
    at, left = 0, EXPANDED_BYTES + EXPANDED_TIMES * len(body)
    for format_, length in request.get("parts") or [(request["format"], len(body))]:
        for quad in parse_rdf(body[at : at + length], GRAPH_FORMATS[format_], base=base, file="request"):
            left -= len(str(quad.subject)) + len(quad.predicate.value) + len(str(quad.object))
            if left < 0:
                raise ResourcesExceeded(
                    "the terms of the body, written out, are far longer than the body", remedy="send it in parts"
                )
            yield quad
        at += length


class _Update:
    """A change said as a SPARQL update."""

    def __init__(self, body: bytes, base: str | None) -> None:
        self._base = base
        try:
            self._text = body.decode()
        except UnicodeDecodeError as error:
            raise InputError("the update is not UTF-8", remedy="send it as UTF-8") from error

    def apply(self, store: MemoryStore) -> None:
        """Run the update."""
        store.update(self._text, base=self._base)


if __name__ == "__main__":
    main(int(sys.argv[1]))
