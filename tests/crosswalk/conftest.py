"""Runs the command line in this process on the one loaded store."""

import pytest
from worlds import Command

from aimsgraph.api import AimsGraph
from aimsgraph.cli import session
from aimsgraph.cli.main import run


@pytest.fixture
def command(graph: AimsGraph, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs one command and gives its exit code and stdout."""
    monkeypatch.setattr(session, "open_store", lambda settings: graph._opened)
    monkeypatch.setattr(session, "AimsGraph", lambda opened, settings: graph)

    def run_here(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(["--quiet", "--today", "2026-11-23", *arguments])
        return code, capsys.readouterr().out

    return run_here
