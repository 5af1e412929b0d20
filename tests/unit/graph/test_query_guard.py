"""The guard: what a text is, what is refused, and that nothing gets past it into the engine."""

import itertools
import subprocess
import sys
import time

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsgraph.errors import QuerySyntaxError, Refused
from aimsgraph.graph.query_text import (
    MAX_DEPTH,
    MAX_OPERATORS,
    QueryForm,
    check_query,
    check_update,
    detect_form,
    form_of_start,
    is_steady,
)

PROLOGUE = "PREFIX : <http://127.0.0.1:1/> PREFIX ex: <http://127.0.0.1:1/> PREFIX service: <http://127.0.0.1:1/> "
PATTERN = "{ ?x ?y ?z }"

SERVICE_TEXTS = [
    f"SELECT * {{ SERVICE <http://127.0.0.1:1/> {PATTERN} }}",
    f"SELECT * {{ service<http://127.0.0.1:1/>{PATTERN} }}",
    f"SELECT * {{ SERVICE SILENT ex:p {PATTERN} }}",
    f"SELECT * {{ SERVICE:p {PATTERN} }}",
    f"SELECT * {{ SERVICEex:p {PATTERN} }}",
    f"SELECT * {{ SERVICE # a comment {{\n :p {PATTERN} }}",
    f"SELECT * {{ BIND(ex:p AS ?e) SERVICE?e {PATTERN} }}",
    f"SELECT * {{ ?s ?p 1SERVICE ex:p {PATTERN} }}",
    f"SELECT * {{ ?s ?p trueSERVICE ex:p {PATTERN} }}",
    f'SELECT * {{ ?s ?p "a"SERVICE ex:p {PATTERN} }}',
    f"SELECT * {{ ?s ?p 1.SERVICE ex:p {PATTERN} }}",
    f"SELECT * {{ ?s ?p ?o # c\r SERVICE ex:p {PATTERN} }}",
    f'SELECT * {{ ?s ?p """a""" SERVICE ex:p {PATTERN} }}',
    f'SELECT * {{ ?s ?p "a\\"" SERVICE ex:p {PATTERN} }}',
    f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE ex:p {PATTERN} }} }}",
    f"SELECT * {{ {{ SELECT * {{ SERVICE ex:p {PATTERN} }} }} }}",
    f"ASK {{ ?s ?p <http://a#b> SERVICE ex:p {PATTERN} }}",
]


@pytest.mark.parametrize("text", SERVICE_TEXTS)
def test_service_is_refused_however_it_is_written(text):
    with pytest.raises(Refused, match="SERVICE"):
        check_query(PROLOGUE + text)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * { ?service ?p "SERVICE ex:p {}" }',
        "SELECT * { ?s ?p 'SERVICE' , '''SERVICE\n{''' # SERVICE ex:p {\n }",
        "SELECT * { ?s <http://example.org/SERVICE> service:SERVICE , ex:service }",
        'SELECT * { ?s ?p "x"@en-service }',
        "SELECT ?load { ?load ex:load ?o }",
    ],
)
def test_the_word_in_names_strings_and_comments_is_fine(text):
    assert check_query(PROLOGUE + text).form is QueryForm.SELECT
    ox.Store().query(PROLOGUE + text)


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:1/>",
        "load silent <http://127.0.0.1:1/> into graph <http://a>",
        "LOAD:x",
        "LOADex:x",
        "LOADSILENT<http://127.0.0.1:1/>",
        "INSERT DATA { <http://a> <http://b> 1 } ; LOAD:x",
        "INSERT DATA { <http://a> <http://b> 1 };LOADex:x",
        "PREFIX x: <http://a>LOAD:x",
        "BASE <http://127.0.0.1:1/>LOAD<x>",
    ],
)
def test_load_is_refused_however_it_is_written(text):
    with pytest.raises(Refused, match="LOAD"):
        check_update(PROLOGUE + text)


