"""One real server for all tests that only read: the catalogue and the example organisation, on a fixed day."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from aimsgraph.api import AimsGraph
from aimsgraph.app import open_store
from aimsgraph.cli import session
from aimsgraph.cli.main import run
from aimsgraph.settings import MEMORY
from running import Server, running

TODAY = "2026-11-23"
ACME = "data/examples/acme"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running("--org", ACME) as started:
        yield started


@pytest.fixture(scope="session")
def http(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.fixture
def cli_json(
    graph: AimsGraph, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """Return a function that runs a command here, on the graph that is loaded, and gives its JSON."""
    monkeypatch.setattr(session, "open_store", lambda s, **o: graph if s.store == MEMORY else open_store(s, **o))
    monkeypatch.setattr(session, "AimsGraph", lambda opened, _settings: opened)

    def ask(*arguments: str) -> Any:
        capsys.readouterr()
        assert run(["--today", TODAY, "--quiet", *arguments, "--format", "json"]) in (0, 1)
        return json.loads(capsys.readouterr().out)

    return ask
