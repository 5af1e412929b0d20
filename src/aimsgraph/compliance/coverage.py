"""Decides how far each duty of a system is covered, with the chain of causes.

A duty that does not bind that day is not applicable, for the reason on record; one that is unknown or contested stays
unknown. For one that binds the best chain decides: covered by an operating implementation that addresses it, reviewed
and with live evidence, or by controls so set up that are proven to cover it; partly by ones that overlap with it;
unknown where a fact is missing; else not covered. No status says that anything conforms.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aimsgraph.compliance.chains import Chains
from aimsgraph.compliance.evidence import Cause
from aimsgraph.compliance.reach import Reach, Status
from aimsgraph.compliance.systems import decide_system_duties
from aimsgraph.domain.duty import Applies, Duty
from aimsgraph.domain.organisation import AISystem
from aimsgraph.norms.law import Law

__all__ = ["CoverageRow", "Status", "count_statuses", "decide_coverage", "decide_item_coverage", "merge_duties"]

_STRENGTH = (Applies.NO, Applies.UNKNOWN, Applies.CONTESTED, Applies.YES)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How far one statement is covered for one role on one system; or one item of another framework, with no role.

    Attributes:
        statement: reference of the statement or item.
        provision: reference of the provision it stands in.
        label: its name.
        system: id of the system.
        role: slug of the role that bears it; empty for an item that binds nobody.
        status: the verdict.
        because: the chain of causes.
        reach: what reaches it, whether or not it binds.
        applies: whether it binds; None for an item that binds nobody.
        applies_from: the date, where the law gives exactly one.
        routes: the routes it arises on.
        undecided: codes of the conditions that are not answered.
        readings: every date the law may give.
    """

    statement: str
    provision: str
    label: str
    system: str
    role: str
    status: Status
    because: tuple[Cause, ...]
    reach: Reach
    applies: Applies | None = None
    applies_from: dt.date | None = None
    routes: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    readings: tuple[dt.date, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """Statement, system and role: what names the row."""
        return self.statement, self.system, self.role

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON."""
        view: dict[str, Any] = {
            "statement": self.statement,
            "provision": self.provision,
            "label": self.label,
            "system": self.system,
            "role": self.role,
            "status": self.status.value,
            "because": [cause.to_dict() for cause in self.because],
        }
        if self.applies is not None:
            view |= {
                "applies": self.applies.value,
                "applies_from": self.applies_from.isoformat() if self.applies_from else None,
                "routes": list(self.routes),
                "if_it_binds": self.reach.status.value,
            }
        return view


def decide_coverage(law: Law, chains: Chains, systems: Iterable[AISystem]) -> list[CoverageRow]:
    """Return a row for each duty of the organisation on its systems, in the order of systems and of the law.

    Args:
        law: the law.
        chains: what finds the chains, for the register and the day asked about.
        systems: the systems wanted.
    """
    irises = {statement.reference: statement.iri for statement in law.statements}
    return [
        _decide(group, chains.reach(irises[group[0].statement], system.id, group[0].role))
        for system in systems
        for group in merge_duties(decide_system_duties(law, system, chains.moment))
    ]


def merge_duties(duties: Iterable[Duty]) -> list[list[Duty]]:
    """Return the duties grouped by statement and role: one that arises on two routes is one duty.

    In each group the duty that decides stands first: it binds if it binds on any route.
    """
    groups: dict[tuple[str, str], list[Duty]] = {}
    for duty in duties:
        groups.setdefault((duty.statement, duty.role), []).append(duty)
    return [sorted(group, key=lambda duty: -_STRENGTH.index(duty.applies)) for group in groups.values()]


def decide_item_coverage(chains: Chains, items: Iterable[tuple[str, str, str]], system: str) -> list[CoverageRow]:
    """Return how far items of any framework are covered on a system: assess once, see every framework.

    Args:
        chains: what finds the chains.
        items: IRI, reference and label of each item.
        system: id of the system.
    """
    rows = []
    for iri, reference, label in items:
        reach = chains.reach(iri, system)
        rows.append(CoverageRow(reference, reference, label, system, "", reach.status, reach.because, reach))
    return rows


def count_statuses(rows: Iterable[CoverageRow]) -> dict[str, int]:
    """Return how many rows have each status, every status named."""
    counts = Counter(row.status for row in rows)
    return {status.value: counts[status] for status in Status}


def _decide(group: list[Duty], reach: Reach) -> CoverageRow:
    duty = group[0]
    status, because = _status(group, reach)
    return CoverageRow(
        statement=duty.statement,
        provision=duty.provision,
        label=duty.label,
        system=duty.system,
        role=duty.role,
        status=status,
        because=because,
        reach=reach,
        applies=duty.applies,
        applies_from=duty.applies_from,
        routes=tuple(dict.fromkeys(each.route for each in group)),
        undecided=tuple(dict.fromkeys(code for each in group for code in each.undecided)),
        readings=tuple(sorted({reading.applies_from for each in group for reading in each.readings})),
    )


def _status(group: list[Duty], reach: Reach) -> tuple[Status, tuple[Cause, ...]]:
    duty = group[0]
    why = tuple(dict.fromkeys(_duty_cause(each) for each in group if each.applies is duty.applies))
    if duty.applies is Applies.YES:
        return reach.status, (why[0], *reach.because)
    if duty.applies is Applies.NO and all(each.because for each in group):
        return Status.NOT_APPLICABLE, why
    word = "readings of the law disagree whether it binds" if duty.applies is Applies.CONTESTED else ""
    says = word or "whether it binds is not known"
    return Status.UNKNOWN, (*why, Cause("duty", duty.statement, f"{says}; if it does: {reach.status.value}"))


def _duty_cause(duty: Duty) -> Cause:
    words = {
        Applies.YES: "binds",
        Applies.NO: "does not bind",
        Applies.UNKNOWN: "may bind",
        Applies.CONTESTED: "binds by some readings",
    }
    return Cause("duty", duty.statement, f"{words[duty.applies]}: {'; '.join(duty.because)}")
