"""Composition root: settings in, a loaded store out. The only place that picks a store or reads the shipped folders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from aimsgraph import assets
from aimsgraph.domain.identifiers import GRAPH
from aimsgraph.errors import Location, UsageError
from aimsgraph.graph.directory import open_directory
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.rdf_text import read_rdf
from aimsgraph.graph.store import Store
from aimsgraph.settings import MEMORY, Settings

if TYPE_CHECKING:
    from aimsgraph.graph.questions import Question

Locate = Callable[[str], Location | None]
IMPORTED = (GRAPH + "import/", GRAPH + "org/")
"""Where below our own graph names something may be imported; the rest is filled by `build` alone."""
ONTOLOGY_GRAPH = ox.NamedNode(GRAPH + "ontology")


@dataclass(frozen=True, slots=True)
class Opened:
    """A store with its version and a way to find where a node was written.

    Attributes:
        store: what was loaded.
        version: what names its content.
        locate: where a node was written, by its IRI.
        derive: adds what follows from the content to a graph of its own; SPARQL wants it, looking norms up does not.
    """

    store: Store
    version: str
    locate: Locate
    derive: Callable[[], object]


def open_store(settings: Settings, *, write: bool = False) -> Opened:
    """Open the store the settings name.

    The in-memory store is filled with the shipped content and the overlays; what follows from them is derived on
    demand. A directory is opened as it is, derived facts included; `fill_directory` makes one.

    Raises:
        UsageError: the store is of a kind that cannot be opened.
        NotFound: no store is there.
        AimsgraphError: content or store cannot be read; the message says what and where.
    """
    _refuse_address(settings.store)
    if settings.store == MEMORY:
        return _open_memory(settings)
    if settings.data:
        raise UsageError(
            "an overlay needs a store that is filled anew",
            remedy="leave --data out, or fill the store with `aimsgraph --store PATH --data DIR build`",
        )
    from aimsgraph.content.build import load_compiled

    store = open_directory(Path(settings.store), write=write)
    _, _, sources = load_compiled(assets.path("data", "compiled"))
    return Opened(store, store.generation, sources.get, lambda: None)


def prepare_directory(settings: Settings) -> None:
    """Make sure that the settings name a store directory that may be written, making an empty one where none is.

    Raises:
        AimsgraphError: something else is there, it may not be written, or another process writes to it.
    """
    _refuse_address(settings.store)
    open_directory(Path(settings.store), write=True).close()


def fill_directory(settings: Settings) -> str:
    """Fill the store directory the settings name with content and what follows; return its generation.

    What was imported stays; content that is no longer given goes. One commit: until it is done, readers see what was
    there before.
    """
    source = _open_memory(settings)
    with open_directory(Path(settings.store), write=True) as target:
        imported = [quad for quad in target.quads() if _is_import(quad.graph_name)]
        source.store.load(imported)
        source.derive()
        return target.replace_all(source.store.quads())


def import_graphs(settings: Settings, graphs: Mapping[ox.NamedNode, Iterable[ox.Quad]]) -> str:
    """Make graphs of the store directory hold these quads, derive anew what follows, and return the generation.

    All of it in one commit or nothing.
    """
    with open_directory(Path(settings.store), write=True) as target:
        memory = MemoryStore(quad for quad in target.quads() if quad.graph_name not in _derived_graphs())
        for name, quads in graphs.items():
            memory.replace_graph(name, quads)
        _derive(memory)
        return target.replace_all(memory.quads())


def _is_import(graph: object) -> bool:
    """Say whether a graph may be imported: it is not under our own graphs, or it is under those for imports."""
    return isinstance(graph, ox.NamedNode) and (not graph.value.startswith(GRAPH) or graph.value.startswith(IMPORTED))


def _derived_graphs() -> frozenset[ox.NamedNode]:
    from aimsgraph.crosswalk.derive import DERIVED_MAPPINGS
    from aimsgraph.reasoning.rules import INFERRED

    return frozenset({INFERRED, DERIVED_MAPPINGS})


def _derive(store: Store) -> None:
    from aimsgraph.crosswalk.derive import derive_mappings
    from aimsgraph.reasoning.rules import materialise

    materialise(store)
    derive_mappings(store)


def _refuse_address(store: str) -> None:
    if "://" in store:
        raise UsageError(f"a store at an address cannot be opened yet: {store}", remedy="use `memory` or a directory")


def _open_memory(settings: Settings) -> Opened:
    store = MemoryStore()
    content, version, locate = _overlaid_content(settings.data) if settings.data else _shipped_content()
    store.load((*content, *ontology_quads()))
    return Opened(store, version, locate, lambda: _derive(store))


def ontology_quads() -> Iterator[ox.Quad]:
    """Yield the ontology's modules as quads of one graph; the DL-only axioms and the alignments stay out."""
    for path in sorted(assets.path("ontology").glob("*.ttl")):
        if path.name != "dl.ttl":
            yield from read_rdf(path, graph=ONTOLOGY_GRAPH)


def _shipped_content() -> tuple[Iterable[ox.Quad], str, Locate]:
    from aimsgraph.content.build import load_compiled

    graphs, manifest, sources = load_compiled(assets.path("data", "compiled"))
    return (quad for graph in graphs.values() for quad in graph), manifest.graph_version, sources.get


def _overlaid_content(overlays: tuple[Path, ...]) -> tuple[Iterable[ox.Quad], str, Locate]:
    """Compile the shipped folder together with the overlays."""
    from aimsgraph.content.check import require_sound
    from aimsgraph.content.compile import compile_content
    from aimsgraph.content.read import read_content
    from aimsgraph.graph.canonical import digest

    content = read_content([assets.path("data"), *overlays])
    require_sound(content)
    compiled = compile_content(content)
    quads = list(compiled.quads())
    return quads, digest(quads), compiled.sources.get


def read_questions() -> list[Question]:
    """Read the stored questions, in order of their ids."""
    from aimsgraph.graph.questions import read_question

    return [read_question(path) for path in sorted(assets.path("queries", "competency").glob("*.rq"))]
