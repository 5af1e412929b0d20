"""`aimsgraph validate`: every format, what sets findings aside, exit codes, places in files."""

import json
import re
import shutil
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from expected_output import FORMATS, HERE, golden_path, mask

RULES = ["EvidenceFresh", "EvidenceProvenance", "ClassificationRecorded"]


@pytest.mark.parametrize("format_", FORMATS)
def test_each_format_is_as_expected(validate, format_):
    result = validate("register", "--format", format_)
    assert result.code == 1
    assert mask(result.out) == golden_path(format_).read_text(encoding="utf-8")


def test_json_has_the_agreed_shape(validate):
    answer = json.loads(validate("register", "--format", "json").out)
    assert {"graph_version", "data_current_to", "on", "law_as_of", "warnings"} <= set(answer)
    assert {"conforms", "findings", "focus_counts", "engine", "dataset_digest"} <= set(answer)
    keys = ["rule", "severity", "message", "remedy", "focus", "path", "value", "file", "line", "column", "provision"]
    assert [list(finding) for finding in answer["findings"]] == [keys] * 3
    assert answer["conforms"] is False
    assert answer["engine"] == "compiled"
    assert answer["engines"] == dict.fromkeys(answer["focus_counts"], "compiled")
    assert answer["focus_counts"]["EvidenceFresh"] == 2
    assert answer["nothing_judged"]["IncidentInTime"] == "nothing serious may have happened"


def test_every_finding_names_file_line_and_column(validate):
    for finding in json.loads(validate("register", "--format", "json").out)["findings"]:
        line = (HERE / finding["file"]).read_text(encoding="utf-8").splitlines()[finding["line"] - 1]
        assert line[finding["column"] - 1 :]
        assert finding["focus"].rpartition("/")[2] in line


def test_sarif_is_well_formed(validate):
    log = json.loads(validate("register", "--format", "sarif").out)
    (run,) = log["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert log["version"] == "2.1.0"
    assert len(ids) == len(set(ids)) > 20
    assert [result["ruleId"] for result in run["results"]] == RULES
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"].startswith("register/")
        assert place["physicalLocation"]["region"]["startLine"] > 0
    assert len({result["partialFingerprints"]["aimsgraph/v1"] for result in run["results"]}) == 3


def test_junit_counts_what_it_holds(validate):
    root = ET.fromstring(validate("register", "--format", "junit").out)
    (suite,) = root
    cases = list(suite)
    assert int(suite.get("tests")) == len(cases) > 20
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) == 1
    assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped")) == 3
    strict = ET.fromstring(validate("register", "--format", "junit", "--fail-level", "warning").out)[0]
    assert int(strict.get("failures")) == 3


def test_github_commands_name_the_place(validate):
    lines = validate("register", "--format", "github").out.splitlines()
    assert len(lines) == 3
    for line in lines:
        assert re.match(r"::(error|warning|notice) file=register/[^,]+,line=\d+,col=\d+,title=\w+::.", line)


def test_turtle_is_a_validation_report(validate):
    sh = "http://www.w3.org/ns/shacl#"
    store = ox.Store()
    store.load(validate("register", "--format", "turtle").out.encode(), format=ox.RdfFormat.TURTLE)
    asked = """PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?shape ?severity WHERE {
        ?report a sh:ValidationReport ; sh:conforms false ; sh:result ?result .
        ?result a sh:ValidationResult ; sh:focusNode ?focus ; sh:resultSeverity ?severity ; sh:resultMessage ?message ;
            sh:sourceShape ?shape . FILTER(LANG(?message) = "en") } ORDER BY ?shape"""
    found = [(row["shape"].value.rpartition("#")[2], row["severity"].value) for row in store.query(asked)]
    assert found == [
        ("ClassificationRecorded", sh + "Warning"),
        ("EvidenceFresh", sh + "Warning"),
        ("EvidenceProvenance", sh + "Violation"),
    ]


def test_exit_codes_follow_the_fail_level(validate, tmp_path):
    waivers = tmp_path / "w.csv"
    waivers.write_text(
        "rule,focus,owner,reason,expires\nEvidenceProvenance,evidence/course-2026,ada,will ask,2027-01-01\n"
    )
    assert validate("register").code == 1
    assert validate("register", "--waivers", waivers).code == 0
    assert validate("register", "--waivers", waivers, "--fail-level", "warning").code == 1
    assert validate("register", "--waivers", waivers, "--fail-level", "info").code == 1


