"""What the routes of a server share: the graph, the rooms where texts of strangers are run, the settings."""

from __future__ import annotations

import asyncio
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
from aimsgraph.web.requests import asked_address
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
        self._rooms: set[Room] = set()
        self._closing: set[asyncio.Task[None]] = set()
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
            stack.push_async_callback(service._end_rooms)
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
        return (self.settings.public_url or str(asked_address(request))).rstrip("/")

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

    async def hold(self, room: Room) -> Room:
        """Open a further room, which is closed with the server.

        Raises:
            AimsgraphError: what it is to hold cannot be opened.
        """
        await room.__aenter__()
        self._rooms.add(room)
        return room

    def let_go(self, room: Room) -> None:
        """Close a room that `hold` opened, once what runs in it has ended."""
        task = asyncio.get_running_loop().create_task(self._close_when_idle(room))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close_when_idle(self, room: Room) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.query_seconds):
                while room.busy or room.queued:
                    await asyncio.sleep(0.1)
        self._rooms.discard(room)
        await room.close()

    async def _end_rooms(self) -> None:
        for task in list(self._closing):
            task.cancel()
        for room in list(self._rooms):
            await room.close()

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
