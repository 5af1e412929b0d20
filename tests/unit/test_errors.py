"""Errors are a designed surface: a code, an exit code, a status and a page each."""

import re

import pytest

import aimsgraph.content.check  # noqa: F401 - brings its own kind of error
from aimsgraph import assets
from aimsgraph.errors import AimsgraphError, InputError, Location, NotFound

EXIT_CODES = {1, 2, 3, 4, 5, 6, 70}
PAGES = assets.root() / "docs" / "problems"
SECTIONS = ["## What it means", "## Why", "## What to do"]


def family(base=AimsgraphError):
    return [base, *(each for child in base.__subclasses__() for each in family(child))]


@pytest.mark.parametrize("kind", family(), ids=lambda kind: kind.__name__)
def test_every_error_has_code_exit_code_status_and_page(kind):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
    assert kind.exit_code in EXIT_CODES
    assert 400 <= kind.http_status < 600
    assert (kind.http_status < 500) is (kind.exit_code < 6)
    text = (PAGES / f"{kind.code}.md").read_text(encoding="utf-8")
    assert re.match(rf"# .+ \(`{kind.code}`\)\n\nExit code {kind.exit_code}, HTTP status {kind.http_status}\.\n", text)
    assert [line for line in text.split("\n") if line.startswith("## ")] == SECTIONS
    assert kind.__doc__


def test_one_code_has_one_exit_code_and_one_status():
    by_code = {}
    for kind in family():
        by_code.setdefault(kind.code, set()).add((kind.exit_code, kind.http_status))
    assert all(len(found) == 1 for found in by_code.values())


def test_every_page_is_of_an_error_and_stands_in_the_table():
    codes = {kind.code for kind in family()}
    assert {path.stem for path in PAGES.glob("*.md")} == codes | {"README"}
    table = (PAGES / "README.md").read_text(encoding="utf-8")
    for kind in family():
        row = next(line for line in table.split("\n") if line.startswith(f"| {kind.exit_code} |"))
        assert f"[{kind.code}]({kind.code}.md)" in row


def test_a_message_says_where_what_code_and_remedy():
    error = InputError("what is wrong", remedy="what to do", location=Location("a.tsv", 3, 7))
    assert str(error) == "a.tsv:3:7: what is wrong [input-unreadable]\n  remedy: what to do"
    assert str(NotFound("nothing")) == "nothing [not-found]"
    assert (error.message, error.remedy, error.args) == ("what is wrong", "what to do", ("what is wrong",))


@pytest.mark.parametrize(
    ("location", "text"),
    [(Location("a"), "a"), (Location("a", 3), "a:3"), (Location("a", 3, 7), "a:3:7"), (Location("a", 0, 7), "a")],
)
def test_a_location_leaves_out_what_is_not_known(location, text):
    assert str(location) == text
