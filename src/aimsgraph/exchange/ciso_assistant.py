"""Reads the public library format of CISO Assistant: YAML with frameworks and requirement mapping sets.

`subset`, `superset` and `equal` are taken from source to target, as the tool itself takes them (a superset covers its
target). `intersect` says only that something is shared. A framework in the same file lends its items their short
titles; their texts are not taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aimsgraph.domain.identifiers import slugify
from aimsgraph.domain.time import parse_date
from aimsgraph.exchange.bounded import decode, read_bytes
from aimsgraph.exchange.foreign_set import End, ForeignSets, strength_note
from aimsgraph.exchange.located import parse_yaml
from aimsgraph.exchange.losses import LossKind
from aimsgraph.exchange.mapping_table import OVERLAPPING, Imported, MappingRow, SetHeader
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.node import Node

_RELATIONS = {
    "equal": ("equal-to",),
    "subset": ("subset-of",),
    "superset": ("superset-of",),
    "intersect": OVERLAPPING,
    "not_related": ("no-relationship",),
}
_BASES = {"syntactic": "syntactic", "semantic": "semantic", "functional": "functional", "": ""}
_ROW = (
    "source_requirement_urn", "target_requirement_urn", "relationship", "rationale", "strength_of_relationship",
    "annotation",
)  # fmt: skip


def read_ciso_assistant(path: Path, names: Names, ours: Mapping[str, str] | None = None) -> Imported:
    """Read a library of CISO Assistant: one table a pair of frameworks.

    Args:
        path: the file.
        names: our own names.
        ours: name of a framework in its URNs, such as `iso42001-2023` → slug of the framework of ours that it is.

    Raises:
        InputError: the file cannot be read, or holds no mapping; line, column, the field and a remedy are named.
    """
    return parse_ciso_assistant(read_bytes(path), str(path), names, ours)


def parse_ciso_assistant(data: bytes, file: str, names: Names, ours: Mapping[str, str] | None = None) -> Imported:
    """Read the bytes of a library; see `read_ciso_assistant`."""
    return _Reader(Node(parse_yaml(decode(data, file), file)), names, ours or {}).read()


class _Reader:
    """Reads one library."""

    def __init__(self, library: Node, names: Names, ours: Mapping[str, str]) -> None:
        self.library = library
        self.objects = library.child("objects")
        self.sets = ForeignSets(names, ours, self._header(), library.source.file)
        self.labels: dict[str, tuple[str, str]] = {}

    def read(self) -> Imported:
        for framework in [*self.objects.children("framework"), *self.objects.children("frameworks")]:
            self._read_framework(framework)
        for name in self.objects.unread(("framework", "frameworks", *_SETS)):
            self.sets.losses.add(LossKind.DROPPED, name, "no mapping and no framework", self.objects.where(name))
        found = [one for name in _SETS for one in self.objects.children(name)]
        if not found:
            raise self.objects.wrong("", "there is no requirement mapping set", "give a library that holds a mapping")
        for one in found:
            self._read_set(one)
        return self.sets.imported()

    def _header(self) -> SetHeader:
        library = self.library
        day = library.text("publication_date")
        try:
            published = parse_date(day[:10]) if day else None
        except ValueError as error:
            raise library.wrong("publication_date", str(error), "write YYYY-MM-DD") from error
        origin = library.text("urn") or library.text("ref_id")
        return SetHeader(
            id=slugify(library.text("ref_id") or library.text("urn").rpartition(":")[2])[:80].strip("-"),
            title=library.text("name") or library.text("ref_id") or "CISO Assistant library",
            subject="",
            object="",
            version=library.text("version"),
            licence=library.text("copyright"),
            author=library.text("provider") or library.text("packager"),
            authored_on=published,
            notes=tuple(note for note in (library.text("description"), f"Imported from {origin}") if note),
        )

    def _read_framework(self, framework: Node) -> None:
        urn = framework.text("urn", required=True)
        key = urn.rpartition(":")[2]
        if key not in self.sets.ours:
            version = framework.text("version") or self.library.text("version")
            self.sets.foreign.framework(key, framework.text("name") or key, version, urn)
        has_text = False
        for node in framework.children("requirement_nodes"):
            self.labels[node.text("urn")] = (node.text("ref_id"), node.text("name"))
            has_text = has_text or "description" in node
        if has_text:
            why = "the publisher's text is not taken over"
            self.sets.losses.add(LossKind.DROPPED, "requirement description", why, framework.where("requirement_nodes"))

    def _read_set(self, one: Node) -> None:
        for side in ("source", "target"):
            urn = one.text(f"{side}_framework_urn")
            if urn and (key := urn.rpartition(":")[2]) not in self.sets.ours:
                self.sets.foreign.framework(key, key, "", urn)
        for row in one.children("requirement_mappings"):
            self._read_row(row)

    def _read_row(self, row: Node) -> None:
        word = row.text("relationship", required=True, allowed=tuple(_RELATIONS))
        basis = row.text("rationale").lower()
        if word == "intersect":
            why = "intersect is read as: something is shared"
            self.sets.losses.add(LossKind.WEAKENED, "relation", why, row.where("relationship"))
        if basis not in _BASES:
            raise row.wrong(
                "rationale", f"unknown rationale {basis[:40]!r}", f"one of {', '.join(filter(None, _BASES))}"
            )
        for name in row.unread(_ROW):
            self.sets.losses.add(LossKind.DROPPED, name, "a mapping set has no such field", row.where(name))
        strength = row.text("strength_of_relationship")
        if strength:
            why = "it is neither a confidence nor an extent; kept as a note"
            self.sets.losses.add(
                LossKind.WEAKENED, "strength_of_relationship", why, row.where("strength_of_relationship")
            )
        mapping = MappingRow(
            id="",
            subjects=(),
            objects=(),
            relations=_RELATIONS[word],
            rationale=row.text("annotation"),
            basis=_BASES[basis],
            note=strength_note(strength) if strength else "",
            location=row.where(),
        )
        self.sets.add([self._end(row, "source")], [self._end(row, "target")], mapping)

    def _end(self, row: Node, side: str) -> End:
        """Return the item a URN names: `urn:<packager>:risk:req_node:<framework>:<id>`."""
        name = f"{side}_requirement_urn"
        urn = row.text(name, required=True)
        parts = urn.split(":", 5)
        if len(parts) < 6 or parts[0] != "urn" or not parts[4] or not parts[5]:
            remedy = "write urn:<packager>:risk:req_node:<framework>:<id>"
            raise row.wrong(name, f"{urn[:80]!r} names no requirement", remedy)
        ref, label = self.labels.get(urn, ("", ""))
        is_ours = parts[4] in self.sets.ours
        return End(
            parts[4], ref if ref and is_ours else parts[5], label if not ref or is_ours else f"{ref} {label}".strip()
        )


_SETS = ("requirement_mapping_set", "requirement_mapping_sets")
