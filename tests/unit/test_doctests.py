"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import aimsgraph
import aimsgraph.domain
import aimsgraph.norms

WITH_EXAMPLES = {
    "aimsgraph",
    "aimsgraph.api",
    "aimsgraph.domain.citations",
    "aimsgraph.domain.conditions",
    "aimsgraph.domain.identifiers",
    "aimsgraph.domain.time",
}
MODULES = sorted(
    {"aimsgraph", "aimsgraph.api"}
    | {
        found.name
        for package in (aimsgraph.domain, aimsgraph.norms)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    }
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, graph, monkeypatch):
    """`open_graph` gives the graph that is loaded already; its own loading is tested elsewhere."""
    monkeypatch.setattr("aimsgraph.api.open_graph", lambda **_: graph)
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, extraglobs={"graph": graph}):
        runner.run(test)
    assert runner.failures == 0
    assert (runner.tries > 0) >= (name in WITH_EXAMPLES)
