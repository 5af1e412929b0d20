"""Writes mapping sets as SSSOM/TSV 1.1 with embedded metadata; `sssom_read` reads them.

A joint row becomes one line a pair. `record_id` must not group lines (SSSOM says so), so each line has its own,
and they share `aims_row`; `aims_joint` says how they belong together. A no-match has `sssom:NoTermFound` on the side
that was searched.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator

from aimsgraph.content.mapping_compile import MAP, row_iri
from aimsgraph.domain.identifiers import ID
from aimsgraph.exchange.cells import review_cells
from aimsgraph.exchange.foreign_text import foreign_fields
from aimsgraph.exchange.losses import LossBook, LossKind, LossReport
from aimsgraph.exchange.mapping_table import (
    MappingRow,
    MappingTable,
    NoMatchRow,
    ReviewRow,
    SetHeader,
    show_decimal,
)
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.sssom_slots import (
    COLUMNS,
    JUSTIFICATIONS,
    LICENCES,
    NO_TERM,
    OVERLAPS,
    PREFIXES,
    ROW_SLOTS,
    SET_SLOTS,
    UNSPECIFIED,
    UNSPECIFIED_LICENCE,
    predicate_for,
)

Line = dict[str, str]
_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_WIDE = 2**31 - 1


def write_sssom(table: MappingTable, names: Names) -> tuple[bytes, LossReport]:
    """Return a mapping set as SSSOM/TSV, and what it could not carry.

    Raises:
        InputError: a row names an item that `names` does not know.
    """
    import yaml

    names = names.with_foreign(table.foreign)
    lines = [*_lines(table, names)]
    _say_cardinality(lines)
    columns = [name for name in COLUMNS if name in _REQUIRED or any(line.get(name) for line in lines)]
    metadata = _metadata(table, names, columns)
    text = yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True, width=_WIDE)
    out = io.StringIO()
    out.writelines(f"#{line}\n" for line in text.splitlines())
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode(), _losses(table)


def _metadata(table: MappingTable, names: Names, columns: list[str]) -> dict[str, object]:
    header = table.header
    prefixes = {**PREFIXES, **names.prefixes(sorted({*header.slugs}))}
    extended: dict[str, object] = {**_set_slots(header)}
    if foreign := foreign_fields(table.foreign):
        extended["aims_foreign"] = [f"{name} {value}" for name, value in foreign]
    slots = {name: SET_SLOTS[name] for name in extended} | {n: ROW_SLOTS[n] for n in columns if n in ROW_SLOTS}
    hinted = {"aims_reviews": "rdf:JSON"}
    found: dict[str, object] = {
        "sssom_version": "1.1",
        "curie_map": dict(sorted(prefixes.items())),
        "mapping_set_id": MAP + header.id,
        "mapping_set_version": header.version,
        "mapping_set_title": header.title,
        "creator_label": [header.author] if header.author else [],
        "license": LICENCES.get(header.licence, header.licence if "://" in header.licence else UNSPECIFIED_LICENCE),
        "extension_definitions": [
            {"slot_name": name, "property": iri, "type_hint": hinted.get(name, "xsd:string")}
            for name, iri in slots.items()
        ],
        **extended,
    }
    return {name: value for name, value in found.items() if value}


def _set_slots(header: SetHeader) -> dict[str, str]:
    found = {
        "aims_subject": header.subject,
        "aims_object": header.object,
        "aims_licence": "" if header.licence in LICENCES else header.licence,
        "aims_set_author_kind": header.author_kind,
        "aims_method": header.method,
        "aims_justification": header.justification,
        "aims_methodology": header.methodology,
        "aims_law_version": header.law_version,
        "aims_authored_on": _day(header.authored_on),
        "aims_notes": json.dumps(header.notes, ensure_ascii=False) if header.notes else "",
    }
    return {name: value for name, value in found.items() if value}


def _lines(table: MappingTable, names: Names) -> Iterator[Line]:
    reviews = table.reviews_of()
    for row in table.rows:
        yield from _row_lines(row, table.header, names, reviews.get(row.id, []))
    for none in table.nomatches:
        yield _nomatch_line(none, table.header, names, reviews.get(none.id, []))


def _row_lines(
    row: MappingRow, header: SetHeader, names: Names, reviews: list[tuple[int, ReviewRow]]
) -> Iterator[Line]:
    predicate, modifier = predicate_for(row.relations, len(row.subjects), len(row.objects))
    subject, object_ = (_curie(names.framework(slug).iri) for slug in header.slugs)
    said = {
        "predicate_id": predicate,
        "predicate_modifier": modifier,
        "subject_source": subject,
        "object_source": object_,
        **_provenance(header, row.author, row.authored_on),
        **_reviewed(reviews),
        "confidence": "" if row.confidence is None else show_decimal(row.confidence),
        "comment": row.rationale,
        "aims_author_kind": row.author_kind,
        "aims_basis": row.basis,
        "aims_citation": row.citation,
        "aims_effect": row.effect,
        "aims_extent": row.extent,
        "aims_gap_object": row.gap_object,
        "aims_gap_subject": row.gap_subject,
        "aims_note": row.note,
        "aims_perspective": "|".join(row.perspective),
        "aims_relation": "|".join(row.relations),
        "aims_row": row.id,
        "aims_status": row.status,
    }
    pairs = [(i, j) for i in range(len(row.subjects)) for j in range(len(row.objects))]
    joint = [
        f"all {len(ends)} {side} together"
        for side, ends in (("subjects", row.subjects), ("objects", row.objects))
        if len(ends) > 1
    ]
    for number, (i, j) in enumerate(pairs, start=1):
        part = f"/pair-{number}" if len(pairs) > 1 else ""
        yield said | {
            "record_id": row_iri(header.id, row.id) + part,
            "subject_id": names.curie_of(row.subjects[i], row.location),
            "subject_label": names.labels.get(row.subjects[i], ""),
            "object_id": names.curie_of(row.objects[j], row.location),
            "object_label": names.labels.get(row.objects[j], ""),
            "subject_source_version": row.subject_versions[i] if row.subject_versions else "",
            "object_source_version": row.object_versions[j] if row.object_versions else "",
            "aims_joint": "; ".join(joint),
        }


def _nomatch_line(row: NoMatchRow, header: SetHeader, names: Names, reviews: list[tuple[int, ReviewRow]]) -> Line:
    is_object = row.scope == header.slugs[0]
    subject, object_ = (_curie(names.framework(slug).iri) for slug in header.slugs)
    item, other = ("object", "subject") if is_object else ("subject", "object")
    return {
        "record_id": row_iri(header.id, row.id),
        f"{item}_id": names.curie_of(row.item, row.location),
        f"{item}_label": names.labels.get(row.item, ""),
        f"{other}_id": NO_TERM,
        "subject_source": subject,
        "object_source": object_,
        "predicate_id": OVERLAPS,
        "mapping_cardinality": "0:1" if is_object else "1:0",
        **_provenance(header, "", row.searched_on),
        **_reviewed(reviews),
        "comment": row.reason,
    }


def _provenance(header: SetHeader, author: str, day: dt.date | None) -> Line:
    author = author or header.author
    slot = "author_id" if "://" in author and "|" not in author else "author_label"
    return {
        "mapping_justification": header.justification if header.justification in JUSTIFICATIONS else UNSPECIFIED,
        slot: _escape(author),
        "mapping_date": _day(day or header.authored_on),
    }


def _reviewed(reviews: list[tuple[int, ReviewRow]]) -> Line:
    """Return the reviewers who agree, as SSSOM means reviewers, and all reviews in full as JSON."""
    if not reviews:
        return {}
    agree = [review for _, review in reviews if review.agreement > 0]
    people = dict.fromkeys(review.reviewer for review in agree)
    full = [{"number": number, **review_cells(review)} for number, review in reviews]
    for one in full:
        del one["row"]
    return {
        "reviewer_id": "|".join(_escape(name) for name in people if "://" in name),
        "reviewer_label": "|".join(_escape(name) for name in people if "://" not in name),
        "review_date": max((review.on.isoformat() for review in agree), default=""),
        "aims_reviews": json.dumps(full, ensure_ascii=False),
    }


def _say_cardinality(lines: list[Line]) -> None:
    """Fill in `mapping_cardinality`: whether either end occurs with others, in this set."""
    objects: dict[str, set[str]] = {}
    subjects: dict[str, set[str]] = {}
    asserted = [line for line in lines if NO_TERM not in (line["subject_id"], line["object_id"])]
    for line in asserted:
        objects.setdefault(line["subject_id"], set()).add(line["object_id"])
        subjects.setdefault(line["object_id"], set()).add(line["subject_id"])
    for line in asserted:
        left = "n" if len(subjects[line["object_id"]]) > 1 else "1"
        right = "n" if len(objects[line["subject_id"]]) > 1 else "1"
        line["mapping_cardinality"] = f"{left}:{right}"


def _losses(table: MappingTable) -> LossReport:
    book = LossBook()
    justification = table.header.justification
    if justification and justification not in JUSTIFICATIONS:
        why = f"SSSOM does not allow {justification}; readers without our extension slots see {UNSPECIFIED}"
        book.add(LossKind.WEAKENED, "set justification", why)
    for row in table.rows:
        pair = predicate_for(row.relations, len(row.subjects), len(row.objects))
        if pair != predicate_for(row.relations):
            why = "a joint row says nothing of single pairs; readers without our slots see skos:mappingRelation"
            book.add(LossKind.WEAKENED, "joint row", why, row.location)
        if "no-relationship" in row.relations and len(row.relations) > 1:
            why = "no predicate says it; readers without our extension slots see skos:mappingRelation"
            book.add(LossKind.WEAKENED, "relation", why, row.location)
    return book.report()


def _curie(iri: str) -> str:
    return f"aid:{iri.removeprefix(ID)}" if iri.startswith(ID) else iri


def _escape(value: str) -> str:
    return value.replace("|", "\\|")


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
