"""The checks of readiness about impact assessments, documents, audits and tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from aimsgraph.compliance.readiness_records import YEAR, Check, Mark, Records, collect, judge_document, not_due
from aimsgraph.domain.duty import Applies
from aimsgraph.domain.register import Audit, Certificate, Evidence, ImpactAssessment

_FRIA = "eu-ai-act:Art.27"
CYCLE = dt.timedelta(days=3 * 365 + 1)
"""Three years: how long a certificate counts, and how long every clause may wait for an audit."""
_MANAGEMENT_CLAUSES = ("4", "5", "6", "7", "8", "9", "10")


def has_impact_process(records: Records) -> Check:
    """6.1.4, A.5.2: a documented way of assessing effects on people and society."""
    found = records.documents("impact-process")
    return judge_document("Impact process (6.1.4)", found, records, "no impact-process document")


def assesses_impacts(records: Records) -> Check:
    """8.4: each system has a finished impact assessment that is not due for review."""
    good, bad = [], []
    for system in records.systems:
        done = [i for i in _impacts(records, system.id, "ai-system") if records.is_past(i.done_on)]
        current = [i for i in done if i.next_review is None or records.day <= i.next_review]
        if current:
            good += [i.id for i in current]
        else:
            bad.append(f"the assessment of {system.id} is {'overdue for review' if done else 'missing'}")
    return collect("Impact assessments (8.4)", good, bad, none="no AI system is recorded")


def _impacts(records: Records, system: str, kind: str) -> list[ImpactAssessment]:
    return [i for i in records.register.impacts if i.system == system and i.kind == kind]


def names_affected_groups(records: Records) -> Check:
    """A.5.4: an assessment names who is affected, the harms, and what is done against them."""
    good, bad = [], []
    for impact in records.register.impacts:
        groups = impact.affected_groups
        if not groups:
            bad.append(f"{impact.id} names no affected group")
        elif lacking := [g.name for g in groups if not g.harms or not g.safeguards]:
            bad.append(f"{impact.id} says no harm or safeguard for {', '.join(lacking)}")
        else:
            good.append(impact.id)
    return collect("Affected groups (A.5.4)", good, bad, none="no impact assessment is recorded")


def has_fria_where_due(records: Records) -> Check:
    """Article 27: an assessment of the impact on fundamental rights where the duty binds, with the authority told."""
    what = "Fundamental rights impact assessment (Article 27)"
    rows = [row for row in records.coverage if row.provision.startswith(f"{_FRIA}(")]
    binding = sorted({row.system for row in rows if row.applies is Applies.YES})
    maybe = sorted({row.system for row in rows if row.applies in (Applies.UNKNOWN, Applies.CONTESTED)} - set(binding))
    if not binding and not maybe:
        return not_due(what, "the duty binds for no system that day")
    if not binding:
        return Check(what, Mark.UNKNOWN, tuple(f"whether it binds for {system} is open" for system in maybe))
    good, bad = [], [f"whether it binds for {system} is open" for system in maybe]
    for system in binding:
        done = [i for i in _impacts(records, system, "fria") if records.is_past(i.done_on)]
        told = [i for i in done if records.is_past(i.notified_on)]
        if told:
            good += [i.id for i in told]
        else:
            bad.append(f"that of {system} is {'not notified' if done else 'missing'}")
    return collect(what, good, bad, none="")


def has_required_documents(records: Records) -> Check:
    """7.5.1: each clause that asks for documented information has a current document or live evidence."""
    good, bad, found = [], [], []
    for clause, what in records.required.items():
        documents = [d for d in records.register.documents if _speaks_to(d.documents, clause)]
        approved = [d for d in documents if d.approved_by and records.is_past(d.approved_on)]
        current = [d for d in approved if d.next_review is None or records.day <= d.next_review]
        evidence = [e for e in records.register.evidence if _speaks_to(e.supports, clause) and _counts(e, records)]
        if current or evidence:
            good.append(clause)
            found += [d.id for d in current] + [e.id for e in evidence]
        else:
            state = "overdue for review" if approved else "not approved" if documents else "missing"
            bad.append(f"{clause} ({what}) is {state}")
    return collect("Required documented information (7.5)", good, bad, records=found, none="no clause asks for any")


def _speaks_to(references: tuple[str, ...], clause: str) -> bool:
    return any(reference == clause or clause.startswith(reference + ".") for reference in references)


def _counts(evidence: Evidence, records: Records) -> bool:
    return not evidence.refutes and evidence.is_fresh(records.day) is not False


def controls_documents(records: Records) -> Check:
    """7.5.2, 7.5.3: every document has version, owner, approval by somebody else, and a time for which it is kept."""
    good, bad = [], []
    for document in records.register.documents:
        missing = [n for n in ("version", "owner", "approved_by", "retention") if not getattr(document, n)]
        if missing:
            bad.append(f"{document.id} lacks {', '.join(missing)}")
        elif document.next_review and document.next_review < records.day:
            bad.append(f"{document.id} was due for review on {document.next_review}")
        else:
            good.append(document.id)
    return collect("Control of documents (7.5.2, 7.5.3)", good, bad, none="no document is recorded")


def audits_internally(records: Records) -> Check:
    """9.2: an internal audit within the last year, with a report."""
    what = "Internal audit (9.2.1)"
    held = [a for a in records.register.audits if a.kind == "internal" and records.is_past(a.on)]
    recent = [a for a in held if records.is_recent(a.on)]
    if not recent:
        last = max((a.on for a in held if a.on), default=None)
        return Check(what, Mark.NOT, (f"the last was on {last}" if last else "none was held",))
    reported = [a.id for a in recent if a.report]
    return collect(what, reported, [f"{a.id} has no report" for a in recent if not a.report], none="")


def audits_every_clause(records: Records) -> Check:
    """9.2.2: every clause is audited within three years."""
    audits = [a for a in records.register.audits if records.is_past(a.on) and a.on and records.day - CYCLE <= a.on]
    good = [clause for clause in records.clauses if any(_covers(a, clause) for a in audits)]
    missing = [clause.partition(":")[2] for clause in records.clauses if clause not in good]
    bad = [f"not audited in three years: {', '.join(missing)}"] if missing else []
    found = [a.id for a in audits]
    return collect("Audit programme (9.2.2)", good, bad, records=found, none="no clause is known")


def _covers(audit: Audit, clause: str) -> bool:
    local = clause.partition(":")[2]
    scopes = [scope.partition(":")[2] or scope for scope in audit.scope]
    return any(scope == local or local.startswith(f"{scope}.") for scope in scopes)


def has_independent_auditors(records: Records) -> Check:
    """9.2.2: nobody audits what he or she keeps running."""
    good, bad = [], []
    for audit in records.register.audits:
        if audit.kind != "internal" or not records.is_past(audit.on):
            continue
        own = [c.id for c in records.register.controls if c.owner == audit.auditor and _is_in(c.control, audit)]
        if not audit.auditor:
            bad.append(f"{audit.id} names no auditor")
        elif own:
            bad.append(f"{audit.id} was held by {audit.auditor}, who owns {', '.join(own)}")
        else:
            good.append(audit.id)
    return collect("Independence of auditors", good, bad, none="no internal audit was held")


def _is_in(control: str, audit: Audit) -> bool:
    """Say whether an implementation's control was looked into; an audit of clauses alone looks at all of them."""
    wanted = [scope for scope in audit.scope if scope.partition(":")[2].startswith("A.")]
    return not wanted or any(control == scope or control.startswith(f"{scope}.") for scope in wanted)


