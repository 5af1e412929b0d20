import io
import json

import pyoxigraph as ox
import pytest
import rdflib

from aimsgraph.errors import DeadlineExceeded, UsageError
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.prefixes import Prefixes
from aimsgraph.graph.results import GRAPH_FORMATS, ROW_FORMATS, render_answer, write_answer
from aimsgraph.graph.store import Boolean, Deadline, Limits, Solutions

XSD = "http://www.w3.org/2001/XMLSchema#"
EX = "http://example.org/"
PREFIXES = Prefixes({"ex": EX, "xsd": XSD})
LITERALS = [
    ox.Literal("plain"),
    ox.Literal('quotes " and \\ and, comma'),
    ox.Literal("two\nlines\r\nand\ttab"),
    ox.Literal("<tag> & \u00e9 \U0001f600"),
    ox.Literal("Gesetz", language="de"),
    ox.Literal("2027-12-02", datatype=ox.NamedNode(XSD + "date")),
    ox.Literal(5),
    ox.Literal(""),
]
QUERY = f"SELECT ?s ?o ?none {{ ?s <{EX}p> ?o OPTIONAL {{ ?o ?s ?none }} }} ORDER BY ?s"


@pytest.fixture
def store():
    quads = [
        ox.Quad(ox.NamedNode(f"{EX}{number}"), ox.NamedNode(EX + "p"), term, ox.NamedNode(EX + "g"))
        for number, term in enumerate(LITERALS)
    ]
    blank = ox.Quad(ox.BlankNode("b"), ox.NamedNode(EX + "p"), ox.NamedNode(EX + "a/b"), ox.NamedNode(EX + "g"))
    return MemoryStore([*quads, blank])


def native(store, text):
    found = ox.Store()
    found.extend(store.quads())
    return found.query(text, use_default_graph_as_union=True)


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("json", ox.QueryResultsFormat.JSON),
        ("csv", ox.QueryResultsFormat.CSV),
    ],
)
def test_rows_are_written_as_the_engine_itself_writes_them(store, name, format):
    ours = render_answer(store.query(QUERY), name)
    theirs = native(store, QUERY).serialize(format=format)
    assert ours == theirs


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("json", ox.QueryResultsFormat.JSON),
        ("tsv", ox.QueryResultsFormat.TSV),
        ("xml", ox.QueryResultsFormat.XML),
    ],
)
def test_rows_read_back_as_the_same_terms(store, name, format):
    written = render_answer(store.query(QUERY), name)
    read = ox.parse_query_results(written, format=format)
    assert [list(row) for row in read] == [list(row) for row in native(store, QUERY)]


def test_csv_reads_back_with_a_csv_reader(store):
    import csv

    rows = list(csv.reader(io.StringIO(render_answer(store.query(QUERY), "csv").decode(), newline="")))
    assert rows[0] == ["s", "o", "none"]
    assert {row[1] for row in rows[1:]} == {term.value for term in LITERALS} | {EX + "a/b"}


def test_what_xml_cannot_hold_is_replaced_and_the_rest_stays_well_formed():
    store = MemoryStore([ox.Quad(ox.NamedNode(EX), ox.NamedNode(EX), ox.Literal("a\x01b\x0bc"))])
    text = render_answer(store.query("SELECT ?o { ?s ?p ?o }"), "xml")
    (row,) = ox.parse_query_results(text, format=ox.QueryResultsFormat.XML)
    assert row["o"].value == "a\ufffdb\ufffdc"


def test_a_table_is_aligned_shows_curies_and_no_control_characters(store):
    text = render_answer(store.query(QUERY), "table", prefixes=PREFIXES).decode()
    assert "\r" not in text and "\t" not in text
    lines = text.splitlines()
    assert len(lines) == 2 + 9
    assert lines[0].split() == ["s", "o", "none"]
    column = lines[0].index("o")
    assert all(not line[column - 2 : column].strip() for line in lines[1:])
    assert any(line.startswith("ex:0") and line.endswith("plain") for line in lines)
    assert f"{EX}a/b" in text
    assert "two lines  and tab" in text


