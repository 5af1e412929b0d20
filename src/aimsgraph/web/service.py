"""What the routes of a server share: the graph, the rooms where texts of strangers are run, the settings."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Request

from aimsgraph.api import AimsGraph
from aimsgraph.app import open_store
from aimsgraph.errors import NotFound
from aimsgraph.execution.room import Room
from aimsgraph.execution.settings import TemplateSettings
from aimsgraph.execution.write_room import Write, WriteRoom, Written
from aimsgraph.web.federation import Federation
from aimsgraph.web.keys import KeyFile
from aimsgraph.web.settings import ServeSettings

T = TypeVar("T")


class Service:
    """One running server.

    Attributes:
        settings: how it runs.
        room: where queries over the shared content are run.
        writer: where changes are made; None when none are taken.
        federation: the other servers a query may name.
        keys: who may ask for what; None when there is no key file.
    """

    def __init__(self, settings: ServeSettings, room: Room, writer: WriteRoom | None) -> None:
        self.settings = settings
        self.room = room
        self.writer = writer
        self.keys = KeyFile(settings.keys) if settings.keys else None
        self.federation = Federation(settings.federation)
        self._graph: AimsGraph | None = None
        self._opened = ""
        self._opening = anyio.Lock()
        self._threads = CapacityLimiter(max(4, 2 * settings.workers))

    @classmethod
    @contextlib.asynccontextmanager
    async def run(cls, settings: ServeSettings) -> AsyncIterator[Service]:
        """Open what a server needs, and let go of it afterwards.

        Raises:
            AimsgraphError: the settings are unsafe, or the store cannot be opened.
        """
        settings.check()
        async with contextlib.AsyncExitStack() as stack:
            writer = None
            if settings.writes:
                # It also makes the directory when there is none yet.
                writer = await stack.enter_async_context(WriteRoom(Path(settings.program.store)))
            template = TemplateSettings(settings.program, worker_memory_bytes=settings.worker_bytes)
            room = await stack.enter_async_context(Room(template, workers=settings.workers))
            service = cls(settings, room, writer)
            with contextlib.suppress(NotFound):  # a store without content still answers SPARQL
                await service.ask(lambda graph: graph.index)
            yield service
            service.close()

    @property
    def generation(self) -> str:
        """What names the present content."""
        return self.writer.generation if self.writer else self.room.generation

    def address(self, request: Request) -> str:
        """Return the address users see, without a slash at its end."""
        return (self.settings.public_url or str(request.base_url)).rstrip("/")

    async def ask(self, function: Callable[[AimsGraph], T]) -> T:
        """Ask the graph as it is now, in a thread, a bounded number at a time.

        It is for what the program itself asks, with checked parameters. A text of a stranger goes to the room.

        Raises:
            AimsgraphError: what the function raises.
        """
        graph = await self._current()
        return await anyio.to_thread.run_sync(function, graph, limiter=self._threads)

    async def write(self, write: Write) -> Written:
        """Make a change; whatever is asked from now on sees it.

        Raises:
            AimsgraphError: see `WriteRoom.write`.
        """
        assert self.writer is not None
        return await self.writer.write(write, self.settings.write_seconds)

    def close(self) -> None:
        """Let go of the graph."""
        if self._graph is not None:
            self._graph.close()

    async def _current(self) -> AimsGraph:
        """Return the graph of the present generation, opening it when a write has made another one."""
        async with self._opening:
            wanted = self.generation
            if self._graph is None or self._opened != wanted:
                settings = self.settings.program
                # Whoever still reads the former one holds it; it goes with the last of them.
                self._graph = await anyio.to_thread.run_sync(lambda: AimsGraph(open_store(settings), settings))
                self._opened = wanted
            return self._graph
