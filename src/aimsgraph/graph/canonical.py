"""Quads to bytes that never change: sorted, with stable prefixes, the same on every machine and hash seed.

Blank nodes are refused, because their labels are accidents: name the node instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from aimsgraph.errors import InputError
from aimsgraph.graph.prefixes import Prefixes, load_prefixes

_RDF_TYPE: Final = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
Statement = ox.Quad | ox.Triple


def sort_quads(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the distinct quads by graph, subject, predicate and object; `a` is a subject's first predicate.

    Raises:
        InputError: a blank node.
    """
    distinct = set(quads)
    _refuse_blank_nodes(distinct)
    return sorted(distinct, key=_quad_key)


def to_nquads(quads: Iterable[ox.Quad]) -> bytes:
    """Write quads as N-Quads, one a line, sorted line by line.

    Raises:
        InputError: a blank node.
    """
    distinct = set(quads)
    _refuse_blank_nodes(distinct)
    return "".join(_sorted_lines(distinct)).encode()


def to_turtle(statements: Iterable[Statement], prefixes: Prefixes | None = None) -> bytes:
    """Write triples as Turtle, grouped by subject, with only the prefixes they use.

    Quads are written without their graph; those of one call belong to one graph.

    Raises:
        InputError: a blank node, or quads of several graphs.
    """
    quads = {_as_quad(statement) for statement in statements}
    graphs = {str(quad.graph_name) for quad in quads}
    if len(graphs) > 1:
        raise InputError(f"Turtle holds one graph, not {len(graphs)}", remedy="write TriG or N-Quads")
    triples = [quad.triple for quad in sort_quads(quads)]
    table = prefixes or load_prefixes()
    used = table.used_by(_iris_of(triples))
    text = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=used)
    return b"" if text is None else text


def digest(quads: Iterable[ox.Quad]) -> str:
    """Return the SHA-256 of the canonical N-Quads, which any order of the same quads shares.

    Raises:
        InputError: a blank node.
    """
    return hashlib.sha256(to_nquads(quads)).hexdigest()


@dataclass(frozen=True, slots=True)
class Content:
    """What can be said of the content of one store.

    Attributes:
        digest: as `digest` makes it, with blank nodes taken by their labels.
        quads: how many quads there are.
        overlaps: whether a triple is in more than one graph.
    """

    digest: str
    quads: int
    overlaps: bool


def describe_content(quads: Iterable[ox.Quad]) -> Content:
    """Return digest, size and overlap of what a store holds: each quad once, blank node labels lasting."""
    lines = []
    triples = set()
    for quad in quads:
        lines.append(f"{quad} .\n")
        triples.add(hash(quad.triple))  # two triples with one hash would only cost a merge nobody needs
    lines.sort()
    found = hashlib.sha256("".join(lines).encode()).hexdigest()
    return Content(found, len(lines), overlaps=len(triples) < len(lines))


def _sorted_lines(quads: Iterable[ox.Quad]) -> list[str]:
    return sorted(f"{quad} .\n" for quad in quads)


def _quad_key(quad: ox.Quad) -> tuple[str, str, bool, str, str]:
    is_type = quad.predicate == _RDF_TYPE
    return (
        _key(quad.graph_name),
        _key(quad.subject),
        not is_type,
        _key(quad.predicate),
        _key(quad.object),
    )


def _key(term: object) -> str:
    """Return what a term is sorted by: an IRI without its brackets, so `art_6` precedes `art_6/par_1`."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _as_quad(statement: Statement) -> ox.Quad:
    if isinstance(statement, ox.Quad):
        return statement
    return ox.Quad(statement.subject, statement.predicate, statement.object)


def _refuse_blank_nodes(quads: Iterable[ox.Quad]) -> None:
    for quad in quads:
        terms: list[object] = [quad.subject, quad.object, quad.graph_name]
        while terms:
            term = terms.pop()
            if isinstance(term, ox.BlankNode):
                raise InputError(
                    f"a blank node in: {quad}", remedy="give the node an IRI; blank nodes have no stable name"
                )
            if isinstance(term, ox.Triple):
                terms += [term.subject, term.object]


def _iris_of(triples: Iterable[ox.Triple]) -> set[str]:
    iris: set[str] = set()
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode):
                iris.add(term.value)
            elif isinstance(term, ox.Literal):
                iris.add(term.datatype.value)
    return iris