def test_a_table_gives_wide_signs_two_columns():
    store = MemoryStore(
        ox.Quad(ox.NamedNode(EX + name), ox.NamedNode(EX + "p"), ox.Literal(text))
        for name, text in (("a", "\u6cd5\u6848"), ("b", "abcd"), ("c", "\x1b[31mred"))
    )
    answer = store.query("SELECT ?o ?s { ?s ?p ?o } ORDER BY ?s")
    lines = render_answer(answer, "table", prefixes=PREFIXES).decode().splitlines()
    assert lines[2:] == ["\u6cd5\u6848      ex:a", "abcd      ex:b", " [31mred  ex:c"]


def test_an_empty_table_has_its_header(store):
    text = render_answer(store.query("SELECT ?long_name { ?long_name ?p 'nothing' }"), "table").decode()
    assert text == "long_name\n---------\n"


@pytest.mark.parametrize("value", [True, False])
def test_yes_and_no(value):
    word = "true" if value else "false"
    assert render_answer(Boolean(value), "table") == (b"yes\n" if value else b"no\n")
    assert json.loads(render_answer(Boolean(value), "json")) == {"head": {}, "boolean": value}
    assert render_answer(Boolean(value), "csv") == render_answer(Boolean(value), "tsv") == word.encode()
    parsed = ox.parse_query_results(render_answer(Boolean(value), "xml"), format=ox.QueryResultsFormat.XML)
    assert bool(parsed) is value


@pytest.mark.parametrize("name", GRAPH_FORMATS)
def test_a_graph_reads_back_in_every_format(name):
    store = MemoryStore(
        ox.Quad(ox.NamedNode(f"{EX}{number}"), ox.NamedNode(EX + "p"), term) for number, term in enumerate(LITERALS)
    )
    text = render_answer(store.query("CONSTRUCT WHERE { ?s ?p ?o }"), name)
    read = {quad.triple for quad in ox.parse(text, format=GRAPH_FORMATS[name])}
    assert read == {quad.triple for quad in store.quads()}
    if name in {"turtle", "ntriples", "rdfxml"}:
        syntax = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml"}[name]
        assert len(rdflib.Graph().parse(data=text, format=syntax)) == len(LITERALS)


def test_a_format_that_does_not_suit_is_a_usage_error(store):
    with store.query(QUERY) as answer, pytest.raises(UsageError, match="turtle") as caught:
        render_answer(answer, "turtle")
    assert all(name in caught.value.remedy for name in ROW_FORMATS)
    with pytest.raises(UsageError):
        render_answer(store.query("CONSTRUCT WHERE { ?s ?p ?o }"), "csv")


def test_a_cut_answer_is_written_as_far_as_it_goes(store):
    answer = store.query(QUERY, limits=Limits(rows=2))
    assert len(json.loads(render_answer(answer, "json"))["results"]["bindings"]) == 2
    assert answer.truncated


class Recorder(io.RawIOBase):
    def __init__(self):
        self.pieces = []

    def writable(self):
        return True

    def write(self, piece):
        self.pieces.append(bytes(piece))
        return len(piece)


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "xml"])
def test_rows_are_written_as_they_come(store, name):
    output = Recorder()
    seen = []

    def rows():
        for row in native(store, QUERY):
            seen.append(len(output.pieces))
            yield row

    write_answer(Solutions(["s", "o", "none"], rows()), name, output)
    assert seen == sorted(set(seen))


def test_a_late_graph_raises_and_does_not_pass_for_complete(store):
    now = [0.0]
    answer = store.query("CONSTRUCT WHERE { ?s ?p ?o }", deadline=Deadline(5, clock=lambda: now[0]))
    now[0] = 6.0
    with pytest.raises(DeadlineExceeded):
        render_answer(answer, "turtle")
