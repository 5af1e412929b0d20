"""Queries of death, each against a running server: refused, ended or answered, while everybody else is served."""

import threading
import time

import httpx
import pytest
from siege import ENDLESS, EX, TIMEOUT, Besieged, is_problem

LATE = (504, "deadline-exceeded")
REFUSED = (403, "refused")
SYNTAX = (400, "sparql-syntax")
TOO_MUCH = (413, "resources-exceeded")

DEEP = {
    "braces": "SELECT * " + "{" * 3000 + "}" * 3000,
    "braces-never-closed": "SELECT * " + "{" * 5000,
    "parentheses": "SELECT * { ?s ?p ?o FILTER(" + "(" * 8000 + "1" + ")" * 8000 + ") }",
    "brackets": "SELECT * { ?s ?p " + "[ ?p " * 5000 + "1" + "]" * 5000 + " }",
    "lists": "SELECT * { ?s ?p " + "(" * 8000 + ")" * 8000 + " }",
    "negations": "SELECT * { ?s ?p ?o FILTER(" + "!" * 200_000 + "true) }",
    "minuses": "SELECT * { ?s ?p ?o FILTER(" + "- " * 20_000 + "1) }",
    "path-tower": f"SELECT * {{ ?s {'(' * 4900}<{EX}p>{')*' * 4900} ?o }}",
    "alternatives": f"SELECT * {{ ?s {'|'.join(f'<{EX}p{i}>' for i in range(20_000))} ?o }}",
    "path-of-many-steps": f"SELECT * {{ ?s {'/'.join([f'<{EX}p>'] * 20_000)} ?o }}",
    "unions": "SELECT * { {} " + "UNION {} " * 5000 + "}",
    "optionals": "SELECT * { " + "OPTIONAL { ?a ?b ?c " * 3000 + "}" * 3000 + "}",
    "exists": "SELECT * { " + "FILTER EXISTS { " * 3000 + "}" * 3000 + "}",
    "subqueries": "SELECT * { " + "{ SELECT * { " * 2000 + "}}" * 2000 + "}",
    "quoted-triples": "SELECT * { " + "<< " * 3000 + "?s ?p ?o" + " >>" * 3000 + " ?p ?o }",
    "a-name-without-end": "ASK { ?s ?p a" + ".a" * 450_000 + " }",
    "a-million-characters": "SELECT * { VALUES ?x { " + "1 " * 480_000,
    "too-many-characters": "ASK {} #" + "x" * 1_000_001,
    "a-prologue-without-end": "PREFIX a: <urn:a> " * 50_000 + "ASK {}",
    "nul": "ASK {\x00}",
}

ENDLESS_QUERIES = {
    "count": f"SELECT (COUNT(*) AS ?n) {ENDLESS}",
    "order-by": f"SELECT * {ENDLESS} ORDER BY ?x ?y ?z",
    "distinct": f"SELECT DISTINCT ?x ?y ?z {ENDLESS}",
    "group-by": f"SELECT ?x (SUM(?y) AS ?n) {ENDLESS} GROUP BY ?x ?z ?w",
    "minus": "SELECT * { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z MINUS { ?a ?p ?y . ?b ?q ?z . ?c ?r ?w } }",
    "filter-that-never-holds": f"SELECT * {ENDLESS[:-1]} FILTER(?x + ?y + ?z + ?w < 0) }}",
    "exists": "ASK { ?a ?p ?x FILTER NOT EXISTS { ?b ?q ?y . ?c ?r ?z . ?d ?t ?w FILTER(?x + ?y + ?z + ?w < 0) } }",
    "regex": f"SELECT (COUNT(*) AS ?n) {ENDLESS[:-1]} FILTER(REGEX(STR(?x + ?y + ?z + ?w), '(1+)+$')) }}",
    "construct": f"CONSTRUCT {{ ?a ?p ?w }} {ENDLESS[:-1]} FILTER(?x + ?y + ?z + ?w < 0) }}",
}

