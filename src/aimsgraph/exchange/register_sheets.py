"""Which sheets a register has as a workbook, and which part of the register's folder each of them holds.

A table of the folder is a sheet as it is. What a YAML file nests is laid flat: its own fields are one row, each of
its lists and mappings a sheet of its own, whose first column names the file's id where there are several files. The
names of columns are those of the fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from aimsgraph.content.organisation_files import AUDITS, HEADER, IMPACTS, POLICIES, SYSTEMS
from aimsgraph.content.organisation_models import OBJECTIVE_STATUSES, OUTCOMES
from aimsgraph.content.register_models import AUDIT_KINDS, DOCUMENT_KINDS, GRADES, IMPACT_KINDS
from aimsgraph.content.register_tables import APPLICABLE, TABLES
from aimsgraph.content.schemas import ROUTES
from aimsgraph.content.tables import Column
from aimsgraph.domain.organisation import EVENT_KINDS, EXCLUSIONS

README: Final = "README"
LISTS: Final = "lists"
"""The sheet with the words of drop-down lists that are too long to stand in a cell's own rule."""

ROLES: Final = "role"
CONDITIONS: Final = "condition"
CONTROLS: Final = "control"
SENTENCES: Final = "sentences"
"""The kind of a column that holds several texts, one a line."""

_ANSWERS = ("yes", "no")


class Shape(Enum):
    """How a sheet's rows stand in the folder."""

    TABLE = "a row is a row of a comma-separated table"
    FILE = "a row is a file"
    LIST = "a row is an entry of a list"
    TEXTS = "a row is a text of a list"
    ANSWERS = "a row is a key of a mapping, with its answer"
    PART = "a row is a mapping inside a file"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a sheet.

    Attributes:
        column: its name, kind and words.
        meaning: what stands in it, in one line.
        path: where the value stands in what the row is; empty for the id of the file it belongs to.
        offers: whose names its drop-down list offers: those of a sheet, or a list of the law.
    """

    column: Column
    meaning: str
    path: tuple[str, ...]
    offers: str = ""


@dataclass(frozen=True, slots=True)
class SheetOf:
    """A sheet, and the part of the folder it holds.

    Attributes:
        name: its name.
        meaning: what it holds, in one line.
        shape: how its rows stand there.
        file: the file, or the folder of files, it belongs to.
        fields: its columns.
        at: where its rows stand in the file.
        parent: the column that names the file, where there are several.
    """

    name: str
    meaning: str
    shape: Shape
    file: str
    fields: tuple[Field, ...]
    at: tuple[str, ...] = ()
    parent: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What it is read by."""
        return tuple(field.column for field in self.fields)

    @property
    def location_start(self) -> str:
        """The path in the folder that stands for this sheet; a folder's ends in a slash."""
        return self.file if "." in self.file else f"{self.file}/"


def _text(name: str, meaning: str, *, needed: bool = False, at: str = "", offers: str = "") -> Field:
    return Field(Column(name, required=needed), meaning, tuple((at or name).split(".")), offers)


def _day(name: str, meaning: str, *, needed: bool = False, at: str = "") -> Field:
    return Field(Column(name, "date", required=needed), meaning, tuple((at or name).split(".")))


def _choice(name: str, choices: tuple[str, ...], meaning: str, *, needed: bool = False) -> Field:
    return Field(Column(name, "choice", required=needed, choices=choices), meaning, (name,))


def _several(name: str, meaning: str, choices: tuple[str, ...] = (), kind: str = "list") -> Field:
    return Field(Column(name, kind, choices=choices), meaning, (name,))


def _parent(name: str, sheet: str) -> Field:
    return Field(Column(name, required=True), f"id of a row of {sheet}", (), sheet)


def _id(of: str) -> Field:
    return _text("id", f"short name of {of}: lower case letters, digits, hyphens", needed=True)


