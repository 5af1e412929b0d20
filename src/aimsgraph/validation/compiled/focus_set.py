"""The focus nodes that a run is to look at alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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
    """The focus nodes to look at alone, with their classes, which are asked for once."""

    def __init__(self, terms: Iterable[Term], source: Source) -> None:
        wanted = tuple(dict.fromkeys(terms))
        self.unnamed = frozenset(term for term in wanted if isinstance(term, ox.BlankNode))
        self._named = tuple(term for term in wanted if term not in self.unnamed)
        self._classes: dict[str, set[Term]] = defaultdict(set)
        for start in range(0, len(self._named), CHUNK):
            listed = " ".join(map(str, self._named[start : start + CHUNK]))
            text = f"SELECT DISTINCT ?node ?class WHERE {{ VALUES ?node {{ {listed} }} ?node {TYPE} ?class }}"
            for node, class_ in source.rows(text):
                if isinstance(class_, ox.NamedNode) and node is not None:
                    self._classes[class_.value].add(node)

    def targets(self, targets: Targets, source: Source, writer: Writer) -> set[Term]:
        """Return the named ones that are among targets."""
        found: set[Term] = set(self._named) & set(targets.nodes)
        asked = replace(targets, nodes=(), classes=())
        for iri in targets.classes:
            names = writer.classes(iri)
            if names is None:
                asked = replace(asked, classes=(*asked.classes, iri))
            for name in names or ():
                found |= self._classes.get(name, set())
        if asked:
            for start in range(0, len(self._named), CHUNK):
                scope = Scope(asked, only=self._named[start : start + CHUNK])
                found |= {row[0] for row in source.rows(writer.nodes(scope)) if row[0] is not None}
        return found