def test_a_waived_finding_is_shown_as_waived(validate, tmp_path):
    waivers = tmp_path / "w.yaml"
    waivers.write_text(
        "waivers:\n  - {rule: EvidenceProvenance, file: '*/evidence.csv', owner: ada, reason: r, expires: 2026-11-23}\n"
        "  - {rule: EvidenceFresh, focus: evidence/log-2025, owner: ada, reason: later, expires: 2026-11-22}\n"
        "  - {rule: NoSuchRule, focus: x, owner: ada, reason: later, expires: 2027-01-01}\n"
    )
    answer = json.loads(validate("register", "--waivers", waivers, "--format", "json").out)
    assert [f["rule"] for f in answer["waived"]] == ["EvidenceProvenance"]
    assert sorted(f["rule"] for f in answer["findings"]) == [
        "ClassificationRecorded", "EvidenceFresh", "WAIVER_EXPIRED", "WAIVER_UNUSED",
    ]  # fmt: skip
    assert answer["conforms"] is True


def test_a_baseline_leaves_only_what_is_new(validate, tmp_path):
    folder, last = tmp_path / "register", tmp_path / "last.json"
    shutil.copytree(HERE / "register", folder)
    assert validate(folder, "--format", "json", "--output", last).code == 1
    same = validate(folder, "--baseline", last)
    assert (same.code, same.out) == (0, "")
    assert "3 in the baseline" in same.err
    evidence = folder / "evidence.csv"
    more = "drill-2024,Drill,record,event-logs,,2024-09-03,,,ada,drill,https://d.orb.example/1,,30,no,,,,,\n"
    evidence.write_text(evidence.read_text() + more)
    changed = validate(folder, "--baseline", last, "--fail-level", "warning")
    assert changed.code == 1
    assert len(changed.out.splitlines()) == 1
    assert "evidence.csv:4:1: warning EvidenceFresh" in changed.out


def test_a_profile_asks_for_more_and_nothing_to_judge_does_not_pass(validate):
    result = validate("register", "--profile", "soa", "--format", "json")
    gaps = [f for f in json.loads(result.out)["findings"] if f["rule"] == "NOTHING_JUDGED"]
    assert "https://w3id.org/aimsgraph/shapes#ControlsHaveDecision" in {f["focus"] for f in gaps}
    assert {f["severity"] for f in gaps} == {"violation", "warning"}
    assert {f["provision"] for f in gaps} == {"iso-42001:6.1.3"}


def test_the_day_is_a_parameter(validate):
    early = validate("register", "--on", "2025-07-01", "--format", "json")
    assert "EvidenceFresh" not in [f["rule"] for f in json.loads(early.out)["findings"]]
    assert json.loads(early.out)["on"] == "2025-07-01"


def test_files_that_are_not_sound_are_reported_and_not_judged(validate, tmp_path):
    folder = tmp_path / "register"
    shutil.copytree(HERE / "register", folder)
    people = folder / "people.csv"
    people.write_text(people.read_text().replace("2025-01-15", "yesterday"))
    result = validate(folder, "--format", "json")
    answer = json.loads(result.out)
    assert result.code == 1
    assert "no shape ran" in result.err
    assert answer["conforms"] is False
    assert answer["focus_counts"] == {}
    assert answer["engine"] == answer["dataset_digest"] == ""
    assert answer["findings"]
    assert {f["file"].rpartition("/")[2] for f in answer["findings"]} == {"people.csv"}
    assert answer["not_judged"] == [folder.as_posix()]


def test_several_folders_make_one_report(validate, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(HERE / "register", other)
    answer = json.loads(validate("register", other, "--format", "json").out)
    assert len(answer["findings"]) == 6
    assert answer["focus_counts"]["EvidenceFresh"] == 4


def test_the_current_folder_is_named_as_its_files(validate, monkeypatch):
    monkeypatch.chdir(HERE / "register")
    assert validate(".").out.startswith("evidence.csv:2:1: warning EvidenceFresh")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["register", "--profile", "sao"], 2, "there is no profile 'sao'"),
        (["register", "--engine", "fast"], 2, "fast"),
        (["register", "--timeout", "0"], 2, "0"),
        (["register", "--on", "soon"], 2, "soon"),
        ([], 2, "PATH"),
        (["nowhere"], 3, "no such organisation folder"),
        (["register", "--waivers", "nowhere.csv"], 3, "nowhere.csv"),
        (["register", "--baseline", "nowhere.json"], 3, "nowhere.json"),
        (["register", "--baseline", "golden/register.md"], 3, "no report to compare with"),
        (["register", "--timeout", "0.01"], 6, "0.01 s"),
    ],
)
def test_what_goes_wrong_has_its_exit_code(validate, monkeypatch, arguments, code, words):
    if "--timeout" in arguments:
        monkeypatch.undo()
        monkeypatch.chdir(HERE)
        from aimsgraph.cli.main import run

        assert run(["--today", "2026-11-23", "validate", *arguments]) == code
        return
    result = validate(*arguments)
    assert (result.code, result.out) == (code, "")
    assert words in result.err
