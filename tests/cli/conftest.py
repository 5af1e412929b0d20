"""Runs the command line in this process on the one loaded graph; other stores are opened for real."""

import copy
from dataclasses import dataclass

import pytest

from aimsgraph.api import AimsGraph
from aimsgraph.app import open_store
from aimsgraph.cli import session
from aimsgraph.cli.main import run
from aimsgraph.settings import MEMORY

TODAY = "2026-11-23"


@dataclass
class Result:
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith("AIMSGRAPH_"):
            monkeypatch.delenv(name)


@pytest.fixture
def cli(graph, monkeypatch, capsys):
    """Return a function that runs one command and gives its exit code, stdout and stderr."""

    def open_here(settings, **options):
        if settings.store == MEMORY and not settings.data:
            return graph
        return open_store(settings, **options)

    def graph_of(opened, settings):
        if opened is not graph:
            return AimsGraph(opened, settings)
        shared = copy.copy(graph)
        shared.settings = settings
        return shared

    monkeypatch.setattr(session, "open_store", open_here)
    monkeypatch.setattr(session, "AimsGraph", graph_of)

    def run_command(*arguments, today=TODAY):
        capsys.readouterr()
        code = run([*(("--today", today) if today else ()), *map(str, arguments)])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run_command


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory):
    """A store directory filled with the shipped content; copy it before writing to it."""
    from aimsgraph.app import fill_directory
    from aimsgraph.settings import Settings

    folder = tmp_path_factory.mktemp("stores") / "filled"
    fill_directory(Settings(store=str(folder)))
    return folder
