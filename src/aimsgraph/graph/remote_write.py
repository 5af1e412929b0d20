"""Writes graphs to a SPARQL server in one update request, so that all of it happens or nothing.

What is too large for one request travels ahead, piece by piece, into graphs of our own that no query sees; the one
request then moves them into place. Blank nodes are the same node only within one request, so triples with blank nodes
travel in the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final
from uuid import uuid4

import pyoxigraph as ox

from aimsgraph.errors import AimsgraphError, Refused
from aimsgraph.graph.remote_http import Connection
from aimsgraph.graph.remote_state import STAGING
from aimsgraph.graph.store import Deadline

MOST_REQUEST_BYTES: Final = 32 * 1024**2
UPDATE: Final = "application/sparql-update"
_NEVER: Final = Deadline.never()

Lines = dict[ox.NamedNode, list[str]]
"""Triples as lines of N-Triples, by graph."""


def send_update(connection: Connection, text: str, deadline: Deadline) -> None:
    """Send an update and wait until the server has carried it out."""
    _post(connection, connection.address.update, text, UPDATE, deadline)


def write_graphs(
    connection: Connection, graphs: Mapping[ox.NamedNode, Sequence[ox.Quad]], finish: Callable[[str], str], *,
    replace: bool, most_bytes: int = MOST_REQUEST_BYTES,
) -> str:  # fmt: skip
    """Write quads into graphs, whatever graph the quads name; return what `finish` returns.

    Args:
        connection: to whom.
        graphs: what to write, by graph.
        finish: sends the request that makes the change.
        replace: whether the graphs lose what they held before.
        most_bytes: how large a request may be.

    Raises:
        Refused: the triples with blank nodes alone are more than one request may hold.
        AimsgraphError: the server fails; nothing was changed.
    """
    lines = {name: [f"{quad.triple} ." for quad in quads] for name, quads in graphs.items()}
    operations = [f"DROP SILENT GRAPH {name}" for name in graphs] if replace else []
    if _size(lines) <= most_bytes:
        return finish(" ;\n".join([*operations, *_insert(lines)]))
    last: Lines = {}
    staged: dict[ox.NamedNode, ox.NamedNode] = {}
    run = uuid4()
    try:
        for number, (name, quads) in enumerate(graphs.items()):
            last[name] = [line for line, quad in zip(lines[name], quads, strict=True) if _has_blank(quad.triple)]
            ahead = [line for line, quad in zip(lines[name], quads, strict=True) if not _has_blank(quad.triple)]
            if ahead:
                staged[name] = ox.NamedNode(f"{STAGING}{run}/{number}")
                for piece in _pieces(ahead, most_bytes):
                    _stage(connection, staged[name], piece)
        if _size(last) > most_bytes:
            raise Refused(
                f"the triples with blank nodes take more than the {most_bytes:,} bytes of one request",
                remedy="give the nodes IRIs",
            )
        for name, stage in staged.items():
            operations.append(f"ADD GRAPH {stage} TO GRAPH {name}")
            operations.append(f"DROP GRAPH {stage}")
        return finish(" ;\n".join([*operations, *_insert(last)]))
    except BaseException:
        with suppress(AimsgraphError):
            send_update(connection, " ;\n".join(f"DROP SILENT GRAPH {stage}" for stage in staged.values()), _NEVER)
        raise


def _stage(connection: Connection, stage: ox.NamedNode, piece: list[str]) -> None:
    """Send a piece ahead: as N-Triples where the server takes whole graphs, else in an update."""
    if connection.address.graphs:
        text = "\n".join(piece) + "\n"
        graph = {"graph": stage.value}
        _post(connection, connection.address.graphs, text, "application/n-triples", _NEVER, graph)
    else:
        send_update(connection, "".join(_insert({stage: piece})), _NEVER)


def _post(
    connection: Connection, url: str, text: str, kind: str, deadline: Deadline, params: Mapping[str, str] | None = None
) -> None:
    with connection.send(
        url, text.encode(), kind=kind, accept="*/*", deadline=deadline, params=params
    ) as body:  # read to its end, so that the connection can be used again
        while body.read():
            pass


def _insert(lines: Lines) -> Iterator[str]:
    """Yield one INSERT DATA with all triples, or nothing: N-Triples are legal in it."""
    groups = "\n".join(f"GRAPH {name} {{\n" + "\n".join(found) + "\n}" for name, found in lines.items() if found)
    if groups:
        yield f"INSERT DATA {{\n{groups}\n}}"


def _pieces(lines: list[str], most_bytes: int) -> Iterator[list[str]]:
    piece: list[str] = []
    size = 0
    for line in lines:
        length = len(line.encode()) + 1
        if piece and size + length > most_bytes:
            yield piece
            piece, size = [], 0
        piece.append(line)
        size += length
    yield piece


def _size(lines: Lines) -> int:
    return sum(len(line.encode()) + 1 for found in lines.values() for line in found)


def _has_blank(triple: ox.Triple) -> bool:
    return any(
        isinstance(term, ox.BlankNode) or (isinstance(term, ox.Triple) and _has_blank(term))
        for term in (triple.subject, triple.object)
    )
