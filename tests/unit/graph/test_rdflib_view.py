"""The view must say what rdflib itself says of the same Turtle, to SPARQL, to SHACL and to a reader."""

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, SH, XSD

from aimsgraph.errors import InputError, Refused
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.rdf_text import parse_rdf
from aimsgraph.graph.rdflib_view import as_rdflib, from_oxigraph, to_oxigraph

EX = rdflib.Namespace("http://example.org/")
ONE, TWO = ox.NamedNode(EX + "g/one"), ox.NamedNode(EX + "g/two")
DATA = """
@prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:good a ex:System ; ex:name "Ranker" ; ex:status "in-use" ; ex:since "2025-03-01"^^xsd:date ; ex:count 3 .
ex:bad a ex:System ; ex:name "Lost" ; ex:status "unknown" ; ex:since "2028-01-01"^^xsd:date ; ex:count 5 .
ex:nameless a ex:System ; ex:status "planned" ; ex:label "Titel"@de , "title"@en ; ex:open true .
ex:fourth a ex:System ; ex:name "fourth" ; ex:status "in-use" .
[] a ex:Note ; ex:about ex:good ; ex:list ( 1 "two" ex:three ) .
"""
SHAPES = """
@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:SystemShape a sh:NodeShape ; sh:targetClass ex:System ;
  sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:datatype xsd:string ] ;
  sh:property [ sh:path ex:status ; sh:in ( "in-use" "planned" ) ] ;
  sh:property [ sh:path ex:since ; sh:datatype xsd:date ] ;
  sh:sparql [ sh:select \"\"\"SELECT $this ?value WHERE { $this <http://example.org/since> ?value .
    FILTER(?value > '2027-01-01'^^<http://www.w3.org/2001/XMLSchema#date>) }\"\"\" ] .
ex:NoteShape a sh:NodeShape ; sh:targetClass ex:Note ; sh:property [ sh:path ex:about ; sh:class ex:System ] .
"""
QUERIES = [
    "SELECT ?s ?n { ?s ex:name ?n }",
    'SELECT ?s { ?s ex:status "in-use" }',
    'SELECT ?s { ?s ex:name "fourth" }',
    "SELECT ?s { ?s ex:since ?d FILTER(?d < '2026-01-01'^^xsd:date) }",
    "SELECT ?l { ?s ex:label ?l FILTER(LANG(?l) = 'de') }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?m { ?note ex:list/rdf:rest*/rdf:first ?m }",
    "SELECT ?s { ?s a ex:System FILTER NOT EXISTS { ?s ex:name ?n } }",
    "SELECT ?s (DATATYPE(?o) AS ?t) { ?s ex:count ?o }",
    "SELECT ?s { ?s ?p true }",
    'SELECT ?s { "x" ?p ?s }',
]


@pytest.fixture
def store():
    return MemoryStore(parse_rdf(DATA.encode(), ox.RdfFormat.TURTLE, graph=ONE))


@pytest.fixture
def view(store):
    return as_rdflib(store)


@pytest.fixture
def parsed():
    return rdflib.Graph().parse(data=DATA, format="turtle")


@pytest.mark.parametrize("query", QUERIES)
def test_sparql_gives_what_rdflib_gives(view, parsed, query):
    named = {"ex": EX, "xsd": XSD, "rdf": RDF}
    ours, theirs = (sorted(map(tuple, graph.query(query, initNs=named))) for graph in (view, parsed))
    assert ours == theirs
    assert theirs or query == QUERIES[-1]


def results(graph):
    """Return each result as focus, component, path and value, and how many focus nodes there are."""
    conforms, report, _ = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(data=SHAPES, format="turtle"))
    parts = (SH.focusNode, SH.sourceConstraintComponent, SH.resultPath, SH.value)
    found = report.objects(None, SH.result)
    rows = [tuple(str(report.value(result, part)) for part in parts) for result in found]
    return conforms, sorted(rows)


def test_shacl_finds_what_it_finds_on_an_rdflib_graph(view, parsed):
    ours, theirs = results(view), results(parsed)
    assert ours == theirs
    conforms, rows = ours
    assert not conforms
    assert {(focus.rpartition("/")[2], component.rpartition("#")[2]) for focus, component, *_ in rows} == {
        ("bad", "InConstraintComponent"),
        ("bad", "SPARQLConstraintComponent"),
        ("nameless", "MinCountConstraintComponent"),
    }


