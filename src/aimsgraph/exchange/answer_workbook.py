"""Writes an answer as a workbook for people who file it: its table, what goes with it, what it does not claim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from aimsgraph.domain.time import parse_date
from aimsgraph.exchange.workbook import Sheet, Value, write_workbook
from aimsgraph.exchange.workbook_text import escape, is_too_long

_DAYS = frozenset({"due", "since", "last_review", "next_review"})
"""The columns that hold days, where they hold no word such as `open`."""
_SHOWN = 4_000
"""How much is shown of a text that no cell holds whole."""
_MOST = 31
"""How many characters the name of a sheet may have."""


class AnswerTable(NamedTuple):
    """A table of an answer: its name, the names of its columns, its cells."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]


def write_answer(title: str, tables: Iterable[AnswerTable], about: Iterable[tuple[str, str]]) -> bytes:
    """Return an answer as a workbook: a sheet a table, and the sheet `about`.

    Args:
        title: the title of the workbook.
        tables: the tables; the first is the answer itself.
        about: what has to be known about it, as name and text.

    Raises:
        UsageError: openpyxl is not installed.
    """
    sheets = [_sheet(table) for table in tables]
    said: list[dict[str, Value]] = [{"about": name, "text": text} for name, text in about]
    return write_workbook([*sheets, Sheet("about", ("about", "text"), said)], title, None)


def _sheet(table: AnswerTable) -> Sheet:
    header = tuple(table.header)
    lines = [{n: _value(n, cell) for n, cell in zip(header, row, strict=True)} for row in table.rows]
    return Sheet(table.name[:_MOST], header, lines, filtered=True)


def _value(name: str, cell: object) -> Value:
    if isinstance(cell, dt.date) or (isinstance(cell, int) and not isinstance(cell, bool)):
        return cell
    text = "" if cell is None else str(cell)
    if name in _DAYS:
        with suppress(ValueError):
            return parse_date(text)
    return f"{text[:_SHOWN]} … (cut off after {_SHOWN} characters)" if is_too_long(escape(text)) else text
