"""Strict reader of the tab-separated tables in `data/`.

UTF-8, one header line, tabs between cells, no quoting: what stands in a cell is the value. Lists use `;`.
Every cell knows its file, line and column, so that any fact can be traced to where it was written.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process

from aimsgraph.domain.report import Finding
from aimsgraph.domain.time import parse_date
from aimsgraph.errors import InputError, Location


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of a table may hold.

    Attributes:
        name: its header.
        kind: `text`, `date`, `list`, `yes-no`, `integer`, `decimal`, `signed` or `choice`.
        required: whether the cell must not be empty.
        choices: the allowed values of a `choice` (also of the items of a `list`, when given).
    """

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; a missing optional column reads as empty."""

    cells: dict[str, str]
    file: str
    line: int
    positions: dict[str, int]

    def __getitem__(self, name: str) -> str:
        """Return the text of a cell, empty when the table lacks that column."""
        return self.cells.get(name, "")

    def items(self, name: str) -> tuple[str, ...]:
        """Return the parts of a `;` list."""
        return tuple(part.strip() for part in self[name].split(";") if part.strip())

    def date(self, name: str) -> dt.date | None:
        """Return a date cell, None when empty."""
        return parse_date(self[name]) if self[name] else None

    def flag(self, name: str) -> bool:
        """Return a `yes-no` cell."""
        return self[name] == "yes"

    def where(self, name: str = "") -> Location:
        """Return where the row, or one of its cells, stands; the column is the cell's number."""
        return Location(self.file, self.line, self.positions.get(name, 0))


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read: its rows and what was wrong with its cells."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def nearest(word: str, known: Sequence[str]) -> str:
    """Return the known word most like `word`, or an empty string when none is near."""
    found = process.extractOne(word, known, score_cutoff=55) if known else None
    return str(found[0]) if found else ""


def read_table(path: Path, shown_as: str, columns: Sequence[Column]) -> Table:
    """Read a table and check its cells; findings are collected, not raised.

    Args:
        path: the file.
        shown_as: its name in messages, relative to the data folder's parent.
        columns: what the table may hold, in normal order.

    Raises:
        InputError: the file cannot be read as UTF-8 text or has no usable header.
    """
    lines = read_lines(path, shown_as)
    if not lines or not lines[0].strip():
        raise InputError(
            "the table is empty", location=Location(shown_as, 1), remedy="its first line names the columns"
        )
    header = tuple(lines[0].split("\t"))
    findings = _check_header(header, shown_as, columns)
    by_name = {column.name: column for column in columns}
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        where = Location(shown_as, number)
        if not line.strip():
            findings.append(Finding("BLANK_LINE", "blank line", where, "delete it"))
            continue
        if len(cells) != len(header):
            message = f"{len(cells)} cells where the header has {len(header)}"
            findings.append(Finding("CELL_COUNT", message, where, "put exactly one tab between cells"))
            continue
        row = Row(
            dict(zip(header, cells, strict=True)),
            shown_as,
            number,
            {n: i for i, n in enumerate(header, start=1)},
        )
        for name in header:
            if name in by_name:
                findings.extend(_check_cell(row, by_name[name]))
        rows.append(row)
    return Table(shown_as, header, tuple(rows), tuple(findings))


