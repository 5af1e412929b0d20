"""How ready the management system is, as a report: step by step, check by check."""

from __future__ import annotations

from aimsgraph.exchange.answer_workbook import AnswerTable
from aimsgraph.reports.case import Case, Json
from aimsgraph.reports.model import Cell, Report, Section, Table, Word

_SHOWN = 12
"""How many records of a check are shown; the workbook has all."""


def readiness_report(case: Case) -> Report:
    """Return the report."""
    answer = case.readiness
    steps = answer["steps"]
    overview: list[tuple[Cell, ...]] = [
        (number, step["title"], Word(step["status"]), len(step["records"]), tuple(step["because"][:3]))
        for number, step in enumerate(steps, start=1)
    ]
    header = ("", "step", "state", "records", "why it is not met, or not known to be")
    sections = [
        Section(
            f"The {len(steps)} steps",
            ("It counts what is on record. It is no audit, and foresees no decision on a certificate.",),
            counts=answer["summary"],
            table=Table(header, overview, (4, 30, 10, 8, 48)),
        ),
        *(_step(case, number, step) for number, step in enumerate(steps, start=1)),
    ]
    checks = [
        (step["title"], each["check"], each["mark"], "; ".join(each["because"]), "; ".join(each["records"]))
        for step in steps
        for each in step["checks"]
    ]
    stepped = [
        (s["step"], s["title"], s["status"], "; ".join(s["expects"]), "; ".join(s["because"]), "; ".join(s["records"]))
        for s in steps
    ]
    sheets = [
        AnswerTable("readiness", ("step", "title", "state", "expects", "because", "records"), stepped),
        AnswerTable("checks", ("title", "check", "mark", "because", "records"), checks),
    ]
    return case.report("readiness", "Readiness report", sections, sheets)


def _step(case: Case, number: int, step: Json) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (each["check"], Word(each["mark"]), tuple(each["because"]), _records(each["records"]))
        for each in step["checks"]
    ]
    expects = tuple(f"{ref}  {case.label_of(ref)}".strip() for ref in step["expects"])
    return Section(
        f"{number}. {step['title']}",
        facts=(("state", Word(step["status"])), ("expected by", "; ".join(expects))),
        table=Table(("check", "state", "what was found", "records"), rows, (24, 10, 38, 28)),
    )


def _records(records: list[str]) -> str:
    more = len(records) - _SHOWN
    return "; ".join(records[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
