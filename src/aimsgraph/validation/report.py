"""What a validation came to: results with their rules, how much was judged, by which engine, on which facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from aimsgraph.domain.report import Finding, Severity
from aimsgraph.graph.canonical import to_turtle
from aimsgraph.graph.vocabulary import RDF_TYPE

if TYPE_CHECKING:
    from aimsgraph.validation.shapes import ShapeSet

SHACL: Final = "http://www.w3.org/ns/shacl#"
SEVERITIES: Final[Mapping[str, Severity]] = {
    SHACL + "Violation": Severity.VIOLATION,
    SHACL + "Warning": Severity.WARNING,
    SHACL + "Info": Severity.INFO,
}
NOTHING_JUDGED: Final = "NOTHING_JUDGED"
"""The rule of the finding that says of a shape that it found nothing to judge."""
_AT_A_TIME: Final = 10_000
"""How many findings are put into words at once."""


@dataclass(frozen=True, slots=True)
class RawResult:
    """One result as an engine gives it, before the shape says what it means.

    Attributes:
        shape: IRI of the named shape the failed constraint belongs to.
        message: the message of the constraint, or empty where the constraint has none of its own.
        severity: IRI of the constraint's own severity, or empty.
        focus: the node that was judged.
        path: the property path, in SPARQL's words; empty for the node itself.
        value: the value that is wrong, or empty.
    """

    shape: str
    message: str
    severity: str
    focus: str
    path: str
    value: str


@dataclass(frozen=True, slots=True)
class RawReport:
    """What an engine found in one set of facts: results in no order, and shape IRI → number of nodes it judged."""

    results: tuple[RawResult, ...]
    focus_counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Result:
    """One thing a shape found.

    Attributes:
        rule: local name of the shape.
        severity: how bad it is.
        message: what is wrong.
        remedy: how to mend it.
        focus: IRI of the node that was judged.
        path: the property path, in SPARQL's words; empty for the node itself.
        value: the value that is wrong; empty when the node itself is, or when something is missing.
        provision: IRI of the provision the shape checks; empty for a rule about the data alone.
    """

    rule: str
    severity: Severity
    message: str
    remedy: str
    focus: str
    path: str = ""
    value: str = ""
    provision: str = ""

    @property
    def sort_key(self) -> tuple[str, ...]:
        """What results are ordered by."""
        return (self.rule, self.focus, self.path, self.value, self.message)


@dataclass(frozen=True, slots=True)
class ReportedFinding(Finding):
    """A finding of a validation: a shape's result, or a check of a file, with where it stands.

    Attributes:
        focus: the node that was judged; empty for a check of a file.
        path: the property path.
        value: the value that is wrong.
        provision: reference of the provision that asks for it.
    """

    focus: str = ""
    path: str = ""
    value: str = ""
    provision: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one validation.

    Attributes:
        results: what was found, ordered.
        focus_counts: rule → how many nodes its shape judged, for every shape that ran.
        engines: rule → the engine that ran its shape.
        dataset_digest: SHA-256 of the judged facts.
        unjudged: rules whose shapes found nothing to judge and do not say that this may be.
        may_be_empty: rule → why its shape may find nothing to judge, for those that found nothing.
    """

    results: tuple[Result, ...]
    focus_counts: Mapping[str, int]
    engines: Mapping[str, str]
    dataset_digest: str
    unjudged: tuple[str, ...]
    may_be_empty: Mapping[str, str]

    @property
    def conforms(self) -> bool:
        """Whether nothing was found and every shape that has to judge something did."""
        return not self.results and not self.unjudged

    @property
    def passed(self) -> tuple[str, ...]:
        """Rules whose shapes judged something and found nothing wrong."""
        failed = {result.rule for result in self.results}
        return tuple(rule for rule, count in self.focus_counts.items() if count and rule not in failed)


def make_report(raw: RawReport, shapes: ShapeSet, *, engine: str, facts: str) -> Report:
    """Say what an engine found in the words of the shapes.

    Args:
        raw: what it found.
        shapes: the shapes it ran.
        engine: its name.
        facts: the facts it was given, as text.
    """
    by_iri = {shape.iri: shape for shape in shapes.shapes}
    results = []
    for found in raw.results:
        shape = by_iri[found.shape]
        results.append(
            Result(
                shape.name,
                SEVERITIES.get(found.severity, shape.severity),
                found.message or shape.message,
                shape.remedy,
                found.focus,
                found.path,
                found.value if found.value != found.focus else "",
                shape.provisions[0] if shape.provisions else "",
            )
        )
    counts = {shape.name: raw.focus_counts.get(shape.iri, 0) for shape in shapes.shapes}
    empty = [shape for shape in shapes.shapes if not counts[shape.name]]
    return Report(
        tuple(sorted(dict.fromkeys(results), key=lambda result: result.sort_key)),
        counts,
        dict.fromkeys(counts, engine),
        hashlib.sha256(facts.encode()).hexdigest(),
        tuple(shape.name for shape in empty if not shape.may_be_empty),
        {shape.name: shape.may_be_empty for shape in empty if shape.may_be_empty},
    )


def findings_to_turtle(
    findings: Iterable[ReportedFinding], shape_iris: Mapping[str, str], dataset_digest: str, *, conforms: bool
) -> bytes:
    """Write what shapes found as a SHACL validation report in Turtle; its nodes have names, so bytes never change.

    A long report is put into words piece by piece, so that its text is most of the memory it takes.

    Args:
        findings: the findings; those that no shape made are left out.
        shape_iris: rule → IRI of its shape.
        dataset_digest: what names the judged facts.
        conforms: whether they conform.
    """
    node = ox.NamedNode(f"urn:aimsgraph:report:{dataset_digest[:16]}")
    head = [ox.Triple(node, RDF_TYPE, _sh("ValidationReport")), ox.Triple(node, _sh("conforms"), ox.Literal(conforms))]
    made_by_shapes = enumerate((f for f in findings if f.focus and f.rule in shape_iris), start=1)
    pieces = []
    while piece := list(islice(made_by_shapes, _AT_A_TIME)):
        triples = (t for number, finding in piece for t in _finding_triples(node, number, finding, shape_iris))
        pieces.append(to_turtle([*head, *triples]))
        head = []
    return b"".join(pieces) or to_turtle(head)


def _finding_triples(
    node: ox.NamedNode, number: int, finding: ReportedFinding, shape_iris: Mapping[str, str]
) -> Iterator[ox.Triple]:
    item = ox.NamedNode(f"{node.value}:{number:05d}")
    yield ox.Triple(node, _sh("result"), item)
    yield ox.Triple(item, RDF_TYPE, _sh("ValidationResult"))
    yield ox.Triple(item, _sh("focusNode"), _term(finding.focus))
    yield ox.Triple(item, _sh("resultSeverity"), _sh(finding.severity.value.capitalize()))
    yield ox.Triple(item, _sh("resultMessage"), ox.Literal(finding.message, language="en"))
    yield ox.Triple(item, _sh("sourceShape"), ox.NamedNode(shape_iris[finding.rule]))
    if finding.path.startswith("<") and finding.path.count("<") == 1 and finding.path.endswith(">"):
        yield ox.Triple(item, _sh("resultPath"), ox.NamedNode(finding.path[1:-1]))
    if finding.value:
        yield ox.Triple(item, _sh("value"), _term(finding.value))


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(SHACL + name)


def _term(value: str) -> ox.NamedNode | ox.Literal:
    if "://" in value or value.startswith("urn:"):
        try:
            return ox.NamedNode(value)
        except ValueError:
            pass
    return ox.Literal(value)
