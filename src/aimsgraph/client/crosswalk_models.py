"""What `/v1` answers about mappings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from aimsgraph.client.frame import Answer, Json, Page, Part, Reference
from aimsgraph.client.models import Named

Truth = Literal["yes", "no", "unknown"]
Relation = Literal[
    "equal-to", "equivalent-to", "subset-of", "superset-of", "intersects-with", "no-relationship"
]  # fmt: skip


class Step(Part):
    """One step of a proof: an asserted row, or how things stand in one another."""

    kind: str
    subject: str
    relations: list[str]
    object: str
    row: str = ""
    file: str = ""
    line: int = 0
    inverted: bool = False


class Proof(Part):
    """A path from subject to object, with what is possible after each step."""

    steps: list[Step]
    after_each_step: list[list[str]]


class GapText(Part):
    """What one side leaves unmet."""

    side: str
    text: str


class Correspondence(Part):
    """How an item of one framework stands to an item of another."""

    subject: Reference
    object: Reference
    subject_ref: Reference = ""
    object_ref: Reference = ""
    relations: list[str] = Field(description="Every relation that is still possible.")
    summary: Literal["contradiction", "equal", "covers", "covered-by", "overlaps", "disjoint", "unknown"]
    covers: Truth
    covered_by: Truth
    overlaps: Truth
    asserted: bool
    extent: str | None = ""
    least_confidence: float = Field(ge=0, le=1)
    status: Literal["candidate", "reviewed", "accepted"]
    gaps: list[GapText] = Field(default_factory=list)
    proofs: list[Proof] = Field(default_factory=list)


class Lead(Part):
    """A path from which nothing follows."""

    subject: str
    object: str
    why: str
    steps: list[Json]


class NoMatch(Part):
    """A record of having looked and found nothing."""

    subject: str
    scope: str
    on: str
    reason: str


class Crosswalk(Page):
    """What corresponds to items in another framework; the other lists stand on every page."""

    answers: list[Correspondence]
    contradictions: list[Json] = Field(description="Pairs for which the rows cannot all be right: no verdict.")
    leads: list[Lead]
    no_match: list[NoMatch]
    disputed: list[str]
    below_status: list[str]
    not_looked_at: list[str]


class Cell(Part):
    """Where a heading of one framework meets one of another."""

    row: str
    column: str
    summary: str
    count: int


class Matrix(Page):
    """How two frameworks meet: headings against headings."""

    rows: list[str]
    columns: list[str]
    cells: list[Cell]
    totals: dict[str, dict[str, int]]


class LookedAt(Named):
    """An item that was looked at, without a counterpart."""

    on: str
    reason: str


class Unmapped(Page):
    """Items without a counterpart; the lists beside `no_match` stand on every page."""

    no_match: list[LookedAt]
    disputed: list[Named]
    below_status: list[Named]
    not_looked_at: list[Named]


class Contradiction(Part):
    """Rows that cannot all be right."""

    subject: str
    object: str
    rows: list[Json]


class Contradictions(Page):
    """Sets of rows that cannot all be right."""

    contradictions: list[Contradiction]


class Rejected(Part):
    """A proof that does not hold."""

    index: int
    subject: str
    object: str
    why: str


class ProofCheck(Answer):
    """What the proof checker found."""

    checked: int
    holds: bool = Field(description="Whether every proof holds.")
    rejected: list[Rejected]
