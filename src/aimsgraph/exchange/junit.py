"""Writes findings as JUnit XML, which every CI service reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from aimsgraph.domain.report import Finding, Severity


def render_junit(
    findings: Sequence[Finding],
    rules: Mapping[str, str],
    *,
    judged: Mapping[str, int] | None = None,
    fail_level: Severity = Severity.VIOLATION,
    suite: str = "aimsgraph",
) -> str:
    """Return one test case a finding, and one a rule that found nothing; it is skipped when the rule judged nothing.

    Args:
        findings: what was found.
        rules: code → one sentence, for every rule that was checked.
        judged: code → how many things were judged; None when that is not counted.
        fail_level: findings below it are told in cases that pass.
        suite: name of the suite.
    """
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    cases = [
        case for code in dict.fromkeys((*rules, *by_rule)) for case in _cases(code, by_rule[code], judged, fail_level)
    ]
    root = ElementTree.Element("testsuites", name=suite)
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": 0,
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    attributes = {"name": suite} | {name: str(value) for name, value in counts.items()}
    node = ElementTree.SubElement(root, "testsuite", attributes)
    node.extend(cases)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _cases(
    code: str, findings: Sequence[Finding], judged: Mapping[str, int] | None, fail_level: Severity
) -> list[ElementTree.Element]:
    if findings:
        return [_case_of(finding, fail_level) for finding in findings]
    case = ElementTree.Element("testcase", classname=_clean(code), name=_clean(code))
    if judged is not None and not judged.get(code):
        ElementTree.SubElement(case, "skipped", message="nothing to judge")
    return [case]


def _case_of(finding: Finding, fail_level: Severity) -> ElementTree.Element:
    at = finding.location
    case = ElementTree.Element("testcase", classname=_clean(finding.rule), name=_clean(f"{at} {finding.message}"))
    case.set("file", _clean(at.file))
    if at.line:
        case.set("line", str(at.line))
    if finding.severity.rank >= fail_level.rank:
        failure = ElementTree.SubElement(case, "failure", type=finding.severity.value, message=_clean(finding.message))
        failure.text = _clean(str(finding))
    else:
        ElementTree.SubElement(case, "system-out").text = _clean(str(finding))
    return case


def _clean(text: str) -> str:
    """Leave out the characters XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
