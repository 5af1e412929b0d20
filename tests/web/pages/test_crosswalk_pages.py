"""The views of the crosswalk show what the interface answers, filtered alike, and download exactly that."""

import csv
import io
import json
import re
from html import unescape
from typing import Any

import httpx
import openpyxl
import pytest

from aimsgraph.api import AimsGraph
from aimsgraph.web.pages.shell import View, _templates

HTML = {"Accept": "text/html"}
FILTERS: list[dict[str, str]] = [
    {},
    {"relation": "covered-by"},
    {"confidence": "0.7"},
    {"min_status": "candidate", "confidence": "0.6"},
    {"from": "nist-ai-rmf", "to": "eu-ai-act", "max_hops": "2"},
    {"from": "eu-ai-act", "to": "iso-42001", "relation": "overlaps", "confidence": "0.5"},
]


def page(http: httpx.Client, parameters: dict[str, str]) -> str:
    answer = http.get("/crosswalk", params=parameters, headers=HTML)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def drawn(text: str) -> Any:
    found = re.search(r'<script type="application/json" id="drawn">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def wanted(http: httpx.Client, parameters: dict[str, str]) -> set[tuple[str, str, str]]:
    """Return subject, object and summary of what the interface answers under these filters."""
    one, other = parameters.get("from", "iso-42001"), parameters.get("to", "eu-ai-act")
    items = [each["ref"] for each in drawn(page(http, {"from": one, "to": other, "view": "items"}))["rows"]]
    assert len(items) > 60
    found: set[tuple[str, str, str]] = set()
    for start in range(0, len(items), 40):
        body = {
            "from": items[start : start + 40], "to": other, "explain": False,
            "min_status": parameters.get("min_status", "reviewed"), "max_hops": int(parameters.get("max_hops", "1")),
            "limit": 500,
        }  # fmt: skip
        answers = http.post("/v1/crosswalk:batch", json=body).json()["answers"]
        assert len(answers) < 500
        found |= {
            (each["subject"], each["object"], each["summary"])
            for each in answers
            if each["least_confidence"] >= float(parameters.get("confidence", "0"))
            and parameters.get("relation", each["summary"]) == each["summary"]
        }
    return found


@pytest.mark.parametrize("parameters", FILTERS, ids=lambda each: "-".join(each.values()) or "all")
def test_every_view_and_every_download_says_the_same(parameters: dict[str, str], http: httpx.Client) -> None:
    expected = wanted(http, parameters)
    assert bool(expected) is (parameters.get("relation") != "covered-by")
    pairs = {(subject, object_) for subject, object_, _ in expected}
    text = page(http, {**parameters, "view": "items"})
    assert f"{len(expected)} answers" in text
    data = drawn(text)
    cells = {
        (data["rows"][row]["ref"], data["columns"][column]["ref"])
        for row, column, state in data["cells"]
        if state != "disputed"
    }
    assert cells == pairs
    table = text[text.index('<details id="pairs"') :].partition("</details>")[0]
    assert table.count("<tr>") == len(pairs) + 1
    lines = list(csv.DictReader(io.StringIO(http.get("/crosswalk.csv", params=parameters).text)))
    assert {(line["subject"], line["object"]) for line in lines if line["record"] == "row"} == pairs
    book = openpyxl.load_workbook(io.BytesIO(http.get("/crosswalk.xlsx", params=parameters).content), read_only=True)
    rows = list(book["rows"].iter_rows(values_only=True))
    head = rows[0]
    assert {(row[head.index("subject")], row[head.index("object")]) for row in rows[1:]} == pairs
    sssom = http.get("/crosswalk.sssom.tsv", params=parameters).text
    lines = list(csv.DictReader((line for line in sssom.splitlines() if not line.startswith("#")), delimiter="\t"))
    assert len(lines) == len(pairs)


def test_a_download_is_the_same_each_time_and_names_the_rows_behind_it(http: httpx.Client) -> None:
    parameters = {"from": "nist-ai-rmf", "to": "eu-ai-act", "max_hops": "2", "subject": "nist-ai-rmf:MANAGE-1.3"}
    for ending in ("csv", "xlsx", "sssom.tsv"):
        first, again = (http.get(f"/crosswalk.{ending}", params=parameters) for _ in range(2))
        assert first.content == again.content
        assert f"nist-ai-rmf--eu-ai-act.{ending}" in first.headers["content-disposition"]
    found = http.get(
        "/v1/crosswalk", params={"from": "nist-ai-rmf:MANAGE-1.3", "to": "eu-ai-act", "max_hops": 2}
    ).json()
    lines = list(csv.DictReader(io.StringIO(http.get("/crosswalk.csv", params=parameters).text)))
    notes = {line["object"]: line["note"] for line in lines if line["record"] == "row"}
    assert set(notes) == {answer["object"] for answer in found["answers"]}
    for answer in found["answers"]:
        for proof in answer["proofs"]:
            assert all(step["row"] in notes[answer["object"]] for step in proof["steps"] if step["kind"] == "mapping")


def test_the_paths_are_the_steps_of_the_proofs(http: httpx.Client) -> None:
    data = drawn(page(http, {"from": "nist-ai-rmf", "to": "eu-ai-act", "max_hops": "2", "view": "paths"}))
    refs = {node["ref"] for node in data["nodes"]}
    assert {edge[end] for edge in data["edges"] for end in ("from", "to")} == refs
    columns = {node["ref"].partition(":")[0]: node["x"] for node in data["nodes"]}
    assert columns["nist-ai-rmf"] < columns["iso-42001"] < columns["eu-ai-act"]
    assert len({(node["x"], node["y"]) for node in data["nodes"]}) == len(data["nodes"])


def test_a_step_without_a_file_is_named_by_its_row() -> None:
    step = {
        "kind": "mapping", "subject": "a:1", "object": "b:1", "relations": ["equal-to"], "inverted": False,
        "status": "candidate", "confidence": 0.5, "row": "https://example.org/row/1",
    }  # fmt: skip
    answer = {
        "summary": "equal", "object": "b:1", "status": "candidate", "least_confidence": 0.5, "extent": "all",
        "asserted": True, "warnings": [], "gaps": [], "proofs": [{"steps": [step], "after_each_step": [["equal-to"]]}],
    }  # fmt: skip

    class Nothing:
        def path(self, _: str) -> str:
            return ""

        label = path

    template = _templates().from_string(
        "{% from 'macros.html' import answer %}{{ answer(names, view, each, 'object') }}"
    )
    text = template.render(names=Nothing(), view=View(), each=answer)
    assert ">https://example.org/row/1</a>" in text
    assert "tables.tsv, line 3" in template.render(
        names=Nothing(), view=View(), each=answer | {"proofs": [
            {"steps": [step | {"file": "tables.tsv", "line": 3}], "after_each_step": [["equal-to"]]}
        ]},
    )  # fmt: skip


def test_the_matrix_of_headings_heeds_the_filters(http: httpx.Client) -> None:
    whole, some = (page(http, each) for each in ({}, {"confidence": "0.8"}))
    assert 0 < some.count('data-live="#main" href="/crosswalk') < whole.count('data-live="#main" href="/crosswalk')
    few = wanted(http, {"confidence": "0.8"})
    counts = [int(each) for each in re.findall(r'<td class="(?!disputed)[a-z]+"><a [^>]*title="[^"]*, (\d+)"', some)]
    assert sum(counts) == len(few)


def test_a_pair_is_opened_with_its_proof(http: httpx.Client) -> None:
    subject, object_, _ = sorted(wanted(http, {}))[0]
    text = page(http, {"subject": subject, "object": object_, "view": "items"})
    opened = unescape(text[text.index('id="rows"') :])
    assert f"{subject} → {object_}" in opened
    assert opened.count('class="subject"') == 1
    assert http.get("/crosswalk?view=none", headers=HTML).status_code == 422
    assert http.get("/crosswalk.csv?confidence=2").status_code == 422


def test_what_reviewers_did_not_agree_on_is_drawn_and_no_answer(http: httpx.Client, graph: AimsGraph) -> None:
    rows = [row for row in graph.crosswalks.network.rows if row.status == "contested"]
    name = graph.crosswalks.name
    pairs = {(name(s), name(o)) for row in rows for s in row.subjects for o in row.objects}
    ours = {(o, s) if s.startswith("eu-ai-act:") else (s, o) for s, o in pairs if "nist-ai-rmf:" not in s + o}
    assert ours
    text = page(http, {"view": "items"})
    found = drawn(text)
    refs = [[item["ref"] for item in found[side]] for side in ("rows", "columns")]
    marked = {(refs[0][row], refs[1][column]) for row, column, state in found["cells"] if state == "disputed"}
    answered = {(subject, object_) for subject, object_, _ in wanted(http, {})}
    assert marked == ours - answered
    assert found["marks"]["disputed"] != found["marks"]["contested"]
    assert f"Pairs that reviewers did not agree on: {len(ours)}" in text
    subject, object_ = sorted(marked)[0]
    opened = page(http, {"view": "items", "subject": subject, "object": object_})
    assert "Pairs that reviewers did not agree on: 1" in opened
    assert "0 answers" in opened
    assert "did not agree on" not in page(http, {"view": "items", "relation": "overlaps"})


def test_a_heading_of_which_only_disputed_rows_speak_is_not_drawn_empty(http: httpx.Client) -> None:
    text = page(http, {})
    assert re.search(r'<td class="disputed"><a [^>]*title="[^"]*: disputed, \d+"', text)
    assert "no row of this weight says anything" in text


def test_the_page_of_an_item_of_which_only_disputed_rows_speak_says_so(http: httpx.Client, graph: AimsGraph) -> None:
    crosswalks, moment = graph.crosswalks, graph.moment()
    found = crosswalks.unmapped("iso-42001", crosswalks.request("eu-ai-act", "reviewed"), moment)
    assert found.disputed
    for row in crosswalks.disputed("iso-42001", "eu-ai-act", moment):
        text = http.get(f"/id/iso/42001/2023/{row['subject'].partition(':')[2]}", headers=HTML).text
        section = unescape(text[text.index('id="to-eu-ai-act"') :].partition("</section>")[0])
        assert "disputed among reviewers" in section
        assert row["object"] in section
        assert row["reason"] in section
        assert "Nothing is recorded" not in section
