"""What starts, changes and ends between two days, and by which act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aimsgraph.domain.time import Moment
from aimsgraph.norms.index import Index
from aimsgraph.norms.law import Law, Rule

_ORDER = ("amended", "inserted", "deleted", "starts", "ends")
_KINDS = {"modified": "amended", "inserted": "inserted", "deleted": "deleted"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happens to one provision on one day.

    Attributes:
        kind: `starts`, `amended`, `inserted`, `deleted` or `ends`.
        by: the text that brings it about.
        effect: what it means, in our words.
        contested: whether the date is one of several readings.
    """

    date: dt.date
    provision: str
    kind: str
    by: str
    effect: str
    contested: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {
            "date": self.date.isoformat(),
            "provision": self.provision,
            "kind": self.kind,
            "by": self.by,
            "effect": self.effect,
            "contested": self.contested,
        }


def list_changes(law: Law, index: Index, start: dt.date, end: dt.date, law_as_of: dt.date) -> list[Change]:
    """Return what happens from `start` to `end`, both days included, by the law as known on `law_as_of`.

    An amendment counts on the day it is in force. A start counts on the day an application rule names, by the law in
    force on that very day.
    """
    found = [
        change
        for change in (
            *_amendments(law, index, law_as_of),
            *_starts(law, index, law_as_of),
            *_ends(law, index, law_as_of),
        )
        if start <= change.date <= end
    ]
    orders = {entry.reference: i for i, entry in enumerate(index.by_reference.values())}
    return sorted(
        found, key=lambda c: (c.date, _ORDER.index(c.kind), orders.get(c.provision, 0), c.provision, c.effect)
    )


def _amendments(law: Law, index: Index, law_as_of: dt.date) -> Iterator[Change]:
    for amendment in law.amendments.values():
        if amendment.published > law_as_of:
            continue
        effect = amendment.effect
        if amendment.applies != amendment.in_force.isoformat():
            effect += f" Applies from {amendment.applies}."
        if amendment.moved_to:
            effect += f" Moved to {amendment.moved_to}."
        for provision in amendment.amends or (amendment.other_act,):
            yield Change(amendment.in_force, provision, _KINDS[amendment.kind], amendment.source, effect)


def _starts(law: Law, index: Index, law_as_of: dt.date) -> Iterator[Change]:
    for rule in law.rules.values():
        if not rule.holds(Moment(rule.applies_from, law_as_of)):
            continue
        routes = f" on route {', '.join(sorted(rule.routes))}" if rule.routes else ""
        reading = f" ({rule.interpretation}: {rule.reading})" if rule.reading else ""
        contested = rule.interpretation == "contested"
        for reference, label in _outermost(rule, law, index):
            verb = "may start to apply" if contested else "starts to apply"
            yield Change(
                rule.applies_from,
                reference,
                "starts",
                rule.legal_basis,
                f"{label} {verb}{routes}{reading}.",
                contested,
            )


def _outermost(rule: Rule, law: Law, index: Index) -> Iterator[tuple[str, str]]:
    """Yield what the rule governs, leaving out the parts of what it governs as a whole."""
    for iri in rule.governs:
        if "/stmt/" in iri:
            statement = next(s for s in law.statements if s.iri == iri)
            if statement.provision in rule.governs:
                continue
        elif law.parents.get(iri) in rule.governs:
            continue
        entry = index.by_iri(iri)
        if entry is not None:
            yield entry.reference, entry.label


def _ends(law: Law, index: Index, law_as_of: dt.date) -> Iterator[Change]:
    for transition in law.transitions:
        if transition.comply_by and transition.holds(Moment(transition.comply_by, law_as_of)):
            condition = f" where {transition.condition.text}" if transition.condition.text else ""
            how = f" ({transition.interpretation})" if transition.interpretation != "settled" else ""
            effect = (
                f"Transition period ends for what was on the market before {transition.placed_before}{condition}{how}."
            )
            yield Change(transition.comply_by, transition.legal_basis, "ends", transition.legal_basis, effect)
