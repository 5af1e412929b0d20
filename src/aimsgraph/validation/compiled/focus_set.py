"""The focus nodes that a run is to look at alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import pyoxigraph as ox

from aimsgraph.graph.store import Term
from aimsgraph.validation.compiled.graph import TYPE
from aimsgraph.validation.compiled.plan import Targets
from aimsgraph.validation.compiled.source import Source
from aimsgraph.validation.compiled.text import Scope, Writer

CHUNK: Final = 500
"""So many focus nodes are put into one query."""


class FocusSet:
    """The focus nodes to look at alone, with their classes and properties, which are asked for once."""

    def __init__(self, terms: Iterable[Term], source: Source) -> None:
        wanted = tuple(dict.fromkeys(terms))
        self.unnamed = frozenset(term for term in wanted if isinstance(term, ox.BlankNode))
        self._named = tuple(term for term in wanted if term not in self.unnamed)
        self._classes: dict[str, set[Term]] = defaultdict(set)
        self._properties: dict[Term, set[str]] = defaultdict(set)
        for some in _chunks(self._named):
            listed = " ".join(map(str, some))
            text = f"SELECT DISTINCT ?node ?class WHERE {{ VALUES ?node {{ {listed} }} ?node {TYPE} ?class }}"
            for node, class_ in source.rows(text):
                if isinstance(class_, ox.NamedNode) and node is not None:
                    self._classes[class_.value].add(node)
            text = f"SELECT DISTINCT ?node ?property WHERE {{ VALUES ?node {{ {listed} }} ?node ?property ?value }}"
            for node, property_ in source.rows(text):
                if isinstance(property_, ox.NamedNode) and node is not None:
                    self._properties[node].add(property_.value)

    def scopes(self, targets: Targets, source: Source, writer: Writer) -> Iterator[Scope]:
        """Yield, in parts that fit into a query, the named ones that are among targets."""
        for some in _chunks(sorted(self._among(targets, source, writer), key=str)):
            has = frozenset().union(*(self._properties.get(node, ()) for node in some))
            yield Scope(Targets(nodes=tuple(some)), has=has)

    def _among(self, targets: Targets, source: Source, writer: Writer) -> set[Term]:
        found: set[Term] = set(self._named) & set(targets.nodes)
        asked = replace(targets, nodes=(), classes=())
        for iri in targets.classes:
            names = writer.classes(iri)
            if names is None:
                asked = replace(asked, classes=(*asked.classes, iri))
            for name in names or ():
                found |= self._classes.get(name, set())
        if asked:
            for some in _chunks(self._named):
                scope = Scope(asked, only=tuple(some))
                found |= {row[0] for row in source.rows(writer.nodes(scope)) if row[0] is not None}
        return found


def _chunks(terms: Sequence[Term]) -> Iterator[Sequence[Term]]:
    for start in range(0, len(terms), CHUNK):
        yield terms[start : start + CHUNK]
