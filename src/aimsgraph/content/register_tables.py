"""The comma-separated tables of an organisation's register: which columns each has, and what they mean.

The meanings are shown to people by `aimsgraph org init`; the columns are what a table is read by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from aimsgraph.content.tables import Column

STATUSES = ("planned", "in-progress", "operating", "retired")
APPLICABLE = ("yes", "no", "undetermined")
GOODS = ("safety", "fundamental-rights", "organisation", "society")
LEVELS = ("low", "medium", "high")
TREATMENTS = ("modify", "share", "avoid", "retain")
EVIDENCE_TYPES = (
    "document",
    "record",
    "log-extract",
    "test-report",
    "training-record",
    "audit-report",
    "review-minutes",
    "contract",
    "certificate",
    "declaration",
    "screenshot",
)
INCIDENT_KINDS = ("serious", "death", "widespread", "other")
TEST_COLUMNS = ("metric", "threshold", "result", "dataset", "tool")
POLICY = "policy"
"""What stands in `soa.csv` for the AI policy as a reason."""

OWN = "own"
"""What stands in `controls.csv` for a control the organisation worded for itself."""


class Described(NamedTuple):
    """A column with its meaning in one line."""

    column: Column
    meaning: str


def _text(name: str, meaning: str, *, required: bool = False) -> Described:
    return Described(Column(name, required=required), meaning)


def _choice(name: str, choices: tuple[str, ...], meaning: str, *, required: bool = False) -> Described:
    return Described(Column(name, "choice", required=required, choices=choices), meaning)


def _list(name: str, meaning: str, *, required: bool = False) -> Described:
    return Described(Column(name, "list", required=required), meaning)


def _day(name: str, meaning: str, *, required: bool = False) -> Described:
    return Described(Column(name, "date", required=required), meaning)


TABLES: Mapping[str, tuple[Described, ...]] = {
    "people.csv": (
        _text("id", "short name: lower case letters, digits, hyphens", required=True),
        _text("name", "name of the person", required=True),
        _text("role", "slug of the role in the management system, such as ai-governance-lead", required=True),
        _day("since", "first day in the role"),
        _text("competence", "what shows that the person is able to act in the role"),
        _day("trained_on", "day of the latest training"),
        _text("training", "what that training was"),
    ),
    "controls.csv": (
        _text("id", "short name of what was set up", required=True),
        _text("control", "reference of the control it carries out, such as iso-42001:A.6.2.8, or own", required=True),
        _text("title", "what was set up, in a few words", required=True),
        _list("systems", "ids of the systems it works for, or all", required=True),
        _choice("status", STATUSES, "how far it has got", required=True),
        _text("owner", "id of the person who keeps it running", required=True),
        _day("since", "first day it operates, past or planned"),
        _day("until", "first day it no longer does"),
        _list("addresses", "references of the statements it meets directly, such as eu-ai-act:art12-1"),
        _text("reviewed_by", "id of the person or firm that accepted what it addresses"),
        _day("reviewed_on", "day of that review"),
        _text("procedure", "id of a document of policies/, or a path in this folder, or a web address"),
        _text("note", "anything else"),
    ),
    "soa.csv": (
        _text("control", "reference of the control of Annex A, such as iso-42001:A.6.2.8", required=True),
        _choice("applicable", APPLICABLE, "whether it is needed", required=True),
        _text("reason", "why, or why not"),
        _list("driven_by", "ids of risks, impact assessments and suppliers, references of statements, policy"),
        _list("implemented_by", "ids of controls.csv"),
        _text("status_note", "how far the implementation is, in words"),
        _day("last_review", "day the decision was last looked at"),
        _day("next_review", "day by which it is looked at again"),
    ),
    "risks.csv": (
        _text("id", "short name of the risk", required=True),
        _text("title", "what may go wrong", required=True),
        _text("system", "id of the system it comes from, or aims for the management system", required=True),
        _text("source", "what can give rise to it"),
        _choice("affects", GOODS, "what it endangers", required=True),
        _choice("inherent", LEVELS, "its size before treatment", required=True),
        _choice("treatment", TREATMENTS, "what is done about it", required=True),
        _list("controls", "ids of controls.csv that treat it"),
        _choice("residual", LEVELS, "its size after treatment"),
        _text("owner", "id of the person who answers for it", required=True),
        _day("assessed_on", "day of the latest assessment"),
        _day("next_review", "day by which it is assessed again"),
        _text("accepted_by", "id of the person who lives with what is left"),
        _day("accepted_on", "day of that decision"),
        _day("accepted_until", "last day on which it counts"),
        _text("criterion", "the yardstick it was judged by"),
    ),
    "evidence.csv": (
        _text("id", "short name of the piece of evidence", required=True),
        _text("title", "what it is", required=True),
        _choice("type", EVIDENCE_TYPES, "its kind", required=True),
        _list("supports", "ids of controls.csv, references of statements, clauses or controls", required=True),
        _list("system", "ids of the systems it speaks about"),
        _day("collected_on", "day it was gathered"),
        _day("period_from", "first day it speaks about"),
        _day("period_to", "last day it speaks about"),
        _text("collected_by", "id of the person or firm that gathered it"),
        _text("method", "how it was gathered"),
        _text("location", "path in this folder, or a web address"),
        _text("sha256", "SHA-256 digest of the file, 64 hexadecimal digits"),
        Described(Column("max_age_days", "integer"), "for how many days it counts"),
        Described(Column("refutes", "yes-no"), "yes when it speaks against what it names"),
        _text("metric", "test reports: what was measured"),
        _text("threshold", "test reports: which value had to be reached"),
        _text("result", "test reports: which value was reached"),
        _text("dataset", "test reports: id of the dataset it was run on"),
        _text("tool", "test reports: what it was run with"),
    ),
    "suppliers.csv": (
        _text("id", "short name; the same as in agents: of organisation.yaml for the same firm", required=True),
        _text("name", "name of the supplier", required=True),
        _list("supplies", "ids of systems, models and datasets", required=True),
        _text("role", "slug of the role it has under the Act, such as provider"),
        _text("contract", "name of the contract"),
        _list("contract_covers", "references of the statements and controls the contract secures"),
        _day("since", "first day of the contract"),
        _day("until", "first day it no longer runs"),
        _text("contact", "whom to write to"),
    ),
    "incidents.csv": (
        _text("id", "short name of the incident", required=True),
        _text("system", "id of the system it happened with", required=True),
        _text("title", "what happened", required=True),
        _choice("kind", INCIDENT_KINDS, "decides how soon the authority must know (Article 73)", required=True),
        _day("aware_on", "day the organisation came to know", required=True),
        _day("reported_on", "day the authority was told"),
        _text("reported_to", "id of the authority, among the agents of organisation.yaml"),
        _list("corrective", "ids of findings of audits.yaml that deal with it"),
        _text("note", "anything else"),
    ),
}
"""The tables by file name; `people.csv` stands first because the others name its people."""


def columns_of(name: str) -> tuple[Column, ...]:
    """Return what a table is read by."""
    return tuple(described.column for described in TABLES[name])
