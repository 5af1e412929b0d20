"""Turns the checked files of an organisation into one `Register` of plain values."""

from __future__ import annotations

from dataclasses import dataclass

from aimsgraph.content.organisation_compile import OrganisationNames
from aimsgraph.content.organisation_files import Document as File
from aimsgraph.content.organisation_files import OrganisationFiles
from aimsgraph.content.organisation_law import LawIndex
from aimsgraph.content.organisation_models import OrganisationFile
from aimsgraph.content.register_models import AuditsFile, ImpactFile, PolicyFile
from aimsgraph.content.register_tables import OWN
from aimsgraph.content.tables import Row
from aimsgraph.domain.organisation import AISystem, Organisation
from aimsgraph.domain.register import (
    AffectedGroup,
    Audit,
    Certificate,
    Context,
    ControlImplementation,
    Document,
    Evidence,
    Finding,
    ImpactAssessment,
    Incident,
    Issue,
    ManagementReview,
    ManagementSystem,
    Measurement,
    Objective,
    Party,
    Person,
    PlannedChange,
    Register,
    Risk,
    Soa,
    SoaDecision,
    Supplier,
)
from aimsgraph.errors import Location

_ANSWERS = {"yes": True, "no": False, "undetermined": None}


def build_register(
    files: OrganisationFiles, law: LawIndex, organisation: Organisation, systems: tuple[AISystem, ...]
) -> Register:
    """Build the register of a folder without violations."""
    assert files.header is not None
    header, yaml = files.header.model, files.header.yaml
    names = OrganisationNames.of(files, header)
    rows = _Rows(names, law)
    audits = _Audits(names, law, files.audits) if files.audits else None
    own = _Header(names, files.header)
    return Register(
        organisation=organisation,
        systems=systems,
        people=tuple(map(rows.person, files.people)),
        controls=tuple(map(rows.control, files.rows("controls.csv"))),
        soa=_to_soa(files, names, rows),
        risks=tuple(map(rows.risk, files.rows("risks.csv"))),
        impacts=tuple(_to_impact(document, names) for document in files.impacts),
        evidence=tuple(map(rows.evidence, files.rows("evidence.csv"))),
        documents=tuple(_to_document(document, names, law) for document in files.policies),
        audits=audits.audits() if audits else (),
        findings=audits.findings() if audits else (),
        reviews=audits.reviews() if audits else (),
        certificates=audits.certificates() if audits else (),
        incidents=tuple(map(rows.incident, files.rows("incidents.csv"))),
        suppliers=tuple(map(rows.supplier, files.rows("suppliers.csv"))),
        objectives=own.objectives(),
        measurements=own.measurements(),
        changes=own.changes(),
        context=own.context(),
        management_system=ManagementSystem(
            header.management_system.scope or "",
            header.management_system.top_management or "",
            names("management-system"),
            yaml.where("slug"),
        ),
    )


def _plain(law: LawIndex, reference: str) -> str:
    """Return a reference as the graph's `aims:reference` has it: a statement's own, or without the edition."""
    return law.statement(reference) or law.control(reference) or reference


def _statement(law: LawIndex, reference: str) -> str:
    found = law.statement(reference)
    assert found is not None, f"{reference} was checked and is no statement"
    return found


