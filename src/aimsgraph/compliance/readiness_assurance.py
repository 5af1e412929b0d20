"""The checks of readiness about impact assessments, documents and the organisation's own audits."""

from __future__ import annotations

from aimsgraph.compliance.readiness_records import (
    CYCLE,
    Check,
    Mark,
    Records,
    collect,
    judge_document,
    not_due,
    weigh,
)
from aimsgraph.domain.duty import Applies
from aimsgraph.domain.register import Audit, Evidence, ImpactAssessment

_FRIA = "eu-ai-act:Art.27"
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


def weighs_rights_and_society(records: Records) -> Check:
    """6.1.2, A.5.4, A.5.5: assessed risks say which rights each system may touch, and what it may do to society."""
    assessed = [risk for risk in records.register.risks if records.is_past(risk.assessed_on)]
    rights = {risk.system: risk.id for risk in reversed(assessed) if risk.affects == "fundamental-rights"}
    society = [risk.id for risk in assessed if risk.affects == "society"]
    good = [rights[system.id] for system in records.systems if system.id in rights]
    unknown = [
        f"whether {system.id} may touch fundamental rights is on record nowhere"
        for system in records.systems
        if system.id not in rights
    ]
    if not society:
        unknown.append("what the systems may do to society is on record nowhere")
    return weigh("Fundamental rights and society (A.5.4, A.5.5)", [*good, *society], [], unknown)


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
    """7.5.1: each clause that asks for documented information has a current document, live evidence, or records."""
    good, bad, found = [], [], []
    for clause, what in records.required.items():
        documents = [d for d in records.register.documents if _speaks_to(d.documents, clause)]
        approved = [d for d in documents if d.approved_by and records.is_past(d.approved_on)]
        current = [d for d in approved if d.next_review is None or records.day <= d.next_review]
        evidence = [e for e in records.register.evidence if _speaks_to(e.supports, clause) and _counts(e, records)]
        kept = _kept_in_the_register(clause, records)
        if current or evidence or kept:
            good.append(clause)
            found += [*(d.id for d in current), *(e.id for e in evidence), *kept]
        else:
            state = "overdue for review" if approved else "not approved" if documents else "missing"
            bad.append(f"{clause} ({what}) is {state}")
    return collect("Required documented information (7.5)", good, bad, records=found, none="no clause asks for any")


def _kept_in_the_register(clause: str, records: Records) -> list[str]:
    """Return the ids of the register's own records that are the documented information a clause asks for."""
    ours = records.register
    kept: dict[str, list[str]] = {
        "7.2": [p.id for p in ours.people if p.competence],
        "8.2": [r.id for r in ours.risks if records.is_past(r.assessed_on)],
        "8.3": [r.id for r in ours.risks if records.is_past(r.assessed_on) and r.treatment and r.residual],
        "8.4": [i.id for i in ours.impacts if i.kind == "ai-system" and records.is_past(i.done_on)],
        "9.1": [m.id for m in ours.measurements if m.result and records.is_past(m.last_on)],
        "9.2.2": [a.id for a in ours.audits if a.kind == "internal" and a.report and records.is_past(a.on)],
        "9.3.3": [r.id for r in ours.reviews if r.minutes and r.decisions and records.is_past(r.on)],
        "10.2": [f.id for f in ours.findings if f.cause and f.action],
    }
    return kept.get(clause.partition(":")[2], [])


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
