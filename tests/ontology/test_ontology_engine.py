"""What happens when Java is missing, slow or unable, and what is kept from the reasoner."""

import datetime
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef

from aimsgraph.errors import BackendError, DeadlineExceeded, EngineMissing
from aimsgraph.reasoning import consistency
from aimsgraph.reasoning.consistency import check_consistency, find_java, prepare_for_reasoner
from aimsgraph.reasoning.ontology_check import check_ontology

X = "https://fault.example/"


def pretend_java(folder: Path, body: str) -> Path:
    program = folder / "java"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_no_java_on_the_path_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(EngineMissing) as caught:
        check_consistency([Graph()])
    assert "default-jre-headless" in caught.value.remedy
    assert "Java 11+" in caught.value.remedy


def test_java_home_is_asked_after_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program = pretend_java(tmp_path / "bin", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert find_java() == program


def test_java_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match="no Java program at"):
        check_consistency([Graph()], java=tmp_path / "java")


def test_java_stub_without_runtime_is_missing(tmp_path: Path) -> None:
    stub = pretend_java(tmp_path, "echo 'Unable to locate a Java Runtime.'; exit 1")
    with pytest.raises(EngineMissing, match="cannot run HermiT"):
        check_consistency([Graph()], java=stub)


def test_file_that_is_no_program_is_missing(tmp_path: Path) -> None:
    program = tmp_path / "java"
    program.write_bytes(b"\x7fELF nonsense")
    program.chmod(0o755)
    with pytest.raises(EngineMissing, match="cannot be started"):
        check_consistency([Graph()], java=program)


def test_slow_reasoner_is_stopped(tmp_path: Path) -> None:
    slow = pretend_java(tmp_path, "exec sleep 30")
    with pytest.raises(DeadlineExceeded, match=r"0\.3 seconds"):
        check_consistency([Graph()], java=slow, timeout=0.3)


def test_memory_limit_reaches_java(tmp_path: Path) -> None:
    greedy = pretend_java(tmp_path, 'echo "$1"; echo "java.lang.OutOfMemoryError"; exit 1')
    with pytest.raises(BackendError, match="out of memory"):
        check_consistency([Graph()], java=greedy, memory_mb=64)
    with pytest.raises(BackendError, match="-Xmx64m"):
        check_consistency([Graph()], java=pretend_java(tmp_path, 'echo "$1"; exit 1'), memory_mb=64)


def test_failure_of_the_reasoner_is_told(vocabulary: Graph) -> None:
    compound = Graph()
    compound.add((URIRef("https://w3id.org/aimsgraph/ns#isPartOf"), RDF.type, OWL.FunctionalProperty))
    with pytest.raises(BackendError, match=r"HermiT failed: .*isPartOf"):
        check_consistency([vocabulary, compound])


def test_reasoner_that_is_not_installed_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consistency.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EngineMissing) as caught:
        check_consistency([Graph()])
    assert "aimsgraph[reason]" in caught.value.remedy


def test_reasoner_is_never_imported() -> None:
    code = "import sys, aimsgraph.reasoning.ontology_check; sys.exit('owlready2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_dates_and_annotations_are_kept_from_the_reasoner() -> None:
    graph = Graph()
    thing, day, held = URIRef(X + "thing"), URIRef(X + "day"), URIRef(X + "held")
    graph.add((day, RDF.type, OWL.DatatypeProperty))
    graph.add((day, RDFS.range, XSD.date))
    graph.add((held, RDF.type, OWL.DatatypeProperty))
    graph.add((thing, day, Literal(datetime.date(2026, 7, 27))))
    graph.add((thing, held, Literal(True)))
    graph.add((thing, SKOS.prefLabel, Literal("thing")))
    graph.add((thing, RDF.type, URIRef(X + "Kind")))
    prepared = prepare_for_reasoner([graph])
    assert (thing, held, Literal(True)) in prepared
    assert (None, day, None) not in prepared
    assert (day, RDFS.range, None) not in prepared
    assert (None, SKOS.prefLabel, None) not in prepared
    assert (URIRef(X + "Kind"), RDF.type, OWL.Class) in prepared


def test_foreign_properties_above_ours_are_declared() -> None:
    graph = Graph()
    ours, theirs = URIRef(X + "ours"), URIRef(X + "theirs")
    graph.add((ours, RDF.type, OWL.ObjectProperty))
    graph.add((ours, RDFS.subPropertyOf, theirs))
    assert (theirs, RDF.type, OWL.ObjectProperty) in prepare_for_reasoner([graph])


def test_report_without_java_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files) -> None:
    report = check_ontology(files.root, java=tmp_path / "java")
    assert report.status == "not-run"
    assert "default-jre-headless" in report.reason
    assert report.findings == ()
    assert report.faults == ()
    assert report.is_sound
