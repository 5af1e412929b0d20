"""What an organisation keeps on record of its AI management system: one value that holds everything.

Ids are those of the files. Agents, systems, statements and provisions are named as the files name them: by id or by
reference. What nobody has written down is an empty text, an empty tuple or None, never a guess. A period
`[since, until)` leaves its end out; a certificate and an acceptance still count on their last day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from aimsgraph.domain.organisation import AISystem, Organisation
from aimsgraph.errors import Location

ALL_SYSTEMS = ("all",)
"""What stands for every system of the register where systems are listed."""

MANAGEMENT_SYSTEM = "aims"
"""What stands for the management system itself where a system could be named."""

_NOWHERE = Location("")
_STARTED = ("operating", "planned", "retired")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, in which role of the management system, and what qualifies them.

    Attributes:
        role: slug of the role in the management system.
        competence: what shows that the person is able to act in the role.
        since: first day in the role.
        trained_on: day of the latest training on record.
        training: what that training was.
    """

    id: str
    iri: str
    location: Location
    name: str
    role: str
    competence: str
    since: dt.date | None
    trained_on: dt.date | None
    training: str = ""


@dataclass(frozen=True, slots=True)
class ControlImplementation:
    """What was set up, and where, to carry out a control or to meet a statement.

    Attributes:
        control: reference of the Annex A control; empty for an own one.
        own: whether it is a control the organisation worded for itself.
        systems: ids of the systems it works for; `("all",)` stands for all of them.
        status: planned, in-progress, operating or retired.
        owner: id of the person who keeps it running.
        since: first day it operates, past or planned.
        until: first day it no longer does.
        addresses: references of the statements it meets directly, as a reviewer accepted.
        reviewed_by: id of the reviewer, a person or an organisation.
        procedure: id of a document of `policies/`, or a path.
    """

    id: str
    iri: str
    location: Location
    control: str
    own: bool
    title: str
    systems: tuple[str, ...]
    status: str
    owner: str
    since: dt.date | None
    until: dt.date | None
    addresses: tuple[str, ...]
    reviewed_by: str
    reviewed_on: dt.date | None
    procedure: str
    note: str = ""

    def is_operating(self, day: dt.date) -> bool:
        """Say whether it operates on a day: by its dates, unless it is still being built; no `since`, no."""
        if self.status not in _STARTED or self.since is None or day < self.since:
            return False
        if self.until is None:
            return self.status != "retired"
        return day < self.until

    def serves(self, system: str) -> bool:
        """Say whether it works for a system."""
        return self.systems == ALL_SYSTEMS or system in self.systems


@dataclass(frozen=True, slots=True)
class SoaDecision:
    """The decision on one control of Annex A.

    Attributes:
        control: reference of the control.
        applicable: whether it is needed; None when that is undetermined.
        reason: why, or why not.
        driven_by: risk ids, impact ids, supplier ids, references of statements, or `policy`.
        implemented_by: ids of the implementations that carry it out.
    """

    control: str
    iri: str
    location: Location
    applicable: bool | None
    reason: str
    driven_by: tuple[str, ...]
    implemented_by: tuple[str, ...]
    last_review: dt.date | None
    next_review: dt.date | None
    status_note: str = ""


@dataclass(frozen=True, slots=True)
class Soa:
    """The statement of applicability; without a decision when `soa.csv` is not there.

    Attributes:
        version: its designation; empty when none was given.
        approved_by: id of the person who approved it.
    """

    version: str
    approved_by: str
    approved_on: dt.date | None
    decisions: tuple[SoaDecision, ...]
    iri: str = ""
    location: Location = _NOWHERE


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk, its size before and after treatment, and who lives with what is left.

    Attributes:
        system: id of the system it comes from; `aims` for the management system.
        affects: safety, fundamental-rights, organisation or society.
        inherent: low, medium or high, before treatment.
        treatment: modify, share, avoid or retain.
        controls: ids of the implementations that treat it.
        residual: low, medium or high, after treatment; empty while nobody has judged it.
        accepted_until: last day on which the acceptance counts.
        criterion: the yardstick it was judged by.
    """

    id: str
    iri: str
    location: Location
    title: str
    system: str
    source: str
    affects: str
    inherent: str
    treatment: str
    controls: tuple[str, ...]
    residual: str
    owner: str
    assessed_on: dt.date | None
    next_review: dt.date | None
    accepted_by: str
    accepted_on: dt.date | None
    accepted_until: dt.date | None
    criterion: str

    def is_accepted(self, day: dt.date) -> bool:
        """Say whether an acceptance counts on a day."""
        if self.accepted_on is None or day < self.accepted_on:
            return False
        return self.accepted_until is None or day <= self.accepted_until


@dataclass(frozen=True, slots=True)
class AffectedGroup:
    """People who may feel a system's effects: what may befall them, and what is done against it."""

    name: str
    harms: tuple[str, ...]
    safeguards: tuple[str, ...]
    iri: str = ""
    location: Location = _NOWHERE


