"""Search is ranked and forgiving; changes are complete and in order."""

import csv
import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsgraph import assets
from aimsgraph.errors import AimsgraphError, NotFound, UsageError
from aimsgraph.norms.search import MOST_WORDS


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("human oversight", "eu-ai-act:Art.14"),
        ("event log recording", "iso-42001:A.6.2.8"),
        ("AI literacy", "eu-ai-act:Art.4"),
        ("A.6.2.8", "iso-42001:A.6.2.8"),
        ("AI Act Art. 6(2)", "eu-ai-act:Art.6(2)"),
        ("HUMAN OVERSIGHT", "eu-ai-act:Art.14"),
        ("prEN 18228", "catalogue:pren-18228"),
    ],
)
def test_the_best_hit_comes_first(graph, words, first):
    hits = graph.search(words)
    assert hits[0][0].reference == first
    scores = [score for _, score in hits]
    assert scores == sorted(scores, reverse=True)


def test_a_word_may_be_the_beginning_of_a_longer_one_and_all_words_count_first(graph):
    assert "eu-ai-act:Art.14" in [entry.reference for entry, _ in graph.search("oversi")]
    both = graph.search("human oversight biometric", limit=3)
    assert all("oversight" in entry.label.lower() or "biometric" in entry.label.lower() for entry, _ in both)


def test_limits_and_frameworks(graph):
    hits = graph.search("risk management", framework="ISO 42001", limit=5)
    assert 0 < len(hits) <= 5
    assert {entry.framework for entry, _ in hits} == {"iso-42001"}
    with pytest.raises(NotFound):
        graph.search("risk", framework="iso-42002")


def test_titles_and_notes_are_searched_too(graph):
    hits = [entry.reference for entry, _ in graph.search("unacceptable xyzzyx", limit=50)]
    assert isinstance(hits, list)
    assert [e.reference for e, _ in graph.search("FDIS crosswalk read")]
    assert graph.search("xyzzyx") == []


@pytest.mark.parametrize("words", ["", "   ", "!!!", "\x00", "' OR 1=1 --' \"".replace("OR", "").replace("1=1", "")])
def test_no_word_is_a_usage_error(graph, words):
    with pytest.raises(UsageError, match="no word"):
        graph.search(words)


def test_too_many_words_are_refused(graph):
    with pytest.raises(UsageError, match="too many"):
        graph.search("risk " * (MOST_WORDS + 1))
    assert graph.search("risk " * MOST_WORDS)


@given(st.text(max_size=200))
def test_any_text_finds_something_or_nothing(graph, text):
    try:
        hits = graph.search(text)
    except AimsgraphError as error:
        assert error.code == "bad-parameter"
    else:
        assert len(hits) <= 20


def read_table(name):
    with assets.path("data", "frameworks", "eu-ai-act", "2024", name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_amendment_is_a_change_on_the_day_it_is_in_force(graph):
    changes = graph.changes("2024-01-01", "2035-12-31")
    kinds = {"modified": "amended", "inserted": "inserted", "deleted": "deleted"}
    expected = Counter()
    for row in read_table("amendments.tsv"):
        for provision in row["provisions"].split(";"):
            expected[kinds[row["kind"]], f"eu-ai-act:{provision}" if provision else row["other_act"]] += 1
    found = Counter((c.kind, c.provision) for c in changes if c.kind in kinds.values())
    assert found == expected
    assert {str(c.date) for c in changes if c.kind in kinds.values()} == {"2026-07-27"}
    assert all(c.by.startswith("Regulation (EU) 2026/1744 Art.") for c in changes if c.kind in kinds.values())


def test_every_rule_that_is_law_on_its_day_starts_something(graph):
    starts = {(str(c.date), c.by) for c in graph.changes("2024-01-01", "2035-12-31") if c.kind == "starts"}
    expected = set()
    for row in read_table("application.tsv"):
        laws = row["law"].split(";")
        current = "2026-07-27" if row["applies_from"] >= "2026-07-27" else "oj"
        if current in laws:
            expected.add((row["applies_from"], f"eu-ai-act:{row['legal_basis']}"))
    assert starts == expected


def test_changes_are_in_order_and_both_days_are_included(graph):
    changes = graph.changes("2024-01-01", "2035-12-31")
    assert [c.date for c in changes] == sorted(c.date for c in changes)
    days = sorted({c.date for c in changes})
    assert graph.changes(days[1], days[3]) == [c for c in changes if days[1] <= c.date <= days[3]]
    one = dt.timedelta(days=1)
    assert graph.changes(days[0] + one, days[1] - one) == []


def test_a_change_is_json(graph):
    (ending,) = [c for c in graph.changes("2026-12-02", "2026-12-02") if c.kind == "ends"]
    view = ending.to_dict()
    assert set(view) >= {"date", "provision", "kind", "by", "effect"}
    assert (view["date"], view["kind"], view["contested"]) == ("2026-12-02", "ends", False)


def test_a_period_that_ends_before_it_starts_is_refused(graph):
    with pytest.raises(UsageError, match="before it starts") as caught:
        graph.changes("2026-12-02", "2026-12-01")
    assert caught.value.remedy == "swap the two dates"


def test_before_anything_was_published_nothing_is_known_to_change(graph):
    assert graph.changes("2024-01-01", "2035-12-31", law_as_of="2024-07-11") == []
