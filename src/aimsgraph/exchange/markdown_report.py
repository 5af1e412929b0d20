"""Writes findings as Markdown, for a comment on a change or a page of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from aimsgraph.domain.report import Finding, Severity

MOST = 200
"""Rows shown; a comment that cannot be read to its end helps nobody."""


def render_markdown(
    findings: Sequence[Finding], *, title: str, facts: Mapping[str, object] | None = None, most: int = MOST
) -> str:
    """Return a heading, the counts, facts about the run, and a table of the findings, the gravest first.

    Args:
        findings: what was found.
        title: the heading.
        facts: what else to say, name → value.
        most: how many rows to show; the rest is counted.
    """
    counts = Counter(finding.severity for finding in findings)
    levels = sorted(Severity, key=lambda severity: -severity.rank)
    words = ", ".join(f"{counts[s]} {s.value}{'s' if s is not Severity.INFO else ''}" for s in levels)
    lines = [f"## {title}", "", f"**{'No findings' if not findings else words}.**", ""]
    lines += [f"- {_cell(name)}: {_cell(str(value))}" for name, value in (facts or {}).items()]
    if facts:
        lines.append("")
    if findings:
        lines += ["| where | severity | rule | what | how to mend it |", "|---|---|---|---|---|"]
        ordered = sorted(findings, key=lambda finding: -finding.severity.rank)
        lines += [_row(finding) for finding in ordered[:most]]
        lines.append("")
        if len(findings) > most:
            lines += [f"{len(findings) - most} more are not shown.", ""]
    return "\n".join(lines)


def _row(finding: Finding) -> str:
    cells = (f"`{finding.location}`", finding.severity.value, finding.rule, finding.message, finding.remedy)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(escaped.split())
