"""The engine: its own process, ended by a deadline, counting what it judged, never passing on nothing."""

import dataclasses
import datetime as dt
import os
import random

import pyoxigraph as ox
import pytest
import rdflib

from aimsgraph.domain.report import Severity
from aimsgraph.errors import BackendError, DeadlineExceeded, EngineMissing
from aimsgraph.graph.store import Deadline
from aimsgraph.graph.vocabulary import RDF_TYPE, aims
from aimsgraph.validation import pyshacl_engine
from aimsgraph.validation.facts import run_triples
from aimsgraph.validation.pyshacl_engine import Job, PyShaclEngine
from aimsgraph.validation.shapes import ShapeSet

EX = "https://acme.example/aims/"
RUN = [ox.Quad(t.subject, t.predicate, t.object) for t in run_triples(dt.date(2026, 11, 23))]


def node(name):
    return ox.NamedNode(EX + name)


def day(value):
    return ox.Literal(value, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))


def evidence(name, stale):
    return [ox.Quad(node(name), RDF_TYPE, aims("Evidence")), ox.Quad(node(name), aims("staleAfter"), day(stale))]


FACTS = [*RUN, *evidence("old", "2026-11-22"), *evidence("older", "2025-01-01"), *evidence("fresh", "2026-11-23")]


def test_it_reports_rule_severity_message_remedy_focus_and_value(library):
    report = PyShaclEngine().validate(FACTS, library.shapes.only(["EvidenceFresh"]))
    assert [(r.rule, r.severity, r.message, r.focus, r.value) for r in report.results] == [
        ("EvidenceFresh", Severity.WARNING, "it went stale on 2026-11-22", EX + "old", "2026-11-22"),
        ("EvidenceFresh", Severity.WARNING, "it went stale on 2025-01-01", EX + "older", "2025-01-01"),
    ]
    assert all(r.remedy.startswith("collect it anew") and r.provision.endswith("/9.1") for r in report.results)
    assert report.focus_counts == {"EvidenceFresh": 3}
    assert report.engines == {"EvidenceFresh": PyShaclEngine().name}
    assert not report.conforms
    assert report.passed == ()


def test_a_constraint_may_have_a_severity_and_words_of_its_own(library):
    facts = [
        *RUN,
        ox.Quad(node("s"), RDF_TYPE, aims("AISystem")),
        ox.Quad(node("c"), aims("classifies"), node("s")),
        ox.Quad(node("c"), aims("outcome"), aims("Undetermined")),
    ]
    (result,) = PyShaclEngine().validate(facts, library.shapes.only(["ClassificationRecorded"])).results
    assert (result.severity, result.message) == (Severity.WARNING, "its legal class is undetermined")
    ns = "https://w3id.org/aimsgraph/ns#"
    assert result.path == f"^<{ns}classifies>/<{ns}outcome>"


def test_order_and_graphs_of_the_facts_make_no_difference(library):
    shapes = library.shapes.only(["EvidenceFresh"])
    shuffled = [ox.Quad(q.subject, q.predicate, q.object, node("graph")) for q in FACTS] + FACTS[:3]
    random.Random(7).shuffle(shuffled)
    engine = PyShaclEngine()
    first, second = engine.validate_all([Job(tuple(FACTS), shapes), Job(tuple(shuffled), shapes)])
    assert first == second
    assert len(first.dataset_digest) == 64


def test_nothing_judged_is_never_passed(library):
    shapes = library.shapes.only(["EvidenceFresh", "IncidentInTime", "NoBlankNodes"])
    nothing, run_only = PyShaclEngine().validate_all([Job((), shapes), Job(tuple(RUN), shapes)])
    assert nothing.results == run_only.results == ()
    assert not nothing.conforms
    assert nothing.passed == ()
    assert nothing.unjudged == ("EvidenceFresh", "NoBlankNodes")
    assert run_only.unjudged == ("EvidenceFresh",)
    assert run_only.passed == ("NoBlankNodes",)
    assert run_only.may_be_empty == {"IncidentInTime": "nothing serious may have happened"}


def test_a_deadline_ends_the_process(library, tmp_path, monkeypatch):
    worker, pid = tmp_path / "worker.py", tmp_path / "pid"
    worker.write_text(
        f"import os, pathlib, time\npathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\ntime.sleep(600)\n"
    )
    monkeypatch.setattr(pyshacl_engine, "_WORKER", worker)
    with pytest.raises(DeadlineExceeded, match=r"1\.5 s") as caught:
        PyShaclEngine().validate(FACTS, library.shapes.only(["EvidenceFresh"]), Deadline(1.5))
    assert caught.value.exit_code == 6
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_real_run_meets_a_deadline_that_is_too_short(library):
    with pytest.raises(DeadlineExceeded):
        PyShaclEngine().validate(FACTS, library.shapes, Deadline(0.05))


def test_what_the_engine_cannot_run_is_an_error_and_not_a_pass(library, tmp_path, monkeypatch):
    shape = library.shapes.by_name["EvidenceFresh"]
    broken = tuple(
        ox.Triple(t.subject, t.predicate, ox.Literal("SELECT $this WHERE {"))
        if t.predicate.value.endswith("#select")
        else t
        for t in shape.triples
    )
    with pytest.raises(BackendError, match="pySHACL failed"):
        PyShaclEngine().validate(FACTS, ShapeSet((dataclasses.replace(shape, triples=broken),)))
    worker = tmp_path / "worker.py"
    worker.write_text("raise SystemExit('no memory left')\n")
    monkeypatch.setattr(pyshacl_engine, "_WORKER", worker)
    with pytest.raises(BackendError, match="no memory left"):
        PyShaclEngine().validate(FACTS, library.shapes)


def test_a_missing_engine_says_what_to_install(library, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(EngineMissing, match="pySHACL is not installed"):
        PyShaclEngine().validate(FACTS, library.shapes)


def test_rdflib_in_this_process_is_left_alone(library):
    before = dict(rdflib.term._toPythonMapping), rdflib.NORMALIZE_LITERALS
    PyShaclEngine().validate(FACTS, library.shapes.only(["EvidenceFresh"]))
    assert (dict(rdflib.term._toPythonMapping), rdflib.NORMALIZE_LITERALS) == before
    assert rdflib.Literal("1", datatype=rdflib.XSD.boolean).value is True
