"""What several items cover together, the smallest set of items, the smallest sets of rows that cannot all be right."""

import random
from itertools import combinations

import pytest
from ground_worlds import iter_worlds
from test_seeded_flips import has_model
from test_soundness import anything
from worlds import framework, network, row, said

from aimsgraph.crosswalk.collective import Cover, decide_cover
from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.crosswalk.contradictions import find_contradictions
from aimsgraph.crosswalk.coverage import build_matrix, count_carried, find_set_cover, find_unmapped
from aimsgraph.domain.mapping import Mapping as Row
from aimsgraph.domain.mapping import NoMatch
from aimsgraph.domain.relation import Verdict, judge

REQUEST = Request("f2")


def cover(rows: list[Row], items: str, statements: str = "x", *, complete: bool = True, role: str = "") -> Cover:
    names = frozenset(f"f1:{item}" for item in items)
    parts = tuple(f"f2:{statement}" for statement in statements)
    composer = Composer(network(rows, dict.fromkeys(parts, "f2:whole")))
    return decide_cover(composer, names, parts, Request("f2", role=role), complete=complete).verdict


A_COVERS = row("1", "f1:a", "f2:x", "S")
BOTH = row("2", ("f1:a", "f1:b"), "f2:x", "S")
RESIDUE = row("3", ("f1:a", "f1:b"), "f2:x", "i", gap_object="a signature")


@pytest.mark.parametrize(
    ("rows", "items", "statements", "verdict"),
    [
        ([A_COVERS], "a", "x", Cover.PROVEN),
        ([A_COVERS], "ab", "x", Cover.PROVEN),
        ([A_COVERS], "b", "x", Cover.UNKNOWN),
        ([A_COVERS], "a", "xy", Cover.UNKNOWN),
        ([A_COVERS, row("4", "f1:b", "f2:y", "e")], "ab", "xy", Cover.PROVEN),
        ([row("1", "f1:a", "f2:x", "i"), row("4", "f1:b", "f2:x", "i")], "ab", "x", Cover.UNKNOWN),
        ([BOTH], "ab", "x", Cover.PROVEN),
        ([BOTH], "abc", "x", Cover.PROVEN),
        ([BOTH], "a", "x", Cover.UNKNOWN),
        ([row("5", "f1:a", ("f2:x", "f2:y"), "S")], "a", "xy", Cover.PROVEN),
        ([RESIDUE], "ab", "x", Cover.REFUTED),
        ([RESIDUE], "a", "x", Cover.REFUTED),
        ([RESIDUE], "abc", "x", Cover.UNKNOWN),
        ([row("3", ("f1:a", "f1:b"), "f2:x", "i")], "ab", "x", Cover.UNKNOWN),
        ([row("3", ("f1:a", "f1:b"), ("f2:x", "f2:y"), "i", gap_object="a plan")], "ab", "x", Cover.UNKNOWN),
        ([row("3", ("f1:a", "f1:b"), ("f2:x", "f2:y"), "i", gap_object="a plan")], "ab", "xy", Cover.REFUTED),
        ([row("6", "f1:a", "f2:x", "i", gap_object="a date")], "a", "x", Cover.REFUTED),
        ([row("6", "f1:a", "f2:x", "i", gap_object="a date")], "ab", "x", Cover.UNKNOWN),
        ([row("7", "f1:a", "f2:x", "d"), row("8", "f1:b", "f2:x", "d")], "ab", "x", Cover.REFUTED),
        ([row("7", "f1:a", "f2:x", "d"), row("8", "f1:b", "f2:x", "i")], "ab", "x", Cover.UNKNOWN),
        ([row("1", "f1:a", "f3:m", "S"), row("2", "f3:m", "f2:x", "S")], "a", "x", Cover.PROVEN),
        ([], "a", "", Cover.UNKNOWN),
        ([], "", "x", Cover.UNKNOWN),
    ],
)  # fmt: skip
def test_cover_by_several_items(rows: list[Row], items: str, statements: str, verdict: Cover) -> None:
    assert cover(rows, items, statements) is verdict


def test_a_cover_needs_a_complete_decomposition_and_weight() -> None:
    assert cover([A_COVERS], "a", complete=False) is Cover.UNKNOWN
    assert cover([row("2", ("f1:a", "f1:b"), "f2:x", "S", status="candidate")], "ab") is Cover.UNKNOWN
    assert cover([row("2", ("f1:a", "f1:b"), "f2:x", "S", status="contested")], "ab") is Cover.UNKNOWN


def test_a_joint_row_for_another_role_proves_nothing() -> None:
    joint = row("2", ("f1:a", "f1:b"), "f2:x", "S", perspective=frozenset({"provider"}))
    assert cover([joint], "ab", role="provider") is Cover.PROVEN
    assert cover([joint], "ab", role="deployer") is Cover.UNKNOWN


