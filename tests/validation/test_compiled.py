"""The compiled engine: the results of pySHACL on everything that ships, and a word on whatever it leaves."""

import dataclasses
import datetime as dt
import random

import pyoxigraph as ox
import pytest
from oracle import Oracle, multiset, parse

from aimsgraph import assets
from aimsgraph.compliance.validate import Catalogue, Request, validate_catalogue, validate_registers
from aimsgraph.errors import BackendError, DeadlineExceeded, InputError, Refused
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.remote import open_remote
from aimsgraph.graph.remote_address import Address
from aimsgraph.graph.store import Deadline
from aimsgraph.validation.compiled import engine
from aimsgraph.validation.compiled.engine import COMPILED, CompiledEngine
from aimsgraph.validation.compiled.fallback import FallbackJob, run_pyshacl
from aimsgraph.validation.compiled.lexical import changed_by_store, is_kept
from aimsgraph.validation.compiled.parse import compile_shapes
from aimsgraph.validation.compiled.run import run_plan
from aimsgraph.validation.pyshacl_engine import PyShaclEngine
from aimsgraph.validation.shapes import ShapeSet
from contracts.sparql_servers import oxigraph
from shapes.shape_fixtures import FOLDER, facts_of

SH = "http://www.w3.org/ns/shacl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
EX = "http://e.example/"


def shapes_of(library, names):
    turtle = library.shapes.only(names).turtle.encode()
    return tuple(quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE))


class Keeping(CompiledEngine):
    """Keeps what it was given to judge."""

    def validate(self, quads, shapes, deadline=None):
        self.quads, self.shapes = tuple(quads), shapes
        return super().validate(self.quads, shapes, deadline)


@pytest.fixture(scope="module")
def judged(graph, library):
    """Return, of an example put through every profile, the facts, the shapes and the compiled report."""
    known = {}

    def judge(name):
        if name not in known:
            engine = Keeping(fallback=False)
            folder = assets.path("data", "examples", name)
            request = Request(graph.moment(), ("all",))
            found = validate_registers([folder], Catalogue(graph.asserted, graph.law, library), engine, request)
            known[name] = engine.quads, engine.shapes, found.reports[0]
        return known[name]

    return judge


# What ships


def test_every_shipped_shape_is_compiled(library):
    plan = compile_shapes(quad.triple for quad in ox.parse(library.shapes.turtle.encode(), format=ox.RdfFormat.TURTLE))
    assert (plan.left, plan.statements) == ({}, ())
    assert len(plan.compiled) == len(library.shapes.shapes)


@pytest.mark.slow
def test_fixtures_that_fail_fail_as_in_pyshacl(library):
    names = [shape.name for shape in library.shapes.shapes]
    jobs = [
        FallbackJob(tuple(q.triple for q in facts_of(FOLDER / name / "fail.ttl")), shapes_of(library, [name]))
        for name in names
    ]
    left = []
    for name, job, wanted in zip(names, jobs, run_pyshacl(jobs), strict=True):
        found = CompiledEngine().judge(job.facts, job.shapes)
        assert multiset(found.violations) == multiset(wanted.violations), name
        assert found.violations, name
        left += [name] * bool(found.reasons)
    # These fixtures write 1.0, which the store would keep as 1.
    assert left == ["AcceptedNeedsReview", "ConfidenceInRange", "ContestedVisible"]


def test_fixtures_that_pass_pass(library):
    for shape in library.shapes.shapes:
        path = FOLDER / shape.name / "pass.ttl"
        report = CompiledEngine().validate(facts_of(path), library.shapes.only([shape.name]))
        assert (report.results, report.focus_counts[shape.name] > 0) == ((), True), shape.name


@pytest.mark.parametrize("name", ["acme", "clean"])
def test_the_report_on_an_example_is_that_of_pyshacl(judged, name):
    quads, shapes, found = judged(name)
    wanted = PyShaclEngine().validate(quads, shapes)
    assert found.results == wanted.results
    for attribute in ("focus_counts", "dataset_digest", "unjudged", "may_be_empty", "passed"):
        assert getattr(found, attribute) == getattr(wanted, attribute)
    assert set(found.engines.values()) == {COMPILED}
    assert len(found.results) > 0


