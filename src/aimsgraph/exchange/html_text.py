"""Reads the text of HTML: a segment for each block, headings with their level, table rows; no scripts, no styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from aimsgraph.domain.segments import HEADING, TEXT, Anchor, Segment
from aimsgraph.exchange.documents import make_row

_INLINE = frozenset(
    re.findall(
        r"\w+",
        """a abbr b bdi bdo cite code data dfn em font i ins kbd mark q s samp small span strong sub sup time tt u var
        wbr""",
    )
)
LONGEST_TAG = 4_000
MOST_TAGS = 300_000
_SILENT = frozenset({"script", "style", "template", "noscript", "svg"})
_LEVELS = {f"h{n}": n for n in range(1, 7)}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.done: list[Segment] = []
        self._text, self._anchors = "", list[Anchor]()
        self._parts: list[str] = []
        self._length = 0
        self._level = 0
        self._silent = ""
        self._cells: list[tuple[str, int, int]] = []
        self._in_cell = self._in_row = False
        self._header = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent:
            return
        if tag in _SILENT:
            self._silent = tag
        if tag in _INLINE:
            href = dict(attrs).get("href") or ""
            if href.startswith("http"):
                line, column = self.getpos()
                self.done.append(Segment(href, ((0, line, column + 1),)))
            return
        if tag == "br":
            self._add(" ")
            return
        if not self._in_cell:
            self._flush()
        self._level = _LEVELS.get(tag, self._level if tag in _INLINE else 0)
        if tag == "table":
            self._header = ""
        elif tag == "tr":
            self._end_row()
            self._in_row = True
        elif tag in ("td", "th") and self._in_row:
            self._end_cell()
            self._in_cell = True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag == self._silent:
            self._silent = ""

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._silent = "" if tag == self._silent else self._silent
            return
        if tag in _INLINE:
            return
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()
        elif self._in_cell:
            self._add(" ")
        else:
            self._flush()
        self._level = 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._add(data)

    def _add(self, data: str) -> None:
        line, column = self.getpos()
        self._anchors.append((self._length, line, column + 1))
        self._parts.append(data)
        self._length += len(data)

    def _take(self) -> tuple[str, tuple[Anchor, ...]]:
        text, anchors = "".join(self._parts), tuple(self._anchors)
        self._parts, self._anchors, self._length = [], [], 0
        return text, anchors

    def _flush(self) -> None:
        text, anchors = self._take()
        if text.strip():
            kind = HEADING if self._level else TEXT
            self.done.append(Segment(text, anchors, kind, self._level))

    def _end_cell(self) -> None:
        if self._in_cell:
            text, anchors = self._take()
            at = next((a for a in anchors), (0, self.getpos()[0], 1))
            skipped = len(text) - len(text.lstrip())
            line = at[1] + text[:skipped].count("\n")
            self._cells.append((" ".join(text.split()), line, at[2] if line == at[1] else 1))
        self._in_cell = False

    def _end_row(self) -> None:
        self._end_cell()
        if self._cells:
            row = make_row(self._cells, self._header)
            self._header = self._header or row.text
            self.done.append(row)
        self._cells, self._in_row = [], False

    def finish(self) -> list[Segment]:
        self.close()
        self._end_row()
        self._flush()
        return self.done


def read_html(text: str) -> Iterator[Segment]:
    """Read the segments of an HTML document, in its order.

    Raises:
        ValueError: it holds more tags than are read.
    """
    reader = _Reader()
    reader.feed(_plain_tags(text))
    yield from reader.finish()


def _plain_tags(text: str) -> str:
    """Blank out comments, declarations and stray angle brackets, on which the parser's time would grow too fast."""
    parts: list[str] = []
    at = tags = 0
    while (start := text.find("<", at)) >= 0:
        parts.append(text[at:start])
        following = text[start + 1 : start + 2]
        if text.startswith("<!--", start):
            end = text.find("-->", start + 4)
            end = len(text) if end < 0 else end + 3
        else:
            end = text.find(">", start + 1, start + LONGEST_TAG) + 1
            if end and (following.isalpha() or following == "/"):
                tags += 1
                parts.append(text[start:end] if "<" not in text[start + 1 : end] else _blanked(text[start:end]))
                at = end
                continue
            end = end if end and following in ("!", "?") else start + 1
        parts.append(_blanked(text[start:end]))
        at = end
    if tags > MOST_TAGS:
        raise ValueError(f"it holds more than {MOST_TAGS} tags")
    return "".join((*parts, text[at:]))


def _blanked(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n"))