def test_a_prefix_called_load_is_fine():
    insert = "INSERT DATA { GRAPH load:g { load:s load:load 'LOAD <x>' } }"
    text = f"PREFIX load: <http://a/> {insert} ; CLEAR GRAPH load:g"
    check_update(text)
    ox.Store().update(text)


def test_an_empty_update_is_an_update():
    for text in ("", "PREFIX ex: <http://a/>", "# nothing\n"):
        assert check_update(text).form is QueryForm.UPDATE


# The engine reads "less than" where the standard has an IRI: `#"""` then starts a comment, not a string.
HIDDEN = 'SELECT * { VALUES ?a { 1 } FILTER(?a<ex:b#>"""\n) SERVICE ex:p { ?x ?y ?z } #"""\n}'


def test_a_less_than_that_hides_a_word_is_refused():
    with pytest.raises(QuerySyntaxError, match="two ways"):
        check_query(PROLOGUE + HIDDEN)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o FILTER(?o<5&&(?o>2)) }",
        "SELECT * { ?s ?p ?o FILTER(?o<ABS(?o)&&(?o>2)) }",
        "SELECT * { ?s ?p ?o FILTER(?o < <http://a#b> || ?o>2) }",
        "SELECT * { VALUES (?a ?b) { (<http://a#b> <http://c#d>) (UNDEF <http://it's#x>) } }",
        "SELECT * { ?s (<http://a#b>/<http://c#d>|^<http://e#f>)* ?o }",
        "SELECT * { ?s <http://a#b> <http://c#d>, <http://e#f> }",
        "SELECT (<http://www.w3.org/2001/XMLSchema#integer>(?o) AS ?x) { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o FILTER(DATATYPE(?o) IN (<http://a#b>, <http://c#d>)) }",
        "SELECT * { << ?s ?p ?o >> <http://a#b> ?z }",
        "SELECT * { ?s ?p -1, +2.5, .5e-3, 1.0, true, _:b1, [], (), [ ?p ( 1 2 ) ] ; a ex:T . }",
        "SELECT * { ?s ex:a\\,b%20c.d:e ?o FILTER(?o != 'it\\'s') }",
    ],
)
def test_what_the_engine_accepts_is_let_through(text):
    ox.Store().query(PROLOGUE + text)
    check_query(PROLOGUE + text)


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p ?o ", "SELECT * { ?s ?p ?o ) }", "SELECT * { \\ }", "ASK {} \x00"])
def test_what_is_no_sparql_has_a_place(text):
    with pytest.raises(QuerySyntaxError) as caught:
        check_query(text)
    assert caught.value.location is not None


JOINTS = [
    "",
    " ",
    "\n",
    "1",
    "true",
    "?o",
    "ex:a",
    ".",
    ";",
    "<http://a#b>",
    "'x'",
    '"""y"""',
    "#\n",
    "'''",
    '"""',
    "(",
    "FILTER(?o<ex:b#>",
    "FILTER(?o<1)",
    ") ",
    "}",
    "{",
    "#",
    "'",
    '"',
    "\\",
    "OPTIONAL",
    "@en",
    "^^",
    "_:b",
    "VALUES ?v { 1 }",
    "VALUES",
    "BIND(1 AS ?k)",
    "UNION",
    "MINUS",
    "a",
    "%20",
    "-",
    "<",
    ">",
    "\r",
    "\x0c",
]
ENDPOINTS = ["<http://127.0.0.1:1/>", ":p", "ex:p", "service:p", " ex:p", "?o", "#\nex:p"]


def reaches_out(text: str) -> bool:
    """Run a query that passed the guard; the engine refuses port 1 only after it decided to connect."""
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://a"), ox.NamedNode("http://b"), ox.NamedNode("http://127.0.0.1:1/")))
    try:
        list(itertools.islice(iter(store.query(text)), 3))
    except (OSError, RuntimeError):
        return True
    except SyntaxError:
        return False
    return False


