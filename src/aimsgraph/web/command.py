"""Runs a command of ours over a stranger's files: a process without network or writing, that a deadline ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from aimsgraph.errors import BackendError, DeadlineExceeded, ResourcesExceeded, UsageError
from aimsgraph.execution.errors import error_of
from aimsgraph.settings import MEMORY, PREFIX, Settings

MEMORY_BYTES = 2048 * 1024 * 1024
ANSWER_BYTES = 32 * 1024 * 1024
_ERROR_BYTES = 64 * 1024
_ANSWERED = (0, 1)
_log = logging.getLogger("aimsgraph.web")
_SAID = re.compile(
    r"^aimsgraph: (?:(?P<file>[^\n:]+):(?:(?P<line>\d+):)?(?:(?P<column>\d+):)? )?"
    r"(?P<message>.*?) \[(?P<code>[a-z-]+)\](?:\n  remedy: (?P<remedy>.*))?$",
    re.MULTILINE,
)


async def run_command(settings: Settings, arguments: list[str], folder: Path, seconds: float) -> Any:  # noqa: ANN401
    """Run a command that answers in JSON, and return its answer.

    Args:
        settings: the store it is to use.
        arguments: the command and what follows it; what a stranger chose must not begin with `-`.
        folder: where it runs.
        seconds: after so long it is ended, with all it started.

    Raises:
        AimsgraphError: what the command says went wrong; the deadline passed; the answer is too large.
    """
    if any("\0" in argument for argument in arguments):
        raise UsageError("a parameter holds a null character", remedy="leave it out")
    process = await asyncio.create_subprocess_exec(
        *_command(settings, arguments), cwd=folder, env=_environment(settings), start_new_session=True,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(seconds):
            output, said = await asyncio.gather(
                _read(process.stdout, ANSWER_BYTES), _read(process.stderr, _ERROR_BYTES)
            )
            code = await process.wait()
    except TimeoutError:
        raise DeadlineExceeded(f"no complete answer within {seconds:g} s", remedy="send less at a time") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    if code in _ANSWERED and output:
        return json.loads(output)
    _raise(said.decode(errors="replace"), code)


def _command(settings: Settings, arguments: list[str]) -> list[str]:
    network = ["--network"] if "://" in settings.store else []
    store = settings.store if settings.store == MEMORY or network else str(Path(settings.store).absolute())
    overlays = [f"--data={path.absolute()}" for path in settings.data]
    today = [f"--today={settings.today}"] if settings.today else []
    flags = [f"--store={store}", *overlays, *today, "--quiet"]
    return [sys.executable, "-m", "aimsgraph.cli.confined", *network, str(MEMORY_BYTES), *flags, *arguments]


def _environment(settings: Settings) -> dict[str, str]:
    """Return what the process needs of the environment: not the settings of this one, which are given as flags."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    if "://" in settings.store:
        named = ("store_update", "store_graphs", "store_user", "store_password", "store_token")
        kept |= {PREFIX + name.upper(): str(getattr(settings, name)) for name in named if getattr(settings, name)}
    return kept | {"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    found = bytearray()
    while piece := await stream.read(64 * 1024):
        found += piece
        if len(found) > most:
            raise ResourcesExceeded(f"the answer has more than {most:,} bytes", remedy="send less at a time")
    return bytes(found)


def _raise(said: str, code: int) -> NoReturn:
    """Raise what a command told on stderr."""
    found = _SAID.search(said)
    if found is None or found["code"] == "internal":
        if code < 0 or "MemoryError" in said:
            raise ResourcesExceeded("checking this needs more memory than it may have", remedy="send less at a time")
        _log.error("a confined command failed with %d: %s", code, said)
        raise BackendError("the check failed on what was sent", remedy="tell whoever runs this server")
    place = ":".join(part for part in (found["file"], found["line"], found["column"]) if part)
    message: dict[str, Any] = {
        "code": found["code"],
        "message": f"{place}: {found['message']}" if place else found["message"],
        "remedy": found["remedy"] or "",
    }
    if found["file"]:
        message["location"] = [found["file"], int(found["line"] or 0), int(found["column"] or 0)]
    error_of(json.dumps({"error": message}).encode())
    raise AssertionError("an error is always raised again")
