"""A shapes graph: triples, looked up by subject and predicate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from aimsgraph.graph.store import Subject, Term
from aimsgraph.validation.report import SHACL

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
TYPE: Final = ox.NamedNode(RDF + "type")
SUBCLASS_OF: Final = ox.NamedNode(RDFS + "subClassOf")
_FIRST: Final = ox.NamedNode(RDF + "first")
_REST: Final = ox.NamedNode(RDF + "rest")
_NIL: Final = ox.NamedNode(RDF + "nil")


class NotCompilable(Exception):  # not an error: another engine takes the shape
    """A shape says something that no plan can say; the text says what."""


class IllFormed(NotCompilable):
    """A shape says something that SHACL gives no meaning to, so that no engine should judge by it."""


def sh(name: str) -> ox.NamedNode:
    """Return a term of the SHACL vocabulary."""
    return ox.NamedNode(SHACL + name)


class ShapesGraph:
    """The triples of shapes, in an order that does not depend on how they were given."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = tuple(triples)
        self._objects: dict[tuple[Subject, ox.NamedNode], list[Term]] = defaultdict(list)
        self._subjects: dict[tuple[ox.NamedNode, Term], list[Subject]] = defaultdict(list)
        self._predicates: dict[Subject, dict[ox.NamedNode, None]] = defaultdict(dict)
        self._having: dict[ox.NamedNode, dict[Subject, None]] = defaultdict(dict)
        for triple in dict.fromkeys(self.triples):
            self._objects[triple.subject, triple.predicate].append(triple.object)
            self._subjects[triple.predicate, triple.object].append(triple.subject)
            self._predicates[triple.subject][triple.predicate] = None
            self._having[triple.predicate][triple.subject] = None

    def objects(self, subject: Subject, predicate: ox.NamedNode) -> list[Term]:
        """Return the values of a property."""
        return self._objects.get((subject, predicate), [])

    def subjects(self, predicate: ox.NamedNode, value: Term) -> list[Subject]:
        """Return what has a value for a property."""
        return self._subjects.get((predicate, value), [])

    def subjects_having(self, predicate: ox.NamedNode) -> tuple[Subject, ...]:
        """Return what has any value for a property."""
        return tuple(self._having.get(predicate, ()))

    def predicates(self, subject: Subject) -> tuple[ox.NamedNode, ...]:
        """Return the properties of a node."""
        return tuple(self._predicates.get(subject, ()))

    def one(self, subject: Subject, predicate: ox.NamedNode) -> Term | None:
        """Return the only value of a property, None without any.

        Raises:
            IllFormed: there are several.
        """
        found = self.objects(subject, predicate)
        if len(found) > 1:
            raise IllFormed(f"{name_of(subject)} has {len(found)} values for {name_of(predicate)}")
        return found[0] if found else None

    def node(self, term: Term, what: str) -> Subject:
        """Return a term that has to be a node.

        Raises:
            IllFormed: it is a literal.
        """
        if isinstance(term, ox.NamedNode | ox.BlankNode):
            return term
        raise IllFormed(f"{what} is no node: {term}")

    def flag(self, subject: Subject, predicate: ox.NamedNode) -> bool:
        """Say whether a property is the literal `true`; `"1"^^xsd:boolean` is another term.

        Raises:
            IllFormed: it is no boolean.
        """
        found = self.one(subject, predicate)
        if found is None:
            return False
        if not isinstance(found, ox.Literal) or found.datatype.value != XSD + "boolean":
            raise IllFormed(f"{name_of(predicate)} is no boolean: {found}")
        return found.value == "true"

    def count(self, subject: Subject, predicate: ox.NamedNode) -> int | None:
        """Return a property that is a whole number not below 0, None without one.

        Raises:
            NotCompilable: it is a number of another datatype.
            IllFormed: it is something else.
        """
        found = self.one(subject, predicate)
        if found is None:
            return None
        if not isinstance(found, ox.Literal) or not found.value.isdecimal():
            raise IllFormed(f"{name_of(predicate)} is no whole number: {found}")
        if found.datatype.value != XSD + "integer":
            raise NotCompilable(f"{name_of(predicate)} is of another datatype than xsd:integer: {found}")
        return int(found.value)

    def items(self, node: Term) -> list[Term]:
        """Return the members of a list.

        Raises:
            IllFormed: it is no list that ends.
        """
        found: list[Term] = []
        seen: set[Term] = set()
        while node != _NIL:
            first = [] if isinstance(node, ox.Literal | ox.Triple) else self.objects(node, _FIRST)
            if len(first) != 1 or node in seen:
                raise IllFormed(f"no list that ends: {name_of(node)}")
            seen.add(node)
            found.append(first[0])
            assert not isinstance(node, ox.Literal | ox.Triple)  # it has a first member
            rest = self.objects(node, _REST)
            if len(rest) != 1:
                raise IllFormed(f"no list that ends: {name_of(node)}")
            node = rest[0]
        return found

    def is_list(self, node: Term) -> bool:
        """Say whether a node is a list."""
        return node == _NIL or (not isinstance(node, ox.Literal | ox.Triple) and bool(self.objects(node, _FIRST)))

    def instances(self, *classes: ox.NamedNode) -> Iterator[Subject]:
        """Yield the instances of classes and of what the shapes graph says is a subclass of them."""
        waiting, seen = list(classes), set(classes)
        given: set[Subject] = set()
        while waiting:
            found = waiting.pop(0)
            for subject in self.subjects(TYPE, found):
                if subject not in given:
                    given.add(subject)
                    yield subject
            for subclass in self.subjects(SUBCLASS_OF, found):
                if isinstance(subclass, ox.NamedNode) and subclass not in seen:
                    seen.add(subclass)
                    waiting.append(subclass)


def name_of(term: Term) -> str:
    """Return a short name of a term for a message."""
    if isinstance(term, ox.NamedNode):
        return f"sh:{term.value.removeprefix(SHACL)}" if term.value.startswith(SHACL) else f"<{term.value}>"
    return "a blank node" if isinstance(term, ox.BlankNode) else str(term)
