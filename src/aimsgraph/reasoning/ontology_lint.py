"""Checks the terms of the ontology: each explained, each name declared once, no axiom that is forbidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from aimsgraph.reasoning.ontology_files import (
    DOCUMENTS,
    NAMESPACE,
    OntologyFiles,
    OntologyFinding,
    find_subject_lines,
    read_turtle,
)
from aimsgraph.reasoning.rl_profile import find_profile_violations

AIMS: Final = Namespace(NAMESPACE)
VS: Final = Namespace("http://www.w3.org/2003/06/sw-vocab-status/ns#")

KINDS: Final = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
STATUSES: Final = ("unstable", "testing", "stable", "archaic")
SOURCES: Final = (
    "http://data.europa.eu/eli/",
    "https://www.iso.org/standard/",
    "https://www.w3.org/TR/",
    "https://doi.org/10.6028/NIST.",
    "https://pages.nist.gov/",
)

_QUESTION: Final = re.compile(r"cq-0(0[1-9]|[1-4]\d|5[0-3])")
_CLASS_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_PROPERTY_NAME: Final = re.compile(r"[a-z][A-Za-z0-9]*")


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """One Turtle file of the ontology, parsed.

    Attributes:
        path: where it lies.
        graph: its statements.
        lines: the line on which each `aims:` subject begins.
        iri: the address its ontology must have, from its place in the folder.
    """

    path: Path
    graph: Graph
    lines: dict[URIRef, int]
    iri: URIRef


def parse_ontology(files: OntologyFiles) -> tuple[ParsedFile, ...]:
    """Parse every Turtle file of the vocabulary.

    Raises:
        InputError: a file is not Turtle.
    """
    return tuple(parse_ontology_file(files, path) for path in files.turtle)


def parse_ontology_file(files: OntologyFiles, path: Path) -> ParsedFile:
    """Parse one Turtle file of the vocabulary."""
    name = path.relative_to(files.entry.parent).with_suffix("").as_posix()
    return ParsedFile(path, read_turtle(path), find_subject_lines(path), URIRef(DOCUMENTS + name))


def lint_ontology(files: OntologyFiles, parsed: tuple[ParsedFile, ...]) -> Iterator[OntologyFinding]:
    """Run every check that needs no reasoner and no foreign vocabulary.

    Args:
        files: where the parts lie.
        parsed: the same, parsed.
    """
    declared = {term for file in parsed for term in list_terms(file.graph)}
    for file in parsed:
        for rule, subject, message, remedy in (
            *_lint_terms(file),
            *_lint_names(file, declared),
            *_lint_axioms(file, is_dl=file.path == files.dl),
        ):
            yield OntologyFinding(
                rule, files.locate(file.path, file.lines.get(URIRef(str(subject)), 0)), message, remedy
            )
    yield from _lint_owners(files, parsed)
    yield from _lint_profile(files, parsed)


_Raw = tuple[str, Node, str, str]


def _lint_terms(file: ParsedFile) -> Iterator[_Raw]:
    """Check that every declared term is explained in full."""
    for term in sorted(list_terms(file.graph)):
        yield from _lint_texts(file.graph, term)
        yield from _lint_references(file, term)


def _lint_texts(graph: Graph, term: URIRef) -> Iterator[_Raw]:
    for predicate, name in ((RDFS.label, "rdfs:label"), (SKOS.definition, "skos:definition")):
        texts = [value for value in graph.objects(term, predicate) if isinstance(value, Literal)]
        english = [text for text in texts if text.language == "en" and text.strip()]
        if len(english) != 1:
            yield (
                "annotation",
                term,
                f"{_shorten(term)} has {len(english)} English {name}, and must have one",
                f'write one {name} "…"@en',
            )
    label, definition = graph.value(term, RDFS.label), graph.value(term, SKOS.definition)
    is_class = (term, RDF.type, OWL.Class) in graph
    if is_class and label and definition and re.search(rf"\b{re.escape(str(label))}\b", str(definition)):
        yield (
            "circular-definition",
            term,
            f"the definition of {_shorten(term)} uses the term itself",
            "say what kind of thing it is and what sets it apart, in other words",
        )


def _lint_references(file: ParsedFile, term: URIRef) -> Iterator[_Raw]:
    graph = file.graph
    sources = list(graph.objects(term, DCTERMS.source))
    if not sources or not all(isinstance(s, URIRef) and str(s).startswith(SOURCES) for s in sources):
        yield (
            "annotation",
            term,
            f"{_shorten(term)} has no dct:source that is an address of a law, a standard or a specification",
            f"name one that begins with {', '.join(SOURCES)}",
        )
    questions = [str(value) for value in graph.objects(term, AIMS.answersCQ)]
    if not questions or not all(_QUESTION.fullmatch(question) for question in questions):
        yield (
            "annotation",
            term,
            f"{_shorten(term)} names no competency question it serves, or one that does not exist",
            'write aims:answersCQ "cq-001" … "cq-053"',
        )
    if str(graph.value(term, VS.term_status)) not in STATUSES:
        yield (
            "annotation",
            term,
            f"{_shorten(term)} has no vs:term_status",
            f"write one of {', '.join(STATUSES)}",
        )
    if list(graph.objects(term, RDFS.isDefinedBy)) != [file.iri]:
        yield (
            "annotation",
            term,
            f"{_shorten(term)} must be defined by the ontology of its file",
            f"write rdfs:isDefinedBy <{file.iri}>",
        )


def _lint_names(file: ParsedFile, declared: set[URIRef]) -> Iterator[_Raw]:
    """Check that subjects are ours, and that whatever is ours is declared, once, under a fitting name."""
    for subject in sorted({s for s in file.graph.subjects() if isinstance(s, URIRef)}):
        if subject != file.iri and not subject.startswith(NAMESPACE):
            yield (
                "foreign-subject",
                subject,
                f"says something about <{subject}>, which is not a term of this vocabulary",
                "state the axiom with our term as its subject, or leave it out",
            )
    mentioned = {node for triple in file.graph for node in triple if isinstance(node, URIRef)}
    for term in sorted(mentioned - declared):
        if term.startswith(NAMESPACE):
            yield (
                "undeclared-term",
                term,
                f"uses {_shorten(term)}, which no module declares",
                "correct the name, or declare the term in the module it belongs to",
            )
    for term in sorted(list_terms(file.graph)):
        pattern = _CLASS_NAME if (term, RDF.type, OWL.Class) in file.graph else _PROPERTY_NAME
        if not pattern.fullmatch(term.removeprefix(NAMESPACE)):
            yield (
                "term-name",
                term,
                f"{_shorten(term)} is not named as its kind is",
                "write classes UpperCamelCase and properties lowerCamelCase",
            )


def _lint_axioms(file: ParsedFile, *, is_dl: bool) -> Iterator[_Raw]:
    """Check for axioms that the vocabulary forbids itself."""
    forbidden: list[tuple[URIRef, str]] = [(OWL.sameAs, "owl:sameAs")]
    if not is_dl:
        forbidden.append((OWL.hasKey, "owl:hasKey outside dl.ttl"))
    for predicate, name in forbidden:
        for subject in file.graph.subjects(predicate):
            yield "forbidden-axiom", subject, f"uses {name}", "leave it out"
    for subject, value in file.graph.subject_objects(OWL.equivalentClass):
        if isinstance(value, URIRef) and not value.startswith(NAMESPACE):
            yield (
                "forbidden-axiom",
                subject,
                f"{_shorten(subject)} is made equivalent to the foreign <{value}>",
                "use rdfs:subClassOf in an alignment",
            )


def _lint_owners(files: OntologyFiles, parsed: tuple[ParsedFile, ...]) -> Iterator[OntologyFinding]:
    """Check that each term is declared once and as one kind of thing."""
    first: dict[URIRef, Path] = {}
    for file in parsed:
        for term in sorted(list_terms(file.graph)):
            kinds = [kind for kind in KINDS if (term, RDF.type, kind) in file.graph]
            where = files.locate(file.path, file.lines.get(term, 0))
            if len(kinds) > 1:
                yield OntologyFinding("punning", where, f"{_shorten(term)} is two kinds of thing", "keep one of them")
            if term in first:
                yield OntologyFinding(
                    "declared-twice",
                    where,
                    f"{_shorten(term)} is already declared in {first[term].name}",
                    "declare it in one module only",
                )
            first.setdefault(term, file.path)


def _lint_profile(files: OntologyFiles, parsed: tuple[ParsedFile, ...]) -> Iterator[OntologyFinding]:
    for file in parsed:
        if file.path not in files.rl:
            continue
        for violation in find_profile_violations(file.graph):
            yield OntologyFinding(
                "rl-profile",
                files.locate(file.path, file.lines.get(URIRef(str(violation.subject)), 0)),
                f"{_shorten(violation.subject)} {violation.message}: outside OWL 2 RL",
                "move the axiom to dl.ttl, or say it within the profile",
            )


def list_terms(graph: Graph) -> set[URIRef]:
    """Return the `aims:` terms that a graph declares as a class or a property."""
    return {
        term
        for kind in KINDS
        for term in graph.subjects(RDF.type, kind)
        if isinstance(term, URIRef) and term.startswith(NAMESPACE)
    }


def _shorten(term: Node) -> str:
    text = str(term)
    return f"aims:{text.removeprefix(NAMESPACE)}" if text.startswith(NAMESPACE) else f"<{text}>"
