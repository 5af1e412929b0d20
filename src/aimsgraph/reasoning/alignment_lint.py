"""Checks that alignments point only at terms which the other vocabularies really have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rdflib import DCTERMS, OWL, RDFS, URIRef

from aimsgraph.errors import InputError, Location
from aimsgraph.reasoning.layout_lint import LICENCE
from aimsgraph.reasoning.ontology_files import (
    DOCUMENTS,
    NAMESPACE,
    OntologyFiles,
    OntologyFinding,
    read_prefix_table,
)
from aimsgraph.reasoning.ontology_lint import ParsedFile

COLUMNS: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification", "comment")
PREDICATES: Final = ("skos:closeMatch", "skos:broadMatch", "skos:narrowMatch")

_BUILT_IN: Final = (str(OWL), str(RDFS), "http://www.w3.org/1999/02/22-rdf-syntax-ns#")
_HEADER_PREDICATES: Final = frozenset({OWL.imports, OWL.versionIRI, DCTERMS.license})


def read_term_list(path: Path) -> frozenset[str]:
    """Read one list of foreign terms: an address a line, lines with `#` in front are remarks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def lint_alignments(
    files: OntologyFiles, parsed: Iterable[ParsedFile], declared: frozenset[str]
) -> Iterator[OntologyFinding]:
    """Check alignment modules and mapping tables against the lists of foreign terms.

    Args:
        files: where the parts lie.
        parsed: the alignment modules, parsed.
        declared: the addresses of our own terms.
    """
    known = frozenset().union(*(read_term_list(path) for path in files.term_lists))
    for file in parsed:
        yield from _lint_module(files, file, known)
    prefixes = read_prefix_table(files.prefixes)
    for path in files.mappings:
        yield from _lint_table(files, path, known, declared, prefixes)


def _lint_module(files: OntologyFiles, file: ParsedFile, known: frozenset[str]) -> Iterator[OntologyFinding]:
    for subject, predicate, value in sorted(file.graph):
        if not isinstance(value, URIRef) or predicate in _HEADER_PREDICATES or value == LICENCE:
            continue
        if str(value).startswith((NAMESPACE, DOCUMENTS, *_BUILT_IN)) or str(value) in known:
            continue
        line = _find_line(file.path, str(subject).removeprefix(NAMESPACE), str(value))
        yield _report_unknown(files, file.path, line, str(value))


def _lint_table(
    files: OntologyFiles,
    path: Path,
    known: frozenset[str],
    declared: frozenset[str],
    prefixes: dict[str, str],
) -> Iterator[OntologyFinding]:
    for line, row in read_mapping_rows(path):
        subject, predicate, target = (_expand(row[name], prefixes) for name in COLUMNS[:3])
        if subject not in declared:
            yield OntologyFinding(
                "undeclared-term",
                files.locate(path, line),
                f"{row['subject_id']} is not a term of this vocabulary",
                "correct the name",
            )
        if row["predicate_id"] not in PREDICATES:
            yield OntologyFinding(
                "alignment-predicate",
                files.locate(path, line),
                f"<{predicate}> is not allowed in an alignment table",
                f"use one of {', '.join(PREDICATES)}",
            )
        if target not in known:
            yield _report_unknown(files, path, line, target)


def read_mapping_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Go through the rows of a mapping table with their line numbers.

    Raises:
        InputError: the columns are not the expected ones, or a row has another number of cells.
    """
    header: list[str] | None = None
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.startswith("#"):
            continue
        cells = text.split("\t")
        if header is None:
            header = cells
        if len(cells) != len(COLUMNS) or tuple(header) != COLUMNS:
            raise InputError(f"the columns must be: {', '.join(COLUMNS)}", location=Location(str(path), number))
        if cells is not header:
            yield number, dict(zip(COLUMNS, cells, strict=True))


def _report_unknown(files: OntologyFiles, path: Path, line: int, iri: str) -> OntologyFinding:
    return OntologyFinding(
        "unknown-foreign-term",
        files.locate(path, line),
        f"<{iri}> is in none of the lists of foreign terms",
        "correct the address, or bring the list in ontology/align/terms/ up to date from its source",
    )


def _expand(curie: str, prefixes: dict[str, str]) -> str:
    prefix, _, local = curie.partition(":")
    return prefixes.get(prefix, f"{prefix}:") + local


def _find_line(path: Path, subject: str, value: str) -> int:
    """Return the first line that names both ends of a statement, by their last name parts."""
    local = value.replace("#", "/").rsplit("/", 1)[-1]
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if subject in text and local in text:
            return number
    return 0
