"""MemoryStore: a pyoxigraph store in this process, and the calls every pyoxigraph store shares."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self, cast

import pyoxigraph as ox

from aimsgraph.errors import (
    AimsgraphError,
    BackendError,
    InputError,
    Location,
    NotFound,
    QuerySyntaxError,
    Refused,
)
from aimsgraph.graph import worker
from aimsgraph.graph.query_text import CheckedText, check_query, check_update
from aimsgraph.graph.store import (
    UNLIMITED,
    Answer,
    Boolean,
    Deadline,
    Graph,
    GraphName,
    Limits,
    Solutions,
    Subject,
    Term,
)
from aimsgraph.graph.union import NativeAnswer, UnionView

_SYNTAX_PREFIX: Final = "error at "


class MemoryStore:
    """Holds quads in memory and answers SPARQL; implements the `Store` port.

    A deadline is kept by running the engine in a thread beside the caller. What that cannot do: a running
    native call is never interrupted. The caller gets `DeadlineExceeded` on time and the store stays usable,
    but the abandoned thread keeps a core busy until the engine yields its next row or ends. An update that
    is late goes on in a copy nobody looks at. Where strangers ask, run the store in a process that can be
    killed.

    The generation is a digest of everything written so far, in order: the same writes give the same name.
    """

    def __init__(self, quads: Iterable[ox.Quad] = (), *, read_only: bool = False) -> None:
        self._native: ox.Store | None = ox.Store()
        self._view: UnionView | None = None
        self._writing = threading.Lock()
        self._read_only = False
        self._generation = hashlib.sha256(b"aimsgraph memory store").hexdigest()
        self.load(quads)
        self._read_only = read_only

    @property
    def generation(self) -> str:
        """A digest of all writes so far."""
        return self._generation[:16]

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""
        return self._read_only

    def query(self, text: str, *, limits: Limits = UNLIMITED, deadline: Deadline | None = None) -> Answer:
        """Ask a query; see the port."""
        return run_query(self._view_of(self._open()), text, limits=limits, deadline=deadline or Deadline.never())

    def update(self, text: str, *, deadline: Deadline | None = None, base: str | None = None) -> str:
        """Run an update, all of it or nothing; see the port. Relative IRIs in it are relative to `base`."""
        self._refuse_if_read_only()
        checked = check_update(text)
        with self._writing:
            native = self._open()
            late = run_update(native, checked, deadline or Deadline.never(), base)
            if late is not None:
                # The engine goes on, and cannot be stopped; what it has not committed no reader sees. So the
                # present content moves to a new store and the busy one is left behind.
                self._native = _copy_of(native)
                self._advance("late")
                raise late
            return self._advance(text)

    def quads(
        self, subject: Subject | None = None, predicate: ox.NamedNode | None = None,
        object: Term | None = None, graph: GraphName | None = None,
    ) -> Iterator[ox.Quad]:  # fmt: skip
        """Return the quads that match a pattern; see the port."""
        return read_quads(self._open(), subject, predicate, object, graph)

    def graphs(self) -> tuple[ox.NamedNode | ox.BlankNode, ...]:
        """Return the names of the named graphs, sorted."""
        return read_graphs(self._open())

    def replace_graph(self, name: ox.NamedNode, quads: Iterable[ox.Quad]) -> str:
        """Make a graph hold exactly these triples; see the port."""
        self._refuse_if_read_only()
        wanted = [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads]
        with self._writing:
            write_graph(self._open(), name, wanted)
            return self._advance(f"replace {name}", wanted)

    def load(self, quads: Iterable[ox.Quad]) -> str:
        """Add quads; see the port."""
        self._refuse_if_read_only()
        added = list(quads)
        with self._writing:
            add_quads(self._open(), added)
            return self._advance("load", added)

    def load_text(self, text: bytes, format: ox.RdfFormat, graph: ox.NamedNode, *, file: str) -> str:
        """Add the triples of a text to a graph; a third of the time that `load` takes for their quads.

        Raises:
            InputError: the text is no such RDF; the error says where in the file.
        """
        self._refuse_if_read_only()
        with self._writing:
            try:
                self._open().load(text, format=format, to_graph=graph)
            except SyntaxError as error:
                where = Location(file, error.lineno or 0, error.offset or 0)
                raise InputError(f"not readable as {format.name}: {error.msg}", location=where) from error
            return self._advance(f"load {graph} {hashlib.sha256(text).hexdigest()}")

    def close(self) -> None:
        """Let go of the content."""
        self._native = None
        self._view = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def view(self) -> UnionView:
        """The present content, for asking in this thread and without limits."""
        return self._view_of(self._open())

    def _open(self) -> ox.Store:
        if self._native is None:
            raise BackendError("the store is closed")
        return self._native

    def _view_of(self, native: ox.Store) -> UnionView:
        view = self._view
        if view is None or view.native is not native:
            view = self._view = UnionView(native)
        return view

    def _refuse_if_read_only(self) -> None:
        if self._read_only:
            raise Refused("this store is read-only", remedy="open it for writing")

    def _advance(self, what: str, quads: Iterable[ox.Quad] = ()) -> str:
        digest = hashlib.sha256(f"{self._generation}\n{what}\n".encode())
        for quad in quads:
            digest.update(str(quad).encode())
        self._generation = digest.hexdigest()
        self._view = None
        return self.generation


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn what pyoxigraph raises into our errors; the only place that knows its error types."""
    try:
        yield
    except AimsgraphError:
        raise
    except SyntaxError as error:
        raise _syntax_error(str(error)) from error
    except (OSError, RuntimeError, ValueError) as error:
        message = str(error)
        if message.startswith("The graph ") and message.endswith(" does not exist"):
            raise NotFound(message, remedy="say SILENT if the graph may be missing") from error
        if message.startswith("The graph ") and message.endswith(" already exists"):
            raise Refused(message, remedy="say SILENT if the graph may be there") from error
        raise BackendError(f"the store failed: {message}") from error