def test_the_check_of_the_next_test_can_fail():
    assert reaches_out(PROLOGUE + f"SELECT * {{ SERVICE:p {PATTERN} }}")


@settings(max_examples=400, deadline=None)
@given(
    before=st.lists(st.sampled_from(JOINTS), max_size=4),
    word=st.sampled_from(["SERVICE", "service", "SeRvIcE"]),
    endpoint=st.sampled_from(ENDPOINTS),
    between=st.sampled_from(JOINTS),
    after=st.lists(st.sampled_from(JOINTS), max_size=4),
)
def test_no_spelling_of_service_gets_past_the_guard(before, word, endpoint, between, after):
    body = f"{''.join(before)}{word}{endpoint}{between}{PATTERN}{''.join(after)}"
    text = f"{PROLOGUE}SELECT * {{ ?s ?p ?o {body} }}"
    try:
        check_query(text)
    except (Refused, QuerySyntaxError):
        return
    assert not reaches_out(text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", QueryForm.SELECT),
        ("# ASK\nPREFIX ask: <urn:ask> BASE <urn:x:> VERSION '1.2' select*{}", QueryForm.SELECT),
        ("ASK{}", QueryForm.ASK),
        ("ASKFROM<http://g>{}", QueryForm.ASK),
        ("CONSTRUCT WHERE {}", QueryForm.CONSTRUCT),
        ("DESCRIBE<http://a>", QueryForm.DESCRIBE),
        ("INSERT DATA {}", QueryForm.UPDATE),
        ("WITH <http://g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", QueryForm.UPDATE),
        ("PREFIX select: <urn:s> DROP ALL", QueryForm.UPDATE),
    ],
)
def test_the_form_is_found(text, form):
    assert detect_form(text) is form


@pytest.mark.parametrize("text", ["", "# only a comment", "PREFIX a: <http://a>", "'SELECT'", "?x", "FOO {}"])
def test_no_form_is_an_error(text):
    with pytest.raises(QuerySyntaxError, match="expected SELECT"):
        detect_form(text)


def test_datasets_are_seen_and_resolved():
    text = "PREFIX g: <http://x/> SELECT * FROM g:a FROM <http://x/b> FROM NAMED g:c FROMg:d { ?s ?p ?o }"
    checked = check_query(text)
    assert checked.names_dataset
    assert checked.default_graphs == ("http://x/a", "http://x/b", "http://x/d")
    assert not check_query("PREFIX from: <http://x/> SELECT ?from { from:s ?from 'FROM' }").names_dataset
    with pytest.raises(QuerySyntaxError, match="not declared"):
        check_query("SELECT * FROM no:a { ?s ?p ?o }")


# Size and depth

