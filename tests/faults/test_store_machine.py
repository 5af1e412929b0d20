"""Random changes over HTTP against a model: sets of triples in Python."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from running import Server, running

Triple = tuple[str, str, str]
NAMES = ["urn:g1", "urn:g2", "urn:g3"]
graphs = st.sampled_from(["", *NAMES])  # "" is the graph without a name
named = st.sampled_from(NAMES)
terms = st.sampled_from(
    [
        "<urn:a>",
        "<urn:b>",
        '"x"',
        '"x"@en',
        '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"q\\"\\n\u00e9\U0001f4a3"',
    ]
)
triples = st.tuples(st.sampled_from(["<urn:a>", "<urn:b>"]), st.sampled_from(["<urn:p>", "<urn:q>"]), terms)
some = st.frozensets(triples, max_size=4)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = str(tmp_path_factory.mktemp("machine") / "store")
    with running("--writes", "--default-graph", "unnamed", program=("--store", store)) as started:
        yield started


def turtle(said: frozenset[Triple]) -> bytes:
    return "".join(f"{' '.join(triple)} .\n" for triple in sorted(said)).encode()


def block(graph: str, said: frozenset[Triple]) -> str:
    body = turtle(said).decode()
    return f"GRAPH <{graph}> {{ {body} }}" if graph else body


def target(graph: str) -> str:
    return f"GRAPH <{graph}>" if graph else "DEFAULT"


def where(graph: str) -> dict[str, str]:
    return {"graph": graph} if graph else {"default": ""}


class Store(RuleBasedStateMachine):
    """The model: what each graph holds; a graph that is there and empty is there."""

    client: httpx.Client

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, frozenset[Triple]] = {"": frozenset()}
        self.generation = ""
        self.seen: list[str] = []

    @initialize()
    def start_empty(self) -> None:
        answer = self.client.post("/update", data={"update": "DROP ALL"})
        assert answer.status_code == 204, answer.text
        self.generation = answer.headers["etag"]

    @rule(graph=graphs, said=some, condition=st.sampled_from(["none", "present", "stale", "any"]))
    def put(self, graph: str, said: frozenset[Triple], condition: str) -> None:
        headers = self._condition(condition)
        answer = self.client.put("/graphs", params=where(graph), content=turtle(said), headers=headers)
        if self._wrote(answer, expected=201 if graph and graph not in self.model else 204, condition=condition):
            self.model[graph] = said

    @rule(graph=graphs, said=some)
    def post(self, graph: str, said: frozenset[Triple]) -> None:
        answer = self.client.post(
            "/graphs", params=where(graph), content=turtle(said), headers={"Content-Type": "application/n-triples"}
        )
        self._wrote(answer, expected=201 if graph and graph not in self.model else 204)
        self.model[graph] = self.model.get(graph, frozenset()) | said

    @rule(graph=graphs, condition=st.sampled_from(["none", "present", "stale"]))
    def delete(self, graph: str, condition: str) -> None:
        answer = self.client.delete("/graphs", params=where(graph), headers=self._condition(condition))
        there = graph in self.model if graph else bool(self.model[""])
        if condition == "stale" or there:
            if self._wrote(answer, expected=204, condition=condition):
                self._drop(graph)
        else:
            assert answer.status_code == 404

    @rule(graph=graphs, said=some)
    def insert_data(self, graph: str, said: frozenset[Triple]) -> None:
        self._update(f"INSERT DATA {{ {block(graph, said)} }}")
        if said or not graph:
            self.model[graph] = self.model.get(graph, frozenset()) | said

    @rule(graph=graphs, said=some)
    def delete_data(self, graph: str, said: frozenset[Triple]) -> None:
        self._update(f"DELETE DATA {{ {block(graph, said)} }}")
        if graph in self.model:
            self.model[graph] -= said

    @rule(graph=graphs, silent=st.booleans())
    def clear(self, graph: str, silent: bool) -> None:
        fails = graph not in self.model and not silent
        self._update(f"CLEAR {'SILENT' if silent else ''} {target(graph)}", fails=fails)
        if graph in self.model:
            self.model[graph] = frozenset()

    @rule(source=graphs, to=graphs, how=st.sampled_from(["MOVE", "COPY", "ADD"]))
    def move(self, source: str, to: str, how: str) -> None:
        # A graph that is not there cannot be moved; to the engine a copy of it is a copy of nothing.
        fails = how == "MOVE" and source not in self.model and source != to
        self._update(f"{how} {target(source)} TO {target(to)}", fails=fails)
        if fails or source == to:
            return
        said = self.model.get(source, frozenset())
        if how != "ADD" and to in self.model:
            self._drop(to)
        if said:  # nothing makes no graph
            self.model[to] = self.model.get(to, frozenset()) | said
        if how == "MOVE":
            self._drop(source)

    @rule(source=graphs, to=named)
    def rename_predicate(self, source: str, to: str) -> None:
        inner = f"GRAPH <{source}> {{ ?s <urn:p> ?o }}" if source else "?s <urn:p> ?o"
        self._update(f"DELETE {{ {inner} }} INSERT {{ GRAPH <{to}> {{ ?s <urn:q> ?o }} }} WHERE {{ {inner} }}")
        moved = frozenset(triple for triple in self.model.get(source, frozenset()) if triple[1] == "<urn:p>")
        if moved:
            self.model[source] -= moved
            self.model[to] = self.model.get(to, frozenset()) | {(s, "<urn:q>", o) for s, _, o in moved}

    @rule(
        graph=named,
        said=some,
        how=st.sampled_from(["CREATE GRAPH <urn:g1>; CREATE GRAPH <urn:g1>", "CLEAR GRAPH <urn:x>", "}"]),
    )
    def fail(self, graph: str, said: frozenset[Triple], how: str) -> None:
        self._update(f"INSERT DATA {{ {block(graph, said)} }} ; {how}", fails=True)

    @invariant()
    def the_server_holds_what_the_model_holds(self) -> None:
        everything = "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
        answer = self.client.post(
            "/sparql", data={"query": everything}, headers={"Accept": "text/tab-separated-values"}
        )
        rows = [line.split("\t") for line in answer.text.splitlines()[1:]]
        found = sorted((g.strip("<>"), s, p, _long(o)) for g, s, p, o in rows)
        assert found == sorted((g, *triple) for g, said in self.model.items() for triple in said)
        names = self.client.post(
            "/sparql", data={"query": "SELECT ?g { GRAPH ?g { } }"}, headers={"Accept": "text/tab-separated-values"}
        )
        assert sorted(line.strip("<>") for line in names.text.splitlines()[1:]) == sorted(g for g in self.model if g)

    def _drop(self, graph: str) -> None:
        if graph:
            del self.model[graph]
        else:
            self.model[""] = frozenset()

    def _condition(self, which: str) -> dict[str, str]:
        stale = '"0-000000000000"'
        return {"none": {}, "any": {"If-Match": "*"}, "present": {"If-Match": f"{stale}, {self.generation}"}}.get(
            which, {"If-Match": stale}
        )

    def _update(self, text: str, *, fails: bool = False) -> None:
        answer = self.client.post("/update", data={"update": text})
        if fails:
            assert 400 <= answer.status_code < 500, (text, answer.text)
        else:
            self._wrote(answer, expected=204)

    def _wrote(self, answer: httpx.Response, *, expected: int, condition: str = "none") -> bool:
        if condition == "stale":
            assert answer.status_code == 412, answer.text
            return False
        assert answer.status_code == expected, (answer.status_code, answer.text)
        self.generation = answer.headers["etag"]
        assert self.generation not in self.seen
        self.seen.append(self.generation)
        return True


def _long(term: str) -> str:
    return f'"{term}"^^<http://www.w3.org/2001/XMLSchema#integer>' if term.isdigit() else term


@pytest.mark.parametrize("examples", [8, pytest.param(300, marks=pytest.mark.slow)])
def test_changes_over_http_are_what_sets_of_triples_would_do(examples: int, server: Server) -> None:
    with server.client() as client:

        class Machine(Store):
            pass

        Machine.client = client
        checks: Any = [HealthCheck.too_slow, HealthCheck.data_too_large]
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=10,
                deadline=None,
                suppress_health_check=checks,
                database=None,
            ),
        )
