"""Compiles the rest of a register: audits, findings, reviews, certificates, incidents, suppliers, objectives.

What has a report or minutes was done on its day; what has none is due on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pyoxigraph as ox

from aimsgraph.content.emit import Node, any_uri
from aimsgraph.content.register_models import NONCONFORMITIES
from aimsgraph.content.register_nodes import Things
from aimsgraph.domain.register import (
    ALL_SYSTEMS,
    MANAGEMENT_SYSTEM,
    Audit,
    Certificate,
    Finding,
    Incident,
    ManagementReview,
    Measurement,
    Objective,
    Person,
    PlannedChange,
    Supplier,
)
from aimsgraph.graph.vocabulary import DCT_TITLE, RDFS_COMMENT

_FINDING_CLASSES = {
    "major": "Nonconformity",
    "minor": "Nonconformity",
    "observation": "Observation",
    "opportunity": "ImprovementOpportunity",
}
_INTERNAL = "internal"


def compile_assurance(things: Things) -> None:
    """Say the audits and what hangs on them, incidents, suppliers, and the records of the management system."""
    register = things.register
    for audit in register.audits:
        _say_audit(things, audit)
    for finding in register.findings:
        _say_finding(things, finding)
    for review in register.reviews:
        _say_review(things, review)
    for certificate in register.certificates:
        _say_certificate(things, certificate)
    for incident in register.incidents:
        _say_incident(things, incident)
    for supplier in register.suppliers:
        _say_supplier(things, supplier)
    _say_management_system(things)


def _say_management_system(things: Things) -> None:
    own, register = things.register.management_system, things.register
    node = Node(things.out, things.management_system).say("ownedBy", things.agent(own.top_management))
    if own.scope:
        Node(things.out, things.record("document", own.scope)).say("documentOf", node.iri)
        scope = next(document for document in register.documents if document.id == own.scope)
        node.say("coversAsset", *things.systems(scope.systems or ALL_SYSTEMS))
    for person in register.people:
        _say_training(things, person)
    for objective in register.objectives:
        _say_objective(things, objective)
    for measurement in register.measurements:
        _say_measurement(things, measurement)
    for change in register.changes:
        _say_change(things, change)
    _say_context(things)


def _say_training(things: Things, person: Person) -> None:
    if person.trained_on:
        node = things.part(person, "training", "CompetenceRecord", label=person.training or "training")
        node.say("competenceOf", things.agent(person.id)).say("validFrom", person.trained_on)
        node.say("competenceFor", things.record("aims-role", person.role))


def _say_day(node: Node, day: dt.date | None, done: str) -> None:
    node.say("performedOn" if done else "dueOn", day)


def _say_report(things: Things, value: str, label: str, about: Node, kind: str, id_: str) -> None:
    """Say the document that tells what an activity came to; one that is not in `policies/` is not a controlled one."""
    if any(document.id == value for document in things.register.documents):
        things.say_paper(value, about)
    elif value:
        where = things.out.sources[about.iri.value]
        report = things.label(things.out.node(things.names(kind, id_), "Document", where=where), label)
        report.say("documentOf", about.iri).say("locator", any_uri(things.place_of(value)))


def _say_audit(things: Things, audit: Audit) -> None:
    words = audit.kind.replace("-", " ")
    class_ = "InternalAudit" if audit.kind == _INTERNAL else "CertificationAudit"
    label = f"{words} audit {audit.id}"
    node = things.node(audit, class_, label=label).say("auditOf", things.management_system)
    if audit.kind != _INTERNAL:
        node.say("stage", things.concept("audit-stage", audit.kind))
    programme = things.out.node(things.names("audit-programme"), "AuditProgramme", where=audit.location)
    things.label(programme, "Audit programme").say("inManagementSystem", things.management_system)
    node.say("inProgramme", programme.iri).say("auditor", things.agent(audit.auditor))
    node.say("auditedProvision", *map(things.law_node, audit.scope))
    node.say("inCycle", _cycle_of(things, audit.on))
    _say_day(node, audit.on, audit.report)
    _say_report(things, audit.report, f"Report of the {label}", node, "audit-report", audit.id)


def _cycle_of(things: Things, day: dt.date | None) -> ox.NamedNode | None:
    """Return the cycle an audit belongs to: that of the first certificate that had not run out on its day."""
    own = [c for c in things.register.certificates if c.of == MANAGEMENT_SYSTEM and day and c.valid_until]
    open_ = [c for c in own if c.valid_until and day and day <= c.valid_until]
    first = min(open_, key=lambda c: (c.valid_until or dt.date.max, c.id), default=None)
    return things.record("certification-cycle", first.id) if first else None


def _say_finding(things: Things, finding: Finding) -> None:
    node = things.node(finding, "Finding", _FINDING_CLASSES[finding.grade], label=finding.text)
    node.say("raisedIn", things.record("audit", finding.audit)).say("against", things.law_node(finding.against))
    node.say("closedOn", finding.closed_on).say("effectivenessVerifiedOn", finding.effective_on)
    if finding.grade not in NONCONFORMITIES:
        remarks = [words for words in (finding.cause, finding.action) if words]
        node.say(RDFS_COMMENT, things.words(" ".join(remarks))).say("ownedBy", things.agent(finding.action_owner))
        node.say("dueOn", finding.due)
        return
    node.say("grade", things.concept("finding-grade", finding.grade)).say("rootCause", things.words(finding.cause))
    if not finding.action:
        node.say("dueOn", finding.due)
        return
    action = things.part(finding, "corrective-action", "CorrectiveAction", label=finding.action)
    action.say("ownedBy", things.agent(finding.action_owner)).say("dueOn", finding.due)
    action.say("closedOn", finding.closed_on).say("effectivenessVerifiedOn", finding.effective_on)
    node.say("correctedBy", action.iri)


def _say_review(things: Things, review: ManagementReview) -> None:
    label = f"management review {review.id}"
    node = things.node(review, "ManagementReview", label=label).say("auditOf", things.management_system)
    node.say("performedBy", things.agent(things.register.management_system.top_management))
    node.say("reviewInput", *map(things.words, review.inputs))
    node.say("reviewDecision", *map(things.words, review.decisions))
    _say_day(node, review.on, review.minutes)
    _say_report(things, review.minutes, f"Minutes of {label}", node, "review-minutes", review.id)


def _say_certificate(things: Things, certificate: Certificate) -> None:
    of_aims = certificate.of == MANAGEMENT_SYSTEM
    of = things.management_system if of_aims else things.record("system", certificate.of)
    node = things.node(certificate, "Certificate", label=f"certificate {certificate.id}").say("certifies", of)
    body = things.agent(certificate.by)
    node.say("issuedBy", body).say("statesSoAVersion", certificate.soa_version)
    node.say("validFrom", certificate.valid_from).say("validUntil", certificate.valid_until)
    node.say(RDFS_COMMENT, things.words(certificate.scope))
    if of_aims and body:
        things.out.node(body.value, "CertificationBody")
        cycle = things.part(
            certificate, "certification-cycle", "CertificationCycle", label=f"cycle of {certificate.id}"
        )
        node.say("inCycle", cycle.iri)
        cycle.say("validFrom", certificate.valid_from).say("validUntil", certificate.valid_until)


def _say_incident(things: Things, incident: Incident) -> None:
    system, authority = things.record("system", incident.system), things.agent(incident.reported_to)
    if authority:
        things.out.node(authority.value, "PublicAuthority")
    if incident.kind == "other":
        node = things.node(incident, "Event", label=incident.title).say("happenedOn", incident.aware_on)
    else:
        node = things.node(incident, "SeriousIncident", label=incident.title).say("incidentOf", system)
        node.say("incidentKind", things.concept("incident-kind", incident.kind)).say("awareOn", incident.aware_on)
        node.say("reportedOn", incident.reported_on).say("reportedTo", authority)
    node.say("aboutSystem", system).say(RDFS_COMMENT, things.words(incident.note))
    for finding in incident.corrective:
        Node(things.out, things.record("finding", finding)).say("triggeredBy", node.iri)


def _say_supplier(things: Things, supplier: Supplier) -> None:
    firm = things.out.node(supplier.iri, "Organization", where=supplier.location).say("slug", supplier.id)
    if not _is_labelled(things, firm):
        things.label(firm, supplier.name)
    supply = things.part(supplier, "supply", "SupplyRelation", label=f"supply by {supplier.name}")
    supply.say("supplier", firm.iri).say("operatesFrom", supplier.since).say("operatesUntil", supplier.until)
    supply.say("supplierRole", ox.NamedNode(things.law.roles[supplier.role]) if supplier.role else None)
    supply.say("contractCovers", *map(things.law_node, supplier.contract_covers))
    if supplier.contract:
        contract = things.part(supplier, "contract", "Document", label=supplier.contract)
        contract.say(DCT_TITLE, things.words(supplier.contract)).say("documentOf", supply.iri)
    for asset in _assets(things, supplier.supplies):
        Node(things.out, asset).say("suppliedUnder", supply.iri)


def _is_labelled(things: Things, node: Node) -> bool:
    """Say whether an agent of `organisation.yaml` has its name already; the one there goes first."""
    return things.out.sources[node.iri.value].file.endswith("organisation.yaml")


def _assets(things: Things, ids: Sequence[str]) -> list[ox.NamedNode]:
    """Return the nodes that stand behind ids of systems, models and datasets."""
    kinds = ("system", "model", "dataset")
    nodes = [things.names(kind, id_) for id_ in ids for kind in kinds]
    return [ox.NamedNode(iri) for iri in nodes if iri in things.out.sources]


def _say_objective(things: Things, objective: Objective) -> None:
    node = things.node(objective, "AIObjective", label=objective.title)
    node.say("inManagementSystem", things.management_system).say("ownedBy", things.agent(objective.owner))
    node.say("targetValue", objective.target).say("dueOn", objective.due)
    node.say("objectiveStatus", things.concept("objective-status", objective.status))
    node.say(RDFS_COMMENT, things.words(objective.measure))
    if objective.last_measured:
        label = objective.measure or objective.title
        taken = things.part(objective, "objective-measurement", "Measurement", label=label)
        taken.say("measuredOn", objective.last_measured).say("measuredValue", objective.status)
        node.say("measuredBy", taken.iri)


def _say_measurement(things: Things, measurement: Measurement) -> None:
    node = things.node(measurement, "Measurement", label=measurement.what)
    node.say("inManagementSystem", things.management_system).say("measuredOn", measurement.last_on)
    node.say("measuredValue", measurement.result).say("measuredEveryDays", measurement.every_days)
    node.say("dueOn", measurement.next_due)


def _say_change(things: Things, change: PlannedChange) -> None:
    node = things.node(change, "PlannedChange", label=change.title).say("changeOf", things.management_system)
    node.say("changePurpose", things.words(change.purpose)).say("ownedBy", things.agent(change.owner))
    node.say("operatesFrom", change.start)


def _say_context(things: Things) -> None:
    context = things.register.context
    for issue in context.issues:
        node = things.label(things.out.node(issue.iri, "ContextIssue", where=issue.location), issue.text)
        node.say("inManagementSystem", things.management_system)
    for i, party in enumerate(context.parties, start=1):
        node = things.label(things.out.node(party.iri, "InterestedParty", where=party.location), party.name)
        node.say("inManagementSystem", things.management_system)
        iri = things.names("party-requirement", str(i))
        need = things.out.node(iri, "InterestedPartyRequirement", where=party.location)
        things.label(need, party.requirement).say("requirementOf", node.iri)
        need.say("inManagementSystem", things.management_system)
