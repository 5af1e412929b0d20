"""Several items that each cover a part may together cover the whole.

Decided statement by statement. *Proven* when each statement of a completely decomposed provision is covered by one of
the items, or by a recorded joint row of some of them. *Refuted* when a statement shares nothing with any of them, or
when a joint row of all of them names what stays unmet. Else *unknown*: several overlaps prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.domain.mapping import Mapping
from aimsgraph.domain.relation import Verdict, judge


class Cover(Enum):
    """Whether several items together cover something."""

    PROVEN = "proven"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StatementCover:
    """The verdict on one statement, with the reason."""

    statement: str
    verdict: Cover
    because: str


@dataclass(frozen=True, slots=True)
class CollectiveCover:
    """The verdict on a provision, with the verdict on each of its statements."""

    verdict: Cover
    because: str
    statements: tuple[StatementCover, ...]


def decide_cover(
    composer: Composer, items: frozenset[str], statements: tuple[str, ...], request: Request, *, complete: bool
) -> CollectiveCover:
    """Decide whether items together cover a provision.

    Args:
        composer: what composes the paths.
        items: IRIs of the items.
        statements: IRIs of the provision's assessable statements.
        request: which rows may be used.
        complete: whether the statements are known to be all the provision demands.
    """
    decided = tuple(_decide(composer, items, statement, request) for statement in statements)
    verdicts = {each.verdict for each in decided}
    if Cover.REFUTED in verdicts:
        return CollectiveCover(Cover.REFUTED, "a statement stays unmet", decided)
    if not decided:
        return CollectiveCover(Cover.UNKNOWN, "the provision has no statement yet", decided)
    if verdicts == {Cover.PROVEN} and complete:
        return CollectiveCover(Cover.PROVEN, "every statement is covered", decided)
    reason = "the statements are not known to be all it demands" if not complete else "a statement is undecided"
    return CollectiveCover(Cover.UNKNOWN, reason, decided)


def _decide(composer: Composer, items: frozenset[str], statement: str, request: Request) -> StatementCover:
    joint = [row for row in composer.network.rows if _is_joint(row, items, statement) and request.usable(row)]
    for row in joint:
        if judge(row.relation).covers is Verdict.YES:
            return StatementCover(statement, Cover.PROVEN, f"jointly, by {row.iri}")
    wanted = Request(composer.network.framework_of.get(statement, ""), request.max_hops, request.usable, request.role)
    disjoint = 0
    for item in sorted(items):
        for answer in composer.answers(item, wanted):
            if answer.object == statement and not answer.relation.is_contradiction:
                verdicts = judge(answer.relation)
                if verdicts.covers is Verdict.YES:
                    return StatementCover(statement, Cover.PROVEN, f"by {item}")
                disjoint += verdicts.overlaps is Verdict.NO
    if items and disjoint == len(items):
        return StatementCover(statement, Cover.REFUTED, "none of the items shares a requirement with it")
    for row in joint:
        if set(row.subjects) >= items and judge(row.relation).covers is Verdict.NO and row.gap_object:
            return StatementCover(statement, Cover.REFUTED, f"{row.iri}: {row.gap_object}")
    return StatementCover(statement, Cover.UNKNOWN, "overlaps prove nothing")


def _is_joint(row: Mapping, items: frozenset[str], statement: str) -> bool:
    """Say whether a row of several subjects is about the statement and uses nothing but these items, or all of them."""
    subjects = set(row.subjects)
    return len(subjects) > 1 and statement in row.objects and (subjects <= items or subjects >= items)