def test_the_view_has_the_focus_nodes(view, parsed):
    for kind, count in ((EX.System, 4), (EX.Note, 1)):
        assert len(list(view.subjects(RDF.type, kind))) == len(list(parsed.subjects(RDF.type, kind))) == count


def test_terms_equal_what_rdflib_parses(view, parsed):
    ours, theirs = ({o for o in graph.objects() if isinstance(o, rdflib.Literal)} for graph in (view, parsed))
    assert ours == theirs
    assert rdflib.Literal("Titel", lang="de") in ours


def test_an_explicit_string_type_is_a_plain_string():
    """The store holds one term for both spellings; SHACL would take them for different values."""
    turtle = b'<http://a> <http://b> "x"^^<http://www.w3.org/2001/XMLSchema#string>, "y" .'
    view = as_rdflib(MemoryStore(parse_rdf(turtle, ox.RdfFormat.TURTLE, graph=ONE)))
    assert set(view.objects()) == {rdflib.Literal("x"), rdflib.Literal("y")}


@pytest.mark.parametrize(
    "term",
    [
        rdflib.URIRef("http://example.org/a"),
        rdflib.BNode("b1"),
        rdflib.Literal("x"),
        rdflib.Literal("x", lang="de"),
        rdflib.Literal("2027-12-02", datatype=XSD.date),
        rdflib.Literal(5),
        rdflib.Literal(True),
    ],
)
def test_terms_survive_the_way_there_and_back(term):
    assert from_oxigraph(to_oxigraph(term)) == term


def test_terms_that_do_not_exist_on_the_other_side():
    with pytest.raises(InputError, match="no term"):
        from_oxigraph(ox.Triple(ONE, ONE, ONE))
    with pytest.raises(InputError, match="not an RDF term"):
        to_oxigraph(rdflib.Variable("x"))


def test_a_triple_in_two_graphs_is_there_once_with_both_graphs(store):
    store.load([ox.Quad(ox.NamedNode(EX.good), ox.NamedNode(EX.name), ox.Literal("Ranker"), TWO)])
    store.load([ox.Quad(ox.NamedNode(EX.x), ox.NamedNode(EX.name), ox.Literal("unnamed graph"))])
    view = as_rdflib(store)
    assert list(view.triples((EX.good, EX.name, None))) == [(EX.good, EX.name, rdflib.Literal("Ranker"))]
    assert len(view) == len({quad.triple for quad in store.quads()})
    quads = {(str(s), getattr(g, "identifier", g)) for s, _, _, g in view.quads((None, EX.name, None, None))}
    assert (str(EX.good), rdflib.URIRef(ONE.value)) in quads
    assert (str(EX.good), rdflib.URIRef(TWO.value)) in quads
    assert len(view.graph(rdflib.URIRef(TWO.value))) == 1
    names = {graph.identifier for graph in view.graphs()}
    assert {rdflib.URIRef(ONE.value), rdflib.URIRef(TWO.value)} <= names
    rows = view.query("SELECT ?g { GRAPH ?g { ?s <http://example.org/name> 'Ranker' } }")
    assert {str(row[0]) for row in rows} == {ONE.value, TWO.value}


def test_an_empty_store_gets_no_view():
    with pytest.raises(InputError, match="no quads"):
        as_rdflib(MemoryStore())


def test_nothing_can_be_written_through_the_view(view, store):
    before = {str(quad) for quad in store.quads()}
    triple = (EX.s, EX.p, EX.o)
    for write in (
        lambda: view.add(triple),
        lambda: view.remove((None, None, None)),
        lambda: view.addN([(*triple, view.graph(rdflib.URIRef(ONE.value)))]),
        lambda: view.graph(EX.new),
        lambda: view.remove_graph(rdflib.URIRef(ONE.value)),
        lambda: view.update("INSERT DATA { <http://a> <http://b> 1 }"),
    ):
        with pytest.raises(Refused, match="read-only"):
            write()
    assert {str(quad) for quad in store.quads()} == before


def test_prefixes_can_be_bound_for_a_serializer(view):
    view.bind("e", EX)
    assert "e:good" in view.serialize(format="trig")
