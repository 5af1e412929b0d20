"""Queries that shapes bring: what is bound before they run, and when they are asked node by node."""

import pytest
from oracle import Oracle, multiset, parse

from aimsgraph.validation.compiled.engine import CompiledEngine
from aimsgraph.validation.compiled.exists import nest
from aimsgraph.validation.compiled.graph import NotCompilable
from aimsgraph.validation.compiled.parse import compile_shapes
from aimsgraph.validation.compiled.plan import FOCUS, HOLE
from aimsgraph.validation.compiled.prebinding import read_ask, read_select
from aimsgraph.validation.compiled.reads import reads_of

NAMES = {"ex": "http://e.example/"}
SET = {
    "triples": "SELECT $this ?value WHERE { $this ex:p ?value }",
    "a filter": "SELECT $this WHERE { FILTER($this = ex:a) }",
    "a bind": "SELECT $this ?t WHERE { BIND($this AS ?t) }",
    "optional": "SELECT $this WHERE { OPTIONAL { $this ex:p ?x } FILTER(!BOUND(?x)) }",
    "optional with a filter": "SELECT $this WHERE { ?x ex:p ?y OPTIONAL { ?x ex:q ?z FILTER(?z = $this) } }",
    "a union that binds": "SELECT $this ?v WHERE { { $this ex:p ?v } UNION { ?v ex:p $this } }",
    "not exists": "SELECT $this WHERE { FILTER NOT EXISTS { ?x ex:p ?y FILTER(?y = $this) } }",
    "a subquery": "SELECT $this ?v WHERE { { SELECT $this ?v WHERE { $this ex:p ?v } } }",
    "groups of a node": "SELECT $this WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(?v) > 1)",
}
NODE_BY_NODE = {
    "a filter in a union": "SELECT $this WHERE { { ?x ex:p ?y FILTER(?y = $this) } UNION { $this ex:p ?x } }",
    "a bind in a group": "SELECT $this ?t WHERE { { $this ex:p ?x BIND($this AS ?t) } }",
    "an optional in an optional": "SELECT $this WHERE { ?x a ?y OPTIONAL { ?y ex:p ?z OPTIONAL { ?z ex:q $this } } }",
    "groups across nodes": "SELECT $this ?v WHERE { $this ex:p ?v } GROUP BY ?v",
    "a subquery with a limit": "SELECT $this ?v WHERE { { SELECT $this ?v WHERE { $this ex:p ?v } LIMIT 1 } }",
}
REFUSED = {
    "MINUS": "SELECT $this WHERE { $this ex:p ?x MINUS { $this ex:q ?x } }",
    "VALUES": "SELECT $this WHERE { $this ex:p ?x VALUES ?x { 1 } }",
    "SERVICE": "SELECT $this WHERE { SERVICE <http://s.example/> { $this ex:p ?x } }",
    "keeps for itself": "SELECT (1 AS ?this) WHERE { ?x ex:p ?y }",
    "does not select": "SELECT $this WHERE { { SELECT ?x WHERE { ?x ex:p ?y } } }",
    "shapes graph": "SELECT $this WHERE { GRAPH $shapesGraph { $this ex:p ?x } }",
    "not declared": "SELECT $this WHERE { $this foo:p ?x }",
    "LIMIT": "SELECT $this ?v WHERE { $this ex:p ?v } LIMIT 1",
    "without GROUP BY": "SELECT $this (COUNT(?v) AS ?n) WHERE { $this ex:p ?v }",
    "no SELECT": "ASK { $this ex:p ?x }",
}
FACTS = """ex:a a ex:C ; ex:p ex:b , ex:c ; ex:q ex:a . ex:b a ex:C ; ex:p ex:a ; ex:q ex:c . ex:c a ex:C ; ex:q ex:b .
ex:d a ex:C . ex:e ex:p ex:d ."""


@pytest.fixture(scope="module")
def oracle():
    asked = Oracle()
    yield asked
    asked.close()


