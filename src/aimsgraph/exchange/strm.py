"""Reads set theory relationship mappings in the spreadsheet shape of NIST OLIR (IR 8278A, IR 8477), xlsx or CSV.

The relationship is said of the focal element: `subset of` means that the focal element is a part of the reference
element. So the focal element is the subject and the reference element the object; the file is not turned round.
`intersects with` says only that something is shared, and so does a pair without a relationship. A focal element whose
reference is empty says nothing: nobody states that somebody looked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aimsgraph.domain.identifiers import slugify
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.bounded import Cells, decode, parse_delimited, read_bytes
from aimsgraph.exchange.foreign_set import End, ForeignSets, strength_note
from aimsgraph.exchange.losses import LossKind
from aimsgraph.exchange.mapping_table import OVERLAPPING, Imported, MappingRow, SetHeader, clean_cell
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.workbook import read_workbook

_RELATIONS = {
    "subset of": ("subset-of",),
    "superset of": ("superset-of",),
    "equal": ("equal-to",),
    "equal to": ("equal-to",),
    "equivalent": ("equivalent-to",),
    "equivalent to": ("equivalent-to",),
    "intersects with": OVERLAPPING,
    "intersects": OVERLAPPING,
    "not related to": ("no-relationship",),
    "not related": ("no-relationship",),
    "no relationship": ("no-relationship",),
    "": OVERLAPPING,
}
_COLUMNS = {
    "focal": ("focal document element", "focal document element id", "fde", "fde #"),
    "focal_text": ("focal document element description", "fde description", "focal document element fde description"),
    "focal_name": ("fde name", "focal document element name"),
    "rationale": ("strm rationale", "rationale"),
    "relationship": ("strm relationship", "relationship"),
    "strength": ("strength of relationship",),
    "reference": ("reference document element", "reference document element id", "rde", "rde #"),
    "reference_text": ("reference document element description",),
    "reference_name": ("reference document element name",),
    "explanation": ("relationship explanation", "explanation"),
    "comments": ("comments", "notes"),
}
_TEXTS = ("focal_text", "reference_text")
_BASES = ("syntactic", "semantic", "functional")
_OPTIONAL = re.compile(r"\(optional\)|[()]")


@dataclass(frozen=True, slots=True)
class StrmDocuments:
    """Which documents a sheet relates: OLIR keeps their names outside the table.

    Attributes:
        focal: name of the focal document.
        reference: name of the reference document.
        title: of the mapping; made of the two names when empty.
    """

    focal: str
    reference: str
    title: str = ""


def read_strm(path: Path, documents: StrmDocuments, names: Names, ours: Mapping[str, str] | None = None) -> Imported:
    """Read an OLIR or STRM sheet.

    Args:
        path: the file, `.xlsx` or CSV.
        documents: the two documents; for one of ours give its slug in `ours`.
        names: our own names.
        ours: name of a document → slug of the framework of ours that it is.

    Raises:
        InputError: the file cannot be read, or no sheet has the columns; sheet, row, cell and remedy are named.
    """
    return parse_strm(read_bytes(path), str(path), documents, names, ours)


def parse_strm(
    data: bytes, file: str, documents: StrmDocuments, names: Names, ours: Mapping[str, str] | None = None
) -> Imported:
    """Read the bytes of an OLIR or STRM sheet; see `read_strm`."""
    tables: dict[str, tuple[tuple[str, ...], Iterable[Cells]]]
    if data.startswith(b"PK"):
        tables = {name: (rows.header, rows.rows) for name, rows in read_workbook(data, file).items()}
    else:
        text = decode(data, file)
        first = text.partition("\n")[0]
        tables = {"": parse_delimited(text, file, max(",;\t", key=first.count))}
    fitting = {name: one for name, one in tables.items() if {"focal", "reference"} <= _find_columns(one[0]).keys()}
    if not fitting:
        raise InputError(
            "no sheet has the columns 'Focal Document Element' and 'Reference Document Element'",
            location=Location(file, 1),
            remedy="put the names of the columns into the first line of the sheet",
        )
    title = documents.title or f"{documents.focal} to {documents.reference}"
    header = SetHeader(id=slugify(title)[:80].strip("-"), title=title, subject="", object="")
    sets = ForeignSets(names, ours or {}, header, file)
    for name in tables.keys() - fitting.keys():
        sets.losses.add(LossKind.DROPPED, f"sheet {name}", "it has no focal and reference elements", Location(file))
    for columns, rows in fitting.values():
        _read_rows(sets, documents, columns, rows)
    return sets.imported()


def _find_columns(header: Iterable[str]) -> dict[str, str]:
    """Return what each column means → its name in the file."""
    found: dict[str, str] = {}
    for name in header:
        plain = " ".join(_OPTIONAL.sub(" ", name.casefold()).split())
        for meaning, known in _COLUMNS.items():
            if plain in known:
                found.setdefault(meaning, name)
    return found


def _read_rows(sets: ForeignSets, documents: StrmDocuments, header: tuple[str, ...], rows: Iterable[Cells]) -> None:
    columns = _find_columns(header)
    for row in rows:
        for name in header:
            if name and name not in columns.values() and row[name]:
                sets.losses.add(LossKind.DROPPED, name, "a mapping set has no such field", row.where(name))
        _read_row(sets, documents, columns, row)


def _read_row(sets: ForeignSets, documents: StrmDocuments, columns: Mapping[str, str], row: Cells) -> None:
    def cell(meaning: str) -> str:
        name = columns.get(meaning, "")
        return clean_cell(row[name], name, row.where(name)) if name else ""

    def where(meaning: str) -> Location:
        return row.where(columns.get(meaning, ""))

    focal, reference = cell("focal"), cell("reference")
    if not focal or not reference:
        empty = "reference" if focal else "focal"
        sets.losses.add(LossKind.SKIPPED, "row", f"the {empty} element is empty", where(empty))
        return
    for text in _TEXTS:
        if columns.get(text) and row[columns[text]]:
            sets.losses.add(LossKind.DROPPED, columns[text], "the publisher's text is not taken over", where(text))
    word = " ".join(cell("relationship").casefold().replace("-", " ").replace("_", " ").split())
    if word not in _RELATIONS:
        known = ", ".join(filter(None, _RELATIONS))
        raise InputError(
            f"unknown relationship {word[:60]!r}", location=where("relationship"), remedy=f"one of {known}"
        )
    if _RELATIONS[word] == OVERLAPPING:
        why = f"{word or 'a pair without a relationship'} is read as: something is shared"
        sets.losses.add(LossKind.WEAKENED, "relation", why, where("relationship" if word else "focal"))
    basis = cell("rationale").casefold()
    explanation = cell("explanation")
    if basis and basis not in _BASES:
        explanation = f"{explanation} {cell('rationale')}".strip()  # some sheets hold words of their own there
    if strength := cell("strength"):
        why = "it is neither a confidence nor an extent; kept as a note"
        sets.losses.add(LossKind.WEAKENED, columns["strength"], why, where("strength"))
    notes = [strength_note(strength)] if strength else []
    notes += [cell("comments")] if cell("comments") else []
    mapping = MappingRow(
        id="",
        subjects=(),
        objects=(),
        relations=_RELATIONS[word],
        rationale=explanation,
        basis=basis if basis in _BASES else "",
        note=" ".join(notes),
        location=where("focal"),
    )
    subject = End(documents.focal, focal, cell("focal_name"))
    sets.add([subject], [End(documents.reference, reference, cell("reference_name"))], mapping)
