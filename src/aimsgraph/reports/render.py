"""A report in the format asked for, as bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aimsgraph.reports.case import Case
from aimsgraph.reports.gaps import gap_report
from aimsgraph.reports.markdown import to_markdown
from aimsgraph.reports.model import Report
from aimsgraph.reports.page import to_html
from aimsgraph.reports.readiness import readiness_report
from aimsgraph.reports.sheets import to_workbook
from aimsgraph.reports.soa import statement_of_applicability

FORMATS = ("html", "xlsx", "md")
REPORTS: Mapping[str, Callable[[Case], Report]] = {
    "soa": statement_of_applicability,
    "gaps": gap_report,
    "readiness": readiness_report,
}
"""The reports by the name they are asked for."""


def render(report: Report, format_: str) -> bytes:
    """Return a report as `html`, `xlsx` or `md`.

    Raises:
        UsageError: a workbook is asked for, and openpyxl is not installed.
    """
    if format_ == "xlsx":
        return to_workbook(report)
    return (to_html(report) if format_ == "html" else to_markdown(report)).encode("utf-8")
