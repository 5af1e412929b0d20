"""The page of each problem is on the server itself, for people and for programs, and hides nothing behind a key."""

import re
from pathlib import Path

import httpx
import pytest

from aimsgraph import assets
from aimsgraph.web.problem_pages import render_page

PAGES = {path.stem: path for path in assets.path("docs", "problems").glob("*.md") if path.stem != "README"}


@pytest.mark.parametrize("code", sorted(PAGES))
def test_every_page_is_served(code: str, http: httpx.Client) -> None:
    answer = http.get(f"/problems/{code}")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text == PAGES[code].read_text(encoding="utf-8")
    page = http.get(f"/problems/{code}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.text.count("<h2>") == 3
    assert "**" not in page.text
    assert "](" not in page.text
    assert "`" not in page.text


def test_the_overview_leads_to_every_page(http: httpx.Client) -> None:
    page = http.get("/problems", headers={"Accept": "text/html"}).text
    assert set(re.findall(r'href="/problems/([a-z-]+)"', page)) == set(PAGES)


def test_the_type_of_a_problem_leads_to_its_page(http: httpx.Client) -> None:
    for answer in (http.get("/nowhere"), http.get("/sparql?query=ASK"), http.delete("/v1/frameworks")):
        path = answer.json()["type"].removeprefix("https://w3id.org/aimsgraph")
        assert answer.json()["code"] in http.get(path).text.splitlines()[0]


@pytest.mark.parametrize("name", ["not-fuond", "README.md", "..%2fREADME", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "x" * 900])
def test_what_has_no_page(name: str, http: httpx.Client) -> None:
    answer = http.get(f"/problems/{name}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


def test_text_is_escaped() -> None:
    page = render_page(
        "# <b> (`x`)\n\n<i>\n\n- `<u>` [a](x.md) [b](javascript:c)\n\n| <s> |\n|---|\n\n```text\n<q>\n```", {"x"}
    )
    assert not re.search(r"<[biusq]>", page)
    assert '<code>&lt;u&gt;</code> <a href="/problems/x">a</a> b' in page
    assert "javascript" not in page


def test_the_pages_are_where_the_installed_program_looks() -> None:
    assert Path(assets.root(), "docs", "problems", "README.md").is_file()
