"""The shipped mapping sets: complete both ways, honest about who made them, sound together."""

from collections import Counter
from pathlib import Path

import pytest

from aimsgraph.api import AimsGraph
from aimsgraph.content.compile_duties import is_assessable
from aimsgraph.content.read import Content, MappingSetSource, read_content

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content([DATA])


def assessable(content: Content, slug: str) -> set[str]:
    framework = next(f for f in content.frameworks if f.header.slug == slug)
    statements = {row["id"] for row in framework.rows("statements") if is_assessable(row)}
    return statements or {row["id"] for row in framework.rows("provisions") if row.flag("assessable")}


def mapping_set(content: Content, set_id: str) -> MappingSetSource:
    return next(source for source in content.mappings if source.header.id == set_id)


@pytest.mark.parametrize(
    ("set_id", "subjects", "objects", "rows", "contested"),
    [("iso-42001--eu-ai-act", 70, 362, 355, 20), ("nist-ai-rmf--iso-42001", 72, 70, 171, 0)],
)
def test_every_assessable_item_of_both_sides_is_mapped_or_recorded_as_no_match(
    content: Content, set_id: str, subjects: int, objects: int, rows: int, contested: int
) -> None:
    source = mapping_set(content, set_id)
    assert source.nomatch is not None
    sides = (source.header.subject, "subject", subjects), (source.header.object, "object", objects)
    for reference, column, count in sides:
        slug = reference.partition("@")[0]
        items = assessable(content, slug)
        assert len(items) == count
        mapped = {item for row in source.all_rows for item in row.items(column)}
        searched = {row["item"] for row in source.nomatch.rows if row["scope"] != slug}
        assert mapped | searched >= items, sorted(items - mapped - searched)
        assert not mapped & searched
    assert len(source.all_rows) == rows
    assert Counter(row["status"] for row in source.all_rows)["contested"] == contested


def test_the_set_that_is_not_complete_says_so(content: Content) -> None:
    source = mapping_set(content, "nist-ai-rmf--eu-ai-act")
    assert any("Not complete" in note for note in source.header.notes)
    assert source.nomatch is None, "it records no search, so it must not read as one"
    assert len(source.all_rows) == 37
    assert {row["relation"] for row in source.all_rows} == {"intersects-with"}


def test_nothing_automated_is_accepted_and_every_row_was_reviewed_by_another(content: Content) -> None:
    for source in content.mappings:
        assert source.header.author_kind == "automated"
        assert source.reviews is not None
        reviewers: dict[str, set[str]] = {}
        for review in source.reviews.rows:
            assert review["kind"] == "automated"
            reviewers.setdefault(review["row"], set()).add(review["reviewer"])
        for row in source.all_rows:
            author = row["author"] or source.header.author
            assert row["status"] in ("reviewed", "contested"), row.where("status")
            if row["status"] == "reviewed":
                assert reviewers.get(row["id"], set()) - {author}, row.where("id")


def test_no_row_claims_more_than_support(content: Content) -> None:
    rows = [row for source in content.mappings for row in source.all_rows]
    assert rows
    assert {row["effect"] or "supports-only" for row in rows} == {"supports-only"}


def test_what_every_practitioner_expects_is_there(content: Content) -> None:
    pairs = {(row["subject"], row["object"]) for row in mapping_set(content, "iso-42001--eu-ai-act").all_rows}
    for subject, prefix in (
        ("A.7.2", "art10-"), ("A.7.3", "art10-"), ("A.7.4", "art10-"), ("A.6.2.8", "art12-"), ("A.6.2.7", "art11-"),
        ("6.1.2", "art9-"), ("8.2", "art9-"), ("A.8.2", "art13-"), ("A.9.2", "art26-"), ("A.9.4", "art26-"),
        ("A.5.4", "art27-"), ("10.2", "art20-"), ("7.2", "art4-"), ("A.6.2.6", "art72-"), ("A.10.2", "art25-"),
    ):  # fmt: skip
        assert any(s == subject and o.startswith(prefix) for s, o in pairs), (subject, prefix)


def test_the_shipped_rows_lint_clean_and_contradict_nothing(graph: AimsGraph) -> None:
    crosswalks = graph.crosswalks
    assert len(crosswalks.network.rows) == 563
    assert [str(finding) for finding in crosswalks.lint(graph.moment())] == []
    assert crosswalks.contradictions("candidate") == []
