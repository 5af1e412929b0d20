"""The Store port: what every store can do, and the limits, the deadline and the answers that go with it.

Terms that cross the port are pyoxigraph terms. A query sees the union of all graphs as its default graph,
unless it says `FROM`; an update follows the SPARQL text, where a pattern outside `GRAPH`, `WITH` and `USING`
means the default graph alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolution, Triple

from aimsgraph.errors import DeadlineExceeded, UsageError

Subject = NamedNode | BlankNode | Triple
Term = NamedNode | BlankNode | Literal | Triple
GraphName = NamedNode | BlankNode | DefaultGraph

Row = TypeVar("Row", bound=QuerySolution | Triple)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an answer is wanted; None means all of it.

    Attributes:
        rows: at most so many rows, or triples of a graph.
        bytes: stop once the terms handed out take about so many bytes of UTF-8.
    """

    rows: int | None = None
    bytes: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("rows", self.rows), ("bytes", self.bytes)):
            if value is not None and value < 1:
                raise UsageError(f"the limit on {name} must be 1 or more, not {value}")


UNLIMITED = Limits()


class Deadline:
    """A moment after which an answer is no longer wanted.

    The clock is monotonic and injectable, so a test needs no waiting.
    """

    __slots__ = ("_clock", "_ends", "seconds")

    def __init__(self, seconds: float | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        if seconds is not None and seconds <= 0:
            raise UsageError(f"a deadline must be more than 0 seconds away, not {seconds}")
        self.seconds = seconds
        self._clock = clock
        self._ends = None if seconds is None else clock() + seconds

    @classmethod
    def never(cls) -> Self:
        """Return a deadline that does not come: the call runs in the caller's own thread."""
        return cls(None)

    @property
    def is_finite(self) -> bool:
        """Whether this deadline ever comes."""
        return self._ends is not None

    def remaining(self) -> float | None:
        """Return the seconds left, never below 0; None when the deadline does not come."""
        return None if self._ends is None else max(0.0, self._ends - self._clock())

    def check(self) -> None:
        """Raise when the deadline has passed.

        Raises:
            DeadlineExceeded: it has.
        """
        if self.remaining() == 0.0:
            raise self.exceeded()

    def exceeded(self) -> DeadlineExceeded:
        """Return the error that says this deadline passed."""
        return DeadlineExceeded(
            f"no complete answer within {self.seconds:g} s",
            remedy="ask for less (a LIMIT, a narrower pattern), or allow more time",
        )


class _Answer(Generic[Row]):
    """A lazy answer, read once: iterable, closeable, cut off truthfully at its limits.

    Attributes:
        truncated: True once a limit has cut rows off; certain only after the last row was read.
        holds: what must live as long as the answer does.
    """

    def __init__(
        self, rows: Iterator[Row], *, limits: Limits = UNLIMITED, deadline: Deadline | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        self._rows = rows
        self._deadline = deadline
        self._on_close = on_close
        self._left = limits.rows
        self._bytes_left = limits.bytes
        self._closed = False
        self.truncated = False
        self.holds: object = None

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        """Return the next row.

        Raises:
            DeadlineExceeded: the deadline passed; the answer is closed.
        """
        if self._closed:
            raise StopIteration
        try:
            if self._deadline is not None:
                self._deadline.check()
            row = next(self._rows)
        except BaseException:  # also StopIteration: whatever ends the iteration ends the work behind it
            self.close()
            raise
        if self._left == 0 or (self._bytes_left is not None and self._bytes_left <= 0):
            self.truncated = True
            self.close()
            raise StopIteration
        self._count(row)
        return row

    def _count(self, row: Row) -> None:
        if self._left is not None:
            self._left -= 1
        if self._bytes_left is not None:
            self._bytes_left -= sum(len(str(term).encode()) for term in row if term is not None)

    def close(self) -> None:
        """Stop the work behind this answer; reading on gives nothing more. Closing twice is fine."""
        if not self._closed:
            self._closed = True
            self.holds = None
            self._rows = iter(())  # the engine's iterator goes now, and here
            if self._on_close is not None:
                self._on_close()

    def __del__(self) -> None:
        self.close()  # an answer nobody reads on must not leave a thread waiting

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Solutions(_Answer[QuerySolution]):
    """The answer to a SELECT: rows, read once.

    Attributes:
        variables: the names of the columns, without `?`.
        truncated: True once a limit has cut rows off; certain only after the last row was read.
    """

    def __init__(
        self, variables: Iterable[str], rows: Iterator[QuerySolution], *, limits: Limits = UNLIMITED,
        deadline: Deadline | None = None, on_close: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(rows, limits=limits, deadline=deadline, on_close=on_close)
        self.variables = tuple(variables)


class Graph(_Answer[Triple]):
    """The answer to a CONSTRUCT or DESCRIBE: triples, read once; `truncated` as in `Solutions`."""


@dataclass(frozen=True, slots=True)
class Boolean:
    """The answer to an ASK."""

    value: bool
    truncated: bool = field(default=False, init=False)

    def __bool__(self) -> bool:
        return self.value

    def close(self) -> None:
        """Do nothing: there is nothing left to read."""


Answer = Solutions | Graph | Boolean


class Store(Protocol):
    """A place that holds quads and answers SPARQL.

    A store is a context manager; `close` may be called twice. Every write is all or nothing and returns the
    new generation. A read-only store answers a write with `Refused`; a closed one answers anything with
    `BackendError`.
    """

    @property
    def generation(self) -> str:
        """A name for the present content: two equal names of one store mean equal content."""

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""

    def query(self, text: str, *, limits: Limits = UNLIMITED, deadline: Deadline | None = None) -> Answer:
        """Ask a SPARQL 1.1 query.

        Args:
            text: the query; `SERVICE` is refused.
            limits: where to cut the answer off.
            deadline: None or an infinite one waits as long as it takes.

        Raises:
            QuerySyntaxError: the text does not parse.
            Refused: the text may not be run here.
            DeadlineExceeded: too late; also raised while the answer is read. The store stays usable.
            BackendError: the store failed.
        """

    def update(self, text: str, *, deadline: Deadline | None = None) -> str:
        """Run a SPARQL 1.1 update, all of it or nothing, and return the new generation.

        Raises:
            QuerySyntaxError: the text does not parse.
            Refused: the store is read-only, or the text says `SERVICE` or `LOAD`, or makes a graph twice.
            NotFound: the update needs a graph that is not there.
            DeadlineExceeded: too late; nothing was changed.
            BackendError: the store failed.
        """

    def quads(
        self, subject: Subject | None = None, predicate: NamedNode | None = None,
        object: Term | None = None, graph: GraphName | None = None,
    ) -> Iterator[Quad]:  # fmt: skip
        """Return the quads that match a pattern; None matches everything, in any graph."""

    def graphs(self) -> tuple[NamedNode | BlankNode, ...]:
        """Return the names of the named graphs, sorted."""

    def replace_graph(self, name: NamedNode, quads: Iterable[Quad]) -> str:
        """Make a graph hold exactly these triples, whatever graph the quads name; return the generation."""

    def load(self, quads: Iterable[Quad]) -> str:
        """Add quads and return the new generation."""

    def close(self) -> None:
        """Let go of everything held."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
