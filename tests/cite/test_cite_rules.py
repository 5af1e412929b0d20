"""Each rule on small texts: what it says, and what it leaves alone."""

import pytest

from aimsgraph import assets
from aimsgraph.api import AimsGraph
from aimsgraph.exchange.documents import read_document
from aimsgraph.norms.cite import CitationFinding, CitationJudge
from aimsgraph.norms.cite_tables import load_tables


def check(
    graph: AimsGraph, text: str, *, law: str | None = None, hint: str = "", name: str = "t.md"
) -> list[CitationFinding]:
    judge = CitationJudge(graph.index, graph.law, graph.moment(law, law), load_tables(assets.path("data", "citations")))
    return judge.check(read_document(text.encode(), name).segments, name, hint).findings


def codes(found: list[CitationFinding]) -> list[str]:
    return [one.finding.rule.removeprefix("CITE_") for one in found]


def test_a_decoy_is_told_with_its_reason(graph: AimsGraph) -> None:
    (found,) = check(graph, "ISO/IEC 42001 control A.5.1 is ours.")
    assert found.finding.rule == "CITE_UNKNOWN_ID"
    assert "controls of an objective start at .2" in found.finding.message
    assert "iso-42001:A.5" in found.finding.remedy


def test_a_date_is_told_with_its_basis(graph: AimsGraph) -> None:
    (found,) = check(graph, "Article 26 AI Act applies from 2 August 2026.")
    assert found.finding.rule == "CITE_STALE_DATE"
    assert "2027-12-02 (annex-iii) by Art.113(3)(c)(i)" in found.finding.message
    assert (found.finding.location.line, found.finding.location.column) == (1, 32)


def test_what_is_stale_now_was_right_before_the_amendment(graph: AimsGraph) -> None:
    text = "Article 26 AI Act applies from 2 August 2026. See Article 10(5) AI Act."
    assert codes(check(graph, text)) == ["STALE_DATE", "SUPERSEDED"]
    assert check(graph, text, law="2026-07-01") == []
    assert codes(check(graph, "Article 26 AI Act applies from 2 December 2027.", law="2026-07-01")) == ["STALE_DATE"]


def test_a_provision_not_known_yet_is_told(graph: AimsGraph) -> None:
    (found,) = check(graph, "See Article 4a of the AI Act.", law="2026-07-01")
    assert "not known yet on 2026-07-01" in found.finding.message


def test_a_moved_provision_names_where_it_went(graph: AimsGraph) -> None:
    (found,) = check(graph, "Under Article 10(5) AI Act we may use special categories.")
    assert found.finding.remedy == "cite eu-ai-act:Art.4a"
    assert "Regulation (EU) 2026/1744 Art.1(9)(b)" in found.finding.message


def test_a_draft_number_names_its_source_and_the_article_now(graph: AimsGraph) -> None:
    (found,) = check(graph, "Serious incidents are reported under Article 62 of the AI Act.")
    assert "proposal COM(2021) 206" in found.finding.message
    assert found.provision == "eu-ai-act:Art.73"


@pytest.mark.parametrize(
    "text",
    [
        "Article 52 of our contract needs transparency. The AI Act is not meant.",
        "In the proposal COM(2021) 206, transparency stood in Article 52.",
        "Article 120 of the Colorado AI Act.",
        "Article 50 of the AI Act applies from 2 August 2026.",
        "Originally Article 9 of the AI Act was to apply from 2 August 2026.",
        "Article 26(2) AI Act (human oversight).",
        "Article 35 GDPR (Data protection impact assessment)",
        "Article 35(7)(d) GDPR and recital 84 GDPR.",
        "ISO/IEC 27001 clause 6.1.3 and ISO 9001 clause 99.",
        "Article 200 and A.5.1 without any framework.",
        "AI Act Article 999 <!-- aimsgraph:ignore -->",
    ],
)
def test_what_is_right_or_unclear_is_left_alone(graph: AimsGraph, text: str) -> None:
    assert check(graph, text) == []


def test_a_hint_names_the_framework(graph: AimsGraph) -> None:
    assert check(graph, "See A.5.1.") == []
    assert codes(check(graph, "See A.5.1.", hint="iso-42001")) == ["UNKNOWN_ID"]


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.json", '{\n "id": "AI Act Article 15",\n "title": "Human oversight"}', (2, 9)),
        ("a.yaml", "x: 1\nrow:\n  id: AI Act Article 15\n  title: Human oversight\n", (3, 7)),
        ("a.csv", 'id,title\n"AI Act Article 15",Human oversight\n', (2, 2)),
        ("a.tsv", "id\ttitle\nAI Act Article 15\tHuman oversight\n", (2, 1)),
        ("a.html", "<table>\n<tr><td>AI Act Article 15</td><td>Human oversight</td></tr></table>", (2, 9)),
        ("a.py", "x = 1\n# AI Act Article 15: Human oversight\n", (2, 3)),
    ],
)
def test_places_are_those_of_the_file(graph: AimsGraph, name: str, text: str, place: tuple[int, int]) -> None:
    (found,) = check(graph, text, name=name)
    at = found.finding.location
    assert found.finding.rule == "CITE_WRONG_LABEL"
    assert at.line == place[0]
    assert at.column == place[1] + (7 if found.cited.startswith("Article") else 0)


def test_the_table_of_drafts_holds_only_what_the_adopted_act_has(graph: AimsGraph) -> None:
    tables = load_tables(assets.path("data", "citations"))
    for rows in tables.drafts.values():
        for row in rows:
            assert f"eu-ai-act:{row.adopted}" in graph.index.by_reference
            assert row.source.startswith(
                ("proposal COM(2021) 206", "European Parliament position", "provisional agreement")
            )
    assert all(f"eu-ai-act:{local}" in graph.index.by_reference for local in tables.wordings)
