"""Writes sheets with the same bytes every time, and reads sheets of text."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.bounded import Cells, checked_header
from aimsgraph.exchange.mapping_table import MAX_TEXT
from aimsgraph.exchange.workbook_read import Cell, CellKind, OpenSheet, open_workbook, openpyxl_installed
from aimsgraph.exchange.workbook_text import escape, is_too_long

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as WrittenCell
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | dt.date
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FIRST_DAY = dt.date(1900, 3, 1)
"""The first day on which all spreadsheet programs agree; earlier ones are written as text."""
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_MAX_RULE = 255
"""How many characters the words of a drop-down list may have in a cell's own rule."""
_MAX_WIDTH = 80
SPARE_ROWS = 1000
"""How many rows rules reach beyond the last one, so that new rows have them too."""
_WIDTHS = {"id": 28, "rationale": 70, "gap_object": 50, "gap_subject": 50, "text": 100, "value": 80, "reason": 80}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to write.

    Attributes:
        name: its name.
        columns: its columns.
        lines: its lines by column; a day and a number are written as such, all else as text.
        choices: the words of coded columns, for drop-down lists.
        ranges: the cells that hold the words of further columns, such as `people!$A$2:$A$999`; others may be written.
        strict: whether other words than the choices are refused by the spreadsheet program.
        notes: what the columns mean, shown at their names.
        texts: the columns in which whatever is typed stays text.
        filtered: whether each column can be filtered, and the sheet is laid out for printing.
    """

    name: str
    columns: tuple[str, ...]
    lines: Sequence[Mapping[str, Value]]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    notes: Mapping[str, str] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class SheetRows:
    """A sheet that was read; rows know file, sheet and row: `file.xlsx[rows]:12:3`."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Cells, ...]


def write_workbook(sheets: Sequence[Sheet], title: str, day: dt.date | None) -> bytes:
    """Return a workbook; nothing in it is a formula.

    Args:
        sheets: what is in it.
        title: its title.
        day: the day it says it was made on; the clock is not read.

    Raises:
        UsageError: openpyxl is not installed.
        InputError: a text is longer than a cell may be.
    """
    openpyxl = openpyxl_installed()
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.creator = "aimsgraph"
    book.properties.title = "".join(c if c.isprintable() else " " for c in title)
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
    with open_workbook(data, file) as sheets:
        return {sheet.name: rows for sheet in sheets if (rows := _read_sheet(sheet))}


def _fill(sheet: Worksheet, content: Sheet) -> None:
    from openpyxl.cell.cell import Cell as WrittenCell
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    lines = [dict(zip(content.columns, content.columns, strict=True)), *content.lines]
    for number, line in enumerate(lines, start=1):
        for position, name in enumerate(content.columns, start=1):
            if (value := line.get(name, "")) == "":
                continue
            cell = sheet.cell(number, position)
            assert isinstance(cell, WrittenCell)
            _write_cell(cell, value, is_text=name in content.texts and number > 1)
            if number == 1:
                cell.font = Font(bold=True)
                if note := content.notes.get(name):
                    cell.comment = Comment(note, "aimsgraph", height=110, width=320)
    sheet.freeze_panes = "A2"
    if content.filtered:
        _set_page(sheet)
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(content.columns))}{len(lines)}"
    for position, name in enumerate(content.columns, start=1):
        column = sheet.column_dimensions[get_column_letter(position)]
        column.width = _WIDTHS.get(name) or _width_of(name, content)
        if name in content.texts:
            column.number_format = "@"
    _add_rules(sheet, content, len(lines) + SPARE_ROWS)


def _set_page(sheet: Worksheet) -> None:
    """Let it print across the page, with its names of columns on each."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _write_cell(cell: WrittenCell, value: Value, *, is_text: bool) -> None:
    from openpyxl.styles import Alignment

    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if isinstance(value, dt.date) and value >= _FIRST_DAY:
        cell.value = value
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, int):
        cell.value = value
    else:
        text = escape(str(value))
        if is_too_long(text):
            where = Location(cell.parent.title, cell.row, cell.column)
            raise InputError(
                f"a text of {len(text)} characters is longer than a cell may be", location=where, remedy="shorten it"
            )
        cell.value = text
        cell.data_type = "s"  # whatever it begins with
        cell.quotePrefix = text[0] in "=+-@"
        if is_text:
            cell.number_format = "@"


def _width_of(name: str, content: Sheet) -> int:
    """Return a width that shows most cells of a column on one line, and long texts on several."""
    lengths = sorted(len(str(line.get(name, ""))) for line in content.lines) or [0]
    return max(12, len(name) + 4, min(lengths[len(lengths) * 9 // 10] + 2, _MAX_WIDTH))


def _add_rules(sheet: Worksheet, content: Sheet, last: int) -> None:
    """Add the drop-down lists."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for position, name in enumerate(content.columns, start=1):
        words, source = content.choices.get(name), content.ranges.get(name)
        formula = f'"{",".join(words)}"' if words else source
        if not formula:
            continue
        assert source or len(formula) <= _MAX_RULE + 2, f"the words of {name} need a sheet of their own"
        strict = content.strict and bool(words)
        rule = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=strict)
        if strict:
            rule.errorTitle, rule.error = name[:32], "Choose a word from the list."
        letter = get_column_letter(position)
        rule.add(f"{letter}2:{letter}{last}")
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


def _read_sheet(sheet: OpenSheet) -> SheetRows | None:
    header: tuple[str, ...] = ()
    positions: dict[str, int] = {}
    found = []
    for number, cells in sheet.rows():
        where = Location(sheet.file, number)
        if not header:
            names = [_text(cells.get(i), where, i) for i in range(1, max(cells) + 1)]
            header = checked_header(names, where)
            positions = {name: position for position, name in enumerate(header, start=1) if name}
            continue
        values = {name: _text(cells.get(i), where, i) for i, name in enumerate(header, start=1) if name}
        if any(values.values()):
            found.append(Cells(values, positions, sheet.file, number))
    return SheetRows(sheet.file, header, tuple(found)) if header else None


def _text(cell: Cell | None, where: Location, position: int) -> str:
    at = Location(where.file, where.line, position)
    if cell is None:
        return ""
    if cell.kind is CellKind.FORMULA:
        raise InputError("the cell holds a formula", location=at, remedy="paste its value as text")
    if cell.kind is CellKind.ERROR:
        raise InputError(f"the cell holds the error {cell.text}", location=at, remedy="mend it in the spreadsheet")
    if len(cell.text) > MAX_TEXT:
        raise InputError(
            f"the cell has {len(cell.text)} characters, at most {MAX_TEXT} are read", location=at, remedy="shorten it"
        )
    return cell.text
