"""From a mapping table to our own format and back: the folder of a set, or the same as if it had been read.

What our format demands and a foreign set does not state is filled in openly: the weakest value that is true, a text
that says so, and an entry in the loss report. Every imported row is a candidate.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from aimsgraph.content.format import format_table, replace_file, writing
from aimsgraph.content.mapping_check import RATIONALE
from aimsgraph.content.mapping_schemas import NOMATCH, REVIEWS, ROWS, MappingSetHeader
from aimsgraph.content.read import MappingSetSource
from aimsgraph.content.tables import Column, Row, Table
from aimsgraph.content.yaml_source import YamlSource
from aimsgraph.domain.relation import WORDS, Base
from aimsgraph.errors import Location, Refused
from aimsgraph.exchange.cells import header_fields, nomatch_cells, read_nomatch, read_review, read_row, review_cells
from aimsgraph.exchange.cells import row_cells as cells_of_row
from aimsgraph.exchange.losses import LossBook, LossKind, LossReport
from aimsgraph.exchange.mapping_table import MappingRow, MappingTable, SetHeader
from aimsgraph.exchange.names import Names

ASSUMED_CONFIDENCE = Decimal("0.5")
"""Filled in where a foreign set states no confidence: neither trusted nor distrusted."""
NOT_STATED = "Not stated by the source."


def table_of_source(source: MappingSetSource, names: Names) -> MappingTable:
    """Return a set of ours, as read from its folder, as a mapping table.

    Raises:
        InputError: a row is not as `data check` wants it.
    """
    header = SetHeader(**{name: getattr(source.header, name) for name in MappingSetHeader.model_fields})
    subject, object_ = header.slugs
    rows = tuple(read_row(_Qualified(row, {"subject": subject, "object": object_}), names) for row in source.all_rows)
    nomatches = []
    for row in source.nomatch.rows if source.nomatch else ():
        ours = next((slug for slug in header.slugs if slug != row["scope"]), subject)
        nomatches.append(read_nomatch(_Qualified(row, {"item": ours}), names))
    ids = {row.id for row in rows} | {row.id for row in nomatches}
    reviews = tuple(read_review(row, ids) for row in (source.reviews.rows if source.reviews else ()))
    return MappingTable(header, rows, tuple(nomatches), reviews).with_rows_of_set()


def complete(table: MappingTable, day: dt.date) -> tuple[MappingTable, LossReport]:
    """Return a table in which everything our format demands is filled in, and what was filled in.

    Args:
        table: the set as read.
        day: the day of the import, for a set without a date.
    """
    book = LossBook()
    header, found = table.header, dict[str, Any]()
    defaults: dict[str, str | dt.date] = {
        "version": "0.0.0", "licence": "not stated", "author": "not stated", "author_kind": "hybrid",
        "authored_on": day, "method": "hybrid", "justification": "semapv:UnspecifiedMatching",
    }  # fmt: skip
    for name, value in defaults.items():
        if not getattr(header, name):
            found[name] = value
            book.add(LossKind.ASSUMED, f"set {name}", f"not stated; filled in as {value}")
    header = replace(header, **found)
    rows = tuple(_complete_row(row, header, book) for row in table.rows)
    return replace(table, header=header, rows=rows), book.report()


def source_of(table: MappingTable) -> MappingSetSource:
    """Return a complete table as if it had been read from its folder; places are those of the file it came from."""
    fields = dict(header_fields(table.header)) | {"notes": table.header.notes}
    where = next((row.location for row in table.rows if row.location), Location(table.header.id))
    header = MappingSetHeader.model_validate(fields)
    rows = tuple(_row(cells_of_row(row), ROWS, ("subject", "object"), row.location or where) for row in table.rows)
    none = tuple(_row(nomatch_cells(row), NOMATCH, ("item",), row.location or where) for row in table.nomatches)
    reviews = tuple(_row(review_cells(row), REVIEWS, (), row.location or where) for row in table.reviews)
    return MappingSetSource(
        header,
        YamlSource(where.file, fields, {}),
        (_table(where.file, ROWS, rows),),
        _table(where.file, NOMATCH, none) if none else None,
        _table(where.file, REVIEWS, reviews) if reviews else None,
    )


def write_folder(table: MappingTable, mappings: Path) -> tuple[Path, ...]:
    """Write a complete table as the folder of a set: all files or none.

    Args:
        table: the set, see `complete`.
        mappings: the folder `data/mappings/` of a data folder.

    Raises:
        Refused: the set is there already, or the folder may not be written.
        BackendError: writing failed; nothing was written.
    """
    import yaml

    folder = mappings / table.header.id
    if folder.exists():
        raise Refused(f"{folder} is there already", remedy="delete it, or give the imported set another id")
    fields = {name: value for name, value in header_fields(table.header) if name != "notes"}
    header: dict[str, object] = {**fields, **({"notes": list(table.header.notes)} if table.header.notes else {})}
    files = {"set.yaml": yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=100_000)}
    files["rows/rows.tsv"] = _tsv(ROWS, [_local(cells_of_row(row), ("subject", "object")) for row in table.rows])
    if table.nomatches:
        files["nomatch.tsv"] = _tsv(NOMATCH, [_local(nomatch_cells(row), ("item",)) for row in table.nomatches])
    if table.reviews:
        files["reviews.tsv"] = _tsv(REVIEWS, [review_cells(row) for row in table.reviews])
    with writing(folder):
        mappings.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=mappings))
        try:
            (staging / "rows").mkdir()
            for name, text in files.items():
                replace_file(staging / name, text.encode())
            staging.chmod(0o755)
            staging.rename(folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return tuple(folder / name for name in files)


def weakest_extent(relations: tuple[str, ...]) -> str:
    """Return the extent that a relation by itself makes true, the least one where several are.

    >>> weakest_extent(("superset-of",)), weakest_extent(("subset-of", "equal-to"))
    ('all', 'some')
    """
    bases = {WORDS[word] for word in relations}
    if bases <= {Base.EQUAL, Base.SUPERSET}:
        return "all"
    return "none" if Base.DISJOINT in bases else "some"


def _complete_row(row: MappingRow, header: SetHeader, book: LossBook) -> MappingRow:
    filled: dict[str, Any] = {}

    def fill(name: str, value: object, why: str) -> None:
        filled[name] = value
        book.add(LossKind.ASSUMED, name, why, row.location)

    if not row.extent:
        fill("extent", weakest_extent(row.relations), "not stated; the least that the relation makes true")
    if not row.basis:
        fill("basis", "semantic", "not stated; filled in as semantic")
    if row.confidence is None:
        fill("confidence", ASSUMED_CONFIDENCE, f"not stated; filled in as {ASSUMED_CONFIDENCE}")
    if len(row.rationale) < RATIONALE:
        words = f"{row.rationale} " if row.rationale else ""
        fill(
            "rationale", f"{words}(The source, {header.title}, gives no fuller rationale.)", "not stated, or too short"
        )
    whole = bool({"equal-to", "equivalent-to", "superset-of"} & set(row.relations))
    if not whole and "no-relationship" not in row.relations and not row.gap_object:
        fill("gap_object", NOT_STATED, "not stated")
    if row.status == "accepted":
        fill("status", "candidate", "an import is a candidate until a named person accepts it")
    return replace(row, **filled)


class _Qualified:
    """A row of ours whose items are read as references."""

    def __init__(self, row: Row, slugs: Mapping[str, str]) -> None:
        self.row = row
        self.slugs = slugs

    def __getitem__(self, name: str) -> str:
        if name in self.slugs:
            return ";".join(f"{self.slugs[name]}:{id_}" for id_ in self.row.items(name))
        return self.row[name]

    def where(self, name: str = "") -> Location:
        return self.row.where(name)


def _local(cells: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Return cells in which items have lost their framework."""
    return cells | {name: ";".join(part.partition(":")[2] for part in cells[name].split(";")) for name in names}


def _row(cells: dict[str, str], columns: tuple[Column, ...], names: tuple[str, ...], where: Location) -> Row:
    positions = {column.name: where.column for column in columns}
    return Row(_local(cells, names), where.file, where.line, positions)


def _table(file: str, columns: tuple[Column, ...], rows: tuple[Row, ...]) -> Table:
    return Table(file, tuple(column.name for column in columns), rows, ())


def _tsv(columns: tuple[Column, ...], lines: list[dict[str, str]]) -> str:
    names = [column.name for column in columns]
    text = "\n".join("\t".join(line[name] for name in names) for line in [dict(zip(names, names, strict=True)), *lines])
    return format_table(text + "\n", columns, "rows")