@dataclass(frozen=True, slots=True)
class ImpactAssessment:
    """An assessment of what a system does to people.

    Attributes:
        kind: ai-system (ISO/IEC 42001), fria (Article 27 of the Act) or dpia (Article 35 GDPR).
        system: id of the system.
        done_on: the day it was finished; None while it is not.
        by: id of the person who made it.
        reuses: ids of the assessments whose results it takes over.
        notified_on: the day its result was sent to the authority.
    """

    id: str
    iri: str
    location: Location
    kind: str
    system: str
    done_on: dt.date | None
    by: str
    next_review: dt.date | None
    reuses: tuple[str, ...]
    affected_groups: tuple[AffectedGroup, ...]
    notified_on: dt.date | None
    conclusion: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record that supports, or refutes, that something is so.

    Attributes:
        type: document, record, log-extract, test-report and so on.
        supports: ids of implementations, references of statements or of provisions it speaks to.
        systems: ids of the systems it speaks about; empty for none in particular.
        period_from: first day of the period it speaks about.
        period_to: last day of that period.
        locator: where it is kept: a path in the folder or a web address.
        sha256: digest of its bytes.
        max_age_days: for how many days it counts; None when no limit was set.
        refutes: whether it speaks against what it names.
        metric: what a test measured; likewise `threshold`, `result`, `dataset` and `tool`.
    """

    id: str
    iri: str
    location: Location
    title: str
    type: str
    supports: tuple[str, ...]
    systems: tuple[str, ...]
    collected_on: dt.date | None
    period_from: dt.date | None
    period_to: dt.date | None
    collected_by: str
    method: str
    locator: str
    sha256: str
    max_age_days: int | None
    refutes: bool
    metric: str
    threshold: str
    result: str
    dataset: str
    tool: str

    @property
    def stale_after(self) -> dt.date | None:
        """The last day on which it counts: its age runs from its collection, or the end of its period if earlier."""
        start = min((day for day in (self.collected_on, self.period_to) if day), default=None)
        if start is None or self.max_age_days is None:
            return None
        if self.max_age_days > (dt.date.max - start).days:
            return None
        return start + dt.timedelta(days=self.max_age_days)

    def is_fresh(self, day: dt.date) -> bool | None:
        """Say whether it counts on a day; None when it carries no date, or no limit, to judge by."""
        if self.collected_on is not None and day < self.collected_on:
            return False
        last = self.stale_after
        return None if last is None else day <= last


@dataclass(frozen=True, slots=True)
class Document:
    """A document the organisation controls.

    Attributes:
        kind: ai-policy, procedure, aims-scope, technical-documentation and so on.
        documents: references of the clauses, annex points and articles it covers.
        retention: for how long it is kept, in the organisation's words.
        systems: ids of the systems it describes; empty for none in particular.
    """

    id: str
    iri: str
    location: Location
    kind: str
    title: str
    version: str
    owner: str
    approved_by: str
    approved_on: dt.date | None
    next_review: dt.date | None
    documents: tuple[str, ...]
    retention: str = ""
    communicated_on: dt.date | None = None
    systems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit of the programme, past or planned.

    Attributes:
        kind: internal, stage-1, stage-2, surveillance, recertification or special.
        auditor: id of the person or organisation that audits.
        scope: references of the clauses and controls looked into.
        report: id of evidence or a document, or a path; empty while there is none.
    """

    id: str
    iri: str
    location: Location
    kind: str
    on: dt.date | None
    auditor: str
    scope: tuple[str, ...]
    report: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit found, and what was done about it.

    Attributes:
        audit: id of the audit.
        against: reference of the clause, control or statement.
        grade: major, minor, observation or opportunity.
        action_owner: id of the person who carries the action out.
        due: by when.
        closed_on: the day it was closed; None while it is open.
        effective_on: the day on which the action was shown to have worked.
    """

    id: str
    iri: str
    location: Location
    audit: str
    against: str
    grade: str
    text: str
    cause: str
    action: str
    action_owner: str
    due: dt.date | None
    closed_on: dt.date | None
    effective_on: dt.date | None


@dataclass(frozen=True, slots=True)
class ManagementReview:
    """A review by top management: what went in, what was decided."""

    id: str
    iri: str
    location: Location
    on: dt.date | None
    inputs: tuple[str, ...]
    decisions: tuple[str, ...]
    minutes: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of the management system or of a system.

    Attributes:
        of: `aims`, or the id of a system.
        by: id of the body that granted it.
        valid_until: the last day on which it counts.
        soa_version: version of the statement of applicability it names.
    """

    id: str
    iri: str
    location: Location
    of: str
    by: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    scope: str
    soa_version: str


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong with a system.

    Attributes:
        kind: serious, death, widespread or other: it decides how soon the authority must know (Article 73).
        aware_on: the day the organisation came to know.
        reported_on: the day the authority was told; None while it was not.
        corrective: ids of the findings that deal with it.
    """

    id: str
    iri: str
    location: Location
    system: str
    title: str
    kind: str
    aware_on: dt.date | None
    reported_on: dt.date | None
    reported_to: str
    corrective: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Supplier:
    """An organisation that provides systems, models or datasets, and what its contract secures.

    Attributes:
        supplies: ids of systems, models and datasets.
        role: slug of the operator role it holds, where it holds one.
        contract: name or path of the contract.
        contract_covers: references of statements and of Annex A controls.
    """

    id: str
    iri: str
    location: Location
    name: str
    supplies: tuple[str, ...]
    role: str
    contract: str
    contract_covers: tuple[str, ...]
    since: dt.date | None
    until: dt.date | None
    contact: str


@dataclass(frozen=True, slots=True)
class Objective:
    """A result the organisation wants its work with AI to reach, and how far it has got."""

    id: str
    iri: str
    location: Location
    title: str
    owner: str
    measure: str
    target: str
    due: dt.date | None
    status: str
    last_measured: dt.date | None


@dataclass(frozen=True, slots=True)
class Measurement:
    """Something that is watched at intervals, and its latest result."""

    id: str
    iri: str
    location: Location
    what: str
    every_days: int | None
    last_on: dt.date | None
    result: str

    @property
    def next_due(self) -> dt.date | None:
        """The day by which it is measured again; None while that cannot be said."""
        if self.every_days is None or self.last_on is None or self.every_days > (dt.date.max - self.last_on).days:
            return None
        return self.last_on + dt.timedelta(days=self.every_days)


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A change to the management system, thought through before it is made."""

    id: str
    iri: str
    location: Location
    title: str
    purpose: str
    owner: str
    start: dt.date | None


