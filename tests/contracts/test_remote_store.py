"""The Store contract on real servers, with what each does otherwise, and why."""

import pyoxigraph as ox
import pytest
from sparql_servers import FUSEKI_JAR, fuseki, oxigraph
from store_contract import EX, MANY, ONE, OTHER, TWO, StoreContract, content, ex, quad, values

from aimsgraph.errors import BackendError, DeadlineExceeded, NotFound, QuerySyntaxError, Refused, UsageError
from aimsgraph.graph import remote_state as states
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.query_text import QueryForm
from aimsgraph.graph.remote import open_remote
from aimsgraph.graph.remote_address import Address
from aimsgraph.graph.remote_mark import UNMARK
from aimsgraph.graph.remote_state import MARKS, OWN
from aimsgraph.graph.remote_write import send_update
from aimsgraph.graph.store import Deadline
from running import running


class RemoteContract(StoreContract):
    """What holds for every server beyond the port; a subclass sets `address`."""

    address: Address

    def new_store(self, tmp_path):
        store = open_remote(self.address, write=True)
        store.update("DROP ALL")
        return store

    def read_only(self, store):
        return open_remote(store.address)

    # Where the port promises more than a server can be made to keep

    def test_a_late_update_says_that_the_server_may_still_carry_it_out(self, store):
        store.load(MANY)
        slow = f"INSERT {{ GRAPH <{OTHER.value}> {{ ?a ?p ?y }} }} WHERE {{ GRAPH ?g {{ ?a ?p ?x . ?b ?p ?y }} }}"
        with pytest.raises(DeadlineExceeded) as caught:
            store.update(slow, deadline=Deadline(0.001))
        assert "may still carry it out" in caught.value.remedy

    def test_a_quad_of_the_unnamed_graph_is_refused(self, store):
        with pytest.raises(Refused, match="named graphs only"):
            store.load([ox.Quad(ex("a"), ex("p"), ex("b"))])

    def test_a_blank_node_cannot_be_asked_for(self, store):
        with pytest.raises(UsageError, match="blank node"):
            store.quads(subject=ox.BlankNode("b0"))

    def test_blank_nodes_of_two_answers_are_never_taken_for_one(self, filled):
        filled.load([ox.Quad(ox.BlankNode(), ex("p"), ex("x"), OTHER)])
        first, second = ({str(q.subject) for q in filled.quads(graph=OTHER)} for _ in range(2))
        assert first.isdisjoint(second)

    # The mark of our writes

    def test_no_answer_shows_the_mark(self, filled):
        assert not any(str(name).startswith(f"<{OWN}") for name in filled.graphs())
        assert not any(str(found.graph_name).startswith(f"<{OWN}") for found in filled.quads())
        assert not filled.query(f"ASK {{ {MARKS[0]} ?p ?o }}")
        assert not filled.query(f"ASK {{ GRAPH {MARKS[0]} {{ ?s ?p ?o }} }}")
        assert list(filled.quads(graph=MARKS[0])) == []

    def test_no_update_sees_the_mark(self, filled):
        filled.update(f"INSERT {{ GRAPH <{OTHER.value}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}")
        assert len(list(filled.quads(graph=OTHER))) == 3

    def test_updates_that_end_in_any_way_are_marked(self, store):
        seen = {store.generation}
        insert = f"INSERT DATA {{ GRAPH <{ONE.value}> {{ <{EX}s> <{EX}p> 1 }} }}"
        for text in ("", insert, f"{insert} ;", f"{insert} # done", f"PREFIX ex: <{EX}>\n{insert};\n# done\n"):
            seen.add(store.update(text))
        assert len(seen) == 6

    def test_another_writer_is_seen_after_refresh(self, filled):
        with self.read_only(filled) as reader:
            before = reader.generation
            filled.update(f"DELETE DATA {{ GRAPH <{TWO.value}> {{ <{EX}c> <{EX}p> 3 }} }}")
            filled.update(f"INSERT DATA {{ GRAPH <{TWO.value}> {{ <{EX}c> <{EX}p> 4 }} }}")
            assert reader.generation == before
            assert reader.refresh()
            assert reader.generation == filled.generation != before
            assert not reader.refresh()

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("INSERT DATA { GRAPH ex:g { ex:s ex:p 1 } }", 1),
            (f"PREFIX ex: <{EX}> INSERT DATA {{ GRAPH ex:g {{ ex:s ex:p }} }}", 1),
            (f"PREFIX ex: <{EX}>\n\nINSERT DATA {{ GRAPH ex:g {{ ex:s ex:p 1 }} }};\n\nINSERT DATA {{ ex:s }}", 5),
            (f"PREFIX ex: {EX}\nINSERT DATA {{ ex:s ex:p 1 }}", 1),
        ],
    )
    def test_a_syntax_error_in_an_update_stands_where_the_text_has_it(self, store, text, line):
        with pytest.raises(QuerySyntaxError) as local:
            MemoryStore().update(text)
        with pytest.raises(QuerySyntaxError) as remote:
            store.update(text)
        assert remote.value.location.line == local.value.location.line == line

    # Writes larger than a request

    @pytest.mark.parametrize("replace", [True, False])
    def test_a_write_larger_than_a_request_is_put_together(self, tmp_path, replace):
        node = ox.BlankNode()
        many = [quad(f"n{number}", number) for number in range(300)] + [quad("t", 1, TWO)]
        tied = [ox.Quad(ex("tie"), ex("p"), node, ONE), ox.Quad(node, ex("p"), ox.Literal("end"), ONE)]
        with self.new_store(tmp_path) as store:
            store.load([quad("before", 1)])
            store._most_bytes = 2_000
            if replace:
                store.replace_graphs({ONE: [*many[:-1], *tied], TWO: many[-1:]})
            else:
                store.load([*many, *tied])
            assert len(list(store.quads(graph=ONE))) == 302 + (not replace)
            assert list(store.quads(graph=TWO)) == many[-1:]
            assert values(store.query(f"SELECT ?o {{ <{EX}tie> ?p ?b . ?b ?p ?o }}")) == ["end"]
            assert self.everything_staged(store) == 0

    def test_a_large_write_that_fails_leaves_nothing(self, filled):
        before, generation = content(filled), filled.generation
        blank = [ox.Quad(ox.BlankNode(), ex("p"), ox.Literal(number), ONE) for number in range(300)]
        filled._most_bytes = 2_000
        with pytest.raises(Refused, match="blank nodes"):
            filled.load([*MANY, *blank])
        assert (content(filled), filled.generation) == (before, generation)
        assert self.everything_staged(filled) == 0

    def everything_staged(self, store):
        text = f'SELECT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{OWN}staging")) }}'
        reply = states.ask(store._connection, text, QueryForm.SELECT, deadline=Deadline.never())
        return len(list(reply.rows))


