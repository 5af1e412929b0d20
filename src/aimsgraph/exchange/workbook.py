"""The one place that knows openpyxl: writes sheets of text with the same bytes every time, reads them with bounds."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aimsgraph.errors import InputError, Location, UsageError
from aimsgraph.exchange.bounded import Cells, checked_header
from aimsgraph.exchange.mapping_table import MAX_TEXT

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MAX_UNPACKED = 128 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_ROWS = 200_000
MAX_COLUMNS = 200
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_BROKEN = (
    ArithmeticError, AttributeError, EOFError, IndexError, KeyError, NotImplementedError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What openpyxl and zipfile raise when the parts of a broken file make them stumble."""
_WIDTHS = {"id": 28, "rationale": 70, "gap_object": 50, "gap_subject": 50, "text": 100, "value": 80, "reason": 80}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to write: its columns, its lines by column, the choices of coded columns."""

    name: str
    columns: tuple[str, ...]
    lines: Sequence[Mapping[str, str]]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetRows:
    """A sheet that was read; rows know file, sheet and row: `file.xlsx[rows]:12:3`."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Cells, ...]


def write_workbook(sheets: Sequence[Sheet], title: str, day: dt.date | None) -> bytes:
    """Return a workbook; every cell is a string, so nothing in it is a formula.

    Args:
        sheets: what is in it.
        title: its title.
        day: the day it says it was made on; the clock is not read.

    Raises:
        UsageError: openpyxl is not installed.
    """
    openpyxl = _openpyxl()
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.creator = "aimsgraph"
    book.properties.title = title
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    out = io.BytesIO()
    book.save(out)
    return _fixed(out.getvalue(), day)


def read_workbook(data: bytes, file: str) -> dict[str, SheetRows]:
    """Return the sheets of a workbook by name, empty ones left out; the first line of a sheet names its columns.

    Raises:
        InputError: it is no workbook, too large when unpacked, or a cell holds a formula or an error.
        UsageError: openpyxl is not installed.
    """
    openpyxl = _openpyxl()
    _check_archive(data, file)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"openpyxl\.")  # about styles and extensions, which are not read
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            found = {}
            for name in book.sheetnames:
                sheet = book[name]
                if hasattr(sheet, "iter_rows") and (rows := _read_sheet(sheet, f"{file}[{name}]")):
                    found[name] = rows
    except _BROKEN as error:
        raise InputError(
            f"not readable as an xlsx workbook: {type(error).__name__}: {str(error)[:200]}",
            location=Location(file),
            remedy="open it in a spreadsheet program and save it anew as .xlsx",
        ) from error
    return found


def _fill(sheet: Worksheet, content: Sheet) -> None:
    from openpyxl.cell.cell import Cell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    lines = [dict(zip(content.columns, content.columns, strict=True)), *content.lines]
    for number, line in enumerate(lines, start=1):
        for position, name in enumerate(content.columns, start=1):
            if not (value := line.get(name, "")):
                continue
            cell = sheet.cell(number, position)
            assert isinstance(cell, Cell)
            cell.value = _ESCAPE.sub("_x005F_", value)
            cell.data_type = "s"  # whatever it begins with
            cell.quotePrefix = value[0] in "=+-@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for position, name in enumerate(content.columns, start=1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 18)
        if allowed := content.choices.get(name):
            rule = DataValidation("list", formula1=f'"{",".join(allowed)}"', allow_blank=True, showErrorMessage=False)
            rule.add(f"{letter}2:{letter}{max(len(lines) + 500, 1000)}")
            sheet.add_data_validation(rule)


def _fixed(data: bytes, day: dt.date | None) -> bytes:
    """Return a workbook whose archive and properties carry a fixed time."""
    stamp = f"{(day or dt.date(1980, 1, 1)).isoformat()}T00:00:00Z".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            new.writestr(entry, content, compresslevel=6)
    return out.getvalue()


def _check_archive(data: bytes, file: str) -> None:
    """Refuse what unpacks without bound: the sizes an archive states are those it is held to when read."""
    where = Location(file)
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
                if _has_doctype(archive.read(member)):
                    raise InputError(
                        f"{member.filename} has a document type, whose entities could grow without bound",
                        location=where,
                        remedy="open it in a spreadsheet program and save it anew",
                    )
    except _BROKEN as error:
        raise InputError(
            f"not an xlsx workbook: {str(error)[:200]}", location=where, remedy="save the file as .xlsx, unencrypted"
        ) from error


def _has_doctype(xml: bytes) -> bool:
    return any("<!DOCTYPE".encode(code) in xml for code in ("utf-8", "utf-16-le", "utf-16-be"))


def _read_sheet(sheet: Any, file: str) -> SheetRows | None:  # noqa: ANN401 - a read-only sheet has no public type
    sheet.reset_dimensions()
    header: tuple[str, ...] = ()
    positions: dict[str, int] = {}
    found = []
    for number, cells in _numbered(sheet.iter_rows(max_col=MAX_COLUMNS), file):
        where = Location(file, number)
        if not header:
            header = checked_header([_text(cell, where, 0) for cell in cells], where)
            positions = {name: position for position, name in enumerate(header, start=1) if name}
            continue
        values = {}
        for position, cell in enumerate(cells[: len(header)], start=1):
            if name := header[position - 1]:
                values[name] = _text(cell, where, position)
        if any(values.values()):
            found.append(Cells(values, positions, file, number))
    return SheetRows(file, header, tuple(found)) if header else None


def _numbered(rows: Iterator[Any], file: str) -> Iterator[tuple[int, Any]]:
    """Yield rows that hold something, with their numbers."""
    for number, cells in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise InputError(
                f"the sheet has more than {MAX_ROWS} rows", location=Location(file, number), remedy="split it"
            )
        if any(cell.value not in (None, "") for cell in cells):
            yield number, cells


def _text(cell: Any, where: Location, position: int) -> str:  # noqa: ANN401
    value = cell.value
    at = Location(where.file, where.line, position)
    if value is None:
        return ""
    if cell.data_type == "f":
        raise InputError("the cell holds a formula", location=at, remedy="paste its value as text")
    if cell.data_type == "e":
        raise InputError(f"the cell holds the error {value}", location=at, remedy="mend it in the spreadsheet")
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(value, ".15g")
    text = _ESCAPED.sub("_", str(value))
    if len(text) > MAX_TEXT:
        raise InputError(
            f"the cell has {len(text)} characters, at most {MAX_TEXT} are read", location=at, remedy="shorten it"
        )
    return text


def _openpyxl() -> Any:  # noqa: ANN401 - the module itself
    try:
        import openpyxl
    except ImportError as error:
        raise UsageError("xlsx needs openpyxl", remedy='install it: pip install "aimsgraph[xlsx]"') from error
    return openpyxl