def constraint(text):
    return f"""ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://e.example/"^^xsd:anyURI ] .
    ex:S a sh:NodeShape ; sh:targetClass ex:C ;
      sh:sparql [ sh:prefixes ex: ; sh:message "m" ; sh:select \"\"\"{text}\"\"\" ] ."""


@pytest.mark.parametrize("text", SET.values(), ids=SET)
def test_asked_once_for_all_focus_nodes(oracle, text):
    assert read_select(text, NAMES, {}).per_focus == ""
    same(oracle, text)


@pytest.mark.parametrize("text", NODE_BY_NODE.values(), ids=NODE_BY_NODE)
def test_asked_node_by_node(text):
    assert read_select(text, NAMES, {}).per_focus != ""


@pytest.mark.parametrize("text", [text for text in NODE_BY_NODE.values() if "LIMIT" not in text])
def test_node_by_node_gives_what_pyshacl_gives(oracle, text):
    same(oracle, text)


def same(oracle, text):
    facts, shapes = parse(FACTS), parse(constraint(text))
    found = CompiledEngine(fallback=False).judge(facts, shapes)
    assert multiset(found.violations) == multiset(oracle.judge(facts, shapes).violations)


def test_a_limit_in_a_subquery_cuts_the_rows_of_each_focus_node():
    text = NODE_BY_NODE["a subquery with a limit"]
    found = CompiledEngine(fallback=False).judge(parse(FACTS), parse(constraint(text)))
    assert sorted(v.focus.value[-1] for v in found.violations) == ["a", "b"]


@pytest.mark.parametrize("reason", REFUSED)
def test_what_shacl_forbids_is_refused(reason):
    with pytest.raises(NotCompilable, match=reason):
        read_select(REFUSED[reason], NAMES, {})


def test_what_is_bound_before_is_put_in():
    query = read_select(
        "SELECT $this ?value WHERE { $this $PATH ?value . FILTER(BOUND($this) && ?value > $least) }",
        NAMES,
        {"PATH": "<http://e.example/p>/<http://e.example/q>", "least": '"1"'},
    )
    assert query.where.count(FOCUS) == 1
    assert "<http://e.example/p>/<http://e.example/q>" in query.where
    assert "(true)" in query.where
    assert '> "1"' in query.where
    assert query.names == ("value",)
    ask = read_ask('ASK { FILTER(?value = "?value" && ?valued != $this) }', NAMES, {})
    assert ask.where.count(HOLE) == 1
    assert '"?value"' in ask.where


def test_exists_is_followed_from_what_is_known():
    triples = [("?x", "<urn:type>", "?c"), ("?e", "<urn:of>", "?x"), ("?e", "<urn:for>", "?this")]
    assert nest(triples, {"this"}) == (
        "?e <urn:for> ?this . FILTER EXISTS { ?e <urn:of> ?x . FILTER EXISTS { ?x <urn:type> ?c .  } }"
    )
    where = read_select(
        """SELECT $this WHERE { ?value a ex:C
        FILTER NOT EXISTS { ?e ex:p/ex:q ?value ; ex:r $this FILTER(?e != $this) } }""",
        NAMES,
        {},
    ).where
    inside = where.partition("NOT EXISTS")[2]
    assert inside.count("FILTER EXISTS") == 2
    assert inside.index("FILTER (") > inside.rindex("FILTER EXISTS")


def test_paths_inside_exists_in_exists_do_not_share_what_lies_between(oracle):
    same(
        oracle,
        """SELECT $this WHERE { FILTER EXISTS { $this ex:p/ex:q ?x . ?x ex:p ?y .
        FILTER NOT EXISTS { $this ex:q/ex:p ?z . ?z ex:p ?x } } }""",
    )


# Constraint components

