"""Changes to a store directory that somebody asks for: all of one or nothing, and what follows derived anew.

Graphs that `build` fills are not for others to change: a fact there has a file and a line, and would be gone or back
with the next build. Graphs of derived facts follow from the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from aimsgraph.app import IMPORTED, ONTOLOGY_GRAPH
from aimsgraph.crosswalk.derive import DERIVED_MAPPINGS, derive_mappings
from aimsgraph.domain.identifiers import GRAPH
from aimsgraph.errors import NotFound, Refused
from aimsgraph.graph.directory import DirectoryStore
from aimsgraph.graph.embedded import MemoryStore, engine_errors
from aimsgraph.graph.remote_state import OWN as REMOTE
from aimsgraph.reasoning.rules import INFERRED, materialise

_DERIVED = frozenset({INFERRED, DERIVED_MAPPINGS})
_DEFAULT = ox.DefaultGraph()

Change = Callable[[MemoryStore], None]


@dataclass(frozen=True, slots=True)
class GraphChange:
    """A change of one graph, as the Graph Store Protocol knows it.

    Attributes:
        graph: which graph; None is the one without a name.
        quads: what it is to hold, or to hold too; their graph names do not count.
        keep: whether what it holds stays.
        delete: whether the graph goes.
    """

    graph: str | None
    quads: tuple[ox.Quad, ...] = ()
    keep: bool = False
    delete: bool = False

    def apply(self, store: MemoryStore) -> None:
        """Change a store.

        Raises:
            NotFound: the graph to delete is not there.
            Refused: the graph is filled by `build` alone, or derived.
        """
        name = _DEFAULT if self.graph is None else ox.NamedNode(self.graph)
        refuse_own_graph(name)
        if self.delete and next(store.quads(graph=name), None) is None and name not in store.graphs():
            raise NotFound(f"there is no graph {self.graph or 'without a name'}", remedy="list the graphs first")
        target = "DEFAULT" if self.graph is None else f"GRAPH {name}"
        if not self.keep:
            store.update(f"{'DROP' if self.delete and self.graph else 'CLEAR'} SILENT {target}")
        if not self.delete:
            if self.graph is not None:
                store.update(f"CREATE SILENT {target}")
            store.load(ox.Quad(q.subject, q.predicate, q.object, name) for q in self.quads)


def commit(target: DirectoryStore, change: Change) -> str:
    """Apply a change and return the new generation.

    Raises:
        Refused: it changes a graph that is not for others to change.
        AimsgraphError: what the change raises; the store is as it was.
    """
    names = set(target.graphs())
    if not any(is_own_graph(name) for name in names):
        memory = _copy(target.quads(), names)
        change(memory)
        _refuse_new_own_graphs(memory)
        return target.replace_content(memory.quads(), memory.graphs())
    memory = _copy((quad for quad in target.quads() if quad.graph_name not in _DERIVED), names - _DERIVED)
    before = _own_quads(memory)
    change(memory)
    if _own_quads(memory) != before:
        raise Refused(
            "the update changes a graph that `aimsgraph build` fills", remedy="write to a graph of another name"
        )
    if ONTOLOGY_GRAPH in names:
        materialise(memory)
        derive_mappings(memory)
    return target.replace_content(memory.quads(), memory.graphs())


def is_own_graph(name: object) -> bool:
    """Say whether a graph is filled by `build`, or derived; what a remote store marks its writes with is not."""
    others = (*IMPORTED, REMOTE)
    return isinstance(name, ox.NamedNode) and name.value.startswith(GRAPH) and not name.value.startswith(others)


def refuse_own_graph(name: object) -> None:
    """Refuse a graph that is not for others to change.

    Raises:
        Refused: it is one.
    """
    if is_own_graph(name):
        raise Refused(f"the graph {name} is filled by `aimsgraph build` alone", remedy="choose another name")


def _refuse_new_own_graphs(memory: MemoryStore) -> None:
    for name in memory.graphs():
        refuse_own_graph(name)


def _copy(quads: Iterable[ox.Quad], names: Iterable[object]) -> MemoryStore:
    memory = MemoryStore(quads)
    present = set(memory.graphs())
    for name in names:
        if isinstance(name, ox.NamedNode) and name not in present:
            memory.update(f"CREATE SILENT GRAPH {name}")
    return memory


def _own_quads(memory: MemoryStore) -> frozenset[ox.Quad]:
    return frozenset(_iter_own(memory))


def _iter_own(memory: MemoryStore) -> Iterator[ox.Quad]:
    with engine_errors():
        for name in memory.graphs():
            if is_own_graph(name):
                yield from memory.quads(graph=name)
