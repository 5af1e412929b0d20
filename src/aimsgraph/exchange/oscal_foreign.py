"""OSCAL mapping collections of others, with the weakest reading that is safe.

`intersects-with` says only that something is shared: its authors need not have checked that each side has more. A
relation in a namespace of somebody else is not guessed at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import unquote

from aimsgraph.domain.identifiers import slugify
from aimsgraph.domain.time import parse_date
from aimsgraph.exchange.foreign_set import End, ForeignSets, percent
from aimsgraph.exchange.losses import LossKind
from aimsgraph.exchange.mapping_table import OVERLAPPING, Imported, MappingRow, SetHeader, clean
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.node import Node

OSCAL_NS = ("", "http://csrc.nist.gov/ns/oscal", "http://csrc.nist.gov/ns/oscal/1.0")
_RELATIONS = {
    "equal-to": ("equal-to",),
    "equivalent-to": ("equivalent-to",),
    "subset-of": ("subset-of",),
    "superset-of": ("superset-of",),
    "intersects-with": OVERLAPPING,
    "no-relationship": ("no-relationship",),
}
_BASES = ("syntactic", "semantic", "functional")
_METHODS = {"human": "human", "automation": "automated", "automated": "automated", "hybrid": "hybrid"}
_MAP = (
    "uuid", "ns", "relationship", "sources", "targets", "matching-rationale", "qualifiers", "confidence-score",
    "coverage", "remarks",
)  # fmt: skip
_MAPPING = (
    "uuid", "source-resource", "target-resource", "maps", "matching-rationale", "source-gap-summary",
    "target-gap-summary", "method",
)  # fmt: skip


def read_foreign(collection: Node, names: Names, ours: Mapping[str, str]) -> Imported:
    """Return the sets of a foreign mapping collection.

    Raises:
        InputError: a field is wrong or missing, or nothing could be read.
    """
    return _Reader(collection, names, ours).read()


class _Reader:
    """Reads one collection."""

    def __init__(self, collection: Node, names: Names, ours: Mapping[str, str]) -> None:
        self.collection = collection
        self.sets = ForeignSets(names, ours, self._header(), collection.source.file)
        self.keys: dict[str, str] = {}
        self.by_iri = {framework.iri: framework.slug for framework in names.frameworks.values()}

    def read(self) -> Imported:
        for name in self.collection.unread(("uuid", "metadata", "provenance", "mappings", "back-matter")):
            self._drop(name, self.collection)
        for mapping in self.collection.children("mappings"):
            for name in mapping.unread(_MAPPING):
                self._drop(name, mapping)
            source, target = (self._framework(mapping.child(f"{side}-resource")) for side in ("source", "target"))
            basis = mapping.text("matching-rationale") or self._set_basis()
            for one in mapping.children("maps"):
                self._read_map(one, source, target, basis)
            self._read_gaps(mapping, "source", source, target)
            self._read_gaps(mapping, "target", target, source)
        return self.sets.imported()

    def _header(self) -> SetHeader:
        metadata = self.collection.child("metadata")
        provenance = self.collection.child("provenance") if "provenance" in self.collection else None
        title = metadata.text("title", required=True)
        day = metadata.text("last-modified")
        try:
            modified: dt.date | None = parse_date(day[:10]) if day else None
        except ValueError as error:
            raise metadata.wrong("last-modified", str(error), "write a date and time of ISO 8601") from error
        notes = [provenance.text("mapping-description")] if provenance else []
        notes.append(f"Imported from OSCAL mapping collection {self.collection.text('uuid')}".strip())
        return SetHeader(
            id=slugify(title)[:80].strip("-") or "oscal",
            title=title,
            subject="",
            object="",
            version=metadata.text("version"),
            author=", ".join(party.text("name") for party in metadata.children("parties") if "name" in party),
            authored_on=modified,
            method=_METHODS.get(provenance.text("method"), "") if provenance else "",
            notes=tuple(note for note in notes if note),
        )

    def _set_basis(self) -> str:
        return self.collection.child("provenance").text("matching-rationale") if "provenance" in self.collection else ""

    def _framework(self, resource: Node) -> str:
        """Return the key of a mapped resource: its title where the back matter has one, else its address."""
        href = resource.text("href", required=True)
        title = ""
        if href.startswith("#") and "back-matter" in self.collection:
            for one in self.collection.child("back-matter").children("resources"):
                if one.text("uuid") == href[1:]:
                    title = one.text("title")
        if href in self.sets.ours:
            return href
        if title in self.sets.ours:
            return title
        if slug := self.by_iri.get(href.rstrip("/")):
            return self.sets.key_of_ours(slug)
        address = href.partition("#")[0].partition("?")[0].rstrip("/")
        last = unquote(address.rpartition("/")[2]).removesuffix(".json").removesuffix(".xml")
        key = self.keys.setdefault(href, clean(title or last or href))
        if sum(known == key for known in self.keys.values()) > 1:
            key = self.keys[href] = f"{key} {href}"  # two resources of one title stay two frameworks
        self.sets.foreign.framework(key, title or last or href, "", href)
        return key

    def _read_map(self, one: Node, source: str, target: str, basis: str) -> None:
        for name in one.unread(_MAP):
            self._drop(name, one)
        word, namespace = one.text("relationship", required=True), one.text("ns")
        if namespace.rstrip("#/") not in OSCAL_NS or word not in _RELATIONS:
            why = f"the relationship {word!r}{f' of {namespace}' if namespace else ''} is not known"
            self.sets.losses.add(LossKind.SKIPPED, "row", why, one.where("relationship"))
            return
        if word == "intersects-with":
            why = "intersects-with is read as: something is shared"
            self.sets.losses.add(LossKind.WEAKENED, "relation", why, one.where("relationship"))
        gap_object, gap_subject, notes = self._qualifiers(one)
        extent, said = self._coverage(one, _RELATIONS[word])
        confidence = self._confidence(one)
        basis = one.text("matching-rationale") or basis
        row = MappingRow(
            id="",
            subjects=(),
            objects=(),
            relations=_RELATIONS[word],
            extent=extent,
            rationale=one.text("remarks"),
            gap_object=gap_object,
            gap_subject=gap_subject,
            basis=basis if basis in _BASES else "",
            confidence=confidence,
            note=clean(" ".join([*notes, said])),
            location=one.where(),
        )
        self.sets.add(self._ends(one, "sources", source), self._ends(one, "targets", target), row)

    def _ends(self, one: Node, name: str, framework: str) -> list[End]:
        items = one.children(name)
        if not items:
            raise one.wrong(name, f"{name!r} names no item", "every map has sources and targets")
        return [End(framework, item.text("id-ref", required=True)) for item in items]

    def _qualifiers(self, one: Node) -> tuple[str, str, list[str]]:
        gaps: dict[str, list[str]] = {"target": [], "source": []}
        notes = []
        for qualifier in one.children("qualifiers"):
            side, predicate = qualifier.text("subject"), qualifier.text("predicate")
            description = qualifier.text("description")
            if predicate == "has-requirement" and side in gaps:
                gaps[side].append(description)
            else:
                notes.append(f"Qualifier of the source: {side} {predicate} {description}")
        return clean(" ".join(gaps["target"])), clean(" ".join(gaps["source"])), notes

    def _coverage(self, one: Node, relations: tuple[str, ...]) -> tuple[str, str]:
        """Return the extent that a coverage means, where the relation allows it, and the words that keep the number."""
        if "coverage" not in one:
            return "", ""
        value = one.child("coverage").number("target-coverage", 0, 1)
        if value is None:
            return "", ""
        extent, whole = percent(value), {"equal-to", "equivalent-to", "superset-of"} & set(relations)
        fits = (extent == "all" and whole) or (extent in ("most", "some") and relations != ("superset-of",))
        fits = fits or (extent == "none" and relations == ("no-relationship",))
        self.sets.losses.add(LossKind.WEAKENED, "coverage", "a number becomes a word and a note", one.where("coverage"))
        return extent if fits else "", f"Coverage of the target stated by the source: {value}."

    def _confidence(self, one: Node) -> Decimal | None:
        if "confidence-score" not in one:
            return None
        score = one.child("confidence-score")
        if "percentage" not in score:
            why = "a category is no number"
            self.sets.losses.add(LossKind.DROPPED, "confidence category", why, score.where())
        return score.number("percentage", 0, 1)

    def _read_gaps(self, mapping: Node, side: str, own: str, other: str) -> None:
        for summary in mapping.children(f"{side}-gap-summary"):
            for selection in summary.children("unmapped-controls"):
                ids = selection.data.get("with-ids") or []
                if not isinstance(ids, list) or not all(isinstance(id_, str) for id_ in ids):
                    raise selection.wrong("with-ids", "no list of ids", "write a list of texts")
                if "matching" in selection or "with-child-controls" in selection:
                    self._drop("gap by pattern or with child controls", selection)
                reason = "Listed as unmapped by the source."
                for id_ in ids:
                    day, where = self.sets.header.authored_on, selection.where("with-ids")
                    self.sets.add_nomatch(End(own, id_), other, reason, day, where, is_object=side == "target")

    def _drop(self, name: str, node: Node) -> None:
        self.sets.losses.add(LossKind.DROPPED, name, "a mapping set has no such field", node.where(name))