@pytest.mark.slow
def test_the_report_on_the_catalogue_is_that_of_pyshacl(graph, library):
    day = dt.date(2026, 11, 23)
    quads = list(graph.asserted.quads())
    found, wanted = (validate_catalogue(engine, library, day, quads) for engine in (CompiledEngine(), PyShaclEngine()))
    assert found.results == wanted.results
    assert found.focus_counts == wanted.focus_counts


# Three ways to run a plan


class QueriesAlone:
    """A store of which nothing but its answers can be had."""

    def __init__(self, store):
        self._store = store
        self.asked = []

    def query(self, text, *, deadline=None):
        self.asked.append(text)
        return self._store.query(text, deadline=deadline)


def in_store(quads):
    return MemoryStore(ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(EX + "graph")) for quad in quads)


def test_focus_sets_together_give_what_the_whole_gives(judged):
    quads, shapes, report = judged("acme")
    plan = compile_shapes(quad.triple for quad in ox.parse(shapes.turtle.encode(), format=ox.RdfFormat.TURTLE))
    store = QueriesAlone(in_store(quads))
    whole = run_plan(plan, store)
    assert len(whole.violations) == len(report.results)
    nodes = sorted({q.subject for q in quads} | {q.object for q in quads}, key=str)
    random.Random(3).shuffle(nodes)
    parts = [run_plan(plan, store, only=nodes[start::3]) for start in range(3)]
    assert sorted((v for part in parts for v in part.violations), key=lambda v: v.sort_key) == list(whole.violations)
    for node, count in whole.focus_counts.items():
        assert sum(part.focus_counts[node] for part in parts) == count
    one = whole.violations[0].focus
    assert [v for v in whole.violations if v.focus == one] == list(run_plan(plan, store, only=[one]).violations)
    assert run_plan(plan, store, only=[ox.NamedNode(EX + "nobody")]).violations == ()


def test_workers_and_the_order_of_facts_make_no_difference(judged):
    quads, shapes, report = judged("acme")
    shuffled = list(quads)
    random.Random(5).shuffle(shuffled)
    assert CompiledEngine().validate(shuffled, shapes) == report
    plan = compile_shapes(quad.triple for quad in ox.parse(shapes.turtle.encode(), format=ox.RdfFormat.TURTLE))
    store = in_store(quads)
    assert run_plan(plan, store) == run_plan(plan, store, workers=4)


def test_a_server_gives_the_same_report_and_keeps_its_data(judged, monkeypatch):
    quads, shapes, report = judged("acme")
    with oxigraph() as address, open_remote(Address(f"{address}/query", f"{address}/update"), write=True) as store:
        store.load(in_store(quads).quads())
        for name in ("quads", "graphs", "load", "update"):
            monkeypatch.setattr(type(store), name, None)
        found = CompiledEngine().validate_store(store, shapes)
    assert found.results == report.results
    assert found.focus_counts == report.focus_counts


def test_queries_say_nothing_beyond_the_standard(judged):
    quads, shapes, _ = judged("acme")
    plan = compile_shapes(quad.triple for quad in ox.parse(shapes.turtle.encode(), format=ox.RdfFormat.TURTLE))
    store = QueriesAlone(in_store(quads))
    run_plan(plan, store)
    assert len(store.asked) > 200
    from rdflib.plugins.sparql.parser import parseQuery

    for text in random.Random(1).sample(store.asked, 40):
        parseQuery(text)


def test_blank_nodes_are_not_joined_across_answers_of_a_server_that_renames_them():
    facts = parse("_:a a ex:C . ex:b a ex:C ; ex:p _:a .")
    shapes = parse("ex:S sh:targetClass ex:C ; sh:not [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ] .")
    plan = compile_shapes(shapes)
    store = MemoryStore(ox.Quad(t.subject, t.predicate, t.object) for t in facts)
    assert len(run_plan(plan, store).violations) == 1
    found = run_plan(plan, store, keeps_names=False)
    assert found.violations == ()
    assert "blank nodes" in found.left[ox.NamedNode(EX + "S")]


