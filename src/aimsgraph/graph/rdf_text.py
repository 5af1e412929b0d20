"""Reads RDF text and files to quads, saying where an error stands; fetches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from aimsgraph.errors import InputError, Location, Refused

_FORMATS: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}


def format_of_name(name: str) -> ox.RdfFormat:
    """Return the RDF format a file name ends in.

    >>> format_of_name("core.ttl").name
    'Turtle'

    Raises:
        InputError: no RDF format has that ending.
    """
    found = _FORMATS.get(Path(name).suffix.lower())
    if found is None:
        raise InputError(f"{name} has no ending of an RDF format", remedy=f"use one of {', '.join(_FORMATS)}")
    return found


def parse_rdf(
    source: bytes, format: ox.RdfFormat, *, graph: ox.NamedNode | None = None, base: str | None = None,
    file: str = "",
) -> Iterator[ox.Quad]:  # fmt: skip
    """Yield the quads of an RDF text, those of its default graph in `graph` when one is given.

    Args:
        source: the text.
        format: what it is written in.
        graph: where triples go that name no graph.
        base: what relative IRIs are relative to.
        file: the file to name in an error.

    Raises:
        InputError: the text is no such RDF; the error says where.
        Refused: XML with a document type, whose entities could grow without bound.
    """
    if format == ox.RdfFormat.RDF_XML and b"<!DOCTYPE" in source:
        raise Refused("a document type in RDF/XML is not allowed", remedy="write the entities out in full")
    try:
        for quad in ox.parse(source, format=format, base_iri=base):
            if graph is not None and isinstance(quad.graph_name, ox.DefaultGraph):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
            else:
                yield quad
    except SyntaxError as error:
        where = Location(file, error.lineno or 0, error.offset or 0) if file else None
        raise InputError(f"not readable as {format.name}: {error.msg}", location=where) from error


def read_rdf(path: Path, *, graph: ox.NamedNode | None = None, base: str | None = None) -> Iterator[ox.Quad]:
    """Yield the quads of a file; its ending says the format. Without a base a relative IRI is an error.

    Raises:
        InputError: the file cannot be read.
        Refused: see `parse_rdf`.
    """
    format_ = format_of_name(path.name)
    try:
        source = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", location=Location(str(path))) from error
    yield from parse_rdf(source, format_, graph=graph, base=base, file=str(path))
