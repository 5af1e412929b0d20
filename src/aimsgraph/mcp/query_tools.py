"""Tools for the stored questions and for SPARQL; both are run by the execution room."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult

from aimsgraph import answers
from aimsgraph.api import ORGANISATION, AimsGraph
from aimsgraph.errors import QuerySyntaxError, ResourcesExceeded
from aimsgraph.execution.room import Query
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.graph.query_text import QueryForm, check_query
from aimsgraph.graph.union import Dataset
from aimsgraph.mcp import parameters as given
from aimsgraph.mcp.desk import Desk
from aimsgraph.mcp.norm_tools import DEFAULT, Offer
from aimsgraph.mcp.replies import Listing, Reply, fit, reply, whole
from aimsgraph.web.paging import Page

Answer = Annotated[CallToolResult, Reply]
Json = dict[str, Any]
READ_BYTES = 4 * 1024 * 1024
"""An answer may have so many bytes on all its pages; each page asks anew."""
_GRAPHS = (QueryForm.CONSTRUCT, QueryForm.DESCRIBE)
_NARROW = "ask for less: LIMIT, fewer columns, a narrower pattern"


def add_query_tools(offer: Offer, desk: Desk) -> None:
    """Offer the tools."""

    async def questions(context: Context, limit: given.Limit = DEFAULT, cursor: given.Cursor = "") -> Answer:
        """The stored questions with their parameters; `question` asks one."""
        found = await desk.ask(context, answers.questions)
        return reply(found, Listing("questions", Page(limit, cursor), {"tool": "questions"}))

    async def question(
        context: Context, id: given.Question, parameters: given.Values = {},
        organisation: given.Organisation = "", limit: given.Limit = DEFAULT, cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """Ask a stored question; its rows stand as SPARQL results, a graph as JSON-LD.

        Questions of scope organisation are about a register, and take some seconds.
        """
        principal = await desk.admit(context)
        said = {"tool": "question", "id": id, "parameters": parameters, "organisation": organisation}
        listing = Listing("", Page(limit, cursor), said)
        asked = await desk.compute(lambda graph: graph.question(id))
        if asked.scope != ORGANISATION:
            text = await desk.compute(lambda graph: graph.bound_text(asked, parameters))
            return await _give(desk, await _run(desk, text, desk.settings.query_seconds), parameters, listing)
        is_graph = asked.form in _GRAPHS
        flags = [f"--parameter={name}={value}" for name, value in parameters.items()]
        found = await desk.run_on_register(
            await desk.path(principal, organisation),
            lambda name: ["query", asked.id, f"--org={name}", f"--format={'jsonld' if is_graph else 'json'}", *flags],
        )
        return await _give(desk, found, parameters, listing)

    async def sparql(
        context: Context,
        query: given.Sparql,
        limit: given.Limit = DEFAULT,
        cursor: given.Cursor = "",
        seconds: given.Seconds = None,
    ) -> Answer:
        """Ask a SPARQL 1.1 query over the shared content, read-only; graphs come as JSON-LD.

        Prefer the other tools: they know the rules on dates, roles and mappings, a query does not. Each page asks anew,
        so give it an ORDER BY where it has several.
        """
        await desk.admit(context)
        most = desk.settings.query_seconds
        header = load_prefixes().header().replace("\n", " ")  # one line: the query's own lines keep their numbers
        try:
            found = await _run(desk, header + query, min(seconds or most, most))
        except QuerySyntaxError as error:
            if error.location is not None and error.location.line == 1:
                column = max(error.location.column - len(header), 1)
                error.location = dataclasses.replace(error.location, column=column)
            raise
        listing = Listing("", Page(limit, cursor), {"tool": "sparql", "query": query}, _NARROW)
        return await _give(desk, found, {}, listing)

    for tool in (questions, question, sparql):
        offer(tool)


async def _run(desk: Desk, text: str, seconds: float) -> Any:  # noqa: ANN401
    """Run a query in the room and return what it found: SPARQL results, or JSON-LD.

    Raises:
        AimsgraphError: what the room says; the deadline passed; the answer is too large.
    """
    service = await desk.service()
    is_graph = check_query(text).form in _GRAPHS
    dataset = Dataset(union=desk.settings.union_default_graph)
    query = Query(text, "jsonld" if is_graph else "json", dataset, READ_BYTES, service.generation)
    held = bytearray()
    async with service.room.run(query, seconds) as answer:
        async for piece in answer:
            held += piece
    if answer.truncated:
        raise ResourcesExceeded(f"the answer has more than {READ_BYTES:,} bytes", remedy=_NARROW)
    return json.loads(held)


async def _give(desk: Desk, found: Any, moment: Mapping[str, str], listing: Listing) -> CallToolResult:  # noqa: ANN401
    """Return what a query found, in the frame of every answer, by pages of rows or of nodes."""
    is_graph = isinstance(found, list)
    is_rows = not is_graph and "results" in found
    body = {"jsonld": found} if is_graph else {"bindings": found["results"]["bindings"]} if is_rows else found

    def frame(graph: AimsGraph) -> Json:
        return answers.envelope(graph, graph.moment(moment.get("on"), moment.get("lawAsOf")), **body)

    answer = await desk.compute(frame)
    if is_graph:
        return reply(answer, dataclasses.replace(listing, key="jsonld"))
    if not is_rows:  # ASK
        return reply(answer)
    page = fit(answer, dataclasses.replace(listing, key="bindings"))
    return whole(page | {"head": found["head"], "results": {"bindings": page.pop("bindings")}})
