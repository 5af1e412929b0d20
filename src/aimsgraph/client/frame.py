"""The frame every answer of `/v1` has, and the shape of its problems."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2027-12-02"])]
"""A day, as ISO 8601 writes it."""
MaybeDay = Annotated[str | None, Field(examples=["2027-12-02"])]
"""A day, or null where the law or the register names none."""
Reference = Annotated[str, Field(examples=["eu-ai-act:Art.9(1)"])]
"""The canonical name of a provision, control or statement."""
Json = dict[str, Any]


class Part(BaseModel):
    """Part of an answer; fields that a newer server adds are kept."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, serialize_by_alias=True)


class Answer(Part):
    """What every answer says of itself."""

    graph_version: str = Field(description="What names the content: equal versions hold equal graphs.")
    data_current_to: Day = Field(description="The day up to which the facts were checked.")
    on: Day = Field(description="The day asked about.")
    law_as_of: Day = Field(description="The law as known on this day.")
    warnings: list[str] = Field(description="What a reader must know of how current the answer is.")


class Page(Answer):
    """One page of a list."""

    total: int = Field(description="How many items there are on all pages.", ge=0, examples=[1])
    next: str | None = Field(description="The cursor of the next page; null on the last.", examples=[None])


class Fault(Part):
    """One place that is wrong."""

    detail: str
    pointer: str | SkipJsonSchema[None] = Field(None, description="The parameter or the part of the body.")
    line: int | SkipJsonSchema[None] = None
    column: int | SkipJsonSchema[None] = None


class Problem(Part):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "type": "https://w3id.org/aimsgraph/problems/not-found",
                "title": "Nothing is known by that name",
                "status": 404,
                "detail": "'eu-ai-act:Art.999' names nothing in the graph",
                "instance": "/v1/provisions/eu-ai-act:Art.999",
                "code": "not-found",
                "errors": [],
                "remedy": "nearest: eu-ai-act:Art.99",
            }
        },
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(description="A stable code; its page says what to do.")
    errors: list[Fault]
    remedy: str = Field("", description="What to do about it.")
    request_id: str = Field("", description="What the server's log knows this request by.")
