"""Resources: the frameworks, one framework, one item, and what this is and does not claim."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver import Context, MCPServer

from aimsgraph import answers
from aimsgraph.mcp.desk import Desk
from aimsgraph.mcp.replies import NO_CLAIM, fit, write
from aimsgraph.version import __version__

if TYPE_CHECKING:
    from aimsgraph.api import AimsGraph

JSON = "application/json"
METHOD = (
    "The law is held by version: `on` is the day asked about, `law_as_of` the day whose knowledge of the law is used.",
    "A date that readings of the law disagree on is `contested`; every reading is given and none is chosen.",
    "A fact that nobody has stated is `unknown`: absence of data is never an answer.",
    "A mapping states a set of possible relations between two items. Chains are composed; where every relation stays "
    "possible, nothing follows. A proof lists the rows and what is possible after each; a checker that knows nothing "
    "of the search can judge it.",
    "A mapping helps; it proves no conformity. A duty is covered by what an organisation does, with evidence.",
    "Texts of standards are not held: ids, short titles and own words only.",
)
Json = dict[str, Any]


def add_resources(server: MCPServer[Any], desk: Desk) -> None:
    """Offer the resources."""

    async def ask(function: Callable[[AimsGraph], Json]) -> str:
        return write({"does_not_claim": NO_CLAIM} | fit(await desk.compute(function)))

    @server.resource("aims://about", name="about", title="What this is, and what it does not claim", mime_type=JSON)
    async def about() -> str:
        return await ask(_about)

    @server.resource("aims://frameworks", name="frameworks", title="The frameworks held here", mime_type=JSON)
    async def frameworks() -> str:
        return await ask(answers.frameworks)

    @server.resource(
        "aims://framework/{slug}", name="framework", title="A framework or catalogue", mime_type=JSON,
        description="By its slug, such as eu-ai-act.",
    )  # fmt: skip
    async def framework(slug: str, context: Context) -> str:
        await desk.admit(context)
        return await ask(lambda graph: answers.framework(graph, slug))

    @server.resource(
        "aims://item/{ref}", name="item", title="A provision, control or statement", mime_type=JSON,
        description="By its reference, such as eu-ai-act:Art.6(2); what is reserved in an address is percent-encoded.",
    )  # fmt: skip
    async def item(ref: str, context: Context) -> str:
        await desk.admit(context)
        return await ask(lambda graph: answers.show(graph, ref))


def _about(graph: AimsGraph) -> Json:
    return answers.envelope(
        graph, graph.moment(), name="aimsgraph", version=__version__, method=list(METHOD), no_claim=answers.NO_CLAIM
    )
