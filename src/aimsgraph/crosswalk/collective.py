"""Several items that each cover a part may together cover the whole.

Decided statement by statement. *Proven* when each statement of a completely decomposed provision is covered by one of
the items, or by a recorded joint row of some of them. *Refuted* when a statement shares nothing with any of them, or
when a row of all of them (and perhaps more) names what stays unmet. Else *unknown*: several overlaps prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    if residue := _residue(composer, items, frozenset(statements), request):
        return CollectiveCover(Cover.REFUTED, residue, decided)
    if not decided:
        return CollectiveCover(Cover.UNKNOWN, "the provision has no statement yet", decided)
    if verdicts == {Cover.PROVEN} and complete:
        return CollectiveCover(Cover.PROVEN, "every statement is covered", decided)
    reason = "the statements are not known to be all it demands" if not complete else "a statement is undecided"
    return CollectiveCover(Cover.UNKNOWN, reason, decided)


def _decide(composer: Composer, items: frozenset[str], statement: str, request: Request) -> StatementCover:
    if joint := next((row for row in composer.network.rows if _covers_jointly(row, items, statement, request)), None):
        return StatementCover(statement, Cover.PROVEN, f"jointly, by {joint.iri}")
    wanted = replace(request, target=composer.network.framework_of.get(statement, ""))
    disjoint = set()
    for item in sorted(items):
        for answer in composer.answers(item, wanted):
            if answer.object == statement and not answer.relation.is_contradiction:
                verdicts = judge(answer.relation)
                if verdicts.covers is Verdict.YES:
                    return StatementCover(statement, Cover.PROVEN, f"by {item}")
                if verdicts.overlaps is Verdict.NO:
                    disjoint.add(item)
    if items and disjoint == items:
        return StatementCover(statement, Cover.REFUTED, "none of the items shares a requirement with it")
    if residue := _residue(composer, items, frozenset({statement}), request):
        return StatementCover(statement, Cover.REFUTED, residue)
    return StatementCover(statement, Cover.UNKNOWN, "overlaps prove nothing")


def _covers_jointly(row: Mapping, items: frozenset[str], statement: str, request: Request) -> bool:
    """Say whether a row of several subjects or objects, all its subjects among the items, covers a statement."""
    joint = len(row.subjects) > 1 or len(row.objects) > 1
    ours = joint and statement in row.objects and set(row.subjects) <= items
    return ours and _may_use(row, request) and judge(row.relation).covers is Verdict.YES


def _residue(composer: Composer, items: frozenset[str], demanded: frozenset[str], request: Request) -> str:
    """Return what a row of all the items names as unmet of something demanded; empty when none does.

    More items than are asked about leave the same unmet; fewer objects than are demanded are all demanded.
    """
    for row in composer.network.rows:
        about = items and set(row.subjects) >= items and set(row.objects) <= demanded
        if about and row.gap_object and _may_use(row, request) and judge(row.relation).covers is Verdict.NO:
            return f"{row.iri}: {row.gap_object}"
    return ""


def _may_use(row: Mapping, request: Request) -> bool:
    return request.usable(row) and (not request.role or not row.perspective or request.role in row.perspective)
