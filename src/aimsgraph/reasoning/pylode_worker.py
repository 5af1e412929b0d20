"""Renders ontology files to HTML with pyLODE, in a process of its own.

A process of its own because pyLODE configures logging for the whole program when it is imported, leaves
files open, and caches into its installation folder. Run as `python -P pylode_worker.py SOURCE… FOLDER`;
prints a JSON object from file name to the page's fragment names.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from rdflib import DC, DCTERMS, RDF, RDFS, SDO, SKOS, BNode, Graph, URIRef
from rdflib.compare import to_canonical_graph

_LOOKED_UP: Final = frozenset(
    {DC.title, DC.description, DCTERMS.title, DCTERMS.description, RDF.type, RDFS.label, RDFS.comment}
    | {SDO.name, SDO.description, SKOS.prefLabel, SKOS.definition}
)


def import_pylode() -> tuple[Any, ModuleType]:
    """Import pyLODE's page class and its helper module.

    The wheel of some versions (3.4.1 among them) lacks the file from which its version module reads the
    number; for those the module is supplied here.
    """
    try:
        package = importlib.import_module("pylode")
    except FileNotFoundError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "pylode"]:
            del sys.modules[name]
        version = ModuleType("pylode.version")
        version.__dict__["__version__"] = importlib.metadata.version("pylode")
        sys.modules["pylode.version"] = version
        package = importlib.import_module("pylode")
    return package.OntPub, importlib.import_module("pylode.utils")


def prepare_background(helpers: ModuleType, folder: Path) -> None:
    """Let pyLODE read and cache its background vocabularies in a folder of ours, in a stable order.

    Only what it looks up there is kept: titles, descriptions and types.
    """
    background = Graph(bind_namespaces="none")
    for path in sorted(helpers.RDF_FOLDER.glob("*.ttl")):
        background.parse(path)
    kept = Graph(bind_namespaces="none")
    for triple in background:
        if triple[1] in _LOOKED_UP and isinstance(triple[0], URIRef) and not isinstance(triple[2], BNode):
            kept.add(triple)
    lines = sorted(kept.serialize(format="nt").splitlines())
    (folder / "background.ttl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    helpers.__dict__["RDF_FOLDER"] = folder


def load_stably(path: Path) -> Graph:
    """Parse a file so that blank nodes and the order of statements are the same in every run."""
    parsed = Graph(bind_namespaces="core").parse(path)
    stable = Graph(bind_namespaces="core")
    for prefix, namespace in parsed.namespaces():
        stable.bind(prefix, namespace, override=True)
    for triple in sorted(to_canonical_graph(parsed)):
        stable.add(triple)
    return stable


def main(arguments: list[str]) -> None:
    """Render every source into the target folder and print the fragment names."""
    *sources, target = map(Path, arguments)
    page_class, helpers = import_pylode()
    fragments: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        prepare_background(helpers, Path(folder))
        for source in sources:
            page = page_class(ontology=load_stably(source), sort_subjects=True)
            html = page.make_html()
            (target / f"{source.stem}.html").write_text(html, encoding="utf-8")
            fragments[source.stem] = {iri: name for iri, name in page.fids.items() if name}
    sys.stdout.write(json.dumps(fragments))


if __name__ == "__main__":
    main(sys.argv[1:])
