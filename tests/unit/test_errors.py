"""Errors are a designed surface: a code, an exit code, a status and a page each; so are the problems of HTTP alone."""

import ast
import re
from pathlib import Path

import pytest

import aimsgraph.content.check  # brings its own kind of error
from aimsgraph import assets
from aimsgraph.errors import AimsgraphError, InputError, Location, NotFound, ResourcesExceeded

EXIT_CODES = {1, 2, 3, 4, 5, 6, 70}
PAGES = assets.root() / "docs" / "problems"
WEB = Path(aimsgraph.__file__).parent / "web"
SECTIONS = ["## What it means", "## Why", "## What to do"]


def family(base=AimsgraphError):
    return [base, *(each for child in base.__subclasses__() for each in family(child))]


@pytest.mark.parametrize("kind", family(), ids=lambda kind: kind.__name__)
def test_every_error_has_code_exit_code_status_and_page(kind):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
    assert kind.exit_code in EXIT_CODES
    assert 400 <= kind.http_status < 600
    asked_too_much = kind is ResourcesExceeded  # the engine gave up, because of what was asked
    assert (kind.http_status < 500) is (kind.exit_code < 6 or asked_too_much)
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
    codes = {kind.code for kind in family()} | {code for _, code in web_problems()}
    assert {path.stem for path in PAGES.glob("*.md")} == codes | {"README"}
    table = (PAGES / "README.md").read_text(encoding="utf-8")
    for kind in family():
        row = next(line for line in table.split("\n") if line.startswith(f"| {kind.exit_code} |"))
        assert f"[{kind.code}]({kind.code}.md)" in row


def web_problems(folder=WEB):
    """Return status and code of every problem that the web face makes itself, read from its source."""
    found = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("HttpProblem", "problem"):
                said = [each.value for each in node.args if isinstance(each, ast.Constant)]
                if len(said) >= 2:
                    found.add((said[0], said[1]))
                else:  # only where errors of others are put into words
                    assert path.name == "problems.py", f"{path}:{node.lineno}"
            if path.name == "problems.py" and isinstance(node, ast.Dict):
                pairs = [
                    (k.value, v.value)
                    for k, v in zip(node.keys, node.values, strict=True)
                    if isinstance(k, ast.Constant) and isinstance(v, ast.Constant)
                ]
                found |= {(status, code) for status, code in pairs if isinstance(status, int)}
    return found


@pytest.mark.parametrize(("status", "code"), sorted(web_problems()))
def test_every_problem_of_http_has_a_page_that_names_its_status(status, code):
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert re.search(rf"\bstatus {status}\b", text)
    if code not in {kind.code for kind in family()}:
        assert re.match(rf"# .+ \(`{code}`\)\n\nOnly over HTTP, status {status}\.\n", text)
        assert [line for line in text.split("\n") if line.startswith("## ")] == SECTIONS
    table = (PAGES / "README.md").read_text(encoding="utf-8")
    row = next(line for line in table.split("\n") if line.startswith(f"| {status} |"))
    assert f"[{code}]({code}.md)" in row


def test_the_table_of_statuses_has_every_error():
    table = (PAGES / "README.md").read_text(encoding="utf-8").split("## Over HTTP")[1]
    for kind in family():
        row = next(line for line in table.split("\n") if line.startswith(f"| {kind.http_status} |"))
        assert f"[{kind.code}]({kind.code}.md)" in row


def test_a_problem_without_a_page_would_be_found(tmp_path):
    (tmp_path / "new.py").write_text('raise HttpProblem(418, "short-and-stout", "no coffee")\n')
    assert web_problems(tmp_path) == {(418, "short-and-stout")}
    assert {(406, "not-acceptable"), (429, "too-many-requests"), (405, "method-not-allowed")} < web_problems()


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
