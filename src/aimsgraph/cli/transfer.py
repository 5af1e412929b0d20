"""`import` and `export` of RDF."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import click

from aimsgraph.app import IMPORTED, import_graphs
from aimsgraph.cli.output import write
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.domain.identifiers import GRAPH
from aimsgraph.errors import NotFound, Refused, UsageError
from aimsgraph.settings import MEMORY

_FORMATS = ("turtle", "ntriples", "trig", "nquads", "jsonld", "rdfxml")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--graph", "graph_name", metavar="IRI", help="The named graph to fill. [default: …/graph/import/<file name>]"
)
@pass_session
def import_(session: Session, file: Path, graph_name: str | None) -> None:
    """Load the RDF of FILE into a store directory: all of it or nothing.

    What the named graph held before is replaced; graph names inside FILE are not kept. The format is told by the
    file's ending.
    """
    import pyoxigraph as ox

    from aimsgraph.graph.rdf_text import read_rdf

    if session.settings.store == MEMORY:
        raise UsageError(
            "the store in memory is gone when this command ends", remedy="give --store PATH before `import`"
        )
    name = graph_name or f"{GRAPH}import/{quote(file.name)}"
    try:
        graph = ox.NamedNode(name)
    except ValueError as error:
        raise UsageError(f"{name!r} is no IRI: {error}", remedy="give an absolute IRI") from error
    if name.startswith(GRAPH) and not name.startswith(IMPORTED):
        raise Refused(
            f"the graph {name} is filled by `aimsgraph build` alone", remedy="choose another name for --graph"
        )
    quads = list(read_rdf(file, graph=graph))
    generation = import_graphs(session.settings, {graph: quads})
    session.say(f"{len(quads)} triples in {name}, generation {generation}")


@click.command()
@click.option("--graph", "graph_name", metavar="IRI|SLUG", help="Only this named graph.")
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="trig", show_default=True, help="RDF format.")
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
@pass_session
def export(session: Session, graph_name: str | None, format_: str, output: Path | None) -> None:
    """Write the graph as RDF, the same bytes every time.

    \b
    aimsgraph export --graph iso-42001/2023 --format turtle
    """
    from aimsgraph.exchange.rdf import GRAPH_ONLY, render_quads

    store = session.graph.store
    graph = None
    if graph_name:
        iri = graph_name if "://" in graph_name else GRAPH + graph_name
        graph = next((g for g in store.graphs() if g.value == iri), None)
        if graph is None:
            names = ", ".join(g.value.removeprefix(GRAPH) for g in store.graphs())
            raise NotFound(f"there is no graph {graph_name!r}", remedy=f"known: {names}")
    elif format_ in GRAPH_ONLY:
        session.say(f"{format_} holds one graph: the named graphs are merged")
    write(render_quads(store.quads(graph=graph), format_), output)
