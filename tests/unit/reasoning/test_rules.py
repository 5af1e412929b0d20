"""The rules derive what owlrl derives from the axioms they stand for, and nothing else; asserted stays apart."""

from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsgraph import assets
from aimsgraph.api import AimsGraph
from aimsgraph.errors import BackendError, CheckFailed, InputError
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.rdflib_view import from_oxigraph
from aimsgraph.reasoning.rules import INFERRED, Derivation, materialise, read_rules

EX = "https://example.org/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
TYPE = RDF + "type"
GRAPH = ox.NamedNode(EX + "graph")
PREFIXES = f"@prefix : <{EX}> . @prefix rdf: <{RDF}> . @prefix rdfs: <{RDFS}> . @prefix owl: <{OWL}> .\n"

Triples = set[tuple[str, str, str]]

FIXTURES = {
    "type-closure": ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :x a :A . :y a :B .",
    "type-closure-cycle": ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :C rdfs:subClassOf :A . :x a :B .",
    "sub-property": ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r . :x :p :y . :y :q 'text' .",
    "inverse": ":p owl:inverseOf :q . :x :p :y . :z :q :x .",
    "symmetric": ":p a owl:SymmetricProperty . :x :p :y . :z :p :z .",
    "transitive": ":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p :d . :d :p :e .",
    "transitive-cycle": ":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p :a .",
    "chain-2": ":r owl:propertyChainAxiom ( :p :q ) . :a :p :b , :c . :b :q :d . :c :q 'end' . :d :p :a .",
    "chain-3": ":r owl:propertyChainAxiom ( :p :q :s ) . :a :p :b . :b :q :c . :c :s :d . :c :q :d .",
    "chain-of-itself": ":r owl:propertyChainAxiom ( :r :p ) . :a :r :b . :b :p :c . :c :p :d . :d :p :b .",
    "domain": ":p rdfs:domain :A . :x :p :y . :z :p 'text' .",
    "range": ":p rdfs:range :A . :x :p :y . :x :p 'text' .",
    "together": """
        :direct rdfs:subPropertyOf :within . :within a owl:TransitiveProperty ; rdfs:domain :Part ; owl:inverseOf :has .
        :has rdfs:range :Part . :Part rdfs:subClassOf :Thing . :uses owl:propertyChainAxiom ( :has :made :by ) .
        :near a owl:SymmetricProperty ; rdfs:subPropertyOf :has .
        :a :direct :b . :b :direct :c . :c :made :m . :m :by :n . :a :made :o . :o :by :n . :a :near :z .""",
}


def _store(turtle: str) -> MemoryStore:
    quads = ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
    return MemoryStore(ox.Quad(q.subject, q.predicate, q.object, GRAPH) for q in quads)


def _derived(store: MemoryStore) -> Triples:
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in store.quads(graph=INFERRED)}


def _closure(store: MemoryStore) -> Triples:
    """Return what owlrl adds about the things of the store: relations, and classes with a name of ours."""
    graph = rdflib.Graph()
    for quad in store.quads():
        if quad.graph_name != INFERRED:
            graph.add((from_oxigraph(quad.subject), from_oxigraph(quad.predicate), from_oxigraph(quad.object)))
    before = set(graph)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    terms = {s for s, p, o in before if str(p).startswith((RDFS, OWL)) or str(o).startswith(OWL)}
    terms |= {o for s, p, o in before if str(p).startswith((RDFS, OWL))}
    return {
        (s.n3(), p.n3(), o.n3())
        for s, p, o in set(graph) - before
        if s not in terms and not isinstance(s, rdflib.Literal) and str(s).startswith(EX)
        and (str(p).startswith(EX) or (str(p) == TYPE and str(o).startswith(EX)))
    }  # fmt: skip


@pytest.mark.parametrize("name", FIXTURES)
def test_a_fixture_has_the_closure_of_owlrl(name: str) -> None:
    store = _store(FIXTURES[name])
    expected = _closure(store)
    derivation = materialise(store)
    assert _derived(store) == expected
    assert expected, "a fixture from which nothing follows proves nothing"
    assert derivation.triples == len(expected)


def test_every_rule_has_a_fixture_in_which_it_alone_derives() -> None:
    for rule in read_rules():
        by_rule = materialise(_store(FIXTURES[rule.id])).by_rule
        assert [id_ for id_, count in by_rule.items() if count] == [rule.id]


