"""The JUnit and Markdown writers, with what is awkward to write."""

import xml.etree.ElementTree as ET

from aimsgraph.domain.report import Finding, Severity
from aimsgraph.errors import Location
from aimsgraph.exchange.junit import render_junit
from aimsgraph.exchange.markdown_report import render_markdown

ODD = Finding("RULE", 'a|b <c> & "d"\x00\ud800', Location("f|g.csv", 2, 3), "mend `it`\nnow")


def test_junit_holds_what_xml_can_hold():
    (suite,) = ET.fromstring(render_junit([ODD], {"RULE": "One", "OTHER": "Two"}, judged={"RULE": 1}))
    failing, skipped = suite
    assert failing.find("failure").get("message") == 'a|b <c> & "d"'
    assert (failing.get("file"), failing.get("line")) == ("f|g.csv", "2")
    assert (skipped.get("name"), skipped.find("skipped").get("message")) == ("OTHER", "nothing to judge")


def test_junit_without_counts_skips_nothing_and_below_the_fail_level_passes():
    mild = Finding("RULE", "m", Location("f"), severity=Severity.INFO)
    (suite,) = ET.fromstring(render_junit([mild], {"OTHER": "Two"}))
    assert suite.attrib == {"name": "aimsgraph", "tests": "2", "failures": "0", "errors": "0", "skipped": "0"}
    assert suite.find("testcase/system-out").text == "f: info RULE m."


def test_markdown_keeps_its_table_whole():
    text = render_markdown([ODD], title="Report", facts={"engine": "x"})
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert rows[2].replace("\\|", "").count("|") == 6
    assert "&lt;c>" in rows[2]
    assert "**1 violations, 0 warnings, 0 info.**" in text


def test_markdown_counts_what_it_does_not_show_and_shows_the_gravest_first():
    mild = Finding("MILD", "m", Location("f"), severity=Severity.INFO)
    text = render_markdown([mild, ODD, mild], title="Report", most=1)
    assert "2 more are not shown." in text
    assert "MILD" not in text
    assert "**No findings.**" in render_markdown([], title="Report")
