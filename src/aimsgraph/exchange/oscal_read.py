"""Reads OSCAL `mapping-collection` JSON that we wrote, without loss; `oscal_foreign` reads that of others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aimsgraph.domain.relation import WORDS
from aimsgraph.errors import Location
from aimsgraph.exchange.bounded import decode, read_bytes
from aimsgraph.exchange.cells import check_ids, read_header, read_nomatch, read_review, read_row
from aimsgraph.exchange.foreign_text import FRAMEWORK, read_foreign_fields
from aimsgraph.exchange.located import parse_json
from aimsgraph.exchange.mapping_table import (
    Imported,
    MappingRow,
    MappingTable,
    ReviewRow,
)
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.node import Node
from aimsgraph.exchange.oscal import NS, OVERLAPS, UNDETERMINED
from aimsgraph.exchange.oscal_foreign import read_foreign

ROOT = "mapping-collection"


def read_oscal(path: Path, names: Names, ours: Mapping[str, str] | None = None) -> Imported:
    """Read an OSCAL mapping collection in JSON.

    Args:
        path: the file.
        names: our own names.
        ours: `href` or title of a resource → slug of the framework of ours that it is.

    Raises:
        InputError: the file cannot be read; line, column, the field and a remedy are named.
    """
    return parse_oscal(read_bytes(path), str(path), names, ours)


def parse_oscal(data: bytes, file: str, names: Names, ours: Mapping[str, str] | None = None) -> Imported:
    """Read the bytes of an OSCAL mapping collection; see `read_oscal`."""
    collection = Node(parse_json(decode(data, file), file)).child(ROOT)
    if _own_props(collection.child("metadata"), "subject"):
        return Imported((_OwnReader(collection, names).read(),))
    return read_foreign(collection, names, ours or {})


def _own_props(node: Node, name: str) -> list[Node]:
    """Return the properties of our namespace with a name."""
    wanted = name.replace("_", "-")
    return [one for one in node.children("props") if one.text("name") == wanted and one.text("ns") == NS]


@dataclass(slots=True)
class _OwnReader:
    """Reads what `oscal` wrote."""

    collection: Node
    names: Names
    reviews: list[tuple[int, dict[str, str], Location]] = field(default_factory=list)

    def read(self) -> MappingTable:
        metadata = self.collection.child("metadata")
        fields = [
            (one.text("name").replace("-", "_"), one.text("value"), one.where("value"))
            for one in metadata.children("props")
            if one.text("ns") == NS
        ]
        described = [field for field in fields if field[0] in (FRAMEWORK, "foreign_item")]
        header = read_header([field for field in fields if field not in described], metadata.where())
        foreign, self.names = read_foreign_fields(
            [(name.replace("_", "-"), value, where) for name, value, where in described], self.names
        )
        mappings = self.collection.children("mappings")
        if len(mappings) != 1:
            raise self.collection.wrong("mappings", f"{len(mappings)} mappings", "an export of ours has one")
        mapping = mappings[0]
        rows = tuple(self._row(node, *header.slugs) for node in mapping.children("maps"))
        nomatches = []
        for one in _own_props(mapping, "no_match"):
            cells = _json(one, "value") | {"reason": one.text("remarks")}
            nomatches.append(
                read_nomatch(_Source({k: (str(v), one.where("value")) for k, v in cells.items()}), self.names)
            )
        self._note_reviews(mapping)
        ids = check_ids(rows, nomatches)
        ordered = sorted(self.reviews, key=lambda review: review[0])
        reviews = tuple(_review(cells, where, ids) for _, cells, where in ordered)
        return MappingTable(header, rows, tuple(nomatches), reviews, foreign).with_rows_of_set()

    def _row(self, node: Node, subject: str, object_: str) -> MappingRow:
        cells: dict[str, tuple[str, Location]] = {}
        relations = []
        for one in node.children("props"):
            if one.text("ns") != NS:
                continue
            name, value = one.text("name").replace("-", "_"), one.text("value")
            if name == "relation":
                relations.append(value)
            elif name != "review":
                cells[name] = (value, one.where("value"))
        word = node.text("relationship", required=True, allowed=(*WORDS, OVERLAPS, UNDETERMINED))
        said = ";".join(relations) if word in (OVERLAPS, UNDETERMINED) else word
        cells["relation"] = (said, node.where("relationship"))
        cells["rationale"] = (node.text("remarks"), node.where("remarks"))
        cells["basis"] = (node.text("matching-rationale"), node.where("matching-rationale"))
        if "confidence-score" in node:
            score = node.child("confidence-score")
            cells["confidence"] = (score.text("percentage"), score.where("percentage"))
        for one in node.children("qualifiers"):
            side = {"target": "object", "source": "subject"}.get(one.text("subject"), "")
            cells[f"gap_{side}"] = (one.text("description"), one.where("description"))
        for side, slug, name in (("subject", subject, "sources"), ("object", object_, "targets")):
            items = node.children(name)
            ids = [f"{slug}:{item.text('id-ref', required=True)}" for item in items]
            pins = [pin.text("value") for item in items for pin in _own_props(item, "version")]
            cells[side] = (";".join(ids), node.where(name))
            cells[f"{side}_version"] = (";".join(pins), node.where(name))
        row = read_row(_Source(cells, node.where()), self.names)
        self._note_reviews(node, row.id)
        return replace(row, location=node.where())

    def _note_reviews(self, node: Node, row: str = "") -> None:
        for one in _own_props(node, "review"):
            cells = _json(one, "value")
            number = cells.pop("number", None)
            if not isinstance(number, int):
                raise one.wrong("value", "a review without a number", "export the set anew")
            texts = {name: str(value) for name, value in cells.items()} | {"note": one.text("remarks")}
            self.reviews.append((number, {"row": row, **texts} if row else texts, one.where("value")))


def _review(cells: dict[str, str], where: Location, ids: set[str]) -> ReviewRow:
    return read_review(_Source({name: (value, where) for name, value in cells.items()}, where), ids)


def _json(node: Node, name: str) -> dict[str, Any]:
    try:
        value = json.loads(node.text(name))
    except (ValueError, RecursionError) as error:
        raise node.wrong(name, f"not JSON: {error}", "export the set anew") from error
    if not isinstance(value, dict):
        raise node.wrong(name, "no JSON object", "export the set anew")
    return value


class _Source:
    """Cells that know where they stand."""

    def __init__(self, cells: dict[str, tuple[str, Location]], where: Location | None = None) -> None:
        self.cells = cells
        self.place = where or next((at for _, at in cells.values()), Location(""))

    def __getitem__(self, name: str) -> str:
        """Return a cell."""
        return self.cells[name][0] if name in self.cells else ""

    def where(self, name: str = "") -> Location:
        """Return where a cell stands."""
        return self.cells[name][1] if name in self.cells else self.place
