"""Items, asserted rows and structure as one graph of steps.

Structure is evidence too: a part is contained in its whole. The inverse of a row is a rule, not a copied row. A joint
row (several subjects, or several objects) is no step between single items; `collective` reads it. A row with an end
that may not be mapped, or does not exist, is no step either: lint names it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from aimsgraph.crosswalk.proof import Step
from aimsgraph.domain.mapping import Mapping
from aimsgraph.domain.relation import PART_OF

HAS_PART = PART_OF.inverse()
Period = tuple[str, str]
"""The first day a version is in force and the first day it no longer is (empty while no end is known), ISO 8601."""


@dataclass(frozen=True, slots=True)
class Network:
    """A graph of items.

    Attributes:
        framework_of: the framework slug of every known item, by IRI.
        parent_of: the whole a part stands in, by IRI.
        rows: the asserted rows, all statuses.
        steps: the steps of asserted rows that start from an item, both ways.
        parts_of: the direct parts of a whole.
        periods: when a version is in force, by its IRI; versions of different items that were never in force on the
            same day do not go together.
    """

    framework_of: Dict[str, str]
    parent_of: Dict[str, str]
    rows: tuple[Mapping, ...]
    steps: Dict[str, tuple[Step, ...]] = field(repr=False)
    parts_of: Dict[str, tuple[str, ...]] = field(repr=False)
    periods: Dict[str, Period] = field(repr=False)

    @classmethod
    def build(
        cls, framework_of: Dict[str, str], parent_of: Dict[str, str], rows: Iterable[Mapping],
        assessable: Container[str] | None = None, periods: Dict[str, Period] | None = None,
    ) -> Network:  # fmt: skip
        """Index rows and structure.

        Args:
            framework_of: the framework slug of every known item, by IRI.
            parent_of: the whole a part stands in, by IRI.
            rows: the asserted rows, all statuses.
            assessable: IRIs of the items that may be mapped; every item when None.
            periods: when a version is in force, by its IRI.
        """
        rows = tuple(rows)
        steps: dict[str, list[Step]] = {}
        for row in rows:
            if _is_step(row, assessable):
                forward, back = _both_ways(row)
                steps.setdefault(forward.subject, []).append(forward)
                steps.setdefault(back.subject, []).append(back)
        parts: dict[str, list[str]] = {}
        for part, whole in parent_of.items():
            parts.setdefault(whole, []).append(part)
        return cls(
            framework_of, parent_of, rows,
            {item: tuple(found) for item, found in steps.items()},
            {whole: tuple(found) for whole, found in parts.items()},
            periods or {},
        )  # fmt: skip

    def all_parts_of(self, item: str) -> tuple[str, ...]:
        """Return the parts of an item, at any depth, each whole before its parts."""
        found: dict[str, None] = {}
        waiting = list(reversed(self.parts_of.get(item, ())))
        while waiting:
            part = waiting.pop()
            if part not in found and part != item:
                found[part] = None
                waiting.extend(reversed(self.parts_of.get(part, ())))
        return tuple(found)

    def mapped_parts_of(self, item: str) -> tuple[str, ...]:
        """Return the parts of an item, at any depth, that rows start from."""
        return tuple(part for part in self.all_parts_of(item) if part in self.steps)


def _is_step(row: Mapping, assessable: Container[str] | None) -> bool:
    if len(row.subjects) != 1 or len(row.objects) != 1 or row.subjects == row.objects:
        return False
    return assessable is None or (row.subjects[0] in assessable and row.objects[0] in assessable)


def _both_ways(row: Mapping) -> tuple[Step, Step]:
    (subject,), (object_,) = row.subjects, row.objects
    versions = (_first(row.subject_versions), _first(row.object_versions))
    return (
        Step("mapping", subject, object_, row.relation, row, versions=versions),
        Step("mapping", object_, subject, row.relation.inverse(), row, inverted=True, versions=versions[::-1]),
    )


def _first(versions: tuple[str, ...]) -> str:
    return versions[0] if versions else ""
