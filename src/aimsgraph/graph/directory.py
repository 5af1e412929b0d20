"""DirectoryStore: a store in a folder that one process writes and any number read.

A reader opens the present generation read-only, and nobody ever writes to a generation that has a name. A
writer changes a copy (hard links, so it costs little), makes it durable, and then moves the pointer. Whatever
goes wrong before that last step leaves the store as it was.
"""

from __future__ import annotations

import os
import shutil
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyoxigraph as ox

from aimsgraph.errors import AimsgraphError, BackendError, InputError, Refused
from aimsgraph.graph import generations as gen
from aimsgraph.graph.canonical import Content, describe_content
from aimsgraph.graph.embedded import (
    engine_errors,
    read_graphs,
    read_quads,
    run_query,
    run_update,
    write_graph,
)
from aimsgraph.graph.query_text import check_update
from aimsgraph.graph.store import UNLIMITED, Answer, Boolean, Deadline, GraphName, Limits, Subject, Term
from aimsgraph.graph.union import UnionView

_TRIES: Final = 50


class DirectoryStore:
    """A store kept in a folder; implements the `Store` port.

    Open it with `open_directory`. A reader sees one generation until it calls `refresh`. The writer holds the
    folder's lock until it is closed; each of its writes makes a new generation, so write a lot at once.
    """

    def __init__(self, path: Path, *, writer_lock: int | None) -> None:
        self.path = path
        self._lock = writer_lock
        self._writing = threading.Lock()
        self._now: _Opened | None = _open_present(path)

    @property
    def generation(self) -> str:
        """The number and the digest of the generation this store shows."""
        return self._opened().record.generation

    @property
    def read_only(self) -> bool:
        """Whether this process opened the store for reading only."""
        return self._lock is None

    @property
    def view(self) -> UnionView:
        """The generation this store shows, for asking in this thread and without limits."""
        return self._opened().view

    @property
    def number(self) -> int:
        """The number of the generation this store shows; it grows by one with every write."""
        return self._opened().record.number

    @property
    def size(self) -> int:
        """How many quads the generation holds."""
        return self._opened().record.quads

    def refresh(self) -> bool:
        """Show the present generation from now on; True when it is another one."""
        before = self._opened()
        if gen.read_current(self.path) == before.record.name:
            return False
        self._now = _open_present(self.path)
        return True

    def verify(self) -> None:
        """Read every quad and compare the digest with the record.

        Raises:
            StoreCorrupted: they differ, or the files cannot be read.
        """
        opened = self._opened()
        try:
            content = describe_content(read_quads(opened.native, None, None, None, None))
        except BackendError as error:
            raise gen.corrupted(self.path, error.message) from error
        if content.digest != opened.record.digest:
            raise gen.corrupted(self.path, f"{opened.record.name} holds other quads than were written")

    def query(self, text: str, *, limits: Limits = UNLIMITED, deadline: Deadline | None = None) -> Answer:
        """Ask a query; see the port. The answer stays readable after a `refresh`."""
        opened = self._opened()
        answer = run_query(opened.view, text, limits=limits, deadline=deadline or Deadline.never())
        if not isinstance(answer, Boolean):
            answer.holds = opened
        return answer

    def update(self, text: str, *, deadline: Deadline | None = None) -> str:
        """Run an update in a new generation; see the port."""
        self._refuse_if_read_only()
        checked = check_update(text)

        def change(native: ox.Store) -> None:
            late = run_update(native, checked, deadline or Deadline.never())
            if late is not None:
                raise late

        return self._commit(change)

    def quads(
        self, subject: Subject | None = None, predicate: ox.NamedNode | None = None,
        object: Term | None = None, graph: GraphName | None = None,
    ) -> Iterator[ox.Quad]:  # fmt: skip
        """Return the quads that match a pattern; see the port."""
        return _quads_of(self._opened(), subject, predicate, object, graph)

    def graphs(self) -> tuple[ox.NamedNode | ox.BlankNode, ...]:
        """Return the names of the named graphs, sorted."""
        return read_graphs(self._opened().native)

    def replace_graph(self, name: ox.NamedNode, quads: Iterable[ox.Quad]) -> str:
        """Make a graph hold exactly these triples; see the port."""
        self._refuse_if_read_only()
        wanted = [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads]
        return self._commit(lambda native: write_graph(native, name, wanted))

    def load(self, quads: Iterable[ox.Quad]) -> str:
        """Add quads; see the port."""
        self._refuse_if_read_only()
        added = list(quads)

        def change(native: ox.Store) -> None:
            with engine_errors():
                native.bulk_extend(added)

        return self._commit(change)

    def replace_all(self, quads: Iterable[ox.Quad]) -> str:
        """Make the store hold exactly these quads, in one generation."""
        return self.replace_content(quads, ())

    def replace_content(self, quads: Iterable[ox.Quad], graphs: Iterable[ox.NamedNode | ox.BlankNode]) -> str:
        """Make the store hold exactly these quads and these graphs, empty ones too, in one generation."""
        self._refuse_if_read_only()
        wanted, names = list(quads), list(graphs)

        def change(native: ox.Store) -> None:
            with engine_errors():
                native.clear()
                native.bulk_extend(wanted)
                for name in names:
                    native.add_graph(name)

        return self._commit(change)

    def close(self) -> None:
        """Let go of the generation and, as a writer, of the folder's lock."""
        self._now = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self) -> _Opened:
        if self._now is None:
            raise BackendError("the store is closed")
        return self._now

    def _refuse_if_read_only(self) -> None:
        self._opened()
        if self._lock is None:
            raise Refused(f"the store {self.path} is open for reading only", remedy="open it for writing")

    def _commit(self, change: Callable[[ox.Store], None]) -> str:
        with self._writing:
            base = self._opened()
            number = base.record.number + 1
            with gen.file_errors(self.path):
                gen.sweep(self.path, base.record.number)
                _write_generation(self.path, number, base.native, change)
            self._now = _open_present(self.path)
            base = self._now  # let the old generation go before the sweep
            with gen.file_errors(self.path):
                gen.sweep(self.path, number)
            return base.record.generation


