"""Sets findings aside: those that a waiver accepts for a time, and those that an earlier report already held."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from aimsgraph.domain.report import Severity
from aimsgraph.errors import InputError, Location
from aimsgraph.validation.report import ReportedFinding

WAIVER_EXPIRED = "WAIVER_EXPIRED"
WAIVER_UNUSED = "WAIVER_UNUSED"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that somebody answers for and lives with, up to a day.

    Attributes:
        rule: the rule of the finding.
        focus: IRI of the node, or its end after a slash or hash; empty for any.
        file: the file of the finding, `*` standing for any characters; empty for any.
        owner: who answers for it.
        reason: why it may stand.
        expires: the last day on which it counts.
        location: where the waiver is written.
    """

    rule: str
    focus: str
    file: str
    owner: str
    reason: str
    expires: dt.date
    location: Location

    def covers(self, finding: ReportedFinding) -> bool:
        """Say whether it is about a finding, whatever the day."""
        if self.rule != finding.rule:
            return False
        if (
            self.focus
            and finding.focus != self.focus
            and not finding.focus.endswith(("/" + self.focus, "#" + self.focus))
        ):
            return False
        return not self.file or fnmatchcase(finding.location.file, self.file)


def apply_waivers(
    findings: Iterable[ReportedFinding], waivers: Sequence[Waiver], day: dt.date
) -> tuple[list[ReportedFinding], list[ReportedFinding]]:
    """Return the findings that stay, with those about the waivers themselves, and the findings set aside."""
    kept: list[ReportedFinding] = []
    waived: list[ReportedFinding] = []
    used: set[int] = set()
    for finding in findings:
        covering = [i for i, waiver in enumerate(waivers) if waiver.covers(finding)]
        used.update(covering)
        (waived if any(day <= waivers[i].expires for i in covering) else kept).append(finding)
    for i, waiver in enumerate(waivers):
        what = f"the waiver of {waiver.rule} by {waiver.owner}"
        if waiver.expires < day:
            message, remedy = f"{what} expired on {waiver.expires}", "mend what it was for, or decide anew"
            kept.append(ReportedFinding(WAIVER_EXPIRED, message, waiver.location, remedy, Severity.WARNING))
        elif i not in used:
            message, remedy = f"{what} waives nothing", "delete it"
            kept.append(ReportedFinding(WAIVER_UNUSED, message, waiver.location, remedy, Severity.WARNING))
    return kept, waived


def subtract_baseline(
    findings: Iterable[ReportedFinding], baseline: Counter[tuple[str, ...]]
) -> tuple[list[ReportedFinding], list[ReportedFinding]]:
    """Return the findings that an earlier report did not hold, and those it did; lines may have moved between."""
    left = Counter(baseline)
    new, known = [], []
    for finding in findings:
        key = key_of(finding)
        if left[key] > 0:
            left[key] -= 1
            known.append(finding)
        else:
            new.append(finding)
    return new, known


def key_of(finding: ReportedFinding) -> tuple[str, ...]:
    """Return what names a finding across runs."""
    return _key(finding.rule, finding.focus, finding.path, finding.value, finding.location.file, finding.message)


def read_baseline(text: str, shown_as: str) -> Counter[tuple[str, ...]]:
    """Read an earlier report in JSON.

    Raises:
        InputError: it is no such report.
    """
    try:
        entries = json.loads(text)["findings"]
        return Counter(_key_of(entry) for entry in entries)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "this is no report to compare with",
            location=Location(shown_as),
            remedy="write one with `aimsgraph validate … --format json --output FILE`",
        ) from error


def _key_of(entry: dict[str, Any]) -> tuple[str, ...]:
    names = ("rule", "focus", "path", "value", "file", "message")
    return _key(*(str(entry[name] or "") for name in names))


def _key(rule: str, focus: str, path: str, value: str, file: str, message: str) -> tuple[str, ...]:
    """Return what names a finding across runs: what was judged and found, else the file and the words."""
    return (rule, focus, path, value) if focus else (rule, file, message)
