"""Reads SSSOM/TSV: ours without loss, that of others with the weakest reading that is safe.

Of others: `exactMatch` is equal-to, `broadMatch` subset-of (the object is the broader one), `narrowMatch` superset-of,
`closeMatch` and `relatedMatch` say only that something is shared. A predicate from which nothing follows is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from aimsgraph.content.mapping_compile import MAP
from aimsgraph.content.yaml_source import YamlSource
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.bounded import Cells, decode, parse_delimited, read_bytes
from aimsgraph.exchange.cells import check_ids, read_header, read_nomatch, read_review, read_row
from aimsgraph.exchange.foreign_text import read_foreign_fields
from aimsgraph.exchange.located import parse_yaml
from aimsgraph.exchange.mapping_table import Imported, MappingRow, MappingTable, NoMatchRow, ReviewRow, SetHeader
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.sssom_foreign import read_foreign
from aimsgraph.exchange.sssom_slots import LICENCES, NO_TERM, PREFIXES

_BAR = re.compile(r"(?<!\\)\|")
_CELLS = {
    "extent": "aims_extent", "rationale": "comment", "gap_object": "aims_gap_object",
    "gap_subject": "aims_gap_subject", "basis": "aims_basis", "confidence": "confidence", "effect": "aims_effect",
    "citation": "aims_citation", "status": "aims_status", "author_kind": "aims_author_kind",
    "authored_on": "mapping_date", "note": "aims_note",
}  # fmt: skip
_PLACES = {
    **_CELLS, "id": "aims_row", "relation": "aims_relation", "item": "subject_id", "reason": "comment",
    "subject": "subject_id", "object": "object_id", "subject_version": "subject_source_version",
    "object_version": "object_source_version", "author": "author_label", "perspective": "aims_perspective",
    "searched_on": "mapping_date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SssomFile:
    """An SSSOM file as it stands: metadata and lines.

    Attributes:
        metadata: the embedded YAML.
        prefixes: the CURIE prefixes, the built-in ones too.
        lines: the rows.
    """

    file: str
    metadata: YamlSource
    prefixes: Mapping[str, str]
    lines: tuple[Cells, ...]

    def meta(self, name: str) -> str:
        """Return a metadata value as text, lists joined by a bar."""
        value = self.metadata.data.get(name)
        if isinstance(value, list):
            return "|".join(str(part) for part in value)
        return "" if value is None else str(value)

    def expand(self, curie: str, where: Location) -> str:
        """Return the IRI of a CURIE, or an IRI as it stands.

        Raises:
            InputError: the prefix is not declared.
        """
        prefix, colon, rest = curie.partition(":")
        if colon and not rest.startswith("//") and prefix in self.prefixes:
            return self.prefixes[prefix] + rest
        if colon and (rest.startswith("//") or prefix == "urn"):
            return curie
        raise InputError(
            f"{curie[:80]!r} has no declared prefix", location=where, remedy="declare it in curie_map, or write the IRI"
        )


def read_sssom(path: Path, names: Names, ours: Mapping[str, str] | None = None) -> Imported:
    """Read an SSSOM/TSV file: one table, or for a file of others one a pair of frameworks.

    Args:
        path: the file.
        names: our own names.
        ours: prefix or source of the file → slug of the framework of ours that it is.

    Raises:
        InputError: the file cannot be read; line, cell and remedy are named.
    """
    return parse_sssom(read_bytes(path), str(path), names, ours)


def parse_sssom(data: bytes, file: str, names: Names, ours: Mapping[str, str] | None = None) -> Imported:
    """Read the bytes of an SSSOM/TSV file; see `read_sssom`."""
    source = open_sssom(data, file)
    if source.meta("aims_subject"):
        return Imported((_OwnReader(source, names).read(),))
    return read_foreign(source, names, ours or {})


def open_sssom(data: bytes, file: str) -> SssomFile:
    """Return metadata and lines of an SSSOM/TSV file.

    Raises:
        InputError: it is none.
    """
    lines = decode(data, file).split("\n")
    count = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    text = "\n".join(line[1:] for line in lines[:count])
    metadata = parse_yaml(text, file)
    if not isinstance(metadata.data, dict):
        raise InputError("the metadata is no mapping", location=Location(file, 1), remedy="write `#name: value` lines")
    declared = metadata.data.get("curie_map") or {}
    if not isinstance(declared, dict):
        raise InputError("curie_map is no mapping", location=metadata.where("curie_map"), remedy="write prefix: IRI")
    columns, rows = parse_delimited("\n".join(lines[count:]), file, "\t", count + 1)
    for name in ("subject_id", "object_id", "predicate_id"):
        if name not in columns:
            raise InputError(
                f"not SSSOM: the column {name!r} is missing", location=Location(file, count + 1), remedy="add it"
            )
    prefixes = {**PREFIXES, **{str(prefix): str(iri or "") for prefix, iri in declared.items()}}
    return SssomFile(file, metadata, prefixes, tuple(rows))


def unescape(value: str) -> str:
    """Return a value of a list slot without the escapes of its bars."""
    return value.replace("\\|", "|")


def split_bars(value: str) -> tuple[str, ...]:
    """Return the values of a list slot."""
    return tuple(unescape(part).strip() for part in _BAR.split(value) if part.strip())


@dataclass(slots=True)
class _OwnReader:
    """Reads what `sssom` wrote."""

    source: SssomFile
    names: Names
    reviews: list[tuple[Decimal, str, Any, Location]] = field(default_factory=list)

    def read(self) -> MappingTable:
        header = self._header()
        lines = self.source.metadata.data.get("aims_foreign") or []
        where = self.source.metadata.where("aims_foreign")
        if not isinstance(lines, list):
            raise InputError("aims_foreign is no list", location=where, remedy="export the set anew")
        parts = [str(line).partition(" ") for line in lines]
        foreign, self.names = read_foreign_fields([(name, value, where) for name, _, value in parts], self.names)
        rows: dict[str, list[Cells]] = {}
        nomatches = []
        for line in self.source.lines:
            if NO_TERM in (line["subject_id"], line["object_id"]):
                nomatches.append(self._nomatch(line))
            else:
                rows.setdefault(line["aims_row"], []).append(line)
        found = tuple(self._row(lines) for lines in rows.values())
        ids = check_ids(found, nomatches)
        return MappingTable(header, found, tuple(nomatches), self._sorted_reviews(ids), foreign).with_rows_of_set()

    def _header(self) -> SetHeader:
        meta, where = self.source.meta, self.source.metadata.where
        licence = meta("aims_licence") or {iri: text for text, iri in LICENCES.items()}.get(meta("license"), "")
        names = {
            "id": ("mapping_set_id", meta("mapping_set_id").removeprefix(MAP)),
            "title": ("mapping_set_title", meta("mapping_set_title")),
            "subject": ("aims_subject", meta("aims_subject")),
            "object": ("aims_object", meta("aims_object")),
            "version": ("mapping_set_version", meta("mapping_set_version")),
            "licence": ("license", licence),
            "author": ("creator_label", meta("creator_label")),
            "author_kind": ("aims_set_author_kind", meta("aims_set_author_kind")),
            "authored_on": ("aims_authored_on", meta("aims_authored_on")),
            "method": ("aims_method", meta("aims_method")),
            "justification": ("aims_justification", meta("aims_justification")),
            "methodology": ("aims_methodology", meta("aims_methodology")),
            "law_version": ("aims_law_version", meta("aims_law_version")),
        }
        fields = [(name, value, where(slot)) for name, (slot, value) in names.items()]
        notes = self._json(meta("aims_notes") or "[]", where("aims_notes"))
        fields += [("notes", str(note), where("aims_notes")) for note in notes]
        return read_header(fields, where())

    def _row(self, lines: list[Cells]) -> MappingRow:
        first = lines[0]
        cells = {name: first[slot] for name, slot in _CELLS.items()}
        cells["id"] = first["aims_row"]
        cells["relation"] = ";".join(split_bars(first["aims_relation"]))
        cells["perspective"] = ";".join(split_bars(first["aims_perspective"]))
        cells["author"] = unescape(first["author_id"] or first["author_label"])
        for side in ("subject", "object"):
            ends: dict[str, str] = {}
            for line in lines:
                ends[self._reference(line, f"{side}_id")] = line[f"{side}_source_version"]
            cells[side] = ";".join(ends)
            cells[f"{side}_version"] = ";".join(filter(None, ends.values()))
        self._note_reviews(first["aims_row"], first)
        return read_row(_Renamed(cells, first), self.names)

    def _nomatch(self, line: Cells) -> NoMatchRow:
        item, other = ("subject", "object") if line["object_id"] == NO_TERM else ("object", "subject")
        scope = self.source.expand(line[f"{other}_source"], line.where(f"{other}_source"))
        slug = next((f.slug for f in self.names.frameworks.values() if f.iri == scope), scope)
        cells = {"item": self._reference(line, f"{item}_id"), "scope": slug, "reason": line["comment"]}
        row = read_nomatch(_Renamed(cells | {"searched_on": line["mapping_date"]}, line), self.names)
        self._note_reviews(row.id, line)
        return row

    def _reference(self, line: Cells, name: str) -> str:
        iri = self.source.expand(line[name], line.where(name))
        if not (reference := self.names.reference_of(iri)):
            raise InputError(f"no item of ours has the IRI {iri}", location=line.where(name), remedy="check the id")
        return reference

    def _note_reviews(self, row: str, line: Cells) -> None:
        where = line.where("aims_reviews")
        for one in self._json(line["aims_reviews"] or "[]", where):
            if not isinstance(one, dict) or not isinstance(one.get("number"), int):
                raise InputError("a review is no object with a number", location=where, remedy="export the set anew")
            self.reviews.append((Decimal(one["number"]), row, one, where))

    def _sorted_reviews(self, ids: set[str]) -> tuple[ReviewRow, ...]:
        ordered = sorted(self.reviews, key=lambda review: review[0])
        return tuple(
            read_review(_Renamed({k: str(v) for k, v in one.items()} | {"row": row}, None, where), ids)
            for _, row, one, where in ordered
        )

    def _json(self, text: str, where: Location) -> list[Any]:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"not JSON: {error}", location=where, remedy="export the set anew") from error
        if not isinstance(value, list):
            raise InputError("not a JSON list", location=where, remedy="export the set anew")
        return value


class _Renamed:
    """Cells under our own names that stand where the SSSOM cells stand."""

    def __init__(self, cells: dict[str, str], line: Cells | None, where: Location | None = None) -> None:
        self.cells = cells
        self.line = line
        self.place = where

    def __getitem__(self, name: str) -> str:
        """Return a cell."""
        return self.cells.get(name, "")

    def where(self, name: str = "") -> Location:
        """Return where the SSSOM cell stands."""
        if self.line is None:
            return self.place or Location("")
        return self.line.where(_PLACES.get(name, name))