COMPONENTS = """ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://e.example/"^^xsd:anyURI ] .
ex:Near a sh:ConstraintComponent ; sh:parameter [ sh:path ex:near ] , [ sh:path ex:far ; sh:optional true ] ;
  sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex: ; sh:message "{$this} is not near {$near}" ;
    sh:select "SELECT $this WHERE { $this a ?t . FILTER NOT EXISTS { $this ex:p $near } }" ] ;
  sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex: ;
    sh:select "SELECT $this ?value WHERE { $this $PATH ?value . FILTER(?value = $near) }" ] .
ex:Is a sh:ConstraintComponent ; sh:parameter [ sh:path ex:is ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ;
    sh:ask "ASK { { $value ex:p $is } UNION { $value ex:q $is } }" ] .
"""


def test_components_take_the_validator_for_the_kind_of_shape(oracle):
    facts = parse(FACTS)
    shapes = parse(
        f"""{COMPONENTS} ex:S a sh:NodeShape ; sh:targetClass ex:C ; ex:near ex:b .
        ex:T a sh:PropertyShape ; sh:path ex:p ; sh:targetClass ex:C ; ex:near ex:b ."""
    )
    found = CompiledEngine(fallback=False).judge(facts, shapes)
    assert multiset(found.violations) == multiset(oracle.judge(facts, shapes).violations)
    assert {v.component for v in found.violations} == {"http://e.example/Near"}
    said = sorted(m.value for v in found.violations for m in v.messages)
    assert said[0] == "http://e.example/b is not near http://e.example/b"


def test_an_ask_is_put_to_every_value_and_the_value_is_reported():
    facts = parse(FACTS)
    shapes = parse(f"{COMPONENTS} ex:T a sh:PropertyShape ; sh:path ex:p ; sh:targetClass ex:C ; ex:is ex:a .")
    found = CompiledEngine(fallback=False).judge(facts, shapes)
    assert [(v.focus.value[-1], v.value.value[-1]) for v in found.violations] == [("a", "c")]


def test_a_constraint_that_is_switched_off_and_a_query_for_targets():
    shapes = parse(
        """ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://e.example/"^^xsd:anyURI ] .
        ex:S a sh:NodeShape ; sh:nodeKind sh:Literal ;
          sh:target [ a sh:SPARQLTarget ; sh:prefixes ex: ;
            sh:select "SELECT ?this WHERE { ?this ex:p ?x . ?x ex:p ?this }" ] ;
          sh:sparql [ sh:deactivated true ; sh:select "SELECT $this WHERE { $this ?p ?o }" ] ."""
    )
    found = CompiledEngine(fallback=False).judge(parse(FACTS), shapes)
    assert sorted(v.focus.value[-1] for v in found.violations) == ["a", "b"]
    assert list(found.focus_counts.values()) == [2]


# What a shape reads


def test_what_a_shape_reads_can_be_walked_backwards():
    plan = compile_shapes(
        parse(
            """ex:S sh:targetClass ex:C ; sh:property [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:class ex:D ;
            sh:property [ sh:path ex:r ; sh:lessThan ex:s ] ] ."""
        )
    ).compiled[0]
    reads = reads_of(plan)
    assert reads.is_local
    names = {iri.rpartition("/")[2].rpartition("#")[2] for iri in reads.predicates}
    assert names == {"type", "subClassOf", "p", "q", "r", "s"}
    assert max(len(steps) for steps in reads.paths) == 3


def test_a_query_and_a_closed_shape_read_more_than_their_paths():
    by_query = reads_of(compile_shapes(parse(constraint(SET["triples"]))).compiled[0])
    assert not by_query.is_local
    assert "http://e.example/p" in by_query.predicates
    anything = constraint("SELECT $this ?p WHERE { $this ?p ?value }")
    assert reads_of(compile_shapes(parse(anything)).compiled[0]).predicates is None
    closed = reads_of(compile_shapes(parse("ex:S sh:targetClass ex:C ; sh:closed true .")).compiled[0])
    assert (closed.is_local, closed.predicates) == (True, None)
