"""The SPARQL editor without scripts: examples, answers as table, chart and picture, errors where they are."""

import json
import re
from html import unescape

import httpx
import pytest

from aimsgraph.web.pages.editor import STARTERS
from aimsgraph.web.pages.results import chart_of

HTML = {"Accept": "text/html"}


def page(http: httpx.Client, status: int = 200, **parameters: str) -> str:
    answer = http.get("/sparql-editor", params=parameters, headers=HTML)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.parametrize("name", STARTERS)
def test_a_query_to_start_from_is_answered_as_it_is_best_seen(name: str, http: httpx.Client) -> None:
    query, view = STARTERS[name]
    text = page(http, query=query, view=view)
    assert "0 found" not in words(text)
    assert ('class="bars"' in text, 'class="node-graph"' in text) == (view == "chart", view == "graph")


def test_a_stored_question_is_laid_into_the_editor_and_not_run(http: httpx.Client) -> None:
    text = page(http, question="cq-001")
    area = re.search(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL)
    assert area is not None
    assert "SELECT" in area[1]
    assert 'id="answer"' not in text
    assert page(http, question="cq-999", status=404)


def test_an_error_stands_beside_the_text_with_its_place(http: httpx.Client) -> None:
    query = "SELECT * {\n  ?s ?p\n}"
    text = page(http, 400, query=query)
    assert "?s ?p" in text
    assert 'role="alert" data-line="3" data-column="2"' in text
    assert "400 ·" in words(text)
    assert http.get("/sparql-editor", params={"query": query}).headers["content-type"] == "application/problem+json"
    assert "403 ·" in words(page(http, 403, query="SELECT * { SERVICE <http://example.org/> {} }"))


def test_bars_are_as_long_as_their_numbers_say(http: httpx.Client) -> None:
    query = 'SELECT ?n ?v { VALUES (?n ?v) { ("<b>" 4) ("two" -1) ("three" 2.0) } }'
    text = page(http, query=query, view="chart")
    assert re.findall(r'<rect x="0" y="0" width="([\d.]+)"', text) == ["100.0", "25.0", "50.0"]
    assert "<b>" not in text
    assert "no chart" in words(page(http, query='SELECT ?v { VALUES ?v { "a" 1 } }', view="chart"))


@pytest.mark.parametrize("value", ["NaN", "INF", "x"])
def test_what_is_no_number_makes_no_chart(value: str) -> None:
    double = "http://www.w3.org/2001/XMLSchema#double"
    row = {"v": {"type": "literal", "value": value, "datatype": double}}
    assert chart_of({"head": ["v"], "rows": [row]}) is None
    assert chart_of({"head": ["v"], "rows": []}) is None
    assert chart_of({"boolean": True}) is None


def test_a_picture_holds_the_links_and_no_literals(http: httpx.Client) -> None:
    query = 'CONSTRUCT { <urn:a> <urn:p> <urn:b>, "<script>" . <urn:b> <urn:p> <javascript:alert(1)> } {}'
    text = page(http, query=query, view="graph")
    found = re.search(r'id="drawn">(.*?)</script>', text)
    assert found is not None
    drawn = json.loads(found[1])
    assert {node["id"]: node["path"] for node in drawn["nodes"]} == {
        "<urn:a>": "", "<urn:b>": "", "<javascript:alert(1)>": "",
    }  # fmt: skip
    assert len(drawn["edges"]) == 2
    assert "is a picture" in words(page(http, query="ASK {}", view="graph"))
    assert http.get("/sparql-editor?view=none", headers=HTML).status_code == 422
