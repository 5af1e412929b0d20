"""The headers of frameworks and catalogues, as written in `framework.yaml` and `catalogue.yaml`."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aimsgraph.content.tables import nearest
from aimsgraph.content.yaml_source import YamlSource
from aimsgraph.errors import InputError

M = TypeVar("M", bound=BaseModel)


class FrameworkHeader(BaseModel):
    """Who publishes a framework, in which edition, under which rights, and how it was checked.

    `expect` pins the official counts: a wrong count fails the build. `decoys` are ids that look right and do not exist,
    with the reason.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    edition: str = Field(pattern=r"^[0-9]+(\.[0-9]+)*$")
    title: str
    short_title: str
    kind: Literal["standard", "regulation", "amending-regulation", "framework", "profile"]
    publisher: str
    jurisdiction: str
    iri_path: str = Field(pattern=r"^[a-z0-9.-]+(/[a-z0-9.-]+)*$")
    version_key: str
    issued: dt.date
    published: dt.date | None = None
    in_force_from: dt.date
    celex: str = ""
    eli: str = ""
    url: str
    rights: str
    text_policy: Literal["identifiers", "short-title", "full-text"]
    checked_on: dt.date
    checked_against: str
    current_to: dt.date
    style: Literal["eu-law", "iso", "nist", "number", "slug"]
    names: tuple[str, ...] = ()
    expect: dict[str, int] = Field(default_factory=dict)
    decoys: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def known_from(self) -> dt.date:
        """The day the text could be known: its publication, or its first day in force where that is not recorded."""
        return self.published or self.in_force_from


class CatalogueHeader(BaseModel):
    """What a catalogue lists and how current it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    short_title: str
    current_to: dt.date
    checked_on: dt.date
    checked_against: str
    rights: str
    expect: dict[str, int] = Field(default_factory=dict)


def parse_model(model: type[M], source: YamlSource) -> M:
    """Read a YAML document into a model.

    Raises:
        InputError: a field is unknown, missing or wrong; the first problem is named with its line and the nearest
            known field.
    """
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        first = error.errors()[0]
        path = tuple(part for part in first["loc"] if isinstance(part, str | int))
        remedy = "see data/README.md for the fields"
        if first["type"] == "extra_forbidden" and path:
            guess = nearest(str(path[-1]), list(model.model_fields))
            remedy = f"did you mean {guess!r}?" if guess else remedy
        name = ".".join(str(part) for part in path) or "document"
        raise InputError(f"{name}: {first['msg']}", location=source.where(*path), remedy=remedy) from error
