"""What plans ask passes the same guard as any query, though lists of focus nodes are looked at only once."""

import pytest

from aimsgraph import assets
from aimsgraph.errors import AimsgraphError
from aimsgraph.graph.query_text import check_query
from aimsgraph.validation.compiled import asking

NODES = "VALUES ?this { <http://a/1> <http://a/2#x> }"
TEXTS = [
    *(path.read_text(encoding="utf-8") for path in sorted(assets.path("queries").rglob("*.rq"))),
    f"SELECT ?this {{ {NODES} ?this ?p ?o }}",
    f"SELECT ?this FROM <http://g/> {{ {NODES} ?this ?p ?o }}",
    f"SELECT ?this {{ {NODES} SERVICE <http://x/> {{ ?this ?p ?o }} }}",
    "SELECT ?this { VALUES ?this { <http://a/> } SERVICE<http://x/>{} }",
    "SELECT ?this { VALUES ?this { <http://a/'> } SERVICE <http://x/> { ?s ?p '> }' } }",
    "SELECT ?this { VALUES ?this { <http://a/> } FILTER(?a<ex:b#> \n SERVICE ex:p {}) }",
    "SELECT ?this { BIND('VALUES ?this { <http://a/> }' AS ?x) }",
    "SELECT ?this { BIND('VALUES ?this { <http://a/' AS ?x) SERVICE <http://b/> { } }",
    f"SELECT ?this {{ {NODES} {'{' * 70} {'}' * 70} }}",
    f"DELETE {{ ?s ?p ?o }} WHERE {{ {NODES} }}",
    f"SELECT ?this {{ {NODES} ",
]


def outcome(check, text):
    try:
        found = check(text)
    except AimsgraphError as error:
        return type(error), error.message, error.location
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_it_lets_through_what_the_guard_lets_through(text):
    asking._check_form.cache_clear()
    for _ in range(2):
        assert outcome(asking._check, text) == outcome(check_query, text)


def test_lists_of_other_nodes_are_not_looked_at_again():
    asking._check_form.cache_clear()
    for number in range(5):
        asking._check(f"SELECT ?this {{ VALUES ?this {{ <http://a/{number}> <http://a/x> }} ?this ?p ?o }}")
    assert asking._check_form.cache_info().misses == 1
