"""Compiles what a legal act demands: statements, conditions, roles, application and transition rules, clocks, fines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pyoxigraph as ox

from aimsgraph.content.application import RuleBook
from aimsgraph.content.emit import Emitter, Node, decimal, text
from aimsgraph.content.names import Concepts, FrameworkNames
from aimsgraph.content.read import FrameworkSource
from aimsgraph.content.schemas import ASSESSABLE_MODALITIES, ROUTES
from aimsgraph.content.tables import Row
from aimsgraph.content.versions import Version
from aimsgraph.domain.conditions import parse_condition
from aimsgraph.domain.identifiers import slugify
from aimsgraph.graph.vocabulary import RDFS_COMMENT, RDFS_LABEL

STATEMENT_CLASSES = {
    "must": ("NormStatement", "Obligation"),
    "content-item": ("NormStatement", "Obligation", "ContentRequirement"),
    "must-not": ("NormStatement", "Prohibition"),
    "may": ("NormStatement", "Permission"),
    "option-to-comply": ("NormStatement", "Permission"),
    "status-rule": ("NormStatement", "ConstitutiveStatement"),
    "classification-rule": ("NormStatement", "ConstitutiveStatement"),
    "criterion": ("NormStatement", "ConstitutiveStatement"),
}


def is_assessable(row: Row) -> bool:
    """Say whether a statement counts for mappings and coverage: a live duty that does not just point to others."""
    live = not row["in_force_until"]
    return live and row["modality"] in ASSESSABLE_MODALITIES and not row.flag("umbrella")


def compile_statements(
    out: Emitter,
    source: FrameworkSource,
    names: FrameworkNames,
    concepts: Concepts,
    versions: Mapping[str, tuple[Version, ...]],
    rules: RuleBook,
) -> None:
    """Say every norm statement, who bears it, when, on which route and condition, and which rules date it."""
    for row in source.rows("statements"):
        iri = names.thing("stmt", row["id"])
        node = out.node(iri.value, *STATEMENT_CLASSES[row["modality"]], where=row.where("id"))
        node.say("statementId", row["id"]).say("reference", names.reference(row["id"]))
        node.say(RDFS_LABEL, text(row["label"], "en")).say("inFramework", ox.NamedNode(names.framework))
        node.say("statedIn", names.provision(row["provision"]))
        expressed_by = expressing(row, versions[row["provision"]])
        for version in expressed_by:
            node.say("expressedBy", names.version(version.provision, version.key))
        node.say("borneByRole", *(names.thing("role", role) for role in row.items("roles")))
        node.say("modality", concepts("modality", row["modality"]))
        node.say("arisesOnRoute", *(concepts("route", route) for route in row.items("routes")))
        node.say("arisesAtStage", concepts("stage", row["stage"]))
        node.say("conditionExpression", row["condition"])
        node.say("hasCondition", *(names.thing("cond", code) for code in parse_condition(row["condition"]).codes))
        node.say("isUmbrella", row.flag("umbrella")).say("isAssessable", is_assessable(row))
        node.say("bearerNote", row["bearer_note"])
        node.say(RDFS_COMMENT, text(row["note"], "en") if row["note"] else None)
        if row["replaced_by"]:
            node.say("replacedBy", names.provision_or_statement(row["replaced_by"])).say("isMoved", row.flag("moved"))
        for rule in rules.for_statement(row, expressed_by):
            out.node(names.thing("app", rule["id"]).value).say("governs", iri)


def expressing(statement: Row, versions: tuple[Version, ...]) -> tuple[Version, ...]:
    """Return the versions of its provision that express a statement."""
    start = statement.date("in_force_from") or dt.date.min
    end = statement.date("in_force_until") or dt.date.max
    return tuple(v for v in versions if start <= v.span.start < end)


def compile_vocabulary_of_duties(out: Emitter, source: FrameworkSource, names: FrameworkNames) -> None:
    """Say the roles, conditions and defined terms."""
    for row in source.rows("roles"):
        node = out.node(names.thing("role", row["slug"]).value, "OperatorRole", where=row.where("slug"))
        node.say("slug", row["slug"]).say(RDFS_LABEL, text(row["label"], "en"))
    for row in source.rows("conditions"):
        node = out.node(names.thing("cond", row["code"]).value, "Condition", where=row.where("code"))
        node.say("code", row["code"]).say("question", text(row["question"], "en"))
        node.say(RDFS_LABEL, text(row["question"], "en"))
    for row in source.rows("definitions"):
        provision = names.provision(row["provision"])
        iri = names.thing("term", slugify(row["term"]))
        node = out.node(iri.value, "DefinedTerm", where=row.where("term"))
        node.say("term", text(row["term"], "en")).say(RDFS_LABEL, text(row["term"], "en"))
        node.say("definedBy", provision).say("inFramework", ox.NamedNode(names.framework))
        out.node(provision.value).say("defines", iri)


def compile_rules(out: Emitter, source: FrameworkSource, names: FrameworkNames, concepts: Concepts) -> None:
    """Say the application rules and the transition rules."""
    for row in source.rows("application"):
        node = out.node(names.thing("app", row["id"]).value, "ApplicationRule", where=row.where("id"))
        _say_basis(node, row, names, row["legal_basis"])
        node.say("appliesToRoute", *(concepts("route", route) for route in row.items("routes")))
        node.say("appliesFrom", row.date("applies_from")).say("reading", row["reading"])
        node.say("interpretation", concepts("interpretation", row["interpretation"]))
        node.say(RDFS_COMMENT, text(row["note"], "en") if row["note"] else None)
    for row in source.rows("transitions"):
        iri = names.thing("app", "transition-" + row["id"])
        node = out.node(iri.value, "ApplicationRule", "TransitionRule", where=row.where("id"))
        for spared in row.items("spares"):
            node.say("spares", concepts("route", spared) if spared in ROUTES else names.provision(spared))
        _say_basis(node, row, names, row["provision"])
        node.say("placedBefore", row.date("placed_before")).say("complyBy", row.date("comply_by"))
        node.say("endsOnEvent", row["ends_on"]).say("conditionExpression", row["condition"])
        node.say("hasCondition", *(names.thing("cond", code) for code in parse_condition(row["condition"]).codes))
        node.say("interpretation", concepts("interpretation", row["interpretation"]))
        node.say(RDFS_COMMENT, text(row["note"], "en") if row["note"] else None)


def _say_basis(node: Node, row: Row, names: FrameworkNames, basis: str) -> None:
    """Say where a rule stands and which versions of that article lay it down."""
    article = basis.partition("(")[0]
    node.say("legalBasis", names.provision(basis)).say("inFramework", ox.NamedNode(names.framework))
    node.say("laidDownBy", *(names.version(article, law) for law in row.items("law")))


def compile_consequences(out: Emitter, source: FrameworkSource, names: FrameworkNames, concepts: Concepts) -> None:
    """Say the statutory clocks, the penalties and the timeline."""
    for row in source.rows("clocks"):
        node = out.node(names.thing("clock", row["id"]).value, "Deadline", where=row.where("id"))
        node.say("dueUnder", names.provision(row["provision"])).say("clockCase", row["case"])
        node.say("borneByRole", *(names.thing("role", role) for role in row.items("roles")))
        node.say("duty", text(row["duty"], "en")).say(RDFS_LABEL, text(row["duty"], "en"))
        node.say("duration", row["duration"]).say("isExactDuration", row.flag("exact"))
        node.say("clockStarts", text(row["starts"], "en")).say("effectiveFromText", row["effective"])
        node.say(RDFS_COMMENT, text(row["note"], "en") if row["note"] else None)
    for row in source.rows("penalties"):
        node = out.node(names.thing("penalty", row["id"]).value, "Sanction", where=row.where("id"))
        node.say("sanctionedUnder", names.provision(row["provision"]))
        node.say("infringement", text(row["infringement"], "en")).say(RDFS_LABEL, text(row["infringement"], "en"))
        node.say("maximumAmountEur", int(row["maximum_eur"]) if row["maximum_eur"] else None)
        percent = row["maximum_turnover_percent"]
        node.say("maximumTurnoverPercent", decimal(percent) if percent else None)
        node.say("smallEnterpriseRule", row["small_enterprises"]).say("effectiveFromText", row["effective"])
        node.say("borneByRole", *(names.thing("role", role) for role in row.items("roles")))
        node.say(RDFS_COMMENT, text(row["note"], "en") if row["note"] else None)
    for row in source.rows("timeline"):
        node = out.node(names.thing("event", row["id"]).value, "TimelineEntry", where=row.where("id"))
        node.say("happensOn", row.date("date")).say(RDFS_LABEL, text(row["event"], "en"))
        node.say("legalBasisText", row["legal_basis"]).say("timelineKind", concepts("timeline-kind", row["kind"]))
        node.say("timelineStatus", row["status"]).say("inFramework", ox.NamedNode(names.framework))