_HEADER_SHEETS: Final = (
    SheetOf(
        "organisation", "who the organisation is; exactly one row", Shape.FILE, HEADER,
        (
            _text("slug", "short name, by which other sheets name the organisation", needed=True),
            _text("name", "its name", needed=True),
            _text("base", "a web address of your own that ends in / or #; records get names below it", needed=True),
            _text("jurisdiction", "where it is established, such as DE", needed=True),
            _text("language", "the language of this workbook, such as en"),
            _text("scope", "id of the document that fixes the management system's scope",
                  at="management_system.scope", offers="policies"),
            _text("top_management", "id of the person who directs it all",
                  at="management_system.top_management", offers="people"),
            _text("soa_version", "version of the statement of applicability", at="soa.version"),
            _text("soa_approved_by", "id of the person who approved it", at="soa.approved_by", offers="people"),
            _day("soa_approved_on", "day of that approval", at="soa.approved_on"),
        ),
    ),
    SheetOf(
        "agents", "other organisations you name: vendors, certification bodies, authorities", Shape.LIST, HEADER,
        (_id("the organisation"), _text("name", "its name", needed=True)), ("agents",),
    ),
    SheetOf(
        "facts", "conditions that hold, or do not, whatever the system; what is not listed is unknown",
        Shape.ANSWERS, HEADER,
        (
            _text("condition", "code of the condition", needed=True, offers=CONDITIONS),
            _choice("answer", _ANSWERS, "whether it holds", needed=True),
        ),
        ("facts",),
    ),
    SheetOf(
        "issues", "what inside or around the organisation bears on its work with AI (clause 4.1)", Shape.TEXTS, HEADER,
        (_text("issue", "what it is", needed=True),), ("context", "issues"),
    ),
    SheetOf(
        "parties", "who has a stake, and what they need or expect (clause 4.2)", Shape.LIST, HEADER,
        (
            _text("name", "who", needed=True),
            _text("requirement", "what they need or expect", needed=True),
        ),
        ("context", "parties"),
    ),
    SheetOf(
        "objectives", "what the organisation wants to reach (clause 6.2)", Shape.LIST, HEADER,
        (
            _id("the objective"),
            _text("title", "what is to be reached", needed=True),
            _text("owner", "id of the person who answers for it", offers="people"),
            _text("measure", "how you tell"),
            _text("target", "which value means that it is reached"),
            _day("due", "day by which"),
            _choice("status", OBJECTIVE_STATUSES, "how it stands; open when empty"),
            _day("last_measured", "day it was last measured"),
        ),
        ("objectives",),
    ),
    SheetOf(
        "measurements", "what is watched at intervals (clause 9.1)", Shape.LIST, HEADER,
        (
            _id("the measurement"),
            _text("what", "what is watched", needed=True),
            Field(Column("every_days", "integer"), "every how many days", ("every_days",)),
            _day("last_on", "day it was last done"),
            _text("result", "what came out"),
        ),
        ("measurements",),
    ),
    SheetOf(
        "changes", "planned changes of the management system (clause 6.3)", Shape.LIST, HEADER,
        (
            _id("the change"),
            _text("title", "what is to change", needed=True),
            _text("purpose", "why", needed=True),
            _text("owner", "id of the person who sees to it", offers="people"),
            _day("start", "first day"),
        ),
        ("changes",),
    ),
)  # fmt: skip

