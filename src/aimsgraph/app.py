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
from aimsgraph.graph.directory import DirectoryStore, open_directory
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.rdf_text import read_rdf
from aimsgraph.graph.remote_address import Address, is_address
from aimsgraph.graph.store import GraphName, Store
from aimsgraph.settings import MEMORY, Settings

if TYPE_CHECKING:
    from aimsgraph.graph.questions import Question
    from aimsgraph.graph.remote import RemoteStore

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
    demand. A directory or a server is opened as it is, derived facts included; `fill_directory` fills one.

    Raises:
        UsageError: the settings of the store contradict one another.
        NotFound: no store is there.
        AimsgraphError: content or store cannot be read; the message says what and where.
    """
    if settings.store == MEMORY:
        return _open_memory(settings)
    if settings.data:
        raise UsageError(
            "an overlay needs a store that is filled anew",
            remedy="leave --data out, or fill the store with `aimsgraph --store PATH --data DIR build`",
        )
    from aimsgraph.content.build import load_compiled

    store = _open_kept(settings, write=write)
    _, _, sources = load_compiled(assets.path("data", "compiled"))
    return Opened(store, store.generation, sources.get, lambda: None)


def with_graphs(opened: Opened, quads: Iterable[ox.Quad], locate: Locate) -> Opened:
    """Return what was opened with named graphs beside it, in memory; the graphs named replace those of that name.

    Args:
        opened: left as it is.
        quads: what to put beside it; what follows from all of it is derived on demand.
        locate: where a node of these quads was written; asked before the store's own places.
    """
    from aimsgraph.graph.canonical import digest

    beside = list(quads)
    left_out = _derived_graphs() | {quad.graph_name for quad in beside}
    store = MemoryStore(quad for quad in opened.store.quads() if quad.graph_name not in left_out)
    store.load(beside)
    version = f"{opened.version}+{digest(beside)[:12]}"
    return Opened(store, version, lambda iri: locate(iri) or opened.locate(iri), lambda: _derive(store))


def prepare_directory(settings: Settings) -> None:
    """Make sure that the store the settings name may be written to, making an empty directory where nothing is.

    Raises:
        AimsgraphError: something else is there, it may not be written, or another process writes to it.
    """
    with _open_kept(settings, write=True) as store:
        if not isinstance(store, DirectoryStore):
            store.check_writable()


def fill_directory(settings: Settings) -> str:
    """Fill the store the settings name with content and what follows; return its generation.

    What was imported stays; content that is no longer given goes. One commit, or one request to a server: until it is
    done, readers see what was there before.
    """
    source = _open_memory(settings)
    with _open_kept(settings, write=True) as target:
        before = target.graphs()
        source.store.load(quad for name in before if _is_import(name) for quad in target.quads(graph=name))
        source.derive()
        named = {*before, *source.store.graphs()}
        return _keep(source.store, target, (name for name in named if not _is_import(name)))


def import_graphs(settings: Settings, graphs: Mapping[ox.NamedNode, Iterable[ox.Quad]]) -> str:
    """Make graphs of the store hold these quads, derive anew what follows, and return the generation.

    All of it in one commit, or one request to a server, or nothing.
    """
    with _open_kept(settings, write=True) as target:
        memory = MemoryStore(quad for quad in target.quads() if quad.graph_name not in _derived_graphs())
        for name, quads in graphs.items():
            memory.replace_graph(name, quads)
        _derive(memory)
        return _keep(memory, target, graphs.keys() | _derived_graphs())


def _open_kept(settings: Settings, *, write: bool) -> DirectoryStore | RemoteStore:
    """Open a store that outlives this process."""
    if not is_address(settings.store):
        return open_directory(Path(settings.store), write=write)
    from aimsgraph.graph.remote import open_remote

    address = Address.of(
        settings.store,
        update=settings.store_update,
        graphs=settings.store_graphs,
        token=settings.store_token,
        user=settings.store_user,
        password=settings.store_password,
    )
    return open_remote(address, write=write)


def _keep(content: Store, target: DirectoryStore | RemoteStore, changed: Iterable[GraphName]) -> str:
    """Make a store hold a content that differs from its own in these graphs at most, in one step."""
    if isinstance(target, DirectoryStore):
        return target.replace_all(content.quads())
    names = sorted((name for name in changed if isinstance(name, ox.NamedNode)), key=str)
    return target.replace_graphs({name: content.quads(graph=name) for name in names})


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


def _open_memory(settings: Settings) -> Opened:
    store = MemoryStore()
    if settings.data:
        content, version, locate = _overlaid_content(settings.data)
        store.load(content)
    else:
        version, locate = _load_shipped(store)
    store.load(ontology_quads())
    return Opened(store, version, locate, lambda: _derive(store))


def ontology_quads() -> Iterator[ox.Quad]:
    """Yield the ontology's modules as quads of one graph; the DL-only axioms and the alignments stay out."""
    for path in sorted(assets.path("ontology").glob("*.ttl")):
        if path.name != "dl.ttl":
            yield from read_rdf(path, graph=ONTOLOGY_GRAPH)


def _load_shipped(store: MemoryStore) -> tuple[str, Locate]:
    """Fill a store with the shipped content; return its version and where its nodes were written."""
    from aimsgraph.content.build import load_compiled

    graphs, manifest, sources = load_compiled(assets.path("data", "compiled"))
    for name, graph in graphs.items():
        store.load_text(graph.turtle, ox.RdfFormat.TURTLE, ox.NamedNode(name), file=graph.record.file)
    return manifest.graph_version, sources.get


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
