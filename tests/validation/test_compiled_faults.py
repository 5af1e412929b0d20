"""What can go wrong while shapes are judged: each is an error that says so, and no part of a report is handed out."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from oracle import parse

from aimsgraph.errors import BackendError, DeadlineExceeded, InputError, Refused
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.remote import open_remote
from aimsgraph.graph.remote_address import Address
from aimsgraph.graph.store import Deadline
from aimsgraph.validation.compiled.engine import COMPILED, CompiledEngine
from aimsgraph.validation.compiled.fallback import WORKER
from aimsgraph.validation.compiled.parse import compile_shapes
from aimsgraph.validation.compiled.run import run_plan
from aimsgraph.validation.pyshacl_engine import PyShaclEngine
from contracts.sparql_servers import oxigraph
from shapes.shape_fixtures import FOLDER, facts_of

EX = "http://e.example/"
HERE = Path(__file__).parent


def children(word):
    """Return the ids of the processes this one has started whose command has a word."""
    found = []
    for listed in Path("/proc/self/task").glob("*/children"):
        for number in listed.read_text().split():
            try:
                command = Path(f"/proc/{number}/cmdline").read_bytes().decode()
            except OSError:  # it has ended since
                continue
            found += [int(number)] * (word in command)
    return found


# Shapes that cannot be read


UNREADABLE = {
    "in without a first member": ("sh:in _:l . _:l rdf:rest rdf:nil .", "no list that ends"),
    "in a list that comes back": ("sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l .", "no list that ends"),
    "or a list that comes back": ("sh:or _:l . _:l rdf:first [ sh:minLength 1 ] ; rdf:rest _:l .", "no list that ends"),
    "languages without a list": ('sh:languageIn "en" .', "no list that ends"),
    "a path that comes back": (
        "sh:property [ sh:path _:p ; sh:class ex:D ] . _:p sh:inversePath _:p .",
        "a property path contains itself",
    ),
    "a sequence that comes back": (
        "sh:property [ sh:path _:p ; sh:class ex:D ] . _:p rdf:first ex:p ; rdf:rest _:p .",
        "no list that ends",
    ),
    "a path inside itself": (
        "sh:property [ sh:path _:p ; sh:class ex:D ] . _:p sh:alternativePath ( ex:p _:p ) .",
        "a property path contains itself",
    ),
    "no path": ("sh:property [ sh:minCount 1 ] .", "sh:minCount on a shape without sh:path"),
    "two paths": ("sh:property [ sh:path ex:p , ex:q ; sh:minCount 1 ] .", "2 values for sh:path"),
    "a text for a path": ('sh:property [ sh:path "p" ; sh:minCount 1 ] .', 'no property path: "p"'),
    "a node shape for a property": ("sh:property [ sh:class ex:D ] .", "other kind, one without sh:path"),
    "a text for a count": ('sh:property [ sh:path ex:p ; sh:minCount "one" ] .', 'is no whole number: "one"'),
    "a count below nothing": ("sh:property [ sh:path ex:p ; sh:maxCount -1 ] .", "sh:maxCount is no whole number"),
    "a text for a class": ('sh:class "C" .', 'sh:class is no IRI: "C"'),
    "a text for a shape": ('sh:node "C" .', "the value of sh:node is no node"),
    "no kind of node": ("sh:nodeKind ex:Thing .", "no node kind: <http://e.example/Thing>"),
    "an IRI for a pattern": ("sh:pattern ex:p .", "sh:pattern is no literal"),
    "neither true nor false": ('sh:closed "yes" .', 'sh:closed is no boolean: "yes"'),
    "a text for a severity": ('sh:severity "bad" ; sh:minLength 1 .', "sh:severity is no IRI"),
    "a text for a target": ('sh:targetClass "D" ; sh:minLength 1 .', "sh:targetClass is no IRI"),
    "a count of nothing": ("sh:property [ sh:path ex:p ; sh:qualifiedValueShape [] ] .", "without a count"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("fallback", [True, False])
def test_a_shape_that_cannot_be_read_is_named_and_nothing_is_judged(name, fallback):
    said, reason = UNREADABLE[name]
    sound = "ex:T sh:targetClass ex:C ; sh:class ex:D ."
    shapes = parse(f"{sound} ex:S sh:targetClass ex:C ; {said}")
    with pytest.raises(InputError) as caught:
        CompiledEngine(fallback=fallback).judge(parse("ex:c a ex:C ."), shapes)
    assert caught.value.message.startswith(f"the shape <{EX}S> cannot be read: ")
    assert reason in caught.value.message
    assert caught.value.remedy == "mend the shape"


def test_a_shape_that_no_target_leads_to_is_not_read():
    shapes = parse('ex:S sh:targetClass ex:C ; sh:class ex:D . ex:T a sh:NodeShape ; sh:class "D" .')
    assert len(CompiledEngine().judge(parse("ex:c a ex:C ."), shapes).violations) == 1


LOOPS = {
    "itself": "ex:S sh:targetClass ex:C ; sh:node ex:S ; sh:class ex:D .",
    "each other": "ex:S sh:targetClass ex:C ; sh:class ex:D ; sh:node ex:T . ex:T sh:node ex:U . ex:U sh:node ex:S .",
    "through a path": "ex:S sh:targetClass ex:C ; sh:class ex:D ; sh:property [ sh:path ex:p ; sh:node ex:S ] .",
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_shapes_that_loop_end_and_are_said_to_loop(loop):
    facts = parse("ex:c a ex:C ; ex:p ex:c .")
    with pytest.raises(Refused, match=f"<{EX}S> cannot be judged by the compiled engine: it is recursive"):
        CompiledEngine(fallback=False).judge(facts, parse(loop))
    found = CompiledEngine().judge(facts, parse(loop), Deadline(60))
    node = ox.NamedNode(EX + "S")
    assert "refers to itself, whose meaning SHACL leaves open" in found.reasons[node]
    assert found.engines[node] == PyShaclEngine().name
    assert any(v.component.endswith("#ClassConstraintComponent") for v in found.violations)


def test_a_loop_that_pyshacl_gives_up_on_is_an_error_that_names_the_shape():
    loop = "ex:S sh:targetClass ex:C ; sh:or ( [ sh:minLength 1 ] ex:S ) . ex:T sh:targetClass ex:C ; sh:class ex:D ."
    with pytest.raises(BackendError) as caught:
        CompiledEngine().judge(parse("ex:c a ex:C ."), parse(loop), Deadline(60))
    named = f"path too deep!; it was to judge <{EX}S>, as it is recursive: <{EX}S> refers to itself"
    assert named in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.remedy == "mend these shapes, or leave them out"


# Shapes that would not end


BOMB = 'ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:pattern "{}" ] .'
BESIDE = "ex:T sh:targetClass ex:C ; sh:class ex:D ."
TEXT = f'ex:c a ex:C ; ex:p "{"a" * 60}b" .'


def test_a_pattern_that_backtracks_without_end_is_compiled_to_one_that_does_not():
    found = CompiledEngine(fallback=False).judge(parse(TEXT), parse(BOMB.format("^(a+)+$")), Deadline(20))
    assert len(found.violations) == 1


def test_a_pattern_that_backtracks_without_end_is_ended_at_the_deadline():
    shapes = parse(BOMB.format("^(?=a)(a+)+$") + BESIDE)
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="no complete answer within 4 s") as caught:
        CompiledEngine().judge(parse(TEXT), shapes, Deadline(4))
    assert time.monotonic() - started < 30
    assert caught.value.remedy
    assert children(WORKER.name) == []


def test_a_deadline_in_the_middle_gives_no_part_of_a_report(library):
    class Counting:
        asked = 0

        def query(self, text, *, deadline=None):
            Counting.asked += 1
            return store.query(text, deadline=deadline)

    store = MemoryStore(facts_of(FOLDER / "EvidenceFresh" / "fail.ttl"))
    plan = compile_shapes(quad.triple for quad in ox.parse(library.shapes.turtle.encode(), format=ox.RdfFormat.TURTLE))
    run_plan(plan, Counting())
    whole, Counting.asked = Counting.asked, 0
    deadline = Deadline(100, clock=lambda: Counting.asked * 200 / whole)
    with pytest.raises(DeadlineExceeded, match="no complete answer within 100 s"):
        run_plan(plan, Counting(), deadline=deadline)
    assert whole / 3 < Counting.asked < whole * 2 / 3


# Processes and servers that go away


@pytest.mark.parametrize("way", ["any shapes", "shapes of the product"])
def test_a_worker_that_is_killed_is_an_error_and_no_report(library, way):
    killed = []

    def kill():
        while not (found := children("worker.py")):
            time.sleep(0.01)
        time.sleep(1)  # until it has begun to judge
        os.kill(found[0], signal.SIGKILL)
        killed.append(found[0])

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    with pytest.raises(BackendError, match="ended by signal 9 before it had judged everything") as caught:
        if way == "any shapes":
            shapes = parse(BOMB.format("^(?=a)(a+)+$") + BESIDE)
            CompiledEngine().judge(parse(TEXT), shapes, Deadline(60))
        else:
            facts = [ox.Quad(t.subject, t.predicate, t.object) for t in slow_facts()]
            PyShaclEngine().validate(facts, library.shapes, Deadline(60))
    killer.join(10)
    assert len(killed) == 1
    assert caught.value.exit_code == 6
    assert "memory" in caught.value.remedy


def slow_facts():
    """Return facts that pySHACL takes long to read."""
    p = ox.NamedNode(EX + "p")
    return [ox.Triple(ox.NamedNode(f"{EX}{i}"), p, ox.Literal(str(i))) for i in range(100_000)]


class Leaving:
    """A store behind a server that is ended after some answers."""

    def __init__(self, store, process, answers):
        self.generation = store.generation
        self._store, self._process, self._left = store, process, answers

    def query(self, text, *, deadline=None):
        if self._left == 0:
            os.kill(self._process, signal.SIGKILL)
            os.waitid(os.P_PID, self._process, os.WEXITED | os.WNOWAIT)
        self._left -= 1
        return self._store.query(text, deadline=deadline)


@pytest.mark.parametrize("answers", [0, 1, 7, 60])
def test_a_server_that_goes_away_gives_an_error_and_no_part_of_a_report(library, answers):
    facts = facts_of(FOLDER / "EvidenceFresh" / "fail.ttl")
    with oxigraph() as address, open_remote(Address(f"{address}/query", f"{address}/update"), write=True) as store:
        store.load(ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(EX + "graph")) for q in facts)
        whole = CompiledEngine().validate_store(store, library.shapes, deadline=Deadline(60))
        assert whole.results
        (process,) = children(address.removeprefix("http://"))
        leaving = Leaving(store, process, answers)
        with pytest.raises(BackendError) as caught:
            CompiledEngine().validate_store(leaving, library.shapes, deadline=Deadline(60))
    assert not isinstance(caught.value, DeadlineExceeded)
    assert caught.value.exit_code == 6
    assert address in caught.value.message
    assert caught.value.remedy


# Reports without end


def large(size):
    done = subprocess.run(
        [sys.executable, str(HERE / "large_report.py"), str(size)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def is_whole(found, size):
    return found["results"] == found["judged"] == found["written"] == size and found["ordered"]


@pytest.mark.slow
def test_a_long_report_is_whole_and_grows_with_its_results():
    some, more = large(10_000), large(30_000)
    assert is_whole(some, 10_000)
    assert is_whole(more, 30_000)
    assert (more["mib_written"] - some["mib_written"]) * 1024 < 20_000 * 2.5  # KiB a result
    assert more["seconds_written"] < 6 * some["seconds_written"]


@pytest.mark.slow
def test_a_report_of_a_million_results_is_whole():
    found = large(1_000_000)
    assert is_whole(found, 1_000_000)
    assert found["mib_written"] < 2500


def test_what_was_judged_before_a_fault_is_judged_again_after_it():
    facts, shapes = parse("ex:c a ex:C ."), parse(BESIDE)
    with pytest.raises(DeadlineExceeded):
        CompiledEngine().judge(facts, shapes, Deadline(1, clock=iter([0.0, *[9.0] * 1000]).__next__))
    found = CompiledEngine().judge(facts, shapes)
    assert len(found.violations) == 1
    assert found.engines == {ox.NamedNode(EX + "T"): COMPILED}
