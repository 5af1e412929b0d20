"""Which triples a shape reads, and the ways from there back to its focus nodes.

A result of a focus node changes only if a changed triple has a place in a match that begins at the focus node. Core
constraints say where by their paths. A query says it by its triple patterns: from the pattern that a changed triple
matches, patterns that have to match too are followed, from variable to variable, to `$this`. A pattern that no other
connects with `$this` (the day, a list of all points of an annex) is about the whole graph: a change to what it matches
touches every focus node of the shape.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from aimsgraph.graph.store import Term
from aimsgraph.validation.compiled.paths import Inverse, Predicate, Sequence, may_be_empty
from aimsgraph.validation.compiled.plan import (
    FOCUS,
    HOLE,
    ByQuery,
    Check,
    Query,
    Shape,
    ShapePlan,
    nested_shapes,
)
from aimsgraph.validation.compiled.query_groups import read_group, tokens_of
from aimsgraph.validation.compiled.reads import Steps, reads_of
from aimsgraph.validation.incremental.patterns import Pattern, PatternGroup, Unreadable, read_patterns
from aimsgraph.validation.incremental.ways import (
    ANY_PROPERTY,
    Route,
    Walker,
    Way,
    back_over,
    inverse,
    one_triple,
    ways_over,
)

_ANY = Way(None, from_object=False, route=None)


@dataclass(frozen=True)
class Reach:
    """The ways from what a shape reads back to its focus nodes."""

    ways: tuple[Way, ...]

    @cached_property
    def by_predicate(self) -> Mapping[str | None, tuple[Way, ...]]:
        """The ways by the property of the triples; under None those for any property."""
        found: dict[str | None, list[Way]] = defaultdict(list)
        for way in self.ways:
            found[way.predicate].append(way)
        return {predicate: tuple(ways) for predicate, ways in found.items()}

    @property
    def reads_whole(self) -> frozenset[str | None]:
        """The properties of which a change to some triples touches every focus node; None among them for any."""
        return frozenset(way.predicate for way in self.ways if way.route is None)

    def touched(self, changed: Mapping[str, Iterable[ox.Triple]], walker: Walker) -> frozenset[Term] | None:
        """Return the nodes, focus nodes among them, whose results may rest on changed triples; None for all.

        Args:
            changed: the added and the removed triples, by the IRI of the property.
            walker: what follows routes in the triples there were and those there are.
        """
        found: set[Term] = set()
        anywhere = self.by_predicate.get(None, ())
        for iri, triples in changed.items():
            for way in (*self.by_predicate.get(iri, ()), *anywhere):
                for start in {way.start(triple) for triple in triples} - {None}:
                    if way.route is None:
                        return None
                    assert start is not None  # taken away above
                    found |= walker.follow(way.route, start)
        return frozenset(found)


def reach_of(plan: ShapePlan) -> Reach:
    """Return the ways back to the focus nodes of a shape with targets."""
    reads = reads_of(plan)
    ways: dict[Way, None] = {}
    for steps in reads.paths:
        ways |= dict.fromkeys(ways_over(Sequence(steps), ()))
    for steps in reads.open:
        ways[Way(None, from_object=False, route=back_over(steps))] = None
    for query in plan.targets.queries:
        ways |= dict.fromkeys(_ways_of(query, {"this": ()}))
    for shape, check, home in _checks(plan.shape, ()):
        if isinstance(check, ByQuery):
            values = home if shape.path is None else (inverse(shape.path), *home)
            goals = {"this": home, "value": values} if check.is_ask else {"this": home}
            ways |= dict.fromkeys(_ways_of(check.query, goals))
    return Reach(tuple(ways))


def _checks(shape: Shape, steps: Steps) -> Iterator[tuple[Shape, Check, Route]]:
    inner = steps if shape.path is None else (*steps, shape.path)
    for check in shape.checks:
        yield shape, check, back_over(steps)
        for nested in nested_shapes(check):
            yield from _checks(nested, inner)


def _ways_of(query: Query, goals: Mapping[str, Route]) -> Iterator[Way]:
    """Yield the ways from what a query reads, given the routes from its variables to the focus nodes."""
    if "{" in query.columns or "{" in query.having:
        yield from _unfollowed(query)
        return
    text = f"{{ {query.where.replace(FOCUS, '?this').replace(HOLE, '?value')} }}"
    try:
        top = read_patterns(read_group(tokens_of(text, {}), 0, "top")[0])
    except (Unreadable, IndexError):
        yield from _unfollowed(query)
        return
    for group, pattern in top.all_patterns():
        yield from _ways_from(group, pattern, goals)


def _unfollowed(query: Query) -> Iterator[Way]:
    if query.predicates is None:
        yield _ANY
    else:
        yield from (Way(iri, from_object=False, route=None) for iri in sorted(query.predicates))


def _ways_from(group: PatternGroup, pattern: Pattern, goals: Mapping[str, Route]) -> Iterator[Way]:
    ends = {False: pattern.subject, True: pattern.object}
    variables = {at_object: end for at_object, end in ends.items() if isinstance(end, str)}
    at_object, route = _find_route(group, pattern, variables, goals)
    subject, object_ = (None if isinstance(end, str) else end for end in ends.values())
    if pattern.path is None:
        yield Way(None, at_object, route, subject, object_)
        return
    path = Inverse(pattern.path) if at_object else pattern.path
    if isinstance(pattern.path, Predicate):
        yield from one_triple(ways_over(path, route), subject, object_)
        return
    if route is None and may_be_empty(pattern.path) and len(variables) == len(ends):
        yield _ANY  # it matches every node that there is
    yield from ways_over(path, route)


def _find_route(
    group: PatternGroup, pattern: Pattern, variables: Mapping[bool, str], goals: Mapping[str, Route]
) -> tuple[bool, Route | None]:
    """Return at which end of a pattern the route to the focus nodes starts, and the route; None without one.

    Followed are patterns that match whenever this one counts: those of its group and of the groups around it; where it
    stands in OPTIONAL, of the group around that those before it.
    """
    reached: dict[str, tuple[bool, Route]] = {}
    for at_object, name in variables.items():
        reached.setdefault(name, (at_object, ()))
    level: PatternGroup | None = group
    usable = group.patterns
    while level is not None:
        _spread(reached, usable, pattern)
        for name, home in goals.items():
            if name in reached:
                at_object, route = reached[name]
                return at_object, (*route, *home)
        if level.selected is not None:
            reached = {name: way for name, way in reached.items() if name in level.selected}
        outer = level.around
        if outer is not None:
            before = level.kind == "optional"
            usable = [one for one in outer.patterns if not before or one.place < level.place]
        level = outer
    return False, None


def _spread(reached: dict[str, tuple[bool, Route]], patterns: Iterable[Pattern], besides: Pattern) -> None:
    """Follow patterns from the variables that have been reached to others."""
    waiting = list(reached)
    while waiting:
        name = waiting.pop(0)
        at_object, route = reached[name]
        for pattern in patterns:
            if pattern is besides:
                continue
            path = pattern.path or ANY_PROPERTY
            for start, end, step in (
                (pattern.subject, pattern.object, path),
                (pattern.object, pattern.subject, Inverse(path)),
            ):
                if start == name and isinstance(end, str) and end not in reached:
                    reached[end] = (at_object, (*route, step))
                    waiting.append(end)
