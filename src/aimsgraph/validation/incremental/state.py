"""Facts that have been judged, with what each shape found at which focus node, kept so that a change can be judged."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

import pyoxigraph as ox

from aimsgraph.errors import QuerySyntaxError, Refused
from aimsgraph.graph.store import Deadline, Subject, Term
from aimsgraph.graph.union import UnionView
from aimsgraph.validation.compiled.asking import AskedFacts
from aimsgraph.validation.compiled.focus_set import CHUNK, FocusSet
from aimsgraph.validation.compiled.graph import SUBCLASS_OF, NotCompilable
from aimsgraph.validation.compiled.lexical import changed_by_store
from aimsgraph.validation.compiled.plan import Plan, ShapePlan
from aimsgraph.validation.compiled.reads import reads_of
from aimsgraph.validation.compiled.results import Violation
from aimsgraph.validation.compiled.run import writer_for
from aimsgraph.validation.compiled.shape_run import ShapeRun
from aimsgraph.validation.compiled.source import Source
from aimsgraph.validation.compiled.text import Scope, Writer
from aimsgraph.validation.incremental.reach import Reach
from aimsgraph.validation.incremental.ways import Walker

MANY: Final = 2 * CHUNK
"""From so many focus nodes on, a shape is judged whole: that is faster then."""


@dataclass(slots=True)
class _Kept:
    """What a shape came to: the nodes it judged, and focus node → violations; `left`: why no plan could judge it."""

    nodes: set[Term]
    found: dict[Term, list[Violation]]
    left: str = ""


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What a change made necessary.

    Attributes:
        nodes: shape → how many nodes were looked at anew, for every shape the change can touch.
        whole: those of these shapes that were judged on all focus nodes.
    """

    nodes: Mapping[Subject, int]
    whole: frozenset[Subject]


