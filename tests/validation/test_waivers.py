"""Setting findings aside: for a time, by somebody, or because an earlier report held them."""

import datetime as dt
import json

import pytest

from aimsgraph.compliance.validate import load_waivers
from aimsgraph.domain.report import Severity
from aimsgraph.errors import InputError, Location
from aimsgraph.validation.report import ReportedFinding
from aimsgraph.validation.waivers import Waiver, apply_waivers, read_baseline, subtract_baseline

DAY = dt.date(2026, 11, 23)
WHERE = Location("w.csv", 2, 1)


def finding(rule="R", focus="https://a.example/evidence/e1", file="a/evidence.csv", line=3, message="m", value=""):
    return ReportedFinding(rule, message, Location(file, line, 1), "", Severity.VIOLATION, focus, "", value, "")


def waiver(rule="R", focus="", file="", expires="2026-11-23"):
    return Waiver(rule, focus, file, "dana", "known", dt.date.fromisoformat(expires), WHERE)


@pytest.mark.parametrize(
    ("given", "waives"),
    [
        (waiver(focus="https://a.example/evidence/e1"), True),
        (waiver(focus="evidence/e1"), True),
        (waiver(focus="e1"), True),
        (waiver(focus="1"), False),
        (waiver(focus="evidence/e2"), False),
        (waiver(rule="S", focus="e1"), False),
        (waiver(file="a/evidence.csv"), True),
        (waiver(file="*/evidence.csv"), True),
        (waiver(file="evidence.csv"), False),
        (waiver(focus="e1", file="b/*"), False),
    ],
)
def test_what_a_waiver_is_about(given, waives):
    kept, waived = apply_waivers([finding()], [given], DAY)
    assert bool(waived) is waives
    assert [f.rule for f in kept] == ([] if waives else ["R", "WAIVER_UNUSED"])


def test_an_expired_waiver_waives_nothing_and_is_a_finding():
    kept, waived = apply_waivers([finding()], [waiver(focus="e1", expires="2026-11-22")], DAY)
    assert waived == []
    assert [(f.rule, f.severity) for f in kept] == [("R", Severity.VIOLATION), ("WAIVER_EXPIRED", Severity.WARNING)]
    assert kept[1].location == WHERE
    assert "expired on 2026-11-22" in kept[1].message


def test_one_of_two_waivers_that_still_counts_is_enough():
    old, new = waiver(focus="e1", expires="2026-01-01"), waiver(focus="e1")
    kept, waived = apply_waivers([finding()], [old, new], DAY)
    assert [f.rule for f in kept] == ["WAIVER_EXPIRED"]
    assert len(waived) == 1


def as_report(*findings):
    entries = [
        {
            "rule": f.rule,
            "focus": f.focus,
            "path": f.path,
            "value": f.value,
            "file": f.location.file,
            "message": f.message,
        }
        for f in findings
    ]
    return read_baseline(json.dumps({"findings": entries}), "last.json")


def test_a_baseline_knows_findings_by_what_was_judged_wherever_it_stands_now():
    before = as_report(finding(line=3, message="on day one"), finding(focus="", message="file"))
    new, known = subtract_baseline([finding(line=30, message="on day two"), finding(focus="", message="file")], before)
    assert new == []
    assert len(known) == 2


def test_a_baseline_counts():
    new, known = subtract_baseline([finding(line=1), finding(line=2), finding(value="v")], as_report(finding()))
    assert [(f.location.line, f.value) for f in new] == [(2, ""), (3, "v")]
    assert len(known) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"findings": 3}', '{"findings": [1]}', '{"findings": [{"rule": "R"}]}']
)
def test_what_is_no_report_is_refused(text):
    with pytest.raises(InputError, match="no report to compare with") as caught:
        read_baseline(text, "last.json")
    assert caught.value.location.file == "last.json"


CSV = "rule,focus,file,owner,reason,expires\nEvidenceFresh,evidence/e1,,dana,renewed in May,2026-12-31\n"
YAML = """waivers:
  - rule: EvidenceFresh
    focus: evidence/e1
    owner: dana
    reason: renewed in May
    expires: 2026-12-31
"""


@pytest.mark.parametrize(("name", "text", "line"), [("w.csv", CSV, 2), ("w.yaml", YAML, 2)])
def test_waivers_are_read_from_a_table_or_a_list(tmp_path, name, text, line):
    (tmp_path / name).write_text(text)
    (read,) = load_waivers(tmp_path / name)
    assert (read.rule, read.focus, read.file, read.owner) == ("EvidenceFresh", "evidence/e1", "", "dana")
    assert read.expires == dt.date(2026, 12, 31)
    assert (read.location.file, read.location.line) == (name, line)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("w.csv", CSV.replace("dana", ""), "owner"),
        ("w.csv", CSV.replace("evidence/e1", ""), "would waive the whole rule"),
        ("w.csv", CSV.replace("2026-12-31", "soon"), "soon"),
        ("w.csv", CSV.replace("rule,", "shape,"), "rule"),
        ("w.yaml", YAML.replace("    owner: dana\n", ""), "owner"),
        ("w.yaml", YAML.replace("owner", "boss"), "unknown field 'boss'"),
        ("w.yaml", YAML.replace("2026-12-31", "soon"), "'soon' is no day"),
        ("w.yaml", "waivers: yes\n", "list under 'waivers'"),
        ("w.yaml", "waivers: [all]\n", "named fields"),
    ],
)
def test_a_waiver_that_lacks_something_is_refused(tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        load_waivers(tmp_path / name)
    assert caught.value.location is not None
