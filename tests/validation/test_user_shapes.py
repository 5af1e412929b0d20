"""Shapes of the user's own are judged like ours, and can do nothing else, whatever they say."""

import json
import os
import socket
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from aimsgraph import assets
from aimsgraph.cli.main import run
from aimsgraph.errors import BackendError, DeadlineExceeded, InputError, ResourcesExceeded, UsageError
from aimsgraph.execution.user_shapes import MOST_BYTES, UserShapes
from aimsgraph.graph.store import Deadline

ACME = str(assets.path("data", "examples", "acme"))
HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix aims: <https://w3id.org/aimsgraph/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <https://acme.example/rules#> .
"""
BY_HAND = """ex:ByHand a sh:NodeShape ; sh:targetClass aims:AISystem ; sh:severity sh:Warning ; sh:sparql [
  sh:message "no system may be called {?value}" ;
  sh:select '''SELECT $this ?value { $this <http://www.w3.org/2000/01/rdf-schema#label> ?v BIND(STR(?v) AS ?value)
    FILTER(STRLEN(?value) > 14) }''' ] .
"""
LONG_NAMES = """ex:SystemsSayWhatFor a sh:NodeShape ; sh:targetClass aims:AISystem ;
  sh:property [ sh:path rdfs:label ; sh:minLength 12 ; sh:message "its name does not say what it is for"@en ] .
"""
FACTS = '<http://e/a> <http://www.w3.org/2000/01/rdf-schema#label> "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" .'


@pytest.fixture
def written(tmp_path):
    def write(text, name="own.ttl"):
        path = tmp_path / name
        path.write_text(text if text.startswith("@prefix") else HEAD + text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def facts():
    import pyoxigraph as ox

    return [quad.triple for quad in ox.parse(FACTS.encode(), format=ox.RdfFormat.N_TRIPLES)]


@contextmanager
def canary():
    """A server that counts who connects."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.2)
        calls, done = [], threading.Event()

        def wait():
            while not done.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                calls.append(connection)
                connection.close()

        thread = threading.Thread(target=wait)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/", calls
        finally:
            done.set()
            thread.join()


def test_their_findings_stand_beside_ours_with_file_and_line(written, tmp_path, capsys):
    own = written(LONG_NAMES + "ex:Nobody a sh:NodeShape ; sh:targetClass ex:Nothing ; sh:nodeKind sh:IRI .\n")
    nested = written(BY_HAND, "more.ttl")
    report = tmp_path / "report.json"
    asked = [
        "validate",
        ACME,
        "--shapes",
        str(own),
        "--shapes",
        str(nested),
        "--format",
        "json",
        "--output",
        str(report),
    ]
    assert run(["--today", "2026-11-23", "--quiet", *asked]) == 1
    answer = json.loads(report.read_text("utf-8"))
    found = [each for each in answer["findings"] if each["rule"] == "SystemsSayWhatFor"]
    assert [(each["file"].rpartition("/")[2], each["severity"], each["message"]) for each in found] == [
        ("cv-ranker.yaml", "violation", "its name does not say what it is for")
    ]
    assert all(each["line"] > 1 and "own.ttl" in each["remedy"] for each in found)
    by_query = [each for each in answer["findings"] if each["rule"] == "ByHand"]
    assert by_query and {each["severity"] for each in by_query} == {"warning"}
    assert all(each["message"] == f"no system may be called {each['value']}" for each in by_query)
    assert answer["focus_counts"]["SystemsSayWhatFor"] == answer["focus_counts"]["ByHand"] >= 4
    assert answer["nothing_judged"]["Nobody"] == ""
    assert any(each["rule"] == "NOTHING_JUDGED" and "Nobody" in each["message"] for each in answer["findings"])
    assert answer["engines"]["ByHand"] == "compiled"
    shipped = [
        each for each in answer["findings"] if each["rule"] not in ("SystemsSayWhatFor", "ByHand", "NOTHING_JUDGED")
    ]
    assert run(["--today", "2026-11-23", "--quiet", "validate", ACME, "--format", "json", "--output", str(report)]) == 1
    assert shipped == [e for e in json.loads(report.read_text("utf-8"))["findings"] if e["rule"] != "NOTHING_JUDGED"]


def test_a_name_of_ours_is_not_taken(written):
    own = written("ex:SoaImplementedBacked a sh:NodeShape ; sh:targetClass aims:AISystem ; sh:nodeKind sh:IRI .\n")
    assert list(UserShapes([own], taken={"SoaImplementedBacked"}).shapes.by_name) == [
        "https://acme.example/rules#SoaImplementedBacked"
    ]


def test_what_a_query_names_by_prefix_is_among_the_terms(written):
    own = written("ex:p sh:declare [ sh:prefix \"q\" ; sh:namespace \"http://q/\" ] .\n"
                  'ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex:p ; sh:select '
                  '"SELECT $this WHERE { $this q:r <http://full/t> ; aims:owner ?o }" ] .')  # fmt: skip
    assert {"http://q/r", "http://full/t", "https://w3id.org/aimsgraph/ns#owner", "https://acme.example/rules#C"} <= (
        UserShapes([own]).terms
    )


