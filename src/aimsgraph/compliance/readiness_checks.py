"""The checks of readiness, one function each: what the standard or the Act expects, and whether it is on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aimsgraph.compliance.reach import Status
from aimsgraph.compliance.readiness_records import Check, Mark, Records, collect, judge_document, not_due
from aimsgraph.domain.duty import Applies
from aimsgraph.domain.organisation import RoleHolding
from aimsgraph.domain.register import MANAGEMENT_SYSTEM, Person, Risk

_LAW = "eu-ai-act:"
_STANDARD = "iso-42001:"


def controls(*local: str) -> Callable[[Records], Check]:
    """Return a check that controls of Annex A operate with live evidence, or are excluded with a reason."""
    wanted = {_STANDARD + each for each in local}

    def judge(records: Records) -> Check:
        marks: dict[Mark, list[str]] = {mark: [] for mark in Mark}
        found: list[str] = []
        for row in (row for row in records.soa if row.control in wanted):
            mark, reason = _judge_control(row.applicable, row.reason, row.status, row.evidence_state)
            marks[mark].append(f"{row.control} {reason}")
            found += row.implemented_by
        what = f"Controls {', '.join(local)}"
        records_found = tuple(dict.fromkeys(found))
        open_ones = (*marks[Mark.NOT], *marks[Mark.PARTLY], *marks[Mark.UNKNOWN])
        if not open_ones:
            return Check(what, Mark.MET, tuple(marks[Mark.MET]), records_found)
        if marks[Mark.MET] or marks[Mark.PARTLY]:
            return Check(what, Mark.PARTLY, open_ones, records_found)
        return Check(what, Mark.UNKNOWN if marks[Mark.UNKNOWN] else Mark.NOT, open_ones, records_found)

    return judge


def _judge_control(applicable: str, reason: str, status: str, evidence: str) -> tuple[Mark, str]:
    if applicable == "no" and reason:
        return Mark.MET, f"is excluded: {reason}"
    if status == "operating":
        return (Mark.MET, "operates") if evidence == "live" else (Mark.PARTLY, "operates, without live evidence")
    if applicable == "yes" or status != "none":
        return Mark.NOT, f"is {status}" if status != "none" else "has no implementation"
    if applicable == "no":
        return Mark.NOT, "is excluded without a reason"
    if applicable == "undetermined":
        return Mark.UNKNOWN, "is undetermined"
    return Mark.NOT, "is not decided"


def duties(what: str, *local: str) -> Callable[[Records], Check]:
    """Return a check that the duties of some provisions that bind are covered."""

    def judge(records: Records) -> Check:
        ours = [row for row in records.coverage if any(_is_within(row.provision, _LAW + each) for each in local)]
        binding = [row for row in ours if row.applies is Applies.YES]
        counts = {status: [row for row in binding if row.status is status] for status in Status}
        covered, partly = counts[Status.COVERED], counts[Status.PARTLY]
        words = tuple(f"{len(rows)} duties {status.value}" for status, rows in counts.items() if rows)
        open_ones = [row for row in ours if row.status is Status.UNKNOWN]
        if not binding:
            if open_ones:
                return Check(what, Mark.UNKNOWN, (f"{len(open_ones)} duties may bind, none is known to",))
            return not_due(what, "no duty of these provisions binds that day")
        statements = tuple(dict.fromkeys(row.statement for row in covered))
        if len(covered) == len(binding):
            still_open = len(open_ones)
            more = (f"{still_open} more may bind",) if still_open else ()
            return Check(what, Mark.PARTLY if more else Mark.MET, (*words, *more), statements)
        if covered or partly:
            return Check(what, Mark.PARTLY, words, statements)
        return Check(what, Mark.UNKNOWN if counts[Status.UNKNOWN] else Mark.NOT, words)

    return judge


def _is_within(reference: str, whole: str) -> bool:
    return reference == whole or (reference.startswith(whole) and reference[len(whole)] in "(.")


def has_context(records: Records) -> Check:
    """4.1: inside and outside issues are written down."""
    issues = records.register.context.issues
    return collect("Context (4.1)", [i.text for i in issues], [], none="no issue is recorded in organisation.yaml")


def has_parties(records: Records) -> Check:
    """4.2: interested parties, each with what it requires."""
    parties = records.register.context.parties
    good = [party.name for party in parties if party.requirement]
    bad = [f"{party.name} has no requirement" for party in parties if not party.requirement]
    return collect("Interested parties (4.2)", good, bad, none="no interested party is recorded")


def has_scope(records: Records) -> Check:
    """4.3: an approved document that draws the boundary."""
    named = records.register.management_system.scope
    found = [d for d in records.register.documents if d.kind == "aims-scope" or (named and d.id == named)]
    return judge_document("Scope (4.3)", found, records, "no document of the kind aims-scope")


def has_systems(records: Records) -> Check:
    """4.4: an inventory of AI systems, each with the organisation's role in it."""
    organisation = records.register.organisation.slug
    good = [s.id for s in records.systems if s.roles_on(records.day, organisation)]
    waiting = [s for s in records.systems if s.id not in good]
    bad = [f"no role of ours in {s.id} that day" for s in waiting if not _starts_later(s.roles, records)]
    later = [s.id for s in waiting if _starts_later(s.roles, records)]
    return collect("Inventory of AI systems (4.4)", [*good, *later], bad, none="no AI system is recorded")


