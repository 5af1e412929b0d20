"""Reads SHACL-SPARQL: constraints, constraint components with their validators, targets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

import pyoxigraph as ox

from aimsgraph.errors import QuerySyntaxError
from aimsgraph.graph.store import Subject, Term
from aimsgraph.validation.compiled.graph import OWL, RDF, RDFS, NotCompilable, ShapesGraph, name_of, sh
from aimsgraph.validation.compiled.paths import path_text
from aimsgraph.validation.compiled.plan import ByQuery, Check, Query, Shape
from aimsgraph.validation.compiled.prebinding import read_ask, read_select
from aimsgraph.validation.compiled.results import fill_message

_IMPORTS: Final = ox.NamedNode(OWL + "imports")
_ALWAYS: Final = {"rdf": RDF, "rdfs": RDFS, "owl": OWL}
_LOCAL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")


def read_constraint(shapes: ShapesGraph, shape: Shape, node: Subject) -> Iterator[Check]:
    """Yield the check of a `sh:sparql` constraint, none when it is switched off.

    Raises:
        NotCompilable: no plan can say it.
    """
    if shapes.flag(node, sh("deactivated")):
        return
    query = _query(shapes, node, "select", _given(shape, {}))
    yield ByQuery(sh("SPARQLConstraintComponent").value, query, node, _messages(shapes, node))


def read_target(shapes: ShapesGraph, node: Term) -> Query:
    """Return the query of a `sh:target` that is a SPARQL target.

    Raises:
        NotCompilable: it is another kind of target.
    """
    subject = shapes.node(node, "the value of sh:target")
    if not shapes.objects(subject, sh("select")):
        raise NotCompilable("sh:target without sh:select")
    query = _query(shapes, subject, "select", {})
    if query.per_focus or query.group_by is not None:
        raise NotCompilable("the query of a target counts or cuts its rows")
    return query


@dataclass(frozen=True, slots=True)
class _Component:
    """A SPARQL-based constraint component: its parameters, and which of them are needed."""

    node: ox.NamedNode
    parameters: Mapping[str, ox.NamedNode]
    needed: frozenset[str]


class Components:
    """The constraint components that a shapes graph declares."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self._shapes = shapes
        self._all = list(shapes.instances(sh("ConstraintComponent")))

    def read_checks(self, shape: Shape) -> Iterator[Check]:
        """Yield the checks that the declared components ask of a shape.

        Raises:
            NotCompilable: a component has no SPARQL validator for the shape, or no plan can say it.
        """
        for node in self._all:
            component = self._read(node)
            given = {name: self._shapes.objects(shape.node, path) for name, path in component.parameters.items()}
            if not all(given[name] for name in component.needed):
                continue
            several = [name for name, values in given.items() if len(values) > 1]
            if several and len(given) > 1:
                raise NotCompilable(f"{name_of(component.node)} has several values for {several[0]}")
            named = [(name, values) for name, values in given.items() if values]
            for values in product(*(values for _, values in named)):
                yield self._check(component, shape, dict(zip((name for name, _ in named), values, strict=True)))

    def _read(self, node: Subject) -> _Component:
        if not isinstance(node, ox.NamedNode):
            raise NotCompilable("a constraint component without a name")
        parameters: dict[str, ox.NamedNode] = {}
        needed = set()
        for value in self._shapes.objects(node, sh("parameter")):
            parameter = self._shapes.node(value, "the value of sh:parameter")
            path = self._shapes.one(parameter, sh("path"))
            local = _LOCAL.search(path.value) if isinstance(path, ox.NamedNode) else None
            if local is None or not isinstance(path, ox.NamedNode):
                raise NotCompilable(f"a parameter of {name_of(node)} has no name that a query could use")
            parameters[local.group()] = path
            if not self._shapes.flag(parameter, sh("optional")):
                needed.add(local.group())
        if not needed:
            raise NotCompilable(f"{name_of(node)} needs no parameter")
        return _Component(node, parameters, frozenset(needed))

    def _check(self, component: _Component, shape: Shape, values: Mapping[str, Term]) -> Check:
        special = "nodeValidator" if shape.path is None else "propertyValidator"
        for name, form in ((special, "select"), ("validator", "ask")):
            for value in self._shapes.objects(component.node, sh(name)):
                validator = self._shapes.node(value, f"the value of sh:{name}")
                if not self._shapes.objects(validator, sh(form)):
                    raise NotCompilable(f"{name_of(component.node)} has a validator that is no SPARQL {form.upper()}")
                query = _query(self._shapes, validator, form, _given(shape, values))
                messages = tuple(fill_message(m, values) for m in _messages(self._shapes, validator))
                return ByQuery(component.node.value, query, None, messages, form == "ask")
        raise NotCompilable(f"{name_of(component.node)} has no SPARQL validator for such a shape")


def _given(shape: Shape, values: Mapping[str, Term]) -> dict[str, str]:
    """Return what stands for each pre-bound variable but the focus node and the value."""
    given = {}
    for name, term in values.items():
        if isinstance(term, ox.BlankNode):
            raise NotCompilable(f"the parameter {name} is a blank node of the shapes")
        given[name] = str(term)
    if shape.path is not None:
        given["PATH"] = path_text(shape.path)
    if isinstance(shape.node, ox.NamedNode):
        given["currentShape"] = str(shape.node)
    return given


def _messages(shapes: ShapesGraph, node: Subject) -> tuple[ox.Literal, ...]:
    return tuple(term for term in shapes.objects(node, sh("message")) if isinstance(term, ox.Literal))


def _query(shapes: ShapesGraph, node: Subject, form: str, given: Mapping[str, str]) -> Query:
    text = shapes.one(node, sh(form))
    if not isinstance(text, ox.Literal):
        raise NotCompilable(f"sh:{form} is no text")
    try:
        if form == "ask":
            return read_ask(text.value, _prefixes(shapes, node), given)
        return read_select(text.value, _prefixes(shapes, node), given)
    except (QuerySyntaxError, IndexError, StopIteration) as error:
        raise NotCompilable(f"its query cannot be read: {error}") from error


def _prefixes(shapes: ShapesGraph, node: Subject) -> dict[str, str]:
    found = dict(_ALWAYS)
    waiting, seen = list(shapes.objects(node, sh("prefixes"))), set()
    while waiting:
        place = waiting.pop()
        if place in seen or not isinstance(place, ox.NamedNode | ox.BlankNode):
            continue
        seen.add(place)
        waiting += shapes.objects(place, _IMPORTS)
        for declared in shapes.objects(place, sh("declare")):
            declaration = shapes.node(declared, "the value of sh:declare")
            prefix, namespace = (shapes.one(declaration, sh(name)) for name in ("prefix", "namespace"))
            if not isinstance(prefix, ox.Literal) or not isinstance(namespace, ox.Literal):
                raise NotCompilable("a prefix is declared without prefix or namespace")
            found[prefix.value] = namespace.value
    return found
