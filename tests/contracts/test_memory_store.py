from store_contract import StoreContract, quad

from aimsgraph.graph.embedded import MemoryStore


class TestMemoryStore(StoreContract):
    def new_store(self, tmp_path):
        return MemoryStore()

    def read_only(self, store):
        return MemoryStore(store.quads(), read_only=True)

    def test_the_same_writes_give_the_same_generation(self):
        first, second = MemoryStore([quad("a", 1)]), MemoryStore([quad("a", 1)])
        assert first.generation == second.generation
        assert first.load([quad("b", 1)]) != second.load([quad("c", 1)])
