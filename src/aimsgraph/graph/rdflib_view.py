"""A store seen as an rdflib Dataset, for what only works on rdflib; the one module here that imports it.

The union of all graphs is the default graph. Nothing can be written through the view.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, Final

import pyoxigraph as ox
import rdflib
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.store import Store as RdflibStore

from aimsgraph.errors import InputError, Refused
from aimsgraph.graph.store import GraphName, Store, Subject, Term

_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_Pattern = tuple[Any, Any, Any]


def as_rdflib(store: Store) -> rdflib.Dataset:
    """Return a read-only Dataset over a store, with the union of all graphs as its default graph.

    Raises:
        InputError: the store holds nothing; a check of nothing finds nothing wrong.
    """
    if next(store.quads(), None) is None:
        raise InputError("the store holds no quads", remedy="load something into it first")
    return _View(store=PortStore(store), default_union=True)


class _View(rdflib.Dataset):
    """A Dataset without the deprecation warnings that rdflib 7.6 raises from inside itself."""

    @property
    def default_context(self) -> rdflib.Graph:
        graph: rdflib.Graph = self.default_graph
        return graph

    @default_context.setter
    def default_context(self, graph: rdflib.Graph) -> None:
        self.default_graph = graph

    @property
    def identifier(self) -> rdflib.term.IdentifiedNode:
        return self.default_context.identifier

    def contexts(self, triple: _Pattern | None = None) -> Generator[rdflib.Graph, None, None]:
        yield from self.graphs(triple)


class PortStore(RdflibStore):
    """rdflib's store interface over our port, reading only."""

    context_aware = True
    graph_aware = True
    formula_aware = False
    transaction_aware = False

    def __init__(self, port: Store) -> None:
        super().__init__()
        self._port = port
        self._prefixes: dict[str, rdflib.URIRef] = {}
        self._namespaces: dict[rdflib.URIRef, str] = {}

    def triples(
        self, triple_pattern: _Pattern, context: object = None
    ) -> Iterator[tuple[_Pattern, Iterator[rdflib.Graph]]]:
        """Yield each triple that matches once, with the graphs it is in."""
        graph = _graph_of(context)
        seen: set[ox.Triple] = set()
        for quad in self._quads(triple_pattern, graph):
            if graph is None:
                if quad.triple in seen:
                    continue
                seen.add(quad.triple)
            found = (from_oxigraph(quad.subject), from_oxigraph(quad.predicate), from_oxigraph(quad.object))
            yield found, self._contexts_of(quad)

    def contexts(self, triple: _Pattern | None = None) -> Generator[rdflib.Graph, None, None]:
        """Yield the named graphs, or those that hold a triple."""
        if triple is None:
            names: set[GraphName] = set(self._port.graphs())
        else:
            names = {quad.graph_name for quad in self._quads(triple, None)}
        for name in sorted(names, key=str):
            yield self._graph(name)

    def __len__(self, context: object = None) -> int:
        graph = _graph_of(context)
        quads = self._quads((None, None, None), graph)
        return sum(1 for _ in quads) if graph is not None else len({quad.triple for quad in quads})

    def bind(self, prefix: str, namespace: rdflib.URIRef, override: bool = True) -> None:
        """Remember a prefix, in this view only."""
        if override or (prefix not in self._prefixes and namespace not in self._namespaces):
            self._prefixes[prefix] = namespace
            self._namespaces[namespace] = prefix

    def namespace(self, prefix: str) -> rdflib.URIRef | None:
        """Return the namespace of a prefix."""
        return self._prefixes.get(prefix)

    def prefix(self, namespace: rdflib.URIRef) -> str | None:
        """Return the prefix of a namespace."""
        return self._namespaces.get(namespace)

    def namespaces(self) -> Iterator[tuple[str, rdflib.URIRef]]:
        """Yield the prefixes with their namespaces."""
        yield from self._prefixes.items()

    def add(self, triple: _Pattern, context: object, quoted: bool = False) -> None:
        """Refuse to write."""
        raise _read_only()

    def addN(self, quads: object) -> None:  # noqa: N802
        """Refuse to write."""
        raise _read_only()

    def remove(self, triple: _Pattern, context: object = None) -> None:
        """Refuse to write."""
        raise _read_only()

    def add_graph(self, graph: rdflib.Graph) -> None:
        """Accept the naming of the default graph, which rdflib does for every Dataset; refuse any other."""
        if graph.identifier != DATASET_DEFAULT_GRAPH_ID and to_oxigraph(graph.identifier) not in set(
            self._port.graphs()
        ):
            raise _read_only()

    def remove_graph(self, graph: rdflib.Graph) -> None:
        """Refuse to write."""
        raise _read_only()

    def _quads(self, pattern: _Pattern, graph: GraphName | None) -> Iterator[ox.Quad]:
        subject, predicate, object_ = (None if part is None else to_oxigraph(part) for part in pattern)
        if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode | None):
            return iter(())  # rdflib asks this of patterns no RDF graph can match
        return self._port.quads(subject, predicate, object_, graph)

    def _contexts_of(self, quad: ox.Quad) -> Iterator[rdflib.Graph]:
        for found in self._port.quads(quad.subject, quad.predicate, quad.object, None):
            yield self._graph(found.graph_name)

    def _graph(self, name: GraphName) -> rdflib.Graph:
        is_default = isinstance(name, ox.DefaultGraph)
        identifier = DATASET_DEFAULT_GRAPH_ID if is_default else from_oxigraph(name)
        return rdflib.Graph(store=self, identifier=identifier)


def from_oxigraph(term: Subject | Term | ox.DefaultGraph) -> rdflib.term.IdentifiedNode | rdflib.Literal:
    """Return the rdflib term that parsing the same text with rdflib gives.

    A plain string has the datatype xsd:string in one library and none in the other, and rdflib holds the two
    unequal: a view that kept the datatype would make SHACL report findings that are not there.
    """
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        if term.datatype.value == _STRING:
            return rdflib.Literal(term.value)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))
    raise InputError(f"rdflib has no term for {term}", remedy="leave triple terms out of what is checked")


def to_oxigraph(term: object) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return the pyoxigraph term of an rdflib term."""
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        if term.datatype is None:
            return ox.Literal(str(term))
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))
    raise InputError(f"not an RDF term: {term!r}")


def _graph_of(context: object) -> GraphName | None:
    if context is None:
        return None
    identifier = context.identifier if isinstance(context, rdflib.Graph) else context
    if identifier == DATASET_DEFAULT_GRAPH_ID:
        return ox.DefaultGraph()
    name = to_oxigraph(identifier)
    if isinstance(name, ox.Literal):
        raise InputError(f"a graph is named by an IRI, not by {name}")
    return name


def _read_only() -> Refused:
    return Refused("this view of the store is read-only", remedy="write through the store itself")
