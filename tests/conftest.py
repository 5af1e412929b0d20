"""One loaded graph for the whole run; the day taken as today is fixed."""

import pytest
from hypothesis import settings

import aimsgraph
from aimsgraph.api import AimsGraph

TODAY = "2026-11-23"

settings.register_profile("aimsgraph", deadline=None, derandomize=True)
settings.load_profile("aimsgraph")


@pytest.fixture(scope="session")
def graph() -> AimsGraph:
    opened = aimsgraph.open_graph(today=TODAY)
    assert opened.store.graphs()  # derive what follows now, once for all
    return opened
