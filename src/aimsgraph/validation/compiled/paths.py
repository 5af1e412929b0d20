"""Property paths: read from shapes, written as SPARQL, and open to be walked backwards."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from aimsgraph.graph.store import Term
from aimsgraph.validation.compiled.graph import IllFormed, NotCompilable, ShapesGraph, name_of, sh


@dataclass(frozen=True, slots=True)
class Predicate:
    """A property, followed from subject to object."""

    iri: str


@dataclass(frozen=True, slots=True)
class Inverse:
    """A path followed from its end to its start."""

    of: Path


@dataclass(frozen=True, slots=True)
class Sequence:
    """Paths one after the other."""

    steps: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Any of several paths."""

    choices: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A path taken so often: `*`, `+` or `?`."""

    of: Path
    sign: str


Path = Predicate | Inverse | Sequence | Alternative | Repeated
MOST_NESTED: Final = 30
"""Paths and shapes that lie deeper in one another are left: a query could not be asked."""
_REPEATED: Final = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def read_path(shapes: ShapesGraph, node: Term, inside: tuple[Term, ...] = ()) -> Path:
    """Return the path that a node of a shapes graph stands for.

    Raises:
        IllFormed: it is no path, or contains itself.
        NotCompilable: it nests too deep.
    """
    if isinstance(node, ox.NamedNode) and not shapes.is_list(node):
        return Predicate(node.value)
    if not isinstance(node, ox.BlankNode):
        raise IllFormed(f"no property path: {name_of(node)}")
    if node in inside:
        raise IllFormed("a property path contains itself")
    if len(inside) > MOST_NESTED:
        raise NotCompilable(f"a property path nests more than {MOST_NESTED} deep")
    inside = (*inside, node)
    if shapes.is_list(node):
        return Sequence(_parts(shapes, node, inside))
    found = [p for p in shapes.predicates(node) if p in _WAYS]
    if len(found) != 1 or len(shapes.objects(node, found[0])) != 1:
        raise IllFormed("a property path is of none or of several kinds")
    value = shapes.objects(node, found[0])[0]
    kind = _WAYS[found[0]]
    if kind == "alternativePath":
        return Alternative(_parts(shapes, value, inside))
    inner = read_path(shapes, value, inside)
    return Inverse(inner) if kind == "inversePath" else Repeated(inner, _REPEATED[kind])


_WAYS: Final = {sh(name): name for name in ("inversePath", "alternativePath", *_REPEATED)}


def _parts(shapes: ShapesGraph, node: Term, inside: tuple[Term, ...]) -> tuple[Path, ...]:
    parts = tuple(read_path(shapes, item, inside) for item in shapes.items(node))
    if len(parts) < 2:
        raise IllFormed("a sequence or a choice of paths has two members or more")
    return parts


def path_text(path: Path) -> str:
    """Return a path in SPARQL's words, as the outermost part of a triple pattern or of a result."""
    match path:
        case Predicate(iri):
            return f"<{iri}>"
        case Inverse(of):
            return f"^{_within(of)}"
        case Sequence(steps):
            return "/".join(_within(step) for step in steps)
        case Alternative(choices):
            return "(" + "|".join(_within(choice) for choice in choices) + ")"
        case Repeated(of, sign):
            return f"{_within(of)}{sign}"


def _within(path: Path) -> str:
    text = path_text(path)
    return text if isinstance(path, Predicate | Alternative) else f"({text})"


def shown_path(path: Path) -> str:
    """Return a path as reports name it."""
    match path:
        case Predicate(iri):
            return f"<{iri}>"
        case Inverse(of):
            return f"^{shown_path(of)}"
        case Sequence(steps):
            return "/".join(map(shown_path, steps))
        case Alternative(choices):
            return "(" + "|".join(map(shown_path, choices)) + ")"
        case Repeated(of, sign):
            return f"{shown_path(of)}{sign}"


def steps_of(path: Path) -> tuple[Path, ...]:
    """Return the steps that follow one another, a single one for anything but a sequence."""
    if not isinstance(path, Sequence):
        return (path,)
    return tuple(step for part in path.steps for step in steps_of(part))


def may_be_empty(path: Path) -> bool:
    """Say whether a path can lead from a node to itself without any triple."""
    match path:
        case Predicate():
            return False
        case Inverse(of):
            return may_be_empty(of)
        case Sequence(steps):
            return all(map(may_be_empty, steps))
        case Alternative(choices):
            return any(map(may_be_empty, choices))
        case Repeated(of, sign):
            return sign != "+" or may_be_empty(of)


def leaves_by(path: Path, properties: Container[str]) -> bool:
    """Say whether a path may lead anywhere from nodes that have these properties and no others."""
    match path:
        case Predicate(iri):
            return iri in properties
        case Sequence(steps):
            return leaves_by(steps[0], properties)
    return True


def predicates_of(path: Path) -> Iterator[str]:
    """Yield the IRIs of the properties a path follows."""
    match path:
        case Predicate(iri):
            yield iri
        case Inverse(of) | Repeated(of, _):
            yield from predicates_of(of)
        case Sequence(parts) | Alternative(parts):
            for part in parts:
                yield from predicates_of(part)
