"""Writes findings as workflow commands of GitHub Actions, which show them at their lines in a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from aimsgraph.domain.report import Finding, Severity

_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render_github(findings: Sequence[Finding]) -> str:
    r"""Return one command a line.

    >>> from aimsgraph.errors import Location
    >>> render_github([Finding("R", "50% wrong", Location("a,b.md", 3, 7))])
    '::error file=a%2Cb.md,line=3,col=7,title=R::50%25 wrong\n'
    """
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Finding) -> str:
    at = finding.location
    properties = [f"file={_property(at.file)}"]
    if at.line:
        properties.append(f"line={at.line}")
    if at.column:
        properties.append(f"col={at.column}")
    properties.append(f"title={_property(finding.rule)}")
    remedy = f". Fix: {finding.remedy}" if finding.remedy else ""
    return f"::{_COMMANDS[finding.severity]} {','.join(properties)}::{_data(finding.message + remedy)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
