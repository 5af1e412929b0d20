"""Machine checks of the statement of applicability: the tests an auditor would make, each with a stable code."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from aimsgraph.compliance.soa import SoaRow
from aimsgraph.crosswalk.answers import Crosswalk
from aimsgraph.domain.register import Register, Soa
from aimsgraph.domain.relation import Verdict, judge
from aimsgraph.domain.report import Finding, Severity, sort_findings
from aimsgraph.errors import Location
from aimsgraph.norms.index import Index

LAW = "eu-ai-act"
SHORTEST_REASON = 10
"""Characters of the shortest reason that can say anything."""
_WARNING = Severity.WARNING
_SHOWN = 5
Binding = Mapping[tuple[str, str], dt.date]
"""(statement, role) → the first day on which it binds for any system."""


def check_soa(
    rows: Iterable[SoaRow], register: Register, crosswalk: Crosswalk, index: Index, binding: Binding, day: dt.date
) -> list[Finding]:
    """Return what is wrong with a statement of applicability.

    Args:
        rows: its rows.
        register: the records it stands among.
        crosswalk: the mappings, for exclusions that clash with a duty.
        index: the names.
        binding: the duties that bind, or will on a day that is known.
        day: the day asked about.
    """
    rows = list(rows)
    findings = [*_check_header(register, day), *_check_repeats(register, rows), *_check_risks(register, rows)]
    for row in rows:
        if row.source == "annex-a":
            findings += _check_decision(row, register)
            findings += _check_references(row, register, index)
        if row.applicable == "yes":
            findings += _check_inclusion(row, _place(row, register), day)
        if row.applicable == "no" and row.decision:
            findings += _check_exclusion(row, crosswalk, index, binding)
    return sort_findings(findings)


def _place(row: SoaRow, register: Register) -> Location:
    if row.decision:
        return row.decision.location
    return next((c.location for c in register.controls if c.id == row.control), _soa_place(register.soa))


def _soa_place(soa: Soa) -> Location:
    return soa.location if soa.location.file else Location("soa.csv")


def _check_decision(row: SoaRow, register: Register) -> Iterator[Finding]:
    where = _place(row, register)
    if row.applicable == "not-decided":
        yield Finding(
            "SOA_CONTROL_NOT_DECIDED", f"{row.control} has no row", where, "add a row that says yes or no and why"
        )
    elif row.applicable == "undetermined":
        yield Finding(
            "SOA_UNDETERMINED", f"nobody has decided whether {row.control} applies", where, "decide it", _WARNING
        )
    elif len(row.reason.strip()) < SHORTEST_REASON:
        what = "is excluded" if row.applicable == "no" else "is included"
        severity = Severity.VIOLATION if row.applicable == "no" else _WARNING
        remedy = "give a reason tied to the scope or to your role"
        yield Finding("SOA_WITHOUT_REASON", f"{row.control} {what} without a reason", where, remedy, severity)


def _check_references(row: SoaRow, register: Register, index: Index) -> Iterator[Finding]:
    if row.decision is None:
        return
    known = {r.id for r in register.risks} | {i.id for i in register.impacts} | {s.id for s in register.suppliers}
    known |= {"policy"} | {s.contract for s in register.suppliers} | {d.id for d in register.documents}
    for driver in row.decision.driven_by:
        if driver not in known and driver not in index.by_reference:
            message = f"{row.control} is driven by {driver!r}, which is nothing known"
            yield Finding("SOA_UNKNOWN_DRIVER", message, row.decision.location, "name a risk, statement or contract")
    ids = {c.id for c in register.controls}
    for name in row.decision.implemented_by:
        if name not in ids:
            message = f"{row.control} is implemented by {name!r}, which is not in controls.csv"
            yield Finding("SOA_UNKNOWN_IMPLEMENTATION", message, row.decision.location, "name an id of controls.csv")


def _check_inclusion(row: SoaRow, where: Location, day: dt.date) -> Iterator[Finding]:
    if not (row.risks or row.impacts or row.legal_drivers or row.other_drivers):
        message = f"{row.control} is included for no risk, impact, law, contract or policy"
        own = row.source == "own"
        remedy = "say in addresses, or in risks.csv, what it is for" if own else "say in driven_by what it is for"
        yield Finding("SOA_WITHOUT_DRIVER", message, where, remedy, _WARNING if own else Severity.VIOLATION)
    if not row.implemented_by:
        message = f"{row.control} applies, and nothing implements it"
        yield Finding("SOA_NOT_IMPLEMENTED", message, where, "plan an implementation", _WARNING)
    elif not row.owners:
        yield Finding("SOA_WITHOUT_OWNER", f"{row.control} has no owner", where, "name one in controls.csv", _WARNING)
    if row.status == "operating" and row.evidence_state != "live":
        message = f"{row.control} is said to operate, and no live evidence shows it"
        yield Finding("SOA_WITHOUT_LIVE_EVIDENCE", message, where, "collect or renew evidence", _WARNING)
    if row.next_review and row.next_review < day:
        message = f"the review of {row.control} was due on {row.next_review}"
        yield Finding("SOA_REVIEW_OVERDUE", message, where, "review the decision", _WARNING)


def _check_exclusion(row: SoaRow, crosswalk: Crosswalk, index: Index, binding: Binding) -> Iterator[Finding]:
    assert row.decision is not None
    where = row.decision.location
    if row.status == "operating":
        message = f"{row.control} is excluded, yet {', '.join(row.implemented_by)} carries it out"
        yield Finding("SOA_EXCLUDED_BUT_USED", message, where, "include it, or correct controls.csv", _WARNING)
    covered, helped = _helps_with(row.control, crosswalk, index, binding)
    for names, severity, verb in ((covered, Severity.VIOLATION, "would cover"), (helped, _WARNING, "helps with")):
        if names:
            shown = ", ".join(f"{s} (from {d})" for s, d in list(names.items())[:_SHOWN])
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            message = f"{row.control} is excluded, but it {verb} what binds: {shown}{more}"
            remedy = "include it, or say in the reason how those duties are met without it"
            yield Finding("SOA_EXCLUSION_CLASH", message, where, remedy, severity)


def _helps_with(
    control: str, crosswalk: Crosswalk, index: Index, binding: Binding
) -> tuple[dict[str, dt.date], dict[str, dt.date]]:
    """Return the binding statements a control covers, and those it only overlaps with, each with its first day."""
    covered: dict[str, dt.date] = {}
    helped: dict[str, dt.date] = {}
    entry = index.by_reference.get(control)
    for role in sorted({role for _, role in binding}) if entry else ():
        assert entry is not None
        for answer in crosswalk.composer.answers(entry.iri, crosswalk.request(LAW, "reviewed", role=role)):
            name, verdicts = crosswalk.name(answer.object), judge(answer.relation)
            if (name, role) in binding and verdicts.overlaps is Verdict.YES and verdicts.summary != "contradiction":
                into = covered if verdicts.covers is Verdict.YES else helped
                into[name] = min(binding[name, role], into.get(name, dt.date.max))
    return covered, helped


def _check_repeats(register: Register, rows: list[SoaRow]) -> Iterator[Finding]:
    annex = {row.control for row in rows if row.source == "annex-a"}
    counts = Counter(decision.control for decision in register.soa.decisions)
    for decision in register.soa.decisions:
        if decision.control not in annex:
            message = f"{decision.control} is no control of Annex A"
            yield Finding("SOA_UNKNOWN_CONTROL", message, decision.location, "correct the reference")
        elif counts[decision.control] > 1:
            message = f"{decision.control} is decided {counts[decision.control]} times"
            yield Finding("SOA_DECIDED_TWICE", message, decision.location, "keep one row")


def _check_risks(register: Register, rows: list[SoaRow]) -> Iterator[Finding]:
    """Every risk that is modified needs a control that the statement includes."""
    included = {name for row in rows if row.applicable == "yes" for name in row.implemented_by}
    for risk in register.risks:
        if risk.treatment == "modify" and not included & set(risk.controls):
            message = f"the risk {risk.id} is treated by no control that the statement includes"
            yield Finding("SOA_RISK_WITHOUT_CONTROL", message, risk.location, "include the control, or treat otherwise")


def _check_header(register: Register, day: dt.date) -> Iterator[Finding]:
    soa, where = register.soa, _soa_place(register.soa)
    if not soa.version or not soa.approved_by or soa.approved_on is None or soa.approved_on > day:
        message = "the statement has no version that somebody approved"
        yield Finding("SOA_NOT_APPROVED", message, where, "give version, approved_by and approved_on")
    elif newer := [r for r in register.risks if r.assessed_on and soa.approved_on < r.assessed_on <= day]:
        message = f"it was approved on {soa.approved_on}, before the risk {newer[-1].id} was assessed"
        yield Finding("SOA_OLDER_THAN_RISKS", message, where, "review and approve it anew", _WARNING)
    for certificate in register.certificates:
        ends, starts = certificate.valid_until, certificate.valid_from
        valid = (starts is None or starts <= day) and (ends is None or day <= ends)
        if valid and certificate.soa_version and soa.version and certificate.soa_version != soa.version:
            message = f"the certificate {certificate.id} names version {certificate.soa_version}, not {soa.version}"
            remedy = "tell the certification body of the new version"
            yield Finding("SOA_CERTIFICATE_VERSION", message, certificate.location, remedy, _WARNING)
