"""Reads documents into segments of text that know their line and column.

Text, Markdown, code, HTML, docx, JSON, YAML, CSV and TSV. Nothing is parsed deeper than citations need, no parser
recurses, and every size is bounded: a hostile file ends in an error or is read as plain text, and never hangs.
"""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aimsgraph.domain.segments import HEADING, ROW, TEXT, Anchor, Segment
from aimsgraph.errors import InputError, Location

MAX_BYTES = 10_000_000
MAX_SEGMENT = 4_000
MAX_FILES = 20_000
_BINARY = frozenset(
    re.findall(
        r"\w+",
        """png jpg jpeg gif webp ico bmp tiff pdf zip gz tgz bz2 xz 7z tar jar whl exe dll so dylib o a pyc class wasm
        woff woff2 ttf otf eot mp3 mp4 mov avi mkv wav ogg xlsx xls pptx ppt doc odt ods db sqlite sqlite3 parquet arrow
        npy npz pt onnx bin dat lock map""",
    )
)
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv", "dist", "build", "site-packages"})
_CODE = frozenset(
    re.findall(
        r"\w+",
        """py js ts tsx jsx mjs java kt go rs c h cc cpp hpp cs rb php swift scala sh bash sql r pl lua tf rego toml ini
        cfg proto graphql""",
    )
)
_COMMENT = re.compile(r"^[ \t]*(?:#!?|//+!?|/?\*+/?|--|;+|%+|<!--|\"\"\"|''')+[ \t]?", re.MULTILINE)
_HEADING = re.compile(r"[ \t]{0,3}(#{1,6})[ \t]+(.*)")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+")
_UNDERLINE = re.compile(r"[ \t]{0,3}(=+|-{3,})[ \t]*\Z")
_TABLE_RULE = re.compile(r"[ \t|:+-]{3,}\Z")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~)")
_YAML = re.compile(
    r"(?P<indent>[ ]{0,80}(?:- {1,4}){0,8})(?P<key>[\w.$/-]{1,80}|\"[^\"]{1,80}\"|'[^']{1,80}')\s?:"
    r"(?:[ \t]+(?P<value>.*))?\Z"
)
_BETWEEN = " | "
_BRACE = re.compile(r"[{}]")
_COLON = re.compile(r"\s{0,9}:")
_TITLE_KEY = re.compile(r"(?:^|[_-])(?:title|name|label|heading|article_?title|control_?name)\Z", re.IGNORECASE)
_ID_KEY = re.compile(
    r"(?:^|[_-])(?:id|ref|reference|article|control|clause|provision|citation|code|number|section)\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text; `error` says why it could not be read."""

    name: str
    segments: tuple[Segment, ...] = ()
    error: str = ""


def iter_paths(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield files in order, and whether each was named itself; of a folder, hidden files and known binaries stay out.

    Raises:
        InputError: a path does not exist, or a folder holds more files than are read at once.
    """
    for path in paths:
        if not path.is_dir():
            yield path, True
            continue
        count = 0
        for top, folders, files in os.walk(path):
            folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED_FOLDERS)
            for name in sorted(files):
                file = Path(top, name)
                if (
                    name.startswith(".")
                    or file.suffix[1:].lower() in _BINARY
                    or file.is_symlink()
                    or not file.is_file()
                ):
                    continue
                count += 1
                if count > MAX_FILES:
                    raise InputError(
                        f"the folder holds more than {MAX_FILES} files",
                        remedy="name smaller folders",
                        location=Location(str(path)),
                    )
                yield file, False


def load_document(path: Path, name: str = "") -> Document:
    """Load a file; the ending tells its format.

    Raises:
        InputError: it is missing, no plain file, too large, binary or broken.
    """
    name = name or path.as_posix()
    where = Location(name)
    try:
        if not path.is_file():
            raise InputError("there is no such file" if not path.exists() else "this is no plain file", location=where)
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", location=where) from error
    return read_document(data, name)


def read_stdin(name: str = "<stdin>") -> Document:
    """Read standard input as text.

    Raises:
        InputError: it is too large or binary.
    """
    return read_document(sys.stdin.buffer.read(MAX_BYTES + 1), name)


def read_document(data: bytes, name: str) -> Document:
    """Read bytes into segments; the ending of the name tells the format.

    Raises:
        InputError: they are too many, or not of that format.
    """
    where = Location(name)
    if len(data) > MAX_BYTES:
        raise InputError(f"the file has more than {MAX_BYTES} bytes", remedy="split it", location=where)
    ending = Path(name).suffix[1:].lower()
    if ending == "docx":
        from aimsgraph.exchange.docx_text import read_docx

        return Document(name, tuple(_bounded(read_docx(data, name))))
    text = _decode(data, where)
    if ending in ("html", "htm", "xhtml"):
        from aimsgraph.exchange.html_text import read_html

        segments = _checked(read_html(text), where)
    elif ending in ("json", "jsonl", "jsonld", "ipynb", "sarif"):
        segments = _read_json(text)
    elif ending in ("yaml", "yml"):
        segments = _read_yaml(text)
    elif ending in ("csv", "tsv"):
        segments = _read_table(text, "\t" if ending == "tsv" else "")
    elif ending in _CODE:
        segments = _read_blocks(_COMMENT.sub(lambda m: " " * len(m.group()), text), markdown=False)
    else:
        segments = _read_blocks(
            text, markdown=ending in ("", "md", "markdown", "mdx", "qmd", "rmd") or name == "<stdin>"
        )
    return Document(name, tuple(_bounded(segments)))


def _checked(segments: Iterator[Segment], where: Location) -> Iterator[Segment]:
    try:
        yield from segments
    except ValueError as error:
        raise InputError(f"this is no HTML that can be read: {error}", location=where) from error


def _decode(data: bytes, where: Location) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _lines(data.decode("utf-16", errors="replace"))
    if b"\0" in data[:65536]:
        raise InputError("this is a binary file", remedy="convert it to text, HTML or docx", location=where)
    try:
        return _lines(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _lines(data.decode("cp1252", errors="replace"))


def _lines(text: str) -> str:
    """Keep line numbers and make everything that is a blank one blank, character by character."""
    return (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
        .replace("\u2011", "-")
    )


def _bounded(segments: Iterator[Segment]) -> Iterator[Segment]:
    """Cut segments that are too long, at a blank where there is one."""
    for segment in segments:
        if len(segment.text) <= MAX_SEGMENT:
            if segment.text.strip():
                yield segment
            continue
        start = 0
        while start < len(segment.text):
            end = min(start + MAX_SEGMENT, len(segment.text))
            if end < len(segment.text):
                blank = segment.text.rfind(" ", start + MAX_SEGMENT // 2, end)
                end = blank + 1 if blank > 0 else end
            first, last = (bisect_left(segment.anchors, (offset,)) for offset in (start + 1, end))
            inner = [(o - start, ln, c) for o, ln, c in segment.anchors[first:last]]
            yield Segment(
                segment.text[start:end], ((0, *segment.position(start)), *inner), TEXT, 0, "", segment.context
            )
            start = end


class _Blocks:
    """Gathers lines to paragraphs, and in Markdown to headings, list items and tables."""

    def __init__(self, lines: Sequence[str], *, markdown: bool) -> None:
        self._lines = lines
        self._markdown = markdown
        self._block: list[str] = []
        self._begun = 0
        self._header = ""
        self._fenced = False

    def read(self) -> Iterator[Segment]:
        for number, line in enumerate(self._lines, start=1):
            yield from self._line(number, line)
        yield from self._flush()

    def _flush(self) -> Iterator[Segment]:
        if self._block:
            yield Segment("\n".join(self._block), ((0, self._begun, 1),))
            self._block = []

    def _line(self, number: int, line: str) -> Iterator[Segment]:
        marks = self._markdown and not self._fenced
        if self._markdown and _FENCE.match(line):
            yield from self._flush()
            self._fenced = not self._fenced
        elif marks and (heading := _HEADING.fullmatch(line)):
            yield from self._flush()
            yield Segment(line, ((0, number, 1),), HEADING, len(heading.group(1)))
        elif marks and len(self._block) == 1 and "|" not in self._block[0] and _UNDERLINE.match(line):
            yield Segment(self._block.pop(), ((0, self._begun, 1),), HEADING, 1 if "=" in line else 2)
        elif line.lstrip().startswith("|") and line.count("|") > 1:
            yield from self._flush()
            yield from self._row(number, line)
        elif not line.strip():
            yield from self._flush()
            self._header = ""
        else:
            if _LIST_ITEM.match(line) or self._fenced or len(self._block) > 400:
                yield from self._flush()
            self._begun = self._begun if self._block else number
            self._block.append(line)

    def _row(self, number: int, line: str) -> Iterator[Segment]:
        following = self._lines[number] if number < len(self._lines) else ""
        if _TABLE_RULE.match(following) and "|" in following:
            self._header = line
        if not _TABLE_RULE.match(line):
            yield Segment(line, ((0, number, 1),), ROW, context="" if self._header == line else self._header)


def _read_blocks(text: str, *, markdown: bool) -> Iterator[Segment]:
    return _Blocks(text.split("\n"), markdown=markdown).read()


def _read_json(text: str) -> Iterator[Segment]:
    """Read the string values of JSON without building it, so that depth does not matter."""
    import json

    keyed = list(_iter_keyed(text))
    titles = {one.scope: text[one.start : one.end] for one in keyed if _TITLE_KEY.search(one.key) and one.length < 300}
    for one in keyed:
        raw = text[one.start : one.end]
        try:
            value = str(json.loads(f'"{raw}"', strict=False)) if "\\" in raw else raw
        except ValueError:
            value = raw
        beside = titles.get(one.scope, "") if _ID_KEY.search(one.key) else ""
        # a decoded line break is no line of the file
        yield Segment(value.replace("\n", " "), ((0, one.line, one.column),), beside=beside, context=one.key)


@dataclass(frozen=True, slots=True)
class _Value:
    """A string value of JSON: where it stands, its key, and the object it belongs to."""

    start: int
    end: int
    line: int
    column: int
    scope: int
    key: str

    @property
    def length(self) -> int:
        return self.end - self.start


def _iter_keyed(text: str) -> Iterator[_Value]:
    at, line, newline, key, count = 0, 1, -1, "", 0
    scopes = [0]
    while (start := text.find('"', at)) >= 0:
        for brace in _BRACE.findall(text, at, start):
            if brace == "{":
                count += 1
                scopes.append(count)
            elif len(scopes) > 1:
                scopes.pop()
        line += text.count("\n", at, start)
        newline = max(newline, text.rfind("\n", at, start))
        end = _end_of_string(text, start + 1)
        if end < 0:
            return
        if _COLON.match(text, end + 1):
            key = text[start + 1 : min(end, start + 200)]
        else:
            yield _Value(start + 1, end, line, start + 1 - newline, scopes[-1], key)
        line += text.count("\n", start, end)
        newline = max(newline, text.rfind("\n", start, end))
        at = end + 1


def _end_of_string(text: str, start: int) -> int:
    while True:
        quote = text.find('"', start)
        if quote < 0:
            return -1
        slash = quote
        while slash > start and text[slash - 1] == "\\":
            slash -= 1
        if (quote - slash) % 2 == 0:
            return quote
        start = quote + 1


def _read_yaml(text: str) -> Iterator[Segment]:
    """Read YAML line by line: values with their key, and what has no key as text."""
    lines = text.split("\n")
    block: list[str] = []
    begun = 0
    parsed = [(_YAML.match(line) if len(line) < MAX_SEGMENT else None) for line in lines]
    titles = _yaml_titles(parsed)
    for number, (line, match) in enumerate(zip(lines, parsed, strict=True), start=1):
        value = (match.group("value") or "").strip() if match else ""
        if match is None and line.strip():
            if _LIST_ITEM.match(line) and block:
                yield Segment("\n".join(block), ((0, begun, 1),))
                block = []
            begun = begun if block else number
            block.append(_COMMENT.sub(lambda m: " " * len(m.group()), line) if line.lstrip().startswith("#") else line)
            continue
        if block:
            yield Segment("\n".join(block), ((0, begun, 1),))
            block = []
        if match and value and value not in ("|", ">", "|-", ">-", "|+", ">+"):
            column = line.index(value, match.start("value")) + 1
            bare = value.strip("\"'")
            column += 1 if value[0] in "\"'" else 0
            key = match.group("key").strip("\"'")
            beside = titles[number - 1] if _ID_KEY.search(key) else ""
            yield Segment(bare, ((0, number, column),), beside=beside, context=key)
    if block:
        yield Segment("\n".join(block), ((0, begun, 1),))


def _yaml_titles(parsed: Sequence[re.Match[str] | None]) -> list[str]:
    """Return for each line the title in the same mapping, as the indentation and the dashes tell."""
    found = [""] * len(parsed)
    group: list[int] = []
    depth = -1
    title = ""

    def close() -> None:
        for at in group:
            found[at] = title

    for number, match in enumerate((*parsed, None)):
        indent = len(match.group("indent")) if match else -1
        if match is None or indent != depth or "-" in match.group("indent"):
            close()
            group, title, depth = [], "", indent
        if match:
            group.append(number)
            if _TITLE_KEY.search(match.group("key").strip("\"'")) and match.group("value"):
                title = match.group("value").strip().strip("\"'")[:300]
    return found


def _read_table(text: str, delimiter: str) -> Iterator[Segment]:
    """Read the rows of CSV or TSV; what the csv module refuses is read as text."""
    first = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = delimiter or max((",", ";", "\t"), key=first.count)
    plain = delimiter == "\t"
    quoting: Literal[0, 3] = csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, quoting=quoting)
    header, before = "", 0
    lines = text.split("\n")
    try:
        for row in reader:
            line, before = before + 1, reader.line_num
            if row:
                segment = make_row(
                    [(cell.replace("\n", " "), line, column) for cell, column in _columns(row, lines[line - 1])], header
                )
                header = header or segment.text
                yield segment
    except csv.Error:
        rest = "\n".join(lines[before:])
        for segment in _read_blocks(rest, markdown=False):
            yield Segment(segment.text, tuple((o, ln + before, c) for o, ln, c in segment.anchors))


def _columns(row: list[str], line: str) -> Iterator[tuple[str, int]]:
    at = 0
    for cell in row:
        found = line.find(cell[:40], at) if cell else -1
        yield cell, (found if found >= 0 else at) + 1
        at = found + len(cell) if found >= 0 else at


def make_row(cells: Sequence[tuple[str, int, int]], header: str) -> Segment:
    """Join (text, line, column) of cells to one row."""
    parts, anchors, length = list[str](), list[Anchor](), 0
    for cell, line, column in cells:
        anchors.append((length, line, column))
        parts.append(cell)
        length += len(cell) + len(_BETWEEN)
    return Segment(_BETWEEN.join(parts), tuple(anchors) or ((0, 1, 1),), ROW, context=header[:MAX_SEGMENT])