# What is left, and said to be left


def judge(facts, shapes, **options):
    return CompiledEngine(**options).judge(parse(facts), parse(shapes))


LEFT = {
    "recursive": "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:node ex:S ] .",
    "different ways": 'ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:pattern "(?=a)" ] .',
    "as it is written": 'ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:in ( "01"^^xsd:integer ) ] .',
    "no list that ends": "ex:S sh:targetClass ex:C ; sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l .",
    "prefix foo:": 'ex:S sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this { $this foo:p ?x }" ] .',
    "cannot be read": 'ex:S sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this { $this" ] .',
    "MINUS": 'ex:S sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this { $this ?p ?o MINUS { $this ?p 1 } }" ] .',
    "no SPARQL validator": """ex:S sh:targetClass ex:C ; ex:a 1 .
        ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:a ] .""",
    "other kind": "ex:S sh:targetClass ex:C ; sh:node [ sh:path ex:p ] .",
    "none or of several kinds": "ex:S sh:targetClass ex:C ; sh:property [ sh:path _:x ] .",
}


@pytest.mark.parametrize("reason", LEFT)
def test_what_cannot_be_compiled_is_left_with_the_reason(reason):
    plan = compile_shapes(parse(LEFT[reason]))
    assert plan.compiled == ()
    assert reason in plan.left[ox.NamedNode(EX + "S")]
    with pytest.raises((InputError, Refused), match=reason) as caught:
        judge("ex:c a ex:C .", LEFT[reason], fallback=False)
    assert ("--engine auto" in caught.value.remedy) != bool(plan.ill_formed)


def test_each_shape_goes_to_the_engine_that_can_judge_it():
    found = judge(
        "ex:c a ex:C ; ex:p ex:d . ex:d a ex:D .",
        """ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:node ex:S ; sh:class ex:C ] .
        ex:T sh:targetClass ex:D ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .""",
    )
    s, t = ox.NamedNode(EX + "S"), ox.NamedNode(EX + "T")
    assert found.engines[t] == COMPILED
    assert found.engines[s] == PyShaclEngine().name
    assert set(found.reasons) == {s}
    assert {(v.root, v.component.removeprefix(SH)) for v in found.violations} == {
        (s, "ClassConstraintComponent"),
        (t, "MinCountConstraintComponent"),
    }
    assert found.focus_counts == {s: 1, t: 1}


def test_a_report_says_which_engine_judged_which_shape(library):
    facts = facts_of(FOLDER / "ConfidenceInRange" / "fail.ttl")
    report = CompiledEngine().validate(facts, library.shapes.only(["ConfidenceInRange", "DatesTyped"]))
    assert report.engines == {"ConfidenceInRange": PyShaclEngine().name, "DatesTyped": COMPILED}
    assert report.results == PyShaclEngine().validate(facts, library.shapes.only(["ConfidenceInRange"])).results
    assert {result.rule for result in report.results} == {"ConfidenceInRange"}


def test_what_no_engine_here_runs_is_said():
    found = judge(
        "ex:c a ex:C .",
        """ex:S sh:targetClass ex:C ; sh:rule [] ; sh:js [] ; sh:frobnicate 1 ;
            sh:property [ sh:path ex:p ; sh:minCount 1 ] .""",
    )
    assert len(found.violations) == 1
    said = "\n".join(found.statements)
    assert "sh:rule is not run" in said
    for name in ("sh:js", "sh:frobnicate"):
        assert f"{name} is not run by any engine here" in said


def test_a_report_says_what_a_shape_asks_for_in_vain(library):
    (shape,) = library.shapes.only(["EvidenceFresh"]).shapes
    rule = ox.Triple(ox.NamedNode(shape.iri), ox.NamedNode(SH + "rule"), ox.BlankNode("r"))
    shapes = ShapeSet((dataclasses.replace(shape, triples=(*shape.triples, rule)),))
    report = CompiledEngine().validate(facts_of(FOLDER / shape.name / "pass.ttl"), shapes)
    assert "sh:rule is not run" in report.engines[shape.name]


