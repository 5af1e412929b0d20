"""Where tools ask: who asks and what they may see, the graph, the registers, and checks in processes of their own."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from mcp.server.mcpserver import Context

from aimsgraph import answers
from aimsgraph.api import AimsGraph
from aimsgraph.compliance.posture import Posture
from aimsgraph.errors import Busy, NotFound, Unauthorised
from aimsgraph.web.api_parameters import PostureAsked
from aimsgraph.web.auth import Principal, Scope, authorise
from aimsgraph.web.command import run_command
from aimsgraph.web.registers import Registers
from aimsgraph.web.service import Service
from aimsgraph.web.settings import ServeSettings
from aimsgraph.web.upload import write_files

SECONDS = 120.0
WAITING = 8
NONE = "none is here: whoever runs this server names one by --org; `aimsgraph org check` says why one cannot be read"
Json = dict[str, Any]
T = TypeVar("T")


class Desk:
    """What the tools of one server share.

    Args:
        settings: how it runs.
        service: gives the running service, waiting for it where it is still being opened.
        over_http: whether askers come over HTTP, with keys; otherwise the one asker is who started the program.
    """

    def __init__(self, settings: ServeSettings, service: Callable[[], Awaitable[Service]], *, over_http: bool) -> None:
        self.settings = settings
        self.service = service
        self.over_http = over_http
        self.registers = Registers(settings.organisations)
        self._free = asyncio.Semaphore(settings.workers)
        self._waiting = 0

    async def admit(self, context: Context, scope: Scope = Scope.READ) -> Principal:
        """Return who asks, when they may do this.

        Raises:
            Unauthorised: no key was shown, or one that does not count.
            Refused: the key does not allow this.
        """
        if not self.over_http:
            return Principal(organisations=None)
        request = context.request_context.request
        if request is None:
            raise Unauthorised("nobody knows who asks", remedy="ask over HTTP")
        return await authorise(await self.service(), request, scope)

    async def ask(self, context: Context, function: Callable[[AimsGraph], T]) -> T:
        """Ask the graph for somebody who may read.

        Raises:
            AimsgraphError: what the function raises; they may not.
        """
        await self.admit(context)
        return await self.compute(function)

    async def compute(self, function: Callable[[AimsGraph], T]) -> T:
        """Ask the graph for somebody who was admitted already.

        Raises:
            AimsgraphError: what the function raises, or why the service could not be opened.
        """
        return await (await self.service()).ask(function)

    async def ask_posture(
        self, context: Context, organisation: str, asked: PostureAsked, function: Callable[[AimsGraph, Posture], Json]
    ) -> Json:
        """Ask where an organisation stands; the function's answer is put into the frame.

        Raises:
            NotFound: there is no such organisation, or it may not be seen.
            AimsgraphError: what the function raises.
        """
        principal = await self.admit(context)

        def answer(graph: AimsGraph) -> Json:
            slug = self._slug(graph, principal, organisation)
            posture = self.registers.posture(graph, slug, principal, asked)
            return answers.of_posture(graph, posture, function(graph, posture), tuple(asked.without))

        return await self.compute(answer)

    async def path(self, principal: Principal, organisation: str) -> Path:
        """Return where an organisation's register is kept.

        Raises:
            NotFound: there is no such organisation, or it may not be seen.
        """
        return await self.compute(
            lambda graph: self.registers.path(self._slug(graph, principal, organisation), principal)
        )

    async def run_on_register(self, path: Path, command: Callable[[str], list[str]]) -> Any:  # noqa: ANN401
        """Run a command where a register is kept, in a process of its own; file names in its answer are the register's.

        Args:
            path: the folder or workbook.
            command: gives the command, from what the register is called there.

        Raises:
            AimsgraphError: what the command says; the deadline passed; too many checks wait.
        """
        if path.is_dir():
            return await self._run(path.absolute(), command("."))
        return await self._run(path.absolute().parent, command(f"./{path.name}"))

    async def run_on_files(self, files: Mapping[str, str], command: Callable[[str], list[str]]) -> Any:  # noqa: ANN401
        """Run a command over files somebody sends, as `run_on_register`; nothing of them is kept.

        Raises:
            AimsgraphError: as `run_on_register`; a name is unsafe, or the files are too many or too large.
        """
        with tempfile.TemporaryDirectory(prefix="aimsgraph-", ignore_cleanup_errors=True) as folder:
            data = {name: text.encode() for name, text in files.items()}
            await asyncio.to_thread(write_files, data, Path(folder))
            return await self._run(Path(folder), command("."))

    async def _run(self, folder: Path, arguments: list[str]) -> Any:  # noqa: ANN401
        if self._waiting >= WAITING:
            raise Busy("too many registers and texts are being checked", remedy="try again in a minute")
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            return await run_command(self.settings.program, arguments, folder, SECONDS)
        finally:
            self._free.release()

    def _slug(self, graph: AimsGraph, principal: Principal, organisation: str) -> str:
        """Return the organisation meant: the one named, or the only one there is."""
        slugs = [each["slug"] for each in self.registers.listed(graph, principal)["organisations"]]
        if organisation in slugs:
            return organisation
        if not organisation and len(slugs) == 1:
            return str(slugs[0])
        known = f"known: {', '.join(slugs)}" if slugs else NONE
        if organisation:
            raise NotFound(f"there is no organisation {organisation!r}", remedy=known)
        said = "there are several organisations" if slugs else "there is no organisation"
        raise NotFound(said, remedy=f"name one; {known}" if slugs else known)
