"""Finds rows that cannot all be right: paths between the same ends whose relations have nothing in common.

A contradiction is a review task, not proof of which row is wrong. The smallest set of rows is named, up to a stated
number of rows in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.crosswalk.proof import Answer, Chain
from aimsgraph.domain.mapping import Mapping
from aimsgraph.domain.relation import ANYTHING, Relation

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
    wide = replace(request, target="", max_hops=max_rows - 1)
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
    """Yield groups of paths whose relations have nothing in common, every smallest set of rows among them.

    In a smallest group each path rules out something the others leave possible, so none has more than five.
    """
    ruling_out = [(path, frozenset(row.iri for row in path.rows)) for path in answer.paths]
    waiting: list[tuple[int, tuple[Chain, ...], Relation, frozenset[str]]] = [(0, (), ANYTHING, frozenset())]
    while waiting:
        start, group, possible, used = waiting.pop()
        for i, (path, rows) in enumerate(ruling_out[start:], start=start + 1):
            left, together = possible.meet(path.relation), used | rows
            if left == possible or len(together) > max_rows:
                continue
            if left.is_contradiction:
                yield (*group, path)
            else:
                waiting.append((i, (*group, path), left, together))
