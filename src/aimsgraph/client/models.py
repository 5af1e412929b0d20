"""What `/v1` answers about norms: the wire format, which the server describes and the client reads."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from aimsgraph.client.frame import Answer, Day, Json, MaybeDay, Page, Part, Reference

Applies = Literal["yes", "no", "unknown", "contested"]
Severity = Literal["violation", "warning", "info"]


class Place(Part):
    """Where a fact was written down."""

    file: str
    line: int


class Named(Part):
    """A thing with a name."""

    ref: Reference = ""
    label: str = ""
    iri: str = ""


class Entry(Part):
    """A named thing of the graph."""

    ref: Reference
    iri: str
    label: str
    kind: Literal["framework", "provision", "statement", "catalogue-entry"]
    framework: str = Field(examples=["eu-ai-act"])


class Framework(Entry):
    """A framework or a catalogue."""

    slug: str = Field("", examples=["eu-ai-act"])
    title: str = ""
    edition: str = ""
    counts: dict[str, int] = Field(default_factory=dict, description="How many items there are, by kind.")
    current_to: str = ""
    rights: str = ""
    source_url: str = ""
    publisher: str = ""
    source: Place | None = None


class Frameworks(Page):
    """The frameworks and catalogues."""

    frameworks: list[Framework]


class FrameworkAnswer(Framework, Answer):
    """One framework."""


class Version(Part):
    """A version of a text: from when to when it is in force."""

    key: str = ""
    title: str = ""
    published: Day
    in_force_from: Day
    in_force_until: str = Field("", description="The day it ends, not included.")
    in_force: bool


class Application(Part):
    """A date from which a provision applies, and why."""

    applies_from: Day
    interpretation: str = ""
    reading: str = ""
    legal_basis: str = ""
    routes: list[str] = Field(default_factory=list)
    note: str = ""
    rule: str = ""


class Provision(Entry, Answer):
    """Everything about one thing; what is not known of it is left out."""

    local_id: str = ""
    own_words: str = ""
    full_text: str = Field("", description="Only where the text is in the public domain.")
    provision_kind: str = ""
    provision: str = Field("", description="Of a statement: the provision it stands in.")
    note: str = ""
    in_force: bool | None = None
    assessable: bool | None = None
    modality: str = ""
    roles: list[str] = Field(default_factory=list)
    routes: list[str] = Field(default_factory=list)
    conditions: dict[str, str] = Field(default_factory=dict)
    parents: list[Named] = Field(default_factory=list)
    children: list[Named] = Field(default_factory=list)
    versions: list[Version] = Field(default_factory=list)
    application: list[Application] = Field(default_factory=list)
    application_known_otherwise: list[Application] = Field(default_factory=list)
    statements: list[Json] = Field(default_factory=list)
    clocks: list[Json] = Field(default_factory=list)
    penalties: list[Json] = Field(default_factory=list)
    amendments: list[Json] = Field(default_factory=list)
    standards: list[Json] = Field(default_factory=list)
    source: Place | None = None


class Hit(Entry):
    """A hit of a search."""

    score: float


class Hits(Page):
    """What fits words best, best first; at most 1000."""

    hits: list[Hit]


class Reading(Part):
    """One reading of the date from which a duty applies."""

    applies_from: Day
    reading: str
    legal_basis: str
    interpretation: str


class Condition(Part):
    """A condition of a duty, and what is known about it."""

    code: str
    question: str
    answer: Literal["yes", "no", "unknown"]


class Duty(Part):
    """A duty of one role on one route on one day."""

    statement: Reference
    provision: Reference
    label: str
    role: str
    route: str
    modality: str
    umbrella: bool
    applies: Applies
    applies_from: MaybeDay = Field(description="Where the law gives exactly one day.")
    readings: list[Reading]
    legal_basis: str
    conditions: list[Condition]
    because: list[str]
    system: str = Field("", description="Of a duty of a real system: its id.")


class Duties(Page):
    """Duties."""

    duties: list[Duty]


class Change(Part):
    """Something that starts, changes or ends."""

    date: Day
    provision: Reference
    kind: Literal["starts", "amended", "inserted", "deleted", "ends"]
    by: str
    effect: str
    contested: bool


class Changes(Page):
    """What starts, changes and ends from one day to another, both included."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    changes: list[Change]


class QuestionParameter(Part):
    """What a stored question can be asked about."""

    name: str
    type: str
    example: str
    optional: bool


class Question(Part):
    """A stored question."""

    id: str = Field(examples=["cq-001-duties"])
    question: str
    asker: str
    scope: Literal["catalogue", "organisation"]
    parameters: list[QuestionParameter]


class Questions(Page):
    """The stored questions."""

    questions: list[Question]


class Finding(Part):
    """Something wrong in a register or a text, where it stands, and what to do."""

    rule: str
    severity: Severity
    message: str
    remedy: str
    file: str
    line: int
    column: int
    value: str = ""
    provision: str = ""
    focus: str = ""
    path: str = ""


class Report(Answer):
    """What validation found in a register."""

    conforms: bool = Field(description="Whether nothing is found at the fail level; no statement of conformity.")
    findings: list[Finding]
    focus_counts: dict[str, int] = Field(description="How many things each rule judged.")
    engine: str
    dataset_digest: str


class Cited(Answer):
    """The citations in a text, checked."""

    files: int
    citations: int = Field(description="How many citations were found.")
    findings: list[Finding]
    notes: list[str]
