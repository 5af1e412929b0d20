"""What is missing, in order: the day of the law, the fine it threatens, how many duties one action closes.

A gap is a duty that binds, will bind on a known day, or may bind, and is not covered as things stand today. For those
that may bind, the open questions are listed by how many duties their answers would decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aimsgraph.compliance.chains import Chains
from aimsgraph.compliance.coverage import CoverageRow, decide_coverage
from aimsgraph.compliance.evidence import Obstacle
from aimsgraph.compliance.horizon import OpenQuestion, find_binding_days, find_open_questions
from aimsgraph.compliance.penalties import Penalties, Penalty
from aimsgraph.compliance.reach import Reach, Status
from aimsgraph.domain.duty import Applies, Duty
from aimsgraph.domain.organisation import AISystem
from aimsgraph.norms.law import Law

_ActionKey = tuple[str, str]
_WORDS = {
    "operate": "bring {} into operation",
    "collect-evidence": "collect evidence that {} operates",
    "renew-evidence": "renew the evidence that {} operates",
    "date-evidence": "give the evidence for {} a date and a limit of age",
    "correct": "correct what the evidence against {} shows, and show that it worked",
    "review-claim": "have somebody review that {} meets the statement",
    "update-mapping": "review the mapping {} against the version in force",
    "settle-mapping": "settle what the mapping {} says",
    "look-at-mapping": "look at the mapping from {}, which nobody has",
    "address": "set up a control of your own that addresses {}",
}


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, with what it would change by itself.

    Attributes:
        kind: kebab-case kind.
        ref: id or reference of what it is about.
        closes: how many gaps it alone would close.
        improves: how many more it alone would raise or settle, without closing them.
        due: the earliest day of the law among them.
        penalty: the highest fine among them.
    """

    kind: str
    ref: str
    closes: int
    improves: int
    due: dt.date | None
    penalty: Penalty | None

    @property
    def words(self) -> str:
        """The action in words."""
        return _WORDS[self.kind].format(self.ref)

    def to_dict(self) -> dict[str, Any]:
        """Return the action as JSON."""
        return {
            "action": self.kind,
            "ref": self.ref,
            "words": self.words,
            "closes": self.closes,
            "improves": self.improves,
            "due": self.due.isoformat() if self.due else None,
            "penalty": self.penalty.to_dict() if self.penalty else None,
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """A duty that is not covered.

    Attributes:
        row: its coverage on the day asked about; for a role that is held only later, with nothing decided yet.
        due: the day asked about if it binds then, else the first later day; None while nobody knows.
        penalty: the fine the Act threatens, as read here.
        actions: what would close it, the action that closes most first.
    """

    row: CoverageRow
    due: dt.date | None
    penalty: Penalty | None
    actions: tuple[Action, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the gap as JSON."""
        return self.row.to_dict() | {
            "reach": self.row.reach.status.value,
            "due": self.due.isoformat() if self.due else None,
            "penalty": self.penalty.to_dict() if self.penalty else None,
            "actions": [action.to_dict() for action in self.actions],
        }


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps in order, the actions in order, and the open questions in order."""

    gaps: tuple[Gap, ...]
    actions: tuple[Action, ...]
    questions: tuple[OpenQuestion, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all three as JSON."""
        return {
            "gaps": [gap.to_dict() for gap in self.gaps],
            "actions": [action.to_dict() for action in self.actions],
            "questions": [question.to_dict() for question in self.questions],
        }


@dataclass(frozen=True, slots=True)
class _Open:
    """A gap before actions are counted over all of them."""

    row: CoverageRow
    due: dt.date | None
    penalty: Penalty | None
    closing: frozenset[_ActionKey]
    improving: frozenset[_ActionKey]


def find_gaps(law: Law, chains: Chains, systems: Iterable[AISystem], penalties: Penalties) -> Gaps:
    """Return what is missing on systems, most pressing first.

    Args:
        law: the law.
        chains: what finds the chains, for the register and the day asked about.
        systems: the systems wanted.
        penalties: the fines.
    """
    systems = list(systems)
    opened = [each for system in systems for each in _open_gaps(law, chains, system, penalties)]
    actions = _count(opened)
    order = {key: i for i, key in enumerate(actions)}
    gaps = [
        Gap(o.row, o.due, o.penalty, tuple(actions[k] for k in sorted(o.closing | o.improving, key=order.__getitem__)))
        for o in opened
    ]
    questions = [question for system in systems for question in find_open_questions(law, system, chains.moment)]
    questions.sort(key=lambda q: (-q.decides, -q.touches, q.system, q.code))
    return Gaps(tuple(sorted(gaps, key=_gap_order)), tuple(actions.values()), tuple(questions))


def _open_gaps(law: Law, chains: Chains, system: AISystem, penalties: Penalties) -> list[_Open]:
    binding = find_binding_days(law, system, chains.moment)
    rows = {(row.statement, row.role): row for row in decide_coverage(law, chains, [system])}
    irises = {statement.reference: statement.iri for statement in law.statements}
    for key, (_, duty) in binding.items():
        if key not in rows:
            rows[key] = _future_row(duty, chains.reach(irises[duty.statement], system.id, duty.role))
    found = []
    for key, row in rows.items():
        may_bind = row.applies in (Applies.UNKNOWN, Applies.CONTESTED)
        if row.reach.status is Status.COVERED or (key not in binding and not may_bind):
            continue
        due = binding[key][0] if key in binding else (row.readings[0] if row.applies is Applies.CONTESTED else None)
        penalty = penalties.threatened(row.provision, row.role, chains.moment)
        closing, improving = _actions(row)
        found.append(_Open(row, due, penalty, closing, improving))
    return found


def _future_row(duty: Duty, reach: Reach) -> CoverageRow:
    """Return the row of a duty that comes with a role held only later."""
    return CoverageRow(
        duty.statement, duty.provision, duty.label, duty.system, duty.role, Status.NOT_APPLICABLE, reach.because, reach,
        Applies.NO, duty.applies_from, (duty.route,),
    )  # fmt: skip


def _actions(row: CoverageRow) -> tuple[frozenset[_ActionKey], frozenset[_ActionKey]]:
    """Return the actions each of which alone closes the gap, and those that only raise what reaches the duty."""
    closing: set[_ActionKey] = {("address", row.statement)}
    improving: set[_ActionKey] = set()
    for chain in row.reach.chains:
        actions = {_key(obstacle) for obstacle in chain.obstacles}
        if len(actions) != 1:
            continue
        if chain.potential is Status.COVERED:
            closing |= actions
        elif chain.potential.rank > row.reach.status.rank:
            improving |= actions
    return frozenset(closing), frozenset(improving - closing)


def _key(obstacle: Obstacle) -> _ActionKey:
    return obstacle.action, obstacle.ref


def _count(opened: list[_Open]) -> dict[_ActionKey, Action]:
    """Return every action with what it closes, in order: most closed, earliest day, highest fine."""
    groups: dict[_ActionKey, list[_Open]] = {}
    for each in opened:
        for key in each.closing | each.improving:
            groups.setdefault(key, []).append(each)
    actions = [
        Action(
            kind,
            ref,
            sum((kind, ref) in each.closing for each in group),
            sum((kind, ref) in each.improving for each in group),
            min((each.due for each in group if each.due), default=None),
            max((each.penalty for each in group if each.penalty), key=_size, default=None),
        )
        for (kind, ref), group in groups.items()
    ]
    actions.sort(key=lambda a: (-a.closes, -a.improves, a.due or dt.date.max, -_size(a.penalty), a.kind, a.ref))
    return {(action.kind, action.ref): action for action in actions}


def _gap_order(gap: Gap) -> tuple[object, ...]:
    closes = max((action.closes for action in gap.actions), default=0)
    return (gap.due or dt.date.max, -_size(gap.penalty), -closes, gap.row.system, gap.row.statement, gap.row.role)


def _size(penalty: Penalty | None) -> int:
    return (penalty.maximum_eur or 0) if penalty else 0
