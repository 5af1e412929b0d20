"""A mapping set as plain values: what every codec reads into and writes from.

It says what `data/mappings/<set>/` says, with the items as references (`iso-42001:A.6.2.8`) instead of ids that need to
know their framework, and may also say less: a foreign format states no extent, no basis, perhaps no author.
Texts are always clean: NFC, one line, no invisible characters, no blanks at the ends.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from aimsgraph.domain.identifiers import parse_reference
from aimsgraph.domain.relation import WORDS
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.losses import LossReport

MAX_TEXT = 32_000
"""Characters of the longest text read; a spreadsheet cell holds 32,767."""
NOMATCH_PREFIX = "nomatch-"
_ROW_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._()@+~-]*")
_SET_ID = re.compile(r"[a-z0-9]+(-+[a-z0-9]+)*")
_MAX_DIGITS = 15
_RELATIONS = tuple(WORDS)
OVERLAPPING = ("equal-to", "subset-of", "superset-of", "intersects-with")
"""Something is shared, the extent unknown: how a foreign "intersects", a related match or a bare pair is read."""


@dataclass(frozen=True, slots=True)
class SetHeader:
    """Who made a set, between which editions, and how; empty where a foreign set does not say.

    Attributes:
        id: slug of the set.
        subject: `<framework>@<edition>` of the subjects; the edition may be missing for a foreign framework.
        object: the same for the objects.
        author_kind: `human`, `automated` or `hybrid`; who the author is.
        method: the same words; how the set was made.
        justification: a CURIE of the semapv vocabulary.
        law_version: the day whose versions of the law are meant, as YYYY-MM-DD.
    """

    id: str
    title: str
    subject: str
    object: str
    version: str = ""
    licence: str = ""
    author: str = ""
    author_kind: str = ""
    authored_on: dt.date | None = None
    method: str = ""
    justification: str = ""
    methodology: str = ""
    law_version: str = ""
    notes: tuple[str, ...] = ()

    @property
    def slugs(self) -> tuple[str, str]:
        """The slugs of the subject's and the object's framework."""
        return self.subject.partition("@")[0], self.object.partition("@")[0]


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One asserted mapping.

    Attributes:
        id: the row's id within its set; never reused.
        subjects: references; more than one for a joint row.
        objects: references.
        relations: the base relations that may hold, in the order of the vocabulary.
        subject_versions: the versions pinned, none or one a subject.
        author: empty when it is the set's.
        location: where the row was read; takes no part in comparison.
    """

    id: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    relations: tuple[str, ...]
    extent: str = ""
    rationale: str = ""
    gap_object: str = ""
    gap_subject: str = ""
    basis: str = ""
    confidence: Decimal | None = None
    perspective: tuple[str, ...] = ()
    effect: str = ""
    citation: str = ""
    status: str = "candidate"
    subject_versions: tuple[str, ...] = ()
    object_versions: tuple[str, ...] = ()
    author: str = ""
    author_kind: str = ""
    authored_on: dt.date | None = None
    note: str = ""
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NoMatchRow:
    """Looked in a framework, found no counterpart of an item."""

    item: str
    scope: str
    reason: str
    searched_on: dt.date | None = None
    location: Location | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """The id by which reviews name it."""
        return NOMATCH_PREFIX + parse_reference(self.item).local


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review of a row or of a no-match."""

    row: str
    reviewer: str
    kind: str
    on: dt.date
    blind: bool
    proposed: tuple[str, ...]
    agreement: Decimal
    note: str = ""
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ForeignItem:
    """An item of a framework that is not ours.

    Attributes:
        local: local id in our alphabet.
        original: the id as its publisher writes it.
        label: a short title, where the source has one.
    """

    local: str
    original: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ForeignFramework:
    """A framework that is not ours, as far as a mapping set speaks of it."""

    slug: str
    title: str
    version: str = ""
    source: str = ""
    items: tuple[ForeignItem, ...] = ()


@dataclass(frozen=True, slots=True)
class MappingTable:
    """A whole set.

    Attributes:
        reviews: in their order, which numbers them.
        foreign: the frameworks that are not ours, with the items the rows name.
    """

    header: SetHeader
    rows: tuple[MappingRow, ...] = ()
    nomatches: tuple[NoMatchRow, ...] = ()
    reviews: tuple[ReviewRow, ...] = ()
    foreign: tuple[ForeignFramework, ...] = ()

    def reviews_of(self) -> dict[str, list[tuple[int, ReviewRow]]]:
        """Return the reviews by row, each with its number."""
        found: dict[str, list[tuple[int, ReviewRow]]] = {}
        for number, review in enumerate(self.reviews, start=1):
            found.setdefault(review.row, []).append((number, review))
        return found

    def with_rows_of_set(self) -> MappingTable:
        """Return the table with what a row repeats of its set left out, so that equal sets compare equal."""
        day = self.header.authored_on
        rows = tuple(_without_repeats(row, self.header) for row in self.rows)
        none = tuple(replace(row, searched_on=None) if row.searched_on == day else row for row in self.nomatches)
        return replace(self, rows=rows, nomatches=none)


def _without_repeats(row: MappingRow, header: SetHeader) -> MappingRow:
    return replace(
        row,
        author="" if row.author == header.author else row.author,
        author_kind="" if row.author_kind == header.author_kind else row.author_kind,
        authored_on=None if row.authored_on == header.authored_on else row.authored_on,
    )


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read from a file: its sets, one a pair of frameworks, and what could not be carried."""

    tables: tuple[MappingTable, ...]
    report: LossReport = field(default_factory=LossReport)

    @property
    def table(self) -> MappingTable:
        """The set of a file that holds one.

        Raises:
            InputError: it holds none, or several.
        """
        if len(self.tables) != 1:
            raise InputError(f"the file holds {len(self.tables)} mapping sets", remedy="read `tables`")
        return self.tables[0]


def clean(value: str) -> str:
    r"""Return a text on one line, in NFC, without invisible characters.

    >>> clean(" a\u200bb\n c ")
    'ab c'
    """
    plain = "".join(c for c in " ".join(value.split()) if c.isprintable())
    return " ".join(unicodedata.normalize("NFC", plain).split())


def clean_cell(value: str, name: str, where: Location) -> str:
    """Return a cell's clean text.

    Raises:
        InputError: it is longer than any text here may be.
    """
    if len(value) > MAX_TEXT:
        raise InputError(
            f"{name!r} has {len(value)} characters, at most {MAX_TEXT} are read", location=where, remedy="shorten it"
        )
    return clean(value)


def order_relations(words: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return relation words once each, in the order of the vocabulary."""
    return tuple(word for word in _RELATIONS if word in words)


def parse_decimal(value: str, low: int, high: int) -> Decimal:
    """Read a decimal number within bounds.

    Raises:
        ValueError: it is none, has too many digits, or is out of bounds.
    """
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value[:40]!r} is no number") from None
    if not number.is_finite() or not low <= number <= high:
        raise ValueError(f"{value[:40]!r} is not between {low} and {high}")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_MAX_DIGITS:
        raise ValueError(f"{value[:40]!r} has more than {_MAX_DIGITS} digits after the point")
    return Decimal(show_decimal(number))


def show_decimal(number: Decimal) -> str:
    """Return a number in its shortest plain form.

    >>> show_decimal(Decimal("0.70"))
    '0.7'
    """
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def is_row_id(value: str) -> bool:
    """Say whether a row may have that id: it becomes the end of an IRI."""
    return _ROW_ID.fullmatch(value) is not None


def is_set_id(value: str) -> bool:
    """Say whether a set may have that id."""
    return _SET_ID.fullmatch(value) is not None
