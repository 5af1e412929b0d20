"""Tools about an organisation: where its register stands on a day."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult
from pydantic import Field

from aimsgraph import answers
from aimsgraph.mcp import parameters as given
from aimsgraph.mcp.desk import Desk
from aimsgraph.mcp.norm_tools import DEFAULT, Offer
from aimsgraph.mcp.replies import Listing, Reply, reply
from aimsgraph.web.api_parameters import PostureAsked
from aimsgraph.web.paging import Page

Answer = Annotated[CallToolResult, Reply]
_PART = "Which list is paged."
GapsPart = Annotated[Literal["gaps", "actions", "questions"], Field(description=_PART)]
SoaPart = Annotated[Literal["controls", "findings"], Field(description=_PART)]
ImpactPart = Annotated[Literal["dependents", "falls", "item_falls", "soa_falls"], Field(description=_PART)]


def add_organisation_tools(offer: Offer, desk: Desk) -> None:
    """Offer the tools."""

    async def organisations(context: Context) -> Answer:
        """The organisations you may ask about, with the ids of their AI systems."""
        principal = await desk.admit(context)
        return reply(await desk.compute(lambda graph: desk.registers.listed(graph, principal)))

    async def gaps(
        context: Context, organisation: given.Organisation = "", system: given.System = "",
        min_status: given.MinStatus = "reviewed", without: given.Without = [],
        on: given.On = None, law_as_of: given.LawAsOf = None, part: GapsPart = "gaps",
        limit: given.Limit = DEFAULT, cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """What is missing, most pressing first; which actions would close it; which open questions decide most."""
        asked = _asked(system, min_status, without, on, law_as_of)
        found = await desk.ask_posture(
            context, organisation, asked,
            lambda graph, posture: posture.gaps().to_dict(),
        )  # fmt: skip
        return reply(found, _listing("gaps", part, limit, cursor, organisation, asked))

    async def coverage(
        context: Context, organisation: given.Organisation = "", system: given.System = "",
        framework: given.Framework = "eu-ai-act", status: given.Statuses = [],
        min_status: given.MinStatus = "reviewed", without: given.Without = [],
        on: given.On = None, law_as_of: given.LawAsOf = None, limit: given.Limit = DEFAULT,
        cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """How far each duty, or each item of another framework, is covered, with the chain of causes.

        A document alone, or a mapping alone, covers nothing. `summary` counts all of them.
        """
        asked = _asked(system, min_status, without, on, law_as_of)
        found = await desk.ask_posture(
            context, organisation, asked,
            lambda graph, posture: answers.coverage(graph, posture, framework, status),
        )  # fmt: skip
        return reply(
            found, _listing("coverage", "coverage", limit, cursor, organisation, asked, framework=framework,
                            status=status)
        )  # fmt: skip

    async def soa(
        context: Context, organisation: given.Organisation = "", system: given.System = "",
        min_status: given.MinStatus = "reviewed", without: given.Without = [],
        on: given.On = None, law_as_of: given.LawAsOf = None, part: SoaPart = "controls",
        limit: given.Limit = DEFAULT, cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """The statement of applicability: every control of Annex A with an auditor's columns, and what checks found."""
        asked = _asked(system, min_status, without, on, law_as_of)
        found = await desk.ask_posture(
            context, organisation, asked,
            lambda graph, posture: posture.soa().to_dict(),
        )  # fmt: skip
        return reply(found, _listing("soa", part, limit, cursor, organisation, asked))

    async def readiness(
        context: Context, organisation: given.Organisation = "", system: given.System = "",
        min_status: given.MinStatus = "reviewed", without: given.Without = [],
        on: given.On = None, law_as_of: given.LawAsOf = None, limit: given.Limit = DEFAULT,
        cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """How ready the management system is: each step met, partly, not, or unknown, and why."""
        asked = _asked(system, min_status, without, on, law_as_of)
        found = await desk.ask_posture(context, organisation, asked, lambda graph, posture: answers.readiness(posture))
        return reply(found, _listing("readiness", "steps", limit, cursor, organisation, asked))

    async def impact(
        context: Context, of: given.Thing, organisation: given.Organisation = "", system: given.System = "",
        min_status: given.MinStatus = "reviewed", without: given.Without = [],
        on: given.On = None, law_as_of: given.LawAsOf = None, part: ImpactPart = "dependents",
        limit: given.Limit = DEFAULT, cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """What depends on a control, implementation, evidence, dataset, provision or person; what falls if it goes."""
        asked = _asked(system, min_status, without, on, law_as_of)
        found = await desk.ask_posture(
            context, organisation, asked, lambda graph, posture: posture.impact(of).to_dict()
        )
        return reply(found, _listing("impact", part, limit, cursor, organisation, asked, of=of))

    for tool in (organisations, gaps, coverage, soa, readiness, impact):
        offer(tool)


def _asked(system: str, min_status: str, without: list[Any], on: str | None, law_as_of: str | None) -> PostureAsked:
    said = {"system": system, "min_status": min_status, "without": without, "on": on, "law_as_of": law_as_of}
    return PostureAsked.model_validate({name: value for name, value in said.items() if value is not None})


def _listing(
    tool: str, part: str, limit: int, cursor: str, organisation: str, asked: PostureAsked, **more: object
) -> Listing:
    said = asked.model_dump(exclude={"limit", "cursor"}) | more
    return Listing(
        part, Page(limit, cursor), said | {"tool": tool, "part": part, "organisation": organisation},
        "ask about one system", others=tool in ("gaps", "soa", "impact"),
    )  # fmt: skip
