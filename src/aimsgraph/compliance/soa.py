"""The statement of applicability with the columns an auditor looks for (ISO/IEC 42001, 6.1.3), one row a control.

What the organisation decided is shown beside what its register says of implementation and evidence that day. The
machine checks are in `soa_checks`. A complete statement says nothing about whether the controls are good.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aimsgraph.compliance.chains import Chains
from aimsgraph.compliance.evidence import Cause, describe_evidence
from aimsgraph.domain.register import ALL_SYSTEMS, ControlImplementation, Register, SoaDecision

COLUMNS = (
    "control", "title", "source", "applicable", "reason", "status", "since", "evidence_state", "evidence", "risks",
    "impacts", "legal_drivers", "other_drivers", "systems", "roles", "owners", "procedures", "implemented_by",
    "last_review", "next_review",
)  # fmt: skip
_STATUSES = ("none", "retired", "planned", "in-progress", "operating")


@dataclass(frozen=True, slots=True)
class SoaRow:
    """One control with everything an auditor asks about it.

    Attributes:
        control: reference of the control; the implementation's id for one of the organisation's own.
        title: its name.
        source: `annex-a` or `own`.
        applicable: yes, no, undetermined, or not-decided when no row names it.
        reason: why, or why not.
        status: none, retired, planned, in-progress or operating, of the implementation that is furthest.
        since: first day of the one that operates longest.
        evidence_state: live where an implementation operates with live evidence; else missing, or not-needed.
        evidence: ids of the evidence, each with what it comes to.
        risks: ids of the risks that drive or use it.
        impacts: ids of the impact assessments that drive it.
        legal_drivers: references of the statements that drive it or that its implementations address.
        other_drivers: policy, contracts and the rest.
        systems: ids of the systems it works for.
        roles: slugs of the roles the organisation holds on them that day.
        owners: ids of the people who keep it running.
        procedures: ids or paths of the documents that say how.
        implemented_by: ids of the implementations.
        decision: the decision it comes from; None for own controls and where there is none.
    """

    control: str
    title: str
    source: str
    applicable: str
    reason: str
    status: str
    since: dt.date | None
    evidence_state: str
    evidence: tuple[Cause, ...]
    risks: tuple[str, ...]
    impacts: tuple[str, ...]
    legal_drivers: tuple[str, ...]
    other_drivers: tuple[str, ...]
    systems: tuple[str, ...]
    roles: tuple[str, ...]
    owners: tuple[str, ...]
    procedures: tuple[str, ...]
    implemented_by: tuple[str, ...]
    last_review: dt.date | None
    next_review: dt.date | None
    decision: SoaDecision | None = None

    def cells(self) -> list[object]:
        """Return the row as text, in the order of `COLUMNS`."""
        view = self.to_dict() | {"evidence": [f"{cause.ref} ({cause.says})" for cause in self.evidence]}
        return ["; ".join(v) if isinstance(v, list) else v for v in (view[name] for name in COLUMNS)]

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON."""
        view: dict[str, Any] = {}
        for name in COLUMNS:
            value = getattr(self, name)
            if isinstance(value, tuple):
                view[name] = [v.to_dict() if isinstance(v, Cause) else v for v in value]
            else:
                view[name] = value.isoformat() if isinstance(value, dt.date) else value
        return view


def build_soa(chains: Chains, controls: Iterable[tuple[str, str]]) -> list[SoaRow]:
    """Return the rows: every control of Annex A in its order, then the organisation's own.

    Args:
        chains: the register on a day.
        controls: reference and title of every control of Annex A.
    """
    register = chains.register
    decisions = {decision.control: decision for decision in reversed(register.soa.decisions)}
    rows = [_annex_row(chains, reference, title, decisions.get(reference)) for reference, title in controls]
    return rows + [_own_row(chains, each) for each in register.controls if each.own or not each.control]


