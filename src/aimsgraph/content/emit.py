"""Collects triples and remembers where each subject was written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pyoxigraph as ox

from aimsgraph.errors import Location
from aimsgraph.graph.vocabulary import RDF_TYPE, aims

XSD = "http://www.w3.org/2001/XMLSchema#"
Value = ox.NamedNode | ox.Literal | str | bool | int | dt.date

SourceMap = dict[str, Location]
"""IRI → file, line and column: how any fact is traced to its row."""


def text(value: str, language: str = "") -> ox.Literal:
    """Return a plain string literal, or one in a language."""
    return ox.Literal(value, language=language) if language else ox.Literal(value)


def any_uri(value: str) -> ox.Literal:
    """Return a web address as a literal: recorded, not linked as a node of ours."""
    return ox.Literal(value, datatype=ox.NamedNode(XSD + "anyURI"))


def decimal(value: str) -> ox.Literal:
    """Return a decimal in canonical form."""
    whole, _, rest = value.partition(".")
    return ox.Literal(f"{int(whole)}.{rest.rstrip('0') or '0'}", datatype=ox.NamedNode(XSD + "decimal"))


@dataclass(slots=True)
class Emitter:
    """Triples of one graph under construction.

    Attributes:
        triples: what was said so far.
        sources: where the subjects were written.
    """

    triples: set[ox.Triple] = field(default_factory=set)
    sources: SourceMap = field(default_factory=dict)

    def node(self, iri: str, *classes: str, where: Location | None = None) -> Node:
        """Start a node: its classes are local names of our ontology."""
        node = ox.NamedNode(iri)
        for name in classes:
            self.triples.add(ox.Triple(node, RDF_TYPE, aims(name)))
        if where is not None:
            self.sources.setdefault(iri, where)
        return Node(self, node)


@dataclass(frozen=True, slots=True)
class Node:
    """A subject being described."""

    emitter: Emitter
    iri: ox.NamedNode

    def say(self, predicate: str | ox.NamedNode, *values: Value | None) -> Node:
        """Add one triple a value; None and empty text are left out."""
        term = aims(predicate) if isinstance(predicate, str) else predicate
        for value in values:
            if value is None or value == "":
                continue
            self.emitter.triples.add(ox.Triple(self.iri, term, _to_term(value)))
        return self


def _to_term(value: Value) -> ox.NamedNode | ox.Literal:
    if isinstance(value, ox.NamedNode | ox.Literal):
        return value
    if isinstance(value, bool):
        return ox.Literal("true" if value else "false", datatype=ox.NamedNode(XSD + "boolean"))
    if isinstance(value, int):
        return ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer"))
    if isinstance(value, dt.date):
        return ox.Literal(value.isoformat(), datatype=ox.NamedNode(XSD + "date"))
    return ox.Literal(value)
