"""Reads a register kept as one workbook into the files of its folder; every value knows its sheet, row and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from aimsgraph.content.organisation_check import repeated_ids, unknown_reference
from aimsgraph.content.organisation_csv import make_table
from aimsgraph.content.organisation_files import (
    AUDITS,
    HEADER,
    IMPACTS,
    POLICIES,
    SYSTEMS,
    Document,
    OrganisationFiles,
)
from aimsgraph.content.organisation_models import OrganisationFile, SystemFile, check_model
from aimsgraph.content.register_models import AuditsFile, ImpactFile, PolicyFile
from aimsgraph.content.tables import Table
from aimsgraph.content.yaml_source import Path_, YamlSource
from aimsgraph.domain.report import Finding
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange import sentences
from aimsgraph.exchange.bounded import read_bytes
from aimsgraph.exchange.register_cells import ReadSheet, read_sheets
from aimsgraph.exchange.register_sheets import SENTENCES, SHEETS, Field, Shape, SheetOf, sheets_of
from aimsgraph.exchange.workbook_read import open_workbook

M = TypeVar("M", bound=BaseModel)

_ALWAYS: Mapping[str, Mapping[str, type]] = {SYSTEMS: {"routes": list, "roles": list, "art_2_exclusions": dict}}
"""Fields that a file must have, and that a sheet without rows leaves empty."""


@dataclass(frozen=True, slots=True)
class SheetSource(YamlSource):
    """What would be a YAML file, gathered from the rows of several sheets.

    Attributes:
        name: what the file would be called, without its ending.
        places: where each value stands, by its path of keys and indexes.
        read_from: the sheets, as locations name them.
    """

    name: str
    places: Mapping[Path_, Location]
    read_from: frozenset[str]

    def where(self, *path: str | int) -> Location:
        """Return where a value stands, or the nearest that holds it."""
        key: Path_ = path
        while key and key not in self.places:
            key = key[:-1]
        return self.places.get(key, Location(self.file))

    @property
    def stem(self) -> str:
        """What the document is named after: its id."""
        return self.name

    @property
    def files(self) -> frozenset[str]:
        """The sheets its values stand in."""
        return self.read_from


def read_register(path: Path, shown_as: str) -> OrganisationFiles:
    """Read a workbook as the files of an organisation.

    Args:
        path: the workbook; files of evidence are looked up in the folder it lies in.
        shown_as: how messages name it.

    Raises:
        InputError: it cannot be read, is no register, or is more than any register needs.
        UsageError: openpyxl is not installed.
    """
    with open_workbook(read_bytes(path), shown_as) as opened:
        sheets, findings = read_sheets(opened)
    if HEADER.removesuffix(".yaml") not in sheets:
        raise InputError(
            "not a register: there is no sheet 'organisation'",
            location=Location(shown_as),
            remedy="start one with `aimsgraph org init FILE.xlsx` to see the sheets",
        )
    return _Reader(
        path, shown_as, sheets, [*findings, *(f for sheet in sheets.values() for f in sheet.findings)]
    ).read()


@dataclass(slots=True)
class _Draft:
    """A document while its rows are gathered."""

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Path_, Location] = field(default_factory=dict)

    def container(self, path: Path_, kind: type[list[Any]] | type[dict[str, Any]], where: Location) -> Any:  # noqa: ANN401
        """Return the list or mapping at a path, made when it is not there."""
        target: Any = self.data
        for i, key in enumerate(path, start=1):
            self.places.setdefault(path[:i], where)
            if isinstance(key, str):
                target.setdefault(key, kind() if i == len(path) else {})
            target = target[key]
        return target


@dataclass(frozen=True, slots=True)
class _RowOf:
    """A row with its cells by name."""

    sheet: ReadSheet
    line: int
    cells: Mapping[str, str]

    def where(self, name: str = "") -> Location:
        """Return where the row, or one of its cells, stands."""
        return Location(self.sheet.file, self.line, self.sheet.positions.get(name, 0))


@dataclass(slots=True)
class _Reader:
    path: Path
    shown_as: str
    sheets: Mapping[str, ReadSheet]
    findings: list[Finding]

    def read(self) -> OrganisationFiles:
        """Gather everything."""
        of_cells = tuple(self.findings)
        faulty = {finding.location for finding in of_cells}
        tables = {sheet.file: table for sheet in SHEETS if (table := self._table(sheet))}
        self.findings += [f for table in tables.values() for f in table.findings]
        header = self._documents(OrganisationFile, HEADER)
        systems, impacts = self._documents(SystemFile, SYSTEMS), self._documents(ImpactFile, IMPACTS)
        policies, audits = self._documents(PolicyFile, POLICIES), self._documents(AuditsFile, AUDITS)
        others = self.findings[len(of_cells) :]  # a cell that holds what it should not is not missing as well
        said = [f for f in others if f.location not in faulty or not f.rule.startswith("MISSING")]
        return OrganisationFiles(
            self.path.parent,
            self.shown_as,
            header[0] if header else None,
            systems,
            impacts,
            policies,
            audits[0] if audits else None,
            tables,
            (*of_cells, *said),
            {f"{self.shown_as}[{sheet.name}]": sheet.location_start for sheet in SHEETS},
        )

    def _table(self, of: SheetOf) -> Table | None:
        """Return a table; one without rows is not there."""
        sheet = self.sheets.get(of.name)
        if of.shape is not Shape.TABLE or sheet is None or not sheet.rows:
            return None
        return make_table(sheet.header, sheet.rows, sheet.file, of.columns)

    def _rows(self, of: SheetOf) -> Iterator[_RowOf]:
        if sheet := self.sheets.get(of.name):
            for line, cells in sheet.rows:
                yield _RowOf(sheet, line, dict(zip(sheet.header, cells, strict=True)))

    def _documents(self, model: type[M], file: str) -> tuple[Document[M], ...]:
        """Return the documents that the sheets of a file, or of a folder of files, hold."""
        parts = sheets_of(file)
        drafts = self._drafts(parts)
        for of in parts:
            for row in self._rows(of) if of.shape is not Shape.FILE else ():
                if (draft := self._draft_of(row, drafts)) is not None:
                    self._add(row, draft)
        names = frozenset(f"{self.shown_as}[{of.name}]" for of in parts)
        found = []
        for name in sorted(drafts):
            draft = drafts[name]
            for key, kind in _ALWAYS.get(file, {}).items():
                draft.data.setdefault(key, kind())
            positions = {path: (where.line, where.column) for path, where in draft.places.items()}
            main = f"{self.shown_as}[{parts[0].name}]"
            source = SheetSource(main, draft.data, positions, name, draft.places, names)
            value, problems = check_model(model, source)
            self.findings += problems
            if value is not None:
                found.append(Document(value, source))
        return tuple(found)

    def _drafts(self, parts: tuple[SheetOf, ...]) -> dict[str, _Draft]:
        """Start a document for each row of the sheet whose rows are files; one where no sheet is such."""
        of = parts[0]
        if of.shape is not Shape.FILE:
            return {"": _Draft()} if any(any(self._rows(part)) for part in parts) else {}
        drafts: dict[str, _Draft] = {}
        rows = list(self._rows(of))
        if of.file == HEADER:
            self.findings += self._check_one(of, rows)
            rows = rows[:1]
        self.findings += repeated_ids((row.cells["id"], row.where("id")) for row in rows if row.cells.get("id"))
        for row in rows:
            name = "" if of.file == HEADER else row.cells.get("id") or f"row {row.line}"
            if name not in drafts:
                drafts[name] = _Draft({}, {(): row.where()})
                self._set(row, drafts[name], ())
        return drafts

    def _check_one(self, of: SheetOf, rows: list[_RowOf]) -> Iterator[Finding]:
        if not rows:
            where = Location(f"{self.shown_as}[{of.name}]", 2)
            yield Finding("MISSING_VALUE", "nothing says who the organisation is", where, "fill in one row")
        for row in rows[1:]:
            message = "a workbook holds one organisation, and this is a further one"
            yield Finding("SECOND_ORGANISATION", message, row.where(), "delete the row, or move it to its own workbook")

    def _draft_of(self, row: _RowOf, drafts: Mapping[str, _Draft]) -> _Draft | None:
        """Return the document a row belongs to; None, and a finding, when there is none."""
        parent = row.sheet.of.parent
        if not parent:
            return drafts.get("")
        name, where = row.cells.get(parent, ""), row.where(parent)
        if not name:
            self.findings.append(Finding("MISSING_VALUE", f"{parent!r} is empty", where, "fill it in"))
        else:
            self.findings += unknown_reference(parent, name, drafts, where)
        return drafts.get(name)

    def _add(self, row: _RowOf, draft: _Draft) -> None:
        """Put a row where it belongs in its document."""
        of = row.sheet.of
        if of.shape is Shape.PART:
            if of.at in draft.places:
                remedy = f"the first one is at {draft.places[of.at]}; keep one of them"
                self.findings.append(Finding("DUPLICATE_ROW", f"a second {of.name}", row.where(), remedy))
                return
            draft.container(of.at, dict, row.where())
            self._set(row, draft, of.at)
        elif of.shape is Shape.ANSWERS:
            self._add_answer(row, draft)
        elif of.shape is Shape.TEXTS:
            self._add_text(row, draft)
        else:
            entries = draft.container(of.at, list, row.where())
            path: Path_ = (*of.at, len(entries))
            draft.places[path] = row.where()
            entries.append({})
            self._set(row, draft, path)

    def _add_text(self, row: _RowOf, draft: _Draft) -> None:
        at, name = row.sheet.of.at, row.sheet.of.fields[-1].column.name
        if not row.cells.get(name):
            self.findings.append(Finding("MISSING_VALUE", f"{name!r} is empty", row.where(name), "fill it in"))
            return
        texts = draft.container(at, list, row.where())
        draft.places[*at, len(texts)] = row.where(name)
        texts.append(row.cells[name])

    def _add_answer(self, row: _RowOf, draft: _Draft) -> None:
        key, answer = (field.column.name for field in row.sheet.of.fields[-2:])
        at, name = row.sheet.of.at, row.cells.get(key, "")
        answers = draft.container(at, dict, Location(row.sheet.file, 1))
        if not name:
            self.findings.append(Finding("MISSING_VALUE", f"{key!r} is empty", row.where(key), "fill it in"))
        elif name in answers:
            remedy = f"the first one is at {draft.places[*at, name]}; keep one of them"
            self.findings.append(Finding("DUPLICATE_ROW", f"{name!r} stands twice", row.where(key), remedy))
        else:
            answers[name] = row.cells.get(answer) or None
            draft.places[*at, name] = row.where(answer)

    def _set(self, row: _RowOf, draft: _Draft, prefix: Path_) -> None:
        """Put the cells of a row below a path; what is empty is left out, and still has its place."""
        for each in row.sheet.of.fields:
            if not each.path or each.column.name not in row.cells:
                continue
            path: Path_ = (*prefix, *each.path)
            where = row.where(each.column.name)
            draft.places[path] = where
            value = _value_of(row.cells[each.column.name], each)
            if value:
                draft.container(path[:-1], dict, row.where())[path[-1]] = value
            if isinstance(value, list):
                draft.places.update({(*path, i): where for i in range(len(value))})


def _value_of(text: str, field_: Field) -> str | list[str]:
    if field_.column.kind == SENTENCES:
        return sentences.split(text)
    if field_.column.kind == "list":
        return [part.strip() for part in text.split(";") if part.strip()]
    return text