class _Opened:
    """One generation, open for reading, kept from removal as long as anything reads it."""

    __slots__ = ("__weakref__", "native", "record", "view")

    def __init__(self, native: ox.Store, record: gen.Record, lock: int) -> None:
        self.native = native
        self.view = UnionView(native, overlaps=record.overlaps)
        self.record = record
        weakref.finalize(self, os.close, lock)


def _quads_of(
    opened: _Opened, subject: Subject | None, predicate: ox.NamedNode | None, object: Term | None,
    graph: GraphName | None,
) -> Iterator[ox.Quad]:  # fmt: skip
    """Yield quads; while this runs it keeps its generation open."""
    yield from read_quads(opened.native, subject, predicate, object, graph)


def open_directory(path: Path, *, write: bool = False) -> DirectoryStore:
    """Open a store folder; for writing, make it when nothing or an empty folder is there.

    Raises:
        NotFound: nothing to read there.
        InputError: something else is there, or a store of an unknown version.
        Refused: the folder may not be written to.
        StoreLocked: another process writes to it.
        StoreCorrupted: the files are not what the record says.
        BackendError: the folder cannot be used.
    """
    if not write:
        with gen.file_errors(path):
            gen.check_format(path)
            return DirectoryStore(path, writer_lock=None)
    with gen.file_errors(path):
        path.mkdir(parents=True, exist_ok=True)
        if not (path / "FORMAT").is_file() and any(entry.name != "LOCK" for entry in path.iterdir()):
            raise InputError(f"{path} holds other files and is not an aimsgraph store", remedy="name an empty folder")
    lock = gen.lock_for_writing(path)
    try:
        with gen.file_errors(path):
            _finish_creation(path)
            number = int(gen.read_current(path).removeprefix("gen-"))
            gen.sweep(path, number)
        return DirectoryStore(path, writer_lock=lock)
    except BaseException:
        os.close(lock)
        raise


def _finish_creation(path: Path) -> None:
    """Make the first, empty generation, unless the store is complete."""
    if not (path / "FORMAT").is_file():
        gen.replace_file(path / "FORMAT", gen.FORMAT + "\n")
    gen.check_format(path)
    if (path / "CURRENT").exists():
        return
    if gen.generations(path) not in ([], [1]):
        raise gen.corrupted(path, "CURRENT is missing")
    shutil.rmtree(path / gen.name_of(1), ignore_errors=True)
    _write_generation(path, 1, None, lambda native: None)


def _write_generation(path: Path, number: int, base: ox.Store | None, change: Callable[[ox.Store], None]) -> None:
    """Copy `base`, change the copy, make it durable and move the pointer to it; or leave all as it was."""
    final = path / gen.name_of(number)
    # A name of its own each time: an update that was late may still be busy in the last one.
    folder = gen.temporary(final, "new")
    renamed = False
    try:
        folder.mkdir()
        content = _write_data(folder / "data", base, change)
        gen.write_record(folder, number, content)
        folder.rename(final)
        renamed = True
        gen.replace_file(path / "CURRENT", gen.name_of(number) + "\n")
    except BaseException:
        if not renamed:
            shutil.rmtree(folder, ignore_errors=True)
        elif gen.present_name(path) != final.name:
            shutil.rmtree(final, ignore_errors=True)
        raise


def _write_data(data: Path, base: ox.Store | None, change: Callable[[ox.Store], None]) -> Content:
    """Make the RocksDB folder of a generation; say what it holds."""
    with engine_errors():
        if base is not None:
            base.backup(data)
        native = ox.Store(data)
    change(native)
    with engine_errors():
        native.flush()
    return describe_content(read_quads(native, None, None, None, None))


def _open_present(path: Path) -> _Opened:
    """Open the generation CURRENT names; a writer may move on meanwhile, so try again when it is gone."""
    for _ in range(_TRIES):
        name = gen.read_current(path)
        lock = gen.lock_for_reading(path / name)
        if lock is None:
            if gen.read_current(path) == name and not (path / name / "lock").exists():
                raise gen.corrupted(path, f"{name} is missing")
            continue
        try:
            record = gen.read_record(path, name)
            return _Opened(_open_native(path, record), record, lock)
        except BaseException:
            os.close(lock)
            raise
    raise BackendError(f"the store {path} changes faster than it can be opened", remedy="try again")


def _open_native(path: Path, record: gen.Record) -> ox.Store:
    try:
        with engine_errors():
            native = ox.Store.read_only(str(path / record.name / "data"))
            found = len(native)
    except AimsgraphError as error:
        raise gen.corrupted(path, error.message) from error
    if found != record.quads:
        raise gen.corrupted(path, f"{record.name} holds {found} quads instead of {record.quads}")
    return native