NESTED = {
    "groups": ("SELECT * {open} ?s ?p ?o {close}", "{{", "}}"),
    "parentheses": ("SELECT * {{ ?s ?p ?o FILTER({open}1{close}) }}", "(", ")"),
    "not": ("SELECT * {{ ?s ?p ?o FILTER({open}true{close}) }}", "!(", ")"),
    "functions": ("SELECT * {{ ?s ?p ?o BIND({open}1{close} AS ?x) }}", "STR(", ")"),
    "conditions": ("SELECT * {{ ?s ?p ?o BIND({open}1{close} AS ?x) }}", "IF(true,1,", ")"),
    "exists": ("SELECT * {{ ?s ?p ?o {open}{close} }}", "FILTER EXISTS {{ ?s ?p ?o ", "}}"),
    "exists in parentheses": ("SELECT * {{ ?s ?p ?o {open}{close} }}", "FILTER(EXISTS {{ ?s ?p ?o ", "}})"),
    "optional": ("SELECT * {{ {open}{close} }}", "OPTIONAL {{ ?s ?p ?o ", "}}"),
    "subselects": ("SELECT * {{ {open}{close} }}", "{{ SELECT * {{ ?s ?p ?o . ", "}}}}"),
    "paths": ("SELECT * {{ ?s {open}<http://a>{close} ?o }}", "(", ")"),
    "path repeats": ("SELECT * {{ ?s {open}<http://a>{close} ?o }}", "(", ")*"),
    "blank nodes": ("SELECT * {{ ?s ?p {open}1{close} }}", "[ ?p ", "]"),
    "collections": ("SELECT * {{ ?s ?p {open}1{close} }}", "( ", " )"),
    "triple terms": ("SELECT * {{ ?s ?p {open}?c{close} }}", "<<( ?a ?b ", ")>>"),
}
CHAINED = {
    "sums": ("SELECT * {{ ?s ?p ?o FILTER(1 = 1{items}) }}", "+1"),
    "and": ("SELECT * {{ ?s ?p ?o FILTER(true{items}) }}", "&&true"),
    "or": ("SELECT * {{ ?s ?p ?o FILTER(?x{items}) }}", "||?x"),
    "alternatives": ("SELECT * {{ ?s <http://a>{items} ?o }}", "|<http://a>"),
    "nots": ("SELECT * {{ ?s ?p ?o FILTER({items}true) }}", "!"),
    "binds": ("SELECT * {{ {items} }}", "BIND(1 AS ?x@)"),
    "filters": ("SELECT * {{ ?s ?p ?o {items} }}", "FILTER(?o>1)"),
    "minus": ("SELECT * {{ ?s ?p ?o {items} }}", "MINUS{{?s ?p ?o}}"),
    "projections": ("SELECT {items} {{ ?s ?p ?o }}", "(?s AS ?x@)"),
    "aggregates": ("SELECT {items} {{ ?s ?p ?o }}", "(COUNT(?s) AS ?x@)"),
}


def nested(kind: str, depth: int) -> str:
    frame, opening, closing = NESTED[kind]
    opening, closing = opening.format(), closing.format()
    return frame.format(open=opening * depth, close=closing * depth)


def chained(kind: str, count: int) -> str:
    frame, item = CHAINED[kind]
    return frame.format(items="".join(item.format().replace("@", str(number)) for number in range(count)))


def largest(make) -> str:
    """Return the largest text of a kind that the guard lets through."""
    sizes = range(1, MAX_OPERATORS + 2)
    low, high = 1, len(sizes)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            check_query(make(middle))
        except Refused:
            high = middle
        else:
            low = middle
    return make(low)


ENGINE = """
import sys, threading
import pyoxigraph as ox
text = sys.stdin.read()
def run():
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://a"), ox.NamedNode("http://a"), ox.Literal(1)))
    list(zip(store.query(text), range(5)))
    print("answered")
threading.stack_size(int(sys.argv[1]))
thread = threading.Thread(target=run)
thread.start()
thread.join()
"""


def run_engine(text: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", ENGINE, str(8 * 1024 * 1024)]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize(
    "make",
    [*(lambda size, kind=kind: nested(kind, size) for kind in NESTED if kind != "collections"),
     *(lambda size, kind=kind: chained(kind, size) for kind in CHAINED)],
    ids=[*(kind for kind in NESTED if kind != "collections"), *CHAINED],
)  # fmt: skip
def test_the_largest_text_let_through_leaves_the_engine_standing(make):
    """In a thread with 8 MB of stack, the usual size; the store's own threads have twice that."""
    text = largest(make)
    done = run_engine(text)
    assert (done.returncode, done.stdout) == (0, "answered\n"), (len(text), done.stderr[-300:])


def test_unbounded_nesting_does_end_the_engine():
    """What the guard is for; when this fails the engine has learned to bound its depth."""
    done = run_engine(nested("groups", 9000))
    assert done.returncode < 0


@pytest.mark.parametrize("kind", NESTED)
def test_nesting_is_bounded(kind):
    with pytest.raises(Refused, match="nest"):
        check_query(nested(kind, MAX_DEPTH + 1))


