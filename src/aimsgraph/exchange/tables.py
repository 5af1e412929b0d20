"""Mapping sets as CSV and as xlsx, lossless.

CSV: one file; the column `record` says what a line is (`set`, `row`, `nomatch`, `review`), lines of a set name a
`field` and its `value`. A file without the column `record` holds rows alone.

xlsx: the sheets README, set, rows, nomatch, reviews; coded columns have drop-down lists.

What a spreadsheet would take for a formula is written as text: marked by an apostrophe in CSV, stored as a string in
xlsx. Formulas are never read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from aimsgraph.domain.relation import WORDS
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.bounded import Cells, decode, parse_delimited, read_bytes
from aimsgraph.exchange.cells import (
    RECORDS,
    Source,
    check_ids,
    header_fields,
    nomatch_cells,
    read_header,
    read_nomatch,
    read_review,
    read_row,
    review_cells,
    row_cells,
)
from aimsgraph.exchange.foreign_text import FRAMEWORK, ITEM, foreign_fields, read_foreign_fields
from aimsgraph.exchange.losses import LossBook, LossKind, LossReport
from aimsgraph.exchange.mapping_table import Imported, MappingTable, SetHeader
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.workbook import Sheet, read_workbook, write_workbook

_COLUMNS = tuple(dict.fromkeys(column.name for columns in RECORDS.values() for column in columns))
_ORDER = ("record", *_COLUMNS, "field", "value")
_TRIGGER = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_MARKED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SHEETS = {"rows": "row", "nomatch": "nomatch", "reviews": "review"}


def write_csv(table: MappingTable) -> tuple[bytes, LossReport]:
    """Return a mapping set as CSV, and what CSV could not carry."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _ORDER, restval="", lineterminator="\r\n")
    writer.writeheader()
    for name, value in (*header_fields(table.header), *foreign_fields(table.foreign)):
        writer.writerow(_guarded({"record": "set", "field": name, "value": value}))
    for record, lines in _records(table).items():
        writer.writerows(_guarded({"record": record, **line}) for line in lines)
    return out.getvalue().encode(), LossReport()


def read_csv(path: Path, names: Names, header: SetHeader | None = None) -> Imported:
    """Read a mapping set from CSV.

    Args:
        path: the file.
        names: what the references in it may be.
        header: what the set says of itself, for a file of rows alone.

    Raises:
        InputError: the file cannot be read; line, cell and remedy are named.
    """
    return parse_csv(read_bytes(path), str(path), names, header)


def parse_csv(data: bytes, file: str, names: Names, header: SetHeader | None = None) -> Imported:
    """Read a mapping set from the bytes of a CSV file; see `read_csv`."""
    text = decode(data, file)
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    columns, rows = parse_delimited(text, file, delimiter)
    unknown = [name for name in columns if name not in _ORDER]
    if "id" not in columns or "relation" not in columns:
        raise InputError(
            "not a mapping set: the columns id and relation are missing",
            location=Location(file, 1),
            remedy="export one to see the columns, or import the file as strm",
        )
    found: dict[str, list[Source]] = {record: [] for record in ("set", *RECORDS)}
    for row in rows:
        record = row["record"] if "record" in columns else "row"
        if record not in found:
            raise InputError(
                f"unknown record {record[:60]!r}", location=row.where("record"), remedy=f"one of {', '.join(found)}"
            )
        found[record].append(_unguarded(row))
    book = LossBook()
    for name in unknown:
        book.add(LossKind.DROPPED, name, "no such column in a mapping set", Location(file, 1, columns.index(name) + 1))
    return Imported((_table(found, names, header, Location(file)),), book.report())


def write_xlsx(table: MappingTable) -> tuple[bytes, LossReport]:
    """Return a mapping set as an xlsx workbook, and what it could not carry."""
    header = table.header
    records = _records(table)
    said = [*header_fields(header), *foreign_fields(table.foreign)]
    sheets = [
        Sheet("README", ("about", "text"), [{"about": a, "text": t} for a, t in _readme(table)]),
        Sheet("set", ("field", "value"), [{"field": f, "value": v} for f, v in said]),
    ]
    for name, record in _SHEETS.items():
        columns = RECORDS[record]
        choices = {c.name: ("yes", "no") if c.kind == "yes-no" else c.choices for c in columns if c.kind != "list"}
        choices |= {c.name: tuple(c.choices) for c in columns if c.name == "relation"}
        sheets.append(Sheet(name, tuple(c.name for c in columns), records[record], choices))
    return write_workbook(sheets, header.title, header.authored_on), LossReport()