NO_FILE = {
    "a line that is wrong": (LONG_NAMES + "ex:S a sh:NodeShape ;; ] .\n", "own.ttl", InputError, "own.ttl:8:"),
    "another ending": (LONG_NAMES, "own.doc", InputError, "ending 'doc'"),
    "no targets": ("ex:S a sh:NodeShape ; sh:nodeKind sh:IRI .\n", "own.ttl", UsageError, "no shape there has"),
    "an ill-formed shape": (
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:minLength 1, 2 .\n", "own.ttl", InputError, "rules#S> cannot"),
    "a page as the JSON-LD context": (
        '@prefix-less {"@context": "http://127.0.0.1:9/c"}', "own.jsonld", InputError, "own.jsonld"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name", "error", "said"), NO_FILE.values(), ids=NO_FILE)
def test_a_file_that_is_wrong_is_told_of_with_its_place(text, name, error, said, written):
    with pytest.raises(error) as found:
        _ = UserShapes([written(text.removeprefix("@prefix-less "), name)]).shapes
    assert said in f"{found.value.location or ''} {found.value.message}"
    assert found.value.remedy


def test_a_file_that_is_not_there_and_one_that_is_too_long(tmp_path, written):
    with pytest.raises(InputError, match="cannot read the shapes"):
        _ = UserShapes([tmp_path / "none.ttl"]).shapes
    with pytest.raises(InputError, match="more than 10 MB"):
        _ = UserShapes([written("#" * (MOST_BYTES + 1))]).shapes


def test_a_pattern_that_backtracks_without_end_is_ended(written, facts, monkeypatch):
    monkeypatch.setenv("STARTED_BY", mark := f"test-{os.getpid()}")
    own = written('ex:S a sh:NodeShape ; sh:targetSubjectsOf rdfs:label ; '
                  'sh:property [ sh:path rdfs:label ; sh:pattern "^(a+)+\\\\1?$" ] .')  # fmt: skip
    shapes = UserShapes([own], seconds=2)
    with pytest.raises(DeadlineExceeded, match="within 2 s"):
        shapes.judge(facts)
    with pytest.raises(DeadlineExceeded):
        UserShapes([own]).judge(facts, Deadline(1))
    ends = time.monotonic() + 10  # a process that was killed is there for a moment more when the machine is busy
    while (left := left_running(mark)) and time.monotonic() < ends:
        time.sleep(0.05)
    assert left == []


def test_a_timeout_bounds_reading_too_and_may_be_longer_than_the_usual(written, monkeypatch):
    given = []
    monkeypatch.setattr("aimsgraph.execution.user_shapes.SECONDS", 1.5)
    monkeypatch.setattr(UserShapes, "_run", lambda _self, _asked, deadline: given.append(deadline.seconds) or NOTHING)
    for more in ([], ["--timeout", "0.5"], ["--timeout", "99"]):
        assert run(["--quiet", "validate", ACME, "--shapes", str(written(LONG_NAMES)), *more]) == 2
    assert given == [1.5, 0.5, 99]


NOTHING = {"shapes": [], "terms": [], "triples": "", "statements": []}


def left_running(mark):
    """Return the processes started under a mark, in whatever group: pySHACL is started by what is ended."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"STARTED_BY={mark}".encode() in (place / "environ").read_bytes().split(b"\0"):
                found.append((place / "cmdline").read_bytes())
    return found


def test_nothing_is_fetched(written, facts):
    with canary() as (address, calls):
        own = written(f"<http://e/own> a owl:Ontology ; owl:imports <{address}more.ttl> .\n"
                      "ex:S a sh:NodeShape ; sh:targetSubjectsOf rdfs:label ; sh:sparql [ sh:select "
                      f'"SELECT $this WHERE {{ SERVICE <{address}> {{ $this ?p ?o }} }}" ] .')  # fmt: skip
        shapes = UserShapes([own], seconds=20)
        assert any("imports" in statement for statement in shapes.statements)
        with pytest.raises(BackendError, match="SERVICE") as found:
            shapes.judge(facts)
        assert found.value.remedy
        assert str(found.value.location) == str(own)
        assert calls == []


def test_shapes_that_nest_without_end_are_an_error_and_no_crash(written, facts):
    deep = "[ sh:not " * 3000 + "[ sh:nodeKind sh:IRI ]" + " ]" * 3000
    own = written(f"ex:S a sh:NodeShape ; sh:targetSubjectsOf rdfs:label ; sh:not {deep} .")
    with pytest.raises(BackendError) as found:
        UserShapes([own], seconds=30).judge(facts)
    assert "nest more than 30 deep" in found.value.message
    assert found.value.remedy


def test_a_file_that_unfolds_in_memory_is_ended(written):
    bomb = f"@prefix p: <http://e/{'x' * 60_000}> .\n" + "".join(f"p:{i} p:p p:{i + 1} .\n" for i in range(9000))
    with pytest.raises(ResourcesExceeded, match="64 MB"):
        _ = UserShapes([written(bomb)], memory=64 * 2**20).shapes