class JudgedFacts:
    """Facts and what a plan finds in them, brought up to date change by change.

    Args:
        plan: what to judge by.
        reaches: for each of its shapes, what the shape reads; in the same order.
        triples: the facts.
        deadline: None waits as long as it takes.

    Raises:
        DeadlineExceeded: too late.
    """

    def __init__(
        self, plan: Plan, reaches: tuple[Reach, ...], triples: Iterable[ox.Triple], deadline: Deadline | None
    ) -> None:
        self._plan = plan
        self._reaches = reaches
        self.triples = set(triples)
        self._lines = sorted(f"{triple} .\n" for triple in self.triples)
        self._native = ox.Store()
        self._native.bulk_extend(map(_quad, self.triples))
        self._changed = changed_by_store(self.triples)
        self._writer = writer_for(plan, self._source(deadline))
        self._kept: list[_Kept] = []
        self._judge_all(deadline)

    @property
    def lines(self) -> list[str]:
        """The facts as lines of N-Triples, in order."""
        return self._lines

    @property
    def violations(self) -> list[Violation]:
        """What is wrong, in order."""
        found = chain.from_iterable(some for kept in self._kept for some in kept.found.values())
        return sorted(found, key=lambda violation: violation.sort_key)

    @property
    def focus_counts(self) -> dict[Subject, int]:
        """Shape → how many nodes it judged."""
        return {plan.shape.node: len(kept.nodes) for plan, kept in self._shapes() if not kept.left}

    @property
    def left(self) -> dict[Subject, str]:
        """Shape → why another engine has to judge it."""
        found = {plan.shape.node: kept.left for plan, kept in self._shapes() if kept.left}
        return {**self._plan.left, **found}

    def change(
        self, added: Iterable[ox.Triple], removed: Iterable[ox.Triple], deadline: Deadline | None = None
    ) -> Rejudged:
        """Add and take away triples, and bring what was found up to date.

        Args:
            added: triples to be there; those that were there already make no difference.
            removed: triples to be there no longer; none that is added.
            deadline: None waits as long as it takes.

        Raises:
            DeadlineExceeded: too late; the object is of no use then.
        """
        added, removed = set(added) - self.triples, self.triples.intersection(removed)
        self.triples -= removed
        self.triples |= added
        for triple in removed:
            line = f"{triple} .\n"
            del self._lines[bisect_left(self._lines, line)]
        for triple in added:
            insort(self._lines, f"{triple} .\n")
        if self._changed or changed_by_store(added):
            # The store keeps what is written otherwise as one, so what is taken out of it may be too much.
            self._native = ox.Store()
            self._native.bulk_extend(map(_quad, self.triples))
            self._changed = changed_by_store(self.triples)
            self._writer = writer_for(self._plan, self._source(deadline))
            self._judge_all(deadline)
            return self.all_rejudged()
        self._native.extend(map(_quad, added))
        touched = self._touched(chain(added, removed))
        for triple in removed:
            self._native.remove(_quad(triple))
        if any(triple.predicate == SUBCLASS_OF for triple in chain(added, removed)):
            self._writer = writer_for(self._plan, self._source(deadline))
        return self._rejudge(touched, self._source(deadline))

    def _touched(self, changed: Iterable[ox.Triple]) -> dict[int, frozenset[Term] | None]:
        """Return the shapes, by position, that a change can touch, with the nodes to look at; None for all."""
        by_predicate: dict[str, list[ox.Triple]] = defaultdict(list)
        for triple in changed:
            by_predicate[triple.predicate.value].append(triple)
        walker = Walker(self._native)
        found: dict[int, frozenset[Term] | None] = {}
        for position, reach in enumerate(self._reaches):
            nodes = None if self._kept[position].left else reach.touched(by_predicate, walker)
            if nodes is None or len(nodes) > MANY or any(isinstance(node, ox.BlankNode) for node in nodes):
                found[position] = None
            elif nodes:
                found[position] = nodes
        return found

    def _rejudge(self, touched: Mapping[int, frozenset[Term] | None], source: Source) -> Rejudged:
        sets: dict[frozenset[Term], FocusSet] = {}
        looked_at: dict[Subject, int] = {}
        whole: set[Subject] = set()
        for position, nodes in touched.items():
            plan = self._plan.compiled[position]
            if nodes is None:
                self._kept[position] = self._judge(plan, source)
                looked_at[plan.shape.node] = len(self._kept[position].nodes)
                whole.add(plan.shape.node)
                continue
            if nodes not in sets:
                sets[nodes] = FocusSet(sorted(nodes, key=str), source)
            scopes = tuple(sets[nodes].scopes(plan.targets, source, self._writer))
            looked_at[plan.shape.node] = sum(len(scope.targets.nodes) for scope in scopes)
            try:
                self._exchange(self._kept[position], plan, nodes, scopes, source)
            except NotCompilable as reason:
                self._kept[position] = _Kept(set(), {}, str(reason))
        return Rejudged({node: n for node, n in looked_at.items() if n}, frozenset(whole))

    def _exchange(
        self, kept: _Kept, plan: ShapePlan, nodes: frozenset[Term], scopes: tuple[Scope, ...], source: Source
    ) -> None:
        """Put what a shape finds now at some nodes in the place of what it found there before."""
        kept.nodes -= nodes
        for node in nodes & kept.found.keys():
            del kept.found[node]
        for scope in scopes:
            judged = _judge(plan, scope, source, self._writer)
            kept.nodes |= judged.nodes
            kept.found |= judged.found

    def _judge_all(self, deadline: Deadline | None) -> None:
        source = self._source(deadline)
        self._kept = [self._judge(plan, source) for plan in self._plan.compiled]

    def _shapes(self) -> Iterator[tuple[ShapePlan, _Kept]]:
        return zip(self._plan.compiled, self._kept, strict=True)

    def all_rejudged(self) -> Rejudged:
        """Say that everything was judged."""
        nodes = {plan.shape.node: len(kept.nodes) for plan, kept in self._shapes()}
        return Rejudged({node: n for node, n in nodes.items() if n}, frozenset(nodes))

    def _judge(self, plan: ShapePlan, source: Source) -> _Kept:
        predicates = reads_of(plan).predicates if self._changed else frozenset()
        unfit = sorted(self._changed if predicates is None else predicates & self._changed.keys())
        if unfit:
            return _Kept(set(), {}, f"the store keeps {self._changed[unfit[0]]} by value, not as it is written")
        try:
            return _judge(plan, Scope(plan.targets), source, self._writer)
        except NotCompilable as reason:
            return _Kept(set(), {}, str(reason))

    def _source(self, deadline: Deadline | None) -> Source:
        return Source(AskedFacts(UnionView(self._native, overlaps=False)), deadline, keeps_names=True)


def _judge(plan: ShapePlan, scope: Scope, source: Source, writer: Writer) -> _Kept:
    run = ShapeRun(plan.shape, source, writer)
    found: dict[Term, list[Violation]] = defaultdict(list)
    try:
        for first, violation in run.violations(plan.shape, scope):
            found[first].append(violation)
        return _Kept(set(run.nodes(scope)), dict(found))
    except (QuerySyntaxError, Refused) as error:
        raise NotCompilable(f"a query of it cannot be asked: {error.message}") from error


def _quad(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)