@pytest.mark.parametrize("kind", CHAINED)
def test_chains_are_bounded(kind):
    with pytest.raises(Refused, match="operators"):
        check_query(chained(kind, MAX_OPERATORS + 1))


def test_constants_are_not_counted():
    numbers = " ".join(str(number) for number in range(20_000))
    check_query(f"SELECT * {{ VALUES ?x {{ {numbers} }} ?s ?p ?x }}")
    check_query(f"SELECT * {{ ?s ?p ?x FILTER(?x IN ({numbers.replace(' ', ',')})) }}")
    triples = "".join(f"<http://s> <http://p> {number} ; <http://q> 'x', 'y' . " for number in range(5_000))
    check_update(f"INSERT DATA {{ GRAPH <http://g> {{ {triples} }} }}")


def test_length_is_bounded():
    with pytest.raises(Refused, match="characters"):
        check_query("SELECT * {}" + " " * 1_000_000)


def test_a_name_whose_prefix_never_ends_costs_no_time_that_grows_with_its_square():
    def seconds(length):
        started = time.perf_counter()
        with pytest.raises(QuerySyntaxError, match="name of more than"):
            check_query("ASK { ?s ?p a" + ".a" * length + " }")
        return time.perf_counter() - started

    assert seconds(400_000) < 0.5
    names = "".join(f"PREFIX {'p' * length}: <urn:{length}/> " for length in (1, 250, 257))
    ox.Store().query(f"{names} ASK {{ ?s {'p' * 257}:x 1 }}")
    assert check_query(f"{names} ASK {{ ?s {'p' * 257}:x 1 }}").form is QueryForm.ASK
    with pytest.raises(QuerySyntaxError, match="name of more than"):
        check_query(f"PREFIX {'p' * 259}: <urn:x> ASK {{}}")


def test_the_form_is_known_from_the_start_of_a_text():
    hostile = "{" * 1000 + '"' * 3
    for word, form in (("SELECT", QueryForm.SELECT), ("describe", QueryForm.DESCRIBE), ("CLEAR", QueryForm.UPDATE)):
        assert form_of_start(f"BASE <urn:x> PREFIX ask: <urn:y> # CONSTRUCT\n {word} {hostile}") is form
    with pytest.raises(QuerySyntaxError, match="expected SELECT"):
        form_of_start("PREFIX a: <urn:x>")
    with pytest.raises(Refused, match="prefixes"):
        form_of_start("PREFIX a: <urn:x> " * 2000 + "ASK {}")


@pytest.mark.parametrize("start", [
    "SELECT*{}", "select ?x {}", "Ask{", "ASK$", "\t\nCONSTRUCT {", "DESCRIBE ?x", "describe*", "SELECT(1 AS ?x){}",
    "SELECT", "SELECT<urn:x>", "SELECT:x", "SELECTED ?x", "ASKED {", "ask", "\u00a0SELECT ?x", "\u017fELECT ?x",
    "INSERT DATA {", "LOAD <urn:x>", "", "{", "1SELECT ?x", "DESCRIBE<urn:x>",
])  # fmt: skip
def test_a_plain_start_is_read_as_by_its_tokens(start: str) -> None:
    def told(text: str) -> str:
        try:
            return form_of_start(text).value
        except QuerySyntaxError as error:
            return error.message

    assert told(start) == told(f"# word by word\n{start}")


@pytest.mark.parametrize("text", [
    "SELECT (Now() AS ?x) {}", "ASK { BIND(\u017ftruuid() AS ?x) }", "ASK { SERVICE <urn:x> {} }",
    "ASK { FILTER(\\u006eow() = 1) }", "SELECT (rand() AS ?x) {}", "ASK { BIND(BNODE() AS ?x) }",
])  # fmt: skip
def test_words_whose_answer_differs_each_time_are_found(text: str) -> None:
    assert not is_steady(text)
    assert is_steady("ASK { ?known ?brand ?services }")