def _to_soa(files: OrganisationFiles, names: OrganisationNames, rows: _Rows) -> Soa:
    assert files.header is not None
    head, table = files.header.model.soa, files.tables.get("soa.csv")
    if head is None:
        return Soa("", "", None, ())
    iri = names("soa", head.version)
    decisions = tuple(rows.decision(row, head.version) for row in (table.rows if table else ()))
    return Soa(
        head.version,
        head.approved_by or "",
        head.approved_on,
        decisions,
        iri,
        files.header.yaml.where("soa", "version"),
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Turns rows of the tables into values."""

    names: OrganisationNames
    law: LawIndex

    def person(self, row: Row) -> Person:
        return Person(
            row["id"],
            self.names.agent(row["id"]),
            row.where("id"),
            row["name"],
            row["role"],
            row["competence"],
            row.date("since"),
            row.date("trained_on"),
            row["training"],
        )

    def control(self, row: Row) -> ControlImplementation:
        own = row["control"] == OWN
        return ControlImplementation(
            row["id"],
            self.names("control", row["id"]),
            row.where("id"),
            "" if own else _plain(self.law, row["control"]),
            own,
            row["title"],
            row.items("systems"),
            row["status"],
            row["owner"],
            row.date("since"),
            row.date("until"),
            tuple(_statement(self.law, reference) for reference in row.items("addresses")),
            row["reviewed_by"],
            row.date("reviewed_on"),
            row["procedure"],
            row["note"],
        )

    def decision(self, row: Row, version: str) -> SoaDecision:
        control = _plain(self.law, row["control"])
        framework, _, local = control.partition(":")
        return SoaDecision(
            control,
            self.names("soa", version, framework, local),
            row.where("control"),
            _ANSWERS[row["applicable"]],
            row["reason"],
            tuple(_statement(self.law, each) if ":" in each else each for each in row.items("driven_by")),
            row.items("implemented_by"),
            row.date("last_review"),
            row.date("next_review"),
            row["status_note"],
        )

    def risk(self, row: Row) -> Risk:
        return Risk(
            row["id"],
            self.names("risk", row["id"]),
            row.where("id"),
            row["title"],
            row["system"],
            row["source"],
            row["affects"],
            row["inherent"],
            row["treatment"],
            row.items("controls"),
            row["residual"],
            row["owner"],
            row.date("assessed_on"),
            row.date("next_review"),
            row["accepted_by"],
            row.date("accepted_on"),
            row.date("accepted_until"),
            row["criterion"],
        )

    def evidence(self, row: Row) -> Evidence:
        return Evidence(
            row["id"],
            self.names("evidence", row["id"]),
            row.where("id"),
            row["title"],
            row["type"],
            tuple(_plain(self.law, each) for each in row.items("supports")),
            row.items("system"),
            row.date("collected_on"),
            row.date("period_from"),
            row.date("period_to"),
            row["collected_by"],
            row["method"],
            row["location"],
            row["sha256"],
            int(row["max_age_days"]) if row["max_age_days"] else None,
            row.flag("refutes"),
            row["metric"],
            row["threshold"],
            row["result"],
            row["dataset"],
            row["tool"],
        )

    def supplier(self, row: Row) -> Supplier:
        return Supplier(
            row["id"],
            self.names.agent(row["id"]),
            row.where("id"),
            row["name"],
            row.items("supplies"),
            row["role"],
            row["contract"],
            tuple(_plain(self.law, each) for each in row.items("contract_covers")),
            row.date("since"),
            row.date("until"),
            row["contact"],
        )

    def incident(self, row: Row) -> Incident:
        return Incident(
            row["id"],
            self.names("incident", row["id"]),
            row.where("id"),
            row["system"],
            row["title"],
            row["kind"],
            row.date("aware_on"),
            row.date("reported_on"),
            row["reported_to"],
            row.items("corrective"),
            row["note"],
        )


def _to_impact(document: File[ImpactFile], names: OrganisationNames) -> ImpactAssessment:
    impact, yaml = document.model, document.yaml
    groups = tuple(
        AffectedGroup(
            group.name,
            group.harms,
            group.safeguards,
            names("affected-group", impact.id, str(i + 1)),
            yaml.where("affected_groups", i, "name"),
        )
        for i, group in enumerate(impact.affected_groups)
    )
    return ImpactAssessment(
        impact.id,
        names("impact-assessment", impact.id),
        yaml.where("id"),
        impact.kind,
        impact.system,
        impact.done_on,
        impact.by or "",
        impact.next_review,
        impact.reuses,
        groups,
        impact.notified_on,
        impact.conclusion or "",
        impact.document or "",
    )


def _to_document(document: File[PolicyFile], names: OrganisationNames, law: LawIndex) -> Document:
    policy = document.model
    return Document(
        policy.id,
        names("document", policy.id),
        document.yaml.where("id"),
        policy.kind,
        policy.title,
        policy.version or "",
        policy.owner or "",
        policy.approved_by or "",
        policy.approved_on,
        policy.next_review,
        tuple(law.control(reference) or reference for reference in policy.documents),
        policy.retention or "",
        policy.communicated_on,
        policy.systems,
    )


@dataclass(frozen=True, slots=True)
class _Audits:
    """Turns `audits.yaml` into values."""

    names: OrganisationNames
    law: LawIndex
    document: File[AuditsFile]

    def _at(self, list_: str, i: int) -> Location:
        return self.document.yaml.where(list_, i, "id")

    def audits(self) -> tuple[Audit, ...]:
        return tuple(
            Audit(
                audit.id,
                self.names("audit", audit.id),
                self._at("programme", i),
                audit.kind,
                audit.on,
                audit.auditor,
                tuple(self.law.control(reference) or reference for reference in audit.scope),
                audit.report or "",
            )
            for i, audit in enumerate(self.document.model.programme)
        )

    def findings(self) -> tuple[Finding, ...]:
        return tuple(
            Finding(
                finding.id,
                self.names("finding", finding.id),
                self._at("findings", i),
                finding.audit,
                _plain(self.law, finding.against),
                finding.grade,
                finding.text,
                finding.cause or "",
                finding.action or "",
                finding.action_owner or "",
                finding.due,
                finding.closed_on,
                finding.effective_on,
            )
            for i, finding in enumerate(self.document.model.findings)
        )

    def reviews(self) -> tuple[ManagementReview, ...]:
        return tuple(
            ManagementReview(
                review.id,
                self.names("review", review.id),
                self._at("reviews", i),
                review.on,
                review.inputs,
                review.decisions,
                review.minutes or "",
            )
            for i, review in enumerate(self.document.model.reviews)
        )

    def certificates(self) -> tuple[Certificate, ...]:
        return tuple(
            Certificate(
                certificate.id,
                self.names("certificate", certificate.id),
                self._at("certificates", i),
                certificate.of,
                certificate.by,
                certificate.valid_from,
                certificate.valid_until,
                certificate.scope or "",
                certificate.soa_version or "",
            )
            for i, certificate in enumerate(self.document.model.certificates)
        )


@dataclass(frozen=True, slots=True)
class _Header:
    """Turns the records of `organisation.yaml` into values."""

    names: OrganisationNames
    document: File[OrganisationFile]

    def objectives(self) -> tuple[Objective, ...]:
        return tuple(
            Objective(
                entry.id,
                self.names("objective", entry.id),
                self.document.yaml.where("objectives", i, "id"),
                entry.title,
                entry.owner or "",
                entry.measure or "",
                entry.target or "",
                entry.due,
                entry.status,
                entry.last_measured,
            )
            for i, entry in enumerate(self.document.model.objectives)
        )

    def measurements(self) -> tuple[Measurement, ...]:
        return tuple(
            Measurement(
                entry.id,
                self.names("measurement", entry.id),
                self.document.yaml.where("measurements", i, "id"),
                entry.what,
                entry.every_days,
                entry.last_on,
                entry.result or "",
            )
            for i, entry in enumerate(self.document.model.measurements)
        )

    def changes(self) -> tuple[PlannedChange, ...]:
        return tuple(
            PlannedChange(
                entry.id,
                self.names("change", entry.id),
                self.document.yaml.where("changes", i, "id"),
                entry.title,
                entry.purpose,
                entry.owner or "",
                entry.start,
            )
            for i, entry in enumerate(self.document.model.changes)
        )

    def context(self) -> Context:
        where = self.document.yaml.where
        model = self.document.model.context
        return Context(
            tuple(
                Issue(text, self.names("context-issue", str(i + 1)), where("context", "issues", i))
                for i, text in enumerate(model.issues)
            ),
            tuple(
                Party(
                    party.name,
                    party.requirement,
                    self.names("interested-party", str(i + 1)),
                    where("context", "parties", i, "name"),
                )
                for i, party in enumerate(model.parties)
            ),
        )
