"""Opens workbooks of others with bounds, and reads their cells with what they are; openpyxl stays behind this.

Formulas are never worked out, and the values that were stored with them are never read.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any
from xml.etree.ElementTree import iterparse

from aimsgraph.errors import InputError, Location, UsageError
from aimsgraph.exchange.workbook_text import unescape

MAX_UNPACKED = 128 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_ROWS = 200_000
MAX_COLUMNS = 200
_LAST_ROW = 1_048_576
"""The last row the format knows."""
_BROKEN = (
    ArithmeticError, AttributeError, EOFError, IndexError, KeyError, NotImplementedError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What openpyxl and zipfile raise when the parts of a broken file make them stumble."""
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an encrypted workbook begins, and one of the format before .xlsx."""
_ENCODING = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)")
_READ_CODES = (b"utf-8", b"utf-16", b"us-ascii")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


class CellKind(Enum):
    """What a cell holds, in words for people."""

    TEXT = "text"
    NUMBER = "a number"
    DAY = "a date"
    TIME = "a time of day"
    FLAG = "TRUE or FALSE"
    FORMULA = "a formula"
    ERROR = "an error"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty: what it holds, and as text.

    A day is written YYYY-MM-DD, a number without an exponent where it is whole, a flag yes or no.
    """

    kind: CellKind
    text: str


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet of an open workbook.

    Attributes:
        name: its name.
        file: how locations name it: `file.xlsx[name]`.
        hidden: whether a person has to unhide it to see it.
        merged: the ranges of merged cells, each with where it begins.
    """

    name: str
    file: str
    hidden: bool
    merged: tuple[tuple[str, Location], ...]
    _sheet: Any

    def rows(self) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Yield the rows that hold something: their number, and their cells by number of the column.

        Raises:
            InputError: there are more rows or columns than are read.
        """
        if not hasattr(self._sheet, "iter_rows"):  # a sheet that is a chart
            return
        self._sheet.reset_dimensions()
        with _readable(self.file):
            for number, cells in enumerate(self._sheet.iter_rows(), start=1):
                self._check_size(number, len(cells), filled=False)
                found = {i: _cell_of(cell) for i, cell in enumerate(cells, start=1) if cell.value not in (None, "")}
                if found:
                    self._check_size(number, len(cells), filled=True)
                    yield number, found

    def _check_size(self, row: int, columns: int, *, filled: bool) -> None:
        most = MAX_ROWS if filled else _LAST_ROW
        what = f"{most} rows" if row > most else f"{MAX_COLUMNS} columns" if columns > MAX_COLUMNS else ""
        if what:
            remedy = "split it, and delete what lies beyond the last row and column"
            raise InputError(f"the sheet has more than {what}", location=Location(self.file, row), remedy=remedy)


@contextmanager
def open_workbook(data: bytes, file: str) -> Iterator[list[OpenSheet]]:
    """Open a workbook for as long as its sheets are read.

    Raises:
        InputError: it is no workbook, encrypted, holds macros, or unpacks to too much.
        UsageError: openpyxl is not installed.
    """
    openpyxl_installed()
    _check_archive(data, file)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"openpyxl\.")  # about styles and extensions, which are not read
        with _readable(file):
            book = _load(data)
            sheets = [_open_sheet(book, book[name], f"{file}[{name}]") for name in book.sheetnames]
        yield sheets


@contextmanager
def _readable(file: str) -> Iterator[None]:
    """Say of a file whose parts are broken that it cannot be read."""
    try:
        yield
    except _BROKEN as error:
        raise InputError(
            f"not readable as an xlsx workbook: {type(error).__name__}: {str(error)[:200]}",
            location=Location(file),
            remedy="open it in a spreadsheet program and save it anew as .xlsx",
        ) from error