def read_lines(path: Path, shown_as: str) -> list[str]:
    """Read a UTF-8 text file as lines without their ends.

    Raises:
        InputError: the file is missing, cannot be opened, or is not UTF-8; the byte position is named.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read the file: {error.strerror}",
            location=Location(shown_as),
            remedy="check that it exists and may be read",
        ) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"not UTF-8 at byte {error.start}",
            location=Location(shown_as, line),
            remedy="save the file as UTF-8",
        ) from error
    if text.startswith("\ufeff"):
        raise InputError(
            "the file starts with a byte order mark",
            location=Location(shown_as, 1),
            remedy="save the file as UTF-8 without BOM",
        )
    return text.split("\n")[:-1] if text.endswith("\n") else text.split("\n")


def _check_header(header: tuple[str, ...], file: str, columns: Sequence[Column]) -> list[Finding]:
    known = [column.name for column in columns]
    findings = []
    for position, name in enumerate(header, start=1):
        where = Location(file, 1, position)
        if name not in known and name.strip() in known:
            findings.append(Finding("NOT_NORMAL", "blanks around a column's name", where, "run `aimsgraph data fmt`"))
        elif name not in known:
            guess = nearest(name, known)
            remedy = f"did you mean {guess!r}?" if guess else f"known columns: {', '.join(known)}"
            findings.append(Finding("UNKNOWN_COLUMN", f"unknown column {name!r}", where, remedy))
        elif header.index(name) != position - 1:
            findings.append(Finding("DOUBLE_COLUMN", f"column {name!r} stands twice", where, "keep one"))
    for column in columns:
        if column.required and column.name not in {name.strip() for name in header}:
            findings.append(
                Finding("MISSING_COLUMN", f"column {column.name!r} is missing", Location(file, 1), "add it")
            )
    return findings


def _check_cell(row: Row, column: Column) -> list[Finding]:
    value = row[column.name]
    found: list[tuple[str, str, str]] = []
    hidden = "" if value.isprintable() else _find_invisible(value.strip())
    if hidden:
        message = f"{column.name!r} holds the invisible character U+{ord(hidden):04X}"
        found.append(("BAD_CHARACTER", message, "delete it, or write a space"))
    if value != value.strip() or (not value.isascii() and unicodedata.normalize("NFC", value) != value):
        found.append(("NOT_NORMAL", f"{column.name!r} is not in normal form", "run `aimsgraph data fmt`"))
    if not value:
        if column.required:
            found.append(("MISSING_VALUE", f"{column.name!r} is empty", "fill it in"))
    elif problem := _KINDS[column.kind](value, column):
        message, remedy = problem
        found.append(("BAD_VALUE", f"{column.name!r}: {message}", remedy))
    return [Finding(rule, message, row.where(column.name), remedy) for rule, message, remedy in found]


def _find_invisible(value: str) -> str:
    """Return the first character nobody sees, by which two texts that look the same would differ."""
    return next((c for c in value if c != " " and not c.isprintable()), "")


_MAX_DIGITS = 18
_Problem = tuple[str, str] | None


def _date(value: str, _column: Column) -> _Problem:
    try:
        parse_date(value)
    except ValueError as error:
        return str(error), "write YYYY-MM-DD"
    return None


def _choice(value: str, column: Column) -> _Problem:
    if value in column.choices:
        return None
    guess = nearest(value, column.choices)
    remedy = f"did you mean {guess!r}? " if guess else ""
    return f"unknown value {value!r}", f"{remedy}Allowed: {', '.join(column.choices)}"


def _list(value: str, column: Column) -> _Problem:
    parts = value.split(";")
    if any(not part or part != part.strip() for part in parts):
        return "empty item or space around an item", "separate items by ; alone"
    for part in parts:
        if column.choices and (problem := _choice(part, column)):
            return problem
    return None


def _matches(test: Callable[[str], bool], what: str) -> Callable[[str, Column], _Problem]:
    def check(value: str, _column: Column) -> _Problem:
        return None if test(value) else (f"{value!r} is no {what}", f"write {what}")

    return check


def _is_decimal(value: str) -> bool:
    whole, _, rest = value.partition(".")
    return _is_integer(whole) and (not rest or _is_integer(rest)) and not value.endswith(".")


def _is_signed(value: str) -> bool:
    return _is_decimal(value.removeprefix("-"))


def _is_integer(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS


_KINDS: dict[str, Callable[[str, Column], _Problem]] = {
    "text": lambda _value, _column: None,
    "date": _date,
    "choice": _choice,
    "list": _list,
    "yes-no": _matches(lambda value: value in ("yes", "no"), "yes or no"),
    "integer": _matches(_is_integer, "whole number"),
    "decimal": _matches(_is_decimal, "decimal number"),
    "signed": _matches(_is_signed, "decimal number, perhaps below zero"),
}
