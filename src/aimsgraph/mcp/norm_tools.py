"""Tools about norms: what they are, say, demand and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult

from aimsgraph import answers
from aimsgraph.errors import UsageError
from aimsgraph.mcp import parameters as given
from aimsgraph.mcp.desk import Desk
from aimsgraph.mcp.replies import Listing, Reply, reply
from aimsgraph.web.paging import Page

Offer = Callable[[Callable[..., Any]], None]
Answer = Annotated[CallToolResult, Reply]
DEFAULT = 20
MOST_HITS = 1000


def add_norm_tools(offer: Offer, desk: Desk) -> None:
    """Offer the tools."""

    async def frameworks(context: Context) -> Answer:
        """The frameworks and catalogues held here: slug, edition, counts, source, rights, how current."""
        return reply(await desk.ask(context, answers.frameworks))

    async def resolve(context: Context, text: given.Reference) -> Answer:
        """What a citation means: its canonical reference, IRI, label and kind; else an error with the nearest ids."""
        return reply(await desk.ask(context, lambda graph: answers.resolve(graph, text)))

    async def show(
        context: Context, reference: given.Reference, on: given.On = None, law_as_of: given.LawAsOf = None
    ) -> Answer:
        """Everything about one provision, control, statement, framework or catalogue entry.

        Its label, place, versions, dates of application with their legal basis, statements, clocks and source.
        """
        return reply(await desk.ask(context, lambda graph: answers.show(graph, reference, on, law_as_of)))

    async def search(
        context: Context, words: given.Words, framework: given.Within = "", limit: given.Limit = DEFAULT,
        cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """Ranked search over names, labels, texts and notes; gives references for the other tools."""
        found = await desk.ask(context, lambda graph: answers.search(graph, words, framework, MOST_HITS))
        asked = {"tool": "search", "words": words, "framework": framework}
        return reply(found, Listing("hits", Page(limit, cursor), asked))

    async def duties(
        context: Context, role: given.Role = "", route: given.Routes = [], fact: given.Facts = [],
        applies: given.Applies = [], everything: given.Everything = False,
        organisation: given.Organisation = "", system: given.System = "", on: given.On = None,
        law_as_of: given.LawAsOf = None, limit: given.Limit = DEFAULT, cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """Which duties of the AI Act bind on a day, by the law as known on a day, and why.

        Either of a role on routes (`role`, `route`, `fact`), or of the real systems of a register (`organisation`,
        `system`). `applies` of a duty is yes, no, unknown (a fact is missing: see its conditions) or contested
        (readings of the law differ: see `readings`). Narrow by `applies`.
        """
        if role and route and not organisation and not system:
            found = await desk.ask(
                context,
                lambda graph: answers.duties(
                    graph, role=role, route=route, facts=answers.read_facts(fact), everything=everything,
                    applies=applies, on=on, law_as_of=law_as_of,
                ),
            )  # fmt: skip
        elif role or route or fact:
            raise UsageError(
                "say a role and routes, or an organisation, which comes with its own roles, routes and facts",
                remedy="for example role='provider', route=['annex-iii']",
            )
        else:
            principal = await desk.admit(context)
            path = await desk.path(principal, organisation)
            found = await desk.compute(
                lambda graph: answers.system_duties(
                    graph, path, system, everything=everything, applies=applies, on=on, law_as_of=law_as_of
                )
            )
        asked = {
            "tool": "duties", "role": role, "route": route, "fact": fact, "applies": applies, "everything": everything,
            "organisation": organisation, "system": system, "on": on, "law_as_of": law_as_of,
        }  # fmt: skip
        return reply(found, Listing("duties", Page(limit, cursor), asked))

    async def changes(
        context: Context, start: given.FirstDay, end: given.LastDay, law_as_of: given.LawAsOf = None,
        limit: given.Limit = DEFAULT, cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """What starts, changes and ends in the law from one day to another, and by which act."""
        found = await desk.ask(context, lambda graph: answers.changes(graph, start, end, law_as_of))
        asked = {"tool": "changes", "start": start, "end": end, "law_as_of": law_as_of}
        return reply(found, Listing("changes", Page(limit, cursor), asked))

    for tool in (frameworks, resolve, show, search, duties, changes):
        offer(tool)
