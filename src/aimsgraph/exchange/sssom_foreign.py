"""SSSOM files of others: which frameworks they speak of, and what follows from their predicates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from aimsgraph.domain.identifiers import slugify
from aimsgraph.domain.time import parse_date
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.bounded import Cells
from aimsgraph.exchange.foreign_set import End, ForeignSets
from aimsgraph.exchange.losses import LossKind
from aimsgraph.exchange.mapping_table import Imported, MappingRow, SetHeader, clean, clean_cell, parse_decimal
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.sssom_slots import LICENCES, NO_TERM, relations_for

if TYPE_CHECKING:
    from aimsgraph.exchange.sssom_read import SssomFile

_READ = frozenset({
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "author_id", "author_label", "mapping_date", "confidence", "comment", "record_id",
    "subject_source", "object_source", "mapping_cardinality", "cardinality_scope", "predicate_label", "license",
    "creator_id", "creator_label",
})  # fmt: skip
_CARRIED = frozenset({
    "curie_map", "mapping_set_id", "mapping_set_title", "mapping_set_version", "license", "creator_id",
    "creator_label", "mapping_date", "subject_source", "object_source", "subject_source_version",
    "object_source_version", "sssom_version", "extension_definitions", "comment", "mapping_set_description",
    "publication_date",
})  # fmt: skip
_LAST = re.compile(r"[^/#:]+/?$")
NO_ONE = ("other", "unknown")


def read_foreign(source: SssomFile, names: Names, ours: Mapping[str, str]) -> Imported:
    """Return the sets of a foreign SSSOM file.

    Raises:
        InputError: a line is wrong, or nothing could be read.
    """
    return _ForeignReader(source, names, ours).read()


class _ForeignReader:
    """Reads one file."""

    def __init__(self, source: SssomFile, names: Names, ours: Mapping[str, str]) -> None:
        self.source = source
        self.names = names
        self.sets = ForeignSets(names, ours, self._header(), source.file)
        self.by_iri = {framework.iri: framework.slug for framework in names.frameworks.values()}

    def read(self) -> Imported:
        lines = self.source.lines
        for name in lines[0].columns if lines else {}:
            if name not in _READ and any(line[name] for line in lines):
                self._drop(name, "a mapping set has no such field", lines[0].where(name))
        for name in self.source.metadata.data:
            if name not in _CARRIED:
                self._drop(f"set {name}", "a mapping set has no such field", self.source.metadata.where(name))
        for line in lines:
            if NO_TERM in (line["subject_id"], line["object_id"]):
                self._read_nomatch(line)
            else:
                self._read_line(line)
        return self.sets.imported()

    def _header(self) -> SetHeader:
        meta, where = self.source.meta, self.source.metadata.where
        id_ = slugify(meta("mapping_set_id").rstrip("/").rpartition("/")[2].removesuffix(".sssom.tsv"))
        licences = {iri: text for text, iri in LICENCES.items()}
        lines = self.source.lines
        notes = [meta(name) for name in ("mapping_set_description", "comment") if meta(name)]
        if meta("mapping_set_id"):
            notes.append(f"Imported from {meta('mapping_set_id')}")
        return SetHeader(
            id=id_,
            title=clean(meta("mapping_set_title")) or id_ or "Imported mapping set",
            subject="",
            object="",
            version=clean(meta("mapping_set_version")),
            licence=licences.get(meta("license"), clean(meta("license"))),
            author=_people(meta("creator_id") or meta("creator_label")),
            authored_on=self._day(meta("mapping_date") or meta("publication_date"), where("mapping_date")),
            justification=lines[0]["mapping_justification"] if lines else "",
            notes=tuple(clean(note) for note in notes),
        )

    def _read_line(self, line: Cells) -> None:
        predicate, modifier = self._predicate(line), line["predicate_modifier"]
        if modifier not in ("", "Not"):
            raise InputError(
                f"unknown modifier {modifier[:40]!r}",
                location=line.where("predicate_modifier"),
                remedy="Not or nothing",
            )
        relations = relations_for(predicate, modifier)
        if not relations:
            why = f"from {modifier} {predicate}".replace("  ", " ") + " nothing follows about what is shared"
            self.sets.losses.add(LossKind.SKIPPED, "row", why, line.where("predicate_id"))
            return
        if line["mapping_justification"] != self.sets.header.justification:
            self._drop("mapping_justification", "one justification a set", line.where("mapping_justification"))
        if predicate in ("skos:closeMatch", "skos:relatedMatch"):
            why = f"{predicate} says only that something is shared"
            self.sets.losses.add(LossKind.WEAKENED, "relation", why, line.where("predicate_id"))
        row = MappingRow(
            id="",
            subjects=(),
            objects=(),
            relations=relations,
            rationale=clean_cell(line["comment"], "comment", line.where("comment")),
            confidence=self._confidence(line),
            author=_people(line["author_id"] or line["author_label"]),
            authored_on=self._day(line["mapping_date"], line.where("mapping_date")),
            location=line.where("subject_id"),
        )
        self.sets.add([self._end(line, "subject")], [self._end(line, "object")], row)

    def _read_nomatch(self, line: Cells) -> None:
        if line["subject_id"] == line["object_id"]:
            self.sets.losses.add(LossKind.SKIPPED, "no-match", "names no item", line.where("subject_id"))
            return
        item, other = ("subject", "object") if line["object_id"] == NO_TERM else ("object", "subject")
        where = line.where(f"{item}_id")
        scope = line[f"{other}_source"] or self.source.meta(f"{other}_source")
        if not scope:
            self.sets.losses.add(LossKind.SKIPPED, "no-match", f"no {other}_source says where was searched", where)
            return
        said = clean_cell(line["comment"], "comment", line.where("comment"))
        reason = f"No term found for {self._predicate(line)} in {scope}. {said}".strip()
        day = self._day(line["mapping_date"] or self.source.meta("mapping_date"), line.where("mapping_date"))
        key = self._framework(scope, other)
        self.sets.add_nomatch(self._end(line, item), key, clean(reason), day, where, is_object=item == "object")

    def _end(self, line: Cells, side: str) -> End:
        name = f"{side}_id"
        value, where = line[name].strip(), line.where(name)
        if not value:
            raise InputError(f"{name!r} is empty", location=where, remedy="every line names two items")
        iri = self.source.expand(value, where)
        label = clean_cell(line[f"{side}_label"], f"{side}_label", line.where(f"{side}_label"))
        if reference := self.names.reference_of(iri):
            slug, _, local = reference.partition(":")
            return End(self._own(slug), local, label)
        prefix, _, local = value.partition(":")
        if prefix in self.source.prefixes and local and not local.startswith("//"):
            return End(self._framework(prefix, side), local, label)
        found = _LAST.search(iri)
        local = found.group() if found else iri
        scope = line[f"{side}_source"] or self.source.meta(f"{side}_source") or iri.removesuffix(local)
        return End(self._framework(scope, side), local.strip("/"), label)

    def _own(self, slug: str) -> str:
        """Return a key that stands for a framework of ours and is no prefix of the file."""
        return self.sets.key_of_ours(slug)

    def _framework(self, key: str, side: str) -> str:
        """Return the key of a framework; its version and source come from the set where it is the set's own."""
        where = self.source.metadata.where(f"{side}_source_version")
        iri = self.source.expand(key, where) if ":" in key else self.source.prefixes.get(key, key)
        if iri in self.by_iri or iri.rstrip("/") in self.by_iri:
            return self._own(self.by_iri.get(iri) or self.by_iri[iri.rstrip("/")])
        is_sets_own = self.source.meta(f"{side}_source") in ("", key, iri)
        version = self.source.meta(f"{side}_source_version") if is_sets_own else ""
        short = key if ":" not in key else (next((p for p, i in self.source.prefixes.items() if i == iri), key))
        if key in self.sets.ours:
            return key
        self.sets.foreign.framework(short, short, version, iri)
        return short

    def _predicate(self, line: Cells) -> str:
        value = line["predicate_id"].strip()
        for prefix, iri in self.source.prefixes.items():
            if iri and value.startswith(iri):
                return f"{prefix}:{value.removeprefix(iri)}"
        return value

    def _confidence(self, line: Cells) -> Decimal | None:
        where = line.where("confidence")
        try:
            return parse_decimal(line["confidence"], 0, 1) if line["confidence"] else None
        except ValueError as error:
            raise InputError(f"confidence: {error}", location=where, remedy="write a number from 0 to 1") from error

    def _day(self, value: str, where: Location) -> dt.date | None:
        try:
            return parse_date(value[:10]) if value else None
        except ValueError as error:
            raise InputError(str(error), location=where, remedy="write YYYY-MM-DD") from error

    def _drop(self, what: str, why: str, where: Location) -> None:
        self.sets.losses.add(LossKind.DROPPED, what, why, where)


def _people(value: str) -> str:
    """Return several people as one name."""
    return clean(", ".join(part.replace("\\|", "|") for part in re.split(r"(?<!\\)\|", value)))
