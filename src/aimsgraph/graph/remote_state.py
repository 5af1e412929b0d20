"""What is known of a remote store's content without reading it: its graphs, their sizes, our mark of the last write.

The mark is one triple, renewed in the same request as every write of ours, in two graphs of our own: seen through both
it must count once, which shows whether a server merges graphs as SPARQL says. A third graph is there not to be seen. No
query of others sees these graphs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox

from aimsgraph.domain.identifiers import GRAPH
from aimsgraph.errors import BackendError
from aimsgraph.graph.query_text import QueryForm
from aimsgraph.graph.remote_address import shown
from aimsgraph.graph.remote_http import Body, Connection
from aimsgraph.graph.remote_read import ACCEPTED, Head, read_answer
from aimsgraph.graph.store import Deadline

OWN: Final = GRAPH + "remote/"
"""Where our own graphs are: the mark, and what a large write is put together from."""
STAGING: Final = OWN + "staging/"
MARKS: Final = (ox.NamedNode(OWN + "mark"), ox.NamedNode(OWN + "mark-again"))
UNSEEN: Final = ox.NamedNode(OWN + "unseen")
ONCE: Final = 1
TWICE: Final = 2
VERSION: Final = ox.NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
_NOTHING: Final = OWN + "nothing"
_COUNTED: Final = f"""SELECT ?g ?n ?mark {{
  {{ SELECT ?g (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g }}
  UNION {{ GRAPH {MARKS[0]} {{ {MARKS[0]} {VERSION} ?mark }} }} }}"""
_COUNT: Final = "SELECT (COUNT(*) AS ?n)"
_DISTINCT: Final = f"""{_COUNT} {{ SELECT DISTINCT ?s ?p ?o {{
  GRAPH ?g {{ ?s ?p ?o }} FILTER(!STRSTARTS(STR(?g), "{OWN}")) }} }}"""
_MARKED: Final = f"{{ VALUES ?mark {{ {MARKS[0]} {UNSEEN} }} ?mark {VERSION} ?version }}"


@dataclass(frozen=True, slots=True)
class State:
    """The content of a remote store, as far as it was counted.

    Attributes:
        generation: a digest of the mark and of every graph's name and size.
        graphs: the names of the graphs, sorted; ours are not among them.
        quads: how many quads these graphs hold.
        marked: whether we ever wrote to this store.
    """

    generation: str
    graphs: tuple[ox.NamedNode, ...]
    quads: int
    marked: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way: what kind it is, its rows or triples, and the body they are read from."""

    head: Head
    rows: Generator[Any, None, None]
    body: Body

    def close(self) -> None:
        """Read no more; closing twice is fine."""
        self.rows.close()
        self.body.close()  # rows that nobody began to read have not closed it


Dataset = tuple[tuple[str, str], ...]
"""The protocol's parameters that say which graphs a query sees; none at all leaves that to the server."""


def ask(
    connection: Connection, text: str, form: QueryForm, *, dataset: Dataset = (), deadline: Deadline,
    opened: Callable[[Body], None] = lambda _: None,
) -> Reply:  # fmt: skip
    """Send a query.

    Args:
        connection: to whom.
        text: the query.
        form: what it asks for.
        dataset: which graphs it sees.
        deadline: when to give up.
        opened: is told of the body before anything is read from it, to abort it.
    """
    body = connection.send(
        connection.address.query, urlencode([("query", text), *dataset]).encode(),
        kind="application/x-www-form-urlencoded", accept=ACCEPTED[form], deadline=deadline,
    )  # fmt: skip
    opened(body)
    return Reply(*read_answer(body, form), body)


def dataset_of(default: Sequence[str], named: Sequence[str]) -> Dataset:
    """Return the protocol's parameters for a dataset; without any graph it is empty, not the server's own."""
    merged = default or (_NOTHING,)
    return (*(("default-graph-uri", iri) for iri in merged), *(("named-graph-uri", iri) for iri in named))


def read_state(connection: Connection, deadline: Deadline) -> State:
    """Count the graphs of a store, in one request.

    Raises:
        AimsgraphError: the server does not answer that.
    """
    rows = ask(connection, _COUNTED, QueryForm.SELECT, deadline=deadline).rows
    sizes: dict[str, int] = {}
    mark = ""
    for row in rows:
        if row["mark"] is not None:
            mark = row["mark"].value
        elif isinstance(row["g"], ox.NamedNode) and not row["g"].value.startswith(OWN):
            sizes[row["g"].value] = int(row["n"].value)
    names = tuple(sorted(name for name, size in sizes.items() if size))
    told = "".join(f"{name} {sizes[name]}\n" for name in names)
    digest = hashlib.sha256(f"{mark}\n{told}".encode()).hexdigest()
    return State(digest[:16], tuple(map(ox.NamedNode, names)), sum(sizes.values()), bool(mark))


def count_marks(connection: Connection, deadline: Deadline, *, by_from: bool = False) -> int:
    """Count our mark through both its graphs: `ONCE` where a server merges graphs, `TWICE` where it only adds them up.

    Anything else comes from a server that shows a query other graphs than the query names.

    Args:
        connection: to whom.
        deadline: when to give up.
        by_from: name the graphs in the text, by FROM, instead of beside it.
    """
    if by_from:
        graphs = " ".join(f"FROM {name}" for name in MARKS)
        return _number(connection, f"{_COUNT} {graphs} {_MARKED}", (), deadline)
    return _number(connection, f"{_COUNT} {_MARKED}", dataset_of([name.value for name in MARKS], []), deadline)


def sees_any(connection: Connection, dataset: Dataset, deadline: Deadline) -> bool:
    """Tell whether a query sees anything in the default graph of a dataset."""
    return bool(ask(connection, "ASK { ?s ?p ?o }", QueryForm.ASK, dataset=dataset, deadline=deadline).head)


def count_distinct(connection: Connection, deadline: Deadline) -> int:
    """Count the distinct triples of all graphs but ours; fewer than quads, when a triple is in two graphs."""
    return _number(connection, _DISTINCT, (), deadline)


def count_seen(connection: Connection, dataset: Dataset, deadline: Deadline) -> int:
    """Count the triples of the default graph of a dataset, the way the server counts."""
    return _number(connection, f"{_COUNT} {{ ?s ?p ?o }}", dataset, deadline)


def _number(connection: Connection, text: str, dataset: Dataset, deadline: Deadline) -> int:
    found = [row["n"] for row in ask(connection, text, QueryForm.SELECT, dataset=dataset, deadline=deadline).rows]
    if len(found) != 1 or not isinstance(found[0], ox.Literal):
        raise BackendError(f"{shown(connection.address.query)} cannot count")
    return int(found[0].value)
