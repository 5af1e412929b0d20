"""The log of writes: one line for every change that was acknowledged, only ever added to.

It stands beside the generations, as `writes.log`: JSON lines with number and name of the generation the change made,
when, by which key, what kind of change, how many bytes it came with. `aimsgraph doctor` compares its last line with the
store.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aimsgraph.errors import StoreCorrupted
from aimsgraph.execution.frames import Message

NAME = "writes.log"


@dataclass(frozen=True, slots=True)
class Entry:
    """One acknowledged change.

    Attributes:
        number: number of the generation it made.
        generation: the generation's name, with its digest.
        on: when it was written, in UTC.
        key: id of the key that asked for it; empty when nobody had to show one.
        kind: update, put, post or delete.
        graph: the graph that was named; empty for an update and for the graph without a name.
        request: id of the request.
        bytes: how many bytes came with it.
    """

    number: int
    generation: str
    on: str
    key: str
    kind: str
    graph: str
    request: str
    bytes: int


class WriteLog:
    """The log of the writes to one store directory."""

    def __init__(self, store: Path) -> None:
        self.path = store / NAME

    def mend(self) -> None:
        """Take away a last line that was cut off, so that the next one starts on its own; the writer does it first."""
        if self.path.exists():
            content = self.path.read_bytes()
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                os.truncate(self.path, whole)

    def append(self, number: int, generation: str, request: Message, size: int) -> None:
        """Add an entry and make it durable."""
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        entry = {
            "number": number,
            "generation": generation,
            "on": now,
            "key": request.get("key") or "",
            "kind": request["kind"],
            "graph": request.get("graph") or "",
            "request": request.get("request") or "",
            "bytes": size,
        }
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.write(descriptor, (json.dumps(entry, ensure_ascii=False) + "\n").encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def entries(self) -> Iterator[Entry]:
        """Yield all entries in order. A last line that was cut off belongs to a write nobody was told of.

        Raises:
            StoreCorrupted: a line before the last cannot be read.
        """
        if not self.path.exists():
            return
        lines = self.path.read_text(encoding="utf-8").split("\n")
        for i, line in enumerate(lines):
            if not line:
                continue
            try:
                yield Entry(**json.loads(line))
            except (ValueError, TypeError) as error:
                if i == len(lines) - 1:
                    return
                raise StoreCorrupted(f"{self.path}:{i + 1} is no entry: {error}") from error
