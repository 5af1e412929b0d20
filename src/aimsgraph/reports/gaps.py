"""What is missing, as a report: how far the duties are covered, what is not, what to do first, what nobody answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aimsgraph.answers import COVERAGE_STATUSES
from aimsgraph.exchange.answer_workbook import AnswerTable
from aimsgraph.reports.case import Case, Json
from aimsgraph.reports.model import Cell, Report, Section, Table, Word

_SHOWN = 25
"""How many actions are shown; the workbook has all."""
_CAUSES = 3
"""How many causes are shown of a gap; the workbook has all."""


def gap_report(case: Case) -> Report:
    """Return the report."""
    coverage, found = case.coverage, case.gaps
    gaps, actions, questions = found["gaps"], found["actions"], found["questions"]
    dated = sum(gap["due"] is not None for gap in gaps)
    sections = [
        Section("How far the duties are covered", counts=coverage["summary"]),
        Section(
            "System by system", table=_by_system([s.id for s in case.posture.systems], coverage["coverage"]), minor=True
        ),
        Section(
            "What is missing",
            (
                f"{len(gaps):,} gaps: duties that bind, will bind on a known day, or may bind, and are not covered as "
                f"things stand. {dated:,} have a day; for {len(gaps) - dated:,} nobody knows whether they bind.",
            ),
            table=_by_day(gaps),
        ),
        _actions(actions),
        _questions(questions),
    ]
    sections += [_gaps_of(day, [gap for gap in gaps if gap["due"] == day], coverage["on"]) for day in _days(gaps)]
    return case.report("gaps", "Gap report", sections, _sheets(coverage["coverage"], found))


def _by_system(systems: Sequence[str], rows: Sequence[Json]) -> Table:
    counts = Counter((row["system"], row["status"]) for row in rows)
    header = ("AI system", *(str(Word(status)) for status in COVERAGE_STATUSES), "all together")
    return Table(
        header,
        [(system, *(counts[system, s] for s in COVERAGE_STATUSES), sum(counts[system, s] for s in COVERAGE_STATUSES))
         for system in systems],
    )  # fmt: skip


def _by_day(gaps: Sequence[Json]) -> Table:
    counts = Counter(gap["due"] for gap in gaps)
    return Table(("due", "gaps"), [(day or "no day is known", counts[day]) for day in _days(gaps)])


def _days(gaps: Sequence[Json]) -> list[str | None]:
    return list(dict.fromkeys(gap["due"] for gap in gaps))


def _actions(actions: Sequence[Json]) -> Section:
    shown: list[tuple[Cell, ...]] = [
        (each["words"], each["closes"], each["improves"], each["due"] or "no day is known", _fine(each["penalty"]))
        for each in actions[:_SHOWN]
    ]
    words = ["Each action by itself; two together may do more, or no more than one."] if shown else ["None is known."]
    if len(actions) > _SHOWN:
        words.append(f"The {_SHOWN} that do most of {len(actions):,}; the workbook has all.")
    header = ("action", "closes", "improves", "first due", "fine up to")
    return Section("What to do first", tuple(words), table=Table(header, shown, (48, 7, 8, 12, 25)))


def _questions(questions: Sequence[Json]) -> Section:
    if not questions:
        return Section("Questions nobody has answered", ("None.",))
    rows: list[tuple[Cell, ...]] = [
        (each["question"], each["system"], each["code"], each["decides"], each["touches"]) for each in questions
    ]
    header = ("question", "AI system", "code", "decides", "touches")
    words = ("Until they are answered, the duties that hang on them are unknown.",)
    return Section("Questions nobody has answered", words, table=Table(header, rows, (50, 14, 20, 8, 8)))


def _gaps_of(day: str | None, gaps: Sequence[Json], on: str) -> Section:
    title = "Gaps that may bind" if day is None else f"Gaps on {on}" if day == on else f"Gaps from {day}"
    rows: list[tuple[Cell, ...]] = [
        (
            (gap["label"], gap["statement"]), (gap["system"], gap["role"]), Word(gap["applies"]), Word(gap["reach"]),
            _why(gap), _fine(gap["penalty"]), gap["actions"][0]["words"] if gap["actions"] else "",
        )
        for gap in gaps
    ]  # fmt: skip
    header = ("duty", "AI system, role", f"binds on {on}", "reached", "why", "fine up to", "first action")
    return Section(f"{title} ({len(gaps):,})", table=Table(header, rows, (20, 11, 7, 9, 24, 13, 16)))


def _why(gap: Json) -> tuple[str, ...]:
    """Return what keeps a duty from being covered, without the sentence that says why it binds."""
    causes = [_cause(cause) for cause in gap["because"] if cause["step"] != "duty"] or [*map(_cause, gap["because"])]
    more = (f"and {len(causes) - _CAUSES} more",) if len(causes) > _CAUSES else ()
    return (*causes[:_CAUSES], *more)


def _cause(cause: Json) -> str:
    return f"{cause['ref']}: {cause['says']}" if cause["ref"] else str(cause["says"])


def _fine(penalty: Json | None) -> str:
    """Return the limit of a fine; it is a reading of the Act that puts gaps in order."""
    if penalty is None:
        return ""
    euro, share = penalty["maximum_eur"], penalty["maximum_turnover_percent"]
    if not euro:
        return f"set by national law ({penalty['provision']})"
    return f"{euro:,} EUR{f' or {share} % of turnover' if share else ''} ({penalty['provision']})"


def _sheets(rows: Sequence[Json], found: Json) -> list[AnswerTable]:
    duty = ("statement", "label", "system", "role")
    gaps = [
        (gap["due"] or "no day is known", *(gap[n] for n in duty), gap["applies"], gap["reach"], _fine(gap["penalty"]),
         "; ".join(map(_cause, gap["because"])), "; ".join(action["words"] for action in gap["actions"]))
        for gap in found["gaps"]
    ]  # fmt: skip
    actions = [
        (a["words"], a["closes"], a["improves"], a["due"] or "no day is known", _fine(a["penalty"]))
        for a in found["actions"]
    ]
    questions = [tuple(q[n] for n in ("question", "system", "code", "decides", "touches")) for q in found["questions"]]
    covered = [
        (row["status"], *(row[n] for n in duty), row["applies"], row["applies_from"] or "",
         "; ".join(map(_cause, row["because"])))
        for row in rows
    ]  # fmt: skip
    return [
        AnswerTable("gaps", ("due", *duty, "binds", "reached", "fine up to", "because", "actions"), gaps),
        AnswerTable("actions", ("action", "closes", "improves", "due", "fine up to"), actions),
        AnswerTable("questions", ("question", "system", "code", "decides", "touches"), questions),
        AnswerTable("coverage", ("status", *duty, "binds", "applies_from", "because"), covered),
    ]
