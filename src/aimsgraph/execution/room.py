"""The room: a template, its workers, and what the rest of the program may ask of them.

```python
async with Room.open(TemplateSettings()) as room:
    async with room.run(Query("SELECT * { ?s ?p ?o } LIMIT 3", "json"), seconds=5) as answer:
        async for piece in answer:
            ...
    print(answer.truncated)
```
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aimsgraph.errors import BackendError, Busy, DeadlineExceeded, ResourcesExceeded
from aimsgraph.execution.errors import error_of
from aimsgraph.execution.frames import Kind, Message, pack, receive_async
from aimsgraph.execution.kept import KeptAnswers
from aimsgraph.execution.process import Process
from aimsgraph.execution.settings import TemplateSettings
from aimsgraph.graph.union import Dataset

_log = logging.getLogger("aimsgraph.execution")
DEFAULT_BYTES = 256 * 1024 * 1024
RECYCLE_AFTER = 1_000
"""A worker is replaced after so many queries, so that what one leaves behind does not last."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query to be run.

    Attributes:
        text: what a stranger wrote.
        format: key of `worker.ROW_FORMATS` or `worker.GRAPH_FORMATS`, which must suit the form of the query.
        dataset: what it runs over.
        bytes: at most so many bytes of answer are wanted.
        generation: the content must be of this generation or a later one; empty for any.
    """

    text: str
    format: str
    dataset: Dataset = field(default_factory=Dataset)
    bytes: int = DEFAULT_BYTES
    generation: str = ""

    def to_message(self) -> Message:
        """Return the query as a worker reads it."""
        default, named = self.dataset.default_graphs, self.dataset.named_graphs
        return {
            "text": self.text,
            "format": self.format,
            "bytes": self.bytes,
            "generation": self.generation,
            "union": self.dataset.union,
            "base": self.dataset.base,
            "default_graphs": None if default is None else list(default),
            "named_graphs": None if named is None else list(named),
        }


class Worker:
    """One worker process and the socket to it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, process: int) -> None:
        self.reader = reader
        self.writer = writer
        self._process: int | None = process
        self.answered = 0

    def end(self) -> None:
        """End the process now, whatever it does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            os.close(self._process)
            self._process = None
        self.writer.close()


class Answer:
    """What a query gives: pieces of bytes, read once. Until they are all read nobody knows whether it is complete.

    Attributes:
        worker: what answers.
        truncated: whether it was cut off at the most bytes wanted; known once all pieces were read.
        complete: whether all pieces were read.
        late: ends the worker at the deadline.
    """

    def __init__(self, worker: Worker, ends: float, seconds: float) -> None:
        self.worker = worker
        self._ends = ends
        self._seconds = seconds
        self.truncated = False
        self.complete = False
        self.late: asyncio.TimerHandle | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces()

    async def _pieces(self) -> AsyncIterator[bytes]:
        while True:
            # At the deadline the room ends the worker, and then there is no frame.
            frame = await receive_async(self.worker.reader)
            if frame is None:
                if time.monotonic() >= self._ends:
                    raise self._late()
                raise ResourcesExceeded(
                    "the query ended its worker before the answer was complete: it needs too much memory or stack",
                    remedy="ask for less at a time",
                )
            kind, payload = frame
            if kind is Kind.DATA:
                yield payload
                continue
            self.complete = True
            end = error_of(payload)
            self.truncated = bool(end.get("truncated"))
            return

    def _late(self) -> DeadlineExceeded:
        return DeadlineExceeded(
            f"no complete answer within {self._seconds:g} s",
            remedy="ask for less (a LIMIT, a narrower pattern), or allow more time",
        )


class Room:
    """Runs queries over one dataset in processes that can be ended.

    Attributes:
        generation: the content the template opened.
        ended: how many workers were ended before their answer was complete.
        kept: answers that need no worker.
    """

    def __init__(self, settings: TemplateSettings, *, workers: int = 2, waiting: int = 64) -> None:
        self._settings = settings
        self._most = workers
        self._waiting = waiting
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._queued = 0
        self._busy: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._template: Process | None = None
        self._forking = asyncio.Lock()
        self.generation = ""
        self.ended = 0
        self.kept = KeptAnswers()

    async def __aenter__(self) -> Self:
        """Start the template and its workers.

        Raises:
            AimsgraphError: the store cannot be opened; what the template says.
        """
        self._template = await Process.start("aimsgraph.execution.template", self._settings.to_json())
        self.generation = self._template.head["generation"]
        try:
            for _ in range(self._most):
                self._idle.put_nowait(await self._fork())
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def is_ready(self) -> bool:
        """Whether there are workers."""
        return self._template is not None and (not self._idle.empty() or bool(self._busy) or bool(self._tasks))

    @property
    def queued(self) -> int:
        """How many queries wait for a worker."""
        return self._queued

    @property
    def busy(self) -> int:
        """How many queries run."""
        return len(self._busy)

    @contextlib.asynccontextmanager
    async def run(self, query: Query, seconds: float) -> AsyncIterator[Answer]:
        """Run a query; leaving the context ends whatever of it still runs. See `begin`."""
        answer = await self.begin(query, seconds)
        try:
            yield answer
        finally:
            self.end(answer)

    async def begin(self, query: Query, seconds: float) -> Answer:
        """Begin to run a query; whoever begins one has to `end` it.

        Args:
            query: what to run.
            seconds: when it is ended, counted from now, the wait for a worker included.

        Raises:
            Busy: too many wait already.
            DeadlineExceeded: the time is over; also raised while the answer is read.
            AimsgraphError: what the worker says, while the answer is read.
        """
        if self._queued >= self._waiting:
            raise Busy("too many queries wait already", remedy="try again in a moment")
        ends = time.monotonic() + seconds
        worker = await self._take(ends, seconds)
        self._busy.add(worker)
        # Whoever takes the answer may be slower than the query, or take nothing at all.
        answer = Answer(worker, ends, seconds)
        answer.late = asyncio.get_running_loop().call_later(ends - time.monotonic(), self._give_back, answer)
        try:
            worker.writer.write(pack(Kind.REQUEST, query.to_message()))
            await worker.writer.drain()
        except BaseException:
            self.end(answer)
            raise
        return answer

    def end(self, answer: Answer) -> None:
        """End a query that was begun, whatever of it still runs."""
        if answer.late is not None:
            answer.late.cancel()
        self._give_back(answer)

    async def close(self) -> None:
        """End all processes."""
        for task in list(self._tasks):
            task.cancel()
        while not self._idle.empty():
            self._idle.get_nowait().end()
        for worker in list(self._busy):
            worker.end()
        if self._template is not None:
            await self._template.end()
            self._template = None

    async def _take(self, ends: float, seconds: float) -> Worker:
        if not self._idle.empty():
            return self._idle.get_nowait()
        self._queued += 1
        try:
            async with asyncio.timeout(max(ends - time.monotonic(), 0)):
                return await self._idle.get()
        except TimeoutError:
            raise DeadlineExceeded(
                f"no worker became free within {seconds:g} s", remedy="try again later, or allow more time"
            ) from None
        finally:
            self._queued -= 1

    def _give_back(self, answer: Answer) -> None:
        worker = answer.worker
        if worker not in self._busy:
            return
        self._busy.discard(worker)
        worker.answered += 1
        if answer.complete and worker.answered < RECYCLE_AFTER:
            self._idle.put_nowait(worker)
        else:
            self.ended += not answer.complete
            worker.end()
            self._replace()

    def _replace(self) -> None:
        task = asyncio.get_running_loop().create_task(self._add_worker())
        self._tasks.add(task)
        task.add_done_callback(self._replaced)

    def _replaced(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("no new worker: %s", error)

    async def _add_worker(self) -> None:
        self._idle.put_nowait(await self._fork())

    async def _fork(self) -> Worker:
        """Ask the template for a worker.

        Raises:
            BackendError: the template is gone.
        """
        async with self._forking:
            template = self._template
            if template is None:
                raise BackendError("the execution room is closed")
            await template.send(pack(Kind.REQUEST, b""))
            worker, process = await _receive_descriptors(template.channel)
        reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=worker), limit=1 << 20)
        return Worker(reader, writer, process)


def _resolve(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


async def _receive_descriptors(channel: socket.socket) -> tuple[int, int]:
    """Return the worker's socket and a handle on its process."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(channel, _resolve, ready)
    try:
        await ready
    finally:
        loop.remove_reader(channel)
    data, descriptors, _, _ = socket.recv_fds(channel, 1, 2)
    if not data or len(descriptors) != 2:
        raise BackendError("the store's process is gone", remedy="restart the server")
    return descriptors[0], descriptors[1]
