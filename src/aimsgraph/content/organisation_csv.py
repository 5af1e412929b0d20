"""Reads the comma-separated tables of an organisation's folder into the same `Table` as those of `data/`.

People keep these files in a spreadsheet program, so cells may be quoted and lines may end as they like; what
a cell may hold is checked by the same rules.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from aimsgraph.content.tables import Column, Row, Table, _check_cell, _check_header, read_lines
from aimsgraph.domain.report import Finding
from aimsgraph.errors import InputError, Location


def read_csv(path: Path, shown_as: str, columns: Sequence[Column]) -> Table:
    """Read a comma-separated table and check its cells; findings are collected, not raised.

    Args:
        path: the file.
        shown_as: its name in messages.
        columns: what the table may hold.

    Raises:
        InputError: the file is no UTF-8 text, has no header, or its quotes do not match.
    """
    records = _read_records(path, shown_as)
    if not records or not records[0][1]:
        raise InputError(
            "the table is empty", location=Location(shown_as, 1), remedy="its first line names the columns"
        )
    header = tuple(records[0][1])
    blank = [Finding("BLANK_LINE", "blank line", Location(shown_as, line), "delete it") for line, c in records if not c]
    table = make_table(header, [record for record in records[1:] if record[1]], shown_as, columns)
    return replace(table, findings=(*check_header(header, shown_as, columns), *blank, *table.findings))


def make_table(
    header: tuple[str, ...], records: Iterable[tuple[int, list[str]]], shown_as: str, columns: Sequence[Column]
) -> Table:
    """Make a table of cells that were read already, and check them but for the header; findings are collected.

    Args:
        header: the names of its columns, as they stand.
        records: the line each row starts in, and its cells.
        shown_as: its name in messages.
        columns: what the table may hold.
    """
    findings = []
    by_name = {column.name: column for column in columns}
    positions = {name: i for i, name in enumerate(header, start=1)}
    rows = []
    for line, cells in records:
        where = Location(shown_as, line)
        if len(cells) != len(header):
            message = f"{len(cells)} cells where the header has {len(header)}"
            findings.append(Finding("CELL_COUNT", message, where, "put a cell that holds a comma in double quotes"))
            continue
        row = Row(dict(zip(header, cells, strict=True)), shown_as, line, positions)
        on_one_line = replace(row, cells={name: cell.replace("\n", " ") for name, cell in row.cells.items()})
        for column in (by_name[name] for name in header if name in by_name):
            findings.extend(_for_spreadsheets(finding) for finding in _check_cell(on_one_line, column))
        rows.append(row)
    return Table(shown_as, header, tuple(rows), tuple(findings))


def check_header(header: tuple[str, ...], shown_as: str, columns: Sequence[Column]) -> tuple[Finding, ...]:
    """Return what is wrong with the names of columns: unknown, twice, missing."""
    return tuple(_for_spreadsheets(finding) for finding in _check_header(header, shown_as, columns))


def _read_records(path: Path, shown_as: str) -> list[tuple[int, list[str]]]:
    """Return the records with the line each starts in; a quoted cell may run over several lines."""
    lines = (line.removesuffix("\r") + "\n" for line in read_lines(path, shown_as))
    reader = csv.reader(lines, strict=True)
    records, line = [], 1
    try:
        for cells in reader:
            records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"not CSV: {error}",
            location=Location(shown_as, line),
            remedy="check the double quotes of that record",
        ) from error
    return records


def _for_spreadsheets(finding: Finding) -> Finding:
    """Give the remedy that fits a file no formatter of ours touches."""
    if finding.rule != "NOT_NORMAL":
        return finding
    return replace(finding, remedy="delete the spaces around it and write accents as single characters")
