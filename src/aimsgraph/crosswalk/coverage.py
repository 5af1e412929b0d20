"""How two frameworks meet as a whole: the matrix, what is unmapped, what carries most, the smallest reaching set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass

from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.crosswalk.proof import Answer
from aimsgraph.domain.mapping import NoMatch
from aimsgraph.domain.relation import Verdict, judge

FULLY, PARTLY, NONE, NOT_LOOKED_AT = "fully", "partly", "none", "not looked at"


@dataclass(frozen=True, slots=True)
class Unmapped:
    """What has no counterpart: looked for and not found, and never looked for. They are different facts."""

    no_match: tuple[NoMatch, ...]
    not_looked_at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Two frameworks side by side.

    Attributes:
        cells: (row group, column group) → the best summary of any pair, and how many pairs overlap.
        totals: for the items of each side, how many are fully, partly, not met by the other, or not looked at.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Dict[tuple[str, str], tuple[str, int]]
    totals: Dict[str, Dict[str, int]]


@dataclass(frozen=True, slots=True)
class SetCover:
    """A smallest set of items that reaches every duty that can be reached.

    Attributes:
        items: the chosen items, the one that reaches most first.
        reached: duty → the chosen items that reach it.
        unreachable: duties no item reaches.
        gap: 0 when the set is proven smallest; else the share by which a smaller one might exist.
    """

    items: tuple[str, ...]
    reached: Dict[str, tuple[str, ...]]
    unreachable: tuple[str, ...]
    gap: float


def find_unmapped(
    composer: Composer, items: Iterable[str], target: str, nomatches: Iterable[NoMatch], request: Request
) -> Unmapped:
    """Return the items without any counterpart in the target framework."""
    looked = {record.item: record for record in nomatches if record.scope == target}
    wanted = Request(target, 1, request.usable, request.role)
    no_match, never = [], []
    for item in items:
        if composer.answers(item, wanted):
            continue
        if item in looked:
            no_match.append(looked[item])
        else:
            never.append(item)
    return Unmapped(tuple(no_match), tuple(never))


def build_matrix(
    composer: Composer, rows: Iterable[str], columns: Iterable[str], nomatches: Iterable[NoMatch], request: Request,
    group: Callable[[str], str],
) -> Matrix:  # fmt: skip
    """Return how the items of two frameworks meet; `group` gives the heading an item is shown under.

    Args:
        composer: what composes the paths.
        rows: assessable items of the first framework.
        columns: assessable items of the second, which is the request's target.
        nomatches: records of having looked.
        request: target, hops, usable rows.
        group: IRI → heading.
    """
    rows, columns, nomatches = tuple(rows), tuple(columns), tuple(nomatches)
    cells: dict[tuple[str, str], tuple[str, int]] = {}
    left: dict[str, Verdict] = {}
    right: dict[str, Verdict] = {}
    for item in rows:
        for answer in composer.answers(item, request):
            verdicts = judge(answer.relation)
            if verdicts.overlaps is not Verdict.YES:
                continue
            cell = (group(item), group(answer.object))
            summary, count = cells.get(cell, ("", 0))
            cells[cell] = (_better(summary, verdicts.summary), count + 1)
            left[item] = _stronger(left.get(item), verdicts.covered_by)
            right[answer.object] = _stronger(right.get(answer.object), verdicts.covers)
    totals = {
        "rows": _totals(rows, left, {n.item for n in nomatches}),
        "columns": _totals(columns, right, {n.item for n in nomatches}),
    }
    return Matrix(_headings(rows, group), _headings(columns, group), cells, totals)


def find_set_cover(composer: Composer, items: Iterable[str], duties: Iterable[str], request: Request) -> SetCover:
    """Return a smallest set of items that together overlap with every duty any of them overlaps with.

    An integer program, solved exactly by HiGHS (Huangfu and Hall 2018) through SciPy. Overlap only helps.
    """
    import numpy
    from scipy.optimize import Bounds, LinearConstraint, milp

    items, duties = tuple(items), tuple(duties)
    reach: dict[str, list[int]] = {duty: [] for duty in duties}
    for i, item in enumerate(items):
        for answer in composer.answers(item, request):
            if answer.object in reach and _overlaps(answer) and i not in reach[answer.object]:
                reach[answer.object].append(i)
    wanted = [duty for duty in duties if reach[duty]]
    unreachable = tuple(duty for duty in duties if not reach[duty])
    if not wanted:
        return SetCover((), {}, unreachable, 0.0)
    matrix = numpy.zeros((len(wanted), len(items)))
    for row, duty in enumerate(wanted):
        matrix[row, reach[duty]] = 1
    ties = 1 + numpy.arange(len(items)) * 1e-6  # the earlier item where several would do, so that answers repeat
    solved = milp(
        ties, constraints=LinearConstraint(matrix, lb=1), integrality=numpy.ones(len(items)), bounds=Bounds(0, 1)
    )
    chosen = [i for i in range(len(items)) if solved.x[i] > 0.5]
    load = Counter(i for duty in wanted for i in reach[duty])
    chosen.sort(key=lambda i: (-load[i], i))
    reached = {duty: tuple(items[i] for i in chosen if i in reach[duty]) for duty in wanted}
    return SetCover(tuple(items[i] for i in chosen), reached, unreachable, float(solved.mip_gap or 0.0))


def count_carried(composer: Composer, items: Iterable[str], request: Request) -> list[tuple[str, int]]:
    """Return how many items of the target each item overlaps with, most first."""
    counts = [(item, sum(map(_overlaps, composer.answers(item, request)))) for item in items]
    return sorted(counts, key=lambda pair: -pair[1])


def _overlaps(answer: Answer) -> bool:
    return judge(answer.relation).overlaps is Verdict.YES


_RANK = ("", "overlaps", "covered-by", "covers", "equal")


def _better(one: str, other: str) -> str:
    return max(one, other, key=lambda summary: _RANK.index(summary) if summary in _RANK else 0)


def _stronger(one: Verdict | None, other: Verdict) -> Verdict:
    return Verdict.YES if Verdict.YES in (one, other) else other


def _totals(items: tuple[str, ...], found: Dict[str, Verdict], looked: set[str]) -> dict[str, int]:
    counts = dict.fromkeys((FULLY, PARTLY, NONE, NOT_LOOKED_AT), 0)
    for item in items:
        if item in found:
            counts[FULLY if found[item] is Verdict.YES else PARTLY] += 1
        else:
            counts[NONE if item in looked else NOT_LOOKED_AT] += 1
    return counts


def _headings(items: Iterable[str], group: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(group(item) for item in items))
