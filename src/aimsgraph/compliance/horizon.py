"""Looks ahead: the first day on which each duty of a system binds, and which answers would decide most open duties."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aimsgraph.compliance.coverage import merge_duties
from aimsgraph.compliance.systems import decide_system_duties
from aimsgraph.domain.duty import Applies, Duty
from aimsgraph.domain.organisation import EXCLUSIONS, AISystem, Exclusion
from aimsgraph.domain.time import Moment
from aimsgraph.norms.law import Law

MARKET = "placed-on-market"
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question nobody has answered for a system, and what its answer would settle.

    Attributes:
        system: id of the system.
        code: the condition's code, `exclusion:<slug>`, or `placed-on-market`.
        question: the question in words.
        decides: how many open duties any answer to it alone would decide.
        touches: how many open duties depend on it, perhaps among others.
    """

    system: str
    code: str
    question: str
    decides: int
    touches: int

    def to_dict(self) -> dict[str, Any]:
        """Return the question as JSON."""
        return dataclasses.asdict(self)


def find_binding_days(law: Law, system: AISystem, moment: Moment) -> dict[_Key, tuple[dt.date, Duty]]:
    """Return (statement, role) → the day asked about or the first later one on which it binds, and the duty then.

    Later days are judged by the law as known and by what the register plans. Duties that never bind are left out.
    """
    found: dict[_Key, tuple[dt.date, Duty]] = {}
    for day in _days_ahead(law, system, moment):
        for group in merge_duties(decide_system_duties(law, system, Moment(day, moment.law_as_of))):
            if group[0].applies is Applies.YES:
                found.setdefault((group[0].statement, group[0].role), (day, group[0]))
    return found


def _days_ahead(law: Law, system: AISystem, moment: Moment) -> list[dt.date]:
    days: set[dt.date | None] = {rule.applies_from for rule in law.rules.values()}
    days |= {rule.comply_by for rule in law.transitions}
    days |= {holding.held_from for holding in system.roles} | {holding.held_until for holding in system.roles}
    days |= {event.on for event in system.events} | {system.placed_on_market}
    return [moment.on, *sorted(day for day in days if day is not None and day > moment.on)]


def find_open_questions(law: Law, system: AISystem, moment: Moment) -> list[OpenQuestion]:
    """Return the open questions of a system, the one that decides most duties first.

    Each answer is tried: a question decides a duty if every answer to it leaves the duty open no longer.
    """
    now = _judge(law, system, moment)
    open_ones = {key for key, group in now.items() if group[0].applies is Applies.UNKNOWN}
    questions = []
    for code, words, answers in _questions(law, system, moment, {k: now[k] for k in open_ones}):
        settled = [_settled(open_ones, _judge(law, answer, moment)) for answer in answers]
        moved = set[_Key]().union(*settled)
        touched = {k for k in open_ones if any(code in duty.undecided for duty in now[k])} | moved
        decided = set[_Key](open_ones).intersection(*settled)
        if touched:
            questions.append(OpenQuestion(system.id, code, words, len(decided), len(touched)))
    return sorted(questions, key=lambda q: (-q.decides, -q.touches, q.code))


def _judge(law: Law, system: AISystem, moment: Moment) -> dict[_Key, list[Duty]]:
    groups = merge_duties(decide_system_duties(law, system, moment))
    return {(group[0].statement, group[0].role): group for group in groups}


def _settled(open_ones: set[_Key], after: Mapping[_Key, list[Duty]]) -> set[_Key]:
    return {key for key in open_ones if key not in after or after[key][0].applies is not Applies.UNKNOWN}


def _questions(
    law: Law, system: AISystem, moment: Moment, open_duties: Mapping[_Key, list[Duty]]
) -> Iterator[tuple[str, str, list[AISystem]]]:
    """Yield code, words and the system under each answer."""
    codes = {code for group in open_duties.values() for duty in group for code in duty.undecided}
    for code in sorted(codes - set(system.facts)):
        answers = [dataclasses.replace(system, facts={**system.facts, code: answer}) for answer in (True, False)]
        yield code, law.questions.get(code, code), answers
    for slug, provision in EXCLUSIONS.items():
        if system.exclusions.get(slug) is None:
            yield (
                f"exclusion:{slug}",
                f"Does {provision} take the system out of the Regulation?",
                [_with_exclusion(system, slug, answer) for answer in (True, False)],
            )
    if system.placed_on_market is None:
        days = (moment.on, dt.date.max)
        answers = [dataclasses.replace(system, placed_on_market=day) for day in days]
        yield MARKET, "When is it placed on the market or put into service?", answers


def _with_exclusion(system: AISystem, slug: str, answer: bool) -> AISystem:
    others = tuple(e for e in system.exclusion_decisions if e.slug != slug)
    decision = Exclusion(f"{system.iri}/exclusion/{slug}", slug, EXCLUSIONS[slug], answer)
    return dataclasses.replace(system, exclusion_decisions=(*others, decision))
