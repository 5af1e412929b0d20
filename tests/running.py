"""Runs `aimsgraph serve` as a user does: a process of its own, on a free port of this machine, ended by its own id."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

STARTS_WITHIN = 90.0


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    pid: int
    log: Path

    def client(self, key: str = "", **headers: str) -> httpx.Client:
        """Return a client that shows a key."""
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def said(self) -> str:
        """Return what the server wrote to its standard error stream."""
        return self.log.read_text(encoding="utf-8")


@contextmanager
def running(
    *serve: str, program: tuple[str, ...] = ("--today", "2026-11-23"), command: str = "serve"
) -> Iterator[Server]:
    """Start a server with these options and stop it afterwards.

    Args:
        serve: options after the command.
        program: options before it.
        command: the command that serves.
    """
    command_line = [sys.executable, "-m", "aimsgraph", *program, command, "--port", "0", *serve]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AIMSGRAPH_")} | {"PYTHONUNBUFFERED": "1"}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "stderr"
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                command_line, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr, env=environment
            )
        try:
            yield Server(_address(process, log), process.pid, log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends:
        said = log.read_text(encoding="utf-8")
        if found := re.search(r"listening on (http://\S+)", said):
            return found[1]
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}: {said}")
        time.sleep(0.05)
    raise AssertionError(f"the server did not start: {log.read_text(encoding='utf-8')}")
