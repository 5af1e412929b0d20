"""A report as one HTML file that needs nothing else: no script, no request, a style sheet for screen and paper."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from aimsgraph.reports.model import Cell, Report, Section, Table, Word, plain

_BAR = 100.0


def to_html(report: Report) -> str:
    """Return a report as HTML."""
    style = style_of(report)
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy_of(style)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_text(report.title)} – {_text(report.organisation)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            *_head(report),
            "<main>",
            *(line for section in report.sections for line in _section(section)),
            "</main>",
            f"<footer><p>{_text(report.no_claim)}</p><p>aimsgraph · {_text(report.days)}</p></footer>",
            "</body>",
            "</html>",
            "",
        )
    )


def style_of(report: Report) -> str:
    """Return the style sheet, with the head and foot of printed pages."""
    head, foot = f"{report.organisation} – {report.title}", f"aimsgraph · {report.days}"
    return (
        _style()
        + f"@page{{@top-left{{content:{css_string(head)}}}@bottom-left{{content:{css_string(foot)}}}}}"
    )  # fmt: skip


def policy_of(style: str) -> str:
    """Return the content security policy of a page with this style sheet: its style, and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def css_string(text: str) -> str:
    r"""Return a string of CSS that cannot end early, nor end the style sheet.

    >>> css_string('a"</style>')
    '"a\\22 \\3c \\2f style\\3e "'
    """
    kept = (c if c.isascii() and (c.isalnum() or c in " .,-") else f"\\{ord(c):x} " for c in plain(text)[:160])
    return f'"{"".join(kept)}"'


@functools.cache
def _style() -> str:
    return files("aimsgraph.reports").joinpath("report.css").read_text(encoding="utf-8")


def _text(value: object) -> str:
    return escape(plain(value))


def _head(report: Report) -> Iterator[str]:
    yield f"<header><p class='whose'>{_text(report.organisation)}</p><h1>{_text(report.title)}</h1>"
    yield "<dl>"
    for name, value in report.facts:
        yield f"<div><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>"
    yield "</dl>"
    for note in report.notes:
        yield f"<p class='note'>{_text(note)}</p>"
    yield f"<p class='claim'><strong>What this does not claim.</strong> {_text(report.no_claim)}</p></header>"


def _section(section: Section) -> Iterator[str]:
    level = "h3" if section.minor else "h2"
    yield f"<section><{level}>{_text(section.title)}</{level}>"
    yield from (f"<p>{_text(paragraph)}</p>" for paragraph in section.words)
    if section.facts:
        rows = (f"<div><dt>{_text(name)}</dt><dd>{_cell(cell)}</dd></div>" for name, cell in section.facts)
        yield f"<dl>{''.join(rows)}</dl>"
    if section.counts:
        yield from _counts(section)
    if section.table is not None:
        yield from _table(section.table)
    if section.links:
        yield "<ul>"
        yield from (f'<li><a href="{escape(address)}">{_text(words)}</a></li>' for address, words in section.links)
        yield "</ul>"
    if section.code:
        yield f"<pre>{_text(chr(10).join(section.code))}</pre>"
    yield "</section>"


def _counts(section: Section) -> Iterator[str]:
    """Yield a bar, which a screen reader passes over, and the table with the same numbers."""
    total, at = sum(section.counts.values()), 0.0
    yield "<div class='counts'>"
    if total:
        yield "<svg viewBox='0 0 100 4' preserveAspectRatio='none' aria-hidden='true'>"
        for name, number in section.counts.items():
            width = _BAR * number / total
            yield f"<rect class='{Word(name).tone}' x='{at:.3f}' y='0' width='{width:.3f}' height='4'/>"
            at += width
        yield "</svg>"
    yield "<dl>"
    for name, number in section.counts.items():
        yield f"<div><dt>{_cell(Word(name))}</dt><dd>{number:,}</dd></div>"
    yield f"<div class='total'><dt>all together</dt><dd>{total:,}</dd></div></dl></div>"


def _table(table: Table) -> Iterator[str]:
    kind = " class='set'" if table.shares else ""
    columns = "".join(f"<col width='{share}%'>" for share in table.shares)
    heads = "".join(f"<th scope='col'>{_text(name)}</th>" for name in table.header)
    yield f"<div class='scroll'><table{kind}><colgroup>{columns}</colgroup><thead><tr>{heads}</tr></thead><tbody>"
    yield from (_row(row) for row in table.rows)
    yield "</tbody></table></div>"


def _row(cells: Sequence[Cell]) -> str:
    return "<tr>" + "".join(f"<td{_kind(cell)}>{_cell(cell)}</td>" for cell in cells) + "</tr>"


def _kind(cell: Cell) -> str:
    return " class='number'" if isinstance(cell, int) else ""


def _cell(cell: Cell) -> str:
    if isinstance(cell, Word):
        return f"<span class='word {cell.tone}'><span aria-hidden='true'>{cell.mark}</span> {_text(cell)}</span>"
    if isinstance(cell, tuple):
        first, *rest = cell or ("",)
        return _text(first) + "".join(f"<br><span class='more'>{_text(line)}</span>" for line in rest)
    if isinstance(cell, int):
        return f"{cell:,}"
    return "" if cell is None else _text(cell)
