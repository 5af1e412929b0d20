from store_contract import StoreContract

from aimsgraph.graph.directory import open_directory


class TestDirectoryStore(StoreContract):
    def new_store(self, tmp_path):
        return open_directory(tmp_path / "store", write=True)

    def read_only(self, store):
        return open_directory(store.path)
