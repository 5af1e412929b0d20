"""The parameters of `/v1`: one model for each kind of question. A parameter nobody knows is refused, never ignored."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from aimsgraph.web.paging import DEFAULT, LONGEST_CURSOR, MOST, Page

SomeDay = Annotated[str, Field(json_schema_extra={"format": "date"}, max_length=20, examples=["2027-12-02"])]
Day = SomeDay | SkipJsonSchema[None]
Text = Annotated[str, Field(min_length=1, max_length=300)]
MinStatus = Literal["candidate", "reviewed", "accepted"]
Reach = Literal["yes", "no", "unknown", "contested"]
Coverage = Literal["covered", "partly", "unknown", "not-covered", "not-applicable"]
_HOPS = Field(description="At most so many rows in a chain.", ge=1, le=6)


class Asked(BaseModel):
    """A question; it names nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class Paged(Asked):
    """A question whose answer is a list."""

    limit: int = Field(DEFAULT, description="At most so many items on a page.", ge=1, le=MOST)
    cursor: str = Field("", description="The page to go on with: `next` of the page before.", max_length=LONGEST_CURSOR)

    @property
    def page(self) -> Page:
        """Which part of the list is wanted."""
        return Page(self.limit, self.cursor)


class Dated(Asked):
    """A question about a day, by the law as known on a day."""

    on: Day = Field(None, description="The day asked about; today when left out.")
    law_as_of: Day = Field(None, description="The law as known on this day; today when left out.")


class SearchAsked(Paged):
    """Words to look for."""

    q: str = Field(description="The words.", min_length=1, max_length=500, examples=["event logs"])
    framework: str = Field("", description="Only this framework.", max_length=300)


class DutiesAsked(Paged, Dated):
    """A role on routes."""

    role: Text = Field(description="The role.", examples=["provider"])
    route: list[Text] = Field(description="The routes.", min_length=1, max_length=16, examples=[["annex-iii"]])
    fact: list[Text] = Field([], description="Answers to conditions: `CODE=yes` or `CODE=no`.", max_length=100)
    applies: list[Reach] = Field([], description="Only duties with one of these answers.", max_length=4)
    everything: bool = Field(False, description="Also options, status rules and statements that point to others.")


class ChangesAsked(Paged):
    """A period."""

    start: SomeDay = Field(alias="from", description="The first day.", examples=["2026-12-02"])
    end: SomeDay = Field(alias="to", description="The last day, included.", examples=["2026-12-02"])
    law_as_of: Day = Field(None, description="The law as known on this day; today when left out.")


class CrosswalkAsked(Paged, Dated):
    """Items of one framework, and the framework whose items are wanted; also the body of the batch."""

    items: list[Text] = Field(
        alias="from", description="The items asked about; a provision stands for its parts.", min_length=1,
        max_length=50, examples=[["iso-42001:A.6.2.8"]],
    )  # fmt: skip
    to: Text = Field(description="The framework whose items are wanted.", examples=["eu-ai-act"])
    max_hops: Annotated[int, _HOPS] = 3
    min_status: MinStatus = Field("reviewed", description="The least weight of the rows used.")
    role: str = Field("", description="Only rows that hold for this role.", max_length=300)
    explain: bool = Field(True, description="Whether answers carry their proofs.")


class BatchAsked(CrosswalkAsked):
    """As `CrosswalkAsked`, of more items."""

    items: list[Text] = Field(
        alias="from", description="The items asked about; a provision stands for its parts.", min_length=1,
        max_length=500, examples=[["iso-42001:A.6.2.8", "iso-42001:A.7.4"]],
    )  # fmt: skip


class PairAsked(Paged, Dated):
    """Two frameworks."""

    one: Text = Field(alias="from", description="The one framework.", examples=["iso-42001"])
    other: Text = Field(alias="to", description="The other framework.", examples=["eu-ai-act"])
    min_status: MinStatus = Field("reviewed", description="The least weight of the rows used.")


class MatrixAsked(PairAsked):
    """Two frameworks, for a matrix."""

    max_hops: Annotated[int, _HOPS] = 1


class ContradictionsAsked(Paged):
    """Which rows to look at."""

    min_status: MinStatus = Field("candidate", description="The least weight of the rows used.")


class PostureAsked(Paged, Dated):
    """What an organisation is asked about."""

    system: str = Field("", description="The id of one AI system; all when left out.", max_length=300)
    min_status: MinStatus = Field("reviewed", description="The least weight of the mappings used.")
    without: list[Literal["people", "evidence"]] = Field(
        [], description="What the answer leaves out: names of people, contents of evidence.", max_length=2
    )


class CoverageAsked(PostureAsked):
    """What a coverage is asked about."""

    framework: str = Field("eu-ai-act", description="The framework whose items are looked at.", max_length=300)
    status: list[Coverage] = Field([], description="Only rows with one of these.", max_length=5)


class ImpactAsked(PostureAsked):
    """What is to go."""

    of: Text = Field(description="An id of the register, a reference or an IRI.", examples=["iso-42001:A.6.2.8"])


class SystemDutiesAsked(Paged, Dated):
    """Whose duties."""

    system: str = Field("", description="The id of one AI system; all when left out.", max_length=300)
    applies: list[Reach] = Field([], description="Only duties with one of these answers.", max_length=4)
    everything: bool = Field(False, description="Also options, status rules and statements that point to others.")
