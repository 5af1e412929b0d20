"""Writes quads as RDF, the same bytes every time, also where the graph has blank nodes."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from aimsgraph.graph.prefixes import load_prefixes

FORMATS = {
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
GRAPH_ONLY = frozenset({"turtle", "ntriples", "rdfxml"})
"""Formats that hold one graph: the quads are written without their graph names."""


def render_quads(quads: Iterable[ox.Quad], format_: str) -> bytes:
    """Return quads as RDF.

    Blank nodes get the labels of the RDF Dataset Canonicalization (W3C RDFC-1.0), so that they too are stable.

    Args:
        quads: what to write.
        format_: a key of `FORMATS`.
    """
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    ordered = sorted(dataset, key=str if format_ in ("nquads", "ntriples") else _by_graph)
    statements = (q.triple for q in ordered) if format_ in GRAPH_ONLY else ordered
    return ox.serialize(statements, format=FORMATS[format_], prefixes=load_prefixes().as_dict()) or b""


def _by_graph(quad: ox.Quad) -> tuple[str, str, str, str]:
    return str(quad.graph_name), str(quad.subject), str(quad.predicate), str(quad.object)
