"""The composition table and the verdicts, against brute force over finite sets."""

import itertools

import pytest
from worlds import WORD, between, letters_of, non_empty_subsets, said

from aimsgraph.domain.relation import ANYTHING, OVERLAPS, PART_OF, WORDS, Base, Relation, Verdict, judge

ALL_SETS = [Relation(bits) for bits in range(32)]
SINGLES = [Relation(base.value) for base in Base]
# First and second hop → what three elements give; each is less than the table says.
WRONG_IN_THREE = {
    "si": "sd", "Si": "S", "is": "s", "iS": "Sd", "ii": "ei", "id": "S", "di": "s", "dd": "esSd"
}  # fmt: skip


def brute_force(size: int) -> dict[tuple[Base, Base], int]:
    """Return what composes to what, over all non-empty subsets of a universe."""
    subsets = non_empty_subsets(size)
    table = dict.fromkeys(itertools.product(Base, repeat=2), 0)
    known = {(a, b): between(a, b) for a in subsets for b in subsets}
    for a, b, c in itertools.product(subsets, repeat=3):
        table[known[a, b], known[b, c]] |= known[a, c].value
    return table


@pytest.mark.parametrize("size", [4, 5])
def test_the_table_is_what_finite_sets_give(size: int) -> None:
    ours = {(a, b): Relation(a.value).then(Relation(b.value)).bits for a, b in itertools.product(Base, repeat=2)}
    assert ours == brute_force(size)


def test_a_universe_of_three_gives_eight_wrong_cells() -> None:
    small = brute_force(3)
    wrong = {
        letters_of(Relation(a.value)) + letters_of(Relation(b.value)): letters_of(Relation(bits))
        for (a, b), bits in small.items()
        if bits != Relation(a.value).then(Relation(b.value)).bits
    }
    assert wrong == WRONG_IN_THREE
    assert len(wrong) == 8
    assert all(set(letters) < set(letters_of(said(pair[0]).then(said(pair[1])))) for pair, letters in wrong.items())


def test_sets_compose_element_by_element_and_join() -> None:
    for one, other in itertools.product(ALL_SETS, repeat=2):
        joined = 0
        for a, b in itertools.product(one, other):
            joined |= Relation(a.value).then(Relation(b.value)).bits
        assert one.then(other).bits == joined


def test_composition_is_associative() -> None:
    for a, b, c in itertools.product(ALL_SETS, repeat=3):
        assert a.then(b).then(c) == a.then(b.then(c))


def test_equality_is_the_identity_and_the_empty_set_absorbs() -> None:
    for each in ALL_SETS:
        assert said("e").then(each) == each == each.then(said("e"))
        assert Relation(0).then(each).is_contradiction
        assert each.then(Relation(0)).is_contradiction


def test_what_allows_everything_stays_so() -> None:
    for each in ALL_SETS[1:]:
        assert ANYTHING.then(each).says_nothing
        assert each.then(ANYTHING).says_nothing


def test_the_inverse_of_a_composition_is_that_of_the_inverses_in_reverse_order() -> None:
    in_the_same_order = 0
    for a, b in itertools.product(ALL_SETS, repeat=2):
        assert a.then(b).inverse() == b.inverse().then(a.inverse())
        in_the_same_order += a.then(b).inverse() == a.inverse().then(b.inverse())
    assert in_the_same_order < 1024, "the order matters"


def test_meet_and_inverse_keep_their_laws() -> None:
    for a, b in itertools.product(ALL_SETS, repeat=2):
        assert a.meet(b) == b.meet(a)
        assert a.meet(b).inverse() == a.inverse().meet(b.inverse())
        assert set(a.meet(b)) == set(a) & set(b)
        assert a.meet(a) == a == a.meet(ANYTHING) == a.inverse().inverse()
        for c in SINGLES:
            left, right = c.then(a.meet(b)), c.then(a).meet(c.then(b))
            assert left.meet(right) == left, "a meet composes to no more than the meet of the compositions"
    assert [letters_of(single.inverse()) for single in SINGLES] == ["e", "S", "s", "i", "d"]


def test_the_words_are_those_of_the_standards_and_come_back() -> None:
    assert set(WORDS) == {*WORD.values(), "equivalent-to"}
    for each in ALL_SETS:
        assert Relation.of(*each.words) == each
    assert Relation.of("equivalent-to") == Relation.of("equal-to")
    assert (letters_of(OVERLAPS), letters_of(PART_OF)) == ("esSi", "es")
    with pytest.raises(ValueError, match="is no relation"):
        Relation.of("related-to")


@pytest.mark.parametrize("relation", ALL_SETS, ids=lambda relation: letters_of(relation) or "nothing")
def test_the_verdicts_are_what_holds_in_every_world_left(relation: Relation) -> None:
    verdicts = judge(relation)
    worlds = [
        (one, other)
        for one in non_empty_subsets(4)
        for other in non_empty_subsets(4)
        if relation.bits & between(one, other).value
    ]
    if not relation.bits:
        assert verdicts.summary == "contradiction"
        assert {verdicts.covers, verdicts.covered_by, verdicts.overlaps} == {Verdict.UNKNOWN}
        return
    assert verdicts.covers is _in_all({one >= other for one, other in worlds})
    assert verdicts.covered_by is _in_all({one <= other for one, other in worlds})
    assert verdicts.overlaps is _in_all({bool(one & other) for one, other in worlds})
    assert verdicts.summary == _summary_of(letters_of(relation))


def _in_all(found: set[bool]) -> Verdict:
    return Verdict.UNKNOWN if len(found) == 2 else Verdict.YES if True in found else Verdict.NO


def _summary_of(letters: str) -> str:
    named = {"e": "equal", "S": "covers", "eS": "covers", "s": "covered-by", "es": "covered-by", "d": "disjoint"}
    return named.get(letters, "unknown" if "d" in letters else "overlaps")
