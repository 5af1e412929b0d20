"""SARIF and workflow commands."""

import json

from aimsgraph.domain.report import Finding, Severity
from aimsgraph.errors import Location
from aimsgraph.exchange.github import render_github
from aimsgraph.exchange.sarif import render_sarif, to_sarif

FINDINGS = [
    Finding("R_ONE", "wrong: 5 %", Location("a b/c.md", 3, 7), "mend, it"),
    Finding("R_ONE", "wrong: 5 %", Location("a b/c.md", 9), "", Severity.WARNING),
    Finding("R_TWO", "line\nbreak", Location("/abs/d.md"), "", Severity.INFO),
]


def test_sarif_is_complete_and_deterministic() -> None:
    log = to_sarif(FINDINGS, {"R_ZERO": "Never found", "R_ONE": "One"}, version="1.2")
    assert set(log) == {"$schema", "version", "runs"}
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("aimsgraph", "1.2")
    assert [rule["id"] for rule in driver["rules"]] == ["R_ZERO", "R_ONE", "R_TWO"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    assert [result["ruleIndex"] for result in run["results"]] == [1, 1, 2]
    first, second, third = (result["locations"][0]["physicalLocation"] for result in run["results"])
    assert first == {"artifactLocation": {"uri": "a%20b/c.md"}, "region": {"startLine": 3, "startColumn": 7}}
    assert second["region"] == {"startLine": 9}
    assert third == {"artifactLocation": {"uri": "file:///abs/d.md"}}
    prints = [result["partialFingerprints"]["aimsgraph/v1"] for result in run["results"]]
    assert len(set(prints)) == 3
    assert prints[0].partition(":")[0] == prints[1].partition(":")[0]
    assert all(result["message"]["text"] for result in run["results"])
    assert json.loads(render_sarif(FINDINGS, {}, version="1")) == to_sarif(FINDINGS, {}, version="1")


def test_an_empty_sarif_log_has_an_empty_list() -> None:
    assert to_sarif([], {}, version="1")["runs"][0]["results"] == []


def test_workflow_commands_escape_what_would_end_them() -> None:
    assert render_github(FINDINGS).splitlines() == [
        "::error file=a b/c.md,line=3,col=7,title=R_ONE::wrong: 5 %25. Fix: mend, it",
        "::warning file=a b/c.md,line=9,title=R_ONE::wrong: 5 %25",
        "::notice file=/abs/d.md,title=R_TWO::line%0Abreak",
    ]
