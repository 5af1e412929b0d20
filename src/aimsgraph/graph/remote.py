"""RemoteStore: the Store port on any server that speaks SPARQL 1.1 over HTTP.

What the port promises and a server cannot be made to keep is written down in `docs/adr/0010-remote-stores.md`.
"""

from __future__ import annotations

import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from types import TracebackType
from typing import Any, Final, Self

import pyoxigraph as ox

from aimsgraph.errors import BackendError, DeadlineExceeded, QuerySyntaxError, Refused, UsageError
from aimsgraph.graph import remote_state as states
from aimsgraph.graph import worker
from aimsgraph.graph.query_text import QueryForm, check_query, check_update
from aimsgraph.graph.remote_address import Address
from aimsgraph.graph.remote_http import Body, Connection
from aimsgraph.graph.remote_mark import as_in, with_new_mark, with_new_mark_of
from aimsgraph.graph.remote_read import Head
from aimsgraph.graph.remote_union import Union
from aimsgraph.graph.remote_write import MOST_REQUEST_BYTES, send_update, write_graphs
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

_NEVER: Final = Deadline.never()


class RemoteStore:
    """A store behind an address; implements the `Store` port. Open it with `open_remote`.

    Only named graphs are part of it: what stands in a server's unnamed graph is not seen and not written. The
    generation is read when the store is opened, after each write and by `refresh`; what others write meanwhile is seen
    by queries, but not told by the generation, and new graphs of others are seen after `refresh` only.
    """

    def __init__(self, address: Address, *, read_only: bool = False, most_bytes: int = MOST_REQUEST_BYTES) -> None:
        self.address = address
        self._read_only = read_only
        self._most_bytes = most_bytes
        self._connection: Connection | None = Connection(address)
        weakref.finalize(self, self._connection.close)  # a store nobody closes leaves no open socket
        self._writing = threading.Lock()
        self._known: Union | None = None

    @property
    def generation(self) -> str:
        """A digest of our mark of the last write and of all graphs' names and sizes."""
        return self._present(_NEVER).state.generation

    @property
    def read_only(self) -> bool:
        """Whether writes are refused here, before the server is asked."""
        return self._read_only

    @property
    def size(self) -> int:
        """How many quads the named graphs held when they were last counted."""
        return self._present(_NEVER).state.quads

    def refresh(self) -> bool:
        """Look at the store anew; True when its generation is another one."""
        before, self._known = self._known, None
        now = self._present(_NEVER)
        return before is None or before.state.generation != now.state.generation

    def query(self, text: str, *, limits: Limits = UNLIMITED, deadline: Deadline | None = None) -> Answer:
        """Ask a query; see the port."""
        checked = check_query(text)
        deadline = deadline or _NEVER
        connection = self._open()
        known = self._present(deadline)
        if known.counts_twice(checked, deadline):
            merged = known.merged(lambda: self._quads(dict.fromkeys("spog"), deadline))
            return merged.query(text, limits=limits, deadline=deadline)
        dataset = () if checked.names_dataset else known.dataset

        def start(opened: Callable[[Body], None]) -> states.Reply:
            return states.ask(connection, text, checked.form, dataset=dataset, deadline=deadline, opened=opened)

        if deadline.is_finite:
            return _answer_beside(start, checked.form, limits, deadline)
        reply = start(lambda _: None)
        return _answer(reply.head, reply.rows, limits=limits, deadline=None, on_close=reply.close)

    def update(self, text: str, *, deadline: Deadline | None = None) -> str:
        """Run an update in one request; see the port. A late one may still be carried out by the server.

        Raises:
            DeadlineExceeded: no answer in time; whether the update happens, the server knows.
        """
        self._refuse_if_read_only()
        check_update(text)
        with self._writing:
            try:
                return self._change(with_new_mark_of(text), deadline or _NEVER)
            except QuerySyntaxError as error:
                raise as_in(text, error) from error

    def quads(
        self, subject: Subject | None = None, predicate: ox.NamedNode | None = None,
        object: Term | None = None, graph: GraphName | None = None,
    ) -> Iterator[ox.Quad]:  # fmt: skip
        """Return the quads that match a pattern, in one request; see the port.

        Raises:
            UsageError: a blank node is given: it has no name that a server knows.
        """
        given = {"s": subject, "p": predicate, "o": object, "g": graph}
        if any(isinstance(term, ox.BlankNode) for term in given.values()):
            raise UsageError("a blank node cannot be asked for by its label", remedy="ask for what surrounds it")
        return self._quads(given, _NEVER)

    def graphs(self) -> tuple[ox.NamedNode | ox.BlankNode, ...]:
        """Return the names of the named graphs that are not empty, sorted."""
        return self._present(_NEVER).state.graphs

    def replace_graph(self, name: ox.NamedNode, quads: Iterable[ox.Quad]) -> str:
        """Make a graph hold exactly these triples; see the port."""
        return self.replace_graphs({name: quads})

    def replace_graphs(self, graphs: Mapping[ox.NamedNode, Iterable[ox.Quad]]) -> str:
        """Make each graph hold exactly these triples, all in one request; return the generation."""
        return self._write({name: list(quads) for name, quads in graphs.items()}, replace=True)

    def load(self, quads: Iterable[ox.Quad]) -> str:
        """Add quads in one request; see the port.

        Raises:
            Refused: a quad is in the unnamed graph, or in one named by a blank node.
        """
        graphs: dict[ox.NamedNode, list[ox.Quad]] = defaultdict(list)
        for quad in quads:
            if not isinstance(quad.graph_name, ox.NamedNode):
                raise Refused("a remote store holds named graphs only", remedy="name the graph by an IRI")
            graphs[quad.graph_name].append(quad)
        return self._write(graphs, replace=False)

    def check_writable(self) -> None:
        """Write nothing but our mark, to learn whether the server lets us write.

        Raises:
            AimsgraphError: it does not.
        """
        self.update("")

    def close(self) -> None:
        """Close all connections."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._known = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> Connection:
        if self._connection is None:
            raise BackendError("the store is closed")
        return self._connection

    def _refuse_if_read_only(self) -> None:
        self._open()
        if self._read_only:
            raise Refused("this store is read-only", remedy="open it for writing")

    def _present(self, deadline: Deadline) -> Union:
        connection = self._open()
        known = self._known
        if known is None:
            known = self._known = Union(connection, states.read_state(connection, deadline))
        return known

    def _quads(self, given: Mapping[str, Any], deadline: Deadline) -> Iterator[ox.Quad]:
        if isinstance(given["g"], ox.DefaultGraph):
            return
        shown_as = {name: f"?{name}" if term is None else str(term) for name, term in given.items()}
        wanted = " ".join(f"?{name}" for name, term in given.items() if term is None) or "(1 AS ?there)"
        pattern = f"GRAPH {shown_as['g']} {{ {shown_as['s']} {shown_as['p']} {shown_as['o']} }}"
        text = f"SELECT {wanted} {{ {pattern} }}"
        reply = states.ask(self._open(), text, QueryForm.SELECT, deadline=deadline)
        own = _OwnLabels()
        with closing(reply):
            for row in reply.rows:
                s, p, o, g = (own.of(row[name]) if term is None else term for name, term in given.items())
                if not g.value.startswith(states.OWN):
                    yield ox.Quad(s, p, o, g)

    def _write(self, graphs: Mapping[ox.NamedNode, list[ox.Quad]], *, replace: bool) -> str:
        self._refuse_if_read_only()
        with self._writing:
            return write_graphs(
                self._open(), graphs, lambda operations: self._change(with_new_mark(operations), _NEVER),
                replace=replace, most_bytes=self._most_bytes,
            )  # fmt: skip

    def _change(self, text: str, deadline: Deadline) -> str:
        """Send an update, which renews the mark; return the generation."""
        try:
            send_update(self._open(), text, deadline)
        except DeadlineExceeded as error:
            raise DeadlineExceeded(
                error.message, remedy="the server may still carry it out: open the store anew and look"
            ) from error
        finally:
            self._known = None
        return self._present(_NEVER).state.generation


class _OwnLabels:
    """Labels for the blank nodes of one answer that no other answer shares; servers use theirs again."""

    def __init__(self) -> None:
        self._nodes: dict[str, ox.BlankNode] = {}

    def of(self, term: Any) -> Any:  # noqa: ANN401  # whatever stands in a row
        """Return a term with labels of this answer's own."""
        if isinstance(term, ox.BlankNode):
            return self._nodes.setdefault(term.value, ox.BlankNode())
        if isinstance(term, ox.Triple):
            return ox.Triple(self.of(term.subject), term.predicate, self.of(term.object))
        return term


