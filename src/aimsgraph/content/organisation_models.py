"""The files of an organisation's folder as models: `organisation.yaml` and `systems/<id>.yaml`.

The models say which fields there are and what a single value may look like; whether names, codes and
references exist is checked where everything is known (`organisation_check`). An empty value is the same as
leaving the field out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from aimsgraph.content.schemas import ROUTES
from aimsgraph.content.tables import nearest
from aimsgraph.content.yaml_source import YamlSource
from aimsgraph.domain.identifiers import BASE
from aimsgraph.domain.organisation import EVENT_KINDS
from aimsgraph.domain.report import Finding
from aimsgraph.domain.time import parse_date

M = TypeVar("M", bound=BaseModel)

NOT_HIGH_RISK = "not-high-risk"
OUTCOMES = (*ROUTES, NOT_HIGH_RISK)
"""What a classification may come to: a route, or that a listed system is not high-risk (Article 6(3))."""

OBJECTIVE_STATUSES = ("open", "on-track", "at-risk", "reached", "dropped")


def _coded(values: Mapping[str, object]) -> BeforeValidator:
    """Allow certain words only, and say which one was meant."""

    def read(value: object) -> object:
        if isinstance(value, str) and value in values:
            return values[value]
        raise PydanticCustomError("coded", "unknown value", {"known": tuple(values)})

    return BeforeValidator(read)


def one_of(*words: str) -> BeforeValidator:
    """Allow these words only."""
    return _coded({word: word for word in words})


def _read_day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse_date(value)
    except ValueError as error:
        raise PydanticCustomError("day", "{problem}", {"problem": str(error)}) from error


def _read_base(value: object) -> object:
    if isinstance(value, str) and value.startswith(BASE):
        raise PydanticCustomError("base", "the base {base} belongs to the shared graph", {"base": BASE})
    return value


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Text = Annotated[str, Field(min_length=1)]
Version = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$")]
Day = Annotated[dt.date, BeforeValidator(_read_day)]
YesNo = Annotated[bool, _coded({"yes": True, "no": False})]
Answer = Annotated[bool | None, _coded({"yes": True, "no": False, "undetermined": None})]
_WEB_ADDRESS = r"^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*[/#]$"
BaseIri = Annotated[str, Field(pattern=_WEB_ADDRESS), BeforeValidator(_read_base)]


class Entry(BaseModel):
    """A mapping of a YAML file: unknown fields are refused, an empty value is no value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_empty(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        known = field_names(cls)
        return {key: value for key, value in data.items() if value is not None or key not in known}


class OtherAgent(Entry):
    """Another organisation that holds a role in respect of one of our systems."""

    id: Slug
    name: Text


class SoaHeader(Entry):
    """The statement of applicability as a document; its rows stand in `soa.csv`."""

    version: Version
    approved_by: Text | None = None
    approved_on: Day | None = None


class ObjectiveEntry(Entry):
    """A result the organisation wants its work with AI to reach."""

    id: Slug
    title: Text
    owner: Text | None = None
    measure: Text | None = None
    target: Text | None = None
    due: Day | None = None
    status: Annotated[str, one_of(*OBJECTIVE_STATUSES)] = "open"
    last_measured: Day | None = None


class PartyEntry(Entry):
    """Somebody with a stake, and what they need or expect."""

    name: Text
    requirement: Text


class ContextEntry(Entry):
    """What surrounds the management system: clauses 4.1 and 4.2 of ISO/IEC 42001."""

    issues: tuple[Text, ...] = ()
    parties: tuple[PartyEntry, ...] = ()


class ManagementSystemEntry(Entry):
    """The management system: the document that fixes its scope, the person who directs it."""

    scope: Text | None = None
    top_management: Text | None = None


class MeasurementEntry(Entry):
    """Something that is watched at intervals."""

    id: Slug
    what: Text
    every_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    last_on: Day | None = None
    result: Text | None = None


class ChangeEntry(Entry):
    """A planned change of the management system: clause 6.3 of ISO/IEC 42001."""

    id: Slug
    title: Text
    purpose: Text
    owner: Text | None = None
    start: Day | None = None


class OrganisationFile(Entry):
    """`organisation.yaml`: who the organisation is, whom it deals with, what holds for it as a whole.

    The records of the management system that are few, and belong to no system, stand here too.
    """

    slug: Slug
    name: Text
    base: BaseIri
    jurisdiction: Text
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    agents: tuple[OtherAgent, ...] = ()
    facts: dict[str, YesNo] = Field(default_factory=dict)
    management_system: ManagementSystemEntry = Field(default_factory=ManagementSystemEntry)
    soa: SoaHeader | None = None
    context: ContextEntry = Field(default_factory=ContextEntry)
    objectives: tuple[ObjectiveEntry, ...] = ()
    measurements: tuple[MeasurementEntry, ...] = ()
    changes: tuple[ChangeEntry, ...] = ()


class RoleEntry(Entry):
    """Who holds which role in respect of a system, from when until when, and why."""

    agent: Text
    role: Text
    held_from: Day = Field(alias="from")
    held_until: Day | None = Field(default=None, alias="until")
    ground: Text | None = None
    triggered_by: Text | None = None


class ClassificationEntry(Entry):
    """What was decided on the legal class of a system, by whom, when and on which grounds."""

    status: Annotated[str, one_of("decided", "undetermined")]
    outcome: Annotated[str, one_of(*OUTCOMES)] | None = None
    grounded_on: tuple[Text, ...] = ()
    decided_by: Text | None = None
    decided_on: Day | None = None
    rationale: Text | None = None


class ModelEntry(Entry):
    """A model a system infers with; without a name, one that another system's file describes."""

    id: Slug
    name: Text | None = None
    datasets: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _no_datasets_from_afar(self) -> ModelEntry:
        if self.name is None and self.datasets:
            raise PydanticCustomError("nameless", "a model without a name takes its datasets from where it has one")
        return self


class DatasetEntry(Entry):
    """A dataset that models learn from."""

    id: Slug
    name: Text
    personal_data: YesNo | None = None
    special_categories: YesNo | None = None


class DeploymentEntry(Entry):
    """One use of a system by one agent in one setting."""

    id: Slug
    name: Text
    by: Text
    used_from: Day = Field(alias="from")
    used_until: Day | None = Field(default=None, alias="until")


class EventEntry(Entry):
    """A change that matters to the law."""

    id: Slug
    kind: Annotated[str, one_of(*EVENT_KINDS)]
    on: Day
    description: Text


class SystemFile(Entry):
    """`systems/<id>.yaml`: one AI system."""

    id: Slug
    name: Text
    purpose: Text
    owner: Text | None = None
    routes: tuple[Annotated[str, one_of(*ROUTES)], ...]
    placed_on_market: Day | None = None
    planned: YesNo
    art_2_exclusions: dict[str, Answer]
    roles: tuple[RoleEntry, ...]
    classification: ClassificationEntry
    facts: dict[str, YesNo] = Field(default_factory=dict)
    models: tuple[ModelEntry, ...] = ()
    datasets: tuple[DatasetEntry, ...] = ()
    deployments: tuple[DeploymentEntry, ...] = ()
    events: tuple[EventEntry, ...] = ()


def field_names(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields of a model as they are written in the file."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def check_model(model: type[M], source: YamlSource) -> tuple[M | None, list[Finding]]:
    """Read a YAML document into a model, or say everything that is wrong with it."""
    try:
        return model.model_validate(source.data), []
    except ValidationError as error:
        return None, [_to_finding(model, source, problem) for problem in error.errors()]


@dataclass(frozen=True, slots=True)
class _Problem:
    """What a model objects to, with everything needed to say it well."""

    model: type[BaseModel]
    path: tuple[str | int, ...]
    details: ErrorDetails
    is_there: bool

    @property
    def name(self) -> str:
        return ".".join(str(part) for part in self.path) or "the document"

    @property
    def value(self) -> object:
        return self.details["input"]


_Words = tuple[str, str, str]
"""Rule, message, remedy."""


def _to_finding(model: type[BaseModel], source: YamlSource, details: ErrorDetails) -> Finding:
    path = tuple(part for part in details["loc"] if isinstance(part, str | int))
    problem = _Problem(model, path, details, path in source.positions)
    rule, message, remedy = _EXPLANATIONS.get(details["type"], _explain_other)(problem)
    return Finding(rule, message, source.where(*path), remedy)


def _explain_extra(problem: _Problem) -> _Words:
    fields = field_names(_model_at(problem.model, problem.path[:-1]))
    return "UNKNOWN_FIELD", f"unknown field {problem.name!r}", suggest(str(problem.path[-1]), fields)


def _explain_missing(problem: _Problem) -> _Words:
    if problem.is_there:
        return "MISSING_VALUE", f"{problem.name!r} is empty", "fill it in"
    return "MISSING_FIELD", f"{problem.name!r} is missing", "add it"


def _explain_coded(problem: _Problem) -> _Words:
    if problem.value is None:
        return "MISSING_VALUE", f"{problem.name!r} is empty", "answer it, or delete the line: unknown"
    if not isinstance(problem.value, str):
        return "BAD_VALUE", f"{problem.name!r} is no single value", "write one word"
    known = tuple(problem.details["ctx"]["known"])
    return "BAD_VALUE", f"{problem.name!r}: unknown value {problem.value!r}", suggest(problem.value, known)


def _explain_day(problem: _Problem) -> _Words:
    return "BAD_VALUE", f"{problem.name!r}: {problem.details['msg']}", "write YYYY-MM-DD"


def _explain_form(problem: _Problem) -> _Words:
    remedy = _FORMS.get(problem.name, _FORM_OF_IDS)
    return "BAD_ID", f"{problem.name!r}: {problem.value!r} is not well-formed", remedy


def _explain_base(problem: _Problem) -> _Words:
    return "BAD_ID", f"{problem.name!r}: {problem.details['msg']}", _FORMS["base"]


def _explain_other(problem: _Problem) -> _Words:
    return "BAD_VALUE", f"{problem.name!r}: {problem.details['msg']}", "see data/examples/acme for the form"


_EXPLANATIONS = {
    "extra_forbidden": _explain_extra,
    "missing": _explain_missing,
    "coded": _explain_coded,
    "day": _explain_day,
    "string_pattern_mismatch": _explain_form,
    "base": _explain_base,
}
_FEW, _MANY = 8, 80
_FORM_OF_IDS = "lower case letters, digits and single hyphens"
_FORMS = {
    "base": "a web address of your own that ends in / or #, such as https://acme.example/aims/",
    "language": "a language code such as en or de",
    "soa.version": "a version such as 1.2: letters, digits, dots and hyphens",
}


def suggest(word: str, known: Sequence[str]) -> str:
    """Return a remedy that names the nearest known word, and every known one where they are few."""
    guess = nearest(word, known)
    hint = f"did you mean {guess!r}? " if guess else f"none of the {len(known)} known ones is near. "
    return hint + f"Known: {', '.join(known) or 'none'}" if len(known) <= (_FEW if guess else _MANY) else hint.strip()


def _model_at(model: type[BaseModel], path: tuple[str | int, ...]) -> type[BaseModel]:
    """Return the model of the entry that stands at a path."""
    for part in path:
        if isinstance(part, str):
            fields = {field.alias or name: field for name, field in model.model_fields.items()}
            model = _model_in(fields[part].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
