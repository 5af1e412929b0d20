"""The YAML files of an organisation's register: `impacts/<id>.yaml`, `policies/<id>.yaml` and `audits.yaml`.

As in `organisation_models`, a model says what a single value may look like; `register_check` says the rest.
"""

from __future__ import annotations

from typing import Annotated

from aimsgraph.content.organisation_models import Day, Entry, Slug, Text, one_of

IMPACT_KINDS = ("ai-system", "fria", "dpia")
DOCUMENT_KINDS = (
    "ai-policy",
    "procedure",
    "aims-scope",
    "objective-plan",
    "risk-process",
    "impact-process",
    "technical-documentation",
    "instructions-for-use",
    "post-market-plan",
    "quality-management-system",
    "declaration",
    "other",
)
STAGES = ("stage-1", "stage-2", "surveillance", "recertification", "special")
AUDIT_KINDS = ("internal", *STAGES)
GRADES = ("major", "minor", "observation", "opportunity")
NONCONFORMITIES = GRADES[:2]


class GroupEntry(Entry):
    """People who may feel a system's effects: what may befall them, and what is done against it."""

    name: Text
    harms: tuple[Text, ...] = ()
    safeguards: tuple[Text, ...] = ()


class ImpactFile(Entry):
    """`impacts/<id>.yaml`: one assessment of what a system does to people."""

    id: Slug
    kind: Annotated[str, one_of(*IMPACT_KINDS)]
    system: Text
    done_on: Day | None = None
    by: Text | None = None
    next_review: Day | None = None
    reuses: tuple[Text, ...] = ()
    affected_groups: tuple[GroupEntry, ...] = ()
    notified_on: Day | None = None
    conclusion: Text | None = None
    document: Text | None = None


class PolicyFile(Entry):
    """`policies/<id>.yaml`: one document the organisation controls."""

    id: Slug
    kind: Annotated[str, one_of(*DOCUMENT_KINDS)]
    title: Text
    version: Text | None = None
    owner: Text | None = None
    approved_by: Text | None = None
    approved_on: Day | None = None
    next_review: Day | None = None
    retention: Text | None = None
    documents: tuple[Text, ...] = ()
    systems: tuple[Text, ...] = ()
    communicated_on: Day | None = None


class AuditEntry(Entry):
    """An audit of the programme, past or planned."""

    id: Slug
    kind: Annotated[str, one_of(*AUDIT_KINDS)]
    on: Day
    auditor: Text
    scope: tuple[Text, ...] = ()
    report: Text | None = None


class FindingEntry(Entry):
    """What an audit found, and what was done about it."""

    id: Slug
    audit: Text
    against: Text
    grade: Annotated[str, one_of(*GRADES)]
    text: Text
    cause: Text | None = None
    action: Text | None = None
    action_owner: Text | None = None
    due: Day | None = None
    closed_on: Day | None = None
    effective_on: Day | None = None


class ReviewEntry(Entry):
    """A management review, past or planned."""

    id: Slug
    on: Day
    inputs: tuple[Text, ...] = ()
    decisions: tuple[Text, ...] = ()
    minutes: Text | None = None


class CertificateEntry(Entry):
    """A certificate of the management system, or of a system."""

    id: Slug
    of: Text
    by: Text
    valid_from: Day
    valid_until: Day
    scope: Text | None = None
    soa_version: Text | None = None


class AuditsFile(Entry):
    """`audits.yaml`: the audit programme, its findings, the management reviews, the certificates."""

    programme: tuple[AuditEntry, ...] = ()
    findings: tuple[FindingEntry, ...] = ()
    reviews: tuple[ReviewEntry, ...] = ()
    certificates: tuple[CertificateEntry, ...] = ()
