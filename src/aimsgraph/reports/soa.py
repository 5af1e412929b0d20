"""The Statement of Applicability as a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from aimsgraph.compliance.soa import COLUMNS
from aimsgraph.exchange.answer_workbook import AnswerTable
from aimsgraph.reports.case import Case, Json
from aimsgraph.reports.model import Cell, Report, Section, Table, Word

DECISIONS = ("yes", "no", "undetermined", "not-decided")
STATES = ("operating", "in-progress", "planned", "retired", "none")
EVIDENCE = ("live", "missing", "not-needed")
_HEADER = (
    "control", "applies", "reason", "implementation", "evidence", "what drives it", "who keeps it running", "reviews",
)  # fmt: skip


def statement_of_applicability(case: Case) -> Report:
    """Return the report."""
    answer = case.soa
    header, rows = answer["soa"], answer["controls"]
    ours = [row for row in rows if row["source"] == "own"]
    annex = [row for row in rows if row["source"] == "annex-a"]
    needed = [row for row in annex if row["applicable"] == "yes"]
    facts: tuple[tuple[str, Cell], ...] = (
        ("version of the statement", header["version"] or "none given"),
        ("approved by", case.people.get(header["approved_by"], header["approved_by"]) or "nobody named"),
        ("approved on", header["approved_on"] or "no day given"),
    )
    sections = [
        Section("The statement", facts=facts),
        Section(f"Decisions on the {len(annex)} controls of Annex A", counts=_count(annex, "applicable", DECISIONS)),
        Section(f"How far the {len(needed)} that apply are set up", counts=_count(needed, "status", STATES)),
        Section("Evidence that these operate", counts=_count(needed, "evidence_state", EVIDENCE)),
        findings_section("What the checks found", answer["findings"]),
        Section("Controls of Annex A", table=_table(case, annex)),
    ]
    if ours:
        sections.append(Section("Controls of its own", table=_table(case, ours)))
    found = [tuple(each[name] for name in ("severity", "rule", "message", "remedy", "file", "line"))
             for each in answer["findings"]]  # fmt: skip
    cells = [row.cells() for row in case.posture.soa().rows]
    sheets = [
        AnswerTable("soa", COLUMNS, cells),
        AnswerTable("findings", ("severity", "rule", "message", "remedy", "file", "line"), found),
    ]
    return case.report("statement-of-applicability", "Statement of Applicability", sections, sheets)


def findings_section(title: str, findings: Iterable[Json]) -> Section:
    """Return findings with where they stand and how to mend them."""
    rows: list[tuple[Cell, ...]] = [
        (Word(each["severity"]), (each["message"], each["rule"]), each["remedy"], _place(each)) for each in findings
    ]
    if not rows:
        return Section(title, ("Nothing was found.",))
    header = ("severity", "what", "how to mend it", "where")
    return Section(title, table=Table(header, rows, (10, 42, 30, 18)))


def _place(each: Json) -> str:
    return f"{each['file']}, line {each['line']}" if each["file"] else ""


def _count(rows: Iterable[Json], name: str, known: tuple[str, ...]) -> dict[str, int]:
    counts = Counter(row[name] for row in rows)
    return {word: counts[word] for word in (*known, *(word for word in counts if word not in known))}


def _table(case: Case, rows: Iterable[Json]) -> Table:
    return Table(_HEADER, [_row(case, row) for row in rows], (14, 10, 15, 16, 18, 10, 9, 8))


def _row(case: Case, row: Json) -> tuple[Cell, ...]:
    drivers = (*row["risks"], *row["impacts"], *row["legal_drivers"], *row["other_drivers"])
    since = f"since {row['since']}" if row["since"] else ""
    implemented = (str(Word(row["status"])), since, "; ".join(row["implemented_by"]), "; ".join(row["systems"]))
    evidence = (str(Word(row["evidence_state"])), *(f"{each['ref']}: {each['says']}" for each in row["evidence"]))
    owners = [case.people.get(owner, owner) for owner in row["owners"]]
    reviews = (
        f"last {row['last_review']}" if row["last_review"] else "",
        f"next {row['next_review']}" if row["next_review"] else "",
    )
    return (
        (row["title"], row["control"]), Word(row["applicable"]), row["reason"], _lines(implemented), _lines(evidence),
        "; ".join(drivers), _lines(("; ".join(owners), *row["procedures"])), _lines(reviews),
    )  # fmt: skip


def _lines(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(line for line in given if line)
