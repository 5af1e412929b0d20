"""Whatever the world, an answer never rules out what is true; a single path says exactly what the table says."""

from collections import Counter
from functools import reduce

import pytest
from ground_worlds import ROLES, World, iter_worlds, make_world
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import as_json, letters_of, network, row, said

from aimsgraph.crosswalk.checker import check_answer
from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.crosswalk.contradictions import find_contradictions
from aimsgraph.crosswalk.proof import Answer
from aimsgraph.domain.mapping import Mapping as Row
from aimsgraph.domain.relation import Relation

LETTERS = st.sets(st.sampled_from("esSid"), min_size=1).map("".join)


def anything(_row: Row) -> bool:
    return True


def truth(world: World, answer: Answer) -> int:
    """Return every relation that holds in the world the answer speaks of."""
    ends = [path.ends for path in answer.paths]
    days, other_days = world.days_of(*(end[0] for end in ends)), world.days_of(*(end[1] for end in ends))
    assert days and other_days, "versions that were never in force together were put together"
    return world.truths(answer.subject, days, answer.object, other_days, answer.perspective)


@settings(max_examples=300)
@given(st.integers(0, 2**32), st.integers(1, 4), st.sampled_from(["", *ROLES]))
def test_every_answer_contains_the_truth_and_its_proof_is_accepted(seed: int, hops: int, role: str) -> None:
    world = make_world(seed)
    composer, rows = Composer(world.network), as_json(world.rows)
    for item in world.versions:
        for answer in composer.answers(item, Request("", hops, anything, role)):
            assert truth(world, answer) & ~answer.relation.bits == 0
            assert not answer.relation.says_nothing
            assert not role or not answer.perspective or role in answer.perspective
            check_answer(answer.to_dict(str), rows, world.parents, world.periods)


def test_the_worlds_show_what_they_are_to_show() -> None:
    seen: Counter[str] = Counter()
    for world in iter_worlds(150):
        composer = Composer(world.network)
        for item in world.versions:
            found = composer.answers(item, Request("", 3, anything))
            seen["several answers for one pair"] += len(found) - len({answer.object for answer in found})
            for answer in found:
                seen["answers"] += 1
                seen["over two rows or more"] += min(len(path.rows) for path in answer.paths) > 1
                seen["over structure"] += any(path.steps[0].row is None for path in answer.paths)
                seen["of several paths"] += len(answer.paths) > 1
                seen["for some roles"] += bool(answer.perspective)
                seen["tight"] += truth(world, answer) == answer.relation.bits
            for lead in composer.leads(item, Request("", 3, anything)):
                seen[lead.why.partition(":")[0]] += 1
    assert min(seen.values()) > 100, seen
    assert len(seen) == 10, seen


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_true_rows_never_contradict_each_other(seed: int) -> None:
    composer = Composer(make_world(seed).network)
    assert find_contradictions(composer, Request("", usable=anything)) == []


@given(st.lists(st.tuples(LETTERS, st.booleans()), min_size=1, max_size=4))
def test_a_single_path_is_as_tight_as_the_table(links: list[tuple[str, bool]]) -> None:
    rows = [
        row(str(i), f"f{i}:a", f"f{i + 1}:a", letters)
        if forward
        else row(str(i), f"f{i + 1}:a", f"f{i}:a", letters_of(said(letters).inverse()))
        for i, (letters, forward) in enumerate(links)
    ]
    wanted = reduce(Relation.then, (said(letters) for letters, _ in links))
    answers = Composer(network(rows)).answers("f0:a", Request(f"f{len(links)}", len(links)))
    if wanted.says_nothing:
        assert answers == ()
        return
    (answer,) = answers
    assert answer.relation == wanted
    assert [step.inverted for step in answer.paths[0].steps] == [not forward for _, forward in links]
    back = Composer(network(rows)).answers(f"f{len(links)}:a", Request("f0", len(links)))
    assert [each.relation for each in back] == [wanted.inverse()]


@given(LETTERS)
def test_a_whole_is_answered_for_through_a_part(letters: str) -> None:
    made = network([row("1", "f1:b", "f2:a", letters)], {"f1:b": "f1:a"})
    answers = Composer(made).answers("f1:a", Request("f2"))
    wanted = said("eS").then(said(letters))
    assert [answer.relation for answer in answers] == ([] if wanted.says_nothing else [wanted])


def test_roles_that_go_together_two_by_two_are_not_put_together_three_at_once() -> None:
    rows = [
        row("1", "f1:a", "f2:a", "esSi", perspective=frozenset({"provider", "deployer"})),
        row("2", "f1:a", "f2:a", "si", perspective=frozenset({"deployer", "importer"})),
        row("3", "f1:a", "f2:a", "Sid", perspective=frozenset({"provider", "importer"})),
    ]
    answers = Composer(network(rows)).answers("f1:a", Request("f2"))
    assert {(tuple(answer.perspective), len(answer.paths)) for answer in answers} == {
        (("provider",), 2), (("deployer",), 2), (("importer",), 2)
    }  # fmt: skip