_NODES = st.sampled_from("abcde")
_PROPERTIES = st.sampled_from("pqrs")
_TEXT_PROPERTIES = st.sampled_from("tu")  # no literal is turned round: that would be no RDF
_CLASSES = st.sampled_from("ABC")
_AXIOMS = st.one_of(
    st.builds(":{} rdfs:subClassOf :{} .".format, _CLASSES, _CLASSES),
    st.builds(":{} rdfs:subPropertyOf :{} .".format, _PROPERTIES, _PROPERTIES),
    st.builds(":{} owl:inverseOf :{} .".format, _PROPERTIES, _PROPERTIES),
    st.builds(":{} a owl:SymmetricProperty .".format, _PROPERTIES),
    st.builds(":{} a owl:TransitiveProperty .".format, _PROPERTIES),
    st.builds(":{} owl:propertyChainAxiom ( :{} :{} ) .".format, _PROPERTIES, _PROPERTIES, _PROPERTIES),
    st.builds(
        ":{} owl:propertyChainAxiom ( :{} :{} :{} ) .".format, _PROPERTIES, _PROPERTIES, _PROPERTIES, _PROPERTIES
    ),
    st.builds(":{} rdfs:domain :{} .".format, _PROPERTIES, _CLASSES),
    st.builds(":{} rdfs:range :{} .".format, _PROPERTIES, _CLASSES),
    st.builds(":{} rdfs:subPropertyOf :{} .".format, _TEXT_PROPERTIES, _TEXT_PROPERTIES),
    st.builds(":{} rdfs:domain :{} .".format, _TEXT_PROPERTIES, _CLASSES),
    st.builds(":{} owl:propertyChainAxiom ( :{} :{} ) .".format, _TEXT_PROPERTIES, _PROPERTIES, _TEXT_PROPERTIES),
)
_FACTS = st.one_of(
    st.builds(":{} :{} :{} .".format, _NODES, _PROPERTIES, _NODES),
    st.builds(":{} :{} 'text' .".format, _NODES, _TEXT_PROPERTIES),
    st.builds(":{} a :{} .".format, _NODES, _CLASSES),
)


@settings(max_examples=60)
@given(st.lists(_AXIOMS, max_size=6), st.lists(_FACTS, min_size=1, max_size=8))
def test_any_small_graph_has_the_closure_of_owlrl(axioms: list[str], facts: list[str]) -> None:
    store = _store("\n".join(axioms + facts))
    expected = _closure(store)
    materialise(store)
    assert _derived(store) == expected


def test_the_ontology_has_the_closure_of_owlrl() -> None:
    """Every property but the widest is used, so that each of the ontology's axioms has something to work on."""
    logical = {TYPE, RDFS + "subClassOf", RDFS + "subPropertyOf", RDFS + "domain", RDFS + "range"}
    logical |= {OWL + "inverseOf", OWL + "propertyChainAxiom", RDF + "first", RDF + "rest"}
    functional = OWL + "FunctionalProperty"  # for owlrl two values make one thing; the rules merge nothing
    quads = []
    for path in sorted(assets.path("ontology").glob("*.ttl")):
        if path.name != "dl.ttl":
            for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
                if quad.predicate.value in logical and quad.object != ox.NamedNode(functional):
                    quads.append(ox.Quad(quad.subject, quad.predicate, quad.object, GRAPH))
    wider = {q.object for q in quads if q.predicate.value == RDFS + "subPropertyOf"}
    kind = ox.NamedNode(OWL + "ObjectProperty")
    properties = sorted({q.subject.value for q in quads if q.object == kind and q.subject not in wider})
    assert len(properties) > 100
    for name in properties:
        # Things in a row let chains and transitive relations find their next link.
        for number in range(3):
            subject, object_ = (ox.NamedNode(f"{EX}{number + step}") for step in (0, 1))
            quads.append(ox.Quad(subject, ox.NamedNode(name), object_, GRAPH))
    store = MemoryStore(quads)
    derivation = materialise(store)
    ours = {t for t in _derived(store) if t[0].startswith(f"<{EX}")}
    graph = rdflib.Graph()
    for quad in store.quads(graph=GRAPH):
        graph.add((from_oxigraph(quad.subject), from_oxigraph(quad.predicate), from_oxigraph(quad.object)))
    before = set(graph)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    ns = "https://w3id.org/aimsgraph/ns#"
    theirs = {
        (s.n3(), p.n3(), o.n3())
        for s, p, o in set(graph) - before
        if str(s).startswith(EX) and (str(p).startswith(ns) or (str(p) == TYPE and str(o).startswith(ns)))
    }
    assert ours == theirs
    assert all(derivation.by_rule.values()), "each rule has found something to do"


def test_what_is_asserted_in_any_graph_is_not_derived_again() -> None:
    store = _store(":A rdfs:subClassOf :B . :x a :A . :y a :A .")
    elsewhere = ox.Quad(ox.NamedNode(EX + "x"), ox.NamedNode(TYPE), ox.NamedNode(EX + "B"), ox.NamedNode(EX + "other"))
    store.load([elsewhere])
    materialise(store)
    assert _derived(store) == {(f"<{EX}y>", f"<{TYPE}>", f"<{EX}B>")}