DOUBLING = (
    'SELECT (STRLEN(?v30) AS ?n) { BIND("aaaaaaaaaaaaaaaa" AS ?v0) '
    + " ".join(f"BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(30))
    + " }"
)


def ask(besieged: Besieged, text: str, **more: str) -> httpx.Response:
    with besieged.server.client() as client:
        return client.post("/sparql", data={"query": text, **more}, headers={"Accept": "application/json"})


@pytest.mark.parametrize("name", DEEP)
def test_a_text_that_would_break_the_parser(name: str, besieged: Besieged) -> None:
    with besieged.attack(f"deep: {name}"):
        is_problem(ask(besieged, DEEP[name]), REFUSED, SYNTAX, LATE)


@pytest.mark.parametrize("name", ENDLESS_QUERIES)
def test_a_query_without_end_is_ended(name: str, besieged: Besieged) -> None:
    with besieged.attack(f"endless: {name}"):
        started = time.monotonic()
        try:
            answer = ask(besieged, ENDLESS_QUERIES[name], timeout="0.4")
        except httpx.RemoteProtocolError:
            pass  # more than a megabyte was there in time; the rest is missing, and so is the answer's end
        else:
            is_problem(answer, LATE, TOO_MUCH)
        assert time.monotonic() - started < 0.4 + 2


def test_a_streamed_answer_without_end_breaks_off_and_never_looks_whole(besieged: Besieged) -> None:
    with besieged.attack("endless: streamed"):
        started = time.monotonic()
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            ask(besieged, f"SELECT * {ENDLESS}", timeout="0.4")
        assert time.monotonic() - started < 0.7 + 3


def test_memory_that_doubles_ends_one_worker_and_nobody_else_notices(besieged: Besieged) -> None:
    with besieged.attack("memory"):
        is_problem(ask(besieged, DOUBLING), TOO_MUCH, LATE)


def test_a_prefix_as_long_as_the_query_ends_one_worker_at_most(besieged: Besieged) -> None:
    terms = " ".join(f"p:{i}" for i in range(40_000))
    with besieged.attack("memory: long prefix"):
        text = f"PREFIX p: <urn:{'x' * 500_000}> SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {terms} }} }}"
        is_problem(ask(besieged, text), TOO_MUCH, LATE)


def test_more_queries_without_end_than_workers(besieged: Besieged) -> None:
    answers: list[httpx.Response] = []

    def attack() -> None:
        answers.append(ask(besieged, ENDLESS_QUERIES["count"], timeout="1"))

    with besieged.attack("endless: many"):
        threads = [threading.Thread(target=attack) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == 12
    assert all(is_problem(answer, LATE) for answer in answers)


def test_who_takes_no_answer_keeps_no_worker(besieged: Besieged) -> None:
    with besieged.attack("slow readers"), besieged.server.client() as client:
        text = {"query": f"SELECT * {ENDLESS}", "timeout": "1"}
        with client.stream("POST", "/sparql", data=text) as one, client.stream("POST", "/sparql", data=text) as two:
            assert (one.status_code, two.status_code) == (200, 200)
            next(one.iter_raw(1000))
            time.sleep(1.5)
            # Both workers were busy with answers that nobody takes; their time is over.
            assert ask(besieged, "ASK {}").json()["boolean"] is True


SERVICES = {
    "plain": "SELECT * { SERVICE <CANARY> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <CANARY> { ?s ?p ?o } }",
    "small-letters": "SELECT * { service<CANARY>{ ?s ?p ?o } }",
    "exists": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <CANARY> { ?a ?b ?c } } }",
    "subquery": "SELECT * { { SELECT * { OPTIONAL { SERVICE <CANARY> { ?a ?b ?c } } } } }",
    "minus": "SELECT * { ?s ?p ?o MINUS { SERVICE <CANARY> { ?s ?p ?o } } }",
    "variable": "SELECT * { VALUES ?g { <CANARY> } SERVICE ?g { ?s ?p ?o } }",
    "prefix": "PREFIX x: <CANARY> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "joined": "PREFIX x: <CANARY> SELECT * { SERVICEx: { ?s ?p ?o } }",
    "escaped": "SELECT * { SERV\\u0049CE <CANARY> { ?s ?p ?o } }",
    "comment": "SELECT * { SERVICE # <urn:x> {\n <CANARY> { ?s ?p ?o } }",
    "construct": "CONSTRUCT { ?s ?p ?o } { SERVICE <CANARY> { ?s ?p ?o } }",
    "describe": "DESCRIBE ?s { SERVICE <CANARY> { ?s ?p ?o } }",
    "load-as-query": "LOAD <CANARY>",
}


