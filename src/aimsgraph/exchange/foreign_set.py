"""Collects the rows of a foreign file into mapping tables, one a pair of frameworks.

A foreign set gets an id that begins with `import--`, so that it never takes the place of one of ours. All its rows are
candidates, whatever their source calls them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from aimsgraph.domain.identifiers import slugify
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.losses import LossBook, LossKind
from aimsgraph.exchange.mapping_table import Imported, MappingRow, MappingTable, NoMatchRow, SetHeader, is_row_id
from aimsgraph.exchange.names import ForeignNames, Names, safe_local

IMPORT = "import--"
_LONGEST_ID = 150
_FULL_NOTES = 20


@dataclass(frozen=True, slots=True)
class End:
    """An item as a foreign file names it: framework, id, short title."""

    framework: str
    original: str
    label: str = ""


@dataclass(slots=True)
class ForeignSets:
    """The sets of one foreign file while it is read.

    Attributes:
        header: what all of them have in common; id, subject and object are filled in.
        losses: what could not be carried.
    """

    names: Names
    ours: Mapping[str, str]
    header: SetHeader
    file: str
    losses: LossBook = field(default_factory=LossBook)
    foreign: ForeignNames = field(init=False)
    _rows: dict[tuple[str, str], dict[str, MappingRow]] = field(default_factory=dict)
    _nomatches: dict[tuple[str, str], dict[str, NoMatchRow]] = field(default_factory=dict)
    _said: set[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Refuse frameworks of ours that are not there."""
        for slug in self.ours.values():
            self.names.framework(slug)
        self.foreign = ForeignNames(self.names, self.ours)

    def key_of_ours(self, slug: str) -> str:
        """Return a key for a framework of ours that the file names by our own IRI."""
        key = f"aimsgraph:{slug}"
        self.ours = self.foreign.ours = {**self.ours, key: slug}
        return key

    def add(self, subjects: Iterable[End], objects: Iterable[End], row: MappingRow) -> None:
        """Add a row; id and ends are filled in. A row of an unknown item of ours is left out and reported."""
        ends = [tuple(self._reference(end, row.location) for end in side) for side in (subjects, objects)]
        if not all(all(side) for side in ends):
            return
        slugs = [{reference.partition(":")[0] for reference in side} for side in ends]
        if any(len(side) != 1 for side in slugs):
            self.losses.add(LossKind.SKIPPED, "row", "its ends are of several frameworks", row.location)
            return
        key = (ends[0], ends[1], row.relations)
        if key in self._said:
            self.losses.add(LossKind.SKIPPED, "row", "says again what another row says", row.location)
            return
        self._said.add(key)
        rows = self._rows.setdefault((slugs[0].pop(), slugs[1].pop()), {})
        id_ = _free_id("--".join("+".join(r.partition(":")[2] for r in side) for side in ends), rows)
        rows[id_] = replace(row, id=id_, subjects=ends[0], objects=ends[1])

    def add_nomatch(
        self, item: End, scope: str, reason: str, day: dt.date | None, where: Location, *, is_object: bool = False
    ) -> None:
        """Add that an item was looked for and not found."""
        if reference := self._reference(item, where):
            own, other = reference.partition(":")[0], self.foreign.framework(scope)
            found = self._nomatches.setdefault((other, own) if is_object else (own, other), {})
            found.setdefault(reference, NoMatchRow(reference, other, reason, day, where))

    def imported(self) -> Imported:
        """Return the tables.

        Raises:
            InputError: the file holds no row that could be read.
        """
        pairs = sorted({*self._rows, *self._nomatches})
        if not pairs:
            said = self.losses.report().render().strip()
            raise InputError("no mapping could be read", location=Location(self.file), remedy=said or "check the file")
        return Imported(tuple(self._table(pair, len(pairs) > 1) for pair in pairs), self.losses.report())

    def _table(self, pair: tuple[str, str], is_one_of_many: bool) -> MappingTable:
        rows, none = self._rows.get(pair, {}), self._nomatches.get(pair, {})
        mapped = {end for row in rows.values() for end in (*row.subjects, *row.objects)}
        left = [row for item, row in none.items() if item not in mapped]
        for item, row in none.items():
            if item in mapped:
                self.losses.add(LossKind.SKIPPED, "no-match", "the item is mapped as well", row.location)
        foreign = self.foreign.made(pair)
        versions = {one.slug: one.version for one in foreign} | {
            slug: name.edition for slug, name in self.names.frameworks.items()
        }
        subject, object_ = (f"{slug}@{versions[slug]}" if versions[slug] else slug for slug in pair)
        id_ = slugify(f"{self.header.id} {' '.join(pair)}" if is_one_of_many else self.header.id)
        if not self.header.id:
            id_ = "--".join(pair)
        header = replace(self.header, id=IMPORT + id_, subject=subject, object=object_)
        return MappingTable(header, tuple(rows.values()), tuple(left), (), foreign).with_rows_of_set()

    def _reference(self, end: End, where: Location | None) -> str:
        reference = self.foreign.item(end.framework, end.original, end.label)
        if not reference:
            slug = self.ours[end.framework]
            self.losses.add(LossKind.SKIPPED, "row", f"{slug} has no item {end.original[:80]!r}", where)
        return reference


def strength_note(strength: str) -> str:
    """Return the note that keeps a strength nobody defines; it is no confidence and no extent."""
    return f"Strength of relationship in the source: {strength}."


def percent(value: Decimal) -> str:
    """Return the extent that a stated coverage of the object means."""
    if value >= 1:
        return "all"
    return "none" if value <= 0 else "most" if value > Decimal("0.5") else "some"


def _free_id(wanted: str, taken: Mapping[str, object]) -> str:
    base = wanted if len(wanted) <= _LONGEST_ID and is_row_id(wanted) else safe_local(wanted)
    number, id_ = 1, base
    while id_ in taken:
        number += 1
        id_ = f"{base}-{number}"
    return id_
