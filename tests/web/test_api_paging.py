"""Cursors: each item once, whatever the sizes; nothing of another list or another content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsgraph.web.paging import Page, cut, read_cursor, write_cursor
from aimsgraph.web.problems import HttpProblem

pairs = st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3).map(lambda p: tuple(sorted(p)))


@given(total=st.integers(0, 60), limits=st.lists(st.integers(1, 25), min_size=1, max_size=5), asked=pairs)
def test_a_walk_gives_each_item_once_in_order(
    total: int, limits: list[int], asked: tuple[tuple[str, str], ...]
) -> None:
    found: list[int] = []
    cursor, turns = "", 0
    while True:
        answer = {"items": list(range(total))}
        following = cut(answer, "items", Page(limits[turns % len(limits)], cursor), "v1", asked)
        found += answer["items"]
        turns += 1
        assert (answer["total"], answer["next"]) == (total, following or None)
        if not following:
            break
        cursor = following
    assert found == list(range(total))


@given(
    start=st.integers(0, 2**32 - 1), asked=pairs, other=pairs, content=st.text(max_size=9), later=st.text(max_size=9)
)
def test_a_cursor_is_read_back_where_it_belongs_and_nowhere_else(
    start: int, asked: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...], content: str, later: str
) -> None:
    cursor = write_cursor(start, content, asked)
    assert read_cursor(cursor, content, asked) == start
    if later != content:
        with pytest.raises(HttpProblem, match="content has changed"):
            read_cursor(cursor, later, asked)
    if other != asked:
        with pytest.raises(HttpProblem, match="other parameters"):
            read_cursor(cursor, content, other)


@given(start=st.integers(0, 9999), place=st.integers(0, 26), by=st.integers(1, 63))
def test_a_cursor_that_somebody_changed_is_refused(start: int, place: int, by: int) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    cursor = write_cursor(start, "v1", ())
    changed = letters[(letters.index(cursor[place]) + by) % 64] if cursor[place] in letters else "A"
    with pytest.raises(HttpProblem):
        read_cursor(cursor[:place] + changed + cursor[place + 1 :], "v1", ())


@given(st.text(max_size=64))
def test_text_that_is_no_cursor(text: str) -> None:
    with pytest.raises(HttpProblem, match=r"cursor|content"):
        read_cursor(text, "v1", ())
