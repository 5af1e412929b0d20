"""Asks a store and gives rows of plain Python values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pyoxigraph as ox

from aimsgraph.domain.identifiers import TERM
from aimsgraph.graph.store import Solutions, Store

PREFIXES = f"""PREFIX aims: <{TERM}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_XSD = "http://www.w3.org/2001/XMLSchema#"

Plain = str | int | bool | dt.date
Record = dict[str, Plain]


def iter_rows(store: Store, query: str) -> Iterator[Record]:
    """Yield the rows of a SELECT as dicts; an unbound variable is absent, an IRI is its text."""
    answer = store.query(PREFIXES + query)
    assert isinstance(answer, Solutions), "a SELECT query is expected here"
    names = answer.variables
    for row in answer:
        yield {name: to_plain(term) for name in names if (term := row[name]) is not None}


def to_plain(term: object) -> Plain:
    """Return a term as text, or as the number, truth value or date it stands for."""
    if isinstance(term, ox.NamedNode):
        return term.value
    assert isinstance(term, ox.Literal)
    datatype = term.datatype.value
    if datatype == _XSD + "date":
        return dt.date.fromisoformat(term.value)
    if datatype == _XSD + "integer":
        return int(term.value)
    if datatype == _XSD + "boolean":
        return term.value in ("true", "1")
    return term.value


def text_of(record: Record, name: str) -> str:
    """Return a value as text, empty when absent."""
    return str(record.get(name, ""))


def date_of(record: Record, name: str) -> dt.date | None:
    """Return a value that is a date, None when absent."""
    value = record.get(name)
    return value if isinstance(value, dt.date) else None
