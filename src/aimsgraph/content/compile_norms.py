"""Compiles a framework's header, provisions, versions and amendments to triples."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from aimsgraph.content.application import RuleBook
from aimsgraph.content.emit import Emitter, any_uri, text
from aimsgraph.content.names import Concepts, FrameworkNames
from aimsgraph.content.read import FrameworkSource
from aimsgraph.content.tables import Row
from aimsgraph.content.versions import Version
from aimsgraph.domain.citations import format_citation
from aimsgraph.graph.vocabulary import DCT_TITLE, RDFS_COMMENT, RDFS_LABEL

_CLASSES = {
    "control": "ReferenceControl",
    "objective": "ControlObjective",
    "sub-objective": "ControlObjective",
}


def compile_header(out: Emitter, source: FrameworkSource, names: FrameworkNames, concepts: Concepts) -> None:
    """Say what the framework is, who publishes it, under which rights, and how it was checked."""
    header = source.header
    node = out.node(names.framework, "Framework", where=source.yaml.where("slug"))
    node.say(DCT_TITLE, text(header.title, "en")).say(RDFS_LABEL, text(header.short_title, "en"))
    node.say("slug", header.slug).say("edition", header.edition).say("celex", header.celex)
    node.say("publisher", header.publisher).say("jurisdiction", header.jurisdiction)
    node.say("issuedOn", header.issued).say("publishedOn", header.published).say("inForceFrom", header.in_force_from)
    node.say("rights", header.rights).say("textPolicy", concepts("text-policy", header.text_policy))
    node.say("checkedOn", header.checked_on).say("checkedAgainst", header.checked_against)
    node.say("currentTo", header.current_to).say("sourceUrl", any_uri(header.url))
    node.say("frameworkKind", concepts("framework-kind", header.kind)).say("citationStyle", header.style)
    node.say("alsoKnownAs", *header.names)
    node.say("knownMistake", *(f"{local}: {reason}" for local, reason in header.decoys.items()))
    if header.eli:
        node.say("eliIri", any_uri(header.eli))
    for note in header.notes:
        node.say(RDFS_COMMENT, text(note, "en"))


def compile_provisions(
    out: Emitter,
    source: FrameworkSource,
    names: FrameworkNames,
    concepts: Concepts,
    versions: Mapping[str, tuple[Version, ...]],
) -> None:
    """Say every provision with its place, names and versions."""
    rows = {row["id"]: row for row in source.rows("provisions")}
    new_titles = {
        (provision, row["id"]): row["new_title"]
        for row in source.rows("amendments")
        if row["new_title"]
        for provision in row.items("provisions")
    }
    for order, row in enumerate(rows.values(), start=1):
        given = (new_titles.get((row["id"], a)) for v in versions[row["id"]] for a in v.introduced_by)
        newest = [title for title in (row["title"], *given) if title][-1:]
        label = _label(row, rows, source.header.style, "".join(newest))
        _compile_provision(out, row, order, names, concepts, label)
        title = row["title"]
        previous: ox.NamedNode | None = None
        for version in versions[row["id"]]:
            for amendment in version.introduced_by:
                title = new_titles.get((row["id"], amendment), title)
            iri = names.version(row["id"], version.key)
            _compile_version(out, version, iri, previous, names, concepts, title)
            previous = iri
    for gap in source.rows("gaps"):
        out.node(names.provision(gap["provision"]).value).say("missingStatement", text(gap["missing"], "en"))


def compile_amendments(
    out: Emitter, source: FrameworkSource, names: FrameworkNames, concepts: Concepts, acts: Mapping[str, FrameworkNames]
) -> None:
    """Say what changed what: one node an instruction, also for those that touch another act."""
    for row in source.rows("amendments"):
        act = acts[row["instrument"]]
        node = out.node(names.thing("amd", row["id"]).value, "Amendment", where=row.where("id"))
        node.say("amends", *(names.provision(p) for p in row.items("provisions")))
        node.say("byInstrument", ox.NamedNode(act.framework)).say("instructedBy", row["instruction"])
        node.say("amendmentKind", concepts("amendment-kind", row["kind"])).say("effect", text(row["effect"], "en"))
        node.say("amendedUnit", row["unit"]).say("otherAct", row["other_act"])
        node.say("publishedOn", act.header.known_from).say("inForceFrom", act.header.in_force_from)
        node.say("appliesText", "; ".join(row.items("applies")))
        if row["moved_to"]:
            node.say("movedTo", names.provision(row["moved_to"]))
        node.say(RDFS_COMMENT, text(row["note"], "en") if row["note"] else None)


def compile_governs(out: Emitter, rules: RuleBook, names: FrameworkNames) -> None:
    """Say which rules govern which provisions."""
    for provision in names.paths:
        for rule in rules.for_provision(provision):
            out.node(names.thing("app", rule["id"]).value).say("governs", names.provision(provision))


def _compile_provision(
    out: Emitter, row: Row, order: int, names: FrameworkNames, concepts: Concepts, label: str
) -> None:
    header = names.header
    classes = ["Provision"]
    if row["kind"] in _CLASSES:
        classes.append(_CLASSES[row["kind"]])
    node = out.node(names.provision(row["id"]).value, *classes, where=row.where("id"))
    node.say("localId", row["id"]).say("reference", names.reference(row["id"]))
    node.say("inFramework", ox.NamedNode(names.framework)).say("documentOrder", order)
    node.say("provisionKind", concepts("provision-kind", row["kind"])).say(RDFS_LABEL, text(label, "en"))
    if row["parent"]:
        node.say("isDirectPartOf", names.provision(row["parent"]))
    node.say("ownWords", text(row["label"], "en") if row["label"] else None)
    node.say("fullText", text(row["text"], "en") if row["text"] else None)
    if row["assessable"]:
        node.say("isAssessable", row.flag("assessable"))
    node.say("pdcaPhase", concepts("pdca-phase", row["phase"])).say("requiresDocument", row["document"])
    node.say("guidanceId", row["guidance"]).say("titleVariant", row["variant"]).say("sectionNumber", row["section"])
    node.say("titleAgreesWith", *row.items("sources"))
    node.say(RDFS_COMMENT, text(row["note"], "en") if row["note"] else None)
    if header.eli and row["path"]:
        node.say("eliIri", any_uri(f"{header.eli.removesuffix('/oj')}/{row['path']}/oj"))


def _compile_version(
    out: Emitter,
    version: Version,
    iri: ox.NamedNode,
    previous: ox.NamedNode | None,
    names: FrameworkNames,
    concepts: Concepts,
    title: str,
) -> None:
    node = out.node(iri.value, "ProvisionVersion")
    node.say("versionOf", names.provision(version.provision)).say("versionKey", version.key)
    node.say("publishedOn", version.span.published).say("inForceFrom", version.span.start)
    node.say("inForceUntil", version.span.end).say("endPublishedOn", version.span.end_published)
    node.say("versionBasis", concepts("version-basis", "composed" if version.composed else "stated"))
    node.say("introducedBy", *(names.thing("amd", a) for a in version.introduced_by))
    node.say("endedBy", *(names.thing("amd", a) for a in version.ended_by))
    node.say(DCT_TITLE, text(title, "en") if title else None)
    if previous is not None:
        node.say("supersedes", previous)


def _label(row: Row, rows: Mapping[str, Row], style: str, title: str) -> str:
    """Return what a reader sees first: citation, newest title, and for a bare "General" what it is general about."""
    citation = format_citation(row["id"], style)
    if title == "General" and row["parent"] in rows:
        title = f"General ({rows[row['parent']]['title']})"
    if not title:
        return citation
    return f"{citation} {title}" if style == "iso" else f"{citation} – {title}"
