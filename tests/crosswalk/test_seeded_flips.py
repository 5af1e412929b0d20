"""Flip one row of a set that tells no lie: what is found, what logic cannot find, and what only our search misses.

Whether a set of rows can be true at all is decided by brute force, apart from the composer: a requirement is a point
that lies in some of the items and not in the others, so a model is a set of points. A row forbids points or calls for
points; the rows have a model if, with every forbidden point struck out, each call can be met.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice
from typing import NamedTuple

import pytest
from worlds import between, framework, letters_of, network, row, said

from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.crosswalk.contradictions import find_contradictions
from aimsgraph.crosswalk.lint import lint
from aimsgraph.domain.mapping import Mapping as Row
from aimsgraph.domain.relation import Relation
from aimsgraph.domain.time import Moment, parse_date

ITEMS = tuple(f"f{number}:{letter}" for number in range(5) for letter in "abc")
ROWS = 50
FLIP = {"s": "S", "S": "s", "i": "d", "d": "i", "e": "s"}
EXTENT = {"e": "all", "S": "all", "s": "some", "i": "some", "d": "none"}
KINDS = ("scattered", "mixed", "nested")
TREE = [frozenset(range(start, start + width)) for width in (1, 2, 4, 8) for start in range(0, 8, width)]
DAY = parse_date("2026-11-23")


class Flip(NamedTuple):
    name: str
    was: str
    now: str
    rows: list[Row]


def consistent_rows(kind: str) -> list[Row]:
    """Return rows that say the one true relation of random pairs of sets: scattered, nested in each other, or both."""
    dice = random.Random(kind)
    scattered = {"scattered": 1.0, "mixed": 0.3, "nested": 0.0}[kind]
    ground = {
        item: frozenset(dice.sample(range(9), dice.randint(2, 6))) if dice.random() < scattered else dice.choice(TREE)
        for item in ITEMS
    }
    pairs = [pair for pair in combinations(ITEMS, 2) if framework(pair[0]) != framework(pair[1])]
    rows = []
    for number, (a, b) in enumerate(dice.sample(pairs, ROWS)):
        letter = letters_of(Relation(between(ground[a], ground[b]).value))
        gap = "" if letter in "eSd" else "a record of it"
        rows.append(row(f"{number:02}", a, b, letter, extent=EXTENT[letter], gap_object=gap))
    return rows


def flips(rows: list[Row], *, every: bool = False) -> Iterator[Flip]:
    """Yield the set with one row changed, for each row: to its opposite, or to each other relation."""
    for number, each in enumerate(rows):
        was = letters_of(each.relation)
        for now in "esSid" if every else FLIP[was]:
            if now != was:
                changed = [*rows[:number], replace(each, relation=said(now)), *rows[number + 1 :]]
                yield Flip(each.iri.rpartition(":")[2], was, now, changed)


def has_model(rows: list[Row], items: Sequence[str] = ITEMS) -> bool:
    """Say whether sets of requirements exist that make all rows true; every combination of items is tried."""
    size = 1 << len(items)
    everything = (1 << size) - 1
    inside = {}
    for i, item in enumerate(items):
        half = 1 << i
        block = ((1 << half) - 1) << half
        inside[item] = sum(block << start for start in range(0, size, 2 * half))
    allowed, calls = everything, [inside[item] for item in items]
    for each in rows:
        a, b = inside[each.subjects[0]], inside[each.objects[0]]
        only_a, only_b, both = a & ~b, b & ~a, a & b
        forbidden, called = {
            "e": ((only_a, only_b), ()),
            "s": ((only_a,), (only_b,)),
            "S": ((only_b,), (only_a,)),
            "i": ((), (only_a, only_b, both)),
            "d": ((both,), ()),
        }[letters_of(each.relation)]
        for points in forbidden:
            allowed &= ~points
        calls += called
    return all(points & allowed for points in calls)


def is_found(rows: list[Row]) -> bool:
    return bool(find_contradictions(Composer(network(rows)), Request("")))


def test_brute_force_tells_what_can_be_true() -> None:
    a, b, c = ITEMS[0], ITEMS[3], ITEMS[6]
    assert has_model([row("1", a, b, "s"), row("2", b, c, "s"), row("3", a, c, "s")])
    assert not has_model([row("1", a, b, "s"), row("2", b, c, "s"), row("3", a, c, "i")])
    assert not has_model([row("1", a, b, "S"), row("2", a, c, "d"), row("3", b, c, "i")])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found_where_nothing_is_wrong(kind: str) -> None:
    rows = consistent_rows(kind)
    assert len(rows) == ROWS
    assert has_model(rows)
    assert _lint(rows) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_flip_that_leaves_extent_and_gap_alone_is_found_by_lint(kind: str) -> None:
    rows = consistent_rows(kind)
    assert [flip.name for flip in flips(rows) if not _lint(flip.rows)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_flip_is_found_where_logic_allows(kind: str) -> None:
    """The contradictions alone, without the help of extent and gap; nothing is found that is not there."""
    beyond_logic, missed, found_flips = [], [], 0
    for flip in flips(consistent_rows(kind)):
        possible, found = has_model(flip.rows), is_found(flip.rows)
        assert not (possible and found), f"{flip.name}: a model exists, yet a contradiction is told"
        found_flips += found
        if not found:
            (beyond_logic if possible else missed).append(f"{flip.name} {flip.was}→{flip.now}")
    assert missed == []
    assert (beyond_logic, found_flips) == (BEYOND_LOGIC[kind].split(", "), ROWS - len(beyond_logic))


@pytest.mark.parametrize("kind", KINDS[2:])
def test_a_quarter_of_all_changes_is_found_where_logic_allows(kind: str) -> None:
    missed = []
    for flip in islice(flips(consistent_rows(kind), every=True), 0, None, 4):
        possible, found = has_model(flip.rows), is_found(flip.rows)
        assert not (possible and found), flip.name
        if not possible and not found:
            missed.append(f"{flip.name} {flip.was}→{flip.now}")
    assert missed == []


def _lint(rows: list[Row]) -> list[str]:
    found = lint(network(rows), [], {}, frozenset(ITEMS), Moment(DAY, DAY), str)
    return [finding.rule for finding in found if finding.rule != "MAP_CONTRADICTION"]


# Changes after which some sets of requirements still make all 50 rows true: no logic can find them.
BEYOND_LOGIC = {
    "scattered": (
        "00 i→d, 02 i→d, 03 i→d, 04 i→d, 05 d→i, 06 d→i, 07 i→d, 09 i→d, 10 i→d, 11 i→d, 12 i→d, 14 i→d, 16 "
        "i→d, 17 S→s, 18 i→d, 19 i→d, 20 s→S, 21 d→i, 22 i→d, 24 d→i, 25 i→d, 27 i→d, 28 i→d, 29 i→d, 30 i→d, "
        "31 i→d, 32 i→d, 33 i→d, 34 d→i, 36 i→d, 37 i→d, 38 i→d, 40 d→i, 41 i→d, 46 i→d, 47 d→i, 48 i→d, 49 "
        "i→d"
    ),
    "mixed": (
        "00 d→i, 02 i→d, 06 i→d, 07 d→i, 08 d→i, 10 i→d, 11 e→s, 13 d→i, 14 i→d, 17 i→d, 18 i→d, 19 d→i, 21 "
        "i→d, 22 i→d, 24 d→i, 25 i→d, 26 i→d, 27 s→S, 28 i→d, 29 i→d, 30 s→S, 32 d→i, 33 d→i, 34 d→i, 36 d→i, "
        "37 i→d, 40 s→S, 41 i→d, 42 i→d, 43 d→i, 44 i→d, 45 i→d, 47 i→d, 49 i→d"
    ),
    "nested": (
        "00 d→i, 01 d→i, 02 d→i, 03 d→i, 04 e→s, 06 e→s, 08 e→s, 13 d→i, 14 d→i, 16 s→S, 18 e→s, 21 d→i, 24 "
        "d→i, 25 d→i, 28 d→i, 34 d→i, 37 d→i, 41 e→s, 42 d→i"
    ),
}
