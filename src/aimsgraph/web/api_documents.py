"""`/v1/validate` and `/v1/cite`: what somebody sends, judged; nothing of it is kept."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from aimsgraph import answers
from aimsgraph.client import models
from aimsgraph.errors import AimsgraphError, Busy
from aimsgraph.web.api_body import JSON, body_of, parse_json, unsupported
from aimsgraph.web.api_parameters import Dated, Text
from aimsgraph.web.api_reply import reply_to_post, write_json
from aimsgraph.web.auth import Scope, authorise
from aimsgraph.web.command import run_command
from aimsgraph.web.requests import media_type, read_body, text_of
from aimsgraph.web.service import Service
from aimsgraph.web.upload import unpack_zip, write_files

ZIP = "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXTS = {"text/plain": "txt", "text/markdown": "md", "text/html": "html"}
TEXT_BYTES = 1024 * 1024
SHORT_BYTES = 32 * 1024
"""Texts of at most so many bytes are read here; checking them takes well under a second."""
SECONDS = 120.0
QUEUE = 8
_REGISTER, _WORKBOOK, _TEXT = "register", "register.xlsx", "text"
_BINARY = {"type": "string", "format": "binary"}
_FORMATS = frozenset({"txt", "md", "markdown", "html", "htm", "csv", "tsv", "json", "yaml", "yml"})
Json = dict[str, Any]


class ValidateAsked(Dated):
    """How to judge a register."""

    profiles: list[Text] = Field([], description="Audits to put it through.", max_length=20, examples=[["soa"]])


class RegisterSent(ValidateAsked):
    """A register as files by name."""

    files: dict[str, str] = Field(
        description="The text of each file, by its name in the folder.",
        examples=[{"organisation.yaml": "slug: example\n"}],
    )


class CiteAsked(Dated):
    """How to read a text."""

    name: str = Field("", description="What findings call the text.", max_length=200, pattern=r"^[^\x00-\x1f/\\]*$")
    framework: str = Field("", description="The framework to assume where the text names none.", max_length=300)


class TextSent(CiteAsked):
    """A text."""

    text: str = Field(description="The text.", examples=["Article 6(2) of the AI Act"])


class _Places:
    """Lets so many commands run at a time, and a few more wait."""

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._waiting = 0

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[Path]:
        """Wait for a place and give a folder of its own, which goes afterwards.

        Raises:
            Busy: too many wait already.
        """
        if self._waiting >= QUEUE:
            raise Busy("too many registers and texts are being checked", remedy="try again in a minute")
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            with tempfile.TemporaryDirectory(prefix="aimsgraph-", ignore_cleanup_errors=True) as folder:
                yield Path(folder)
        finally:
            self._free.release()


def routes(service: Service) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1", tags=["Checks"])
    places = _Places(service.settings.workers)

    @router.post(
        "/validate", operation_id="validate", response_model=models.Report,
        summary="Judge a register by its rules and by the shapes that ship; nothing of it is kept",
        openapi_extra=body_of(RegisterSent, **{ZIP: _BINARY, XLSX: _BINARY}),
    )  # fmt: skip
    async def validate(request: Request, asked: Annotated[ValidateAsked, Query()]) -> Response:
        await authorise(service, request, Scope.VALIDATE)
        kind = media_type(request)
        if kind not in (JSON, ZIP, XLSX):
            raise unsupported(kind, JSON, ZIP, XLSX)
        body = await read_body(request, service.settings.body_bytes)
        async with places.one() as folder:
            how = await asyncio.to_thread(_lay_out, kind, body, folder, asked)
            return Response(write_json(await _validate(service, folder, how)), media_type=JSON)

    @router.post(
        "/cite", operation_id="cite", response_model=models.Cited, summary="Find and check the citations in a text",
        openapi_extra=body_of(TextSent, **{name: {"type": "string"} for name in TEXTS}),
    )  # fmt: skip
    async def cite(request: Request, asked: Annotated[CiteAsked, Query()]) -> Response:
        await authorise(service, request, Scope.VALIDATE)
        kind = media_type(request)
        if kind != JSON and kind not in TEXTS:
            raise unsupported(kind, JSON, *TEXTS)
        body = await read_body(request, TEXT_BYTES)
        if kind == JSON:
            sent = parse_json(body, TextSent)
            said = sent.model_dump(exclude_unset=True, exclude={"text"})
            text, how = sent.text, asked.model_copy(update=said)
        else:
            text, how = text_of(body), asked
        name = how.name or f"text.{TEXTS.get(kind, 'md')}"
        ending = name.rpartition(".")[2].lower()
        format_ = ending if ending in _FORMATS else TEXTS.get(kind, "md")
        data = text.encode()
        if len(data) <= SHORT_BYTES:
            return await reply_to_post(
                service,
                lambda graph: answers.cite_text(
                    graph, data, format_, name, framework=how.framework, on=how.on, law_as_of=how.law_as_of
                ),
            )
        async with places.one() as folder:
            return Response(write_json(await _cite(service, folder, data, format_, name, how)), media_type=JSON)

    return router


def _lay_out(kind: str, body: bytes, folder: Path, asked: ValidateAsked) -> ValidateAsked:
    """Put a register into a folder; return how it is to be judged."""
    if kind == XLSX:
        (folder / _WORKBOOK).write_bytes(body)
        return asked
    target = folder / _REGISTER
    target.mkdir()
    if kind == ZIP:
        unpack_zip(body, target)
        return asked
    sent = parse_json(body, RegisterSent)
    write_files({name: text.encode() for name, text in sent.files.items()}, target)
    said = sent.model_dump(exclude_unset=True, exclude={"files"})
    return asked.model_copy(update=said)


async def _validate(service: Service, folder: Path, how: ValidateAsked) -> Json:
    path = _WORKBOOK if (folder / _WORKBOOK).exists() else _REGISTER
    arguments = ["validate", path, "--format=json", *_days(how), *(f"--profile={name}" for name in how.profiles)]
    try:
        report: Json = await run_command(service.settings.program, arguments, folder, SECONDS)
    except AimsgraphError as error:
        error.message = error.message.removeprefix(f"{_REGISTER}/")
        raise
    # The names are those that were sent, not where they were put for a moment.
    for finding in (*report["findings"], *report["waived"]):
        finding["file"] = finding["file"].removeprefix(f"{_REGISTER}/")
    return report


async def _cite(service: Service, folder: Path, data: bytes, format_: str, name: str, how: CiteAsked) -> Json:
    file = f"{_TEXT}.{format_}"
    (folder / file).write_bytes(data)
    framework = [f"--framework={how.framework}"] if how.framework else []
    arguments = ["cite", file, "--format=json", *_days(how), *framework]
    answer: Json = await run_command(service.settings.program, arguments, folder, SECONDS)
    for finding in answer["findings"]:
        finding["file"] = name
    answer["notes"] = [note.replace(file, name, 1) for note in answer["notes"]]
    return answer


def _days(how: Dated) -> list[str]:
    given = {"--on": how.on, "--law-as-of": how.law_as_of}
    return [f"{flag}={day}" for flag, day in given.items() if day is not None]
