"""Reads files of others with bounds: bytes, text, delimited tables; every cell keeps its line and column."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from aimsgraph.errors import InputError, Location

MAX_BYTES = 64 * 1024 * 1024
"""The largest file read; the largest open library of mappings has less than a third of it."""


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        InputError: it cannot be read, or is larger than any file read here.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"cannot read the file: {error.strerror}",
            location=Location(str(path)),
            remedy="check that it exists and may be read",
        ) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"the file has more than {MAX_BYTES} bytes", location=Location(str(path)), remedy="split it")
    return data


def decode(data: bytes, file: str) -> str:
    """Return UTF-8 text with line feeds as line ends; a byte order mark is dropped.

    Raises:
        InputError: it is not UTF-8; the line is named.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"not UTF-8 at byte {error.start}", location=Location(file, line), remedy="save the file as UTF-8"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Cells:
    """One row of a table; the column of a location is the cell's number."""

    values: dict[str, str]
    columns: dict[str, int]
    file: str
    line: int

    def __getitem__(self, name: str) -> str:
        """Return a cell, empty when there is no such column."""
        return self.values.get(name, "")

    def where(self, name: str = "") -> Location:
        """Return where the row, or one of its cells, stands."""
        return Location(self.file, self.line, self.columns.get(name, 0))


def parse_delimited(text: str, file: str, delimiter: str, first_line: int = 1) -> tuple[tuple[str, ...], list[Cells]]:
    """Return the header and the rows of a CSV or TSV text; blank lines are passed over.

    Raises:
        InputError: there is no header, a column stands twice, quotes are wrong, a cell is longer than the standard
            library reads, or a row has other cells than the header.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: tuple[str, ...] = ()
    positions: dict[str, int] = {}
    rows = []
    line = first_line
    try:
        for found in reader:
            start, line = line, first_line + reader.line_num
            if not any(cell.strip() for cell in found):
                continue
            if not header:
                header = checked_header(found, Location(file, start))
                positions = {name: number for number, name in enumerate(header, start=1)}
                continue
            cells = found if any(found[len(header) :]) else found[: len(header)]  # spreadsheets add empty ones
            if len(cells) != len(header):
                raise InputError(
                    f"{len(cells)} cells where the header has {len(header)}",
                    location=Location(file, start),
                    remedy="put quotes around a cell that holds the separator",
                )
            rows.append(Cells(dict(zip(header, cells, strict=True)), positions, file, start))
    except csv.Error as error:
        raise InputError(
            f"not readable as a table: {error}", location=Location(file, line), remedy="check quotes and long cells"
        ) from error
    if not header:
        raise InputError(
            "the table is empty", location=Location(file, first_line), remedy="its first line names the columns"
        )
    return header, rows


def checked_header(cells: list[str], where: Location) -> tuple[str, ...]:
    """Return the names of columns, blanks evened out, empty ones at the end dropped.

    Raises:
        InputError: one stands twice.
    """
    header = tuple(" ".join(cell.split()) for cell in cells)
    while header and not header[-1]:
        header = header[:-1]
    for number, name in enumerate(header):
        if name and name in header[:number]:
            raise InputError(
                f"the column {name!r} stands twice",
                location=Location(where.file, where.line, number + 1),
                remedy="keep one of them",
            )
    return header
