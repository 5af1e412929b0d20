"""The plan: shapes and their checks as values, with what each reads.

A check is judged for all focus nodes at once. Most are one query each; those about other shapes join the answers of
such queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from aimsgraph.graph.store import Subject, Term
from aimsgraph.validation.compiled.paths import Path

HOLE = "\ue000"
"""Stands in a condition for the variable that is judged."""
FOCUS = "\ue001"
"""Stands in a query of a shape for the focus node."""


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query of a shape, without prefixes, with its constants put in.

    Attributes:
        names: the names of the columns, without that of the focus node.
        columns: what stands after SELECT, without the focus node.
        where: what stands in the braces; `FOCUS` for the focus node, `HOLE` for the value an ASK is about.
        group_by: what stands after GROUP BY beside the focus node; None without grouping.
        having: what stands after HAVING, with the word.
        names_focus: whether the focus node is a column, so that a row without other columns counts.
        per_focus: why it has to be asked once for each focus node; empty when once for all does.
        predicates: IRIs its patterns name; None when a pattern leaves the predicate open.
    """

    names: tuple[str, ...]
    columns: str
    where: str
    group_by: str | None = None
    having: str = ""
    names_focus: bool = True
    per_focus: str = ""
    predicates: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Targets:
    """Where a shape's focus nodes come from.

    Attributes:
        nodes: they themselves.
        classes: their instances, those of subclasses too.
        subjects_of: what has this property.
        objects_of: what is a value of this property.
        queries: what these queries return as `?this`.
    """

    nodes: tuple[Term, ...] = ()
    classes: tuple[str, ...] = ()
    subjects_of: tuple[str, ...] = ()
    objects_of: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()

    def __bool__(self) -> bool:
        return any((self.nodes, self.classes, self.subjects_of, self.objects_of, self.queries))


@dataclass(frozen=True, slots=True)
class Check:
    """A constraint.

    Attributes:
        component: IRI of its constraint component.
    """

    component: str


@dataclass(frozen=True, slots=True)
class Condition(Check):
    """Every value fulfils a condition, an expression with `HOLE` for the value; an error is no."""

    expression: str


@dataclass(frozen=True, slots=True)
class HasClass(Check):
    """Every value is an instance of a class."""

    iri: str


@dataclass(frozen=True, slots=True)
class OneOf(Check):
    """Every value is one of these."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class AtLeast(Check):
    """There are so many values or more."""

    count: int


@dataclass(frozen=True, slots=True)
class AtMost(Check):
    """There are no more values than that."""

    count: int


@dataclass(frozen=True, slots=True)
class Has(Check):
    """One of the values is this."""

    term: Term


@dataclass(frozen=True, slots=True)
class UniqueLanguages(Check):
    """No two values are in one language."""


@dataclass(frozen=True, slots=True)
class SameAs(Check):
    """The values are those of another property."""

    predicate: str


@dataclass(frozen=True, slots=True)
class DisjointFrom(Check):
    """No value is one of another property."""

    predicate: str


@dataclass(frozen=True, slots=True)
class Before(Check):
    """Every value is less than each of another property; `or_equal`: or as great."""

    predicate: str
    or_equal: bool


@dataclass(frozen=True, slots=True)
class Closed(Check):
    """Every value has none but these properties."""

    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ByQuery(Check):
    """A query finds what is wrong with the focus nodes.

    Attributes:
        query: a SELECT; or an ASK that holds for every value that is right.
        source: the constraint or validator it is written in, for the report.
        messages: what it says, with `{?name}` for what it binds.
        is_ask: whether it is an ASK.
    """

    query: Query
    source: Subject | None
    messages: tuple[ox.Literal, ...]
    is_ask: bool = False


@dataclass(frozen=True, slots=True)
class Property(Check):
    """Every value, as a focus node, is judged by a property shape, which reports for itself."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Every(Check):
    """Every value conforms to all of these shapes."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Some(Check):
    """Every value conforms to one of these shapes or more."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class ExactlyOne(Check):
    """Every value conforms to one of these shapes and no more."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Not(Check):
    """No value conforms to a shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Qualified(Check):
    """So many values conform to a shape and to none of its siblings; None: no bound."""

    shape: Shape
    siblings: tuple[Shape, ...]
    at_least: int | None
    at_most: int | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape, or a property shape when it has a path.

    Attributes:
        node: it, in the shapes graph.
        path: from the focus node to the values; None when the focus node is the value.
        path_node: the path, in the shapes graph.
        severity: IRI of how bad its results are; empty where the shape does not say, which means a violation.
        messages: what its results say.
        deactivated: whether it judges nothing.
        checks: its constraints.
    """

    node: Subject
    path: Path | None = None
    path_node: Term | None = None
    severity: str = ""
    messages: tuple[ox.Literal, ...] = ()
    deactivated: bool = False
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class ShapePlan:
    """A shape with targets, ready to be run."""

    shape: Shape
    targets: Targets


@dataclass(frozen=True, slots=True)
class Plan:
    """All shapes of a shapes graph that have targets.

    Attributes:
        compiled: those that queries can judge.
        left: shape → why another engine has to judge it.
        statements: what the shapes graph asks for beside constraints.
        ill_formed: those of `left` that no engine should judge by, as SHACL gives them no meaning.
    """

    compiled: tuple[ShapePlan, ...]
    left: dict[Subject, str] = field(default_factory=dict)
    statements: tuple[str, ...] = ()
    ill_formed: dict[Subject, str] = field(default_factory=dict)


def nested_shapes(check: Check) -> tuple[Shape, ...]:
    """Return the shapes a check is about."""
    match check:
        case Property(_, shape) | Not(_, shape):
            return (shape,)
        case Every(_, shapes) | Some(_, shapes) | ExactlyOne(_, shapes):
            return shapes
        case Qualified(_, shape, siblings):
            return (shape, *siblings)
        case _:
            return ()


def walk(shape: Shape) -> Iterator[tuple[Shape, Check]]:
    """Yield every check of a shape and of the shapes nested in it, with its shape."""
    for check in shape.checks:
        yield shape, check
        for inner in nested_shapes(check):
            yield from walk(inner)