def reviews_by_management(records: Records) -> Check:
    """9.3: a management review within the last year, with inputs, decisions and minutes."""
    what = "Management review (9.3)"
    held = [r for r in records.register.reviews if records.is_past(r.on)]
    recent = [r for r in held if records.is_recent(r.on)]
    if not recent:
        last = max((r.on for r in held if r.on), default=None)
        return Check(what, Mark.NOT, (f"the last was on {last}" if last else "none was held",))
    good = [r.id for r in recent if r.inputs and r.decisions and r.minutes]
    bad = [f"{r.id} lacks inputs, decisions or minutes" for r in recent if r.id not in good]
    return collect(what, good, bad, none="")


def corrects_findings(records: Records) -> Check:
    """10.2: a nonconformity has cause, action and due date, and the action is shown to have worked."""
    if not records.register.findings:
        return not_due("Corrective action (10.2)", "no finding is recorded")
    good, bad = [], []
    for finding in records.register.findings:
        serious = finding.grade in ("major", "minor")
        closed = records.is_past(finding.closed_on)
        if serious and not (finding.cause and finding.action and finding.due):
            bad.append(f"{finding.id} lacks cause, action or due date")
        elif serious and closed and not records.is_past(finding.effective_on):
            bad.append(f"nobody showed that the action on {finding.id} worked")
        elif not closed and finding.due and finding.due < records.day:
            bad.append(f"{finding.id} was due on {finding.due}")
        elif not closed and finding.grade == "major":
            bad.append(f"{finding.id} is major and open")
        else:
            good.append(finding.id)
    return collect("Corrective action (10.2)", good, bad, none="")


