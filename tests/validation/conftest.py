"""Runs `aimsgraph validate` in this process on the one loaded graph; equal facts are judged once in a run."""

import copy
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from aimsgraph.cli import session
from aimsgraph.cli.main import run
from aimsgraph.validation.pyshacl_engine import PyShaclEngine
from aimsgraph.validation.shapes import load_shapes

TODAY = "2026-11-23"
HERE = Path(__file__).parent
_JUDGED = {}
_JUDGE = PyShaclEngine.validate_all


@dataclass
class Result:
    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def library():
    return load_shapes()


@pytest.fixture
def remembered(monkeypatch):
    """Let the engine judge equal facts by equal shapes only once in the whole run."""

    def validate_all(engine, jobs, deadline=None):
        reports = []
        for job in jobs:
            key = (frozenset(map(str, job.quads)), job.shapes.turtle)
            if key not in _JUDGED:
                _JUDGED[key] = _JUDGE(engine, [job], deadline)[0]
            reports.append(_JUDGED[key])
        return reports

    monkeypatch.setattr(PyShaclEngine, "validate_all", validate_all)


@pytest.fixture
def validate(graph, monkeypatch, capsys, remembered):
    """Return a function that runs the command in this folder and gives its exit code, stdout and stderr."""
    for name in [name for name in os.environ if name.startswith("AIMSGRAPH_")]:
        monkeypatch.delenv(name)

    def graph_of(_opened, settings):
        shared = copy.copy(graph)
        shared.settings = settings
        return shared

    monkeypatch.setattr(session, "open_store", lambda _settings, **_options: graph)
    monkeypatch.setattr(session, "AimsGraph", graph_of)
    monkeypatch.chdir(HERE)

    def run_command(*arguments, today=TODAY):
        capsys.readouterr()
        code = run(["--today", today, "validate", *map(str, arguments)])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run_command
