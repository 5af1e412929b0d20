"""Items, asserted rows and structure as one graph of steps.

Structure is evidence too: a part is contained in its whole. The inverse of a row is a rule, not a copied row. A joint
row (several subjects, or several objects) is no step between single items; `collective` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from aimsgraph.crosswalk.proof import Step
from aimsgraph.domain.mapping import Mapping
from aimsgraph.domain.relation import PART_OF

HAS_PART = PART_OF.inverse()


@dataclass(frozen=True, slots=True)
class Network:
    """A graph of items.

    Attributes:
        framework_of: the framework slug of every known item, by IRI.
        parent_of: the whole a part stands in, by IRI.
        rows: the asserted rows, all statuses.
        steps: the steps of asserted rows that start from an item, both ways.
    """

    framework_of: Dict[str, str]
    parent_of: Dict[str, str]
    rows: tuple[Mapping, ...]
    steps: Dict[str, tuple[Step, ...]] = field(repr=False)
    parts_of: Dict[str, tuple[str, ...]] = field(repr=False)

    @classmethod
    def build(cls, framework_of: Dict[str, str], parent_of: Dict[str, str], rows: Iterable[Mapping]) -> Network:
        """Index rows and structure."""
        rows = tuple(rows)
        steps: dict[str, list[Step]] = {}
        for row in rows:
            if len(row.subjects) == len(row.objects) == 1:
                forward = Step("mapping", row.subjects[0], row.objects[0], row.relation, row)
                back = Step("mapping", forward.object, forward.subject, row.relation.inverse(), row, inverted=True)
                steps.setdefault(forward.subject, []).append(forward)
                steps.setdefault(back.subject, []).append(back)
        parts: dict[str, list[str]] = {}
        for part, whole in parent_of.items():
            parts.setdefault(whole, []).append(part)
        return cls(
            framework_of, parent_of, rows,
            {item: tuple(found) for item, found in steps.items()},
            {whole: tuple(found) for whole, found in parts.items()},
        )  # fmt: skip

    def wholes_of(self, item: str) -> tuple[str, ...]:
        """Return what an item stands in, nearest first."""
        wholes = []
        while whole := self.parent_of.get(item):
            wholes.append(whole)
            item = whole
        return tuple(wholes)

    def mapped_parts_of(self, item: str) -> tuple[str, ...]:
        """Return the parts of an item, at any depth, that rows start from, in document order."""
        found: list[str] = []
        for part in self.parts_of.get(item, ()):
            if part in self.steps:
                found.append(part)
            found.extend(self.mapped_parts_of(part))
        return tuple(found)