@dataclass(frozen=True, slots=True)
class Issue:
    """A circumstance that bears on what the management system can achieve."""

    text: str
    iri: str
    location: Location


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody with a stake in what the organisation does with AI, and what they need or expect."""

    name: str
    requirement: str
    iri: str
    location: Location


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds the management system."""

    issues: tuple[Issue, ...] = ()
    parties: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class ManagementSystem:
    """The management system itself.

    Attributes:
        scope: id of the document that fixes where it begins and ends.
        top_management: id of the person who directs it at the highest level.
    """

    scope: str = ""
    top_management: str = ""
    iri: str = ""
    location: Location = _NOWHERE


@dataclass(frozen=True, slots=True)
class Register:
    """Everything one organisation keeps on record, in the order of its files and rows."""

    organisation: Organisation
    systems: tuple[AISystem, ...]
    people: tuple[Person, ...]
    controls: tuple[ControlImplementation, ...]
    soa: Soa
    risks: tuple[Risk, ...]
    impacts: tuple[ImpactAssessment, ...]
    evidence: tuple[Evidence, ...]
    documents: tuple[Document, ...]
    audits: tuple[Audit, ...]
    findings: tuple[Finding, ...]
    reviews: tuple[ManagementReview, ...]
    certificates: tuple[Certificate, ...]
    incidents: tuple[Incident, ...]
    suppliers: tuple[Supplier, ...]
    objectives: tuple[Objective, ...]
    measurements: tuple[Measurement, ...]
    changes: tuple[PlannedChange, ...]
    context: Context
    management_system: ManagementSystem = ManagementSystem()
