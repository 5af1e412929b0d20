"""What `/v1/orgs` answers about an organisation's register."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from aimsgraph.client.frame import Answer, Json, MaybeDay, Page, Part
from aimsgraph.client.models import Applies, Finding

Status = Literal["covered", "partly", "not-covered", "unknown", "not-applicable"]
Mark = Literal["met", "partly", "not", "unknown"]


class Organisation(Part):
    """An organisation whose register the server holds."""

    slug: str = Field(examples=["acme"])
    name: str
    systems: list[str] = Field(description="The ids of its AI systems.")


class Organisations(Page):
    """The organisations that may be asked about."""

    organisations: list[Organisation]


class Judged(Answer):
    """An answer about an organisation, with what it does not claim."""

    does_not_claim: str
    left_out: list[str] = Field(description="What was left out of the register for this answer.")


class Cause(Part):
    """One link of the chain that leads to a status."""

    step: str
    ref: str
    says: str
    file: str = ""
    line: int = 0


class CoverageRow(Part):
    """How far a duty, or an item of a framework, is covered."""

    statement: str
    provision: str
    label: str
    system: str
    role: str
    status: Status
    because: list[Cause]
    applies: Applies | None = None
    applies_from: MaybeDay = None
    routes: list[str] = Field(default_factory=list)


class Coverage(Page, Judged):
    """How far each duty is covered, with the chain of causes."""

    coverage: list[CoverageRow]
    summary: dict[str, int]


class Penalty(Part):
    """The fine the Act threatens."""

    provision: str
    maximum_eur: int | None = Field(description="In euro.")
    maximum_turnover_percent: str


class Action(Part):
    """What would close gaps."""

    action: str
    ref: str
    words: str
    closes: int
    improves: int
    due: MaybeDay
    penalty: Penalty | None


class Gap(CoverageRow):
    """A duty that is not covered as things stand."""

    reach: Status
    due: MaybeDay
    penalty: Penalty | None
    actions: list[Action]


class OpenQuestion(Part):
    """A question whose answer decides whether duties bind."""

    system: str
    code: str
    question: str
    decides: int
    touches: int


class Gaps(Page, Judged):
    """What is missing, most pressing first; actions and questions stand on every page."""

    gaps: list[Gap]
    actions: list[Action]
    questions: list[OpenQuestion]


class SoaRow(Part):
    """One control of the statement of applicability."""

    control: str
    title: str
    source: str
    applicable: str
    reason: str
    status: str
    evidence_state: str
    implemented_by: list[str]


class Soa(Page, Judged):
    """The statement of applicability; its findings stand on every page."""

    soa: Json = Field(description="Its version, and who approved it when.")
    controls: list[SoaRow]
    findings: list[Finding]


class Check(Part):
    """One thing a step is judged by."""

    check: str
    mark: Mark | Literal["not-due"]
    because: list[str]
    records: list[str]


class Step(Part):
    """One step of setting up the management system."""

    step: str
    title: str
    status: Mark
    expects: list[str]
    records: list[str]
    because: list[str]
    checks: list[Check]


class Readiness(Page, Judged):
    """How ready the management system is, step by step."""

    steps: list[Step]
    summary: dict[str, int]


class Dependent(Part):
    """What depends on a thing, and how."""

    kind: str
    ref: str
    how: str
    via: list[str]


class Fall(Part):
    """A duty or an item whose coverage changes when the thing goes."""

    statement: str
    system: str
    role: str
    before: str
    after: str


class Impact(Page, Judged):
    """What depends on a thing, and what falls if it goes; what falls stands on every page."""

    of: Json
    dependents: list[Dependent]
    falls: list[Fall]
    item_falls: list[Fall]
    soa_falls: list[Json]