def test_a_path_that_pins_nothing_goes_with_every_version() -> None:
    rows = [
        row("1", "f1:a", "f2:a", "esSi", versions=("f1:a@old", "")),
        row("2", "f1:a", "f2:a", "si", versions=("", "")),
        row("3", "f1:a", "f2:a", "Sid", versions=("f1:a@new", "")),
    ]
    answers = Composer(network(rows)).answers("f1:a", Request("f2"))
    assert {tuple(r.iri[-1] for r in answer.rows): letters_of(answer.relation) for answer in answers} == {
        ("1", "2"): "si", ("2", "3"): "i"
    }  # fmt: skip


def test_parts_of_which_one_was_deleted_before_the_other_came_are_not_put_together() -> None:
    rows = [
        row("1", "f1:b", "f2:a", "S", versions=("f1:b@old", "")),
        row("2", "f1:c", "f2:a", "i", versions=("f1:c@new", "")),
    ]
    periods = {"f1:b@old": ("2024", "2026"), "f1:c@new": ("2026", "")}
    made = network(rows, {"f1:b": "f1:a", "f1:c": "f1:a"}, periods)
    answers = Composer(made).answers("f1:a", Request("f2"))
    assert [letters_of(answer.relation) for answer in answers] == ["S", "Si"]
    only_present = Request("f2", counts=lambda part: part != "f1:b")
    assert [letters_of(answer.relation) for answer in Composer(made).answers("f1:a", only_present)] == ["Si"]


@pytest.mark.parametrize(
    ("versions", "other", "why"),
    [
        (("", "f2:a@old"), ("f2:a@new", ""), "versions"),
        (("", "f2:a@old"), ("f2:a@old", ""), ""),
        (("", "f2:a@old"), ("", ""), ""),
        (("", ""), ("f2:a@new", ""), ""),
    ],
)
def test_rows_meet_in_one_version_of_the_item_between(
    versions: tuple[str, str], other: tuple[str, str], why: str
) -> None:
    rows = [row("1", "f1:a", "f2:a", "s", versions=versions), row("2", "f2:a", "f3:a", "s", versions=other)]
    composer = Composer(network(rows))
    assert len(composer.answers("f1:a", Request("f3"))) == (not why)
    leads = composer.leads("f1:a", Request("f3"))
    assert [why in lead.why for lead in leads] == ([True] if why else [])


def test_rows_for_different_roles_do_not_chain_and_the_lead_says_so() -> None:
    rows = [
        row("1", "f1:a", "f2:a", "s", perspective=frozenset({"provider"})),
        row("2", "f2:a", "f3:a", "s", perspective=frozenset({"deployer"})),
        row("3", "f1:a", "f4:a", "i"),
        row("4", "f4:a", "f3:b", "i"),
    ]
    composer = Composer(network(rows))
    assert composer.answers("f1:a", Request("f3")) == ()
    assert [(lead.object, lead.why) for lead in composer.leads("f1:a", Request("f3"))] == [
        ("f3:a", "the rows hold for different roles"),
        ("f3:b", "the relations of this chain allow everything"),
    ]


def test_a_role_leaves_out_rows_for_other_roles() -> None:
    rows = [
        row("1", "f1:a", "f2:a", "i", perspective=frozenset({"provider"})),
        row("2", "f1:a", "f2:b", "i", perspective=frozenset({"deployer"})),
        row("3", "f1:a", "f2:c", "i"),
    ]
    composer = Composer(network(rows))
    assert [a.object for a in composer.answers("f1:a", Request("f2", role="provider"))] == ["f2:a", "f2:c"]
    assert composer.answers("f1:a", Request("f2")) == composer.answers("f1:a", Request("f2"))


@pytest.mark.parametrize("status", ["contested", "deprecated", "candidate"])
def test_rows_without_weight_are_in_no_proof(status: str) -> None:
    rows = [row("1", "f1:a", "f2:a", "s"), row("2", "f2:a", "f3:a", "s", status=status)]
    composer = Composer(network(rows))
    assert composer.answers("f1:a", Request("f3")) == ()
    assert composer.leads("f1:a", Request("f3")) == []
    assert len(composer.answers("f1:a", Request("f3", usable=anything))) == 1


def test_a_joint_row_and_a_row_about_what_may_not_be_mapped_are_no_steps() -> None:
    rows = [row("1", ("f1:a", "f1:b"), "f2:a", "S"), row("2", "f2:a", "f3:a", "S"), row("3", "f1:c", "f2:a", "S")]
    assert Composer(network(rows)).answers("f1:a", Request("f3")) == ()
    made = network(rows)
    half = type(made).build(made.framework_of, {}, rows, {"f1:c", "f3:a"})
    assert half.steps == {}


@given(st.integers(0, 2**32))
def test_no_path_comes_to_an_item_twice(seed: int) -> None:
    composer = Composer(make_world(seed).network)
    for item in composer.network.steps:
        for answer in composer.answers(item, Request("", 3, anything)):
            for path in answer.paths:
                visited = [item, *(step.object for step in path.steps)]
                assert len(set(visited)) == len(visited)


def test_structure_in_a_circle_ends() -> None:
    made = network([row("1", "f1:b", "f2:a", "s")], {"f1:a": "f1:b", "f1:b": "f1:a"})
    assert made.all_parts_of("f1:a") == ("f1:b",)
    assert len(Composer(made).answers("f1:a", Request("f2"))) == 1
