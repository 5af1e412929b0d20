"""Finds axioms outside the OWL 2 RL profile, so that rules can draw every conclusion of what is left.

Only what a vocabulary of this kind could contain is looked at: the class expressions allowed on either side
of an axiom, the constructs the profile leaves out, and the datatypes it knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal
from rdflib.collection import Collection
from rdflib.term import Node

from aimsgraph.reasoning.owl_datatypes import RL_DATATYPES

_OUTSIDE_PREDICATES: Final = frozenset(
    {
        OWL.disjointUnionOf,
        OWL.hasSelf,
        OWL.minCardinality,
        OWL.cardinality,
        OWL.minQualifiedCardinality,
        OWL.qualifiedCardinality,
        OWL.onDatatype,
        OWL.withRestrictions,
        OWL.datatypeComplementOf,
        OWL.onDataRange,
    }
)
_OUTSIDE_TYPES: Final = frozenset({OWL.ReflexiveProperty, OWL.DataRange, RDFS.Datatype})
_Place = tuple[Node, Node, Callable[[Graph, Node], bool], str]

_MAXIMA: Final = (OWL.maxCardinality, OWL.maxQualifiedCardinality)


@dataclass(frozen=True, slots=True)
class ProfileViolation:
    """One axiom outside the profile.

    Attributes:
        subject: the named term the axiom is about, or the blank node when it has no name.
        message: which construct it is.
    """

    subject: Node
    message: str


def find_profile_violations(graph: Graph) -> tuple[ProfileViolation, ...]:
    """List the axioms of a graph that are outside OWL 2 RL, in a stable order."""
    found = [*_find_constructs(graph), *_find_ranges(graph), *_find_expressions(graph)]
    return tuple(sorted(found, key=lambda violation: (str(violation.subject), violation.message)))


def _find_constructs(graph: Graph) -> Iterator[ProfileViolation]:
    for subject, predicate in graph.subject_predicates():
        if predicate in _OUTSIDE_PREDICATES:
            yield ProfileViolation(_find_owner(graph, subject), f"uses {_shorten(predicate)}")
    for subject, kind in graph.subject_objects(RDF.type):
        if kind in _OUTSIDE_TYPES:
            yield ProfileViolation(subject, f"is a {_shorten(kind)}")


def _find_ranges(graph: Graph) -> Iterator[ProfileViolation]:
    for prop in graph.subjects(RDF.type, OWL.DatatypeProperty):
        for value in graph.objects(prop, RDFS.range):
            if value not in RL_DATATYPES:
                yield ProfileViolation(prop, f"has the range {_shorten(value)}, unknown to the profile")


def _find_expressions(graph: Graph) -> Iterator[ProfileViolation]:
    for subject, expression, accepts, place in _collect_expressions(graph):
        if not accepts(graph, expression):
            yield ProfileViolation(subject, f"has a class expression {place} that is not allowed there")


def _collect_expressions(graph: Graph) -> Iterator[_Place]:
    """Go through every class expression with who may stand in its place."""
    for subject, value in graph.subject_objects(RDFS.subClassOf):
        yield subject, subject, _is_subclass, "below rdfs:subClassOf"
        yield subject, value, _is_superclass, "above rdfs:subClassOf"
    for predicate, accepts in ((OWL.disjointWith, _is_subclass), (OWL.equivalentClass, _is_equivalent)):
        for subject, value in graph.subject_objects(predicate):
            yield subject, subject, accepts, f"in {_shorten(predicate)}"
            yield subject, value, accepts, f"in {_shorten(predicate)}"
    for members in graph.objects(None, OWL.members):
        for member in Collection(graph, members):
            yield member, member, _is_subclass, "in owl:AllDisjointClasses"
    for place in (RDFS.domain, RDFS.range):
        for subject, value in graph.subject_objects(place):
            yield subject, value, _is_superclass, f"as {_shorten(place)}"
    for subject, value in graph.subject_objects(RDF.type):
        yield subject, value, _is_superclass, "as a type"


def _is_subclass(graph: Graph, expression: Node) -> bool:
    if not isinstance(expression, BNode):
        return expression != OWL.Thing
    for listed in (OWL.intersectionOf, OWL.unionOf):
        if (members := graph.value(expression, listed)) is not None:
            return all(_is_subclass(graph, member) for member in Collection(graph, members))
    if (expression, OWL.oneOf, None) in graph or (expression, OWL.hasValue, None) in graph:
        return True
    filler = graph.value(expression, OWL.someValuesFrom)
    return filler is not None and (filler == OWL.Thing or filler in RL_DATATYPES or _is_subclass(graph, filler))


def _is_superclass(graph: Graph, expression: Node) -> bool:
    if not isinstance(expression, BNode):
        return True
    if (members := graph.value(expression, OWL.intersectionOf)) is not None:
        return all(_is_superclass(graph, member) for member in Collection(graph, members))
    if (complement := graph.value(expression, OWL.complementOf)) is not None:
        return _is_subclass(graph, complement)
    if (filler := graph.value(expression, OWL.allValuesFrom)) is not None:
        return filler in RL_DATATYPES or _is_superclass(graph, filler)
    if (expression, OWL.hasValue, None) in graph:
        return True
    return any(_is_small(graph.value(expression, maximum)) for maximum in _MAXIMA)


def _is_equivalent(graph: Graph, expression: Node) -> bool:
    if not isinstance(expression, BNode):
        return expression != OWL.Thing
    if (members := graph.value(expression, OWL.intersectionOf)) is not None:
        return all(_is_equivalent(graph, member) for member in Collection(graph, members))
    return (expression, OWL.hasValue, None) in graph


def _is_small(value: Node | None) -> bool:
    return isinstance(value, Literal) and value.toPython() in (0, 1)


def _find_owner(graph: Graph, node: Node) -> Node:
    """Follow a blank node up to the named term whose axiom it belongs to."""
    seen: set[Node] = set()
    while isinstance(node, BNode) and node not in seen:
        seen.add(node)
        node = next(iter(sorted(graph.subjects(None, node), key=str)), node)
    return node


def _shorten(term: Node) -> str:
    for prefix, namespace in (("owl:", OWL), ("rdfs:", RDFS), ("rdf:", RDF), ("xsd:", XSD)):
        if str(term).startswith(str(namespace)):
            return prefix + str(term)[len(str(namespace)) :]
    return f"<{term}>"
