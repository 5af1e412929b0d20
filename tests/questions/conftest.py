"""The stored questions, the graph without what was derived, and the same triples in rdflib."""

import pyoxigraph as ox
import pytest
import rdflib

from aimsgraph.api import AimsGraph
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.questions import Question
from aimsgraph.graph.rdflib_view import from_oxigraph
from aimsgraph.reasoning.rules import INFERRED


@pytest.fixture(scope="session")
def questions(graph: AimsGraph) -> dict[str, Question]:
    return {question.id: question for question in graph.questions()}


@pytest.fixture(scope="session")
def asserted_store(graph: AimsGraph) -> MemoryStore:
    """Only what the files say."""
    return MemoryStore(quad for quad in graph.store.quads() if quad.graph_name != INFERRED)


@pytest.fixture(scope="session")
def rdflib_graph(asserted_store: MemoryStore) -> rdflib.Graph:
    """The triples of all graphs in one rdflib graph held in memory, which is faster than the view of the store."""
    graph = rdflib.Graph(bind_namespaces="none")
    for quad in asserted_store.quads():
        assert isinstance(quad.predicate, ox.NamedNode)
        graph.add((from_oxigraph(quad.subject), from_oxigraph(quad.predicate), from_oxigraph(quad.object)))
    return graph
