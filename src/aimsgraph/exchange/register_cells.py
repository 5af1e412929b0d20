"""Reads the sheets of a register's workbook as rows of text, and says which cells are not what their column wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aimsgraph.content.organisation_csv import check_header
from aimsgraph.content.organisation_models import suggest
from aimsgraph.content.tables import Column
from aimsgraph.domain.report import Finding, Severity
from aimsgraph.errors import Location
from aimsgraph.exchange.register_sheets import BY_NAME, LISTS, README, SheetOf
from aimsgraph.exchange.workbook_read import Cell, CellKind, OpenSheet
from aimsgraph.exchange.workbook_text import MAX_CELL, is_too_long

_UNREAD = (README, LISTS)
_AS_TEXT = "format the column as text, then write it again: what was typed is no longer there"
_REMEDIES = {
    CellKind.FORMULA: "write the value itself; formulas are not worked out, and their stored results not trusted",
    CellKind.ERROR: "mend it in the spreadsheet program",
    CellKind.TIME: "write the day alone",
}


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet as rows of text.

    Attributes:
        of: which sheet it is.
        file: how locations name it.
        header: the names of its columns, as they stand.
        rows: number and cells of each row that holds something; a cell that is not as it should be is empty.
        findings: what is wrong with single cells, with the names of columns, with the sheet.
    """

    of: SheetOf
    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    findings: tuple[Finding, ...]

    @property
    def positions(self) -> dict[str, int]:
        """The number of each column."""
        return {name: i for i, name in reversed(list(enumerate(self.header, start=1)))}


def read_sheets(sheets: list[OpenSheet]) -> tuple[dict[str, ReadSheet], list[Finding]]:
    """Return the sheets of a register that are there, by name, and what is wrong with others.

    Raises:
        InputError: a sheet is larger than any that is read.
    """
    found, findings = {}, []
    for sheet in sheets:
        if sheet.name in BY_NAME:
            found[sheet.name] = _read_sheet(sheet, BY_NAME[sheet.name])
        elif sheet.name not in _UNREAD and any(sheet.rows()):
            remedy = f"{suggest(sheet.name, tuple(BY_NAME))}; delete it, or give it a known name"
            message = f"unknown sheet {sheet.name!r}"
            findings.append(Finding("UNKNOWN_SHEET", message, Location(sheet.file), remedy))
    return found, findings


def _read_sheet(sheet: OpenSheet, of: SheetOf) -> ReadSheet:
    rows = sheet.rows()
    first = next(rows, None)
    findings = list(_check_sheet(sheet, has_rows=first is not None))
    if first is None:
        return ReadSheet(of, sheet.file, (), (), tuple(findings))
    line, cells = first
    where = Location(sheet.file, line)
    names = dict(_texts(cells, {}, where, findings))
    header = tuple(names.get(i, "") for i in range(1, max(cells) + 1))
    named = tuple(name for name in header if name)
    findings += [_at_column(finding, header, where) for finding in check_header(named, sheet.file, of.columns)]
    columns = {column.name: column for column in of.columns}
    kinds = {i: columns[name] for i, name in enumerate(header, start=1) if name in columns}
    read = []
    for number, found in rows:
        texts = dict(_texts(found, kinds, Location(sheet.file, number), findings))
        findings += _nameless(found, header, Location(sheet.file, number))
        read.append((number, [texts.get(i, "") for i in range(1, len(header) + 1)]))
    return ReadSheet(of, sheet.file, header, tuple(read), tuple(findings))


def _check_sheet(sheet: OpenSheet, *, has_rows: bool) -> Iterator[Finding]:
    for cells, where in sheet.merged:
        message = f"the cells {cells} are merged, so that all but the first are empty"
        yield Finding("MERGED_CELLS", message, where, "split them, and fill in each")
    if sheet.hidden and has_rows:
        remedy = "unhide it; what nobody sees counts all the same"
        yield Finding("HIDDEN_SHEET", "the sheet is hidden", Location(sheet.file), remedy, Severity.WARNING)


def _at_column(finding: Finding, header: tuple[str, ...], where: Location) -> Finding:
    """Return a finding about the name of a column at the column's own number; names alone were counted."""
    column = finding.location.column
    if column:
        column = [i for i, name in enumerate(header, start=1) if name][column - 1]
    return Finding(
        finding.rule, finding.message, Location(where.file, where.line, column), finding.remedy, finding.severity
    )


def _nameless(cells: Mapping[int, Cell], header: tuple[str, ...], where: Location) -> Iterator[Finding]:
    for position in cells:
        if position > len(header) or not header[position - 1]:
            at = Location(where.file, where.line, position)
            yield Finding("NO_COLUMN", "the cell stands in a column without a name", at, "delete it, or move it")


def _texts(
    cells: Mapping[int, Cell], kinds: Mapping[int, Column], where: Location, findings: list[Finding]
) -> Iterator[tuple[int, str]]:
    for position, cell in cells.items():
        problem = _problem(cell, kinds.get(position, Column("")))
        if problem:
            rule, message, remedy = problem
            findings.append(Finding(rule, message, Location(where.file, where.line, position), remedy))
        else:
            yield position, cell.text


def _problem(cell: Cell, column: Column) -> tuple[str, str, str] | None:
    """Return rule, message and remedy when a cell does not hold what its column wants."""
    name = f"{column.name!r}: " if column.name else ""
    if cell.kind is CellKind.FORMULA:
        return "FORMULA", f"{name}the cell holds a formula", _REMEDIES[cell.kind]
    if cell.kind is CellKind.ERROR:
        return "CELL_ERROR", f"{name}the cell holds the error {cell.text}", _REMEDIES[cell.kind]
    if is_too_long(cell.text):
        return "TOO_LONG", f"{name}the cell has more than {MAX_CELL} characters", "shorten it"
    if cell.kind in (CellKind.TEXT, _FITTING.get(column.kind)):
        return None
    if cell.kind is CellKind.FLAG and "yes" in column.choices:
        return None
    wanted = {"date": "a date", "integer": "a whole number"}.get(column.kind, "text")
    remedy = "write a date" if wanted == "a date" else _REMEDIES.get(cell.kind, _AS_TEXT)
    return "CELL_TYPE", f"{name}the cell holds {cell.kind.value}, {cell.text}, where {wanted} is meant", remedy


_FITTING = {"date": CellKind.DAY, "integer": CellKind.NUMBER, "yes-no": CellKind.FLAG}
