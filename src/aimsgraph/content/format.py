"""Normal form of the content files, so that a change shows as the lines it changes and nothing else.

Tables: UTF-8 in NFC, LF, a final newline, no blank line, no blanks around a cell or a list item, columns in
the order of the schema. A column stays even when all its cells are empty. Rows keep their order, which for
provisions is the order of the document; only what is a mere set of codes is sorted by them (`_SORTED_BY`).

YAML: UTF-8 in NFC, LF, a final newline, no blanks at line ends; keys, comments and layout stay as they are.
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from aimsgraph.content.check import ContentCheckFailed
from aimsgraph.content.read import shown, table_columns
from aimsgraph.content.tables import Column
from aimsgraph.domain.report import Finding
from aimsgraph.errors import BackendError, InputError, Location, Refused

_SORTED_BY = {"conditions": "code", "roles": "slug"}
_DIGITS = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class FormatReport:
    """What formatting did.

    Attributes:
        files: how many files were looked at.
        changed: the files that were put into normal form.
    """

    files: int
    changed: tuple[str, ...]


def format_content(folder: Path, *, check: bool = False) -> FormatReport:
    """Put every table and header of a data folder into normal form; nothing is written before all were read.

    Args:
        folder: the data folder.
        check: only compare.

    Raises:
        InputError: the folder or a file cannot be read, or a row cannot be told into cells.
        ContentCheckFailed: with `check`, a file is not in normal form.
    """
    pending: dict[Path, bytes] = {}
    files = list(iter_source_files(folder))
    for path in files:
        before = _read(path, shown(path, folder))
        after = format_file(path, before, shown(path, folder))
        if after != before:
            pending[path] = after
    if check and pending:
        remedy = "run `aimsgraph data fmt`"
        found = [
            Finding("NOT_FORMATTED", "not in normal form", Location(shown(path, folder)), remedy) for path in pending
        ]
        raise ContentCheckFailed(found, what="files are not in normal form")
    for path, data in pending.items():
        replace_file(path, data)
    return FormatReport(len(files), tuple(shown(path, folder) for path in pending))


def iter_source_files(folder: Path) -> Iterator[Path]:
    """Yield the files the content is read from, in the order of their paths.

    Raises:
        InputError: there is no such folder.
    """
    if not folder.is_dir():
        raise InputError(
            "there is no such data folder", location=Location(str(folder)), remedy="give an existing folder"
        )
    found: set[Path] = set()
    for header in folder.glob("frameworks/*/*/framework.yaml"):
        found |= {header, *header.parent.glob("*.tsv")}
    for header in folder.glob("*/catalogue.yaml"):
        found |= {header, header.with_name("entries.tsv")}
    found |= set(folder.glob("vocabularies/*.tsv"))
    yield from sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def format_file(path: Path, data: bytes, shown_as: str) -> bytes:
    """Return the normal form of a content file; where it stands says which table it is.

    Raises:
        InputError: it is not UTF-8, or a row has other cells than the header.
    """
    text = _decode(data, shown_as)
    if path.suffix == ".yaml":
        return format_yaml(text).encode()
    columns = table_columns(path)
    return data if columns is None else format_table(text, columns, shown_as, _SORTED_BY.get(path.stem)).encode()


def format_table(text: str, columns: Sequence[Column], shown_as: str, sort_by: str | None = None) -> str:
    """Return the normal form of a table.

    Args:
        text: the table.
        columns: the columns it may have, in normal order; others keep their order after those.
        shown_as: its name in messages.
        sort_by: the column to sort by, when the order of rows has no meaning.

    Raises:
        InputError: a row has other cells than the header, so that moving columns could mix them up.
    """
    lines = _lines(text)
    if not lines[0].strip():
        raise InputError(
            "the table is empty", location=Location(shown_as, 1), remedy="its first line names the columns"
        )
    header = [_cell(name) for name in lines[0].split("\t")]
    kinds = {column.name: column.kind for column in columns}
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if not line.strip():
            continue
        if len(cells) != len(header):
            raise InputError(
                f"{len(cells)} cells where the header has {len(header)}",
                location=Location(shown_as, number),
                remedy="put exactly one tab between cells, then format again",
            )
        rows.append([_cell(cell, kinds.get(name, "")) for name, cell in zip(header, cells, strict=True)])
    names = [column.name for column in columns]
    order = sorted(range(len(header)), key=lambda i: names.index(header[i]) if header[i] in names else len(names))
    if sort_by in header:
        key = header.index(sort_by)
        rows.sort(key=lambda cells: natural_key(cells[key]))
    return "".join("\t".join(cells[i] for i in order) + "\n" for cells in (header, *rows))


def format_yaml(text: str) -> str:
    """Return the normal form of a YAML text; blanks at line ends stay where the value needs them."""
    plain = unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text))
    trimmed = "\n".join(line.rstrip() for line in plain.split("\n")).strip("\n") + "\n"
    plain = plain.rstrip("\n") + "\n"
    return trimmed if trimmed == plain or _same_yaml(plain, trimmed) else plain


def natural_key(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Return a key that sorts numbers within text by their value: `6.9` before `6.10`."""
    return tuple(
        (False, len(part.lstrip("0")), part.lstrip("0")) if part.isdecimal() else (True, 0, part)
        for part in _DIGITS.split(text)
    )


def replace_file(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all: beside it first, then in its place.

    Raises:
        Refused: it may not be written.
        BackendError: writing failed; the old file is as it was.
    """
    with writing(path):
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            beside.chmod(mode)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a failure of the file system while writing into an error of ours.

    Raises:
        Refused: it may not be written.
        BackendError: writing failed for another reason.
    """
    try:
        yield
    except PermissionError as error:
        raise Refused(f"may not write {path}", remedy="make its folder writable") from error
    except OSError as error:
        raise BackendError(
            f"cannot write {path}: {error.strerror}", remedy="nothing was changed; mend this and try again"
        ) from error


def _read(path: Path, shown_as: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read the file: {error.strerror}",
            location=Location(shown_as),
            remedy="check that it exists and may be read",
        ) from error


def _decode(data: bytes, shown_as: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"not UTF-8 at byte {error.start}",
            location=Location(shown_as, line),
            remedy="save the file as UTF-8",
        ) from error


def _lines(text: str) -> list[str]:
    """Return the lines of a table, whichever of the three line ends it uses."""
    text = re.sub(r"\r*\n", "\n", text)
    return (text if "\n" in text else text.replace("\r", "\n")).split("\n")


def _cell(cell: str, kind: str = "") -> str:
    cell = unicodedata.normalize("NFC", cell).strip()
    return ";".join(part.strip() for part in cell.split(";")) if kind == "list" else cell


def _same_yaml(one: str, other: str) -> bool:
    try:
        return _outline(one) == _outline(other)
    except (yaml.YAMLError, ValueError, OverflowError):
        return False


def _outline(text: str) -> list[tuple[str, str]]:
    """Return what a YAML text says, without its layout."""
    return [
        (type(event).__name__, str(getattr(event, "value", getattr(event, "anchor", ""))))
        for event in yaml.parse(text, Loader=yaml.SafeLoader)
    ]
