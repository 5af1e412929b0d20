"""Answers of the crosswalk and the proofs that carry them.

A proof holds every path used. A path is a chain of steps: an asserted row, walked forward or inverted, or a step of
structure between a part and its whole. After each step it says which base relations are still possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aimsgraph.domain.mapping import Mapping
from aimsgraph.domain.relation import Relation, judge


@dataclass(frozen=True, slots=True)
class Step:
    """One step from an item to another.

    Attributes:
        kind: `mapping` for an asserted row, `part-of` or `has-part` for structure.
        subject: IRI of the item the step starts from.
        object: IRI of the item it leads to.
        relation: from subject to object, as walked.
        row: the asserted row; None for structure.
        inverted: whether the row is walked from its object to its subject.
        versions: the versions the row pins for the step's subject and object; empty where it pins none.
    """

    kind: str
    subject: str
    object: str
    relation: Relation
    row: Mapping | None = None
    inverted: bool = False
    versions: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain of steps and what is possible after each."""

    steps: tuple[Step, ...]
    after_each_step: tuple[Relation, ...]

    @property
    def relation(self) -> Relation:
        """What the whole chain says."""
        return self.after_each_step[-1]

    @property
    def rows(self) -> tuple[Mapping, ...]:
        """The asserted rows it uses."""
        return tuple(step.row for step in self.steps if step.row is not None)

    @property
    def perspective(self) -> frozenset[str]:
        """The roles all its rows hold for; empty for any role."""
        sets = [row.perspective for row in self.rows if row.perspective]
        return frozenset.intersection(*sets) if sets else frozenset()

    @property
    def ends(self) -> tuple[str, str]:
        """The versions its first and last row pin: of the ends, or of the part of an end it starts from."""
        rows = [step for step in self.steps if step.row is not None]
        return (rows[0].versions[0], rows[-1].versions[1]) if rows else ("", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one subject and one object.

    Attributes:
        subject: IRI.
        object: IRI.
        relation: the intersection of all paths.
        paths: the paths that say something, shortest first.
        warnings: what a reader must know, such as a pinned version that was superseded.
    """

    subject: str
    object: str
    relation: Relation
    paths: tuple[Chain, ...]
    warnings: tuple[str, ...] = ()

    @property
    def perspective(self) -> frozenset[str]:
        """The roles the answer holds for; empty for any role."""
        sets = [path.perspective for path in self.paths if path.perspective]
        return frozenset.intersection(*sets) if sets else frozenset()

    @property
    def is_asserted(self) -> bool:
        """Whether a single row says it directly."""
        return any(len(path.steps) == 1 and path.steps[0].row is not None for path in self.paths)

    @property
    def rows(self) -> tuple[Mapping, ...]:
        """Every asserted row used, once, in order of first use."""
        return tuple({row.iri: row for path in self.paths for row in path.rows}.values())

    @property
    def least_confidence(self) -> float:
        """The lowest confidence of any row used; 1 when only structure is used."""
        return min((row.confidence for row in self.rows), default=1.0)

    @property
    def weakest_status(self) -> str:
        """The status of least weight of any row used; `structure` when only structure is used."""
        order = ("deprecated", "contested", "candidate", "reviewed", "accepted")
        return min((row.status for row in self.rows), key=order.index, default="structure")

    def to_dict(self, name: Any, *, explain: bool = True) -> dict[str, Any]:  # noqa: ANN401
        """Return the answer as JSON; `name` turns an IRI into its reference."""
        verdicts = judge(self.relation)
        direct = [path.steps[0].row for path in self.paths if len(path.steps) == 1 and path.steps[0].row is not None]
        view: dict[str, Any] = {
            "subject": name(self.subject),
            "object": name(self.object),
            "relations": list(self.relation.words),
            "summary": verdicts.summary,
            "covers": verdicts.covers.value,
            "covered_by": verdicts.covered_by.value,
            "overlaps": verdicts.overlaps.value,
            "asserted": self.is_asserted,
            "extent": next((row.extent for row in direct if self.subject in row.subjects), ""),
            "least_confidence": self.least_confidence,
            "status": self.weakest_status,
            "gaps": _gaps(self, direct),
            "perspective": sorted(self.perspective),
            "paths": len(self.paths),
            "warnings": list(self.warnings),
        }
        if explain:
            view["proofs"] = [path_to_dict(path, name) for path in self.paths]
        return view


def path_to_dict(path: Chain, name: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a path as JSON, complete enough for the checker."""
    return {
        "steps": [_step_to_dict(step, name) for step in path.steps],
        "after_each_step": [list(relation.words) for relation in path.after_each_step],
    }


def _step_to_dict(step: Step, name: Any) -> dict[str, Any]:  # noqa: ANN401
    view: dict[str, Any] = {
        "kind": step.kind,
        "subject": name(step.subject),
        "relations": list(step.relation.words),
        "object": name(step.object),
    }
    if step.row is not None:
        row = step.row
        subject_version, object_version = step.versions
        view |= {
            "row": row.iri,
            "inverted": step.inverted,
            "confidence": row.confidence,
            "status": row.status,
            "subject_version": subject_version,
            "object_version": object_version,
            "perspective": sorted(row.perspective),
            "rationale": row.rationale,
        }
        if row.location is not None:
            view |= {"file": row.location.file, "line": row.location.line}
    return view


def _gaps(answer: Answer, direct: list[Mapping]) -> list[dict[str, str]]:
    gaps = []
    for row in direct:
        forward = answer.subject in row.subjects
        for side, text in (("object", row.gap_object), ("subject", row.gap_subject)):
            if text:
                shown = side if forward else {"object": "subject", "subject": "object"}[side]
                gaps.append({"side": shown, "text": text})
    return gaps
