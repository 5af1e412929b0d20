"""`coverage`, `gaps`, `soa`, `readiness`, `impact`: formats, envelope, what is left out and what is not claimed."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "compliance"))

from made_registers import LOGGING, ON, RISKS, decision, evidence, implementation, person, register, statement

COMMANDS = ["coverage", "gaps", "soa", "readiness", "impact"]
KEYS = {
    "coverage": {"coverage", "summary"}, "gaps": {"gaps", "actions", "questions"},
    "soa": {"soa", "controls", "findings"}, "readiness": {"steps", "summary"},
    "impact": {"of", "dependents", "falls", "item_falls", "soa_falls"},
}  # fmt: skip
ENVELOPE = {"graph_version", "data_current_to", "on", "law_as_of", "warnings", "does_not_claim", "left_out"}
SECRET = "the secret minutes"


@pytest.fixture
def run(cli, monkeypatch):
    from aimsgraph.compliance import posture

    made = register(
        [
            implementation("logs", LOGGING, owner="ann", title="Logs by Ann Frost"),
            implementation("rms", addresses=(RISKS,), owner="ann"),
        ],
        [evidence("e", "logs", title=SECRET, locator=SECRET, collected_by="ann"), evidence("f", "rms")],
        people=(person("ann", "Ann Frost"), person("bob", "Bob Hale")),
        soa=statement(decision(LOGGING, reason="Ann Frost | asked for it", implemented_by=("logs",))),
    )
    monkeypatch.setattr(posture, "load_sound", lambda _: (made, posture.Links()))

    def run_command(name, *arguments):
        things = ("e",) if name == "impact" else ()
        return cli(name, *things, "folder", "--on", ON, *arguments)

    return run_command


@pytest.mark.parametrize("name", COMMANDS)
def test_json_has_the_envelope_and_says_what_it_does_not_claim(run, name):
    result = run(name, "--format", "json")
    assert result.code == 0, result.err
    view = json.loads(result.out)
    assert set(view) == ENVELOPE | KEYS[name]
    assert view["on"] == ON
    assert view["law_as_of"] == "2026-11-23"
    assert "no statement of conformity" in view["does_not_claim"]
    assert view["left_out"] == []
    assert run(name, "--format", "json").out == result.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_and_the_page_end_with_what_is_not_claimed(run, name):
    table, page = run(name), run(name, "--format", "markdown")
    for result in (table, page):
        assert result.code == 0, result.err
        assert "no statement of conformity" in result.out
        assert f"(on {ON} by the law as known on 2026-11-23)" in result.out
    lines = [line for line in page.out.splitlines() if line.startswith("|")]
    assert lines[1].strip("|-") == ""
    for line in lines[: 1 + 2]:
        assert line.replace("\\|", "").count("|") == lines[0].count("|")


def test_texts_of_the_register_are_text_in_markdown(cli, monkeypatch):
    from aimsgraph.compliance import posture

    reason = "<script>alert(1)</script> [here](javascript:alert(2)) | **bold**"
    made = register(
        [implementation("logs", LOGGING)], [evidence("e", "logs")], soa=statement(decision(LOGGING, reason=reason))
    )
    monkeypatch.setattr(posture, "load_sound", lambda _: (made, posture.Links()))
    said = cli("soa", "folder", "--on", ON, "--format", "markdown").out
    assert r"&lt;script&gt;alert(1)&lt;/script&gt; \[here\](javascript\:alert(2)) \| \*\*bold\*\*" in said
    assert "<script" not in said


@pytest.mark.parametrize("name", COMMANDS)
def test_csv_is_rows_alone_and_the_summary_is_talk(run, name):
    result = run(name, "--format", "csv")
    rows = list(csv.reader(io.StringIO(result.out)))
    assert len({len(row) for row in rows}) == 1
    assert "no statement of conformity" in result.err
    assert "no statement of conformity" not in result.out


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("format_", ["json", "csv", "markdown", "table"])
def test_names_and_contents_are_left_out_on_request_and_it_says_so(run, name, format_):
    result = run(name, "--format", format_, "--without", "people,evidence")
    assert result.code == 0, result.err
    for hidden in ("Ann Frost", "Bob Hale", SECRET, '"ann"', '"bob"'):
        assert hidden not in result.out
    said = result.out if format_ != "csv" else result.err
    assert "names of people are left out" in said
    assert "contents of evidence are left out" in said


def test_leaving_out_changes_no_status(run):
    views = [json.loads(run(n, "--format", "json", *w).out) for n in ("coverage", "readiness") for w in _BOTH]
    assert [r["status"] for r in views[0]["coverage"]] == [r["status"] for r in views[1]["coverage"]]
    assert views[0]["summary"] == views[1]["summary"]
    assert views[2]["summary"] == views[3]["summary"]


_BOTH = ((), ("--without", "people,evidence"))


def test_people_are_numbered_in_the_order_of_their_file(run):
    view = json.loads(run("soa", "--format", "json", "--without", "people").out)
    row = next(row for row in view["controls"] if row["control"] == LOGGING)
    assert row["owners"] == ["person-1"]
    assert row["reason"] == "person-1 | asked for it"
    assert view["soa"]["approved_by"] == "person-2"


def test_coverage_of_one_status_and_of_another_framework(run):
    view = json.loads(run("coverage", "--format", "json", "--status", "covered").out)
    assert [row["statement"] for row in view["coverage"]] == [RISKS]
    assert view["summary"]["not-covered"] > 0
    view = json.loads(run("coverage", "--format", "json", "--framework", "iso-42001").out)
    assert {row["statement"]: row["status"] for row in view["coverage"]}[LOGGING] == "covered"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--system", "nosuch"), 4, "there is no system 'nosuch'"),
        (("--without", "names"), 2, "leave out"),
        (("--min-status", "best"), 2, "best"),
        (("--on", "2020-01-01"), 2, "2020-01-01"),
        (("--law-as-of", "soon"), 2, "soon"),
    ],
)
def test_a_wrong_word_is_told(run, arguments, code, says):
    result = run("coverage", *arguments)
    assert (result.code, result.out) == (code, "")
    assert says in result.err