def test_running_again_gives_the_same_and_forgets_what_no_longer_follows() -> None:
    store = _store(FIXTURES["together"])
    first = materialise(store)
    derived = _derived(store)
    assert materialise(store).by_rule == first.by_rule
    assert _derived(store) == derived
    store.update(f"DELETE DATA {{ GRAPH <{EX}graph> {{ <{EX}a> <{EX}direct> <{EX}b> }} }}")
    materialise(store)
    assert _derived(store) < derived


def test_two_equal_stores_have_the_same_generation_afterwards() -> None:
    first, second = (materialise(_store(FIXTURES["transitive-cycle"])) for _ in range(2))
    assert first.generation == second.generation


def test_nothing_is_said_about_the_ontology_itself_owl_thing_or_equality() -> None:
    store = _store(
        ":A rdfs:subClassOf :B , owl:Thing , [ a owl:Restriction ] . :B rdfs:subClassOf :C ."
        " :f a owl:FunctionalProperty ; rdfs:domain [ owl:unionOf ( :A :B ) ] , owl:Thing ;"
        " rdfs:range owl:Thing . :x a :A ; :f :y , :z ."
    )
    materialise(store)
    assert _derived(store) == {(f"<{EX}x>", f"<{TYPE}>", f"<{EX}{name}>") for name in "BC"}


def test_too_many_rounds_are_an_error_and_leave_what_was_there() -> None:
    links = " ".join(f":n{i} :p :n{i + 1} ." for i in range(20))
    store = _store(f":p a owl:TransitiveProperty . {links}")
    kept = ox.Quad(ox.NamedNode(EX + "old"), ox.NamedNode(EX + "p"), ox.NamedNode(EX + "older"), INFERRED)
    store.load([kept])
    with pytest.raises(BackendError, match=r"new in round 3 \(transitive\)"):
        materialise(store, max_rounds=3)
    assert list(store.quads(graph=INFERRED)) == [kept]


@pytest.mark.parametrize(
    ("axiom", "message"),
    [
        (":r owl:propertyChainAxiom ( :p ) .", "one, four or more steps"),
        (":r owl:propertyChainAxiom ( :p :q :p :q ) .", "one, four or more steps"),
        (":p rdfs:subPropertyOf rdf:type .", "rdf:type"),
        ("rdf:type rdfs:domain :A .", "rdf:type"),
        (":r owl:propertyChainAxiom ( :p rdf:type ) .", "rdf:type"),
    ],
)
def test_an_axiom_without_a_rule_is_refused(axiom: str, message: str) -> None:
    with pytest.raises(CheckFailed, match=message):
        materialise(_store(axiom + " :x :p :y ."))


HEADER = "#+ id: a\n#+ derives: things\n#+ stands for: an axiom\n#+ stratum: 1\n"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CONSTRUCT, "lacks 'id', 'derives', 'stands for', 'stratum'"),
        (HEADER.replace("id: a", "id: b") + CONSTRUCT, "calls itself 'b'"),
        (HEADER.replace("stratum: 1", "stratum: 4") + CONSTRUCT, "no stratum '4'"),
        (HEADER + "SELECT * WHERE { ?s ?p ?o }", "no CONSTRUCT"),
    ],
)
def test_a_rule_file_that_is_wrong_is_named(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_rules(tmp_path)
    assert str(tmp_path / "a.rq") in str(caught.value)


def test_a_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rules"):
        read_rules(tmp_path)


def test_the_shipped_content(graph: AimsGraph) -> None:
    store = MemoryStore(quad for quad in graph.store.quads() if quad.graph_name != INFERRED)
    derivation = materialise(store)
    assert isinstance(derivation, Derivation)
    triples = {quad.triple for quad in store.quads(graph=INFERRED)}
    asserted = {quad.triple for quad in store.quads() if quad.graph_name != INFERRED}
    assert not triples & asserted
    assert derivation.triples == len(triples) < len(asserted) / 4
    assert derivation.rounds < 20
    assert derivation.seconds < 3, "it takes less than half a second; the rest is patience with a busy machine"
    aims = "https://w3id.org/aimsgraph/ns#"
    article, point = (
        ox.NamedNode(f"https://w3id.org/aimsgraph/id/eu/reg/2024/1689/{path}")
        for path in ("art_5", "art_5/par_1/pnt_a")
    )
    assert ox.Triple(point, ox.NamedNode(aims + "isPartOf"), article) in triples
