"""Reads the text of a Word document (.docx): paragraphs, headings, table rows, notes.

The line of a finding is the number of its paragraph, as Word counts them from the top. The file is untrusted: sizes are
bounded before and while unpacking, document types and entities are refused, and nothing is built as a tree.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from aimsgraph.domain.segments import HEADING, TEXT, Segment
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.documents import make_row

MAX_PART = 60_000_000
MAX_DEPTH = 2_000
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_HEADING = re.compile(r"(?:heading|berschrift|titre)\s?(\d)", re.IGNORECASE)


class _Hostile(Exception):
    """The XML is not what a word processor writes."""


class _Reader:
    def __init__(self, start: int) -> None:
        self.done: list[Segment] = []
        self.number = start
        self._depth = 0
        self._parts: list[str] = []
        self._level = 0
        self._in_text = False
        self._tables: list[list[tuple[str, int, int]]] = []
        self._cell: list[str] = []
        self._cell_line = 0
        self._header = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _Hostile("it is nested too deeply")
        space, _, tag = name.rpartition(" ")
        if space not in (_W, _STRICT):
            return
        if tag == "p":
            self.number += 1
            self._parts, self._level = [], 0
        elif tag == "pStyle":
            match = _HEADING.search(attributes.get(f"{space} val", ""))
            style = attributes.get(f"{space} val", "").lower()
            self._level = int(match.group(1)) if match else 1 if style == "title" else 0
        elif tag == "t":
            self._in_text = True
        elif tag in ("tab", "br", "cr"):
            self._parts.append(" ")
        elif tag == "noBreakHyphen":
            self._parts.append("-")
        elif tag == "tbl":
            self._tables.append([])
            self._header = "" if len(self._tables) == 1 else self._header
        elif tag == "tc":
            self._cell, self._cell_line = [], self.number + 1

    def end(self, name: str) -> None:
        self._depth -= 1
        space, _, tag = name.rpartition(" ")
        if space not in (_W, _STRICT):
            return
        if tag == "t":
            self._in_text = False
        elif tag == "p":
            text = "".join(self._parts).replace("\u00a0", " ").replace("\u2011", "-").replace("\n", " ")
            self._parts = []
            if self._tables:
                self._cell.append(text)
            elif text.strip():
                self.done.append(Segment(text, ((0, self.number, 1),), HEADING if self._level else TEXT, self._level))
        elif tag == "tc" and self._tables:
            self._tables[-1].append((" ".join(" ".join(self._cell).split()), self._cell_line, 1))
            self._cell = []
        elif tag == "tr" and self._tables:
            row = make_row(self._tables[-1], self._header)
            self._header = self._header or row.text
            self.done.append(row)
            self._tables[-1] = []
        elif tag == "tbl" and self._tables:
            self._tables.pop()

    def text(self, data: str) -> None:
        if self._in_text:
            self._parts.append(data)


def read_docx(data: bytes, name: str) -> Iterator[Segment]:
    """Read the segments of a Word document.

    Raises:
        InputError: it is no Word document, is broken, or unpacks to more than is read.
    """
    where = Location(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if _PARTS[0] not in names:
                raise InputError("this is no Word document: it lacks word/document.xml", location=where)
            number = 0
            for part in _PARTS:
                if part in names:
                    reader = _read_part(_unpack(archive, part, where), number)
                    number = reader.number
                    yield from reader.done
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise InputError(f"this is no readable Word document: {error}", location=where) from error
    except (_Hostile, expat.ExpatError) as error:
        raise InputError(f"the Word document is broken: {error}", location=where) from error


def _unpack(archive: zipfile.ZipFile, part: str, where: Location) -> bytes:
    with archive.open(part) as stream:
        xml = stream.read(MAX_PART + 1)
    if len(xml) > MAX_PART:
        raise InputError(f"{part} unpacks to more than {MAX_PART} bytes", location=where)
    return xml


def _read_part(xml: bytes, start: int) -> _Reader:
    reader = _Reader(start)
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_arguments: object) -> None:
        raise _Hostile("it declares a document type")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(xml, True)
    return reader
