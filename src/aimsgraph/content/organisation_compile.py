"""Compiles a checked organisation's folder to triples; every node lies below the organisation's own base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from aimsgraph.content.emit import Emitter, Node, text
from aimsgraph.content.organisation_files import Document, OrganisationFiles
from aimsgraph.content.organisation_law import LawIndex
from aimsgraph.content.organisation_models import (
    NOT_HIGH_RISK,
    ClassificationEntry,
    OrganisationFile,
    SystemFile,
)
from aimsgraph.domain.organisation import EVERY_SYSTEM, EXCLUSIONS
from aimsgraph.errors import Location
from aimsgraph.graph.vocabulary import DCT_TITLE, RDFS_LABEL, aims

_EVENT_CLASSES = {
    "substantial-modification": "SubstantialModification",
    "significant-design-change": "SignificantDesignChange",
}
_NOT_ROUTES = {NOT_HIGH_RISK: "NotHighRisk", "undetermined": "Undetermined"}


@dataclass(frozen=True, slots=True)
class OrganisationNames:
    """The IRIs below the organisation's base; ids are slugs, so different things never share one."""

    base: str
    slug: str
    people: frozenset[str]

    @classmethod
    def of(cls, files: OrganisationFiles, header: OrganisationFile) -> OrganisationNames:
        """Take the base and the names of people, who are agents like organisations."""
        return cls(header.base, header.slug, frozenset(row["id"] for row in files.people))

    def __call__(self, *parts: str) -> str:
        """Return the IRI with a path such as `system`, `cv-ranker`."""
        return self.base + "/".join(parts)

    def agent(self, id_: str) -> str:
        """Return the IRI of a person or an organisation."""
        return self("person" if id_ in self.people else "organisation", id_)

    @property
    def organisation(self) -> str:
        """The organisation itself."""
        return self.agent(self.slug)


def routes_of(system: SystemFile, law: LawIndex) -> tuple[str, ...]:
    """Return the routes a system is on, in the vocabulary's order; every system is on `all-ai`."""
    return tuple(route for route in law.routes if route in (*system.routes, EVERY_SYSTEM))


def agent_labels(files: OrganisationFiles, header: OrganisationFile) -> dict[str, str]:
    """Return the names of all agents by id."""
    labels = {header.slug: header.name} | {agent.id: agent.name for agent in header.agents}
    return labels | {row["id"]: row["name"] for row in files.people}


def compile_files(files: OrganisationFiles, header: Document[OrganisationFile], law: LawIndex) -> Emitter:
    """Say everything the folder says; the result depends on nothing else."""
    names = OrganisationNames.of(files, header.model)
    compiler = _Compiler(Emitter(), names, law, header.model.language, agent_labels(files, header.model))
    compiler.compile_header(header)
    compiler.compile_people(files)
    for system in files.systems:
        compiler.compile_system(system)
    return compiler.out


