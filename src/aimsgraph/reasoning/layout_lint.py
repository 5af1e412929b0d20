"""Checks the frame of the ontology's files: headers, prefixes, imports and the catalogue of addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

from rdflib import DCTERMS, OWL, RDF, URIRef
from rdflib.term import Node

from aimsgraph.reasoning.ontology_files import (
    OntologyFiles,
    OntologyFinding,
    read_prefix_lines,
    read_prefix_table,
)
from aimsgraph.reasoning.ontology_lint import ParsedFile

LICENCE: Final = URIRef("https://creativecommons.org/licenses/by/4.0/")

_CATALOG_NAME: Final = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri"


def lint_layout(files: OntologyFiles, parsed: tuple[ParsedFile, ...]) -> Iterator[OntologyFinding]:
    """Check headers, prefixes, imports and the catalogue.

    Args:
        files: where the parts lie.
        parsed: the same, parsed.
    """
    for file in parsed:
        yield from _lint_header(files, file)
    yield from _lint_prefixes(files, parsed)
    yield from _lint_catalog(files, parsed)


def _lint_header(files: OntologyFiles, file: ParsedFile) -> Iterator[OntologyFinding]:
    where = files.locate(file.path)
    if set(file.graph.subjects(RDF.type, OWL.Ontology)) != {file.iri}:
        yield OntologyFinding(
            "header",
            where,
            f"the file must declare exactly the ontology <{file.iri}>",
            f"write: <{file.iri}> a owl:Ontology",
        )
        return
    version = file.graph.value(file.iri, OWL.versionInfo)
    expected: dict[URIRef, Node | None] = {
        OWL.versionIRI: URIRef(f"{file.iri}/{version}"),
        DCTERMS.license: LICENCE,
        DCTERMS.title: None,
        DCTERMS.description: None,
    }
    for predicate, value in expected.items():
        if (file.iri, predicate, value) not in file.graph:
            wanted = f"<{value}>" if value else "a text"
            yield OntologyFinding(
                "header",
                where,
                f"the ontology header lacks <{predicate}> with {wanted}",
                "add it to the header of the file",
            )


def _lint_prefixes(files: OntologyFiles, parsed: tuple[ParsedFile, ...]) -> Iterator[OntologyFinding]:
    table = read_prefix_table(files.prefixes)
    for file in parsed:
        for prefix, (iri, line) in sorted(read_prefix_lines(file.path).items()):
            if table.get(prefix) != iri:
                yield OntologyFinding(
                    "prefix",
                    files.locate(file.path, line),
                    f"the prefix {prefix}: stands for <{iri}>, which is not what {files.prefixes.name} says",
                    "use the prefix as in the table, or add it there",
                )


def _lint_catalog(files: OntologyFiles, parsed: tuple[ParsedFile, ...]) -> Iterator[OntologyFinding]:
    tree = ElementTree.parse(files.catalog)
    entries = {entry.get("name"): entry.get("uri") for entry in tree.iter(_CATALOG_NAME)}
    folder = files.entry.parent
    for file in parsed:
        local = file.path.relative_to(folder).as_posix()
        for iri in (file.iri, *file.graph.objects(file.iri, OWL.versionIRI)):
            if entries.get(str(iri)) != local:
                yield OntologyFinding(
                    "catalog",
                    files.locate(files.catalog),
                    f"<{iri}> does not lead to {local}",
                    f'write <uri name="{iri}" uri="{local}"/>',
                )
        for target in sorted(map(str, file.graph.objects(file.iri, OWL.imports))):
            if target not in entries:
                yield OntologyFinding(
                    "import",
                    files.locate(file.path),
                    f"imports <{target}>, which the catalogue does not know",
                    "import modules of this vocabulary only",
                )
