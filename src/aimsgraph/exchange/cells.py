"""Rows of a mapping set as text cells and back, by the columns of `data/mappings/`; items are whole references."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from aimsgraph.content.mapping_schemas import NOMATCH, REVIEWS, ROWS, MappingSetHeader
from aimsgraph.content.tables import Column, nearest
from aimsgraph.domain.mapping import KINDS
from aimsgraph.domain.time import parse_date
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.mapping_table import (
    MappingRow,
    NoMatchRow,
    ReviewRow,
    SetHeader,
    clean_cell,
    is_row_id,
    is_set_id,
    order_relations,
    parse_decimal,
    show_decimal,
)
from aimsgraph.exchange.names import Names

HEADER_FIELDS = tuple(MappingSetHeader.model_fields)
RECORDS = {"row": ROWS, "nomatch": NOMATCH, "review": REVIEWS}
_OPEN = frozenset({"extent", "rationale", "basis", "confidence"})
"""What our own sets must say and a foreign one may leave open."""


class Source(Protocol):
    """A row that was read: its cells by name, and where they stand."""

    def __getitem__(self, name: str, /) -> str:
        """Return a cell, empty when there is none."""

    def where(self, name: str = "", /) -> Location:
        """Return where a cell stands."""


def row_cells(row: MappingRow) -> dict[str, str]:
    """Return a mapping as cells."""
    return {
        "id": row.id,
        "subject": ";".join(row.subjects),
        "object": ";".join(row.objects),
        "relation": ";".join(row.relations),
        "extent": row.extent,
        "rationale": row.rationale,
        "gap_object": row.gap_object,
        "gap_subject": row.gap_subject,
        "basis": row.basis,
        "confidence": "" if row.confidence is None else show_decimal(row.confidence),
        "perspective": ";".join(row.perspective),
        "effect": row.effect,
        "citation": row.citation,
        "status": row.status,
        "subject_version": ";".join(row.subject_versions),
        "object_version": ";".join(row.object_versions),
        "author": row.author,
        "author_kind": row.author_kind,
        "authored_on": _day(row.authored_on),
        "note": row.note,
    }


def nomatch_cells(row: NoMatchRow) -> dict[str, str]:
    """Return a no-match as cells."""
    return {"item": row.item, "scope": row.scope, "reason": row.reason, "searched_on": _day(row.searched_on)}


def review_cells(row: ReviewRow) -> dict[str, str]:
    """Return a review as cells."""
    return {
        "row": row.row,
        "reviewer": row.reviewer,
        "kind": row.kind,
        "on": row.on.isoformat(),
        "blind": "yes" if row.blind else "no",
        "proposed": ";".join(row.proposed),
        "agreement": show_decimal(row.agreement),
        "note": row.note,
    }


def header_fields(header: SetHeader) -> list[tuple[str, str]]:
    """Return what a set says of itself as (field, value); one pair a note, empty fields left out."""
    values = {name: getattr(header, name) for name in HEADER_FIELDS if name != "notes"}
    values["authored_on"] = _day(header.authored_on)
    return [pair for pair in values.items() if pair[1]] + [("notes", note) for note in header.notes]


def read_row(source: Source, names: Names) -> MappingRow:
    """Return the mapping a row of cells says.

    Raises:
        InputError: a cell is wrong; its place and a remedy are named.
    """
    cell = _Reader(source, ROWS)
    id_ = cell("id")
    if not is_row_id(id_):
        raise cell.wrong("id", f"{id_!r} is no row id", "use letters, digits and . _ ( ) @ + ~ -")
    subjects, objects = (cell.references(side, names) for side in ("subject", "object"))
    versions = [cell.items(f"{side}_version") for side in ("subject", "object")]
    for side, ends, pins in zip(("subject", "object"), (subjects, objects), versions, strict=True):
        if pins and len(pins) != len(ends):
            raise cell.wrong(f"{side}_version", f"{len(pins)} versions for {len(ends)} items", "one each, or none")
    return MappingRow(
        id=id_,
        subjects=subjects,
        objects=objects,
        relations=order_relations(cell.items("relation")),
        extent=cell("extent"),
        rationale=cell("rationale"),
        gap_object=cell("gap_object"),
        gap_subject=cell("gap_subject"),
        basis=cell("basis"),
        confidence=cell.number("confidence", 0, 1),
        perspective=cell.items("perspective"),
        effect=cell("effect"),
        citation=cell("citation"),
        status=cell("status"),
        subject_versions=versions[0],
        object_versions=versions[1],
        author=cell("author"),
        author_kind=cell("author_kind"),
        authored_on=cell.day("authored_on"),
        note=cell("note"),
        location=source.where("id"),
    )


def read_nomatch(source: Source, names: Names) -> NoMatchRow:
    """Return the no-match a row of cells says.

    Raises:
        InputError: a cell is wrong.
    """
    cell = _Reader(source, NOMATCH)
    (item,) = cell.references("item", names)[:1]
    scope = names.framework(cell("scope"), source.where("scope")).slug
    return NoMatchRow(item, scope, cell("reason"), cell.day("searched_on"), source.where("item"))


def read_review(source: Source, known: Iterable[str]) -> ReviewRow:
    """Return the review a row of cells says, of one of the known rows.

    Raises:
        InputError: a cell is wrong, or no such row is known.
    """
    cell = _Reader(source, REVIEWS)
    row, known = cell("row"), set(known)
    if row not in known:
        guess = nearest(row, sorted(known))
        raise cell.wrong("row", f"there is no row {row!r}", f"did you mean {guess!r}?" if guess else "name a row's id")
    day = cell.day("on")
    agreement = cell.number("agreement", -1, 1)
    assert day is not None and agreement is not None  # both columns are required
    return ReviewRow(
        row=row,
        reviewer=cell("reviewer"),
        kind=cell("kind"),
        on=day,
        blind=cell("blind") == "yes",
        proposed=order_relations(cell.items("proposed")),
        agreement=agreement,
        note=cell("note"),
        location=source.where("row"),
    )


def read_header(fields: Iterable[tuple[str, str, Location]], fallback: Location) -> SetHeader:
    """Return what a set says of itself.

    Args:
        fields: (field, value, where); `notes` may come several times.
        fallback: where the set as a whole stands.

    Raises:
        InputError: a field is missing, unknown, twice there, or wrong.
    """
    texts: dict[str, str] = {}
    notes: list[str] = []
    authored_on = None
    for name, raw, where in fields:
        value = clean_cell(raw, name, where)
        if name not in HEADER_FIELDS:
            guess = nearest(name, HEADER_FIELDS)
            remedy = f"did you mean {guess!r}?" if guess else f"known: {', '.join(HEADER_FIELDS)}"
            raise InputError(f"unknown field {name[:60]!r}", location=where, remedy=remedy)
        if name in texts:
            raise InputError(f"the field {name!r} stands twice", location=where, remedy="keep one of them")
        if name == "notes":
            notes += [value] if value else []
        elif name == "authored_on":
            authored_on = _read_day(value, where)
        else:
            texts[name] = value
    _check_header(texts, fallback)
    return SetHeader(**texts, authored_on=authored_on, notes=tuple(notes))


def _check_header(texts: Mapping[str, str], where: Location) -> None:
    for name in ("id", "title", "subject", "object"):
        if not texts.get(name):
            raise InputError(f"the set's {name!r} is missing", location=where, remedy="fill it in")
    if not is_set_id(texts["id"]):
        raise InputError(f"{texts['id']!r} is no id of a set", location=where, remedy="use a-z, 0-9 and hyphens")
    _read_day(texts.get("law_version", ""), where)
    for name in ("author_kind", "method"):
        if texts.get(name, "") not in ("", *KINDS):
            raise InputError(f"{name}: {texts[name]!r}", location=where, remedy=f"one of {', '.join(KINDS)}")


def check_ids(rows: Iterable[MappingRow], nomatches: Iterable[NoMatchRow] = ()) -> set[str]:
    """Return the ids of rows and no-matches.

    Raises:
        InputError: one stands twice.
    """
    seen: dict[str, Location | None] = {}
    everything: list[MappingRow | NoMatchRow] = [*rows, *nomatches]
    for row in everything:
        if row.id in seen:
            raise InputError(
                f"{row.id!r} stands twice", location=row.location, remedy=f"the first stands at {seen[row.id]}"
            )
        seen[row.id] = row.location
    return set(seen)


class _Reader:
    """Reads the cells of one row by their columns."""

    def __init__(self, source: Source, columns: Sequence[Column]) -> None:
        self.source = source
        self.columns = {column.name: column for column in columns}

    def __call__(self, name: str) -> str:
        """Return a cell, checked against its column."""
        column = self.columns[name]
        value = clean_cell(self.source[name], name, self.source.where(name))
        if column.required and not value and name not in _OPEN:
            raise self.wrong(name, f"{name!r} is empty", "fill it in")
        parts = value.split(";") if column.kind == "list" else [value]
        allowed = ("yes", "no") if column.kind == "yes-no" else column.choices
        for part in filter(None, (part.strip() for part in parts)):
            if allowed and part not in allowed:
                guess = nearest(part, allowed)
                hint = f"did you mean {guess!r}? " if guess else ""
                raise self.wrong(name, f"{name!r}: unknown value {part[:60]!r}", f"{hint}Allowed: {', '.join(allowed)}")
        return value

    def items(self, name: str) -> tuple[str, ...]:
        """Return the parts of a list."""
        return tuple(part.strip() for part in self(name).split(";") if part.strip())

    def references(self, name: str, names: Names) -> tuple[str, ...]:
        """Return the items named, all of them known."""
        value = self(name)
        found = tuple(part.strip() for part in value.split(";") if part.strip())
        if not found:
            raise self.wrong(name, f"{name!r} names no item", "references look like iso-42001:A.6.2.8")
        for reference in found:
            names.iri_of(reference, self.source.where(name))
        return found

    def number(self, name: str, low: int, high: int) -> Decimal | None:
        """Return a number within bounds, None when empty."""
        value = self(name)
        try:
            return parse_decimal(value, low, high) if value else None
        except ValueError as error:
            raise self.wrong(name, f"{name!r}: {error}", f"write a number from {low} to {high}") from error

    def day(self, name: str) -> dt.date | None:
        """Return a date, None when empty."""
        return _read_day(self(name), self.source.where(name))

    def wrong(self, name: str, message: str, remedy: str) -> InputError:
        """Return the error for a cell."""
        return InputError(message, location=self.source.where(name), remedy=remedy)


def _read_day(value: str, where: Location) -> dt.date | None:
    try:
        return parse_date(value) if value else None
    except ValueError as error:
        raise InputError(str(error), location=where, remedy="write YYYY-MM-DD") from error


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
