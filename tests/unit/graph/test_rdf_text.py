import pyoxigraph as ox
import pytest

from aimsgraph.errors import InputError, Refused
from aimsgraph.graph.rdf_text import format_of_name, parse_rdf, read_rdf

G = ox.NamedNode("http://example.org/g")
TRIG = b"@prefix e: <http://e/> . e:s e:p 1 . e:h { e:s e:p 2 }"


def test_triples_without_a_graph_go_where_they_are_told():
    graphs = {str(quad.graph_name) for quad in parse_rdf(TRIG, ox.RdfFormat.TRIG, graph=G)}
    assert graphs == {str(G), "<http://e/h>"}
    assert {str(q.graph_name) for q in parse_rdf(TRIG, ox.RdfFormat.TRIG)} == {"DEFAULT", "<http://e/h>"}


def test_an_error_says_where():
    with pytest.raises(InputError) as caught:
        list(parse_rdf(b"<http://a> <http://b> 1 .\n<http://a> oops", ox.RdfFormat.TURTLE, file="x.ttl"))
    assert (caught.value.location.file, caught.value.location.line) == ("x.ttl", 2)


def test_a_relative_iri_needs_a_base(tmp_path):
    path = tmp_path / "x.ttl"
    path.write_text("<a> <b> <c> .")
    with pytest.raises(InputError):
        list(read_rdf(path))
    (quad,) = read_rdf(path, base="http://e/", graph=G)
    assert (quad.subject.value, quad.graph_name) == ("http://e/a", G)


def test_entities_are_refused_before_they_grow():
    bomb = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><r>&b;</r>'
    with pytest.raises(Refused, match="document type"):
        list(parse_rdf(bomb, ox.RdfFormat.RDF_XML))


def test_formats_go_by_the_ending(tmp_path):
    assert format_of_name("a/b.core.ttl") == ox.RdfFormat.TURTLE
    for name in ("x.txt", "x"):
        with pytest.raises(InputError, match="ending"):
            format_of_name(name)
    with pytest.raises(InputError, match="cannot read"):
        list(read_rdf(tmp_path / "none.ttl"))
