"""Mapping records: what somebody asserted about two items, with what weight, and who reviewed it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from aimsgraph.domain.relation import Relation
from aimsgraph.errors import Location

STATUSES = ("candidate", "reviewed", "accepted")
"""The statuses in order of weight; `contested` and `deprecated` stand outside the order."""
OUTSIDE = ("contested", "deprecated")
EXTENTS = ("all", "most", "some", "none")
BASES = ("syntactic", "semantic", "functional")
KINDS = ("human", "automated", "hybrid")
EFFECTS = ("none", "supports-only", "presumption-of-conformity")


@dataclass(frozen=True, slots=True)
class Review:
    """One review of a row.

    Attributes:
        reviewer: who reviewed.
        kind: `human`, `automated` or `hybrid`.
        blind: whether the reviewer proposed a relation before seeing the author's.
        proposed: the relation the reviewer proposed; empty words for "no row should be here".
        agreement: -1 (rejects) to 1 (agrees).
    """

    reviewer: str
    kind: str
    on: dt.date
    blind: bool
    proposed: Relation
    agreement: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """An asserted mapping.

    Attributes:
        iri: the row's IRI; never reused.
        set_id: the mapping set.
        subjects: IRIs of the subjects; more than one for a joint row.
        objects: IRIs of the objects.
        subject_versions: the versions pinned, one a subject; empty text where the framework has none.
        object_versions: the versions pinned, one an object.
        relation: from subject to object.
        extent: how much of the object fully meeting the subject meets.
        perspective: role slugs it holds for; empty means any.
        confidence: 0 to 1.
    """

    iri: str
    set_id: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    subject_versions: tuple[str, ...]
    object_versions: tuple[str, ...]
    relation: Relation
    extent: str
    rationale: str
    gap_object: str
    gap_subject: str
    basis: str
    method: str
    confidence: float
    status: str
    perspective: frozenset[str]
    conformity_effect: str
    author: str
    author_kind: str
    authored_on: dt.date | None
    reviews: tuple[Review, ...] = ()
    location: Location | None = None

    def has_weight(self, minimum: str) -> bool:
        """Say whether the row's status reaches a minimum; contested and deprecated rows never do."""
        return self.status in STATUSES and STATUSES.index(self.status) >= STATUSES.index(minimum)


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Looked, and found no counterpart. It never refutes anything."""

    iri: str
    set_id: str
    item: str
    scope: str
    searched_on: dt.date | None
    reason: str
    location: Location | None = None