def run_query(view: UnionView, text: str, *, limits: Limits, deadline: Deadline) -> Answer:
    """Ask a pyoxigraph store, in a thread of its own when there is a deadline to keep."""
    return run_checked(view, check_query(text), limits=limits, deadline=deadline)


def run_checked(view: UnionView, checked: CheckedText, *, limits: Limits, deadline: Deadline) -> Answer:
    """Ask what the guard has let through; see `run_query`."""
    if not deadline.is_finite:
        with engine_errors():
            found = view.query(checked)
        return _answer(_head_of(found), _translated(found), limits=limits, deadline=None)

    def work(put: Callable[[list[Any]], bool]) -> None:
        with engine_errors():
            found = view.query(checked)
            if put([_head_of(found)]) and not isinstance(found, ox.QueryBoolean):
                worker.feed_rows(iter(found), put)

    feed = worker.start(work)
    rows = feed.iterate(deadline)
    return _answer(next(rows), rows, limits=limits, deadline=deadline, on_close=feed.stop)


def run_update(
    native: ox.Store, checked: CheckedText, deadline: Deadline, base: str | None = None
) -> AimsgraphError | None:
    """Update a pyoxigraph store; the error that is returned, not raised, says that the engine still runs."""

    def work(put: Callable[[list[Any]], bool]) -> None:
        with engine_errors():
            native.update(checked.text, base_iri=base)

    if not deadline.is_finite:
        work(lambda _: True)
        return None
    feed = worker.start(work)
    try:
        feed.take(deadline)
    except AimsgraphError as error:
        if feed.is_finished:
            raise
        return error
    feed.join()
    return None


def read_quads(
    native: ox.Store, subject: Subject | None, predicate: ox.NamedNode | None, object: Term | None,
    graph: GraphName | None,
) -> Iterator[ox.Quad]:  # fmt: skip
    """Yield the quads of a pyoxigraph store that match a pattern."""
    with engine_errors():
        found = native.quads_for_pattern(subject, predicate, object, graph)
    return cast(Iterator[ox.Quad], _translated(found))


def read_graphs(native: ox.Store) -> tuple[ox.NamedNode | ox.BlankNode, ...]:
    """Return the graph names of a pyoxigraph store, sorted."""
    with engine_errors():
        return tuple(sorted(native.named_graphs(), key=str))


def add_quads(native: ox.Store, quads: Iterable[ox.Quad]) -> None:
    """Add quads in one transaction."""
    with engine_errors():
        native.extend(quads)


def write_graph(native: ox.Store, name: ox.NamedNode, wanted: list[ox.Quad]) -> None:
    """Make a graph hold exactly these quads, which name it, in one transaction."""
    with engine_errors():
        if next(native.quads_for_pattern(None, None, None, name), None) is None:
            native.extend(wanted)
        else:
            # Only an update is a single transaction of removing and adding; N-Triples are legal in it.
            triples = "\n".join(f"{quad.triple} ." for quad in wanted)
            native.update(f"CLEAR SILENT GRAPH {name} ;\nINSERT DATA {{ GRAPH {name} {{\n{triples}\n}} }}")


def _copy_of(native: ox.Store) -> ox.Store:
    copy = ox.Store()
    with engine_errors():
        copy.bulk_extend(native)
        for name in native.named_graphs():
            copy.add_graph(name)
    return copy


def _head_of(found: NativeAnswer) -> bool | tuple[str, ...] | None:
    """Return the value of an ASK, the variables of a SELECT, or None for a graph."""
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    if isinstance(found, ox.QuerySolutions):
        return tuple(variable.value for variable in found.variables)
    return None


def _answer(
    head: bool | tuple[str, ...] | None, rows: Iterator[Any], *, limits: Limits, deadline: Deadline | None,
    on_close: Callable[[], None] | None = None,
) -> Answer:  # fmt: skip
    if isinstance(head, bool):
        return Boolean(head)
    if head is None:
        return Graph(rows, limits=limits, deadline=deadline, on_close=on_close)
    return Solutions(head, rows, limits=limits, deadline=deadline, on_close=on_close)


def _translated(found: Any) -> Iterator[Any]:  # noqa: ANN401  # pyoxigraph's iterators are untyped
    """Yield what an engine iterator yields, with its errors translated."""
    if isinstance(found, ox.QueryBoolean):
        return
    try:
        with engine_errors():
            yield from found
    finally:
        del found  # an error keeps this frame, and must not keep the engine's iterator


def _syntax_error(message: str) -> QuerySyntaxError:
    place, colon, detail = message.removeprefix(_SYNTAX_PREFIX).partition(": ")
    line, _, column = place.partition(":")
    if message.startswith(_SYNTAX_PREFIX) and colon and line.isdigit() and column.isdigit():
        if "Prefix not found" in detail:  # the engine also lists everything else that could stand there
            detail = "a prefix that is used here is not declared"
            remedy = "write `PREFIX name: <address>` before the query"
            return QuerySyntaxError(detail, remedy=remedy, location=Location("query", int(line), int(column)))
        return QuerySyntaxError(detail, location=Location("query", int(line), int(column)))
    return QuerySyntaxError(message)
