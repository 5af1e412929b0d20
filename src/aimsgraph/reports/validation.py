"""The validation of the register as a report: every shape that ships, all profiles, on the day asked about."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from aimsgraph import answers
from aimsgraph.api import LAW, AimsGraph
from aimsgraph.compliance.validate import Catalogue, Request, validate_registers
from aimsgraph.domain.report import Severity
from aimsgraph.domain.time import Moment
from aimsgraph.exchange.answer_workbook import AnswerTable
from aimsgraph.reports.case import Case, Json
from aimsgraph.reports.model import Report, Section, Table
from aimsgraph.reports.soa import findings_section
from aimsgraph.validation.compiled.engine import CompiledEngine
from aimsgraph.validation.shapes import ALL, load_shapes

_COLUMNS = ("severity", "rule", "message", "remedy", "focus", "path", "value", "file", "line", "provision")
WITHHELD = "withheld: it may name what is left out"


def validate_register(graph: AimsGraph, path: Path, moment: Moment) -> Json:
    """Return what `validate --profile all` answers; files are named from the register's own name on.

    Raises:
        InputError: the folder cannot be read.
    """
    catalogue = Catalogue(graph.asserted, graph.law, load_shapes())
    found = validate_registers([path], catalogue, CompiledEngine(fallback=True), Request(moment, (ALL,)))
    body = answers.validation(found, Severity.VIOLATION)
    for finding in body["findings"]:
        finding["file"] = path.name + finding["file"].removeprefix(path.as_posix())
    return answers.envelope(graph, moment, LAW, **body)


def validate(case: Case) -> Json:
    """Return the same for a report.

    Messages, values and focus nodes are withheld where anything is to be left out: they quote the register.
    """
    answer = validate_register(case.graph, case.path, case.posture.moment)
    if case.without:
        for finding in answer["findings"]:
            finding.update(dict.fromkeys(("message", "remedy"), WITHHELD), focus="", path="", value="")
    return answer


def validation_report(case: Case, answer: Json) -> Report:
    """Return the report of a validation."""
    findings = answer["findings"]
    counts = Counter(finding["severity"] for finding in findings)
    judged = {name: count for name, count in answer["focus_counts"].items() if count}
    idle = answer["nothing_judged"]
    facts = (
        ("shapes that ran", len(answer["focus_counts"])),
        ("of these, had something to judge", len(judged)),
        ("engine", answer["engine"]),
        ("judged facts (SHA-256)", answer["dataset_digest"]),
    )
    severities = [severity.value for severity in sorted(Severity, key=lambda severity: -severity.rank)]
    sections = [
        Section(
            "What was judged",
            ("A shape that found nothing to judge is no pass: it says nothing.",),
            counts={name: counts[name] for name in severities},
            facts=facts,
        ),
        findings_section("Findings", findings),
        Section("Shapes that had something to judge", table=Table(("shape", "nodes"), list(judged.items()))),
        Section("Shapes that found nothing to judge", table=Table(("shape", "why"), list(idle.items()))),
    ]
    sheets = [
        AnswerTable("findings", _COLUMNS, [tuple(each[name] for name in _COLUMNS) for each in findings]),
        AnswerTable("shapes", ("shape", "nodes", "engine"),
                    [(name, n, answer["engines"].get(name, "")) for name, n in answer["focus_counts"].items()]),
    ]  # fmt: skip
    return case.report("validation", "Validation of the register", sections, sheets)
