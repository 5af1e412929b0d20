"""Writes mapping sets as OSCAL 1.2 `mapping-collection` JSON; `oscal_read` reads them.

OSCAL has the relation words, joint rows, gaps as qualifiers, the matching rationale, confidence and coverage. What it
has no field for stands in `props` of our namespace, so that nothing is lost. A relation that is a set of words is
written in our namespace too, for OSCAL would read one word as the whole truth. Ids are UUIDs of version 5: the same set
gives the same bytes.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from aimsgraph.content.mapping_compile import MAP, row_iri
from aimsgraph.domain.identifiers import TERM, is_statement_id
from aimsgraph.exchange.cells import header_fields, nomatch_cells, review_cells, row_cells
from aimsgraph.exchange.foreign_text import foreign_fields
from aimsgraph.exchange.losses import LossBook, LossKind, LossReport
from aimsgraph.exchange.mapping_table import MappingRow, MappingTable, NoMatchRow, ReviewRow
from aimsgraph.exchange.names import FrameworkName, Names

VERSION = "1.2.1"
NS = TERM.removesuffix("#")
"""The namespace of our props and of relations that are sets."""
METHODS = {"human": "human", "automated": "automation", "hybrid": "hybrid"}
ROW_PROPS = ("id", "extent", "perspective", "effect", "citation", "status", "author", "author_kind", "authored_on")
EXTENT_METHOD = "extent-judgement"
OVERLAPS = "overlaps"
UNDETERMINED = "undetermined"
_UNDATED = "1970-01-01"
_UUIDS = uuid.uuid5(uuid.NAMESPACE_URL, MAP)
_COVERAGE = {"all": 1.0, "none": 0.0}
Json = dict[str, Any]


def write_oscal(table: MappingTable, names: Names) -> tuple[bytes, LossReport]:
    """Return a mapping set as an OSCAL mapping collection, and what it could not carry.

    Raises:
        InputError: a row names an item or framework that `names` does not know.
    """
    names = names.with_foreign(table.foreign)
    book = LossBook()
    body = _collection(table, names, book)
    digest = json.dumps(body, sort_keys=True, ensure_ascii=False)
    document = {"mapping-collection": {"uuid": _uuid(f"{table.header.id} {digest}"), **body}}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(), book.report()


def prop(name: str, value: str, remarks: str = "", class_: str = "") -> Json:
    """Return a property of our namespace."""
    found = {"name": name.replace("_", "-"), "ns": NS, "value": value, "class": class_, "remarks": remarks}
    return {key: text for key, text in found.items() if text}


def _collection(table: MappingTable, names: Names, book: LossBook) -> Json:
    header = table.header
    day = header.authored_on.isoformat() if header.authored_on else _UNDATED
    if not header.authored_on:
        book.add(LossKind.ASSUMED, "last-modified", f"the set has no date; OSCAL demands one: {_UNDATED}")
    if not header.version:
        book.add(LossKind.ASSUMED, "version", "the set has no version; OSCAL demands one: 0")
    metadata = {
        "title": header.title,
        "last-modified": f"{day}T00:00:00Z",
        "version": header.version or "0",
        "oscal-version": VERSION,
        "props": [prop(name, value) for name, value in (*header_fields(header), *foreign_fields(table.foreign))],
    }
    basis = Counter(row.basis for row in table.rows if row.basis).most_common(1)
    provenance = {
        "method": METHODS.get(header.method, "human"),
        "matching-rationale": basis[0][0] if basis else "semantic",
        "status": _status(table),
        "mapping-description": " ".join((f"{header.title}.", *header.notes)),
    }
    if not header.method:
        book.add(LossKind.ASSUMED, "method", "the set states no method; OSCAL demands one: human")
    return {"metadata": metadata, "provenance": provenance, "mappings": [_mapping(table, names, book)]}


def _mapping(table: MappingTable, names: Names, book: LossBook) -> Json:
    subject, object_ = table.header.slugs
    reviews = table.reviews_of()
    known = {row.id for row in table.nomatches}
    props = [
        prop("no-match", _compact({k: v for k, v in nomatch_cells(row).items() if k != "reason"}), row.reason)
        for row in table.nomatches
    ]
    props += [_review(n, review) for id_ in known & reviews.keys() for n, review in reviews[id_]]
    found = {
        "uuid": _uuid(f"{table.header.id} mapping"),
        "source-resource": _resource(names.framework(subject), table.header.subject),
        "target-resource": _resource(names.framework(object_), table.header.object),
        "maps": [_map(row, table, names, reviews.get(row.id, []), book) for row in table.rows],
        "props": props,
        "source-gap-summary": _gap_summary("source", table, object_),
        "target-gap-summary": _gap_summary("target", table, subject),
    }
    if not table.rows:
        book.add(LossKind.DROPPED, "maps", "the set has no rows; OSCAL demands at least one map")
    return {key: value for key, value in found.items() if value}


def _map(
    row: MappingRow, table: MappingTable, names: Names, reviews: list[tuple[int, ReviewRow]], book: LossBook
) -> Json:
    cells = row_cells(row)
    props = [prop(name, cells[name]) for name in ROW_PROPS if cells[name]]
    found: Json = {"uuid": _uuid(row_iri(table.header.id, row.id))}
    if len(row.relations) == 1:
        found["relationship"] = row.relations[0]
    else:
        found["ns"] = NS
        found["relationship"] = UNDETERMINED if "no-relationship" in row.relations else OVERLAPS
        props += [prop("relation", word) for word in row.relations]
        book.add(LossKind.WEAKENED, "relation", f"a set of relations; others read only {NS}", row.location)
    found["sources"] = _items(row.subjects, row.subject_versions, names, row)
    found["targets"] = _items(row.objects, row.object_versions, names, row)
    if row.basis:
        found["matching-rationale"] = row.basis
    found["qualifiers"] = [
        {"subject": side, "predicate": "has-requirement", "category": "addressable", "description": gap}
        for side, gap in (("target", row.gap_object), ("source", row.gap_subject))
        if gap
    ]
    if row.confidence is not None:
        found["confidence-score"] = {"percentage": _float(row.confidence, row, book)}
    if row.extent in _COVERAGE:
        found["coverage"] = {"generation-method": EXTENT_METHOD, "target-coverage": _COVERAGE[row.extent]}
    if row.note:
        props.append(prop("note", row.note))
    props += [_review(number, review) for number, review in reviews]
    found["props"] = props
    found["remarks"] = row.rationale
    return {key: value for key, value in found.items() if value not in ("", [])}


def _items(references: Iterable[str], pins: tuple[str, ...], names: Names, row: MappingRow) -> list[Json]:
    found = []
    for number, reference in enumerate(references):
        names.iri_of(reference, row.location)
        local = reference.partition(":")[2]
        item: Json = {"type": "statement" if is_statement_id(local) else "control", "id-ref": local}
        if pins:
            item["props"] = [prop("version", pins[number])]
        if label := names.labels.get(reference):
            item["remarks"] = label
        found.append(item)
    return found


def _resource(framework: FrameworkName, edition: str) -> Json:
    return {"type": "catalog", "href": framework.iri, "props": [prop("framework", edition, framework.title)]}


def _gap_summary(side: str, table: MappingTable, scope: str) -> Json | None:
    """Return the items of a side that have no counterpart in the scope; ids that are no tokens stand in props alone."""
    ids = [token_of(row) for row in table.nomatches if row.scope == scope]
    if not ids:
        return None
    return {"uuid": _uuid(f"{table.header.id} {side}-gap"), "unmapped-controls": [{"with-ids": ids}]}


def token_of(row: NoMatchRow) -> str:
    """Return an item's id as an OSCAL token: it begins with a letter and has no brackets.

    >>> token_of(NoMatchRow("eu-ai-act:Art.6(2)", "iso-42001", "")), token_of(NoMatchRow("iso-42001:6.3", "gdpr", ""))
    ('Art.6_2_', '_6.3')
    """
    local = row.item.partition(":")[2]
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in local)
    return plain if plain[0].isalpha() or plain[0] == "_" else f"_{plain}"


def _status(table: MappingTable) -> str:
    statuses = {row.status for row in table.rows}
    if statuses == {"deprecated"}:
        return "deprecated"
    return "complete" if statuses <= {"reviewed", "accepted", "deprecated"} and statuses else "draft"


def _review(number: int, review: ReviewRow) -> Json:
    cells = {name: value for name, value in review_cells(review).items() if name != "note" and value}
    return prop("review", _compact({"number": number, **cells}), review.note)


def _float(number: Decimal, row: MappingRow, book: LossBook) -> float:
    value = float(number)
    if Decimal(repr(value)) != number:
        book.add(LossKind.WEAKENED, "confidence", "more digits than a JSON number keeps", row.location)
    return value


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _uuid(name: str) -> str:
    return str(uuid.uuid5(_UUIDS, name))