def openpyxl_installed() -> Any:  # noqa: ANN401 - the module itself
    """Return openpyxl.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise UsageError("xlsx needs openpyxl", remedy='install it: pip install "aimsgraph[xlsx]"') from error
    return openpyxl


def _load(data: bytes) -> Any:  # noqa: ANN401 - a workbook of openpyxl
    from openpyxl.cell.text import Text
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.xml.constants import SHARED_STRINGS

    reader: Any = ExcelReader(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    reader.read()
    if part := reader.package.find(SHARED_STRINGS):
        # Texts as they are written: openpyxl's own reading drops the marks of escapes. The sheets share this list.
        from_tree: Any = Text.from_tree
        with reader.archive.open(part.PartName[1:]) as stream:
            reader.shared_strings.clear()
            for _, node in iterparse(stream):
                if node.tag.endswith("}si"):
                    reader.shared_strings.append(from_tree(node).content)
                    node.clear()
    return reader.wb


def _open_sheet(book: Any, sheet: Any, file: str) -> OpenSheet:  # noqa: ANN401
    merged = []
    if path := getattr(sheet, "_worksheet_path", ""):
        with book._archive.open(path) as stream:
            for _, node in iterparse(stream):
                if node.tag.endswith("}mergeCell") and (ref := node.get("ref")):
                    merged.append((ref, _place_of(ref, file)))
                elif node.tag.endswith("}row"):
                    node.clear()
    return OpenSheet(sheet.title, file, getattr(sheet, "sheet_state", "visible") != "visible", tuple(merged), sheet)


def _place_of(ref: str, file: str) -> Location:
    """Return where a range of cells begins."""
    found = _RANGE.match(ref)
    if found is None:
        return Location(file)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return Location(file, int(found[2]), column)


def _cell_of(cell: Any) -> Cell:  # noqa: ANN401
    value = cell.value
    if cell.data_type == "f":
        found = Cell(CellKind.FORMULA, "")
    elif cell.data_type == "e":
        found = Cell(CellKind.ERROR, str(value))
    elif isinstance(value, bool):
        found = Cell(CellKind.FLAG, "yes" if value else "no")
    elif isinstance(value, dt.datetime) and value.time() == dt.time():
        found = Cell(CellKind.DAY, value.date().isoformat())
    elif isinstance(value, dt.datetime | dt.time | dt.timedelta):
        found = Cell(CellKind.TIME, str(value))
    elif isinstance(value, int | float):
        found = Cell(CellKind.NUMBER, format(value, ".15g") if isinstance(value, float) else str(value))
    else:
        found = Cell(CellKind.TEXT, unescape(str(value)))
    return found


def _check_archive(data: bytes, file: str) -> None:
    """Refuse what unpacks without bound: the sizes an archive states are those it is held to when read."""
    where = Location(file)
    if data.startswith(_COMPOUND):
        message = "not an xlsx workbook: it is encrypted, or of the format before .xlsx"
        raise InputError(message, location=where, remedy="save the file as .xlsx, without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            total = sum(member.file_size for member in members)
            if len(members) > MAX_MEMBERS or total > MAX_UNPACKED:
                raise InputError(
                    f"the workbook unpacks to {total} bytes in {len(members)} parts, too much to read",
                    location=where,
                    remedy="split it",
                )
            for member in members:
                _check_member(member.filename, archive.read(member), where)
    except _BROKEN as error:
        raise InputError(
            f"not an xlsx workbook: {str(error)[:200]}", location=where, remedy="save the file as .xlsx, unencrypted"
        ) from error


def _check_member(name: str, content: bytes, where: Location) -> None:
    macros = name.lower().endswith("vbaproject.bin")
    if macros or (name == "[Content_Types].xml" and b"macroEnabled" in content):
        raise InputError("the workbook holds macros", location=where, remedy="save it as .xlsx, which has none")
    if _has_doctype(content):
        raise InputError(
            f"{name} has a document type, whose entities could grow without bound",
            location=where,
            remedy="open it in a spreadsheet program and save it anew",
        )
    code = _ENCODING.match(content)
    if code and code[1].lower() not in _READ_CODES:
        shown = code[1][:20].decode("ascii", "replace")
        raise InputError(f"{name} is written in {shown!r}", location=where, remedy="save it anew as .xlsx")


def _has_doctype(xml: bytes) -> bool:
    return any("<!DOCTYPE".encode(code) in xml for code in ("utf-8", "utf-16-le", "utf-16-be"))