def _starts_later(roles: tuple[RoleHolding, ...], records: Records) -> bool:
    return any(role.held_from > records.day for role in roles)


def knows_duties(records: Records) -> Check:
    """Whether it is known of every duty if it binds."""
    rows = records.coverage
    open_ones = [row for row in rows if row.applies in (Applies.UNKNOWN, Applies.CONTESTED)]
    what = "Duties decided"
    if not rows:
        return Check(what, Mark.UNKNOWN, ("no duty arises for the systems that day",))
    if not open_ones:
        return Check(what, Mark.MET, (f"all {len(rows)} decided",))
    codes = sorted({code for row in open_ones for code in row.undecided})
    reason = f"{len(open_ones)} of {len(rows)} open: {', '.join(codes) or 'exclusions, dates or readings'}"
    return Check(what, Mark.PARTLY if len(open_ones) < len(rows) else Mark.UNKNOWN, (reason,))


def has_top_management(records: Records) -> Check:
    """5.1: somebody directs the management system at the highest level."""
    person = records.register.management_system.top_management
    return collect("Top management (5.1)", [person] if person else [], [], none="top_management is not named")


def has_policy(records: Records) -> Check:
    """5.2, A.2.2, A.2.4: an AI policy, approved by top management, communicated, reviewed."""
    found = records.documents("ai-policy")
    check = judge_document("AI policy (5.2)", found, records, "no document of the kind ai-policy")
    if check.mark is not Mark.MET:
        return check
    policy = next(d for d in found if d.id == check.records[0])
    top = records.register.management_system.top_management
    bad = [] if not top or policy.approved_by == top else [f"{policy.id} is not approved by top management"]
    if not records.is_past(policy.communicated_on):
        bad.append(f"{policy.id} is not recorded as communicated")
    return Check(check.what, Mark.PARTLY, tuple(bad), check.records) if bad else check


def has_roles(records: Records) -> Check:
    """5.3: people hold roles of the management system, and everything that runs has an owner."""
    people = [p for p in records.register.people if p.role and (p.since is None or p.since <= records.day)]
    known = {person.id for person in records.register.people}
    ownerless = [c.id for c in records.register.controls if c.is_operating(records.day) and c.owner not in known]
    bad = [f"{each} has no owner among the people" for each in ownerless]
    return collect("Roles and owners (5.3)", [p.id for p in people], bad, none="nobody holds a role")


def has_objectives(records: Records) -> Check:
    """6.2: objectives with owner, measure and due date, measured."""
    good, bad = [], []
    for each in records.register.objectives:
        missing = [n for n in ("owner", "measure", "target", "due") if not getattr(each, n)]
        if missing:
            bad.append(f"{each.id} lacks {', '.join(missing)}")
        elif not records.is_past(each.last_measured):
            bad.append(f"{each.id} was never measured")
        elif each.due and each.due < records.day and each.status not in ("reached", "done", "met", "achieved"):
            bad.append(f"{each.id} was due on {each.due}")
        else:
            good.append(each.id)
    return collect("Objectives (6.2)", good, bad, none="no objective is recorded")


def has_planned_changes(records: Records) -> Check:
    """6.3: a change has a purpose and an owner before it starts."""
    changes = records.register.changes
    if not changes:
        return not_due("Planned changes (6.3)", "no change is recorded")
    good = [c.id for c in changes if c.purpose and c.owner]
    bad = [f"{c.id} has no purpose or no owner" for c in changes if not (c.purpose and c.owner)]
    return collect("Planned changes (6.3)", good, bad, none="")


