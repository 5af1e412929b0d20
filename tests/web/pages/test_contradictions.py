"""Rows that cannot all be right: every view draws them as that, above all other answers, with the rows that clash."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from running import running

HTML = {"Accept": "text/html"}
SUBJECT, OBJECT = "iso-42001:A.7.2", "eu-ai-act:art10-2"
SET = """id: clashing
title: Invented rows that clash with those that ship
subject: iso-42001@2023
object: eu-ai-act@2024
version: 0.1.0
licence: CC0
author: invented
author_kind: automated
authored_on: 2026-01-01
method: automated
justification: semapv:LLMBasedMatching
methodology: docs/methodology.md
law_version: 2026-11-23
"""
HEAD = [
    "id", "subject", "object", "relation", "extent", "rationale", "gap_object", "gap_subject", "basis", "confidence",
    "status",
]  # fmt: skip
ROW = (
    "clash-1",
    "A.7.2",
    "art10-2",
    "no-relationship",
    "none",
    "Invented, to clash with a row that ships.",
    "",
    "",
    "semantic",
    "0.7",
)


@pytest.fixture(scope="module")
def clashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("overlay")
    rows = folder / "mappings/clashing/rows"
    rows.mkdir(parents=True)
    (rows.parent / "set.yaml").write_text(SET, encoding="utf-8")
    (rows / "all.tsv").write_text("\t".join(HEAD) + "\n" + "\t".join((*ROW, "reviewed")) + "\n", encoding="utf-8")
    with running(program=("--today", "2026-11-23", "--data", str(folder))) as server, server.client() as client:
        yield client


def page(http: httpx.Client, path: str, **asked: str) -> str:
    answer = http.get(path, params={"min_status": "candidate", **asked}, headers=HTML)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def test_the_interface_says_that_the_rows_clash(clashing: httpx.Client) -> None:
    asked = {"from": SUBJECT, "to": "eu-ai-act", "min_status": "candidate"}
    (found,) = clashing.get("/v1/crosswalk", params=asked).json()["contradictions"]
    assert (found["subject"], found["object"]) == (SUBJECT, OBJECT)


def test_the_matrix_of_headings_shows_it_before_all_else(clashing: httpx.Client) -> None:
    text = page(clashing, "/crosswalk")
    assert re.search(r'<td class="contested"><a [^>]*title="A.7 · Art.10: contradicting, \d+"', text)
    assert re.search(r'<td class="contested">.*?‼', text)


def test_the_items_show_it_and_open_to_the_rows_that_clash(clashing: httpx.Client) -> None:
    text = page(clashing, "/crosswalk", view="items", subject=SUBJECT, object=OBJECT)
    found = re.search(r'<script type="application/json" id="drawn">(.*?)</script>', text, re.DOTALL)
    assert found
    drawn = json.loads(found[1])
    refs = [[item["ref"] for item in drawn[side]] for side in ("rows", "columns")]
    assert [refs[0].index(SUBJECT), refs[1].index(OBJECT), "contested"] in drawn["cells"]
    opened = text[text.index('id="rows"') :]
    assert "contradiction" in opened
    assert "no-relationship" in opened
    assert "intersects-with" in opened


def test_the_page_of_the_control_tells_of_it(clashing: httpx.Client) -> None:
    text = page(clashing, "/id/iso/42001/2023/A.7.2")
    assert "contradiction" in text
