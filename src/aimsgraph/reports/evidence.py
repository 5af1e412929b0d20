"""The index of evidence: what each record shows, what it comes to on the day, and whether its file is what it was."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from aimsgraph.compliance.evidence import describe_evidence
from aimsgraph.content.register_rules import digest_of, find_file, is_web_address
from aimsgraph.domain.register import Evidence
from aimsgraph.exchange.answer_workbook import AnswerTable
from aimsgraph.reports.case import Case
from aimsgraph.reports.model import Cell, Report, Section, Table, Word

NO_FILE = "no file"
STATES = ("same", "differs", "not-checked", "no-file")
"""Of the file: the digest the register states is its digest; is not; none is stated; there is no file to look at."""
_COLUMNS = (
    "id", "title", "type", "supports", "systems", "refutes", "collected_on", "period_from", "period_to", "collected_by",
    "counts_until", "on_the_day", "location", "sha256_stated", "sha256_of_file", "file",
)  # fmt: skip


def evidence_index(case: Case) -> Report:
    """Return the report."""
    records = case.posture.register.evidence
    digests = {record.id: file_digest(case.path, record) for record in records}
    states = {record.id: _state(record, digests[record.id]) for record in records}
    counts = Counter(states.values())
    words = (
        "Files are looked for in the folder of the register; what is kept elsewhere was not fetched.",
        "The same digest shows that a file is the one that was registered, not that what it says is so.",
    )
    rows = [_row(case, record, digests[record.id], states[record.id]) for record in records]
    header = ("evidence", "shows", "collected", "on the day asked about", "kept at", "SHA-256 of the file", "file")
    sections = [
        Section("Files", words, counts={state: counts[state] for state in STATES}),
        Section(f"The {len(records):,} records", table=Table(header, rows, (17, 15, 9, 16, 16, 19, 8))),
    ]
    lines = [_line(case, record, digests[record.id], states[record.id]) for record in records]
    return case.report("evidence-index", "Index of evidence", sections, [AnswerTable("evidence", _COLUMNS, lines)])


def file_digest(register: Path, record: Evidence) -> str:
    """Return the SHA-256 of the file of a record; empty when no file is there, or not in the folder.

    Args:
        register: the folder of the register, or the workbook it is kept in.
        record: the record.
    """
    if not record.locator or is_web_address(record.locator) or not register.is_dir():
        return ""
    path = find_file(register, record.locator)
    return digest_of(path) if path is not None and path.is_file() else ""


def _state(record: Evidence, digest: str) -> str:
    if not digest:
        return "no-file"
    return "not-checked" if not record.sha256 else "same" if record.sha256 == digest else "differs"


def _row(case: Case, record: Evidence, digest: str, state: str) -> tuple[Cell, ...]:
    refutes = ("refutes what it names",) if record.refutes else ()
    says = describe_evidence(record, case.posture.moment.on).says
    stated = f"the register states {record.sha256}" if state == "differs" else ""
    return (
        (record.title or record.id, record.id, record.type),
        ("; ".join(record.supports), *refutes),
        (str(record.collected_on or "no day"), case.people.get(record.collected_by, record.collected_by)),
        says, record.locator, tuple(filter(None, (digest or NO_FILE, stated))), Word(state),
    )  # fmt: skip


def _line(case: Case, record: Evidence, digest: str, state: str) -> tuple[object, ...]:
    return (
        record.id, record.title, record.type, "; ".join(record.supports), "; ".join(record.systems),
        "yes" if record.refutes else "no", record.collected_on, record.period_from, record.period_to,
        case.people.get(record.collected_by, record.collected_by), record.stale_after,
        describe_evidence(record, case.posture.moment.on).says, record.locator, record.sha256, digest or NO_FILE, state,
    )  # fmt: skip