def read_xlsx(path: Path, names: Names, header: SetHeader | None = None) -> Imported:
    """Read a mapping set from an xlsx workbook.

    Raises:
        InputError: the file cannot be read; sheet, row, cell and remedy are named.
        UsageError: openpyxl is not installed.
    """
    return parse_xlsx(read_bytes(path), str(path), names, header)


def parse_xlsx(data: bytes, file: str, names: Names, header: SetHeader | None = None) -> Imported:
    """Read a mapping set from the bytes of a workbook; see `read_xlsx`."""
    sheets = read_workbook(data, file)
    if "rows" not in sheets:
        raise InputError(
            "not a mapping set: there is no sheet 'rows'",
            location=Location(file),
            remedy="export one to see the sheets, or import the file as strm",
        )
    book = LossBook()
    found: dict[str, list[Source]] = {record: [] for record in ("set", *RECORDS)}
    for name, rows in sheets.items():
        if name == "set":
            found["set"] = list(rows.rows)
        elif name in _SHEETS:
            known = {column.name for column in RECORDS[_SHEETS[name]]}
            for column in rows.header:
                if column and column not in known:
                    book.add(LossKind.DROPPED, column, "no such column in a mapping set", Location(rows.file, 1))
            found[_SHEETS[name]] = list(rows.rows)
        elif name != "README":
            book.add(LossKind.DROPPED, f"sheet {name}", "no such sheet in a mapping set", Location(rows.file))
    return Imported((_table(found, names, header, Location(file)),), book.report())


def _records(table: MappingTable) -> dict[str, list[dict[str, str]]]:
    return {
        "row": [row_cells(row) for row in table.rows],
        "nomatch": [nomatch_cells(row) for row in table.nomatches],
        "review": [review_cells(row) for row in table.reviews],
    }


def _table(found: dict[str, list[Source]], names: Names, header: SetHeader | None, file: Location) -> MappingTable:
    fields = [(row["field"].strip(), row["value"], row.where("value")) for row in found["set"]]
    described = [field for field in fields if field[0] in (FRAMEWORK, ITEM)]
    foreign, names = read_foreign_fields(described, names)
    if fields:
        header = read_header([field for field in fields if field not in described], file)
    if header is None:
        raise InputError(
            "the file does not say which set it is",
            location=file,
            remedy="add the set's fields (id, title, subject, object), as an export has them",
        )
    rows = tuple(read_row(source, names) for source in found["row"])
    nomatches = tuple(read_nomatch(source, names) for source in found["nomatch"])
    ids = check_ids(rows, nomatches)
    reviews = tuple(read_review(source, ids) for source in found["review"])
    return MappingTable(header, rows, nomatches, reviews, foreign).with_rows_of_set()


def _guarded(line: dict[str, str]) -> dict[str, str]:
    """Mark what a spreadsheet would run as a formula; a plain number is none."""
    return {k: f"'{v}" if _TRIGGER.match(v) and not _NUMBER.fullmatch(v) else v for k, v in line.items()}


def _unguarded(row: Cells) -> Cells:
    values = {k: v[1:] if _MARKED.match(v) else v for k, v in row.values.items()}
    return Cells(values, row.columns, row.file, row.line)


def _readme(table: MappingTable) -> Iterable[tuple[str, str]]:
    header = table.header
    yield "title", header.title
    yield "from", header.subject
    yield "to", header.object
    yield "licence", header.licence
    yield "counts", f"{len(table.rows)} rows, {len(table.nomatches)} no-matches, {len(table.reviews)} reviews"
    yield from (("note", note) for note in header.notes)
    yield "sheet set", "What the set says of itself, one field a line."
    yield "sheet rows", "One mapping a line. Items are references such as iso-42001:A.6.2.8; several are joined by ;"
    yield "sheet nomatch", "Items that were looked for and have no counterpart. This refutes nothing."
    yield "sheet reviews", "Who reviewed which row, what they proposed, and whether they agree (-1 to 1)."
    yield "relation", f"From subject to object, several joined by ; when any of them may hold: {_list(tuple(WORDS))}"
    yield "extent", "How much of the object is met when the subject is met in full: all, most, some, none"
    yield "gap_object", "What the object demands and the subject does not meet."
    yield "formulas", "Cells are text; a formula is not read."


def _list(words: Sequence[str]) -> str:
    return ", ".join(words)
