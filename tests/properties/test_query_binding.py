"""Whatever value is bound, the query stays the same but for that one term."""

import pyoxigraph as ox
from hypothesis import example, given
from hypothesis import strategies as st

from aimsgraph.errors import UsageError
from aimsgraph.graph.binding import bind
from aimsgraph.graph.lexer import scan_sparql
from aimsgraph.graph.questions import PARAMETER_TYPES, parse_question

TEMPLATE = """\
#+ id: q
#+ question: What?
#+ parameters: [{{name: x, type: {type}, optional: {optional}}}]
SELECT ?x ?marker WHERE {{ # {{ VALUES $x {{ 1 }}
  VALUES $x {{ "example" }}
  VALUES ?marker {{ "kept" }}
}}
"""
NASTY = [
    '" } DROP ALL #',
    "' } # ",
    '"""',
    "\\",
    '\\"',
    "\n",
    "\r\n} ASK {",
    "> } #",
    "<http://a>",
    "?x",
    "$x",
    "UNDEF",
    '" ) ("',
    "\u2028",
    "\x00",
    '"^^<http://a>',
    '"@en } SERVICE <http://127.0.0.1:1/> { ?s ?p ?o',
    "{}",
    "#",
    "\\u0022 } #",
    "http://a> } SERVICE <http://b",
    "urn:x}",
    "\ud800",
    "\ufeff",
    "\U0010ffff",
]
VALUES = st.one_of(
    st.text(),
    st.text(alphabet="\"'\\<>{}#\n\r\t ?$^@:au0"),
    st.sampled_from(NASTY),
    st.builds("".join, st.lists(st.sampled_from(NASTY), max_size=4)),
    st.dates().map(str),
    st.integers().map(str),
)


def question(kind: str, optional: bool = False):
    return parse_question(TEMPLATE.format(type=kind, optional=str(optional).lower()))


def resolve(parameter, text):
    try:
        return ox.NamedNode(f"http://example.org/{parameter.type}/{text}")
    except ValueError as error:
        raise UsageError(f"no {parameter.type} {text!r}") from error


def outside_the_block(text: str) -> list[tuple[str, str]]:
    """Return the tokens of a query without the term in the parameter's block."""
    tokens = [(token.kind, token.text) for token in scan_sparql(text).tokens]
    start = tokens.index(("variable", "$x")) + 2
    end = tokens.index(("sign", "}"), start)
    assert 1 <= end - start <= 3, tokens[start:end]
    return tokens[:start] + tokens[end:]


@given(kind=st.sampled_from(PARAMETER_TYPES), value=VALUES)
@example(kind="string", value='" } VALUES ?marker { "gone')
@example(kind="iri", value='http://a> } VALUES ?marker { "gone" } #')
def test_a_bound_value_is_one_term_and_changes_nothing_else(kind, value):
    asked = question(kind)
    try:
        bound = bind(asked, {"x": value}, resolve)
    except UsageError:
        return
    assert outside_the_block(bound) == outside_the_block(asked.text)
    (row,) = ox.Store().query(bound)
    assert row["marker"] == ox.Literal("kept")
    assert row["x"] is not None
    if kind == "string":
        assert row["x"] == ox.Literal(value)


@given(kind=st.sampled_from(PARAMETER_TYPES))
def test_an_open_parameter_changes_nothing_else(kind):
    asked = question(kind, optional=True)
    bound = bind(asked, {}, resolve)
    assert outside_the_block(bound) == outside_the_block(asked.text)
    (row,) = ox.Store().query(bound)
    assert (row["x"], row["marker"]) == (None, ox.Literal("kept"))
