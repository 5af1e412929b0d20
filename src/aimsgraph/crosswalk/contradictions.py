"""Finds rows that cannot all be right: paths between the same ends whose relations have nothing in common.

A contradiction is a review task, not proof of which row is wrong. The smallest set of rows is named, up to a stated
number of rows in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.crosswalk.proof import Answer, Chain
from aimsgraph.domain.mapping import Mapping
from aimsgraph.domain.relation import ANYTHING

MAX_ROWS = 4


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Rows that contradict each other about a subject and an object."""

    subject: str
    object: str
    paths: tuple[Chain, ...]

    @property
    def rows(self) -> tuple[Mapping, ...]:
        """The rows involved, each once."""
        return tuple({row.iri: row for path in self.paths for row in path.rows}.values())


def find_contradictions(composer: Composer, request: Request, *, max_rows: int = MAX_ROWS) -> list[Contradiction]:
    """Return the contradictions of a network, each set of rows once, smallest first.

    Args:
        composer: what composes the paths.
        request: which rows may be used; its target is not regarded.
        max_rows: how many rows a contradiction may have in all.
    """
    wide = Request("", max_rows - 1, request.usable, request.role)
    found: dict[frozenset[str], Contradiction] = {}
    for item in composer.network.steps:
        for answer in composer.answers(item, wide):
            if answer.relation.is_contradiction:
                for core in _smallest(answer, max_rows):
                    contradiction = Contradiction(answer.subject, answer.object, core)
                    found.setdefault(frozenset(row.iri for row in contradiction.rows), contradiction)
    minimal = [c for rows, c in found.items() if not any(other < rows for other in found)]
    return sorted(minimal, key=lambda c: (len(c.rows), sorted(row.iri for row in c.rows)))


def _smallest(answer: Answer, max_rows: int) -> Iterator[tuple[Chain, ...]]:
    """Yield the smallest groups of paths whose relations have nothing in common."""
    for size in range(2, len(answer.paths) + 1):
        hit = False
        for group in combinations(answer.paths, size):
            relation = ANYTHING
            for path in group:
                relation = relation.meet(path.relation)
            rows = {row.iri for path in group for row in path.rows}
            if relation.is_contradiction and len(rows) <= max_rows:
                hit = True
                yield group
        if hit:
            return
