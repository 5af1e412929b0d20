"""Every shape has been seen to pass and to fail: one process judges all fixtures."""

import dataclasses
import re

import pyoxigraph as ox
import pytest
from shape_fixtures import FOLDER, expected_results, facts_of

from aimsgraph import assets
from aimsgraph.errors import InputError
from aimsgraph.graph.rdf_text import read_rdf
from aimsgraph.validation.pyshacl_engine import Job, PyShaclEngine
from aimsgraph.validation.shapes import ShapeSet, load_shapes

LIBRARY = load_shapes()
NAMES = [shape.name for shape in LIBRARY.shapes.shapes]
CONSTRAINTS = {f"http://www.w3.org/ns/shacl#{name}" for name in ("property", "sparql", "or", "nodeKind")}


@pytest.fixture(scope="module")
def reports():
    """Report by shape and fixture."""
    keys, jobs = [], []
    for name in NAMES:
        for fixture in ("pass", "fail"):
            path = FOLDER / name / f"{fixture}.ttl"
            if path.is_file():
                keys.append((name, fixture))
                jobs.append(Job(facts_of(path), LIBRARY.shapes.only([name])))
    return dict(zip(keys, PyShaclEngine().validate_all(jobs), strict=True))


def test_every_shape_has_both_fixtures_and_every_fixture_a_shape():
    have = {path.parent.name: set() for path in FOLDER.glob("*/*.ttl")}
    for path in FOLDER.glob("*/*.ttl"):
        have[path.parent.name].add(path.name)
    assert have == {name: {"pass.ttl", "fail.ttl"} for name in NAMES}


def test_every_constraint_of_every_shape_has_been_seen_to_fail():
    """Leave one constraint of a shape at a time; each alone has to find something in what fails."""
    keys, jobs = [], []
    for shape in LIBRARY.shapes.shapes:
        constraints = [t for t in shape.triples if t.subject.value == shape.iri and t.predicate.value in CONSTRAINTS]
        facts = facts_of(FOLDER / shape.name / "fail.ttl")
        for one in constraints:
            kept = tuple(t for t in shape.triples if t == one or t not in constraints)
            keys.append((shape.name, constraints.index(one) + 1))
            jobs.append(Job(facts, ShapeSet((dataclasses.replace(shape, triples=kept),))))
    assert len(jobs) > 200
    reports = PyShaclEngine().validate_all(jobs)
    assert [key for key, report in zip(keys, reports, strict=True) if not report.results] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_shape_passes_what_is_right(reports, name):
    report = reports[name, "pass"]
    assert report.focus_counts[name] > 0
    assert report.results == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_shape_finds_what_is_wrong(reports, name):
    report = reports[name, "fail"]
    found = [result.message for result in report.results]
    assert len(found) == expected_results(FOLDER / name / "fail.ttl"), found
    assert all(result.message and result.remedy and "{" not in result.message for result in report.results)


def test_every_term_a_shape_names_exists():
    known = {
        quad.subject.value
        for path in [*assets.path("ontology").glob("*.ttl"), assets.path("data", "compiled", "vocabularies.ttl")]
        for quad in read_rdf(path)
        if isinstance(quad.subject, ox.NamedNode)
    }
    ours = {term for term in LIBRARY.shapes.terms if term.startswith("https://w3id.org/aimsgraph/ns#")}
    assert ours
    assert ours <= known


def test_the_terms_of_a_query_are_known_wherever_they_stand_in_it():
    ns = "https://w3id.org/aimsgraph/ns#"
    terms = LIBRARY.shapes.only(["DeployerFile"]).terms
    assert {ns + name for name in ("addresses", "statedIn", "isDirectPartOf", "onRoute", "RouteAnnexIII")} <= terms
    assert "https://w3id.org/aimsgraph/id/eu/reg/2024/1689/art_26/par_6" in terms


def test_every_provision_a_shape_checks_exists():
    released = set(assets.path("data", "released-ids.txt").read_text(encoding="utf-8").split())
    checked = {iri for shape in LIBRARY.shapes.shapes for iri in shape.provisions}
    assert len(checked) > 40
    assert checked <= released


def test_names_messages_and_codes_are_in_the_house_style():
    for shape in LIBRARY.shapes.shapes:
        assert re.fullmatch(r"[A-Z][A-Za-z]+", shape.name)
        assert re.fullmatch(r"[A-Z]{2}-[0-9]{2}", shape.code)
        assert not shape.message.endswith("."), shape.name
        assert not shape.remedy.endswith("."), shape.name


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('    aims:remedy "x"@en ;\n', "", "aims:remedy"),
        ('    sh:message "x"@en ;\n', "", "English sh:message"),
        ("    sh:severity sh:Info ;\n", "", "sh:severity"),
        ("    aims:checks aims:x ;\n", "", "aims:checks"),
        ('    aims:answersCQ "cq-001" ;\n', "", "aims:answersCQ"),
        ('    dct:identifier "XX-01" ;\n', "", "dct:identifier"),
        ("SELECT $this WHERE { $this a ?t }", "SELECT $this WHERE { FILTER(NOW() > ?x) }", "NOW("),
        ("SELECT $this WHERE { $this a ?t }", "SELECT $this WHERE { MINUS { $this a ?t } }", "MINUS"),
        ('    aims:profile "p" ;\n', '    aims:profile "q" ;\n', "no profile 'q'"),
    ],
)
def test_a_shape_that_lacks_something_is_refused(tmp_path, old, new, word):
    text = SHAPE.replace(old, new)
    assert text != SHAPE
    assert load_library(tmp_path / "sound", SHAPE).shapes.shapes[0].name == "X"
    with pytest.raises(InputError, match=re.escape(word)) as caught:
        load_library(tmp_path / "broken", text)
    assert caught.value.location.file == "shapes/x.ttl"
    assert caught.value.location.line == 8


def test_a_profile_without_shapes_and_a_name_given_twice_are_refused(tmp_path):
    with pytest.raises(InputError, match="stands twice"):
        load_library(tmp_path / "twice", SHAPE, SHAPE)
    with pytest.raises(InputError, match="no shape is in the profile"):
        load_library(tmp_path / "empty", SHAPE.replace('    aims:profile "p" ;\n', ""))
    with pytest.raises(InputError, match="no shapes"):
        load_shapes(tmp_path / "nothing")


SHAPE = """@prefix aims: <https://w3id.org/aimsgraph/ns#> .
@prefix ashape: <https://w3id.org/aimsgraph/shapes#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .

# A shape to break.

ashape:X
    a sh:NodeShape ;
    dct:identifier "XX-01" ;
    sh:targetClass aims:Risk ;
    sh:severity sh:Info ;
    sh:message "x"@en ;
    aims:checks aims:x ;
    aims:remedy "x"@en ;
    aims:answersCQ "cq-001" ;
    aims:profile "p" ;
    sh:sparql [ sh:prefixes ashape:prefixes ; sh:select "SELECT $this WHERE { $this a ?t }" ] .
"""
PROFILE = """@prefix dct: <http://purl.org/dc/terms/> .

<https://w3id.org/aimsgraph/shapes/profile/p>
    dct:identifier "p" ;
    dct:title "P"@en ;
    dct:description "P."@en .
"""


def load_library(folder, *shapes):
    root = folder / "shapes"
    (root / "profiles").mkdir(parents=True)
    (root / "profiles" / "p.ttl").write_text(PROFILE)
    for name, text in zip("xyz", shapes, strict=False):
        (root / f"{name}.ttl").write_text(text)
    return load_shapes(root)