class TestOxigraph(RemoteContract):
    """Oxigraph counts a triple once for each graph of the default graph; those queries are answered here."""

    @pytest.fixture(autouse=True)
    def server(self):
        with oxigraph() as url:
            self.address = Address.of(url)
            yield

    def test_only_an_overlap_is_merged_here(self, store):
        store.load([quad("a", 1), quad("b", 2, TWO)])
        assert values(store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == ["2"]
        assert store._known._merged is None
        store.load([quad("a", 1, TWO)])
        assert values(store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == ["2"]
        assert store._known._merged is not None

    def test_an_overlap_too_large_to_merge_here_is_an_error(self, filled, monkeypatch):
        monkeypatch.setattr("aimsgraph.graph.remote_union.MOST_MERGED_HERE", 3)
        with pytest.raises(BackendError, match="counts a triple once for each graph"):
            filled.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")

    def test_a_store_that_others_filled_counts_right_too(self, filled):
        send_update(filled._connection, UNMARK, Deadline.never())
        filled.refresh()
        assert not filled._known.state.marked
        assert values(filled.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == ["3"]


@pytest.mark.slow
class TestOxigraphWithGraphStore(TestOxigraph):
    """Large writes travel by the Graph Store Protocol."""

    @pytest.fixture(autouse=True)
    def server(self):
        with oxigraph() as url:
            self.address = Address.of(url, graphs=f"{url}/store")
            yield


@pytest.mark.slow
class TestOxigraphWithUnion(TestOxigraph):
    """`--union-default-graph` makes Oxigraph ignore FROM in a text; graphs named beside the text it heeds."""

    @pytest.fixture(autouse=True)
    def server(self):
        with oxigraph("--union-default-graph") as url:
            self.address = Address.of(url)
            yield

    def test_from_replaces_the_union(self, filled):
        with pytest.raises(BackendError, match="does not heed which graphs"):
            filled.query(f"SELECT ?o FROM <{TWO.value}> {{ ?s ?p ?o }}")

    def test_from_of_a_graph_that_is_not_there_is_an_empty_graph(self, filled):
        with pytest.raises(BackendError, match="does not heed which graphs"):
            filled.query(f"SELECT ?o FROM NAMED <{TWO.value}> {{ ?s ?p ?o }}")

    def test_a_triple_in_two_graphs_counts_once(self, filled):
        assert values(filled.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(isNumeric(?o)) }")) == ["2"]
        with pytest.raises(BackendError, match="does not heed which graphs"):
            filled.query(f"SELECT (COUNT(*) AS ?n) FROM <{ONE.value}> FROM <{TWO.value}> {{ ?s ?p ?o }}")


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    with running("--writes", program=("--store", str(tmp_path_factory.mktemp("own") / "store"))) as server:
        yield server.url


@pytest.mark.slow
class TestOwnServer(RemoteContract):
    """Our own server, which merges graphs as SPARQL says."""

    @pytest.fixture(autouse=True)
    def server(self, own):
        self.address = Address.of(f"{own}/sparql", update=f"{own}/update")

    def test_graphs_are_merged_there(self, filled):
        assert values(filled.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == ["3"]
        assert filled._known._merged is None


FUSEKI = pytest.mark.skipif(not FUSEKI_JAR, reason="FUSEKI_JAR names no jar of Apache Jena Fuseki")


@pytest.fixture(scope="module")
def jena(tmp_path_factory):
    with fuseki(tmp_path_factory.mktemp("fuseki")) as url:
        yield url


@FUSEKI
class TestFuseki(RemoteContract):
    """Fuseki merges graphs as SPARQL says; its store in memory knows no empty graphs."""

    @pytest.fixture(autouse=True)
    def server(self, jena):
        self.address = Address.of(jena)

    def test_an_update_that_fails_half_way_changes_nothing(self, filled):
        """CREATE and DROP always succeed where empty graphs are not recorded (SPARQL 1.1 Update, 3.2); CLEAR fails."""
        before, generation = content(filled), filled.generation
        insert = f"INSERT DATA {{ GRAPH <{OTHER.value}> {{ <{EX}new> <{EX}p> 5 }} }}"
        with pytest.raises(NotFound, match="No such graph"):
            filled.update(f"{insert} ; CLEAR GRAPH <{EX}g/none>")
        assert (content(filled), filled.generation) == (before, generation)
        assert OTHER not in filled.graphs()

    def test_graphs_are_merged_there(self, filled):
        assert values(filled.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == ["3"]
        assert filled._known._merged is None


@FUSEKI
class TestFusekiWithGraphStore(TestFuseki):
    """Large writes travel by the Graph Store Protocol."""

    @pytest.fixture(autouse=True)
    def server(self, jena):
        self.address = Address.of(jena, graphs=f"{jena}/data")