def test_an_item_disjoint_for_two_roles_counts_once() -> None:
    rows = [
        row("1", "f1:a", "f2:x", "d", perspective=frozenset({"provider"})),
        row("2", "f1:a", "f2:x", "d", perspective=frozenset({"deployer"})),
        row("3", "f1:b", "f2:x", "i"),
    ]
    assert cover(rows, "ab") is Cover.UNKNOWN


# ----- The smallest set of items -----


@pytest.mark.parametrize("seed", range(12))
def test_the_smallest_set_is_the_smallest(seed: int) -> None:
    dice = random.Random(seed)
    items, duties = [f"f1:{n}" for n in range(8)], [f"f2:{n}" for n in range(10)]
    pairs = [(item, duty) for item in items for duty in duties if dice.random() < 0.22]
    rows = [row(f"{a}{b}", a, b, dice.choice("esSid")) for a, b in pairs]
    composer = Composer(network(rows))
    reach = {
        item: {a.object for a in composer.answers(item, REQUEST) if judge(a.relation).overlaps is Verdict.YES}
        for item in items
    }
    can = set().union(*reach.values())
    found = find_set_cover(composer, items, duties, REQUEST)
    smallest = next(
        size
        for size in range(len(items) + 1)
        if any(can <= set().union(*(reach[item] for item in chosen)) for chosen in combinations(items, size))
    )
    assert len(found.items) == smallest
    assert set(found.reached) == can
    assert all(set(by) == {item for item in found.items if duty in reach[item]} for duty, by in found.reached.items())
    assert set(found.unreachable) == set(duties) - can
    assert found.gap == 0
    assert found == find_set_cover(Composer(network(rows)), items, duties, REQUEST)
    assert dict(count_carried(composer, items, REQUEST)) == {item: len(objects) for item, objects in reach.items()}


def test_ties_never_outweigh_an_item() -> None:
    items = [f"f1:{n:04}" for n in range(1500)]
    duties = [f"f2:{n}" for n in range(30)]
    rows = [row(f"{n}", items[n], duties[n % 30], "i") for n in range(1470)]
    rows += [row(f"last{n}", items[-1], duty, "i") for n, duty in enumerate(duties)]
    found = find_set_cover(Composer(network(rows)), items, duties, REQUEST)
    assert found.items == (items[-1],)


def test_nothing_to_reach() -> None:
    found = find_set_cover(Composer(network([])), ["f1:a"], ["f2:x"], REQUEST)
    assert (found.items, found.reached, found.unreachable, found.gap) == ((), {}, ("f2:x",), 0)


# ----- Matrix and unmapped -----


def _record(item: str, scope: str) -> NoMatch:
    return NoMatch(f"urn:none:{item}", "set", item, scope, None, "looked")


def test_a_no_match_counts_towards_its_own_scope_only() -> None:
    rows = [row("1", "f1:a", "f2:x", "d"), row("2", "f1:b", "f2:x", "i"), row("3", "f1:b", "f2:x", "si")]
    nomatches = [_record("f1:c", "f2"), _record("f1:d", "f3"), _record("f2:y", "f1")]
    made = build_matrix(
        Composer(network(rows)), ["f1:a", "f1:b", "f1:c", "f1:d"], ["f2:x", "f2:y", "f2:z"], nomatches,
        Request("f2", 1), framework,
    )  # fmt: skip
    assert made.cells == {("f1", "f2"): ("overlaps", 1)}
    assert {key: number for key, number in made.totals["rows"].items() if number} == {
        "partly": 1, "none": 2, "not looked at": 1
    }  # fmt: skip
    assert {key: number for key, number in made.totals["columns"].items() if number} == {
        "partly": 1, "none": 1, "not looked at": 1
    }  # fmt: skip


def test_a_joint_row_counts_for_the_item_that_stands_alone() -> None:
    rows = [row("1", ("f1:a", "f1:b"), "f2:x", "S"), row("2", "f3:a", ("f1:c", "f1:d"), "i")]
    items = ["f1:a", "f1:b", "f1:c"]
    made = build_matrix(Composer(network(rows)), items, ["f2:x"], [], Request("f2", 1), framework)
    assert made.cells == {}, "nothing follows for a pair"
    assert {key: number for key, number in made.totals["rows"].items() if number} == {"none": 2, "not looked at": 1}
    assert {key: number for key, number in made.totals["columns"].items() if number} == {"fully": 1}
    found = find_unmapped(Composer(network(rows)), items, "f2", [], REQUEST)
    assert list(found.not_looked_at) == ["f1:c"]
    back = build_matrix(Composer(network(rows)), ["f2:x"], items, [], Request("f1", 1), framework)
    assert back.totals == {"rows": made.totals["columns"], "columns": made.totals["rows"]}


def test_what_is_not_in_force_is_not_counted() -> None:
    rows = [row("1", "f1:a", "f2:gone", "i")]
    made = build_matrix(Composer(network(rows)), ["f1:a"], ["f2:x"], [], Request("f2", 1), framework)
    assert made.cells == {}
    assert sum(made.totals["rows"].values()) == sum(made.totals["columns"].values()) == 1


