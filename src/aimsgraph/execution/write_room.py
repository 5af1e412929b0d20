"""Where changes are asked for: one writer process, one change at a time, ended when it takes too long."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from aimsgraph.errors import BackendError, Busy, DeadlineExceeded, ResourcesExceeded
from aimsgraph.execution.errors import error_of
from aimsgraph.execution.frames import Kind, pack
from aimsgraph.execution.process import Process
from aimsgraph.execution.settings import MEGABYTE


@dataclass(frozen=True, slots=True)
class Write:
    """One change that is asked for.

    Attributes:
        kind: `update`, or `put`, `post`, `delete` of a graph.
        body: the update's text, or RDF.
        graph: the graph's name; None for the one without a name.
        format: what RDF is written in, a key of `worker.GRAPH_FORMATS`.
        parts: when the body holds several pieces of RDF, the format and the length in bytes of each.
        base: what relative IRIs of an update are relative to; those of RDF are relative to the graph.
        if_match: generations the store must be at one of; None for any.
        key: id of the key that asks, for the log.
        request: id of the request, for the log.
    """

    kind: str
    body: bytes = b""
    graph: str | None = None
    format: str = "turtle"
    parts: tuple[tuple[str, int], ...] = ()
    base: str | None = None
    if_match: tuple[str, ...] | None = None
    key: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a change did.

    Attributes:
        generation: the store's generation now.
        created: whether the named graph is new.
    """

    generation: str
    created: bool


class WriteRoom:
    """The writer of one store directory.

    Attributes:
        generation: the store's generation after the last change.
    """

    def __init__(self, store: Path, *, memory_bytes: int = 4096 * MEGABYTE, waiting: int = 16) -> None:
        self._settings = json.dumps({"store": str(store), "memory_bytes": memory_bytes}).encode()
        self._waiting = waiting
        self._queued = 0
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self.generation = ""

    async def __aenter__(self) -> Self:
        """Start the writer.

        Raises:
            StoreLocked: another process writes to the store.
            AimsgraphError: the store cannot be opened.
        """
        await self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def process_id(self) -> int | None:
        """The id of the writer's process; None between two of them."""
        return self._process.id if self._process else None

    async def write(self, write: Write, seconds: float) -> Written:
        """Make a change; when this returns it is durable.

        Raises:
            Busy: too many changes wait already.
            DeadlineExceeded: too late; nothing was changed, or the change was made and not acknowledged.
            Conflict: the store is at another generation.
            AimsgraphError: what the writer says.
        """
        if self._queued >= self._waiting:
            raise Busy("too many changes wait already", remedy="try again in a moment")
        self._queued += 1
        try:
            async with asyncio.timeout(seconds), self._turn:
                return await self._do(write)
        except TimeoutError:
            raise DeadlineExceeded(
                f"the change was not made within {seconds:g} s", remedy="change less at a time, or allow more time"
            ) from None
        finally:
            self._queued -= 1

    async def close(self) -> None:
        """End the writer."""
        if self._process is not None:
            await self._process.end()
            self._process = None

    async def _do(self, write: Write) -> Written:
        process = self._process or await self._start()
        asked = {
            "kind": write.kind,
            "graph": write.graph,
            "format": write.format,
            "parts": [list(part) for part in write.parts],
            "base": write.base,
            "if_match": None if write.if_match is None else list(write.if_match),
            "key": write.key,
            "request": write.request,
        }
        try:
            await process.send(pack(Kind.REQUEST, asked) + pack(Kind.BODY, write.body))
            _, payload = await process.receive()
        except (BackendError, asyncio.CancelledError) as error:
            # It is gone or must go; the next change starts another, which finds the store as it was before.
            self._process = None
            await asyncio.shield(process.end())
            if isinstance(error, BackendError):
                raise ResourcesExceeded(
                    "the change ended its process: it needs too much memory or stack", remedy="change less at a time"
                ) from error
            raise
        said = error_of(payload)
        self.generation = said["generation"]
        return Written(said["generation"], said["created"])

    async def _start(self) -> Process:
        self._process = await Process.start("aimsgraph.execution.writer", self._settings)
        self.generation = self._process.head["generation"]
        return self._process
