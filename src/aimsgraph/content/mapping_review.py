"""Writes a person's review of a mapping row to its set's files: the review itself, and the row's new status.

Both files change together or not at all.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from aimsgraph.content.format import replace_file
from aimsgraph.content.mapping_compile import row_iri
from aimsgraph.content.mapping_schemas import REVIEWS
from aimsgraph.content.read import MappingSetSource, read_mapping_set
from aimsgraph.content.tables import Row, nearest, read_lines
from aimsgraph.errors import InputError, NotFound, UsageError


def review_row(folder: Path, row: str, *, accept: bool, by: str, note: str, on: dt.date) -> tuple[Path, ...]:
    """Record that a person accepts or contests a row, and return the files written.

    Args:
        folder: the data folder.
        row: the row's id or IRI.
        accept: accept the row as it stands; contest it when False.
        by: the person's name.
        note: why.
        on: the day of the review.

    Raises:
        NotFound: there is no such row; the nearest is named.
        UsageError: name or note is empty or holds a tab or line break, or rows of two sets have that id.
        InputError: a file of the set cannot be read.
    """
    for what, value in (("name", by), ("note", note)):
        if not value.strip() or any(c in value for c in "\t\r\n"):
            raise UsageError(f"the {what} is empty or holds a tab or line break", remedy="write one line of text")
    sets = [read_mapping_set(path, folder) for path in sorted(folder.glob("mappings/*/set.yaml"))]
    names = {(source.header.id, each["id"]): (source, each) for source in sets for each in source.all_rows}
    found = [both for (in_set, id_), both in names.items() if row in (id_, row_iri(in_set, id_))]
    if len(found) > 1:
        iris = ", ".join(row_iri(source.header.id, row) for source, _ in found)
        raise UsageError(f"{len(found)} sets have a row {row!r}", remedy=f"give one of {iris}")
    if not found:
        ids = [each["id"] for source in sets for each in source.all_rows]
        raise NotFound(f"there is no row {row!r}", remedy=f"did you mean {nearest(row, ids)!r}?")
    source, target = found[0]
    reviews = folder.parent / Path(source.yaml.file).parent / "reviews.tsv"
    rows = folder.parent / target.file
    cells = {
        "row": target["id"], "reviewer": by, "kind": "human", "on": on.isoformat(), "blind": "no",
        "proposed": target["relation"] if accept else "", "agreement": "1.0" if accept else "-1.0", "note": note,
    }  # fmt: skip
    new_rows = _with_status(rows, target, "accepted" if accept else "contested")
    new_reviews = _with_review(reviews, source, cells)
    before = rows.read_bytes()
    replace_file(rows, new_rows)
    try:
        replace_file(reviews, new_reviews)
    except BaseException:
        replace_file(rows, before)
        raise
    return rows, reviews


def _with_status(path: Path, target: Row, status: str) -> bytes:
    lines = read_lines(path, str(path))
    if "status" not in target.positions:
        raise InputError("the table has no column 'status'", location=target.where(), remedy="add the column")
    cells = lines[target.line - 1].split("\t")
    cells[target.positions["status"] - 1] = status
    lines[target.line - 1] = "\t".join(cells)
    return ("\n".join(lines) + "\n").encode()


def _with_review(path: Path, source: MappingSetSource, cells: dict[str, str]) -> bytes:
    header = list(source.reviews.header) if source.reviews else [column.name for column in REVIEWS]
    lines = read_lines(path, str(path)) if source.reviews else ["\t".join(header)]
    lines.append("\t".join(cells.get(name, "") for name in header))
    return ("\n".join(lines) + "\n").encode()