def test_unmapped_tells_the_facts_apart() -> None:
    rows = [
        row("1", "f1:a", "f2:x", "i"),
        row("2", "f1:b", "f2:x", "d"),
        row("3", "f1:c", "f2:x", "i", status="contested"),
    ]
    items = [f"f1:{name}" for name in "abcde"]
    found = find_unmapped(Composer(network(rows)), items, "f2", [_record("f1:d", "f2"), _record("f1:e", "f3")], REQUEST)
    assert [record.item for record in found.no_match] == ["f1:d"]
    assert list(found.disputed) == ["f1:c"]
    assert list(found.not_looked_at) == ["f1:e"], "rows that say disjoint are somebody's look"


# ----- Contradictions -----


def sets_of(rows: list[Row]) -> list[str]:
    found = find_contradictions(Composer(network(rows)), Request("", usable=anything))
    return ["".join(sorted(each.iri.rpartition(":")[2] for each in c.rows)) for c in found]


def test_two_rows_about_one_pair() -> None:
    assert sets_of([row("1", "f1:a", "f2:a", "s"), row("2", "f2:a", "f1:a", "s")]) == ["12"]
    assert sets_of([row("1", "f1:a", "f2:a", "s"), row("2", "f2:a", "f1:a", "S")]) == []


def test_three_rows_that_go_together_two_by_two() -> None:
    rows = [row("1", "f1:a", "f2:a", "es"), row("2", "f1:a", "f2:a", "si"), row("3", "f1:a", "f2:a", "ei")]
    assert sets_of(rows) == ["123"]


def test_a_smaller_set_hides_the_larger_ones_around_it() -> None:
    rows = [
        row("1", "f1:a", "f2:a", "e"), row("2", "f2:a", "f3:a", "e"), row("3", "f1:a", "f3:a", "d"),
        row("4", "f1:a", "f3:a", "s"),
    ]  # fmt: skip
    assert sets_of(rows) == ["34", "123", "124"]


def test_three_single_rows_are_found_beside_longer_paths_that_clash_sooner() -> None:
    rows = [
        row("1", "f1:a", "f2:a", "esS"), row("2", "f1:a", "f2:a", "sSi"), row("3", "f1:a", "f2:a", "ei"),
        row("4", "f1:a", "f3:a", "e"), row("5", "f3:a", "f4:a", "e"), row("6", "f4:a", "f2:a", "d"),
    ]  # fmt: skip
    assert "123" in sets_of(rows)


def test_a_whole_and_its_part() -> None:
    rows = [row("1", "f1:a", "f2:a", "d"), row("2", "f1:b", "f2:a", "i")]
    found = find_contradictions(Composer(network(rows, {"f1:b": "f1:a"})), Request("", usable=anything))
    assert [len(each.rows) for each in found] == [2]


def test_versions_and_roles_that_do_not_meet_do_not_clash() -> None:
    assert (
        sets_of(
            [
                row("1", "f1:a", "f2:a", "s", versions=("f1:a@1", "")),
                row("2", "f1:a", "f2:a", "d", versions=("f1:a@2", "")),
            ]
        )
        == []
    )
    provider, deployer = frozenset({"provider"}), frozenset({"deployer"})
    assert (
        sets_of(
            [row("1", "f1:a", "f2:a", "s", perspective=provider), row("2", "f1:a", "f2:a", "d", perspective=deployer)]
        )
        == []
    )


@pytest.mark.parametrize("seed", range(6))
def test_every_set_told_is_impossible_and_none_of_its_parts_is(seed: int) -> None:
    dice = random.Random(seed)
    items = [f"f{n}:{letter}" for n in range(5) for letter in "ab"]
    pairs = [pair for pair in combinations(items, 2) if framework(pair[0]) != framework(pair[1])]
    rows = [row(str(n), a, b, dice.choice("esSid")) for n, (a, b) in enumerate(dice.sample(pairs, 12))]
    found = find_contradictions(Composer(network(rows)), Request("", usable=anything))
    assert found
    for contradiction in found:
        assert len(contradiction.rows) <= 4
        assert not has_model(list(contradiction.rows), items)
        for left_out in contradiction.rows:
            assert has_model([each for each in contradiction.rows if each != left_out], items)
    told = {frozenset(each.iri for each in contradiction.rows) for contradiction in found}
    for size in (2, 3, 4):
        for some in combinations(rows, size):
            names = frozenset(each.iri for each in some)
            if not any(other <= names for other in told):
                assert has_model(list(some), items), f"{names} cannot all be right and nobody says so"


def test_no_contradiction_of_more_rows_than_asked_for() -> None:
    chain = [row(str(n), f"f{n}:a", f"f{n + 1}:a", "e") for n in range(4)] + [row("9", "f0:a", "f4:a", "d")]
    composer = Composer(network(chain))
    assert find_contradictions(composer, Request("")) == []
    (found,) = find_contradictions(composer, Request(""), max_rows=5)
    assert len(found.rows) == 5
    assert said("e").then(said("d")) == said("d")
    assert next(iter_worlds(1)).rows
