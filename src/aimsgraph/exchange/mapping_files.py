"""One door for mapping sets in files: writes a format by name, tells the format of a file and reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aimsgraph.errors import InputError, Location, UsageError
from aimsgraph.exchange.bounded import decode, read_bytes
from aimsgraph.exchange.ciso_assistant import parse_ciso_assistant
from aimsgraph.exchange.losses import LossReport
from aimsgraph.exchange.mapping_table import Imported, MappingTable
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.oscal import write_oscal
from aimsgraph.exchange.oscal_read import parse_oscal
from aimsgraph.exchange.sssom import write_sssom
from aimsgraph.exchange.sssom_read import parse_sssom
from aimsgraph.exchange.strm import StrmDocuments, parse_strm
from aimsgraph.exchange.tables import parse_csv, parse_xlsx, write_csv, write_xlsx

WRITABLE = ("sssom", "oscal", "csv", "xlsx")
"""Formats written from a table alone; Turtle needs the content too, see `into_graph.write_turtle`."""
READABLE = ("sssom", "oscal", "csv", "xlsx", "ciso-assistant", "strm")
_STRM = re.compile(rb"focal\s+document|\bFDE\b", re.IGNORECASE)
_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a file of others does not say by itself.

    Attributes:
        format: one of `READABLE`; told from the file when empty.
        ours: framework as the file names it → slug of the framework of ours that it is.
        documents: for strm, the two documents; told from the file's name when None.
    """

    format: str = ""
    ours: Mapping[str, str] = field(default_factory=dict)
    documents: StrmDocuments | None = None


def write_mapping(table: MappingTable, names: Names, format_: str) -> tuple[bytes, LossReport]:
    """Return a mapping set in a format, and what that could not carry.

    Raises:
        UsageError: the format is unknown, or openpyxl is missing for xlsx.
        InputError: a row names an item that `names` does not know.
    """
    if format_ not in WRITABLE:
        raise UsageError(f"no format {format_!r}", remedy=f"one of {', '.join(WRITABLE)}")
    if format_ == "sssom":
        return write_sssom(table, names)
    if format_ == "oscal":
        return write_oscal(table, names)
    return write_csv(table) if format_ == "csv" else write_xlsx(table)


def read_mapping(path: Path, names: Names, options: ReadOptions | None = None) -> Imported:
    """Read the mapping sets of a file, all of them or none.

    Raises:
        InputError: the file cannot be read; where and a remedy are named.
        UsageError: the format is unknown, or openpyxl is missing for xlsx.
    """
    options = options or ReadOptions()
    data, file = read_bytes(path), str(path)
    format_ = options.format or tell_format(data, path)
    documents = options.documents or StrmDocuments(f"{path.stem}-focal", f"{path.stem}-reference", path.stem)
    readers: dict[str, Callable[[], Imported]] = {
        "sssom": lambda: parse_sssom(data, file, names, options.ours),
        "oscal": lambda: parse_oscal(data, file, names, options.ours),
        "csv": lambda: parse_csv(data, file, names),
        "xlsx": lambda: parse_xlsx(data, file, names),
        "ciso-assistant": lambda: parse_ciso_assistant(data, file, names, options.ours),
        "strm": lambda: parse_strm(data, file, documents, names, options.ours),
    }
    if format_ not in readers:
        raise UsageError(f"no format {format_!r}", remedy=f"one of {', '.join(READABLE)}")
    return readers[format_]()


def tell_format(data: bytes, path: Path) -> str:
    """Return the format of a file, by its ending and its first lines.

    Raises:
        InputError: it is none of those read here.
    """
    suffix, head = path.suffix.casefold(), data[:_HEAD]
    if data.startswith(b"PK"):
        return "strm" if _is_strm_workbook(data, str(path)) else "xlsx"
    if suffix == ".json" or head.lstrip()[:1] == b"{":
        return "oscal"
    if suffix in (".yaml", ".yml"):
        return "ciso-assistant"
    first = next((line for line in decode(data, str(path)).split("\n") if line and not line.startswith("#")), "")
    if "subject_id" in first and "predicate_id" in first:
        return "sssom"
    if suffix in (".csv", ".tsv", ".txt", ""):
        return "strm" if _STRM.search(head) else "csv"
    raise InputError(
        "the format cannot be told from the file",
        location=Location(str(path)),
        remedy=f"say which one it is with --read-as: {', '.join(READABLE)}",
    )


def _is_strm_workbook(data: bytes, file: str) -> bool:
    from aimsgraph.exchange.workbook import read_workbook

    sheets = read_workbook(data, file)
    return "rows" not in sheets and any(
        _STRM.search(" ".join(rows.header).encode()) is not None for rows in sheets.values()
    )
