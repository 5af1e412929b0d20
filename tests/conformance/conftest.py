"""One server for the suites of a run; without the suites, every test here is skipped and says why."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from endpoint import Endpoint
from w3c_suites import SUITES

from aimsgraph.graph.directory import open_directory
from running import running

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the suites when the setting does not say where they are."""
    if SUITES is None:
        skip = pytest.mark.skip(reason="W3C_SUITES does not name the folder of the W3C suites")
        for item in items:
            if item.path.parent == HERE and item.path.name != "test_scores.py":
                item.add_marker(skip)


@contextmanager
def started(store: Path) -> Iterator[Endpoint]:
    open_directory(store, write=True).close()
    with (
        running("--writes", "--default-graph", "unnamed", program=("--store", str(store))) as server,
        server.client() as client,
    ):
        yield Endpoint(client)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A server that every test fills as it needs."""
    with started(tmp_path_factory.mktemp("w3c") / "store") as made:
        yield made


@pytest.fixture(scope="session")
def second_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """Another one, for what is filled once."""
    with started(tmp_path_factory.mktemp("w3c") / "store") as made:
        yield made
