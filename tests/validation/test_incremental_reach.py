"""From a changed triple back to the focus nodes it can touch, constraint by constraint."""

import pyoxigraph as ox
import pytest
from oracle import parse

from aimsgraph.validation.compiled.parse import compile_shapes
from aimsgraph.validation.incremental.reach import reach_of
from aimsgraph.validation.incremental.ways import Walker

FACTS = """
ex:a a ex:C ; ex:p ex:b . ex:b ex:p ex:c ; ex:q ex:d . ex:c ex:v 1 .
ex:e a ex:D ; ex:q ex:b . ex:D rdfs:subClassOf ex:C . ex:run a ex:Run ; ex:day 1 .
"""
ALL = None
QUERY = 'ex: a owl:Ontology ; sh:declare [ sh:prefix "ex" ; sh:namespace "http://e.example/"^^xsd:anyURI ] .'


def sparql(text):
    return f'sh:sparql [ sh:prefixes ex: ; sh:select """SELECT $this ?value WHERE {{ {text} }}""" ]'


CASES = [
    ("sh:property [ sh:path ex:p ; sh:minCount 1 ]", "ex:a ex:p ex:x .", "a"),
    ("sh:property [ sh:path ex:p ; sh:minCount 1 ]", "ex:a ex:r ex:x .", ""),
    ("sh:property [ sh:path [ sh:inversePath ex:q ] ; sh:minCount 1 ]", "ex:x ex:q ex:a .", "a"),
    ("sh:property [ sh:path ( ex:p ex:p ) ; sh:minCount 1 ]", "ex:b ex:p ex:x .", "ab"),
    ("sh:property [ sh:path ( ex:p ex:q ) ; sh:minCount 1 ]", "ex:b ex:q ex:x .", "a"),
    ("sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:hasValue ex:x ]", "ex:c ex:p ex:x .", "abc"),
    ("sh:property [ sh:path [ sh:zeroOrOnePath ex:p ] ; sh:hasValue ex:x ]", "ex:c ex:p ex:x .", "c"),
    ("sh:property [ sh:path ex:p ; sh:property [ sh:path ex:q ; sh:minCount 1 ] ]", "ex:b ex:q ex:x .", "a"),
    ("sh:property [ sh:path ex:p ; sh:class ex:C ]", "ex:b a ex:D .", "ab"),
    ("sh:property [ sh:path ex:p ; sh:equals ex:q ]", "ex:a ex:q ex:x .", "a"),
    ("sh:closed true", "ex:a ex:r ex:x .", "a"),
    ("sh:property [ sh:path ex:p ; sh:node [ sh:closed true ] ]", "ex:b ex:r ex:x .", "a"),
    ("sh:nodeKind sh:IRI", "ex:D rdfs:subClassOf ex:E .", "e"),
    ("sh:nodeKind sh:IRI", "ex:x a ex:D .", "x"),
    (sparql("$this ex:p ?value . ?value ex:q ?x"), "ex:b ex:q ex:x .", "a"),
    (sparql("$this ex:p ?value FILTER NOT EXISTS { ?value ex:q/ex:p ?x }"), "ex:d ex:p ex:x .", "ad"),
    (sparql("$this ex:p ?value OPTIONAL { ?value ex:q ?x . ?y ex:v ?x }"), "ex:z ex:v ex:d .", "a"),
    # What stands after OPTIONAL need not match with it, so nothing is followed from inside it.
    (sparql("$this ex:r ?value OPTIONAL { ?y ex:v ?x } $this ex:p ?y"), "ex:b ex:v 2 .", ALL),
    (sparql("$this ex:p ?value . ?run a ex:Run ; ex:day ?day"), "ex:run ex:day 2 .", ALL),
    (sparql("$this ex:p ?value . ?run a ex:Run"), "ex:run2 a ex:Run .", ALL),
    (sparql("$this ex:p ?value . ?run a ex:Run"), "ex:x a ex:Other .", "x"),
    (sparql("$this ?any ?value . ?value a ex:C"), "ex:b a ex:C .", "abe"),
    (sparql("{ $this ex:p ?value } UNION { ?value ex:q $this }"), "ex:x ex:q ex:e .", "e"),
    (sparql("{ SELECT $this ?value { $this ex:p ?value . ?value ex:q ?x } }"), "ex:b ex:q ex:x .", "a"),
    # `?x` inside is another than `?x` outside.
    (sparql("$this ex:q ?x . { SELECT $this ?value { ?value ex:v ?x } }"), "ex:c ex:v 2 .", ALL),
    (sparql("$this ex:p ?value . ?other ex:q ?same FILTER(?same = ?value)"), "ex:e ex:q ex:x .", ALL),
]


@pytest.mark.parametrize(("constraint", "change", "wanted"), CASES)
def test_the_nodes_a_change_can_touch(constraint, change, wanted):
    (plan,) = compile_shapes(parse(f"{QUERY}\nex:S a sh:NodeShape ; sh:targetClass ex:C ; {constraint} .")).compiled
    triples = list(parse(change))
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in (*parse(FACTS), *triples))
    changed = {triple.predicate.value: [triple] for triple in triples}
    touched = reach_of(plan).touched(changed, Walker(store))
    if wanted is ALL:
        assert touched is None
    else:
        assert touched == {ox.NamedNode(f"http://e.example/{name}") for name in wanted}


def test_a_query_that_cannot_be_followed_is_about_the_whole_graph():
    text = sparql("$this ex:p ?value . ?x ex:q []")
    plan = compile_shapes(parse(f"{QUERY}\nex:S a sh:NodeShape ; sh:targetClass ex:C ; {text} ."))
    (shape,) = plan.compiled
    assert {"http://e.example/p", "http://e.example/q"} <= reach_of(shape).reads_whole
