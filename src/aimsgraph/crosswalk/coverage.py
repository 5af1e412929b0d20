"""How two frameworks meet as a whole: the matrix, what is unmapped, what carries most, the smallest reaching set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace

from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.crosswalk.proof import Answer
from aimsgraph.domain.mapping import STATUSES, Mapping, NoMatch
from aimsgraph.domain.relation import Verdict, judge

FULLY, PARTLY, NONE, DISPUTED, NOT_LOOKED_AT = "fully", "partly", "none", "disputed", "not looked at"


@dataclass(frozen=True, slots=True)
class Unmapped:
    """What has no counterpart: four different facts.

    Attributes:
        no_match: looked for and not found.
        disputed: only contested rows speak of it.
        below_status: only rows speak of it whose status is lower than asked for.
        not_looked_at: never looked for.
    """

    no_match: tuple[NoMatch, ...]
    disputed: tuple[str, ...]
    below_status: tuple[str, ...]
    not_looked_at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Two frameworks side by side.

    Attributes:
        cells: (row group, column group) → the best summary of any pair, and how many pairs overlap.
        totals: for the items of each side, how many are fully or partly met by the other; of the rest, for how many
            somebody looked (a no-match, or rows from which no overlap follows), and how many nobody looked at.
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
    """Return the items without any counterpart in the target framework; rows that say `disjoint` give none.

    Several items of a joint row have their counterpart together.

    An item that rows speak of is not returned as never looked at, whatever they say.
    """
    looked = {record.item: record for record in nomatches if record.scope == target}
    wanted = replace(request, target=target, max_hops=1)
    contested, lower = disputed_items(composer, target), items_below_status(composer, wanted)
    jointly = _paired(composer, target, lambda row: _is_joint(row) and request.usable(row))
    no_match: list[NoMatch] = []
    disputed: list[str] = []
    below: list[str] = []
    never: list[str] = []
    for item in items:
        answers = composer.answers(item, wanted)
        if item in jointly or any(judge(answer.relation).overlaps is not Verdict.NO for answer in answers):
            continue
        if item in looked:
            no_match.append(looked[item])
        elif not answers:
            (disputed if item in contested else below if item in lower else never).append(item)
    return Unmapped(tuple(no_match), tuple(disputed), tuple(below), tuple(never))


def disputed_items(composer: Composer, target: str) -> frozenset[str]:
    """Return the items that a contested row pairs with an item of the target framework, on either side."""
    return _paired(composer, target, lambda row: row.status == "contested")


def items_below_status(composer: Composer, request: Request) -> frozenset[str]:
    """Return the items that a row pairs with one of the target whose status is lower than the request wants."""
    return _paired(composer, request.target, lambda row: row.status in STATUSES and not request.usable(row))


def _paired(composer: Composer, target: str, is_meant: Callable[[Mapping], bool]) -> frozenset[str]:
    framework_of = composer.network.framework_of
    found: set[str] = set()
    for row in composer.network.rows:
        if is_meant(row):
            for ours, theirs in ((row.subjects, row.objects), (row.objects, row.subjects)):
                if any(framework_of.get(item) == target for item in theirs):
                    found.update(ours)
    return frozenset(found)


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
    rows, columns = tuple(rows), tuple(columns)
    wanted = frozenset(columns)
    best: dict[tuple[str, str], str] = {}
    left: dict[str, Verdict] = {}
    right: dict[str, Verdict] = {}
    looked = _looked(composer, rows, columns, nomatches, request)
    for item in rows:
        for answer in composer.answers(item, request):
            if answer.object not in wanted:
                continue
            looked |= {item, answer.object}
            verdicts = judge(answer.relation)
            if verdicts.overlaps is Verdict.YES:
                pair = (item, answer.object)
                best[pair] = _better(best.get(pair, ""), verdicts.summary)
                left[item] = _stronger(left.get(item), verdicts.covered_by)
                right[answer.object] = _stronger(right.get(answer.object), verdicts.covers)
    for row in _joint_rows(composer, rows, columns, request):
        looked |= {*row.subjects, *row.objects}
        _count_joint(row, left, right)
    cells: dict[tuple[str, str], tuple[str, int]] = {}
    for (item, object_), summary in best.items():
        cell = (group(item), group(object_))
        so_far, count = cells.get(cell, ("", 0))
        cells[cell] = (_better(so_far, summary), count + 1)
    source = composer.network.framework_of.get(rows[0], "") if rows else ""
    totals = {
        "rows": _totals(rows, left, looked, disputed_items(composer, request.target)),
        "columns": _totals(columns, right, looked, disputed_items(composer, source)),
    }
    return Matrix(_headings(rows, group), _headings(columns, group), cells, totals)


def _is_joint(row: Mapping) -> bool:
    return len(row.subjects) > 1 or len(row.objects) > 1


def _joint_rows(composer: Composer, rows: tuple[str, ...], columns: tuple[str, ...], request: Request) -> list[Mapping]:
    """Return the joint rows between two lists of items, in either direction, that may be used."""
    sides = (frozenset(rows), frozenset(columns))
    joint = (row for row in composer.network.rows if _is_joint(row) and request.usable(row))
    return [
        row for row in joint
        if any(set(row.subjects) <= one and set(row.objects) <= other for one, other in (sides, sides[::-1]))
    ]  # fmt: skip


def _count_joint(row: Mapping, left: dict[str, Verdict], right: dict[str, Verdict]) -> None:
    """Count a joint row for the item that stands alone on its side, whichever side of the matrix that is.

    Of one among several nothing follows.
    """
    verdicts = judge(row.relation)
    if verdicts.overlaps is Verdict.YES:
        for items, is_met in ((row.subjects, verdicts.covered_by), (row.objects, verdicts.covers)):
            if len(items) == 1:
                for side in (left, right):
                    side[items[0]] = _stronger(side.get(items[0]), is_met)


def _looked(
    composer: Composer, rows: tuple[str, ...], columns: tuple[str, ...], nomatches: Iterable[NoMatch], request: Request
) -> set[str]:
    """Return the items of either side for which somebody looked in the other and found nothing."""
    framework_of = composer.network.framework_of
    scope_of = dict.fromkeys(rows, request.target)
    scope_of |= dict.fromkeys(columns, framework_of.get(rows[0], "") if rows else "")
    return {record.item for record in nomatches if scope_of.get(record.item) == record.scope}


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
    # The earlier item where several would do, so that answers repeat; all ties together weigh less than one item.
    ties = 1 + numpy.arange(len(items)) / (len(items) + 1) ** 2
    solved = milp(
        ties, constraints=LinearConstraint(matrix, lb=1), integrality=numpy.ones(len(items)), bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    chosen = [i for i in range(len(items)) if solved.x[i] > 0.5]
    load = Counter(i for duty in wanted for i in reach[duty])
    chosen.sort(key=lambda i: (-load[i], i))
    reached = {duty: tuple(items[i] for i in chosen if i in reach[duty]) for duty in wanted}
    return SetCover(tuple(items[i] for i in chosen), reached, unreachable, float(solved.mip_gap or 0.0))


def count_carried(composer: Composer, items: Iterable[str], request: Request) -> list[tuple[str, int]]:
    """Return how many items of the target each item overlaps with, most first."""
    counts = [(item, len({a.object for a in composer.answers(item, request) if _overlaps(a)})) for item in items]
    return sorted(counts, key=lambda pair: -pair[1])


def _overlaps(answer: Answer) -> bool:
    return judge(answer.relation).overlaps is Verdict.YES


_RANK = ("", "overlaps", "covered-by", "covers", "equal")


def _better(one: str, other: str) -> str:
    return max(one, other, key=lambda summary: _RANK.index(summary) if summary in _RANK else 0)


def _stronger(one: Verdict | None, other: Verdict) -> Verdict:
    return Verdict.YES if Verdict.YES in (one, other) else other


def _totals(
    items: tuple[str, ...], found: Dict[str, Verdict], looked: set[str], disputed: frozenset[str]
) -> dict[str, int]:
    counts = dict.fromkeys((FULLY, PARTLY, NONE, DISPUTED, NOT_LOOKED_AT), 0)
    for item in items:
        if item in found:
            counts[FULLY if found[item] is Verdict.YES else PARTLY] += 1
        else:
            counts[NONE if item in looked else DISPUTED if item in disputed else NOT_LOOKED_AT] += 1
    return counts


def _headings(items: Iterable[str], group: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(group(item) for item in items))
