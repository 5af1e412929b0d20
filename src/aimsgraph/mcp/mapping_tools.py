"""Tools about how frameworks correspond: only what follows from reviewed mappings, with proofs."""

from __future__ import annotations

from typing import Annotated, Literal

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult
from pydantic import Field

from aimsgraph import answers as shapes
from aimsgraph.mcp import parameters as given
from aimsgraph.mcp.desk import Desk
from aimsgraph.mcp.norm_tools import DEFAULT, Offer
from aimsgraph.mcp.replies import Listing, Reply, reply
from aimsgraph.web.paging import Page

Answer = Annotated[CallToolResult, Reply]
CrosswalkPart = Annotated[
    Literal["answers", "leads", "no_match", "contradictions", "disputed", "below_status", "not_looked_at"],
    Field(description="Which list is paged."),
]
UnmappedPart = Annotated[
    Literal["no_match", "disputed", "below_status", "not_looked_at"], Field(description="Which list is paged.")
]


def add_mapping_tools(offer: Offer, desk: Desk) -> None:
    """Offer the tools."""

    async def crosswalk(
        context: Context, references: given.Items, to: given.Framework,
        explain: Annotated[bool, Field(description="Whether answers carry their proofs.")] = True,
        max_hops: given.Hops = 3, min_status: given.MinStatus = "reviewed",
        role: Annotated[str, Field(description="Only mappings that hold for this role.", max_length=100)] = "",
        on: given.On = None, law_as_of: given.LawAsOf = None, part: CrosswalkPart = "answers",
        limit: given.Limit = DEFAULT, cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """What corresponds to items in another framework, with proofs, or that nothing follows.

        `relations` are what is still possible between subject and object; `covers` and `covered_by` are yes, no or
        unknown, and an overlap covers nothing. From `leads` nothing follows. `no_match` was looked at, `not_looked_at`
        was not. The proofs can be checked by `check_proof`.
        """
        found = await desk.ask(
            context,
            lambda graph: shapes.crosswalk(
                graph, references, to, graph.moment(on, law_as_of), max_hops=max_hops, min_status=min_status, role=role,
                explain=explain,
            ),
        )  # fmt: skip
        asked = {
            "tool": "crosswalk", "references": references, "to": to, "explain": explain, "max_hops": max_hops,
            "min_status": min_status, "role": role, "on": on, "law_as_of": law_as_of, "part": part,
        }  # fmt: skip
        narrow = "ask about one item, with explain=false or fewer max_hops"
        return reply(found, Listing(part, Page(limit, cursor), asked, narrow, others=True))

    async def unmapped(
        context: Context, framework: given.Framework, to: given.Framework, min_status: given.MinStatus = "reviewed",
        on: given.On = None, law_as_of: given.LawAsOf = None, part: UnmappedPart = "no_match",
        limit: given.Limit = DEFAULT, cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """The items of a framework without a counterpart: looked and found none, and never looked at, apart."""
        found = await desk.ask(
            context,
            lambda graph: shapes.unmapped(
                graph, framework, to, min_status=min_status, on=on, law_as_of=law_as_of
            ),
        )  # fmt: skip
        asked = {
            "tool": "unmapped", "framework": framework, "to": to, "min_status": min_status, "on": on,
            "law_as_of": law_as_of, "part": part,
        }  # fmt: skip
        return reply(found, Listing(part, Page(limit, cursor), asked, others=True))

    async def cover(
        context: Context, role: given.Role, route: given.Routes, framework: given.Framework,
        min_status: given.MinStatus = "reviewed", on: given.On = None, law_as_of: given.LawAsOf = None,
    ) -> Answer:  # fmt: skip
        """The smallest set of a framework's items that helps with every duty any of them helps with.

        A mapping helps; it proves no conformity.
        """
        return reply(
            await desk.ask(
                context,
                lambda graph: shapes.cover(
                    graph, role=role, route=route, framework=framework, min_status=min_status, on=on,
                    law_as_of=law_as_of,
                ),
            )
        )  # fmt: skip

    async def check_proof(context: Context, answers: given.Answers) -> Answer:
        """Check proofs of a crosswalk with a checker that knows nothing of how they were found.

        `holds` says whether all of them hold; `rejected` which do not, and why. Rows are compared with the mappings
        held here.
        """
        return reply(await desk.ask(context, lambda graph: shapes.proofs(graph, answers)))

    for tool in (crosswalk, unmapped, cover, check_proof):
        offer(tool)
