"""What the crosswalk answers on the shipped sets and on an overlay: time, statuses, what nobody looked at, totals."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from worlds import letters_of

import aimsgraph
from aimsgraph.api import AimsGraph
from aimsgraph.crosswalk.answers import Crosswalk
from aimsgraph.domain.mapping import Mapping as Row
from aimsgraph.domain.relation import Relation
from aimsgraph.errors import AimsgraphError, NotFound, UsageError

ISO, ACT, RMF = "iso-42001", "eu-ai-act", "nist-ai-rmf"
OLD = "mappings/iso-42001--eu-ai-act-old"
HEADER = """\
id: iso-42001--eu-ai-act-old
title: ISO/IEC 42001:2023 to the AI Act as first published
subject: iso-42001@2023
object: eu-ai-act@2024
version: 0.1.0
licence: CC BY 4.0
author: an author
author_kind: human
authored_on: 2025-01-01
method: human
justification: semapv:ManualMappingCuration
law_version: "2025-01-01"
"""
COLUMNS = (
    "id|subject|object|relation|extent|rationale|gap_object|gap_subject|basis|confidence|perspective|status|"
    "object_version"
)
WHY = "The documents named there hold part of what the technical documentation has to show."


@pytest.fixture(scope="module")
def crosswalks(graph: AimsGraph) -> Crosswalk:
    return graph.crosswalks


def overlay(folder: Path, *rows: str) -> Path:
    made = folder / "data" / OLD / "rows"
    made.mkdir(parents=True)
    (made.parent / "set.yaml").write_text(HEADER, encoding="utf-8")
    text = "\n".join((COLUMNS, *rows)) + "\n"
    (made / "all.tsv").write_text(text.replace("|", "\t"), encoding="utf-8")
    return folder / "data"


@pytest.fixture(scope="module")
def with_old_row(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AimsGraph]:
    folder = overlay(
        tmp_path_factory.mktemp("old"),
        f"old-1|A.7.6|art11-1-s2|superset-of|all|{WHY}|||semantic|0.9|provider|reviewed|",
        f"old-2|A.7.6|art9-1|intersects-with|some|{WHY}|the rest||semantic|0.4||candidate|",
    )
    opened = aimsgraph.open_graph(data=[folder], today="2026-11-23")
    yield opened
    opened.close()


def every_answer(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [*found["answers"], *found["contradictions"]]


# ----- Time -----


def test_the_version_of_the_day_the_set_was_made_for_is_pinned(with_old_row: AimsGraph) -> None:
    (old,) = (row for row in with_old_row.crosswalks.network.rows if row.iri.endswith("/old-1"))
    assert old.object_versions[0].endswith("art_11/par_1/sub_2/oj")


def test_a_row_about_a_text_that_was_changed_is_reported(with_old_row: AimsGraph) -> None:
    now = with_old_row.crosswalks.lint(with_old_row.moment())
    codes = Counter(f.rule for f in now if "old-" in f.message or OLD in f.location.file)
    assert codes["MAP_VERSION_SUPERSEDED"] == 1
    (finding,) = (f for f in now if f.rule == "MAP_VERSION_SUPERSEDED")
    assert "not in force on 2026-11-23 (in force until 2026-07-27)" in finding.message
    assert (finding.location.file, finding.location.line) == (f"data/{OLD}/rows/all.tsv", 2)
    before = with_old_row.crosswalks.lint(with_old_row.moment("2025-06-01", "2025-06-01"))
    assert not [f for f in before if f.location.file.startswith(f"data/{OLD}") and f.rule == "MAP_VERSION_SUPERSEDED"]


def test_an_answer_from_it_carries_a_warning_and_is_not_joined_with_the_present_text(with_old_row: AimsGraph) -> None:
    found = with_old_row.crosswalk(f"{ISO}:A.7.6", ACT)
    about = [a for a in every_answer(found) if a["object"] == f"{ACT}:art11-1-s2"]
    (old,) = (a for a in about if a["relations"] == ["superset-of"])
    assert old["warnings"] and "not in force on 2026-11-23" in old["warnings"][0]
    in_2025 = with_old_row.crosswalk(f"{ISO}:A.7.6", ACT, on="2025-06-01", law_as_of="2025-06-01")
    (then,) = (a for a in every_answer(in_2025) if a["relations"] == ["superset-of"])
    assert then["warnings"] == []


def test_a_row_about_a_deleted_paragraph_is_refused_with_its_place(tmp_path: Path) -> None:
    folder = overlay(
        tmp_path, f"gone|A.7.3|art10-5@2024|intersects-with|some|{WHY}|the rest||semantic|0.5|provider|reviewed|oj"
    )
    with pytest.raises(AimsgraphError) as caught:
        aimsgraph.open_graph(data=[folder], today="2026-11-23")
    assert "art10-5@2024" in str(caught.value) and "assessable" in str(caught.value)


def test_a_paragraph_that_is_gone_has_no_answer_today(graph: AimsGraph) -> None:
    assert graph.crosswalk(f"{ACT}:Art.10(5)", ISO)["answers"] == []
    moved = graph.crosswalk(f"{ACT}:Art.4a", ISO)["answers"]
    assert {answer["subject"] for answer in moved} == {f"{ACT}:Art.4a"}
    before = graph.crosswalk(f"{ACT}:Art.4a", ISO, on="2026-07-26", law_as_of="2026-07-26")
    assert before["answers"] == [], "its parts are not in force yet and stand for nothing"


# ----- Status, roles -----


@pytest.mark.parametrize(("status", "count"), [("candidate", 1), ("reviewed", 0)])
def test_a_minimum_status_leaves_out_what_is_below(status: str, count: int, with_old_row: AimsGraph) -> None:
    found = every_answer(with_old_row.crosswalk(f"{ISO}:A.7.6", ACT, min_status=status))
    steps = [step for answer in found for path in answer["proofs"] for step in path["steps"]]
    assert sum(step.get("row", "").endswith("/old-2") for step in steps) == count


def test_nothing_shipped_is_accepted_and_nothing_contested_is_in_a_proof(graph: AimsGraph) -> None:
    rows = graph.crosswalks.network.rows
    contested = {row.iri for row in rows if row.status == "contested"}
    assert contested
    for item in graph.crosswalks.items_of(ISO, graph.moment()):
        name = graph.crosswalks.name(item)
        assert graph.crosswalk(name, ACT, min_status="accepted")["answers"] == []
        found = graph.crosswalk(name, ACT, min_status="candidate")
        assert not contested & {
            s["row"] for a in found["answers"] for p in a["proofs"] for s in p["steps"] if "row" in s
        }


def test_a_role_leaves_out_answers_for_others(graph: AimsGraph) -> None:
    provider = graph.crosswalk(f"{ISO}:A.6.2.8", ACT, role="provider")["answers"]
    deployer = graph.crosswalk(f"{ISO}:A.6.2.8", ACT, role="deployer")["answers"]
    both = graph.crosswalk(f"{ISO}:A.6.2.8", ACT)["answers"]
    assert provider and deployer and len(both) > len(deployer)
    assert all("provider" in a["perspective"] or not a["perspective"] for a in provider)


@pytest.mark.parametrize("wrong", [{"min_status": "contested"}, {"max_hops": 0}, {"role": "king"}, {"on": "yesterday"}])
def test_wrong_usage_is_told(wrong: dict[str, Any], graph: AimsGraph) -> None:
    with pytest.raises(UsageError):
        graph.crosswalk(f"{ISO}:A.6.2.8", ACT, **wrong)
    with pytest.raises(NotFound):
        graph.crosswalk(f"{ISO}:A.99", ACT)


# ----- Every answer, every proof -----


@pytest.mark.parametrize(("ours", "theirs"), [(ISO, ACT), (ACT, ISO), (RMF, ISO), (ISO, RMF), (RMF, ACT), (ACT, RMF)])
def test_every_proof_over_the_shipped_sets_is_accepted(ours: str, theirs: str, crosswalks: Crosswalk) -> None:
    request = crosswalks.request(theirs, "candidate")
    answers = [
        answer
        for item, framework in crosswalks.network.framework_of.items()
        if framework == ours
        for answer in crosswalks.composer.answers(item, request)
    ]
    for answer in answers:
        told = json.loads(json.dumps(answer.to_dict(crosswalks.name)))
        assert crosswalks.check_proof(told) == ""
    assert len(answers) > 5


def test_an_article_is_answered_for_through_its_statements(graph: AimsGraph) -> None:
    found = {a["object"]: a for a in graph.crosswalk(f"{ACT}:Art.12", ISO)["answers"]}
    answer = found[f"{ISO}:A.6.2.8"]
    assert (answer["overlaps"], answer["covered_by"], answer["asserted"]) == ("yes", "no", False)
    assert {path["steps"][0]["kind"] for path in answer["proofs"]} == {"has-part"}
    assert answer["least_confidence"] == min(
        step["confidence"] for path in answer["proofs"] for step in path["steps"] if "row" in step
    )


# ----- What has no answer -----


def test_leads_are_no_answers(graph: AimsGraph) -> None:
    found = graph.crosswalk(f"{RMF}:MEASURE-2.7", ACT)
    assert found["answers"] == []
    assert found["leads"]
    assert {lead["why"] for lead in found["leads"]} <= {
        "the relations of this chain allow everything", "the rows hold for different roles"
    }  # fmt: skip
    assert found["not_looked_at"] == [f"{RMF}:MEASURE-2.7"], "a lead is nobody's look"


def test_looked_and_found_none_is_told_apart_from_nobody_looked(graph: AimsGraph) -> None:
    found = graph.crosswalk([f"{ISO}:4.1", f"{ISO}:6.2", f"{ISO}:4.1"], ACT)
    assert found["answers"] == [] == found["not_looked_at"]
    assert [n["subject"] for n in found["no_match"]] == [f"{ISO}:4.1", f"{ISO}:6.2"]
    assert all(n["on"] and n["reason"] and n["scope"] == ACT for n in found["no_match"])


def test_a_heading_stands_for_its_parts_where_nothing_is_found(graph: AimsGraph) -> None:
    found = graph.crosswalk(f"{ACT}:Art.26", ISO)
    told = {n["subject"] for n in found["no_match"]} | set(found["not_looked_at"]) | {
        a["subject"] for a in found["answers"]
    }  # fmt: skip
    assert any(name.startswith(f"{ACT}:art26-") for name in told)


def _items(graph: AimsGraph, slug: str) -> list[str]:
    return graph.crosswalks.items_of(slug, graph.moment())


PAIRS = [(ISO, ACT), (ACT, ISO), (RMF, ISO), (ISO, RMF)]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_the_totals_of_the_matrix_add_up(ours: str, theirs: str, graph: AimsGraph) -> None:
    crosswalks = graph.crosswalks
    made = crosswalks.matrix(ours, crosswalks.request(theirs, "reviewed", max_hops=1), graph.moment(), graph.heading)
    for side, slug in (("rows", ours), ("columns", theirs)):
        assert sum(made.totals[side].values()) == len(_items(graph, slug))
        assert {key for pair in made.cells for key in pair} <= {*made.rows, *made.columns}
    pairs = {
        (item, answer.object)
        for item in _items(graph, ours)
        for answer in crosswalks.composer.answers(item, crosswalks.request(theirs, "reviewed", max_hops=1))
        if letters_of(answer.relation) and "d" not in letters_of(answer.relation)
    }
    assert sum(count for _, count in made.cells.values()) == len(pairs)


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_the_question_about_the_matrix_counts_the_same(ours: str, theirs: str, graph: AimsGraph) -> None:
    crosswalks = graph.crosswalks
    made = crosswalks.matrix(ours, crosswalks.request(theirs, "reviewed", max_hops=1), graph.moment(), graph.heading)
    asked: Counter[str] = Counter()
    for other, state, items in _rows(graph, "cq-025", framework=ours):
        if other == theirs:
            asked["disputed" if state == "contested" else state] += int(items)
    assert asked == Counter(made.totals["rows"])


def test_the_question_about_what_has_no_counterpart_agrees(graph: AimsGraph) -> None:
    crosswalks = graph.crosswalks
    found = crosswalks.unmapped(ISO, crosswalks.request(ACT, "reviewed"), graph.moment())
    asked = {(row[0], row[2]) for row in _rows(graph, "cq-021", framework=ISO, other=ACT)}
    told = {(crosswalks.name(n.item), "no counterpart") for n in found.no_match}
    told |= {(crosswalks.name(item), "contested") for item in found.disputed}
    told |= {(crosswalks.name(item), "not looked at") for item in found.not_looked_at}
    assert asked == told


def test_the_question_about_counterparts_agrees(graph: AimsGraph) -> None:
    asked = {
        (row[0], row[1], row[3], row[4], row[5])
        for row in _rows(graph, "cq-018", provision=f"{ACT}:Art.15", framework=ISO)
    }
    told = set()
    parts = (
        f"{ACT}:Art.15",
        *map(graph.crosswalks.name, graph.crosswalks.network.all_parts_of(graph.resolve(f"{ACT}:Art.15").iri)),
    )
    for answer in graph.crosswalk(parts, ISO)["answers"]:
        told.add((answer["subject"], answer["object"], answer["covers"], answer["covered_by"], answer["overlaps"]))
    assert told <= asked
    assert len(told) > 10
    more = {graph.resolve(counterpart).iri for _, counterpart, *_ in asked - told}
    assert more and not more & graph.crosswalks.assessable, "only headings more, answered for through their parts"


def test_the_question_about_what_carries_most_agrees(graph: AimsGraph) -> None:
    crosswalks = graph.crosswalks
    duties = {
        row[0] for row in _rows(graph, "cq-020", role="provider", route="annex-iii", framework=ISO)
    }  # nothing covers a duty whole, so these are all
    request = crosswalks.request(ACT, "reviewed", max_hops=1, role="provider")
    counted = {
        crosswalks.name(item): len({a.object for a in crosswalks.composer.answers(item, request)
                                    if crosswalks.name(a.object) in duties})
        for item in _items(graph, ISO)
    }  # fmt: skip
    asked = {row[0]: int(row[2]) for row in _rows(graph, "cq-026", role="provider", route="annex-iii", framework=ISO)}
    assert asked == {name: number for name, number in counted.items() if number}


def _rows(graph: AimsGraph, name: str, **values: str) -> list[tuple[str, ...]]:
    return [tuple("" if term is None else term.value for term in row) for row in graph.ask(name, values)]


def test_an_extent_of_a_turned_row_is_not_told(graph: AimsGraph) -> None:
    forward = graph.crosswalk(f"{ISO}:A.6.2.8", ACT)["answers"][0]
    (back,) = (
        answer for answer in graph.crosswalk(forward["object"], ISO)["answers"] if answer["object"] == f"{ISO}:A.6.2.8"
    )
    assert forward["extent"] and not back["extent"]
    assert Relation.of(*back["relations"]) == Relation.of(*forward["relations"]).inverse()
    turned = {"object": "subject", "subject": "object"}
    assert [(turned[g["side"]], g["text"]) for g in back["gaps"]] == [(g["side"], g["text"]) for g in forward["gaps"]]


def test_no_row_claims_a_presumption_of_conformity(crosswalks: Crosswalk) -> None:
    effects: Counter[str] = Counter(row.conformity_effect for row in crosswalks.network.rows)
    assert set(effects) == {"supports-only"}
    assert all(isinstance(row, Row) for row in crosswalks.network.rows)


def test_a_category_overlaps_what_its_subcategory_overlaps_and_a_chain_over_another_framework_stays_unknown(
    graph: AimsGraph,
) -> None:
    found = graph.crosswalk("nist-ai-rmf:MANAGE-4", ACT)
    (answer,) = [a for a in found["answers"] if a["object"] == "eu-ai-act:art72-1"]
    assert (answer["overlaps"], answer["summary"], answer["asserted"]) == ("yes", "overlaps", False)
    assert "no-relationship" not in answer["relations"]
    (proof,) = answer["proofs"]
    assert [step["kind"] for step in proof["steps"]] == ["has-part", "mapping"]
    assert not graph.crosswalks.check_proof(answer)
    chain = graph.crosswalk("nist-ai-rmf:MEASURE-2.7", ACT)
    assert chain["answers"] == []
    assert chain["leads"], "over ISO/IEC 42001 there are chains, and nothing follows from them"
