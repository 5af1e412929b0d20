r"""A report as Markdown in which every text from data is text: no HTML, no link, no emphasis of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aimsgraph.reports.model import Cell, Report, Section, Table, Word, plain

_SPECIAL = re.compile(r"([\\`*_{}\[\]|#~$])")
_STARTS = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|www|mailto|javascript|data)([:.])(?=\S)")


def to_markdown(report: Report) -> str:
    """Return a report as Markdown."""
    lines = [f"# {text(report.title)}", "", f"**{text(report.organisation)}**", ""]
    lines += [f"- {text(name)}: {text(value)}" for name, value in report.facts]
    lines.append("")
    for note in report.notes:
        lines += [f"> {text(note)}", ""]
    lines += [f"> **What this does not claim.** {text(report.no_claim)}", ""]
    for section in report.sections:
        lines += _section(section)
    return "\n".join(lines).rstrip("\n") + "\n"


def text(value: object) -> str:
    r"""Return a text as Markdown shows it, on one line.

    >>> text("<b> [a](javascript:x) | `c`")
    '&lt;b&gt; \\[a\\](javascript\\:x) \\| \\`c\\`'
    """
    line = " ".join(plain(value).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _STARTS.sub(_guard, _SPECIAL.sub(r"\\\1", line))
    return _ADDRESS.sub(r"\1\\\2", line)


def _guard(found: re.Match[str]) -> str:
    start = found[2]
    return f"{found[1]}&#{ord(start[0])};{start[1:]}"


def _section(section: Section) -> list[str]:
    lines = [f"{'###' if section.minor else '##'} {text(section.title)}", ""]
    for paragraph in section.words:
        lines += [text(paragraph), ""]
    if section.facts:
        lines += [*(f"- {text(name)}: {_cell(cell)}" for name, cell in section.facts), ""]
    if section.counts:
        lines += [*table(Table(("", "number"), [(Word(name), n) for name, n in section.counts.items()])), ""]
    if section.table is not None:
        lines += [*table(section.table), ""]
    if section.links:
        lines += [*(f"- [{text(words)}]({address})" for address, words in section.links), ""]
    if section.code:
        lines += [*(f"    {plain(line)}" for line in section.code), ""]
    return lines


def table(given: Table) -> list[str]:
    """Return the lines of a table."""
    return [_row(given.header), "|" + "---|" * len(given.header), *(_row(row) for row in given.rows)]


def _row(cells: Sequence[Cell]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(cell: Cell) -> str:
    if isinstance(cell, tuple):
        return "<br>".join(text(line) for line in cell)
    if isinstance(cell, Word):
        return f"{cell.mark} {text(cell)}"
    return "" if cell is None else text(cell)
