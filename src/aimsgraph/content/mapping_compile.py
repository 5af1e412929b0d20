"""Compiles mapping sets to triples: one named graph a set, every row a node with ends, versions, gaps and reviews."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from aimsgraph.content.emit import Emitter, decimal, text
from aimsgraph.content.mapping_schemas import MappingSetHeader
from aimsgraph.content.names import Concepts, FrameworkNames
from aimsgraph.content.read import FrameworkSource, MappingSetSource
from aimsgraph.content.tables import Row
from aimsgraph.content.versions import Version
from aimsgraph.domain.identifiers import BASE, GRAPH, slugify
from aimsgraph.graph.vocabulary import DCT_TITLE, RDFS_COMMENT, RDFS_LABEL

MAP = BASE + "map/"
_PREDICATES = {
    "equal-to": "skos:exactMatch",
    "equivalent-to": "skos:closeMatch",
    "subset-of": "skos:broadMatch",
    "superset-of": "skos:narrowMatch",
    "intersects-with": "aims:intersects",
}


def graph_of(set_id: str) -> str:
    """Return the named graph of a mapping set."""
    return f"{GRAPH}map/{set_id}"


def row_iri(set_id: str, row_id: str) -> str:
    """Return the IRI of a row; it is never reused."""
    return f"{MAP}{set_id}/{row_id}"


def predicate_of(words: tuple[str, ...]) -> str:
    """Return the SSSOM predicate that says a relation: a SKOS match where one fits, one of ours else."""
    return _PREDICATES.get(words[0], "aims:overlaps") if len(words) == 1 else "aims:overlaps"


@dataclass(frozen=True, slots=True)
class Side:
    """One framework of a mapping set: how its items are named and which version is pinned."""

    names: FrameworkNames
    versions: Mapping[str, tuple[Version, ...]]
    provisions: Mapping[str, str]

    @classmethod
    def of(cls, source: FrameworkSource, names: FrameworkNames, versions: Mapping[str, tuple[Version, ...]]) -> Side:
        """Take a framework; statements are pinned through the provision that states them."""
        return cls(names, versions, {row["id"]: row["provision"] for row in source.rows("statements")})

    def item(self, id_: str) -> ox.NamedNode:
        """Return the IRI of a provision or statement."""
        return self.names.provision_or_statement(id_)

    def version(self, id_: str, key: str, law: dt.date) -> ox.NamedNode:
        """Return the version pinned: the one named, else the one in force on the day the set was made for."""
        provision = self.provisions.get(id_, id_)
        known = self.versions[provision]
        named = next((v for v in known if v.key == key), None)
        on_the_day = (v for v in known if v.span.start <= law and (not v.span.end or law < v.span.end))
        return self.names.version(provision, (named or next(on_the_day, known[-1])).key)


@dataclass(frozen=True, slots=True)
class _Set:
    """What the rows of one set have in common."""

    header: MappingSetHeader
    sides: Mapping[str, Side]
    concepts: Concepts
    iri: ox.NamedNode

    @property
    def slugs(self) -> tuple[str, str]:
        """The slugs of the subject's and the object's framework."""
        return self.header.subject.partition("@")[0], self.header.object.partition("@")[0]

    @property
    def law(self) -> dt.date:
        """The day whose versions are pinned where a row names none."""
        return dt.date.fromisoformat(self.header.law_version) if self.header.law_version else self.header.authored_on


def compile_mapping_set(source: MappingSetSource, sides: Mapping[str, Side], concepts: Concepts) -> Emitter:
    """Say a mapping set: its rows, its no-matches, its reviews."""
    out = Emitter()
    header = source.header
    set_node = out.node(MAP + header.id, "MappingSet", where=source.yaml.where("id"))
    set_node.say(DCT_TITLE, text(header.title, "en")).say(RDFS_LABEL, text(header.title, "en"))
    set_node.say("mappingSetVersion", header.version).say("rights", header.licence)
    in_set = _Set(header, sides, concepts, set_node.iri)
    for name, slug in zip(("subjectFramework", "objectFramework"), in_set.slugs, strict=True):
        set_node.say(name, ox.NamedNode(sides[slug].names.framework))
    for note in header.notes:
        set_node.say(RDFS_COMMENT, text(note, "en"))
    for row in source.all_rows:
        _compile_row(out, row, in_set)
    for row in source.nomatch.rows if source.nomatch else ():
        _compile_nomatch(out, row, in_set)
    reviewed: Counter[str] = Counter()
    for row in source.reviews.rows if source.reviews else ():
        reviewed[row["row"]] += 1
        _compile_review(out, row, reviewed[row["row"]], header, concepts)
    return out


def _compile_row(out: Emitter, row: Row, in_set: _Set) -> None:
    header, concepts = in_set.header, in_set.concepts
    subject, object_ = (in_set.sides[slug] for slug in in_set.slugs)
    iri = row_iri(header.id, row["id"])
    node = out.node(iri, "MappingRecord", "Mapping", where=row.where("id"))
    node.say("inMappingSet", in_set.iri).say("rowId", row["id"])
    node.say("subject", *(subject.item(id_) for id_ in row.items("subject")))
    node.say("object", *(object_.item(id_) for id_ in row.items("object")))
    for side, name in ((subject, "subject"), (object_, "object")):
        pins = row.items(f"{name}_version")
        for i, id_ in enumerate(row.items(name)):
            node.say(f"{name}Version", side.version(id_, pins[i] if i < len(pins) else "", in_set.law))
    words = row.items("relation")
    node.say("relation", *(concepts("relation", word) for word in words)).say("predicate", predicate_of(words))
    node.say("extent", concepts("extent", row["extent"])).say("rationale", text(row["rationale"], "en"))
    for side_name, gap in (("object", row["gap_object"]), ("subject", row["gap_subject"])):
        if gap:
            note = out.node(f"{iri}/gap-{side_name}", "GapNote", where=row.where(f"gap_{side_name}"))
            note.say("gapSide", concepts("gap-side", side_name)).say("gapText", text(gap, "en"))
            node.say("hasGap", note.iri)
    node.say("matchingBasis", concepts("matching-basis", row["basis"])).say("confidence", decimal(row["confidence"]))
    node.say("perspective", *(object_.names.thing("role", role) for role in row.items("perspective")))
    node.say("conformityEffect", concepts("conformity-effect", row["effect"] or "supports-only"))
    node.say("officialJournalCitation", row["citation"])
    node.say("mappingStatus", concepts("mapping-status", row["status"]))
    node.say("mappingMethod", concepts("agent-kind", header.method))
    node.say("author", _agent(out, header.id, row["author"] or header.author))
    node.say("authorKind", concepts("agent-kind", row["author_kind"] or header.author_kind))
    node.say("authoredOn", row.date("authored_on") or header.authored_on)
    node.say(RDFS_COMMENT, text(row["note"], "en") if row["note"] else None)


def _compile_nomatch(out: Emitter, row: Row, in_set: _Set) -> None:
    header = in_set.header
    ours = next(slug for slug in in_set.slugs if slug != row["scope"])
    row_id = f"nomatch-{row['item']}"
    node = out.node(row_iri(header.id, row_id), "MappingRecord", "NoMatch", where=row.where("item"))
    node.say("inMappingSet", in_set.iri).say("rowId", row_id)
    node.say("subject", in_set.sides[ours].item(row["item"]))
    node.say("searchedScope", ox.NamedNode(in_set.sides[row["scope"]].names.framework))
    node.say("rationale", text(row["reason"], "en")).say("author", _agent(out, header.id, header.author))
    node.say("authorKind", in_set.concepts("agent-kind", header.author_kind))
    node.say("authoredOn", row.date("searched_on") or header.authored_on)


def _compile_review(out: Emitter, row: Row, number: int, header: MappingSetHeader, concepts: Concepts) -> None:
    iri = row_iri(header.id, row["row"])
    node = out.node(f"{iri}/review-{number}", "MappingReview", where=row.where("row"))
    node.say("reviewer", _agent(out, header.id, row["reviewer"])).say(
        "reviewerKind", concepts("agent-kind", row["kind"])
    )
    node.say("reviewedOn", row.date("on")).say("isBlind", row.flag("blind"))
    node.say("proposedRelation", *(concepts("relation", word) for word in row.items("proposed")))
    node.say("agreement", _signed(row["agreement"]))
    node.say("reviewNote", text(row["note"], "en") if row["note"] else None)
    out.node(iri).say("hasReview", node.iri)


def _agent(out: Emitter, set_id: str, name: str) -> ox.NamedNode:
    """Return the node of an author or reviewer: an IRI as it stands, a name below its set."""
    if "://" in name:
        return ox.NamedNode(name)
    node = out.node(f"{MAP}{set_id}/agent/{slugify(name)}", "Agent")
    return node.say(RDFS_LABEL, text(name)).iri


def _signed(value: str) -> ox.Literal:
    literal = decimal(value.removeprefix("-"))
    return ox.Literal("-" + literal.value, datatype=literal.datatype) if value.startswith("-") else literal
