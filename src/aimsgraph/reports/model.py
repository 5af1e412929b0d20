"""What a report is made of, before it becomes HTML, Markdown or a workbook."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aimsgraph.exchange.answer_workbook import AnswerTable


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a closed list, such as a status: always shown as a word, with a mark beside it."""

    name: str

    @property
    def tone(self) -> str:
        """What it comes to: good, part, open, bad or none."""
        return _TONES.get(self.name, "none")

    @property
    def mark(self) -> str:
        """A shape, so that it is told apart without colour."""
        return _MARKS[self.tone]

    def __str__(self) -> str:
        """Return the word as people read it."""
        return _SAID.get(self.name, self.name.replace("-", " "))


Cell = str | int | dt.date | None | Word | tuple[str, ...]
"""What stands in a table: a tuple is several lines."""

_TONES: Mapping[str, str] = {
    **dict.fromkeys(("covered", "met", "live", "operating", "same", "holds"), "good"),
    **dict.fromkeys(("partly", "in-progress", "planned", "warning"), "part"),
    **dict.fromkeys(("unknown", "undetermined", "not-decided", "contested", "not-checked", "no-file"), "open"),
    **dict.fromkeys(("not-covered", "not", "missing", "differs", "violation", "rejected"), "bad"),
}
_MARKS: Mapping[str, str] = {"good": "●", "part": "◐", "open": "?", "bad": "○", "none": "–"}
_SAID: Mapping[str, str] = {"not-applicable": "does not apply", "not": "not met"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table to read; `shares` are the widths of its columns in per cent, where they are not left to the page."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shares: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report.

    Attributes:
        title: its heading.
        words: paragraphs.
        counts: how many there are of each word of a closed list; shown as a bar and a table.
        facts: names and what is said of them.
        table: a table.
        links: files beside the report, name and words.
        code: lines to type into a terminal.
        minor: whether it is a part of the section before it.
    """

    title: str
    words: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    facts: tuple[tuple[str, Cell], ...] = ()
    table: Table | None = None
    links: tuple[tuple[str, str], ...] = ()
    code: tuple[str, ...] = ()
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Attributes:
        name: the stem of its file.
        title: what it is.
        organisation: whose it is.
        facts: what it rests on: the days, versions, digests.
        notes: what a reader has to know first: what is left out, warnings.
        no_claim: what it does not claim.
        sections: what it says.
        sheets: the same as tables for a workbook.
    """

    name: str
    title: str
    organisation: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    no_claim: str
    sections: tuple[Section, ...]
    sheets: tuple[AnswerTable, ...]

    @property
    def days(self) -> str:
        """The days it speaks of, for the foot of a page."""
        known = dict(self.facts)
        return f"on {known['day asked about']}, by the law as known on {known['law as known on']}"


def plain(text: object) -> str:
    r"""Return a text without what would steer a terminal, turn the direction of writing, or be no character at all.

    >>> plain("a\x1b[31mb")
    'a�[31mb'
    """
    return _STEERING.sub("\ufffd", str(text))


_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
