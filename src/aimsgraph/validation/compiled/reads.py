"""What the results of a shape rest on: which paths it follows from its focus nodes, and what its queries name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aimsgraph.validation.compiled.graph import RDFS, TYPE
from aimsgraph.validation.compiled.paths import Inverse, Path, Predicate, Repeated, predicates_of
from aimsgraph.validation.compiled.plan import (
    Before,
    ByQuery,
    Check,
    Closed,
    DisjointFrom,
    HasClass,
    SameAs,
    Shape,
    ShapePlan,
    Targets,
    nested_shapes,
)

Steps = tuple[Path, ...]
CLASS: Final[Steps] = (Predicate(TYPE.value), Repeated(Predicate(RDFS + "subClassOf"), "*"))


@dataclass(frozen=True, slots=True)
class Reads:
    """What a shape reads.

    Attributes:
        paths: from a focus node, step by step; a change to a triple is walked backwards along them to focus nodes.
        open: the same, to nodes all of whose properties are read.
        queries: the properties that queries name, wherever they stand; None when a query leaves one open.
    """

    paths: frozenset[Steps]
    open: frozenset[Steps]
    queries: frozenset[str] | None = frozenset()

    @property
    def is_local(self) -> bool:
        """Whether all it reads lies on paths from its focus nodes; a query may look anywhere."""
        return self.queries == frozenset()

    @property
    def predicates(self) -> frozenset[str] | None:
        """The properties it reads; None for any."""
        if self.open or self.queries is None:
            return None
        return self.queries | {iri for steps in self.paths for path in steps for iri in predicates_of(path)}


def reads_of(plan: ShapePlan) -> Reads:
    """Return what a shape with targets reads."""
    paths, open_ = set(_of_targets(plan.targets)), set()
    named: set[str] | None = set()
    for query in plan.targets.queries:
        named = None if named is None or query.predicates is None else named | query.predicates
    for steps, shape, check in _walk(plan.shape, ()):
        values = steps if shape.path is None else (*steps, shape.path)
        paths.add(values)
        if isinstance(check, HasClass):
            paths.add((*values, *CLASS))
        elif isinstance(check, SameAs | DisjointFrom | Before):
            paths.add((*steps, Predicate(check.predicate)))
        elif isinstance(check, Closed):
            open_.add(values)
        elif isinstance(check, ByQuery):
            named = None if named is None or check.query.predicates is None else named | check.query.predicates
    return Reads(frozenset(paths - {()}), frozenset(open_), None if named is None else frozenset(named))


def _of_targets(targets: Targets) -> Iterator[Steps]:
    if targets.classes:
        yield CLASS
    yield from ((Predicate(iri),) for iri in targets.subjects_of)
    yield from ((Inverse(Predicate(iri)),) for iri in targets.objects_of)


def _walk(shape: Shape, steps: Steps) -> Iterator[tuple[Steps, Shape, Check]]:
    for check in shape.checks:
        yield steps, shape, check
        inner = steps if shape.path is None else (*steps, shape.path)
        for nested in nested_shapes(check):
            yield from _walk(nested, inner)
