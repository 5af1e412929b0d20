"""The stored questions, what each is asked of, the graph without what was derived, and the same triples in rdflib."""

from collections.abc import Callable
from functools import cache

import pyoxigraph as ox
import pytest
import rdflib
from earlier_register import ACME, write_earlier
from other_register import write_other

from aimsgraph.api import ORGANISATION, AimsGraph
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.questions import Question
from aimsgraph.graph.rdflib_view import from_oxigraph
from aimsgraph.reasoning.rules import INFERRED


@pytest.fixture(scope="session")
def questions(graph: AimsGraph) -> dict[str, Question]:
    return {question.id: question for question in graph.questions()}


@pytest.fixture(scope="session")
def acme(graph: AimsGraph, tmp_path_factory: pytest.TempPathFactory) -> AimsGraph:
    """The catalogue with the example register as of the day taken as today, 2026-11-23, and an earlier statement."""
    return graph.with_organisation(ACME, before=write_earlier(tmp_path_factory.mktemp("before") / "acme"))


@pytest.fixture(scope="session")
def on_day(graph: AimsGraph) -> Callable[[str], AimsGraph]:
    """Return what loads the example register as of another day, once a day; nothing is derived from it."""
    return cache(lambda day: graph.with_organisation(ACME, on=day))


@pytest.fixture(scope="session")
def other(graph: AimsGraph, tmp_path_factory: pytest.TempPathFactory) -> AimsGraph:
    """The example register with other words in some files, each change of which some answer has to show."""
    return graph.with_organisation(write_other(ACME, tmp_path_factory.mktemp("other") / "acme"))


@pytest.fixture(scope="session")
def graph_of(graph: AimsGraph, acme: AimsGraph) -> Callable[[Question], AimsGraph]:
    """What a question is asked of: the example register too, when it is about an organisation."""
    return lambda question: acme if question.scope == ORGANISATION else graph


@pytest.fixture(scope="session")
def asserted_store(acme: AimsGraph) -> MemoryStore:
    """What the files say and what is decided from them, without what the ontology derives.

    It holds the register for questions about the catalogue too: a register changes none of their answers.
    """
    return MemoryStore(quad for quad in acme.store.quads() if quad.graph_name != INFERRED)


@pytest.fixture(scope="session")
def rdflib_graph(asserted_store: MemoryStore) -> rdflib.Graph:
    """The triples of all graphs in one rdflib graph held in memory, which is faster than the view of the store."""
    graph = rdflib.Graph(bind_namespaces="none")
    for quad in asserted_store.quads():
        assert isinstance(quad.predicate, ox.NamedNode)
        graph.add((from_oxigraph(quad.subject), from_oxigraph(quad.predicate), from_oxigraph(quad.object)))
    return graph
