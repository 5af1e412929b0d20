"""Checks the YAML files of an organisation's register, and the records that stand in `organisation.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Protocol

from aimsgraph.content.organisation_check import repeated_ids
from aimsgraph.content.organisation_files import Document
from aimsgraph.content.organisation_models import OrganisationFile
from aimsgraph.content.register_models import (
    AuditEntry,
    AuditsFile,
    CertificateEntry,
    FindingEntry,
    ImpactFile,
    PolicyFile,
)
from aimsgraph.content.register_rules import Names, Place, check_order, check_pair
from aimsgraph.content.yaml_source import YamlSource
from aimsgraph.domain.register import MANAGEMENT_SYSTEM
from aimsgraph.domain.report import Finding


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


def check_yaml(names: Names) -> Iterator[Finding]:
    """Check everything that is written in YAML, but the systems."""
    files = names.files
    assert files.header is not None
    yield from _check_header(files.header, names)
    for impact in files.impacts:
        yield from _check_impact(impact, names)
    for policy in files.policies:
        yield from _check_policy(policy, names)
    if files.audits:
        yield from _check_audits(files.audits, names)


def _place(yaml: YamlSource, *path: str | int) -> Place:
    return partial(yaml.where, *path)


def _check_unique(yaml: YamlSource, at: str, entries: Sequence[_HasId]) -> Iterator[Finding]:
    yield from repeated_ids((entry.id, yaml.where(at, i, "id")) for i, entry in enumerate(entries))


def _check_name(document: Document[ImpactFile] | Document[PolicyFile]) -> Iterator[Finding]:
    stem = document.yaml.stem
    if document.model.id != stem:
        message = f"the id is {document.model.id!r}, the file says {stem!r}"
        yield Finding("ID_NOT_FILE_NAME", message, document.yaml.where("id"), "name the file after the id")


def _check_header(document: Document[OrganisationFile], names: Names) -> Iterator[Finding]:
    header, yaml = document.model, document.yaml
    system, place = header.management_system, _place(yaml, "management_system")
    yield from names.refer(system.scope, place("scope"), "document")
    yield from names.refer(system.top_management, place("top_management"), "person")
    if header.soa:
        place = _place(yaml, "soa")
        yield from names.refer(header.soa.approved_by, place("approved_by"), "person")
        yield from check_pair(place, {"approved_by": header.soa.approved_by, "approved_on": header.soa.approved_on})
    for at in ("objectives", "changes"):
        for i, entry in enumerate(getattr(header, at)):
            yield from names.refer(entry.owner, yaml.where(at, i, "owner"), "person")
    for at in ("objectives", "measurements", "changes"):
        yield from _check_unique(yaml, at, getattr(header, at))


def _check_impact(document: Document[ImpactFile], names: Names) -> Iterator[Finding]:
    impact, place = document.model, _place(document.yaml)
    yield from _check_name(document)
    yield from names.refer(impact.system, place("system"), "system")
    yield from names.refer(impact.by, place("by"), "person")
    for i, other in enumerate(impact.reuses):
        where = document.yaml.where("reuses", i)
        yield from names.refer(other, where, "impact assessment")
        if other == impact.id:
            yield Finding("REUSES_ITSELF", "an assessment cannot take over its own results", where, "delete it")
    yield from names.refer_paper(impact.document, place("document"))
    yield from check_order(place, "done_on", impact.done_on, "next_review", impact.next_review)
    yield from check_order(place, "done_on", impact.done_on, "notified_on", impact.notified_on)
    if impact.notified_on and not impact.done_on:
        message = "'notified_on' is given without 'done_on'"
        yield Finding("INCOMPLETE", message, place("notified_on"), "say when the assessment was finished")


def _check_policy(document: Document[PolicyFile], names: Names) -> Iterator[Finding]:
    policy, place = document.model, _place(document.yaml)
    yield from _check_name(document)
    yield from names.refer(policy.owner, place("owner"), "person")
    yield from names.refer(policy.approved_by, place("approved_by"), "person")
    yield from check_pair(place, {"approved_by": policy.approved_by, "approved_on": policy.approved_on})
    yield from check_order(place, "approved_on", policy.approved_on, "next_review", policy.next_review)
    yield from check_order(place, "approved_on", policy.approved_on, "communicated_on", policy.communicated_on)
    for i, reference in enumerate(policy.documents):
        yield from names.refer_provision(reference, document.yaml.where("documents", i))
    for i, system in enumerate(policy.systems):
        yield from names.refer(system, document.yaml.where("systems", i), "system")


def _check_audits(document: Document[AuditsFile], names: Names) -> Iterator[Finding]:
    audits, yaml = document.model, document.yaml
    for at in ("programme", "findings", "reviews", "certificates"):
        yield from _check_unique(yaml, at, getattr(audits, at))
    for i, audit in enumerate(audits.programme):
        yield from _check_audit(audit, _place(yaml, "programme", i), names)
        for j, reference in enumerate(audit.scope):
            yield from names.refer_provision(reference, yaml.where("programme", i, "scope", j))
    days = {audit.id: audit for audit in audits.programme}
    for i, finding in enumerate(audits.findings):
        yield from _check_finding(finding, days.get(finding.audit), _place(yaml, "findings", i), names)
    for i, review in enumerate(audits.reviews):
        yield from names.refer_paper(review.minutes, yaml.where("reviews", i, "minutes"))
    for i, certificate in enumerate(audits.certificates):
        yield from _check_certificate(certificate, _place(yaml, "certificates", i), names)


def _check_audit(audit: AuditEntry, place: Place, names: Names) -> Iterator[Finding]:
    yield from names.refer(audit.auditor, place("auditor"), "agent")
    yield from names.refer_paper(audit.report, place("report"))


def _check_finding(finding: FindingEntry, audit: AuditEntry | None, place: Place, names: Names) -> Iterator[Finding]:
    yield from names.refer(finding.audit, place("audit"), "audit")
    yield from names.refer_law(finding.against, place("against"))
    yield from names.refer(finding.action_owner, place("action_owner"), "person")
    if finding.action_owner and not finding.action:
        message = "'action_owner' is given without 'action'"
        yield Finding("INCOMPLETE", message, place("action_owner"), "say what is done")
    if audit:
        for name in ("due", "closed_on", "effective_on"):
            yield from check_order(place, "the audit", audit.on, name, getattr(finding, name))


def _check_certificate(certificate: CertificateEntry, place: Place, names: Names) -> Iterator[Finding]:
    yield from names.refer(certificate.of, place("of"), "system", also=(MANAGEMENT_SYSTEM,))
    yield from names.refer(certificate.by, place("by"), "organisation")
    start, end = certificate.valid_from, certificate.valid_until
    yield from check_order(place, "valid_from", start, "valid_until", end, strictly=True)
