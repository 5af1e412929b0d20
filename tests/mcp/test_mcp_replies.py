"""How an answer is made to fit."""

import json

import pytest

from aimsgraph.errors import ResourcesExceeded
from aimsgraph.mcp.replies import MOST_BYTES, Listing, fit
from aimsgraph.web.paging import Page
from aimsgraph.web.problems import HttpProblem

FRAME = {"warnings": [f"warning {i}" for i in range(20)]}


def test_a_page_of_long_items_is_shorter_than_asked_and_the_walk_misses_none() -> None:
    items = [f"{i}:" + "x" * (MOST_BYTES // 4) for i in range(10)]
    found: list[str] = []
    cursor = ""
    for _ in range(10):
        page = fit(FRAME | {"items": items}, Listing("items", Page(7, cursor)))
        assert 0 < len(page["items"]) < 7
        assert len(json.dumps(page)) <= MOST_BYTES
        found += page["items"]
        cursor = page["next"] or ""
        if not cursor:
            break
    assert found == items


def test_other_lists_give_way_first_and_warnings_never() -> None:
    for length, given in ((4500, 10), (6000, 0)):
        answer = FRAME | {"items": list(range(50)), "leads": ["y" * length] * 11}
        page = fit(answer, Listing("items", Page(50), others=True))
        assert page["items"] == answer["items"]
        assert page["leads"] == answer["leads"][:given]
        assert page["left_off"] == {"leads": {"given": given, "total": 11, "ask_with": "part=leads"}}
        assert page["warnings"] == FRAME["warnings"]


def test_one_item_that_is_too_long_is_refused_with_a_way_to_narrow_it() -> None:
    with pytest.raises(ResourcesExceeded) as refused:
        fit({"items": ["x" * MOST_BYTES, "y"]}, Listing("items", Page(5), narrow="explain=false"))
    assert refused.value.remedy == "explain=false"


def test_a_cursor_of_a_list_that_has_changed_is_refused() -> None:
    cursor = fit({"items": [1, 2, 3]}, Listing("items", Page(1)))["next"]
    assert fit({"items": [1, 2, 3]}, Listing("items", Page(1, cursor)))["items"] == [2]
    with pytest.raises(HttpProblem, match="changed"):
        fit({"items": [1, 3, 2]}, Listing("items", Page(1, cursor)))
