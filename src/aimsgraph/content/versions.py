"""Derives the versions of every provision from what exists and what amended it.

The grain is the smallest amended unit: it gets a *stated* version per wording. What contains it, up to the article or
annex, gets a *composed* version, put together from its parts. A unit nothing touched has one version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from aimsgraph.content.models import FrameworkHeader
from aimsgraph.content.read import FrameworkSource
from aimsgraph.content.tables import Row
from aimsgraph.domain.time import Span

_ABOVE_TOP = ("chapter", "section")


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a provision.

    Attributes:
        provision: its local id.
        key: `oj` or the edition for the first text, the day of entry into force for a later one.
        span: when it is known and in force.
        composed: whether only its parts changed.
        introduced_by: ids of the amendments that brought it about.
        ended_by: ids of the amendments that ended it.
    """

    provision: str
    key: str
    span: Span
    composed: bool = False
    introduced_by: tuple[str, ...] = ()
    ended_by: tuple[str, ...] = ()


def derive_versions(source: FrameworkSource, headers: Mapping[str, FrameworkHeader]) -> dict[str, tuple[Version, ...]]:
    """Return the versions of each provision of a framework, in order of time, by local id.

    Args:
        source: the framework.
        headers: all framework headers by slug, to look up the amending acts.
    """
    amendments = tuple(row for row in source.rows("amendments") if row["instrument"] in headers)
    rows = {row["id"]: row for row in source.rows("provisions")}
    named = _by_provision(amendments)
    changes = _Changes(source.header, headers, rows, named, _below(rows, named))
    return {id_: changes.versions_of(row) for id_, row in rows.items()}


def _by_provision(amendments: tuple[Row, ...]) -> dict[str, tuple[Row, ...]]:
    named: dict[str, tuple[Row, ...]] = {}
    for row in amendments:
        for provision in row.items("provisions"):
            named[provision] = (*named.get(provision, ()), row)
    return named


def _below(rows: Mapping[str, Row], named: Mapping[str, tuple[Row, ...]]) -> dict[str, tuple[Row, ...]]:
    """Return, for each article, annex or part of one, the amendments to anything below it (itself not counted)."""
    below: dict[str, tuple[Row, ...]] = {}
    for provision, amendments in named.items():
        parent = rows[provision]["parent"] if provision in rows else ""
        while parent in rows and rows[parent]["kind"] not in _ABOVE_TOP:
            below[parent] = (*below.get(parent, ()), *amendments)
            parent = rows[parent]["parent"]
    return below


@dataclass(frozen=True, slots=True)
class _Changes:
    header: FrameworkHeader
    headers: Mapping[str, FrameworkHeader]
    rows: Mapping[str, Row]
    named: Mapping[str, tuple[Row, ...]]
    below: Mapping[str, tuple[Row, ...]]

    def versions_of(self, row: Row) -> tuple[Version, ...]:
        start = row.date("in_force_from") or self.header.in_force_from
        end = row.date("in_force_until")
        stated = [r for r in self.named.get(row["id"], ()) if r["kind"] == "modified"]
        by_day: dict[dt.date, list[Row]] = {}
        for amendment in (*stated, *self.below.get(row["id"], ())):
            by_day.setdefault(self._in_force(amendment), []).append(amendment)
        cuts = [day for day in sorted(by_day) if start < day and (end is None or day < end)]
        bounds: list[dt.date | None] = [start, *cuts, end]
        versions = []
        for begin, finish in pairwise(bounds):
            assert begin is not None
            introduced = by_day.get(begin) or self._nearest(row, begin)
            ended = (by_day.get(finish) or self._nearest(row, finish)) if finish else []
            first = begin == start and begin == self.header.in_force_from
            span = Span(
                self.header.known_from if first else self._published(introduced, begin),
                begin,
                finish,
                self._published(ended, finish) if finish else None,
            )
            key = self.header.version_key if first else begin.isoformat()
            composed = bool(cuts) and not stated
            versions.append(Version(row["id"], key, span, composed, () if first else _ids(introduced), _ids(ended)))
        return tuple(versions)

    def _nearest(self, row: Row, day: dt.date) -> list[Row]:
        """Return the amendments of that day to the provision, or else to the nearest one that contains it."""
        id_ = row["id"]
        while id_ in self.rows:
            found = [r for r in self.named.get(id_, ()) if self._in_force(r) == day]
            if found:
                return found
            id_ = self.rows[id_]["parent"]
        return []

    def _in_force(self, amendment: Row) -> dt.date:
        return self.headers[amendment["instrument"]].in_force_from

    def _published(self, amendments: list[Row], day: dt.date) -> dt.date:
        return self.headers[amendments[0]["instrument"]].known_from if amendments else day


def _ids(rows: list[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row["id"] for row in rows))
