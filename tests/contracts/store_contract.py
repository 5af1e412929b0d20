"""What every store does, written once: a backend subclasses `StoreContract` and says how to make one."""

import threading
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from aimsgraph.errors import BackendError, DeadlineExceeded, NotFound, QuerySyntaxError, Refused
from aimsgraph.graph.store import Boolean, Deadline, Graph, Limits, Solutions, Store

EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
ONE, TWO, OTHER = (ox.NamedNode(EX + name) for name in ("g/one", "g/two", "g/other"))
P = ox.NamedNode(EX + "p")


def ex(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


def quad(subject: str, value: object, graph: ox.NamedNode = ONE) -> ox.Quad:
    return ox.Quad(ex(subject), P, value if isinstance(value, ox.NamedNode) else ox.Literal(value), graph)


def values(answer: object, column: int = 0) -> list[str]:
    assert isinstance(answer, Solutions)
    return sorted(row[column].value for row in answer)


def content(store: Store) -> set[str]:
    return {str(found) for found in store.quads()}


MANY = [quad(f"n{number}", number) for number in range(200)]
# Eight million rows: a few seconds of work for an engine, and none of them is let through.
LONG = "{ ?a ?p ?x . ?b ?p ?y . ?c ?p ?z FILTER(?x + ?y + ?z < 0) }"


class StoreContract:
    """Subclass it, name the class `Test…`, and define the two methods."""

    def new_store(self, tmp_path) -> Store:
        raise AssertionError("a backend says how to make an empty, writable store")

    def read_only(self, store: Store) -> Store:
        raise AssertionError("a backend says how to see the same content read-only")

    @pytest.fixture
    def store(self, tmp_path) -> Iterator[Store]:
        with self.new_store(tmp_path) as made:
            yield made

    @pytest.fixture
    def filled(self, store: Store) -> Store:
        store.load([quad("a", 1), quad("b", "two"), quad("c", 3, TWO), quad("a", 1, TWO)])
        return store

    # What a query sees

    def test_an_empty_store_answers(self, store):
        assert list(store.query("SELECT * { ?s ?p ?o }")) == []
        assert store.graphs() == ()
        assert not store.query("ASK { ?s ?p ?o }")

    def test_the_union_of_all_graphs_is_the_default_graph(self, filled):
        assert values(filled.query(f"SELECT ?o {{ ?s <{EX}p> ?o }}")) == ["1", "3", "two"]

    def test_from_replaces_the_union(self, filled):
        assert values(filled.query(f"SELECT ?o FROM <{TWO.value}> {{ ?s ?p ?o }}")) == ["1", "3"]
        joined = f"SELECT ?o FROM<{ONE.value}>FROM <{TWO.value}>{{ ?s ?p ?o }}"
        assert values(filled.query(joined)) == ["1", "3", "two"]
        prefixed = f"PREFIX x: <{EX}g/> SELECT ?o FROM x:two {{ ?s ?p ?o }}"
        assert values(filled.query(prefixed)) == ["1", "3"]

    def test_from_of_a_graph_that_is_not_there_is_an_empty_graph(self, filled):
        assert values(filled.query(f"SELECT ?o FROM <{EX}g/none> {{ ?s ?p ?o }}")) == []
        assert values(filled.query(f"SELECT ?o FROM NAMED <{TWO.value}> {{ ?s ?p ?o }}")) == []

    def test_a_triple_in_two_graphs_counts_once(self, filled):
        count = "SELECT (COUNT(*) AS ?n) (SUM(?o) AS ?sum) {} {{ ?s ?p ?o FILTER(isNumeric(?o)) }}"
        for dataset in ("", f"FROM <{ONE.value}> FROM <{TWO.value}>"):
            (row,) = filled.query(count.format(dataset))
            assert (row["n"].value, row["sum"].value) == ("2", "4")
        dataset = "FROM g:one FROM g:two FROM NAMED g:two"
        named = f"PREFIX g: <{EX}g/> SELECT ?g {dataset} {{ GRAPH ?g {{ ?s ?p 1 }} }}"
        assert values(filled.query(named)) == [TWO.value]
        filled.update(f"DELETE DATA {{ GRAPH <{TWO.value}> {{ <{EX}a> <{EX}p> 1 }} }}")
        assert values(filled.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == ["3"]

    def test_from_in_a_string_a_comment_or_a_variable_keeps_the_union(self, filled):
        text = f'SELECT ?from {{ ?from ?p ?o FILTER(?o != "FROM <{EX}>") }} # FROM <{EX}>'
        assert values(filled.query(text)) == [EX + "a", EX + "b", EX + "c"]

    def test_graph_names_a_graph(self, filled):
        answer = filled.query("SELECT ?g { GRAPH ?g { ?s ?p 1 } } ORDER BY ?g")
        assert [row["g"] for row in answer] == [ONE, TWO]

    def test_variables_keep_their_order_and_unbound_is_none(self, filled):
        answer = filled.query(f"SELECT ?z ?o {{ <{EX}b> ?p ?o OPTIONAL {{ ?o ?p ?z }} }}")
        assert isinstance(answer, Solutions)
        assert answer.variables == ("z", "o")
        (row,) = answer
        assert (row["z"], row["o"]) == (None, ox.Literal("two"))

    def test_ask_construct_and_describe_have_their_own_types(self, filled):
        assert filled.query(f"ASK {{ <{EX}a> ?p 1 }}") == Boolean(True)
        graph = filled.query(f"CONSTRUCT {{ ?o <{EX}of> ?s }} WHERE {{ ?s ?p ?o . FILTER(isNumeric(?o) && ?o > 1) }}")
        assert isinstance(graph, Graph)
        graph = filled.query(f"CONSTRUCT {{ <{EX}x> <{EX}of> ?s }} WHERE {{ ?s ?p 3 }}")
        assert list(graph) == [ox.Triple(ex("x"), ex("of"), ex("c"))]
        described = filled.query(f"DESCRIBE <{EX}b>")
        assert list(described) == [ox.Triple(ex("b"), P, ox.Literal("two"))]

    @pytest.mark.parametrize(
        "term",
        [
            ox.Literal("1.10"),
            ox.Literal(""),
            ox.Literal("tab\t, \"quotes\", 'more', back\\slash\nnew line \u00e9 \U0001f600"),
            ox.Literal("Gesetz", language="de"),
            ox.Literal("2027-12-02", datatype=ox.NamedNode(XSD + "date")),
            ox.Literal("P15D", datatype=ox.NamedNode(XSD + "duration")),
            ox.Literal(True),
            ox.NamedNode(EX + "art_6/par_2"),
        ],
    )
    def test_terms_come_back_as_they_went_in(self, store, term):
        store.replace_graph(ONE, [ox.Quad(ex("s"), P, ex("gone"), ONE)])
        store.replace_graph(ONE, [ox.Quad(ex("s"), P, term, ONE)])
        assert [row["o"] for row in store.query("SELECT ?o { ?s ?p ?o }")] == [term]
        assert [found.object for found in store.quads()] == [term]

    # Limits

    def test_a_row_limit_cuts_and_says_so(self, store):
        store.load(MANY)
        answer = store.query("SELECT * { ?s ?p ?o }", limits=Limits(rows=7))
        assert (len(list(answer)), answer.truncated) == (7, True)

    def test_an_answer_that_just_fits_is_not_truncated(self, store):
        store.load(MANY[:7])
        answer = store.query("SELECT * { ?s ?p ?o }", limits=Limits(rows=7))
        assert (len(list(answer)), answer.truncated) == (7, False)
        graph = store.query("CONSTRUCT WHERE { ?s ?p ?o }", limits=Limits(rows=3))
        assert (len(list(graph)), graph.truncated) == (3, True)

    def test_a_byte_limit_cuts_and_says_so(self, store):
        store.load(MANY)
        answer = store.query("SELECT ?s { ?s ?p ?o }", limits=Limits(bytes=100))
        assert 1 <= len(list(answer)) <= 10
        assert answer.truncated

    # Reading part of an answer

    def test_an_answer_can_be_closed_early_and_twice(self, store):
        store.load(MANY)
        for deadline in (None, Deadline(30)):
            answer = store.query("SELECT * { ?a ?p ?x . ?b ?p ?y . ?c ?p ?z }", deadline=deadline)
            next(iter(answer))
            answer.close()
            answer.close()
            assert list(answer) == []
        assert values(store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == ["200"]

    def test_an_answer_keeps_what_the_query_saw(self, store):
        store.load(MANY)
        for deadline in (None, Deadline(30)):
            answer = iter(store.query("SELECT ?s { ?s ?p ?o }", deadline=deadline))
            next(answer)
            store.replace_graph(ONE, [quad("only", 1)])
            assert len(list(answer)) == 199
            store.replace_graph(ONE, MANY)

    # Deadlines

    def test_a_query_within_its_deadline_answers_in_full(self, store):
        store.load(MANY)
        answer = store.query("SELECT ?s ?t { ?s ?p ?o . ?t ?p ?x }", deadline=Deadline(60))
        assert len(list(answer)) == 40_000

    @pytest.mark.parametrize("select", ["(COUNT(*) AS ?n)", "*"])
    def test_a_late_query_ends_with_deadline_exceeded_and_the_store_stays_usable(self, store, select):
        store.load(MANY)
        with pytest.raises(DeadlineExceeded) as caught:
            list(store.query(f"SELECT {select} {LONG}", deadline=Deadline(0.2)))
        assert "0.2 s" in caught.value.message
        assert values(store.query("SELECT ?s { ?s ?p 7 }", deadline=Deadline(30))) == [EX + "n7"]
        store.load([quad("later", 1)])

    def test_the_clock_of_a_deadline_is_the_callers(self, store):
        store.load(MANY)
        now = [0.0]
        answer = store.query("SELECT ?s { ?s ?p ?o }", deadline=Deadline(5, clock=lambda: now[0]))
        next(iter(answer))
        now[0] = 6.0
        with pytest.raises(DeadlineExceeded):
            next(iter(answer))
        assert list(answer) == []

    def test_a_late_update_changes_nothing(self, store):
        store.load(MANY)
        before, generation = content(store), store.generation
        with pytest.raises(DeadlineExceeded):
            store.update(f"INSERT {{ ?a ?p ?z }} WHERE {{ GRAPH ?g {LONG} }}", deadline=Deadline(0.2))
        assert content(store) == before
        store.update(f"DELETE WHERE {{ GRAPH <{ONE.value}> {{ <{EX}n1> ?p ?o }} }}", deadline=Deadline(60))
        assert len(content(store)) == 199
        assert store.generation != generation

    # Writing

    def test_an_update_returns_the_new_generation(self, filled):
        before = filled.generation
        after = filled.update(f"INSERT DATA {{ GRAPH <{ONE.value}> {{ <{EX}new> <{EX}p> 5 }} }}")
        assert after == filled.generation != before
        assert filled.query(f"ASK {{ <{EX}new> ?p 5 }}")

    def test_reading_leaves_the_generation(self, filled):
        before = filled.generation
        list(filled.query("SELECT * { ?s ?p ?o }"))
        list(filled.quads())
        assert filled.generation == before

    def test_every_kind_of_write_makes_a_new_generation(self, store):
        seen = {store.generation}
        seen.add(store.load([quad("a", 1)]))
        seen.add(store.replace_graph(TWO, [quad("b", 2)]))
        seen.add(store.update(f"DROP GRAPH <{TWO.value}>"))
        assert len(seen) == 4

    def test_an_update_that_fails_half_way_changes_nothing(self, filled):
        before, generation = content(filled), filled.generation
        insert = f"INSERT DATA {{ GRAPH <{OTHER.value}> {{ <{EX}new> <{EX}p> 5 }} }}"
        with pytest.raises(Refused, match="already exists"):
            filled.update(f"{insert} ; CREATE GRAPH <{ONE.value}>")
        with pytest.raises(NotFound, match="does not exist"):
            filled.update(f"{insert} ; DROP GRAPH <{EX}g/none>")
        assert (content(filled), filled.generation) == (before, generation)
        assert OTHER not in filled.graphs()

    def test_loading_what_fails_half_way_changes_nothing(self, filled):
        def broken() -> Iterator[ox.Quad]:
            yield quad("new", 1)
            raise KeyError("the source broke")

        before = content(filled)
        with pytest.raises(KeyError):
            filled.load(broken())
        with pytest.raises(KeyError):
            filled.replace_graph(ONE, broken())
        assert content(filled) == before

    def test_replacing_a_graph_leaves_the_others(self, filled):
        filled.replace_graph(ONE, [quad("x", 9, OTHER), quad("y", "z", OTHER)])
        assert {str(found.subject) for found in filled.quads(graph=ONE)} == {f"<{EX}x>", f"<{EX}y>"}
        assert len(list(filled.quads(graph=TWO))) == 2
        assert list(filled.quads(graph=OTHER)) == []

    def test_replacing_a_graph_by_nothing_empties_it(self, filled):
        filled.replace_graph(ONE, [])
        assert list(filled.quads(graph=ONE)) == []
        assert len(list(filled.quads())) == 2

    def test_blank_nodes_stay_connected(self, store):
        node = ox.BlankNode()
        for _ in range(2):
            store.replace_graph(ONE, [ox.Quad(ex("s"), P, node, ONE), ox.Quad(node, P, ox.Literal("in"), ONE)])
            assert values(store.query(f"SELECT ?o {{ <{EX}s> ?p ?b . ?b ?p ?o }}")) == ["in"]

    def test_readers_see_a_replaced_graph_whole(self, store):
        store.load([quad(f"old{number}", number) for number in range(50)])
        seen: set[frozenset[str]] = set()
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                answer = store.query("SELECT ?s { ?s ?p ?o }")
                seen.add(frozenset(row["s"].value[len(EX) :][:3] for row in answer))

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for turn in range(6):
            name = "new" if turn % 2 == 0 else "old"
            store.replace_graph(ONE, [quad(f"{name}{number}", number) for number in range(50)])
        done.set()
        for reader in readers:
            reader.join()
        assert seen <= {frozenset({"old"}), frozenset({"new"})}
        assert seen

    # Patterns and graphs

    def test_quads_match_a_pattern(self, filled):
        assert {str(found) for found in filled.quads(subject=ex("a"))} == {
            str(quad("a", 1)),
            str(quad("a", 1, TWO)),
        }
        assert list(filled.quads(object=ox.Literal("two"))) == [quad("b", "two")]
        assert list(filled.quads(ex("c"), P, ox.Literal(3), TWO)) == [quad("c", 3, TWO)]
        assert list(filled.quads(predicate=ex("q"))) == []
        assert list(filled.quads(graph=ox.DefaultGraph())) == []

    def test_graphs_are_sorted(self, filled):
        assert filled.graphs() == (ONE, TWO)

    # What is refused

    @pytest.mark.parametrize("text", ["SELECT", "SELECT * { ?s ?p }", "nonsense", "", "SELECT * { ?s ?p ?o } }"])
    def test_a_query_that_does_not_parse_says_where(self, store, text):
        with pytest.raises(QuerySyntaxError) as caught:
            store.query(text)
        assert caught.value.location is not None

    def test_an_update_is_no_query_and_a_query_no_update(self, store):
        with pytest.raises(QuerySyntaxError, match="an update, not a query"):
            store.query("DROP ALL")
        with pytest.raises(QuerySyntaxError, match="not an update"):
            store.update("SELECT * { ?s ?p ?o }")
        with pytest.raises(QuerySyntaxError):
            store.update("INSERT DATA { <http://a> }")

    def test_the_engine_never_asks_another_server(self, store):
        service = "{ SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
        with pytest.raises(Refused, match="SERVICE"):
            store.query(f"SELECT * {service}")
        with pytest.raises(Refused, match="SERVICE"):
            store.update(f"INSERT {{ ?s ?p ?o }} WHERE {service}")
        with pytest.raises(Refused, match="LOAD"):
            store.update("LOAD <http://127.0.0.1:9/>")

    def test_text_nested_too_deep_is_refused_before_it_is_parsed(self, store):
        with pytest.raises(Refused, match="nest"):
            store.query("SELECT * " + "{" * 5000 + "}" * 5000)

    def test_a_read_only_store_reads_and_refuses_every_write(self, filled):
        with self.read_only(filled) as reader:
            assert reader.read_only
            assert not filled.read_only
            assert values(reader.query("SELECT ?o { ?s ?p ?o }")) == ["1", "3", "two"]
            for write in (
                lambda: reader.update("DROP ALL"),
                lambda: reader.load([quad("x", 1)]),
                lambda: reader.replace_graph(ONE, []),
            ):
                with pytest.raises(Refused) as caught:
                    write()
                assert caught.value.remedy
            assert len(list(reader.quads())) == 4

    def test_a_closed_store_says_so_and_closes_twice(self, filled):
        filled.close()
        filled.close()
        for use in (
            lambda: filled.query("ASK {}"),
            lambda: list(filled.quads()),
            filled.graphs,
            lambda: filled.load([]),
            lambda: filled.update("DROP ALL"),
            lambda: filled.replace_graph(ONE, []),
        ):
            with pytest.raises(BackendError, match="closed"):
                use()
