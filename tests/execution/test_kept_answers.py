"""Answers that are kept: which, how many, and until when."""

import pytest

from aimsgraph.execution.kept import LARGEST, KeptAnswers
from aimsgraph.execution.room import Query
from aimsgraph.graph.query_text import MAX_STEADY_CHARACTERS, is_steady
from aimsgraph.graph.union import Dataset


def test_an_answer_belongs_to_text_form_dataset_and_content() -> None:
    kept, asked = KeptAnswers(), Query("ASK {}", "json", generation="1")
    kept.keep(asked, b"yes")
    assert kept.find(Query("ASK {}", "json", generation="1")) == b"yes"
    for other in (
        Query("ASK { }", "json", generation="1"),
        Query("ASK {}", "xml", generation="1"),
        Query("ASK {}", "json", generation="2"),
        Query("ASK {}", "json", Dataset(("urn:g",), None), generation="1"),
    ):
        assert kept.find(other) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("SELECT (NOW() AS ?n) {}", b"a"),
        ("SELECT (rand() AS ?n) {}", b"a"),
        ("SELECT (UUID() AS ?n) {}", b"a"),
        ("SELECT (StrUUID() AS ?n) {}", b"a"),
        ("SELECT (BNODE() AS ?n) {}", b"a"),
        (r"SELECT (\u004eOW() AS ?n) {}", b"a"),
        ("ASK {} #" + "a" * MAX_STEADY_CHARACTERS, b"a"),
        ("SELECT * { ?s ?p ?o }", b"a" * (LARGEST + 1)),
    ],
)
def test_what_may_differ_and_what_is_large_is_not_kept(text: str, answer: bytes) -> None:
    kept, asked = KeptAnswers(), Query(text, "json", generation="1")
    kept.keep(asked, answer)
    assert kept.find(asked) is None
    assert is_steady(text) == (len(answer) > LARGEST)


def test_without_a_generation_nothing_is_kept() -> None:
    kept, asked = KeptAnswers(), Query("ASK {}", "json")
    kept.keep(asked, b"yes")
    assert kept.find(asked) is None


def test_the_answers_asked_for_longest_ago_go_first() -> None:
    kept = KeptAnswers(most_bytes=4 * 2_048)
    queries = [Query(f"ASK {{}} #{i}", "json", generation="1") for i in range(20)]
    for query in queries:
        kept.find(queries[0])
        kept.keep(query, b"a" * 1_000)
        kept.keep(query, b"b" * 1_000)
    left = [query for query in queries if kept.find(query) is not None]
    assert left[0] is queries[0]
    assert left[-1] is queries[-1]
    assert 2 <= len(left) <= 4
