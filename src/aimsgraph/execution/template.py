"""The template: opens a store once and forks workers that share it.

Run as `python -m aimsgraph.execution.template SOCKET`. It has one thread, because a fork copies only the thread that
forks. A store in memory is shared with the workers page by page until somebody writes, which nobody does; a store
directory is opened by each worker, because its engine has threads.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from aimsgraph.api import AimsGraph
from aimsgraph.app import open_store
from aimsgraph.errors import AimsgraphError
from aimsgraph.execution.confine import Confinement, confine
from aimsgraph.execution.frames import Kind, receive, send
from aimsgraph.execution.settings import TemplateSettings
from aimsgraph.execution.worker import View, describe_error, serve
from aimsgraph.graph.directory import open_directory
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.graph.store import Store
from aimsgraph.graph.union import UnionView
from aimsgraph.graph.worker import STACK_BYTES
from aimsgraph.settings import MEMORY


def main(descriptor: int) -> None:
    """Open what the first message names, say so, and fork a worker whenever asked to."""
    channel = socket.socket(fileno=descriptor)
    first = receive(channel)
    if first is None:
        return
    settings = TemplateSettings.from_json(first[1])
    try:
        held = _hold(settings)
    except AimsgraphError as error:
        send(channel, Kind.END, {"error": describe_error(error)})
        return
    # Nobody waits for a worker: the kernel clears away the ended ones.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    send(channel, Kind.HEAD, {"generation": held.generation, "threads": threading.active_count()})
    prefixes = load_prefixes().as_dict()
    while receive(channel) is not None:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            channel.close()
            theirs.close()
            _become_worker(ours, held, settings, prefixes)
        ours.close()
        process = os.pidfd_open(pid)
        socket.send_fds(channel, [b"W"], [theirs.fileno(), process])
        theirs.close()
        os.close(process)


class _InMemory:
    """A content held in this process, and shared by its copies."""

    def __init__(self, store: MemoryStore, generation: str) -> None:
        self.generation = generation
        self._view = store.view
        self._view.prepare()

    def open(self) -> View:
        """Return what gives the content; there is only one."""
        return lambda generation: self._view


class _InDirectory:
    """A store directory, opened by whoever needs it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with open_directory(path) as store:
            self.generation = store.generation

    def open(self) -> View:
        """Open the directory for this process and return what gives its content, the newer one when asked for it."""
        store = open_directory(self._path)

        def view(generation: str) -> UnionView:
            if generation and generation != store.generation:
                store.refresh()
            return store.view

        return view


def _hold(settings: TemplateSettings) -> _InMemory | _InDirectory:
    if settings.organisation is not None:
        with AimsGraph(open_store(settings.program), settings.program) as graph:
            on, law_as_of = (settings.moment.on, settings.moment.law_as_of) if settings.moment else (None, None)
            held = graph.with_organisation(settings.organisation, on=on, law_as_of=law_as_of)
            return _InMemory(_in_memory(held.store), held.version)
    if settings.program.store != MEMORY:
        return _InDirectory(Path(settings.program.store))
    opened = open_store(settings.program)
    opened.derive()
    return _InMemory(_in_memory(opened.store), opened.version)


def _in_memory(store: Store) -> MemoryStore:
    return store if isinstance(store, MemoryStore) else MemoryStore(store.quads())


def _become_worker(channel: socket.socket, held: Any, settings: TemplateSettings, prefixes: dict[str, str]) -> None:  # noqa: ANN401
    """Serve until the other side is gone, then end; never return into the template.

    A thread of its own serves: the engine draws UUIDs and random numbers from a source that each thread seeds anew,
    and a fork copies that of the thread that forks, so that all workers would draw the same.
    """
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        view = held.open()
        reading = isinstance(held, _InDirectory)
        threading.stack_size(STACK_BYTES)
        confine(Confinement(memory_bytes=settings.worker_memory_bytes, reading=reading))
        worker = threading.Thread(target=serve, args=(channel, view, prefixes))
        worker.start()
        worker.join()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
