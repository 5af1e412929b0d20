import pyoxigraph as ox
import pytest
from store_contract import StoreContract, quad

from aimsgraph.errors import InputError, Refused
from aimsgraph.graph.embedded import MemoryStore

GRAPH = ox.NamedNode("http://g.example/")
TURTLE = ox.RdfFormat.TURTLE


class TestMemoryStore(StoreContract):
    def new_store(self, tmp_path):
        return MemoryStore()

    def read_only(self, store):
        return MemoryStore(store.quads(), read_only=True)

    def test_the_same_writes_give_the_same_generation(self):
        first, second = MemoryStore([quad("a", 1)]), MemoryStore([quad("a", 1)])
        assert first.generation == second.generation
        assert first.load([quad("b", 1)]) != second.load([quad("c", 1)])

    def test_a_text_is_added_to_a_graph(self):
        store = MemoryStore([quad("a", 1)])
        before = store.generation
        assert store.load_text(b"<http://s.example/> <http://p.example/> 1 .", TURTLE, GRAPH, file="f.ttl") != before
        (added,) = store.quads(graph=GRAPH)
        assert (added.subject.value, added.object.value) == ("http://s.example/", "1")
        assert len(list(store.quads())) == 2

    def test_a_text_that_is_no_rdf_adds_nothing(self):
        store = MemoryStore()
        before = store.generation
        with pytest.raises(InputError, match="not readable as Turtle") as caught:
            store.load_text(
                b"<http://s.example/> a <http://c.example/> .\n<http://s.example/> a", TURTLE, GRAPH, file="f"
            )
        assert str(caught.value.location).startswith("f:2:")
        assert (list(store.quads()), store.generation) == ([], before)

    def test_a_text_is_not_added_to_a_store_that_is_only_read(self):
        with pytest.raises(Refused, match="read-only"):
            MemoryStore(read_only=True).load_text(b"", TURTLE, GRAPH, file="f.ttl")