@dataclass(frozen=True, slots=True)
class _Compiler:
    out: Emitter
    names: OrganisationNames
    law: LawIndex
    language: str
    labels: Mapping[str, str]

    def _node(self, where: Location, iri: str, *classes: str, label: str) -> Node:
        return self.out.node(iri, *classes, where=where).say(RDFS_LABEL, text(label, self.language))

    def compile_header(self, header: Document[OrganisationFile]) -> None:
        """Say the organisation, its management system, the other agents, and what holds for it as a whole."""
        model, yaml = header.model, header.yaml
        own = self._node(yaml.where("slug"), self.names.organisation, "Organization", label=model.name)
        own.say(DCT_TITLE, text(model.name, self.language)).say("slug", model.slug)
        own.say("jurisdiction", model.jurisdiction)
        label = f"AI management system of {model.name}"
        system = self._node(yaml.where("slug"), self.names("management-system"), "ManagementSystem", label=label)
        system.say("operatedBy", own.iri)
        for i, agent in enumerate(model.agents):
            where = yaml.where("agents", i, "id")
            self._node(where, self.names.agent(agent.id), "Organization", label=agent.name).say("slug", agent.id)
        for code, answer in model.facts.items():
            self._answer(("organisation",), own.iri.value, code, answer, yaml.where("facts", code))

    def _answer(self, path: tuple[str, ...], subject: str, code: str, answer: bool, where: Location) -> None:
        label = f"{code}: {'yes' if answer else 'no'}"
        node = self._node(where, self.names("answer", *path, code), "ConditionAnswer", label=label)
        node.say("answersCondition", ox.NamedNode(self.law.conditions[code])).say("conditionHolds", answer)
        node.say("decisionAbout", ox.NamedNode(subject))

    def compile_people(self, files: OrganisationFiles) -> None:
        """Say who works here, in which role of the management system, with which competence."""
        own, system = ox.NamedNode(self.names.organisation), ox.NamedNode(self.names("management-system"))
        for row in files.people:
            where, words = row.where("role"), row["role"].replace("-", " ")
            person = self.out.node(self.names.agent(row["id"]), "Person", where=row.where("id"))
            person.say(RDFS_LABEL, row["name"]).say("memberOf", own)
            role = self._node(where, self.names("aims-role", row["role"]), "AimsRole", label=words)
            role.say("slug", row["role"])
            iri = self.names("role", "management-system", row["id"], row["role"])
            held = self._node(where, iri, "RoleAssignment", label=f"{row['name']}: {words}")
            held.say("assignedTo", person.iri).say("assignedRole", role.iri).say("inRespectOf", system)
            held.say("heldFrom", row.date("since"))
            if row["competence"]:
                iri = self.names("competence", row["id"])
                record = self._node(row.where("competence"), iri, "CompetenceRecord", label=row["competence"])
                record.say("competenceOf", person.iri).say("competenceFor", role.iri)

    def compile_system(self, document: Document[SystemFile]) -> None:
        """Say one AI system with all that its file holds."""
        system, yaml = document.model, document.yaml
        iri = self.names("system", system.id)
        node = self._node(yaml.where("id"), iri, "AISystem", label=system.name)
        node.say(DCT_TITLE, text(system.name, self.language)).say("systemId", system.id)
        purpose = self.names("purpose", system.id)
        self._node(yaml.where("purpose"), purpose, "IntendedPurpose", label=system.purpose)
        node.say("intendedPurpose", ox.NamedNode(purpose)).say("isPlanned", system.planned)
        node.say("placedOnMarketOn", system.placed_on_market)
        node.say("onRoute", *(ox.NamedNode(self.law.routes[route]) for route in routes_of(system, self.law)))
        node.say("ownedBy", ox.NamedNode(self.names.agent(system.owner or self.names.slug)))
        for code, answer in system.facts.items():
            self._answer(("system", system.id), iri, code, answer, yaml.where("facts", code))
        self._compile_exclusions(document, node.iri)
        self._compile_events(document, node.iri)
        self._compile_roles(document, node.iri)
        self._compile_classification(document, node.iri, system.classification)
        self._compile_assets(document, node)
        self._compile_deployments(document, node)

    def _compile_exclusions(self, document: Document[SystemFile], system: ox.NamedNode) -> None:
        for slug, answer in document.model.art_2_exclusions.items():
            where = document.yaml.where("art_2_exclusions", slug)
            iri = self.names("exclusion", document.model.id, slug)
            node = self._node(where, iri, "ScopeDecision", label=f"{document.model.name}: exclusion {slug}")
            node.say("groundedOn", self._provision(EXCLUSIONS[slug])).say("exclusionApplies", answer)
            node.say("decisionAbout", system)

    def _provision(self, reference: str) -> ox.NamedNode:
        iri = self.law.resolve(reference)
        assert iri is not None, f"{reference} was checked and does not resolve"
        return ox.NamedNode(iri)

    def _compile_events(self, document: Document[SystemFile], system: ox.NamedNode) -> None:
        for i, event in enumerate(document.model.events):
            iri = self.names("event", document.model.id, event.id)
            where = document.yaml.where("events", i, "id")
            node = self._node(where, iri, "Event", _EVENT_CLASSES[event.kind], label=event.description)
            node.say("modificationOf", system).say("happenedOn", event.on)

    def _compile_roles(self, document: Document[SystemFile], system: ox.NamedNode) -> None:
        model = document.model
        for i, role in enumerate(model.roles):
            iri = role_iri(self.names, model.id, role.agent, role.role, role.held_from.isoformat())
            label = f"{self.labels[role.agent]}: {role.role} of {model.name}"
            node = self._node(document.yaml.where("roles", i), iri, "RoleAssignment", label=label)
            node.say("assignedTo", ox.NamedNode(self.names.agent(role.agent)))
            node.say("assignedRole", ox.NamedNode(self.law.roles[role.role])).say("inRespectOf", system)
            node.say("heldFrom", role.held_from).say("heldUntil", role.held_until)
            if role.ground:
                node.say("assumedUnder", self._provision(role.ground))
            if role.triggered_by:
                node.say("triggeredBy", ox.NamedNode(self.names("event", model.id, role.triggered_by)))

    def _compile_classification(
        self, document: Document[SystemFile], system: ox.NamedNode, decision: ClassificationEntry
    ) -> None:
        iri, label = (
            self.names("classification", document.model.id),
            f"classification of {document.model.name}",
        )
        node = self._node(document.yaml.where("classification"), iri, "ClassificationDecision", label=label)
        outcome = decision.outcome or decision.status
        concept = self.law.routes.get(outcome)
        node.say("classifies", system)
        node.say("outcome", ox.NamedNode(concept) if concept else aims(_NOT_ROUTES[outcome]))
        node.say("groundedOn", *(self._provision(reference) for reference in decision.grounded_on))
        node.say("decidedOn", decision.decided_on)
        if decision.decided_by:
            node.say("decidedBy", ox.NamedNode(self.names.agent(decision.decided_by)))
        if decision.rationale:
            node.say("justificationText", text(decision.rationale, self.language))

    def _compile_assets(self, document: Document[SystemFile], system: Node) -> None:
        for i, model in enumerate(document.model.models):
            iri = self.names("model", model.id)
            system.say("usesModel", ox.NamedNode(iri))
            if model.name:
                node = self._node(document.yaml.where("models", i, "id"), iri, "AIModel", label=model.name)
                node.say(DCT_TITLE, text(model.name, self.language))
                node.say("trainedOn", *(ox.NamedNode(self.names("dataset", id_)) for id_ in model.datasets))
        for i, dataset in enumerate(document.model.datasets):
            where, iri = document.yaml.where("datasets", i, "id"), self.names("dataset", dataset.id)
            node = self._node(where, iri, "Dataset", label=dataset.name)
            node.say(DCT_TITLE, text(dataset.name, self.language))
            node.say("containsPersonalData", dataset.personal_data)
            node.say("containsSpecialCategory", dataset.special_categories)

    def _compile_deployments(self, document: Document[SystemFile], system: Node) -> None:
        for i, deployment in enumerate(document.model.deployments):
            where = document.yaml.where("deployments", i, "id")
            iri = self.names("deployment", document.model.id, deployment.id)
            node = self._node(where, iri, "Deployment", label=deployment.name)
            system.say("deployedIn", node.iri)
            node.say("deployedBy", ox.NamedNode(self.names.agent(deployment.by)))
            node.say("deployedFrom", deployment.used_from).say("deployedUntil", deployment.used_until)


def role_iri(names: OrganisationNames, system: str, agent: str, role: str, start: str) -> str:
    """Return the IRI of a role assignment: who, as what, from when, in respect of which system."""
    return names("role", "system", system, agent, role, start)