@pytest.mark.parametrize("name", SERVICES)
def test_a_query_makes_the_server_call_nobody(name: str, besieged: Besieged) -> None:
    with besieged.attack(f"ssrf: {name}"):
        text = SERVICES[name].replace("CANARY", besieged.canary.url)
        is_problem(ask(besieged, text), REFUSED, SYNTAX)


def test_from_names_graphs_and_fetches_nothing(besieged: Besieged) -> None:
    file = besieged.canary.file.as_uri()
    with besieged.attack("ssrf: from"):
        for iri in (besieged.canary.url, file, "/etc/passwd"):
            for text in (
                f"SELECT * FROM <{iri}> {{ ?s ?p ?o }}",
                f"SELECT * FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
                f"SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}",
            ):
                answer = ask(besieged, text)
                assert answer.json()["results"]["bindings"] == []
            answer = ask(besieged, "SELECT * { ?s ?p ?o }", **{"default-graph-uri": f"file://{iri}"})
            assert answer.json()["results"]["bindings"] == []


UPDATES = {
    "load": "LOAD <CANARY>",
    "load-silent": "LOAD SILENT <CANARY> INTO GRAPH <urn:g>",
    "load-file": "LOAD <FILE>",
    "load-second": "CREATE SILENT GRAPH <urn:g> ; LOAD <CANARY>",
    "load-joined": "PREFIX x: <CANARY>LOADx:",
    "service-in-where": "INSERT { ?s ?p ?o } WHERE { SERVICE <CANARY> { ?s ?p ?o } }",
    "service-in-delete": "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER EXISTS { SERVICE <CANARY> { ?a ?b ?c } } }",
    "service-escaped": "INSERT { ?s ?p ?o } WHERE { SERV\\u0049CE <CANARY> { ?s ?p ?o } }",
}


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_makes_the_server_call_nobody_and_read_nothing(name: str, besieged: Besieged) -> None:
    text = UPDATES[name].replace("CANARY", besieged.canary.url).replace("FILE", besieged.canary.file.as_uri())
    with besieged.attack(f"ssrf: update: {name}"), besieged.server.client() as client:
        is_problem(client.post("/update", data={"update": text}), REFUSED, SYNTAX)


HOSTILE_UPDATES = {
    "deep": "INSERT { <urn:a> <urn:b> 1 } WHERE " + "{" * 3000 + "}" * 3000,
    "fails-at-its-end": f"INSERT {{ <urn:a> <urn:b> ?o }} WHERE {{ ?s ?p ?o }} ; CREATE GRAPH <{EX}g>",
    "memory": DOUBLING.replace("SELECT (STRLEN(?v30) AS ?n)", "INSERT { <urn:a> <urn:b> ?v30 } WHERE"),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name == "memory" else []) for name in HOSTILE_UPDATES]
)
def test_an_update_that_cannot_end_well_leaves_nothing(name: str, besieged: Besieged) -> None:
    with besieged.attack(f"update: {name}"), besieged.server.client() as client:
        is_problem(client.post("/update", data={"update": HOSTILE_UPDATES[name]}), TOO_MUCH, REFUSED, LATE)


def test_a_long_update_with_a_dataset_does_not_hold_up_the_others(besieged: Besieged) -> None:
    text = "DELETE { ?s ?p 1 } WHERE { VALUES ?s { " + "<urn:a> " * 250_000 + f"}} ?s ?p 2 }} ; CREATE GRAPH <{EX}g>"
    with besieged.attack("a long update"), besieged.server.client() as client:
        is_problem(client.post("/update", data={"update": text, "using-graph-uri": "urn:none"}), REFUSED)


def test_after_all_that_the_deadline_of_the_server_still_holds(besieged: Besieged) -> None:
    started = time.monotonic()
    is_problem(ask(besieged, ENDLESS_QUERIES["count"], timeout="1000"), LATE)
    assert TIMEOUT - 0.1 < time.monotonic() - started < TIMEOUT + 2
