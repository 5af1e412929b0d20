"""What a filter says, MINUS says too, wherever one is put in the place of the other; elsewhere nothing is touched."""

from collections import Counter

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import event, given, settings
from hypothesis import strategies as st

from aimsgraph.errors import QuerySyntaxError
from aimsgraph.graph.anti_join import without_slow_filters
from aimsgraph.graph.embedded import MemoryStore

NOT = "FILTER NOT EXISTS { ?b :q ?c . ?c :r :d }"
REWRITTEN = {
    "a join inside": f"?a :p ?b {NOT}",
    "a path of several properties": "?a :p ?b FILTER NOT EXISTS { ?b :q/^:r ?c }",
    "a list of properties and objects": "?a :p ?b FILTER NOT EXISTS { ?b :q 'x'@en , 1 ; :r \"d\"^^:e }",
    "before other patterns": f"?a :p ?b {NOT} ?a :s ?x . OPTIONAL {{ ?x :t ?y }}",
    "after a full stop, before one": f"?a :p ?b . {NOT} . ?a :s ?x .",
    "in a group of a union": f"{{ ?a :p ?b {NOT} }} UNION {{ ?a :s ?b }}",
    "in a named graph": f"GRAPH ?g {{ ?a :p ?b {NOT} }}",
    "in a subquery": f"{{ SELECT ?a WHERE {{ ?a :p ?b {NOT} }} }}",
    "two of them": f"?a :p ?b {NOT} FILTER NOT EXISTS {{ ?a :s ?x . ?x :t ?y }}",
    "beside another filter": f"?a :p ?b FILTER(?a != ?b) {NOT} FILTER EXISTS {{ ?a :s ?z }}",
}
KEPT = {
    "a single pattern is looked up": "?a :p ?b FILTER NOT EXISTS { ?b :q ?c }",
    "no shared variable": "?a :p ?b FILTER NOT EXISTS { ?x :q ?c . ?c :r :d }",
    "a shared variable that may be open": f"?a :p ?x OPTIONAL {{ ?a :s ?b }} {NOT}",
    "one that only an expression gives": f"?a :p ?x BIND(?x AS ?b) {NOT}",
    "one that is certain, one that may be open":
        "?a :p ?b OPTIONAL { ?a :s ?d } FILTER NOT EXISTS { ?b :q ?c . ?c :r ?d }",
    "a path that may have no length": "?a :p ?b FILTER NOT EXISTS { ?b :q* ?c . ?c :r :d }",
    "a filter inside": "?a :p ?b FILTER NOT EXISTS { ?b :q ?c . ?c :r ?d FILTER(?a != ?d) }",
    "an optional part inside": "?a :p ?b FILTER NOT EXISTS { ?b :q ?c . ?c :r ?d OPTIONAL { ?d :s ?e } }",
    "an OPTIONAL's filter sees more than its group": f"?a :s ?x OPTIONAL {{ ?a :p ?b {NOT} }}",
    "a variable of the group around":
        "?a :s ?d { ?a :p ?b FILTER NOT EXISTS { ?b :q ?c . ?c :r ?d } }",
    "inside EXISTS": f"?a :s ?x FILTER EXISTS {{ ?a :p ?b {NOT} }}",
    "few nodes, named": f"VALUES ?b {{ :x :y }} ?a :p ?b {NOT}",
    "one subject, named": f":a :p ?b {NOT}",
    "the words in a string": "?a :p 'FILTER NOT EXISTS { ?b :q ?c . ?c :r :d }'",
    "the words in a comment": "?a :p ?b # FILTER NOT EXISTS { ?b :q ?c . ?c :r :d }\n",
}  # fmt: skip


@pytest.mark.parametrize("body", REWRITTEN.values(), ids=REWRITTEN)
def test_it_is_put_in_place(body):
    text = f"PREFIX : <http://e/> SELECT * {{ {body} }}"
    quick = without_slow_filters(text)
    assert quick.upper().count("MINUS") == text.count("NOT EXISTS")
    assert "NOT EXISTS" not in quick
    ox.Store().query(quick)


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT)
def test_it_is_left_alone(body):
    text = f"PREFIX : <http://e/> SELECT * {{ {body} }}"
    ox.Store().query(text)
    assert without_slow_filters(text) == text


def test_lines_stay_where_they_were():
    text = "SELECT * {\n?a :p ?b\nFILTER NOT EXISTS {\n?b :q ?c .\n?c :r :d }\n?a :wrong }"
    lines = without_slow_filters(text).splitlines()
    assert lines[5].startswith("?a :wrong ")


