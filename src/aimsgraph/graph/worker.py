"""Runs one engine call in a thread beside the caller, so that the caller can keep a deadline.

The engine offers no way to stop a running query. When the deadline passes the caller gets its error and goes
on; the thread is told to stop at its next row, which a sort or a count over a huge product reaches late or
never. Only a process can be ended for certain, and that is what a server's worker processes are for.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeVar

from aimsgraph.errors import BackendError
from aimsgraph.graph.store import Deadline

T = TypeVar("T")

# The engine's parser and evaluator recurse. 16 MiB is three times what the largest text needs that the guard
# lets through (`query_text.MAX_DEPTH`, `MAX_OPERATORS`); the memory is touched only when it is used.
STACK_BYTES: Final = 16 * 1024 * 1024
CAPACITY: Final = 4096
BATCH: Final = 256
BATCH_SECONDS: Final = 0.01

_stack_size_lock = threading.Lock()


class Feed(Generic[T]):
    """A bounded hand-over of items from one working thread to one reader."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._items: deque[T] = deque()
        self._finished = False
        self._stopped = False
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def put(self, items: list[T]) -> bool:
        """Hand items over, waiting while the reader is behind; False means: stop working."""
        with self._changed:
            while len(self._items) >= CAPACITY and not self._stopped:
                self._changed.wait()
            self._items.extend(items)
            self._changed.notify_all()
            return not self._stopped

    def finish(self, error: BaseException | None = None) -> None:
        """Say that nothing more comes, because the work is done or because it failed."""
        with self._changed:
            self._finished = True
            self._error = error
            self._changed.notify_all()

    @property
    def is_finished(self) -> bool:
        """Whether the thread has ended its work."""
        with self._changed:
            return self._finished

    def run(self, work: Callable[[Callable[[list[T]], bool]], None]) -> None:
        """Work in a thread of its own until `work` ends; what it raises goes to the reader."""

        def fill() -> None:
            try:
                work(self.put)
            except BaseException as error:  # the reader raises it
                _let_go(error)
                self.finish(error)
            else:
                self.finish()

        self._thread = threading.Thread(target=fill, daemon=True, name="aimsgraph-query")
        self._thread.start()

    def join(self) -> None:
        """Wait until the thread has let go of everything; only for work that is finished."""
        if self._thread is not None:
            self._thread.join()

    def stop(self) -> None:
        """Tell the working thread to stop at its next row."""
        with self._changed:
            self._stopped = True
            self._items.clear()
            self._changed.notify_all()

    def take(self, deadline: Deadline) -> list[T]:
        """Return all that is there, waiting for the first item; an empty list is the end.

        Raises:
            DeadlineExceeded: nothing came in time; the working thread has been told to stop.
        """
        with self._changed:
            while not self._items and not self._finished:
                remaining = deadline.remaining()
                if remaining == 0.0:
                    self._stopped = True
                    self._changed.notify_all()
                    raise deadline.exceeded()
                self._changed.wait(remaining)
            items = list(self._items)
            self._items.clear()
            self._changed.notify_all()
        if not items and self._error is not None:
            raise self._error
        return items

    def iterate(self, deadline: Deadline) -> Iterator[T]:
        """Yield the items as they come."""
        while items := self.take(deadline):
            yield from items


def start(work: Callable[[Callable[[list[Any]], bool]], None]) -> Feed[Any]:
    """Run `work(put)` in a daemon thread with a deep stack and return the feed it fills.

    Raises:
        BackendError: the system gives no more threads.
    """
    feed: Feed[Any] = Feed()
    with _stack_size_lock:
        before = threading.stack_size(STACK_BYTES)
        try:
            feed.run(work)
        except RuntimeError as error:
            raise BackendError("no thread left to run the query in", remedy="try again later") from error
        finally:
            threading.stack_size(before)
    return feed


def _let_go(error: BaseException) -> None:
    """Clear the ended frames of an error and of those behind it, in the thread whose frames they are.

    What an engine hands out may be dropped only in the thread that asked for it, and the reader of the error keeps
    its frames for as long as it likes.
    """
    behind: BaseException | None = error
    while behind is not None:
        traceback.clear_frames(behind.__traceback__)
        behind = behind.__cause__ or behind.__context__


def feed_rows(rows: Iterator[T], put: Callable[[list[T]], bool]) -> None:
    """Hand rows over in batches, at the latest every 10 ms when rows come, until told to stop."""
    batch: list[T] = []
    sent = time.perf_counter()
    for row in rows:
        batch.append(row)
        now = time.perf_counter()
        if len(batch) >= BATCH or now - sent > BATCH_SECONDS:
            if not put(batch):
                return
            batch = []
            sent = now
    if batch:
        put(batch)