def test_shapes_that_pyshacl_refuses_too_are_an_error_and_no_pass():
    with pytest.raises(BackendError, match="pySHACL failed"):
        judge("ex:c a ex:C .", LEFT["MINUS"])


# Faults


NESTED = {
    "shapes": "sh:not [ " * 2000 + "sh:minLength 1" + " ]" * 2000,
    "paths": "sh:property [ sh:path " + "[ sh:inversePath " * 500 + "ex:p" + " ]" * 501,
}


@pytest.mark.parametrize("nested", NESTED.values(), ids=NESTED)
def test_shapes_that_nest_without_end_are_left(nested):
    plan = compile_shapes(parse(f"ex:S sh:targetClass ex:C ; {nested} ."))
    assert plan.compiled == ()
    assert len(plan.left) == 1


def test_a_query_that_the_store_will_not_answer_is_left_and_named():
    shapes = parse('ex:S sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this WHERE { $this $this }" ] .')
    with pytest.raises(Refused, match="cannot be asked"):
        CompiledEngine(fallback=False).judge(parse("ex:c a ex:C ."), shapes)


def test_a_pattern_that_backtracks_without_end_is_judged_all_the_same():
    shapes = parse('ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:pattern "^(a+)+$" ] .')
    facts = parse(f'ex:c ex:p "{"a" * 5000}b" .')
    found = CompiledEngine(fallback=False).judge(facts, shapes, Deadline(20))
    assert len(found.violations) == 1


class Failing(QueriesAlone):
    """A store that goes away after some answers."""

    def query(self, text, *, deadline=None):
        if len(self.asked) == 5:
            raise BackendError("the store is gone")
        return super().query(text, deadline=deadline)


def test_a_store_that_goes_away_gives_no_part_of_a_report(judged):
    quads, shapes, _ = judged("acme")
    plan = compile_shapes(quad.triple for quad in ox.parse(shapes.turtle.encode(), format=ox.RdfFormat.TURTLE))
    for workers in (1, 3):
        with pytest.raises(BackendError, match="gone"):
            run_plan(plan, Failing(in_store(quads)), workers=workers)


def test_a_deadline_is_kept(judged):
    quads, shapes, _ = judged("acme")
    with pytest.raises(DeadlineExceeded):
        CompiledEngine().validate(quads, shapes, Deadline(0.01))


def test_a_shape_that_cannot_be_judged_without_the_data_is_refused(library):
    (shape,) = library.shapes.only(["EvidenceFresh"]).shapes
    recursive = ox.Triple(ox.NamedNode(shape.iri), ox.NamedNode(SH + "node"), ox.NamedNode(shape.iri))
    for triples, refused in ((shape.triples, False), ((*shape.triples, recursive), True)):
        shapes = ShapeSet((dataclasses.replace(shape, triples=triples),))
        if not refused:
            assert CompiledEngine().validate_store(MemoryStore(), shapes).focus_counts == {"EvidenceFresh": 0}
            continue
        with pytest.raises(Refused, match="EvidenceFresh> cannot be judged without the data: it is recursive"):
            CompiledEngine().validate_store(MemoryStore(), shapes)


def test_kinds_of_whole_numbers_are_not_judged_where_a_store_keeps_none(library):
    (shape,) = library.shapes.only(["EvidenceFresh"]).shapes
    kind = ox.Triple(ox.NamedNode(shape.iri), ox.NamedNode(SH + "datatype"), ox.NamedNode(XSD + "nonNegativeInteger"))
    shapes = ShapeSet((dataclasses.replace(shape, triples=(*shape.triples, kind)),))
    with pytest.raises(Refused, match="keeps every whole number as an xsd:integer"):
        CompiledEngine().validate_store(MemoryStore(), shapes)


NUMBERS = "0 -5 01 +1 1.0 1.5 -0 123456789012345678 1234567890123456789 a true 1 TRUE"
TIMES = "2026-11-23 2026-11-23Z 2026-02-30 2026-11-23T10:00:00Z 2026-11-23T24:00:00 2026-11-23T10:00:00.50"