def test_an_error_tells_of_the_text_as_it_was_given():
    text = f"PREFIX : <http://e/> SELECT * {{ ?a :p ?b {NOT} ?a :s }}"
    assert without_slow_filters(text) != text
    with pytest.raises(SyntaxError) as expected:
        ox.Store().query(text)
    with pytest.raises(QuerySyntaxError) as found:
        MemoryStore(()).query(text)
    assert f"{found.value.location.line}:{found.value.location.column}" in str(expected.value)


def rows_of(store, text):
    found = store.query(text, use_default_graph_as_union=True)
    return Counter(tuple(str(row[variable]) for variable in found.variables) for row in found)


NODES = [f":n{i}" for i in range(4)]
NAMES = ["?a", "?b", "?c", "?d"]
PROPERTIES = [":p", ":q", ":r"]
TRIPLES = st.tuples(st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(NODES))
TERMS = st.sampled_from([*NAMES, *NAMES, *NODES[:2]])
STEPS = st.one_of(st.sampled_from(PROPERTIES), st.sampled_from([":p/:q", "^:q", "^:p/:r", ":p*", ":q+", ":p|:q"]))


@st.composite
def patterns(draw, least, most):
    several = draw(st.lists(st.tuples(TERMS, STEPS, TERMS), min_size=least, max_size=most))
    return " . ".join(" ".join(each) for each in several)


@st.composite
def groups(draw, depth=1):
    """Return a group with a filter of the kind that is looked for, and whatever else may stand beside it."""
    step, last = draw(STEPS), draw(st.sampled_from(["?x", "?y", "?b", *NODES[:2]]))
    likely = f"?b {step} ?x . ?x {draw(STEPS)} {last}"
    inside = draw(st.one_of(st.just(likely), st.just(likely), patterns(1, 3)))
    outside = draw(st.one_of(st.just("?a :p ?b"), st.just("?a :p ?c . ?c :q ?b"), patterns(1, 2)))
    parts = [outside + " ", f"FILTER NOT EXISTS {{ {inside} }} "]
    beside = st.sampled_from([
        "OPTIONAL { ?a :r ?d } ", "OPTIONAL { ?b :q ?c } ", "BIND(:n1 AS ?e) ", "VALUES ?b { :n0 :n1 } ",
        "FILTER(?a != ?b) ", "OPTIONAL { ?a :r ?x } ", "BIND(:n1 AS ?y) ",
        "{ ?b :p ?c } UNION { ?b :q ?d } ", "MINUS { ?a :q ?b } ", "FILTER EXISTS { ?b :p ?c } ", "?d :r ?b . ",
    ])  # fmt: skip
    if draw(st.booleans()):
        parts.insert(draw(st.sampled_from([0, 2])) if parts else 0, draw(beside))
    if depth and draw(st.integers(0, 3)) == 0:
        word = draw(st.sampled_from(["OPTIONAL", "", "MINUS", "FILTER EXISTS"]))
        parts.append(f"{word} {{ {draw(groups(depth=0))} }} ")
    return "".join(part if part.rstrip().endswith(("}", ")", ".")) else f"{part}. " for part in parts)


def differ(triples, group):
    text = f"PREFIX : <http://e/> SELECT ?a ?b ?c ?d {{ {group} }}"
    quick = without_slow_filters(text)
    event("rewritten" if quick != text else "as it was")
    if quick == text:
        return
    lines = "".join(f"<http://e/{s[1:]}> <http://e/{p[1:]}> <http://e/{o[1:]}> .\n" for s, p, o in triples)
    store = ox.Store()
    store.load(lines.encode(), format=ox.RdfFormat.N_TRIPLES)
    assert rows_of(store, quick) == rows_of(store, text)
    other = rdflib.Graph().parse(data=lines, format="nt")
    found = Counter(tuple("None" if t is None else t.n3() for t in row) for row in other.query(text))
    assert rows_of(store, quick) == found


@settings(max_examples=200)
@given(triples=st.sets(TRIPLES, max_size=14), group=groups())
def test_generated_queries_have_the_same_answers(triples, group):
    differ(triples, group)


@pytest.mark.slow
@settings(max_examples=10_000)
@given(triples=st.sets(TRIPLES, max_size=20), group=groups())
def test_many_generated_queries_have_the_same_answers(triples, group):
    differ(triples, group)
