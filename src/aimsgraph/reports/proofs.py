"""The proofs of the mappings that the answers about coverage rest on, checked anew by the separate checker."""

from __future__ import annotations

from collections.abc import Iterator

from aimsgraph import answers
from aimsgraph.api import LAW
from aimsgraph.domain.identifiers import BASE
from aimsgraph.exchange.answer_workbook import AnswerTable
from aimsgraph.reports.case import Case, Json
from aimsgraph.reports.model import Cell, Report, Section, Table, Word

_MAPPINGS = f"{BASE}map/"


def collect_proofs(case: Case) -> Json:
    """Return the crosswalk answers that use a row coverage rests on, whether each proof holds, and rows without one."""
    posture, graph = case.posture, case.graph
    used = rows_used(case)
    controls = [c.control for c in posture.register.controls if c.control in graph.index.by_reference]
    found: Json = {"answers": []}
    if controls and used:
        asked = tuple(dict.fromkeys(controls))
        found = answers.crosswalk(graph, asked, LAW, posture.moment, min_status=case.min_status)
    kept = [answer for answer in found["answers"] if used & set(_rows(answer))]
    judged = answers.proofs(graph, kept)
    proven = {row for answer in kept for row in _rows(answer)}
    return answers.envelope(
        graph, posture.moment, LAW, answers=kept, checked=judged["checked"], holds=judged["holds"],
        rejected=judged["rejected"], rows_used=sorted(used), rows_without_proof=sorted(used - proven),
    )  # fmt: skip


def rows_used(case: Case) -> frozenset[str]:
    """Return the IRIs of the mapping rows in the chains of coverage, also of those that do not count as things are."""
    chains = (chain for row in case.posture.coverage for chain in row.reach.chains)
    return frozenset(each for chain in chains for each in chain.rests_on if each.startswith(_MAPPINGS))


def proofs_report(case: Case, answer: Json) -> Report:
    """Return the report of proofs."""
    rejected = {each["index"] for each in answer["rejected"]}
    words = (
        "Each answer composes mappings that people or programs reviewed; a proof shows that it follows from them, not "
        "that they are right. A mapping alone covers nothing.",
    )
    rows = [_row(each, "rejected" if i in rejected else "holds") for i, each in enumerate(answer["answers"])]
    counts = {"holds": answer["checked"] - len(rejected), "rejected": len(rejected)}
    header = ("control", "says of", "relation", "weight", "proof: rows used", "checked")
    sections = [
        Section(
            "Mappings the answers rest on", words, counts=counts,
            facts=(("mapping rows used", len(answer["rows_used"])),
                   ("of these, in no proof on these days", len(answer["rows_without_proof"]))),
        ),
        Section("Answers and their proofs", table=Table(header, rows, (13, 15, 12, 10, 41, 9))),
    ]  # fmt: skip
    if answer["rows_without_proof"]:
        sections.append(
            Section(
                "Rows in no proof on these days",
                ("They were looked at, and what hangs on them counts as unknown or not covered.",),
                table=Table(("row",), [(row,) for row in answer["rows_without_proof"]]),
            )
        )
    lines = [(a["subject"], a["object"], a["summary"], a["status"], a["least_confidence"], a["extent"],
              "; ".join(dict.fromkeys(_rows(a))), "rejected" if i in rejected else "holds")
             for i, a in enumerate(answer["answers"])]  # fmt: skip
    columns = ("control", "statement", "summary", "status", "least_confidence", "extent", "rows", "proof")
    return case.report("proofs", "Proofs of the mappings", sections, [AnswerTable("proofs", columns, lines)])


def _row(answer: Json, checked: str) -> tuple[Cell, ...]:
    return (
        answer["subject"], (answer["object"], answer["object_ref"]), answer["summary"],
        (answer["status"], f"confidence {answer['least_confidence']:.2f}"), tuple(dict.fromkeys(_steps(answer))),
        Word(checked),
    )  # fmt: skip


def _steps(answer: Json) -> Iterator[str]:
    for step in _mappings(answer):
        relation = " or ".join(step["relations"])
        yield f"{step['subject']} {relation} {step['object']} ({step['file']}, line {step['line']})"


def _rows(answer: Json) -> Iterator[str]:
    return (step["row"] for step in _mappings(answer))


def _mappings(answer: Json) -> Iterator[Json]:
    for proof in answer["proofs"]:
        yield from (step for step in proof["steps"] if step.get("row"))
