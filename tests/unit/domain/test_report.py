"""Findings and the order they are told in."""

import itertools

from aimsgraph.domain.report import Finding, Severity, sort_findings
from aimsgraph.errors import Location


def test_severities_rise():
    assert [severity.rank for severity in Severity] == [0, 1, 2]
    assert max(Severity, key=lambda severity: severity.rank) is Severity.VIOLATION


def test_a_finding_is_one_line_with_place_rule_and_remedy():
    finding = Finding("BAD_ID", "the id is malformed", Location("a.tsv", 3, 7), "write Art.6(2)")
    assert str(finding) == "a.tsv:3:7: violation BAD_ID the id is malformed.  Fix: write Art.6(2)"
    assert str(Finding("X", "y", Location("a.tsv"), severity=Severity.INFO)) == "a.tsv: info X y."


def test_findings_are_told_in_one_order_whatever_order_they_came_in():
    findings = [
        Finding("B", "m", Location("a.tsv", 2, 1)),
        Finding("A", "m", Location("a.tsv", 10, 1)),
        Finding("A", "n", Location("a.tsv", 2, 1)),
        Finding("A", "m", Location("b.tsv", 1, 1)),
    ]
    orders = {tuple(sort_findings(list(order))) for order in itertools.permutations(findings)}
    assert len(orders) == 1
    assert [(f.location.file, f.location.line, f.rule) for f in next(iter(orders))] == [
        ("a.tsv", 2, "A"),
        ("a.tsv", 2, "B"),
        ("a.tsv", 10, "A"),
        ("b.tsv", 1, "A"),
    ]
