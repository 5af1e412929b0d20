"""The linked-data pages as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox

from aimsgraph.api import AimsGraph
from aimsgraph.domain.identifiers import TERM
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.web.pages.shell import draw_html, link

if TYPE_CHECKING:
    from aimsgraph.web.linked_data import Thing

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LABELS = (
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://purl.org/dc/terms/title",
)
_TYPE = _RDF + "type"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_FORMS = ("turtle", "jsonld", "ntriples", "rdfxml")
Name = Callable[[str], str]


def render_thing(graph: AimsGraph, thing: Thing) -> str:
    """Return the page of one thing."""
    name = load_prefixes().compact
    label = _label(thing.said) or name(thing.iri)
    types = [triple.object for triple in thing.said if triple.predicate.value == _TYPE]
    body = [f"<p><code>{escape(thing.iri)}</code></p>", _formats()]
    if types:
        body.append(f"<p>{', '.join(_cell(each, name, graph) for each in types)}</p>")
    if thing.cut:
        body.append(f"<p><strong>{escape(thing.cut)}</strong></p>")
    body += _table("What is said of it", _rows(thing.said, name, graph))
    body += _table("What points at it", _pointing(thing.pointing, name, graph))
    return draw_html(label, body)


def render_tables(graph: AimsGraph, thing: Thing) -> str:
    """Return what is said of a thing, and what points at it, as HTML for the inside of a page."""
    name = load_prefixes().compact
    cut = [f"<p><strong>{escape(thing.cut)}</strong></p>"] if thing.cut else []
    said = _table("What is said of it", _rows(thing.said, name, graph))
    return "\n".join([*cut, *said, *_table("What points at it", _pointing(thing.pointing, name, graph))])


def render_terms(graph: AimsGraph, thing: Thing) -> str:
    """Return the page of the ontology's terms, each at its fragment."""
    name = load_prefixes().compact
    body = [f"<p><code>{escape(thing.iri)}</code></p>", _formats()]
    for iri, group in groupby(thing.said, key=lambda triple: _value(triple.subject)):
        triples = list(group)
        fragment = escape(iri.removeprefix(TERM))
        body.append(f'<h2 id="{fragment}">{escape(_label(triples) or fragment)} <code>aims:{fragment}</code></h2>')
        body += _table("", _rows(triples, name, graph))
    return draw_html("Terms", body)


def _formats() -> str:
    links = (f'<a href="?format={form}">{form}</a>' for form in _FORMS)
    return f"<nav>{' '.join(links)}</nav>"


def _table(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    lines = [f"<tr><th>{head}</th><td>{cell}</td></tr>" for head, cell in rows]
    if not lines:
        return []
    heading = [f"<h2>{escape(title)}</h2>"] if title else []
    return [*heading, "<table>", *lines, "</table>"]


def _rows(triples: Iterable[ox.Triple], name: Name, graph: AimsGraph) -> Iterator[tuple[str, str]]:
    ordered = sorted(triples, key=lambda triple: (_rank(triple.predicate.value), triple.predicate.value))
    for predicate, group in groupby(ordered, key=lambda triple: triple.predicate.value):
        yield link(predicate, name(predicate)), "<br>".join(_cell(each.object, name, graph) for each in group)


def _pointing(triples: Iterable[ox.Triple], name: Name, graph: AimsGraph) -> Iterator[tuple[str, str]]:
    ordered = sorted(triples, key=lambda triple: triple.predicate.value)
    for predicate, group in groupby(ordered, key=lambda triple: triple.predicate.value):
        cells = "<br>".join(_cell(each.subject, name, graph) for each in group)
        yield f"is {link(predicate, name(predicate))} of", cells


def _cell(term: Term, name: Name, graph: AimsGraph) -> str:
    if isinstance(term, ox.NamedNode):
        entry = graph.index.by_iri(term.value)
        label = f' <span class="quiet">{escape(entry.label)}</span>' if entry else ""
        return link(term.value, entry.reference if entry else name(term.value)) + label
    if isinstance(term, ox.Literal):
        if term.datatype.value.endswith("#anyURI"):
            return link(term.value, term.value)
        kind = term.language or (name(term.datatype.value) if term.datatype.value != _STRING else "")
        return escape(term.value) + (f' <span class="quiet">{escape(kind)}</span>' if kind else "")
    return f"<code>{escape(str(term))}</code>"


def _rank(predicate: str) -> int:
    return 0 if predicate in _LABELS else 1 if predicate == _TYPE else 2


def _label(triples: Iterable[ox.Triple]) -> str:
    found = {triple.predicate.value: _value(triple.object) for triple in triples if triple.predicate.value in _LABELS}
    return next((found[each] for each in _LABELS if each in found), "")


def _value(term: Term) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
