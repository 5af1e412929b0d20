"""Kleene's three values, and what is still to be asked."""

import csv
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsgraph import assets
from aimsgraph.domain.conditions import parse_condition

VALUES = (True, None, False)
CODES = ("a", "b", "c", "d")


def facts(**answers):
    return {code: answer for code, answer in answers.items() if answer is not None}


def strong_and(x, y):
    return False if False in (x, y) else None if None in (x, y) else True


def strong_or(x, y):
    return True if True in (x, y) else None if None in (x, y) else False


def strong_not(x):
    return None if x is None else not x


@pytest.mark.parametrize(("x", "y"), list(itertools.product(VALUES, VALUES)))
def test_truth_tables(x, y):
    known = facts(a=x, b=y)
    assert parse_condition("a AND b").evaluate(known) is strong_and(x, y)
    assert parse_condition("a OR b").evaluate(known) is strong_or(x, y)
    assert parse_condition("NOT a").evaluate(known) is strong_not(x)


def test_nothing_always_holds():
    always = parse_condition("  ")
    assert always.evaluate({}) is True
    assert (always.text, always.codes, always.undecided({})) == ("", (), ())


def test_not_binds_more_than_and_more_than_or():
    assert parse_condition("a OR b AND NOT c").evaluate(facts(a=True, c=True)) is True
    assert parse_condition("(a OR b) AND NOT c").evaluate(facts(a=True, c=True)) is False
    assert parse_condition("NOT a OR a").evaluate(facts(a=False)) is True
    assert parse_condition("NOT (a OR b)").evaluate(facts(a=True)) is False
    assert parse_condition("NOT NOT a").evaluate(facts(a=True)) is True


def test_codes_stand_in_order_of_first_mention():
    assert parse_condition("b-2 AND (a OR b-2) OR c").codes == ("b-2", "a", "c")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a AND", "ends too early"),
        ("AND a", "unexpected 'AND'"),
        ("a b", "unexpected 'b'"),
        ("(a", "lacks a closing"),
        ("a)", "unexpected ')'"),
        ("()", "unexpected ')'"),
        ("NOT", "ends too early"),
        ("a OR OR b", "unexpected 'OR'"),
        ("A", "cannot read"),
        ("a & b", "cannot read"),
        ("a AND \u0430", "cannot read"),
        ("a and b", "unexpected 'and'"),
        ("a, b", "at character 2"),
        ("1a", "cannot read"),
        ("a NOT b", "unexpected 'NOT'"),
        ("ANDa", "cannot read"),
    ],
)
def test_a_malformed_condition_says_what_is_wrong(text, says):
    with pytest.raises(ValueError) as caught:
        parse_condition(text)
    assert says in str(caught.value)


def expressions(codes=CODES):
    return st.recursive(
        st.sampled_from(codes),
        lambda inner: st.one_of(
            inner.map(lambda x: f"NOT ({x})"),
            st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        ),
        max_leaves=8,
    )


answers = st.dictionaries(st.sampled_from(CODES), st.booleans())


def completions(codes, known):
    for values in itertools.product((True, False), repeat=len(codes)):
        yield {**known, **dict(zip(codes, values, strict=True))}


@given(expressions(), answers)
def test_an_answer_never_changes_what_is_decided(text, known):
    condition = parse_condition(text)
    truth = condition.evaluate(known)
    open_codes = [code for code in condition.codes if code not in known]
    outcomes = {condition.evaluate(full) for full in completions(open_codes, known)}
    assert None not in outcomes
    if truth is not None:
        assert outcomes == {truth}


@given(expressions(), answers)
def test_what_is_undecided_is_sound_and_minimal(text, known):
    condition = parse_condition(text)
    undecided = condition.undecided(known)
    assert set(undecided).isdisjoint(known)
    assert (undecided == ()) is (condition.evaluate(known) is not None)
    assert all(condition.evaluate(full) is not None for full in completions(undecided, known))
    for left_out in undecided:
        others = [code for code in undecided if code != left_out]
        assert any(condition.evaluate(full) is None for full in completions(others, known))


@pytest.mark.parametrize(
    ("text", "known", "undecided"),
    [
        ("a AND b", {}, ("a", "b")),
        ("a AND b", {"a": True}, ("b",)),
        ("a AND b", {"a": False}, ()),
        ("a OR (b AND c)", {"b": False}, ("a",)),
        ("a OR (a AND b)", {}, ("a",)),  # b makes no difference, whatever a is
        ("a OR NOT a", {}, ("a",)),
    ],
)
def test_undecided_names_what_to_ask(text, known, undecided):
    assert parse_condition(text).undecided(known) == undecided


def test_many_open_codes_are_all_named_without_trying_every_answer():
    codes = [f"c{number}" for number in range(40)]
    assert parse_condition(" AND ".join(codes)).undecided({}) == tuple(codes)


@given(st.text(alphabet="ab() ANDORT-1", max_size=40))
def test_any_text_parses_or_is_a_value_error(text):
    try:
        condition = parse_condition(text)
    except ValueError:
        return
    assert condition.evaluate({}) in VALUES


def read_table(name):
    path = Path(assets.path("data", "frameworks", "eu-ai-act", "2024", name))
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_condition_of_the_data_parses_and_uses_known_codes():
    known = {row["code"] for row in read_table("conditions.tsv")}
    rows = [*read_table("statements.tsv"), *read_table("transitions.tsv")]
    used = set()
    for row in rows:
        condition = parse_condition(row["condition"])
        used |= set(condition.codes)
        assert condition.evaluate(dict.fromkeys(condition.codes, True)) is not None
        assert bool(condition.undecided({})) is (row["condition"] != "")
    assert used <= known
    assert len(known) == 59