def _annex_row(chains: Chains, reference: str, title: str, decision: SoaDecision | None) -> SoaRow:
    named = decision.implemented_by if decision else ()
    ours = [c for c in chains.register.controls if c.control == reference or c.id in named]
    words = {True: "yes", False: "no", None: "undetermined"}
    applicable = words[decision.applicable] if decision else "not-decided"
    drivers = decision.driven_by if decision else ()
    return _row(chains, reference, title, "annex-a", applicable, ours, drivers, decision)


def _own_row(chains: Chains, implementation: ControlImplementation) -> SoaRow:
    """Return the row of a control of the organisation's own; one that was retired is no longer part of it."""
    title = implementation.title or implementation.id
    row = _row(chains, implementation.id, title, "own", "yes", [implementation], (), None)
    applicable = "no" if row.status == "retired" else "yes"
    return dataclasses.replace(row, applicable=applicable, reason=implementation.note)


def _row(
    chains: Chains, control: str, title: str, source: str, applicable: str, ours: list[ControlImplementation],
    drivers: tuple[str, ...], decision: SoaDecision | None,
) -> SoaRow:  # fmt: skip
    register, day = chains.register, chains.moment.on
    ids = tuple(c.id for c in ours)
    split = _split_drivers(register, drivers)
    used_by = [risk.id for risk in register.risks if set(ids) & set(risk.controls)]
    operating = [c for c in ours if c.is_operating(day)]
    systems = _systems(register, operating or ours)
    live = any(not chains.obstacles(c, system) for c in operating for system in _systems(register, [c]) or ("",))
    evidence = [e for e in register.evidence if set(ids) & set(e.supports) or control in e.supports]
    return SoaRow(
        control=control,
        title=title,
        source=source,
        applicable=applicable,
        reason=decision.reason if decision else "",
        status=_status(ours, day),
        since=min((c.since for c in operating if c.since), default=None),
        evidence_state="live" if live else "not-needed" if applicable == "no" else "missing",
        evidence=tuple(describe_evidence(e, day) for e in evidence),
        risks=tuple(dict.fromkeys((*split["risk"], *used_by))),
        impacts=tuple(split["impact"]),
        legal_drivers=tuple(dict.fromkeys((*split["legal"], *(a for c in ours for a in c.addresses)))),
        other_drivers=tuple(split["other"]),
        systems=systems,
        roles=_roles(register, systems, day),
        owners=tuple(dict.fromkeys(c.owner for c in ours if c.owner)),
        procedures=tuple(dict.fromkeys(c.procedure for c in ours if c.procedure)),
        implemented_by=ids,
        last_review=decision.last_review if decision else None,
        next_review=decision.next_review if decision else None,
        decision=decision,
    )


def _status(ours: list[ControlImplementation], day: dt.date) -> str:
    def at(implementation: ControlImplementation) -> str:
        if implementation.is_operating(day):
            return "operating"
        if implementation.until is not None and implementation.until <= day:
            return "retired"
        return "planned" if implementation.status == "operating" else implementation.status

    found = [at(implementation) for implementation in ours]
    return max(found, key=lambda s: _STATUSES.index(s) if s in _STATUSES else 0, default="none")


def _split_drivers(register: Register, drivers: tuple[str, ...]) -> dict[str, list[str]]:
    split: dict[str, list[str]] = {"risk": [], "impact": [], "legal": [], "other": []}
    risks, impacts = {r.id for r in register.risks}, {i.id for i in register.impacts}
    for driver in drivers:
        kind = "risk" if driver in risks else "impact" if driver in impacts else "legal" if ":" in driver else "other"
        split[kind].append(driver)
    return split


def _systems(register: Register, ours: list[ControlImplementation]) -> tuple[str, ...]:
    if any(c.systems == ALL_SYSTEMS for c in ours):
        return tuple(system.id for system in register.systems)
    return tuple(dict.fromkeys(system for c in ours for system in c.systems))


def _roles(register: Register, systems: tuple[str, ...], day: dt.date) -> tuple[str, ...]:
    held = (
        holding.role
        for system in register.systems
        if system.id in systems
        for holding in system.roles_on(day, register.organisation.slug)
    )
    return tuple(sorted(set(held)))
