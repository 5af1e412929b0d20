"""Compiles a register to triples: what was set up and decided, risks, effects on people, evidence, documents.

`register_compile_assurance` says the rest. Ids and references become nodes by `Things`; a record's location is
that of its id, and whatever is split off from a record is traced to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from aimsgraph.content.emit import Emitter, Node, any_uri
from aimsgraph.content.organisation_compile import OrganisationNames
from aimsgraph.content.organisation_law import LawIndex
from aimsgraph.content.register_compile_assurance import compile_assurance
from aimsgraph.content.register_nodes import Things
from aimsgraph.content.register_tables import POLICY
from aimsgraph.domain.register import (
    MANAGEMENT_SYSTEM,
    ControlImplementation,
    Document,
    Evidence,
    ImpactAssessment,
    Register,
    Risk,
    Soa,
    SoaDecision,
)
from aimsgraph.graph.vocabulary import DCT_TITLE, RDFS_COMMENT

_IMPACT_CLASSES = {
    "ai-system": "AISystemImpactAssessment",
    "fria": "FundamentalRightsImpactAssessment",
    "dpia": "DataProtectionImpactAssessment",
}
_DOCUMENT_CLASSES = {
    "ai-policy": "AIPolicy",
    "aims-scope": "AimsScope",
    "technical-documentation": "TechnicalDocumentation",
    "instructions-for-use": "InstructionsForUse",
    "post-market-plan": "PostMarketMonitoringPlan",
    "quality-management-system": "QualityManagementSystemDoc",
    "declaration": "DeclarationOfConformity",
}
_OF_THE_MANAGEMENT_SYSTEM = ("ai-policy", "aims-scope")
_APPLICABILITY = {True: "applicable", False: "not-applicable", None: "undetermined"}


def compile_register(register: Register, names: OrganisationNames, law: LawIndex, out: Emitter, language: str) -> None:
    """Say every record of a register but the organisation, its people and its systems themselves."""
    things = Things(register, names, law, out, language)
    compiler = _Compiler(things)
    for control in register.controls:
        compiler.say_control(control)
    compiler.say_soa(register.soa)
    for risk in register.risks:
        compiler.say_risk(risk)
    for impact in register.impacts:
        compiler.say_impact(impact)
    for evidence in register.evidence:
        compiler.say_evidence(evidence)
    for document in register.documents:
        compiler.say_document(document)
    compile_assurance(things)


@dataclass(frozen=True, slots=True)
class _Compiler:
    things: Things

    def say_control(self, control: ControlImplementation) -> None:
        """Say one implementation; a control of the organisation's own becomes a node as well."""
        things = self.things
        node = things.node(control, "ControlImplementation", label=control.title)
        if control.own:
            own = things.part(control, "own-control", "OrganizationalControl", label=control.title)
            node.say("implementationOf", own.iri)
        else:
            node.say("implementationOf", things.law_node(control.control))
        node.say("implementationStatus", things.concept("implementation-status", control.status))
        node.say("implementationOwner", things.agent(control.owner))
        node.say("appliesToAsset", *things.systems(control.systems))
        node.say("operatesFrom", control.since).say("operatesUntil", control.until)
        node.say("addresses", *map(things.law_node, control.addresses))
        node.say("reviewedBy", things.agent(control.reviewed_by)).say("reviewedOn", control.reviewed_on)
        node.say(RDFS_COMMENT, things.words(control.note))
        things.say_paper(control.procedure, node)

    def say_soa(self, soa: Soa) -> None:
        """Say the statement of applicability with all its decisions."""
        if not soa.version:
            return
        things = self.things
        label = f"Statement of applicability {soa.version}"
        node = things.out.node(soa.iri, "StatementOfApplicability", where=soa.location)
        things.label(node, label).say("documentVersion", soa.version)
        node.say("soaOf", things.management_system)
        node.say("approvedBy", things.agent(soa.approved_by)).say("approvedOn", soa.approved_on)
        for decision in soa.decisions:
            self._say_decision(decision, node.iri)

    def _say_decision(self, decision: SoaDecision, soa: ox.NamedNode) -> None:
        things = self.things
        label = f"applicability of {decision.control}"
        node = things.label(things.out.node(decision.iri, "ApplicabilityDecision", where=decision.location), label)
        node.say("inSoA", soa).say("forControl", things.law_node(decision.control))
        node.say("applicability", things.concept("applicability", _APPLICABILITY[decision.applicable]))
        node.say("justificationText", things.words(decision.reason))
        node.say("decidedOn", decision.last_review).say("nextReviewDue", decision.next_review)
        node.say("implementedBy", *(things.record("control", each) for each in decision.implemented_by))
        node.say(RDFS_COMMENT, things.words(decision.status_note))
        for driver in decision.driven_by:
            self._say_driver(node, driver)

    def _say_driver(self, node: Node, driver: str) -> None:
        things = self.things
        register = things.register
        if ":" in driver:
            node.say("drivenBy", things.law_node(driver))
        elif driver == POLICY:
            policies = [document.id for document in register.documents if document.kind == "ai-policy"]
            node.say("drivenByRecord", *(things.record("document", each) for each in policies))
        elif any(risk.id == driver for risk in register.risks):
            node.say("treatsRisk", things.record("risk", driver))
        elif any(impact.id == driver for impact in register.impacts):
            node.say("drivenByRecord", things.record("impact-assessment", driver))
        else:
            node.say("drivenByRecord", things.record("supply", driver))

    def say_risk(self, risk: Risk) -> None:
        """Say one risk with its source, assessment, treatment, criterion and acceptance."""
        things = self.things
        node = things.node(risk, "Risk", label=risk.title)
        of = things.management_system if risk.system == MANAGEMENT_SYSTEM else things.record("system", risk.system)
        node.say("riskOf", of).say("riskTo", things.concept("risk-good", risk.affects))
        node.say("inherentLevel", things.concept("risk-level", risk.inherent))
        node.say("residualLevel", things.concept("risk-level", risk.residual))
        node.say("riskOwner", things.agent(risk.owner)).say("nextReviewDue", risk.next_review)
        if risk.source:
            node.say("hasRiskSource", things.part(risk, "risk-source", "RiskSource", label=risk.source).iri)
        treatment = things.part(risk, "risk-treatment", "RiskTreatment", label=f"treatment of {risk.title}")
        treatment.say("treatmentOption", things.concept("risk-treatment", risk.treatment))
        treatment.say("appliesControl", *(things.record("control", each) for each in risk.controls))
        node.say("treatedBy", treatment.iri)
        if risk.assessed_on:
            day = risk.assessed_on.isoformat()
            iri = things.names("risk-assessment", risk.system, day)
            assessment = things.out.node(iri, "RiskAssessment", where=risk.location)
            things.label(assessment, f"risk assessment of {risk.system} on {day}")
            assessment.say("performedOn", risk.assessed_on).say("assessmentOf", of).say("identifiesRisk", node.iri)
        self._say_acceptance(risk, node)

    def _say_acceptance(self, risk: Risk, node: Node) -> None:
        things, criterion = self.things, None
        if risk.criterion:
            criterion = things.part(risk, "risk-criterion", "RiskCriterion", label=risk.criterion).iri
            node.say("hasCriterion", criterion)
        if risk.accepted_by:
            acceptance = things.part(risk, "risk-acceptance", "RiskAcceptance", label=f"acceptance of {risk.title}")
            acceptance.say("accepts", node.iri).say("decidedBy", things.agent(risk.accepted_by))
            acceptance.say("decidedOn", risk.accepted_on).say("validFrom", risk.accepted_on)
            acceptance.say("validUntil", risk.accepted_until).say("withinCriterion", criterion)

    def say_impact(self, impact: ImpactAssessment) -> None:
        """Say one assessment with the groups affected, what may befall them, and the safeguards."""
        things, system = self.things, self.things.record("system", impact.system)
        label = f"{impact.id} ({impact.kind} impact assessment)"
        node = things.node(impact, "ImpactAssessment", _IMPACT_CLASSES[impact.kind], label=label)
        node.say("assessmentOf", system).say("performedBy", things.agent(impact.by))
        node.say("performedOn", impact.done_on).say("nextReviewDue", impact.next_review)
        node.say("notifiedOn", impact.notified_on).say(RDFS_COMMENT, things.words(impact.conclusion))
        node.say("reuses", *(things.record("impact-assessment", each) for each in impact.reuses))
        things.say_paper(impact.document, node)
        for i, group in enumerate(impact.affected_groups, start=1):
            affected = things.label(things.out.node(group.iri, "AffectedGroup", where=group.location), group.name)
            Node(things.out, system).say("affects", affected.iri)
            safeguards = [
                things.numbered(group.location, "SafeguardMeasure", words, "safeguard", impact.id, i, j).iri
                for j, words in enumerate(group.safeguards, start=1)
            ]
            for j, words in enumerate(group.harms, start=1):
                harm = things.numbered(group.location, "Impact", words, "impact", impact.id, i, j)
                harm.say("impactOn", affected.iri).say("hasSafeguard", *safeguards)
                node.say("identifies", harm.iri)

    def say_evidence(self, evidence: Evidence) -> None:
        """Say one piece of evidence; when it grows stale is worked out here."""
        things = self.things
        node = things.node(evidence, "Evidence", label=evidence.title).say(DCT_TITLE, things.words(evidence.title))
        for supported in evidence.supports:
            node.say(
                "evidences", things.law_node(supported) if ":" in supported else things.record("control", supported)
            )
        node.say("ofEvidenceType", things.concept("evidence-type", evidence.type))
        node.say("supportsOrRefutes", things.concept("evidence-side", "refutes" if evidence.refutes else "supports"))
        node.say("aboutSystem", *things.systems(evidence.systems))
        node.say("collectedOn", evidence.collected_on).say("collectedBy", things.agent(evidence.collected_by))
        node.say("periodFrom", evidence.period_from).say("periodTo", evidence.period_to)
        node.say("collectionMethod", evidence.method).say("sha256", evidence.sha256)
        node.say("locator", any_uri(evidence.locator) if evidence.locator else None)
        node.say("staleAfter", evidence.stale_after)
        if evidence.max_age_days is not None:
            days = str(evidence.max_age_days)
            policy = things.out.node(things.names("freshness", days), "FreshnessPolicy", where=evidence.location)
            things.label(policy, f"fresh for {days} days").say("maxAgeDays", evidence.max_age_days)
            node.say("underPolicy", policy.iri)
        node.say("testMetric", evidence.metric).say("testThreshold", evidence.threshold)
        node.say("testResult", evidence.result).say("testTool", evidence.tool)
        node.say("testDataset", things.record("dataset", evidence.dataset) if evidence.dataset else None)

    def say_document(self, document: Document) -> None:
        """Say one controlled document; technical documentation has a section for each point it answers."""
        things = self.things
        class_ = _DOCUMENT_CLASSES.get(document.kind, "DocumentedInformation")
        node = things.node(document, class_, label=document.title).say(DCT_TITLE, things.words(document.title))
        self._say_control_of(document, node)
        node.say("documentKind", things.concept("document-kind", document.kind))
        node.say("nextReviewDue", document.next_review).say("communicatedOn", document.communicated_on)
        node.say("inManagementSystem", things.management_system)
        node.say("documentOf", *things.systems(document.systems))
        if document.kind in _OF_THE_MANAGEMENT_SYSTEM:
            node.say("documentOf", things.management_system)
        node.say("coversProvision", *map(things.law_node, document.documents))
        if document.kind == "technical-documentation":
            for reference in document.documents:
                framework, _, local = reference.partition(":")
                iri = things.names("section", document.id, framework, local)
                section = things.out.node(iri, "TechDocSection", where=document.location)
                things.label(section, f"{document.title}: {local}").say("coversPoint", things.law_node(reference))
                self._say_control_of(document, section)
                node.say("hasSection", section.iri)

    def _say_control_of(self, document: Document, node: Node) -> None:
        """Say version, owner, approval and retention, which a section shares with its document."""
        node.say("documentVersion", document.version).say("ownedBy", self.things.agent(document.owner))
        node.say("approvedBy", self.things.agent(document.approved_by)).say("approvedOn", document.approved_on)
        node.say("retentionPeriod", document.retention)
