"""Writes a register as one workbook: a README, one sheet a table, drop-down lists, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from aimsgraph.content.organisation_files import (
    AUDITS,
    EVIDENCE,
    HEADER,
    IMPACTS,
    POLICIES,
    README,
    SYSTEMS,
    YAML_FOLDERS,
    OrganisationFiles,
)
from aimsgraph.content.organisation_law import LawIndex
from aimsgraph.content.register_tables import OWN
from aimsgraph.content.tables import Column, read_lines
from aimsgraph.content.yaml_source import YamlSource
from aimsgraph.domain.report import Severity
from aimsgraph.domain.time import parse_date
from aimsgraph.errors import CheckFailed, InputError, Location
from aimsgraph.exchange import register_sheets as layout
from aimsgraph.exchange import sentences
from aimsgraph.exchange.losses import LossBook, LossKind, LossReport
from aimsgraph.exchange.register_sheets import SENTENCES, SHEETS, Shape, SheetOf
from aimsgraph.exchange.workbook import SPARE_ROWS, Sheet, Value, write_workbook

_MAX_DIGITS = 15
"""How many digits of a number spreadsheet programs keep."""
_COLUMN_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def write_register(files: OrganisationFiles, law: LawIndex, version: str) -> tuple[bytes, LossReport]:
    """Return a register as a workbook, and what a workbook cannot carry.

    Args:
        files: the register as read.
        law: whose roles, conditions and controls the drop-down lists offer.
        version: the version of the graph, for the README.

    Raises:
        CheckFailed: fields or cells of the register are wrong; only what is well-formed is carried.
        InputError: a text is longer than a cell may be.
        UsageError: openpyxl is not installed.
    """
    check_sound(files)
    assert files.header is not None
    lists = {
        layout.ROLES: tuple(law.roles),
        layout.CONDITIONS: tuple(law.conditions),
        layout.CONTROLS: (OWN, *law.controls),
    }
    lines = {of.name: list(_lines(of, files)) for of in SHEETS}
    sheets = [_readme(files.header.model.name, version)]
    sheets += [_sheet(of, lines, lists) for of in SHEETS]
    sheets.append(_list_sheet(lists))
    title = f"Register of AI systems: {files.header.model.name}"
    return write_workbook(sheets, title, None), _losses(files)


def check_sound(files: OrganisationFiles) -> None:
    """Refuse a register whose fields or cells are wrong, since then not all of it was read.

    Raises:
        CheckFailed: with the first of them.
    """
    wrong = [finding for finding in files.findings if finding.severity is Severity.VIOLATION]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise CheckFailed(f"{wrong[0].message}{more}", location=wrong[0].location, remedy=wrong[0].remedy)


def documents_of(files: OrganisationFiles, file: str) -> list[YamlSource]:
    """Return what a YAML file, or the YAML files of a folder, say; None when there is none."""
    header, audits = files.header, files.audits
    found: dict[str, list[YamlSource]] = {
        HEADER: [header.yaml] if header else [],
        AUDITS: [audits.yaml] if audits else [],
        SYSTEMS: [document.yaml for document in files.systems],
        IMPACTS: [document.yaml for document in files.impacts],
        POLICIES: [document.yaml for document in files.policies],
    }
    return found[file]


def _lines(of: SheetOf, files: OrganisationFiles) -> Iterator[dict[str, Value]]:
    """Yield the rows of a sheet, as cells by column."""
    if of.shape is Shape.TABLE:
        for row in files.rows(of.file):
            yield {column.name: _typed(row[column.name], column) for column in of.columns}
        return
    for document in documents_of(files, of.file):
        found = _at(document.data, of.at)
        entries: list[Any] = [found] if of.shape in (Shape.FILE, Shape.PART) else list(found or ())
        if of.shape is Shape.ANSWERS and found:
            entries = list(found.items())
        for entry in entries:
            if entry is not None:
                yield {**({of.parent: document.stem} if of.parent else {}), **_cells(of, entry)}


def _at(data: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - what YAML gives
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _cells(of: SheetOf, entry: Any) -> dict[str, Value]:  # noqa: ANN401 - an entry of any shape
    own = [field for field in of.fields if field.path]
    if of.shape is Shape.TEXTS:
        return {own[0].column.name: entry}
    if of.shape is Shape.ANSWERS:
        return {field.column.name: word for field, word in zip(own, entry, strict=True) if word is not None}
    return {field.column.name: _cell(_at(entry, field.path), field.column) for field in own}


def _cell(value: Any, column: Column) -> Value:  # noqa: ANN401 - what YAML gives
    if value is None:
        return ""
    if column.kind == SENTENCES:
        return sentences.join(value)
    if column.kind == "list":
        return _joined(value, column)
    return _typed(value, column)


def _joined(items: list[str], column: Column) -> str:
    unfit = next((item for item in items if ";" in item or item != item.strip()), None)
    if unfit is not None:
        raise InputError(
            f"{column.name!r}: {unfit!r} cannot stand in a list of a workbook",
            remedy="write it without ; and without spaces around it",
        )
    return ";".join(items)


def _typed(text: str, column: Column) -> Value:
    """Return a day as a day and a whole number as a number, when it is read back as the same text."""
    if column.kind == "date" and text:
        try:
            return parse_date(text)
        except ValueError:
            return text
    if column.kind == "integer" and text.isdecimal() and len(text) <= _MAX_DIGITS and str(int(text)) == text:
        return int(text)
    return text


def _sheet(of: SheetOf, lines: Mapping[str, list[dict[str, Value]]], lists: Mapping[str, tuple[str, ...]]) -> Sheet:
    choices = {c.name: ("yes", "no") if c.kind == "yes-no" else c.choices for c in of.columns if c.kind != "list"}
    offers = {field.column.name: field.offers for field in of.fields if field.offers}
    return Sheet(
        of.name,
        tuple(column.name for column in of.columns),
        lines[of.name],
        {name: words for name, words in choices.items() if words},
        {name: _range(source, lines, lists) for name, source in offers.items()},
        strict=True,
        notes={field.column.name: _note(field.meaning, field.column) for field in of.fields},
        texts=frozenset(column.name for column in of.columns if column.kind not in ("date", "integer")),
        filtered=True,
    )


def _range(source: str, lines: Mapping[str, list[dict[str, Value]]], lists: Mapping[str, tuple[str, ...]]) -> str:
    """Return the cells with the words a column offers: a list of the law, or the ids of a sheet."""
    if source in lists:
        letter = _COLUMN_LETTERS[list(lists).index(source)]
        return f"{layout.LISTS}!${letter}$2:${letter}${len(lists[source]) + 1}"
    names = [column.name for column in layout.BY_NAME[source].columns]
    letter = _COLUMN_LETTERS[names.index("id")]
    return f"{source}!${letter}$2:${letter}${len(lines[source]) + SPARE_ROWS}"


def _note(meaning: str, column: Column) -> str:
    how = {
        "date": "A date.", "integer": "A whole number.", "list": "Several are separated by ;",
        SENTENCES: "One a line (Alt+Enter).",
    }.get(column.kind, "")  # fmt: skip
    words = f"Known: {', '.join(column.choices)}." if column.choices and column.kind == "list" else ""
    return " ".join(
        part for part in (f"{meaning[0].upper()}{meaning[1:]}.", how, words, "Needed." * column.required) if part
    )


def _list_sheet(lists: Mapping[str, tuple[str, ...]]) -> Sheet:
    longest = max(len(words) for words in lists.values())
    lines = [{name: words[i] for name, words in lists.items() if i < len(words)} for i in range(longest)]
    return Sheet(layout.LISTS, tuple(lists), lines)


def _readme(name: str, version: str) -> Sheet:
    said = [
        ("register", name[:200]),
        ("what it is", "A register of AI systems: the same records as a folder of plain files, equal in standing."),
        ("graph version", version),
        ("how to fill in", "One record a row. Point at the name of a column to see what it means. A date is a date, "
         "everything else text. A cell nobody can fill in yet stays empty. Formulas and merged cells are refused."),
        ("drop-downs", "Coded columns allow the words of their list alone. Columns with ids, roles, conditions and "
         "controls offer what the other sheets, or the sheet lists, hold. Columns for several items have no list."),
        ("files", "Paths name files beside this workbook, such as evidence/report.txt: keep the folder with it."),
        ("how to send it back", "aimsgraph org check FILE.xlsx says what is wrong, by sheet, row and column. "
         "aimsgraph org import FILE.xlsx DIR writes the folder."),
    ]  # fmt: skip
    said += [(f"sheet {of.name}", f"{of.meaning[0].upper()}{of.meaning[1:]}.") for of in SHEETS]
    said.append((f"sheet {layout.LISTS}", "The words of long drop-down lists; it is not read."))
    return Sheet(layout.README, ("about", "text"), [{"about": about, "text": text} for about, text in said])


def _losses(files: OrganisationFiles) -> LossReport:
    book = LossBook()
    if not files.folder.is_dir() or files.parts:
        return book.report()
    paths = [files.folder / HEADER, files.folder / AUDITS]
    paths += [path for name in YAML_FOLDERS for path in sorted((files.folder / name).glob("*.yaml"))]
    for path in paths:
        if path.exists():
            shown = path.relative_to(files.folder).as_posix()
            for line in _comment_lines(path, shown):
                book.add(LossKind.DROPPED, "comments", "a workbook has no place for them", Location(shown, line))
    if (files.folder / README).exists():
        book.add(LossKind.DROPPED, README, "the workbook has a README of its own")
    for name, table in files.tables.items():
        if not table.rows:
            book.add(LossKind.DROPPED, name, "a table without rows is not there in a workbook")
    if any(path.is_file() for path in (files.folder / EVIDENCE).rglob("*")):
        book.add(LossKind.DROPPED, f"{EVIDENCE}/", "a workbook holds no files: keep a copy of the folder beside it")
    return book.report()


def _comment_lines(path: Path, shown_as: str) -> Iterator[int]:
    """Yield the lines of a YAML file that hold a comment: a # between two values, not in one."""
    text = "\n".join(read_lines(path, shown_as)) + "\n"
    for one, following in pairwise(yaml.scan(text, Loader=yaml.SafeLoader)):
        gap = text[one.end_mark.index : following.start_mark.index]
        for line, part in enumerate(gap.split("\n"), start=one.end_mark.line + 1):
            if part.lstrip().startswith("#"):
                yield line
