"""A piece of a document's text that still knows where each character stands in the file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

TEXT, HEADING, ROW = "text", "heading", "row"
Anchor = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Segment:
    """A paragraph, heading, table row or value.

    Attributes:
        text: what is read; a row is its cells joined by " | ".
        anchors: (offset, line, column) in rising order; between two of them columns count on, and a newline starts a
            line.
        kind: `text`, `heading` or `row`.
        level: depth of a heading, from 1.
        beside: the title that belongs to this value, such as the `title` of the same JSON object.
        context: words that stand over it: the header of a table's columns, the key of a value.
    """

    text: str
    anchors: tuple[Anchor, ...]
    kind: str = TEXT
    level: int = 0
    beside: str = ""
    context: str = ""

    def position(self, offset: int) -> tuple[int, int]:
        r"""Return line and column of a character.

        >>> Segment("one\ntwo", ((0, 7, 3),)).position(5)
        (8, 2)
        """
        at = max(bisect_right(self.anchors, (offset, 1 << 60, 0)) - 1, 0)
        start, line, column = self.anchors[at]
        lines = self.text.count("\n", start, offset)
        if lines:
            return line + lines, offset - self.text.rfind("\n", start, offset)
        return line, column + offset - start
