import hashlib
import os
import random
import subprocess
import sys

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from aimsgraph.errors import InputError
from aimsgraph.graph.canonical import Content, describe_content, digest, sort_quads, to_nquads, to_turtle
from aimsgraph.graph.prefixes import Prefixes

EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = Prefixes({"ex": EX, "deep": EX + "a/", "unused": "http://unused.org/", "xsd": XSD})
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def node(name):
    return ox.NamedNode(EX + name)


TRIPLES = [
    ox.Triple(node("b"), node("p"), ox.Literal("2")),
    ox.Triple(node("b"), node("p"), ox.Literal("10")),
    ox.Triple(node("b"), node("A"), ox.Literal("first by name")),
    ox.Triple(node("b"), RDF_TYPE, node("T")),
    ox.Triple(node("a"), node("p"), ox.Literal("2027-12-02", datatype=ox.NamedNode(XSD + "date"))),
    ox.Triple(node("a"), node("p"), ox.Literal("Gesetz", language="de")),
    ox.Triple(node("a/art_6/par_2"), node("p"), ox.Literal('quote " and\nline')),
]
EXPECTED = b"""\
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix deep: <http://example.org/a/> .
@prefix ex: <http://example.org/> .
ex:a ex:p "2027-12-02"^^xsd:date , "Gesetz"@de .
"""


def test_turtle_is_sorted_grouped_and_declares_only_what_it_uses():
    text = to_turtle(TRIPLES, PREFIXES)
    assert text.startswith(EXPECTED)
    assert b"unused" not in text
    block = text[text.index(b"ex:b ") :].decode()
    assert block == 'ex:b a ex:T ;\n\tex:A "first by name" ;\n\tex:p "10" , "2" .\n'


def test_the_order_of_input_and_repetition_do_not_matter():
    quads = [ox.Quad(t.subject, t.predicate, t.object, node("g")) for t in TRIPLES]
    expected = (to_turtle(quads, PREFIXES), to_nquads(quads), digest(quads))
    for seed in range(20):
        shuffled = random.Random(seed).sample(quads, len(quads)) + quads[:2]
        assert (to_turtle(shuffled, PREFIXES), to_nquads(shuffled), digest(shuffled)) == expected
        assert sort_quads(shuffled) == sort_quads(quads)


def test_the_hash_seed_does_not_matter():
    script = (
        "import sys, pyoxigraph as ox\n"
        "from aimsgraph.graph.canonical import to_turtle, digest\n"
        "q = [ox.Quad(ox.NamedNode(f'http://e/{i % 7}'), ox.NamedNode(f'http://w3id.org/aimsgraph/ns#p{i}'),"
        " ox.Literal(str(i))) for i in range(100)]\n"
        "sys.stdout.buffer.write(to_turtle(set(q)) + digest(set(q)).encode())\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "12345")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


def test_turtle_says_the_same_to_rdflib():
    ours = rdflib.Graph().parse(data=to_turtle(TRIPLES, PREFIXES), format="turtle")
    theirs = rdflib.Graph().parse(data=ox.serialize(TRIPLES, format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert isomorphic(ours, theirs)


def test_nquads_are_sorted_lines_and_the_digest_is_theirs():
    quads = [ox.Quad(t.subject, t.predicate, t.object, node("g")) for t in TRIPLES]
    lines = to_nquads(quads).splitlines()
    assert lines == sorted(lines)
    assert {quad.triple for quad in ox.parse(to_nquads(quads), format=ox.RdfFormat.N_QUADS)} == set(TRIPLES)
    assert digest(quads) == hashlib.sha256(to_nquads(quads)).hexdigest()
    assert describe_content(reversed(quads)) == Content(digest(quads), len(quads), overlaps=False)
    again = ox.Quad(quads[0].subject, quads[0].predicate, quads[0].object, node("h"))
    assert describe_content([*quads, again]).overlaps
    assert digest(quads[1:]) != digest(quads)


def test_nothing_is_nothing():
    assert to_turtle([]) == b""
    assert to_nquads([]) == b""
    assert digest([]) == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize(
    "quad",
    [
        ox.Quad(ox.BlankNode(), node("p"), node("o")),
        ox.Quad(node("s"), node("p"), ox.BlankNode()),
        ox.Quad(node("s"), node("p"), node("o"), ox.BlankNode()),
        ox.Quad(node("s"), node("p"), ox.Triple(node("a"), node("p"), ox.BlankNode())),
    ],
)
@pytest.mark.parametrize("write", [to_turtle, to_nquads, digest, sort_quads])
def test_blank_nodes_are_refused(quad, write):
    with pytest.raises(InputError, match="blank node"):
        write([quad])


def test_turtle_of_two_graphs_is_refused():
    with pytest.raises(InputError, match="one graph"):
        to_turtle([ox.Quad(node("s"), node("p"), node("o"), node(name)) for name in "gh"])