_SYSTEM = _parent("system", SYSTEMS)
_SYSTEM_SHEETS: Final = (
    SheetOf(
        SYSTEMS, "one AI system a row", Shape.FILE, SYSTEMS,
        (
            _id("the system"),
            _text("name", "its name", needed=True),
            _text("purpose", "what it is for, and who decides with it", needed=True),
            _text("owner", "id of who answers for it; the organisation itself when empty", offers="people"),
            _several("routes", "its legal routes; every system is on all-ai", ROUTES),
            _day("placed_on_market", "first day on the market or in service"),
            _choice("planned", _ANSWERS, "yes while placed_on_market lies ahead", needed=True),
        ),
    ),
    SheetOf(
        "roles", "who holds which role in respect of a system, from when", Shape.LIST, SYSTEMS,
        (
            _SYSTEM,
            _text("agent", "id of a person, of the organisation, or of one of agents", needed=True),
            _text("role", "slug of the role under the Act", needed=True, offers=ROLES),
            _day("from", "first day it is held", needed=True),
            _day("until", "first day it is no longer held"),
            _text("ground", "reference of the provision that makes it so"),
            _text("triggered_by", "id of the event that brought it about", offers="events"),
        ),
        ("roles",), "system",
    ),
    SheetOf(
        "exclusions", "whether an exclusion of Article 2 takes a system out of the Act; each is asked",
        Shape.ANSWERS, SYSTEMS,
        (
            _SYSTEM,
            _choice("exclusion", tuple(EXCLUSIONS), "which exclusion", needed=True),
            _choice("answer", APPLICABLE, "whether it does", needed=True),
        ),
        ("art_2_exclusions",), "system",
    ),
    SheetOf(
        "classification", "what was decided on the legal class of a system; exactly one row each", Shape.PART, SYSTEMS,
        (
            _SYSTEM,
            _choice("status", ("decided", "undetermined"), "whether it is decided", needed=True),
            _choice("outcome", OUTCOMES, "a route, or not-high-risk"),
            _several("grounded_on", "references of the provisions it rests on"),
            _text("decided_by", "id of the person who decided", offers="people"),
            _day("decided_on", "day of the decision"),
            _text("rationale", "why"),
        ),
        ("classification",), "system",
    ),
    SheetOf(
        "system_facts", "conditions a system answers; they go before those of facts", Shape.ANSWERS, SYSTEMS,
        (
            _SYSTEM,
            _text("condition", "code of the condition", needed=True, offers=CONDITIONS),
            _choice("answer", _ANSWERS, "whether it holds", needed=True),
        ),
        ("facts",), "system",
    ),
    SheetOf(
        "models", "the models a system infers with; described once, named by id alone elsewhere", Shape.LIST, SYSTEMS,
        (
            _SYSTEM, _id("the model"),
            _text("name", "its name; empty when another row describes it"),
            _several("datasets", "ids of the datasets it learns from"),
        ),
        ("models",), "system",
    ),
    SheetOf(
        "datasets", "the datasets models learn from", Shape.LIST, SYSTEMS,
        (
            _SYSTEM, _id("the dataset"),
            _text("name", "its name", needed=True),
            _choice("personal_data", _ANSWERS, "whether it holds personal data"),
            _choice("special_categories", _ANSWERS, "whether it holds special categories of personal data"),
        ),
        ("datasets",), "system",
    ),
    SheetOf(
        "deployments", "where a system is used, by whom, from when", Shape.LIST, SYSTEMS,
        (
            _SYSTEM, _id("the deployment"),
            _text("name", "where it is used", needed=True),
            _text("by", "id of who uses it", needed=True),
            _day("from", "first day of use", needed=True),
            _day("until", "first day it is no longer used"),
        ),
        ("deployments",), "system",
    ),
    SheetOf(
        "events", "changes of a system that matter to the law", Shape.LIST, SYSTEMS,
        (
            _SYSTEM, _id("the event"),
            _choice("kind", EVENT_KINDS, "which kind of change", needed=True),
            _day("on", "day of the change", needed=True),
            _text("description", "what was changed", needed=True),
        ),
        ("events",), "system",
    ),
)  # fmt: skip

_PAPER_SHEETS: Final = (
    SheetOf(
        IMPACTS, "one assessment of what a system does to people a row", Shape.FILE, IMPACTS,
        (
            _id("the assessment"),
            _choice("kind", IMPACT_KINDS, "ai-system (ISO/IEC 42001), fria (Article 27), dpia (GDPR)", needed=True),
            _text("system", "id of the system", needed=True, offers=SYSTEMS),
            _day("done_on", "day it was finished; begun only when empty"),
            _text("by", "id of the person who made it", offers="people"),
            _day("next_review", "day by which it is made again"),
            _several("reuses", "ids of assessments whose results it takes over"),
            _day("notified_on", "fria: the day the authority was told"),
            _text("conclusion", "what follows"),
            _text("document", "id of a document, or a path beside this workbook, or a web address"),
        ),
    ),
    SheetOf(
        "affected_groups", "who is affected, what may befall them, what is done against it", Shape.LIST, IMPACTS,
        (
            _parent("impact", IMPACTS),
            _text("name", "who is affected", needed=True),
            _several("harms", "what may befall them", kind=SENTENCES),
            _several("safeguards", "what is done against it", kind=SENTENCES),
        ),
        ("affected_groups",), "impact",
    ),
    SheetOf(
        POLICIES, "one document you control a row", Shape.FILE, POLICIES,
        (
            _id("the document"),
            _choice("kind", DOCUMENT_KINDS, "what it is", needed=True),
            _text("title", "its title", needed=True),
            _text("version", "its version"),
            _text("owner", "id of the person who keeps it", offers="people"),
            _text("approved_by", "id of the person who approved it, somebody other than the owner", offers="people"),
            _day("approved_on", "day of that approval"),
            _day("next_review", "day by which it is looked at again"),
            _text("retention", "for how long it is kept"),
            _several("documents", "references of the clauses, controls, articles and annex points it covers"),
            _several("systems", "ids of the systems it is about"),
            _day("communicated_on", "day people were told"),
        ),
    ),
)  # fmt: skip

