"""A report as a workbook: its tables, and what has to be known about them in the sheet `about`."""

from __future__ import annotations

from aimsgraph.exchange.answer_workbook import write_answer
from aimsgraph.reports.model import Report


def to_workbook(report: Report) -> bytes:
    """Return a report as a workbook; nothing in it is a formula.

    Raises:
        UsageError: openpyxl is not installed.
    """
    said = [("report", report.title), ("organisation", report.organisation)]
    said += [("does not claim", report.no_claim), *(("note", note) for note in report.notes)]
    return write_answer(f"{report.title} – {report.organisation}", report.sheets, [*said, *report.facts])