def measures(records: Records) -> Check:
    """9.1: what is to be measured is measured within its interval."""
    good, bad = [], []
    for each in records.register.measurements:
        last, every = each.last_on, each.every_days
        if last is None or not records.is_past(last):
            bad.append(f"{each.id} has no result")
        elif every is not None and (records.day - last).days > every:
            bad.append(f"{each.id} was last measured on {last}, more than {every} days ago")
        else:
            good.append(each.id)
    return collect("Monitoring and measurement (9.1)", good, bad, none="no measurement is recorded")


def has_risk_process(records: Records) -> Check:
    """6.1.2: a documented way of assessing risks."""
    return judge_document(
        "Risk process (6.1.2)", records.documents("risk-process"), records, "no risk-process document"
    )


def assesses_risks(records: Records) -> Check:
    """8.2: each system has risks that were assessed, and none is due for review."""
    good, bad = [], []
    for subject in (MANAGEMENT_SYSTEM, *(system.id for system in records.systems)):
        risks = [r for r in records.register.risks if r.system == subject and records.is_past(r.assessed_on)]
        late = [r for r in risks if r.next_review and r.next_review < records.day]
        if not risks:
            bad.append(f"no risk of {subject} was assessed")
        elif late:
            bad.append(f"the review of {', '.join(r.id for r in late)} is overdue")
        else:
            good += [r.id for r in risks]
    changed = list(_changed_since_assessment(records))
    return collect("Risk assessments (8.2)", good, [*bad, *changed], none="no risk is recorded")


def _changed_since_assessment(records: Records) -> Iterator[str]:
    for system in records.systems:
        days = [r.assessed_on for r in records.register.risks if r.system == system.id and r.assessed_on]
        last = max((day for day in days if day <= records.day), default=None)
        for event in system.events:
            if last is not None and last < event.on <= records.day:
                yield f"{system.id} was changed on {event.on}, after its last assessment of {last}"


def treats_risks(records: Records) -> Check:
    """6.1.3, 8.3: a risk that is modified has a control that operates."""
    working = {c.id for c in records.register.controls if c.is_operating(records.day)}
    ours = [r for r in records.register.risks if r.treatment == "modify"]
    good = [r.id for r in ours if working & set(r.controls)]
    bad = [f"no control of {r.id} operates" for r in ours if not working & set(r.controls)]
    bad += [f"nobody decided how to treat {r.id}" for r in records.register.risks if not r.treatment]
    good += [r.id for r in records.register.risks if r.treatment not in ("", "modify")]
    return collect("Risk treatment (6.1.3, 8.3)", good, bad, none="no risk is recorded")


def accepts_high_risks(records: Records) -> Check:
    """6.1.3: somebody accepts a residual risk, at least one that stays high."""
    risks = records.register.risks
    unjudged = [f"the residual size of {r.id} is not judged" for r in risks if not r.residual]
    high = [r for r in risks if r.residual == "high"]
    bad = [f"{r.id} stays high and {_not_accepted(r)}" for r in high if not r.is_accepted(records.day)]
    good = [r.id for r in risks if r.residual and (r.residual != "high" or r.is_accepted(records.day))]
    return collect("Residual risks", good, [*bad, *unjudged], none="no risk is recorded")


def _not_accepted(risk: Risk) -> str:
    return f"its acceptance ran out on {risk.accepted_until}" if risk.accepted_until else "is not accepted"


def decides_controls(records: Records) -> Check:
    """6.1.3: a statement of applicability that decides every control and is approved."""
    annex = [row for row in records.soa if row.source == "annex-a"]
    decided = [row.control for row in annex if row.applicable in ("yes", "no")]
    bad = [f"{row.control} is {row.applicable.replace('-', ' ')}" for row in annex if row.control not in decided]
    soa = records.register.soa
    if decided and not (soa.approved_by and records.is_past(soa.approved_on)):
        bad.append("the statement is not approved")
    return collect("Statement of applicability (6.1.3)", decided, bad, none="there is none")


def has_competence(records: Records) -> Check:
    """7.2: evidence of competence for everybody with a role."""
    good = [p.id for p in records.register.people if p.competence]
    bad = [f"{p.id} has no competence on record" for p in records.register.people if not p.competence]
    return collect("Competence (7.2)", good, bad, none="nobody is recorded")


def has_training(records: Records) -> Check:
    """7.2, 7.3, Article 4: training within the last year."""
    good = [p.id for p in records.register.people if records.is_recent(p.trained_on)]
    bad = [f"{p.id} {_untrained(p)}" for p in records.register.people if p.id not in good]
    return collect("Training (7.3, Article 4)", good, bad, none="nobody is recorded")


def _untrained(person: Person) -> str:
    return f"was last trained on {person.trained_on}" if person.trained_on else "has no training on record"