@pytest.mark.parametrize("name", ["integer", "decimal", "boolean", "double", "byte", "date", "dateTime", "string"])
def test_whether_the_store_keeps_a_literal_is_known(name):
    kept = []
    for text in (*NUMBERS.split(), *TIMES.split()):
        literal = ox.Literal(text, datatype=ox.NamedNode(XSD + name))
        store = ox.Store()
        store.add(ox.Quad(ox.NamedNode(EX + "s"), ox.NamedNode(EX + "p"), literal))
        kept.append(is_kept(literal))
        assert kept[-1] == (next(iter(store)).object == literal), text
    assert any(kept)
    triple = ox.Triple(
        ox.NamedNode(EX + "s"), ox.NamedNode(EX + "p"), ox.Literal("01", datatype=ox.NamedNode(XSD + name))
    )
    assert list(changed_by_store([triple])) == ([EX + "p"] if name in ("integer", "decimal", "double", "byte") else [])


# Where engines differ, the recommendation counts


def test_a_path_of_no_steps_leads_to_a_target_that_is_not_in_the_data():
    oracle = Oracle()
    path = "sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:in ( ex:b ) ]"
    facts, shapes = parse("ex:a ex:p ex:b ."), parse(f"ex:S sh:targetNode ex:gone , ex:a ; {path} .")
    found, wanted = CompiledEngine().judge(facts, shapes), oracle.judge(facts, shapes)
    oracle.close()
    assert multiset(found.violations) == multiset(wanted.violations)
    assert {v.value.value for v in found.violations} == {EX + "gone", EX + "a"}


def test_the_length_of_a_blank_node_is_no_length():
    found = judge("_:b a ex:C .", "ex:S sh:targetClass ex:C ; sh:minLength 0 .")
    assert [v.component for v in found.violations] == [SH + "MinLengthConstraintComponent"]


def test_a_date_is_not_compared_with_a_number():
    found = judge('ex:c ex:p "2020-01-01"^^xsd:date , 3 .', "ex:S sh:targetObjectsOf ex:p ; sh:maxInclusive 5 .")
    assert [v.value.value for v in found.violations] == ["2020-01-01"]


def test_pyshacl_is_given_what_its_shapes_read_alone(monkeypatch):
    """A literal that the store keeps by value leaves one shape; the rest of the facts is nothing to it."""
    given = []
    monkeypatch.setattr(engine, "run_pyshacl", lambda jobs, deadline: given.extend(jobs) or run_pyshacl(jobs, deadline))
    facts = parse('ex:c a ex:C ; ex:p 0.80 , 2.50 ; ex:q "x" . ex:C rdfs:subClassOf ex:D . ex:c ex:r ex:c .')
    read = "ex:S sh:targetClass ex:D ; sh:property [ sh:path ex:p ; sh:maxInclusive 1 ] ."
    other = "ex:T sh:targetClass ex:D ; sh:property [ sh:path ex:q ; sh:maxCount 0 ] ."
    found = CompiledEngine().judge(facts, parse(read + other))
    assert sorted(v.value.value if v.value else "" for v in found.violations) == ["", "2.50"]
    assert {t.predicate.value.rpartition("/")[2].rpartition("#")[2] for t in given[0].facts} == {
        "type",
        "subClassOf",
        "p",
    }
    closed = "ex:S sh:targetClass ex:D ; sh:closed true ; sh:property [ sh:path ex:p ; sh:maxInclusive 1 ] ."
    given.clear()
    CompiledEngine().judge(facts, parse(closed + other))
    assert len(given[0].facts) == len(facts)


def test_quads_of_several_graphs_are_judged_together():
    facts = [ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(f"urn:{n}")) for n, t in enumerate(
        parse("ex:c a ex:C . ex:c ex:p 1 . ex:c ex:p 2 .")
    )]  # fmt: skip
    shapes = parse("ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    twice = [*facts, ox.Quad(facts[0].subject, facts[0].predicate, facts[0].object, ox.NamedNode("urn:again"))]
    (violation,) = CompiledEngine(fallback=False).judge(twice, shapes).violations
    assert violation.focus == facts[0].subject
