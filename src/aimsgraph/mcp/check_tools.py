"""Tools that judge what is given: the citations in a text, a register."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult

from aimsgraph import answers
from aimsgraph.errors import UsageError
from aimsgraph.mcp import parameters as given
from aimsgraph.mcp.desk import Desk
from aimsgraph.mcp.norm_tools import DEFAULT, Offer
from aimsgraph.mcp.replies import Listing, Reply, reply
from aimsgraph.web.auth import Scope
from aimsgraph.web.paging import Page

Answer = Annotated[CallToolResult, Reply]
SHORT_BYTES = 32 * 1024
"""Texts of at most so many bytes are read at once; longer ones in a process of their own."""
_NAME = "text.md"


def add_check_tools(offer: Offer, desk: Desk) -> None:
    """Offer the tools."""

    async def cite(
        context: Context, text: given.Text, framework: given.Within = "", on: given.On = None,
        law_as_of: given.LawAsOf = None, limit: given.Limit = DEFAULT, cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """Find the citations of laws and standards in a text, and say which are wrong, and why.

        `framework` is the one to assume where the text names none. No findings means: no citation found was wrong.
        """
        await desk.admit(context, Scope.VALIDATE)
        data = text.encode()
        if len(data) <= SHORT_BYTES:
            found = await desk.compute(
                lambda graph: answers.cite_text(
                    graph, data, "md", _NAME, framework=framework, on=on, law_as_of=law_as_of
                )
            )
        else:
            flags = [f"--framework={framework}"] if framework else []
            found = await desk.run_on_files(
                {_NAME: text}, lambda _: ["cite", "--format=json", *_days(on, law_as_of), *flags, _NAME]
            )
        asked = {"tool": "cite", "text": text, "framework": framework, "on": on, "law_as_of": law_as_of}
        return reply(found, Listing("findings", Page(limit, cursor), asked, "send less text at a time"))

    async def validate(
        context: Context, organisation: given.Organisation = "", files: given.Files = None,
        profiles: given.Profiles = [], fail_level: given.Level = "violation",
        on: given.On = None, law_as_of: given.LawAsOf = None, limit: given.Limit = DEFAULT,
        cursor: given.Cursor = "",
    ) -> Answer:  # fmt: skip
        """Judge a register by its own rules and by the shapes that ship: an organisation's, or files that you send.

        `findings` have a rule, severity, message, remedy, file and line. `conforms` means that there is no finding of
        the fail level among them; it is no conformity with a law or a standard. It takes some seconds.
        """
        principal = await desk.admit(context, Scope.VALIDATE)
        if files is not None and organisation:
            raise UsageError("an organisation has its own files", remedy="leave organisation or files out")
        flags = [f"--profile={profile}" for profile in profiles] + [f"--fail-level={fail_level}"]

        def command(name: str) -> list[str]:
            return ["validate", "--format=json", *_days(on, law_as_of), *flags, name]

        if files is not None:
            found = await desk.run_on_files(files, command)
        else:
            found = await desk.run_on_register(await desk.path(principal, organisation), command)
        asked = {
            "tool": "validate", "organisation": organisation, "files": files, "profiles": profiles,
            "fail_level": fail_level, "on": on, "law_as_of": law_as_of,
        }  # fmt: skip
        return reply(found, Listing("findings", Page(limit, cursor), asked, "judge it by one profile at a time"))

    offer(cite)
    offer(validate)


def _days(on: str | None, law_as_of: str | None) -> list[str]:
    said = {"--on": on, "--law-as-of": law_as_of}
    return [f"{flag}={day}" for flag, day in said.items() if day]
