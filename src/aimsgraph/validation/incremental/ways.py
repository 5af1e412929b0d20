"""Ways back: from a changed triple to the focus nodes whose results may rest on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import pyoxigraph as ox

from aimsgraph.graph.store import Term
from aimsgraph.validation.compiled.paths import Alternative, Inverse, Path, Predicate, Repeated, Sequence

Route = tuple[Path, ...]
ANY_PROPERTY: Final = Predicate("")
"""The step that a pattern with a variable for its property takes."""


@dataclass(frozen=True, slots=True)
class Way:
    """Which triples are read at one place of a shape, and how to get from there to the focus nodes.

    Attributes:
        predicate: IRI of the property of the triples; None for any.
        from_object: whether the route starts at the object of the triple; else at its subject.
        route: the paths to follow from there, one after the other; None when nothing leads to the focus nodes, so that
            every focus node may rest on the triple.
        subject: the subject the triples have; None for any.
        object: the object the triples have; None for any.
    """

    predicate: str | None
    from_object: bool
    route: Route | None
    subject: Term | None = None
    object: Term | None = None

    def start(self, triple: ox.Triple) -> Term | None:
        """Return where the route starts for a changed triple of the property, None when it is not read here."""
        if (self.subject is not None and triple.subject != self.subject) or (
            self.object is not None and triple.object != self.object
        ):
            return None
        return triple.object if self.from_object else triple.subject


def inverse(path: Path) -> Path:
    """Return the path from the ends of a path to its starts, with the turning about at the properties alone."""
    match path:
        case Predicate():
            return Inverse(path)
        case Inverse(of):
            return upright(of)
        case Sequence(steps):
            return Sequence(tuple(inverse(step) for step in reversed(steps)))
        case Alternative(choices):
            return Alternative(tuple(map(inverse, choices)))
        case Repeated(of, sign):
            return Repeated(inverse(of), sign)


def upright(path: Path) -> Path:
    """Return the same path, turned about at the properties alone."""
    return inverse(inverse(path)) if not isinstance(path, Predicate) else path


def back_over(steps: Iterable[Path]) -> Route:
    """Return the route from what steps lead to, to where they start."""
    return tuple(inverse(step) for step in reversed(tuple(steps)))


def ways_over(path: Path, home: Route | None) -> Iterator[Way]:
    """Yield the ways from each triple that a path may use, given the route from its start, None without one."""
    match path:
        case Predicate(iri):
            yield Way(iri, from_object=False, route=home)
        case Inverse(Predicate(iri)):
            yield Way(iri, from_object=True, route=home)
        case Inverse():
            yield from ways_over(upright(path), home)
        case Sequence(steps):
            for position, step in enumerate(steps):
                yield from ways_over(step, None if home is None else (*back_over(steps[:position]), *home))
        case Alternative(choices):
            for choice in choices:
                yield from ways_over(choice, home)
        case Repeated(of, sign):
            again: Route = () if sign == "?" else (Repeated(inverse(of), "*"),)
            yield from ways_over(of, None if home is None else (*again, *home))


def one_triple(ways: Iterable[Way], subject: Term | None, object_: Term | None) -> Iterator[Way]:
    """Yield the ways of a path of one triple, given constants for its ends."""
    for way in ways:
        yield replace(way, subject=subject, object=object_)


class Walker:
    """Follows routes in a store.

    Args:
        store: the triples, in its default graph.
    """

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._known: dict[tuple[Route, Term], frozenset[Term]] = {}

    def follow(self, route: Route, start: Term) -> frozenset[Term]:
        """Return what a route leads to from a node."""
        if (route, start) not in self._known:
            reached: set[Term] = {start}
            for path in route:
                reached = self._step(path, reached)
            self._known[route, start] = frozenset(reached)
        return self._known[route, start]

    def _step(self, path: Path, nodes: set[Term]) -> set[Term]:
        match path:
            case Predicate(iri):
                return self._objects(_property(iri), nodes)
            case Inverse(Predicate(iri)):
                return self._subjects(_property(iri), nodes)
            case Inverse():
                return self._step(upright(path), nodes)
            case Sequence(steps):
                for step in steps:
                    nodes = self._step(step, nodes)
                return nodes
            case Alternative(choices):
                return set().union(*(self._step(choice, nodes) for choice in choices))
            case Repeated(of, sign):
                return self._repeated(of, sign, nodes)

    def _repeated(self, of: Path, sign: str, nodes: set[Term]) -> set[Term]:
        found = set() if sign == "+" else set(nodes)
        if sign == "?":
            return found | self._step(of, nodes)
        new = nodes
        while new:
            new = self._step(of, new) - found
            found |= new
        return found

    def _objects(self, predicate: ox.NamedNode | None, nodes: set[Term]) -> set[Term]:
        look = self._store.quads_for_pattern
        subjects = (node for node in nodes if isinstance(node, ox.NamedNode | ox.BlankNode))
        return {quad.object for node in subjects for quad in look(node, predicate, None)}

    def _subjects(self, predicate: ox.NamedNode | None, nodes: set[Term]) -> set[Term]:
        look = self._store.quads_for_pattern
        return {quad.subject for node in nodes for quad in look(None, predicate, node)}


def _property(iri: str) -> ox.NamedNode | None:
    return ox.NamedNode(iri) if iri else None