_AUDIT_SHEETS: Final = (
    SheetOf(
        "audits", "audits past and planned; one that has a report was done", Shape.LIST, AUDITS,
        (
            _id("the audit"),
            _choice("kind", AUDIT_KINDS, "internal, or which stage of a certification", needed=True),
            _day("on", "its day", needed=True),
            _text("auditor", "id of the person or firm", needed=True),
            _several("scope", "references of what is audited"),
            _text("report", "id of a document or of evidence, or a path beside this workbook, or a web address"),
        ),
        ("programme",),
    ),
    SheetOf(
        "findings", "what audits found, and what was done about it", Shape.LIST, AUDITS,
        (
            _id("the finding"),
            _text("audit", "id of the audit", needed=True, offers="audits"),
            _text("against", "reference of a clause, a control or a statement", needed=True),
            _choice("grade", GRADES, "how grave it is", needed=True),
            _text("text", "what is amiss", needed=True),
            _text("cause", "why it came about"),
            _text("action", "what removes the cause"),
            _text("action_owner", "id of the person who sees to it", offers="people"),
            _day("due", "day by which"),
            _day("closed_on", "day it was done"),
            _day("effective_on", "day it was found to have helped"),
        ),
        ("findings",),
    ),
    SheetOf(
        "reviews", "management reviews; one that has minutes was done", Shape.LIST, AUDITS,
        (
            _id("the review"),
            _day("on", "its day", needed=True),
            _several("inputs", "what was looked at", kind=SENTENCES),
            _several("decisions", "what was decided", kind=SENTENCES),
            _text("minutes", "id of a document or of evidence, or a path beside this workbook, or a web address"),
        ),
        ("reviews",),
    ),
    SheetOf(
        "certificates", "certificates of the management system, or of a system", Shape.LIST, AUDITS,
        (
            _id("the certificate"),
            _text("of", "aims, or id of a system", needed=True),
            _text("by", "id of the body, one of agents", needed=True, offers="agents"),
            _day("valid_from", "first day", needed=True),
            _day("valid_until", "last day", needed=True),
            _text("scope", "what it covers"),
            _text("soa_version", "version of the statement of applicability it rests on"),
        ),
        ("certificates",),
    ),
)  # fmt: skip

_TABLE_MEANINGS: Final = {
    "people.csv": "who works here, in which role, with which competence",
    "controls.csv": "what was set up to carry out controls and meet duties",
    "soa.csv": "the decision on each control of Annex A",
    "risks.csv": "risks, their treatment and acceptance",
    "evidence.csv": "what shows that something is so; the files themselves lie beside this workbook",
    "suppliers.csv": "who supplies what, and what the contract secures",
    "incidents.csv": "what went wrong, and who was told when",
}
_OFFERS: Final = {
    ("controls.csv", "control"): CONTROLS, ("controls.csv", "owner"): "people",
    ("controls.csv", "procedure"): POLICIES, ("soa.csv", "control"): CONTROLS, ("risks.csv", "system"): SYSTEMS,
    ("risks.csv", "owner"): "people", ("risks.csv", "accepted_by"): "people", ("evidence.csv", "dataset"): "datasets",
    ("suppliers.csv", "role"): ROLES, ("incidents.csv", "system"): SYSTEMS, ("incidents.csv", "reported_to"): "agents",
}  # fmt: skip


def _of_table(name: str) -> SheetOf:
    fields = tuple(
        Field(column, meaning, (column.name,), _OFFERS.get((name, column.name), "")) for column, meaning in TABLES[name]
    )
    return SheetOf(name.removesuffix(".csv"), _TABLE_MEANINGS[name], Shape.TABLE, name, fields)


def _in_order() -> tuple[SheetOf, ...]:
    tables = {name: _of_table(name) for name in TABLES}
    systems, papers = _SYSTEM_SHEETS, _PAPER_SHEETS
    return (
        *_HEADER_SHEETS[:3], tables["people.csv"], *systems, tables["controls.csv"], tables["soa.csv"],
        tables["risks.csv"], *papers[:2], tables["evidence.csv"], tables["suppliers.csv"], papers[2], *_AUDIT_SHEETS,
        tables["incidents.csv"], *_HEADER_SHEETS[3:],
    )  # fmt: skip


SHEETS: Final = _in_order()
"""The sheets in their order, README and lists left out."""

BY_NAME: Final[Mapping[str, SheetOf]] = {sheet.name: sheet for sheet in SHEETS}


def sheets_of(file: str) -> tuple[SheetOf, ...]:
    """Return the sheets that hold a file, or the files of a folder; its own fields first."""
    return tuple(sheet for sheet in SHEETS if sheet.file == file)