def has_external_audits(records: Records) -> Check:
    """Stage 1, stage 2, and surveillance each year since."""
    what = "External audits"
    held = {kind: _last(records, kind) for kind in ("stage-1", "stage-2", "surveillance", "recertification")}
    good = [f"{kind} on {day}" for kind, day in held.items() if day]
    bad = [f"{kind} was not held" for kind in ("stage-1", "stage-2") if not held[kind]]
    cycle = [held[kind] for kind in ("stage-2", "surveillance", "recertification")]
    last = max((day for day in cycle if day), default=None)
    if last and records.day - last > YEAR:
        bad.append(f"no surveillance since {last}")
    found = [a.id for a in records.register.audits if a.kind in held and records.is_past(a.on)]
    return collect(what, good, bad, records=found, none="")


def _last(records: Records, kind: str) -> dt.date | None:
    days = (audit.on for audit in records.register.audits if audit.kind == kind)
    return max((day for day in days if day is not None and day <= records.day), default=None)


def has_certificate(records: Records) -> Check:
    """A certificate of the management system that counts, for the version of the statement that is approved."""
    what = "Certificate"
    ours = [c for c in records.register.certificates if c.of == "aims"]
    valid = [c for c in ours if records.is_past(c.valid_from) and c.valid_until and records.day <= c.valid_until]
    if not valid:
        return Check(what, Mark.NOT, ("it has run out" if ours else "there is none",), tuple(c.id for c in ours))
    bad = [reason for certificate in valid for reason in _certificate_faults(certificate, records)]
    return collect(what, [c.id for c in valid], bad, none="")


def _certificate_faults(certificate: Certificate, records: Records) -> Iterator[str]:
    if not certificate.scope:
        yield f"{certificate.id} says no scope"
    if certificate.soa_version != records.register.soa.version:
        yield f"{certificate.id} names another version of the statement of applicability"


def tests_systems(records: Records) -> Check:
    """A.6.2.4, Articles 9(6), 9(8), 15: each system has a fresh test report with metric, threshold and result."""
    good, bad = [], []
    tests = [e for e in records.register.evidence if e.type == "test-report"]
    for system in records.systems:
        ours = [e for e in tests if system.id in e.systems]
        live = [e for e in ours if e.is_fresh(records.day) and not e.refutes]
        whole = [e for e in live if e.metric and e.threshold and e.result]
        failed = [e for e in ours if e.refutes and not any(_is_newer(passed, e) for passed in whole)]
        if failed:
            bad.append(f"{', '.join(e.id for e in failed)} speaks against {system.id}")
        elif whole:
            good += [e.id for e in whole]
        else:
            state = "lack metric, threshold or result" if live else "are too old or undated" if ours else "are missing"
            bad.append(f"test reports of {system.id} {state}")
    return collect("Test reports", good, bad, none="no AI system is recorded")


def _is_newer(evidence: Evidence, older: Evidence) -> bool:
    one, other = evidence.collected_on, older.collected_on
    return one is not None and other is not None and other < one
