"""Findings: what a check has to say, with where it stands and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from aimsgraph.errors import Location


class Severity(Enum):
    """How bad a finding is, in rising order of `rank`."""

    INFO = "info"
    WARNING = "warning"
    VIOLATION = "violation"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for violation."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found.

    Attributes:
        rule: stable code of the rule, upper snake case.
        message: what is wrong.
        location: file, line and column.
        remedy: how to mend it.
        severity: how bad it is.
    """

    rule: str
    message: str
    location: Location
    remedy: str = ""
    severity: Severity = Severity.VIOLATION

    def __str__(self) -> str:
        """Return one line for a terminal or an editor."""
        remedy = f"  Fix: {self.remedy}" if self.remedy else ""
        return f"{self.location}: {self.severity.value} {self.rule} {self.message}.{remedy}"


def sort_findings(findings: list[Finding]) -> list[Finding]:
    """Order findings by place, then rule, so that output is the same on every machine."""
    return sorted(findings, key=lambda f: (f.location.file, f.location.line, f.location.column, f.rule, f.message))