def open_remote(address: Address, *, write: bool = False) -> RemoteStore:
    """Open a store behind an address; for writing, only if asked.

    Args:
        address: where it is.
        write: whether writes are let through to the server.

    Raises:
        NotFound: nothing is at that address.
        Refused: the server wants other credentials.
        DeadlineExceeded: it does not answer.
        BackendError: it cannot be reached, or is no SPARQL server.
    """
    store = RemoteStore(address, read_only=not write)
    try:
        store.refresh()
    except BaseException:
        store.close()
        raise
    return store


def _answer_beside(
    start: Callable[[Callable[[Body], None]], states.Reply], form: QueryForm, limits: Limits, deadline: Deadline
) -> Answer:
    """Ask in a thread of its own, so that the deadline is kept however slowly the server talks."""
    bodies: list[Body] = []

    def work(put: Callable[[list[Any]], bool]) -> None:
        with closing(start(bodies.append)) as reply:
            if put([reply.head]) and form is not QueryForm.ASK:
                worker.feed_rows(reply.rows, put)

    feed = worker.start(work)

    def stop() -> None:
        feed.stop()
        for body in bodies:
            body.abort()

    rows = feed.iterate(deadline)
    try:
        head = next(rows)
    except BaseException:
        stop()
        raise
    return _answer(head, rows, limits=limits, deadline=deadline, on_close=stop)


def _answer(
    head: Head, rows: Iterator[Any], *, limits: Limits, deadline: Deadline | None, on_close: Callable[[], None]
) -> Answer:
    if isinstance(head, bool):
        on_close()
        return Boolean(head)
    if head is None:
        return Graph(rows, limits=limits, deadline=deadline, on_close=on_close)
    return Solutions(head, rows, limits=limits, deadline=deadline, on_close=on_close)
