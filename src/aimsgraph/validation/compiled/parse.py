"""Reads a shapes graph into a plan: every shape with targets is compiled, or left with the reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from aimsgraph.graph.store import Subject, Term
from aimsgraph.validation.compiled.core import PARAMETERS, component, read_checks, read_constant
from aimsgraph.validation.compiled.graph import OWL, RDFS, TYPE, IllFormed, NotCompilable, ShapesGraph, name_of, sh
from aimsgraph.validation.compiled.paths import MOST_NESTED, read_path
from aimsgraph.validation.compiled.plan import (
    Check,
    Every,
    ExactlyOne,
    Not,
    Plan,
    Property,
    Qualified,
    Shape,
    ShapePlan,
    Some,
    Targets,
)
from aimsgraph.validation.compiled.queries import Components, read_constraint, read_target
from aimsgraph.validation.report import SHACL

_ABOUT_SHAPES: Final = ("property", "node", "not", "and", "or", "xone", "qualifiedValueShape")
TARGETS: Final = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")
_NO_CONSTRAINTS: Final = {
    "path", "name", "description", "order", "group", "defaultValue", "message", "severity", "deactivated", "flags",
    "ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint", "prefixes", "select",
    "ask", "declare", "labelTemplate", "parameter", "validator", "nodeValidator", "propertyValidator", "optional",
    "entailment", "suggestedShapesGraph", "shapesGraph", "sparql", *TARGETS, *_ABOUT_SHAPES,
}  # fmt: skip
_LISTED: Final = {"and": Every, "or": Some, "xone": ExactlyOne}
_CLASSES: Final = (ox.NamedNode(RDFS + "Class"), ox.NamedNode(OWL + "Class"))


def compile_shapes(triples: Iterable[ox.Triple]) -> Plan:
    """Return the plan of a shapes graph."""
    shapes = ShapesGraph(triples)
    reader = _Reader(shapes)
    compiled: list[ShapePlan] = []
    left: dict[Subject, str] = {}
    ill_formed: dict[Subject, str] = {}
    for node in _targeted(shapes):
        try:
            compiled.append(ShapePlan(reader.read(node), reader.read_targets(node)))
        except NotCompilable as reason:
            left[node] = str(reason)
            if isinstance(reason, IllFormed):
                ill_formed[node] = str(reason)
    return Plan(tuple(compiled), left, find_unrun(shapes), ill_formed)


def _targeted(shapes: ShapesGraph) -> Iterator[Subject]:
    """Yield the shapes with targets, IRIs in order and before blank nodes."""
    found = {node for name in TARGETS for node in shapes.subjects_having(sh(name))}
    for node in shapes.instances(*_CLASSES):
        if _is_shape(shapes, node):
            found.add(node)
    yield from sorted(found, key=lambda node: (isinstance(node, ox.BlankNode), str(node)))


def _is_shape(shapes: ShapesGraph, node: Subject) -> bool:
    if {sh("NodeShape"), sh("PropertyShape")} & set(shapes.objects(node, TYPE)):
        return True
    parameters = {*PARAMETERS, *(sh(name) for name in (*_ABOUT_SHAPES, "sparql"))}
    return any(predicate in parameters for predicate in shapes.predicates(node))


def find_unrun(shapes: ShapesGraph) -> tuple[str, ...]:
    """Say what shapes ask for that is no constraint, or none that any engine here knows."""
    known = {sh(name) for name in _NO_CONSTRAINTS} | set(PARAMETERS)
    said = []
    for node in sorted({triple.subject for triple in shapes.triples}, key=str):
        if not _is_shape(shapes, node) and not any(shapes.objects(node, sh(name)) for name in TARGETS):
            continue
        for predicate in shapes.predicates(node):
            if predicate == sh("rule"):
                said.append(f"{name_of(node)}: sh:rule is not run; add what it derives to the data")
            elif predicate.value.startswith(SHACL) and predicate not in known:
                said.append(f"{name_of(node)}: {name_of(predicate)} is not run by any engine here")
    return tuple(said)


class _Reader:
    """Reads shapes, each once, and knows which it is inside of."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self._shapes = shapes
        self._components = Components(shapes)
        self._known: dict[Subject, Shape] = {}
        self._inside: list[Subject] = []

    def read_targets(self, node: Subject) -> Targets:
        """Return where the focus nodes of a shape come from."""
        nodes, classes = self._shapes.objects(node, sh("targetNode")), self._shapes.objects(node, sh("targetClass"))
        classes = [*classes, *([node] if self._is_class(node) else [])]
        return Targets(
            tuple(sorted(map(read_constant, nodes), key=str)),
            _iris(classes, "targetClass"),
            _iris(self._shapes.objects(node, sh("targetSubjectsOf")), "targetSubjectsOf"),
            _iris(self._shapes.objects(node, sh("targetObjectsOf")), "targetObjectsOf"),
            tuple(read_target(self._shapes, target) for target in self._shapes.objects(node, sh("target"))),
        )

    def _is_class(self, node: Subject) -> bool:
        return any(node == found for found in self._shapes.instances(*_CLASSES))

    def read(self, node: Subject) -> Shape:
        """Return a shape with its checks.

        Raises:
            NotCompilable: no plan can say it.
        """
        if node in self._inside:
            raise NotCompilable(f"it is recursive: {name_of(node)} refers to itself, whose meaning SHACL leaves open")
        if len(self._inside) > MOST_NESTED:
            raise NotCompilable(f"shapes nest more than {MOST_NESTED} deep")
        if node not in self._known:
            self._inside.append(node)
            try:
                self._known[node] = self._read(node)
            finally:
                self._inside.pop()
        return self._known[node]

    def _read(self, node: Subject) -> Shape:
        shapes = self._shapes
        deactivated = shapes.one(node, sh("deactivated"))
        if deactivated is not None and str(deactivated) not in _BOOLEANS:
            raise IllFormed(f"sh:deactivated is neither true nor false: {deactivated}")
        severity = shapes.one(node, sh("severity"))
        messages = tuple(m for m in shapes.objects(node, sh("message")) if isinstance(m, ox.Literal))
        path_node = shapes.one(node, sh("path"))
        path = read_path(shapes, path_node) if path_node is not None else None
        if severity is not None and not isinstance(severity, ox.NamedNode):
            raise IllFormed(f"sh:severity is no IRI: {severity}")
        bare = Shape(
            node, path, path_node, severity.value if severity else "", messages, str(deactivated) == _BOOLEANS[0]
        )
        if bare.deactivated:
            return bare
        return dataclasses.replace(bare, checks=tuple(self._checks(bare)))

    def _checks(self, bare: Shape) -> Iterator[Check]:
        for predicate in self._shapes.predicates(bare.node):
            if predicate in PARAMETERS:
                yield from read_checks(self._shapes, bare.node, PARAMETERS[predicate], has_path=bare.path is not None)
            elif predicate.value.removeprefix(SHACL) in _ABOUT_SHAPES:
                yield from self._about_shapes(bare, predicate.value.removeprefix(SHACL))
            elif predicate == sh("sparql"):
                for value in self._shapes.objects(bare.node, predicate):
                    yield from read_constraint(self._shapes, bare, self._shapes.node(value, "sh:sparql"))
        yield from self._components.read_checks(bare)

    def _about_shapes(self, bare: Shape, name: str) -> Iterator[Check]:
        values = self._shapes.objects(bare.node, sh(name))
        if name == "qualifiedValueShape":
            yield from self._qualified(bare, values)
            return
        for value in values:
            if name in _LISTED:
                inner = tuple(self._other(item, name) for item in self._shapes.items(value))
                if not inner:
                    raise NotCompilable(f"sh:{name} of no shape")
                yield _LISTED[name](component(name), inner)
                continue
            shape = self._other(value, name)
            if (shape.path is not None) != (name == "property") and name != "not":
                raise IllFormed(
                    f"sh:{name} refers to a shape of the other kind, one with{'' if shape.path else 'out'} sh:path"
                )
            if name == "property":
                yield Property(component(name), shape)
            elif name == "node":
                yield Every(component(name), (shape,))
            else:
                yield Not(component(name), shape)

    def _other(self, term: Term, name: str) -> Shape:
        return self.read(self._shapes.node(term, f"the value of sh:{name}"))

    def _qualified(self, bare: Shape, values: list[Term]) -> Iterator[Check]:
        least, most = (self._shapes.count(bare.node, sh(f"qualified{way}Count")) for way in ("Min", "Max"))
        if bare.path is None or (least is None and most is None):
            raise IllFormed("sh:qualifiedValueShape without a path or without a count")
        for value in values:
            siblings = tuple(self._other(s, "qualifiedValueShape") for s in self._siblings(bare.node, value))
            shape = self._other(value, "qualifiedValueShape")
            if least is not None:
                yield Qualified(component("qualifiedMinCount"), shape, siblings, least, None)
            if most is not None:
                yield Qualified(component("qualifiedMaxCount"), shape, siblings, None, most)

    def _siblings(self, node: Subject, own: Term) -> list[Term]:
        if not self._shapes.flag(node, sh("qualifiedValueShapesDisjoint")):
            return []
        found: dict[Term, None] = {}
        for parent in self._shapes.subjects(sh("property"), node):
            for property_ in self._shapes.objects(parent, sh("property")):
                for sibling in self._shapes.objects(self._shapes.node(property_, "sh:property"), _QUALIFIED):
                    found[sibling] = None
        return [sibling for sibling in found if sibling != own]


_QUALIFIED: Final = sh("qualifiedValueShape")
_BOOLEANS: Final = tuple(str(ox.Literal(value)) for value in (True, False))


def _iris(terms: Iterable[Term], name: str) -> tuple[str, ...]:
    if not all(isinstance(term, ox.NamedNode) for term in terms):
        raise IllFormed(f"sh:{name} is no IRI")
    return tuple(sorted({term.value for term in terms if isinstance(term, ox.NamedNode)}))
