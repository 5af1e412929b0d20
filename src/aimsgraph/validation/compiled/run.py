"""Runs a plan on a store: asks its queries and joins the answers where checks are about other shapes.

Only `Store.query` is used, so the store may be anywhere. What comes back is what is wrong; where a check is about other
shapes, also the nodes these shapes judge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyoxigraph as ox

from aimsgraph.errors import BackendError
from aimsgraph.graph.store import Deadline, Solutions, Store, Subject, Term
from aimsgraph.validation.compiled.graph import RDFS, NotCompilable
from aimsgraph.validation.compiled.plan import (
    AtLeast,
    AtMost,
    ByQuery,
    Check,
    Closed,
    Every,
    ExactlyOne,
    Has,
    HasClass,
    Not,
    Plan,
    Property,
    Qualified,
    Shape,
    ShapePlan,
    Some,
    UniqueLanguages,
    walk,
)
from aimsgraph.validation.compiled.results import Violation, make_violation
from aimsgraph.validation.compiled.text import Scope, Writer

_CHUNK = 500
"""So many focus nodes are put into one query."""
_FEW = 200
"""Up to so many values are named in a query; beyond, all are fetched and looked through."""
_WITHOUT_VALUE = (AtLeast, AtMost, Has, UniqueLanguages)
Row = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a run of a plan came to.

    Attributes:
        violations: in order.
        focus_counts: shape → how many nodes it judged.
        left: shape → why it could not be judged on this data after all.
    """

    violations: tuple[Violation, ...]
    focus_counts: dict[Subject, int]
    left: dict[Subject, str]


def run_plan(
    plan: Plan, store: Store, *, only: Iterable[Term] | None = None, deadline: Deadline | None = None, workers: int = 1
) -> Found:
    """Judge what a store holds.

    Args:
        plan: what to judge it by.
        store: asked with SPARQL alone.
        only: look at these focus nodes alone; None for all.
        deadline: None waits as long as it takes.
        workers: how many shapes to judge at a time.

    Raises:
        DeadlineExceeded: too late.
        BackendError: the store failed; nothing that was found before is handed out.
    """
    writer = Writer(_subclasses(plan, store, deadline))
    wanted = None if only is None else tuple(dict.fromkeys(only))

    def judge(shape: ShapePlan) -> tuple[Sequence[Violation], int] | str:
        try:
            return _judge(shape, store, writer, wanted, deadline)
        except NotCompilable as reason:
            return str(reason)

    with ThreadPoolExecutor(workers) as pool:
        judged = list(pool.map(judge, plan.compiled)) if workers > 1 else list(map(judge, plan.compiled))
    violations: list[Violation] = []
    counts: dict[Subject, int] = {}
    left: dict[Subject, str] = {}
    for shape, outcome in zip(plan.compiled, judged, strict=True):
        if isinstance(outcome, str):
            left[shape.shape.node] = outcome
        else:
            violations += outcome[0]
            counts[shape.shape.node] = outcome[1]
    return Found(tuple(sorted(violations, key=lambda violation: violation.sort_key)), counts, left)


def _judge(
    plan: ShapePlan, store: Store, writer: Writer, only: tuple[Term, ...] | None, deadline: Deadline | None
) -> tuple[Sequence[Violation], int]:
    if only is None:
        return _ShapeRun(plan.shape, store, writer, deadline).judge(Scope(plan.targets))
    named = [term for term in only if not isinstance(term, ox.BlankNode)]
    found: list[Violation] = []
    count = 0
    for start in range(0, len(named), _CHUNK):
        scope = Scope(plan.targets, only=tuple(named[start : start + _CHUNK]))
        violations, judged = _ShapeRun(plan.shape, store, writer, deadline).judge(scope)
        found += violations
        count += judged
    unnamed = {term for term in only if isinstance(term, ox.BlankNode)}
    if unnamed:  # a query cannot name them: judge all, keep theirs
        run = _ShapeRun(plan.shape, store, writer, deadline)
        scope = Scope(plan.targets)
        found += [violation for first, violation in run.violations(plan.shape, scope) if first in unnamed]
        count += len(run.nodes(scope) & unnamed)
    return found, count


def _subclasses(plan: Plan, store: Store, deadline: Deadline | None) -> dict[str, tuple[str, ...] | None]:
    """Return the subclasses of every class a plan names."""
    classes = {iri for shape in plan.compiled for iri in shape.targets.classes}
    for shape in plan.compiled:
        classes.update(check.iri for _, check in walk(shape.shape) if isinstance(check, HasClass))
    found: dict[str, tuple[str, ...] | None] = {iri: (iri,) for iri in sorted(classes)}
    if not found:
        return found
    listed = " ".join(f"<{iri}>" for iri in found)
    text = f"SELECT DISTINCT ?super ?sub WHERE {{ VALUES ?super {{ {listed} }} ?sub <{RDFS}subClassOf>+ ?super }}"
    answer = store.query(text, deadline=deadline)
    assert isinstance(answer, Solutions)  # it is a SELECT
    below: dict[str, set[str] | None] = {iri: {iri} for iri in found}
    for row in answer:
        upper, lower = row["super"].value, row["sub"]
        if isinstance(lower, ox.NamedNode):
            names = below[upper]
            below[upper] = None if names is None else names | {lower.value}
        else:
            below[upper] = None
    return {iri: None if names is None else tuple(sorted(names)) for iri, names in below.items()}


class _ShapeRun:
    """Judges one shape with targets; keeps what it has asked."""

    def __init__(self, root: Shape, store: Store, writer: Writer, deadline: Deadline | None) -> None:
        self._root = root
        self._store = store
        self._writer = writer
        self._deadline = deadline
        self._answers: dict[str, list[Row]] = {}
        self._failing: dict[tuple[int, Scope], frozenset[Term]] = {}

    def judge(self, scope: Scope) -> tuple[Sequence[Violation], int]:
        """Return the violations of the shape and how many nodes it judged."""
        violations = [violation for _, violation in self.violations(self._root, scope)]
        text = self._writer.nodes(scope)
        if text in self._answers:
            return violations, len(self._answers[text])
        count = self._ask(self._writer.count(scope))[0][0]
        assert isinstance(count, ox.Literal)  # COUNT gives a number
        return violations, int(count.value)

    def nodes(self, scope: Scope) -> frozenset[Term]:
        """Return the focus nodes of a scope."""
        return frozenset(row[0] for row in self._ask(self._writer.nodes(scope)) if row[0] is not None)

    def violations(self, shape: Shape, scope: Scope) -> Iterator[tuple[Term, Violation]]:
        """Yield every violation with the focus node of the root that led to it."""
        if shape.deactivated:
            return
        for check in shape.checks:
            match check:
                case Property(_, inner):
                    yield from self.violations(inner, scope.step(shape.path))
                case Every() | Some() | ExactlyOne() | Not():
                    yield from self._about_shapes(check, shape, scope)
                case Qualified():
                    for chain in self._miscounted(check, shape, scope):
                        yield chain[0], make_violation(self._root, shape, check, chain[-1], None)
                case _:
                    yield from self._by_row(check, shape, scope)

    def _by_row(self, check: Check, shape: Shape, scope: Scope) -> Iterator[tuple[Term, Violation]]:
        if isinstance(check, ByQuery) and not check.is_ask:
            yield from self._by_query(check, shape, scope)
            return
        text = self._writer.violations(check, shape.path, scope)
        length = len(scope.chain)
        for row in self._ask(text) if text is not None else ():
            focus = _certain(row[length - 1])
            path = None
            value = row[length] if len(row) > length else None
            if isinstance(check, Closed):
                path, value = row[-2], row[-1]
            elif shape.path is None and value is None and _names_value(check):
                value = focus
            elif not _names_value(check):
                value = None
            bindings = {"this": focus, "value": value if value is not None else focus}
            made = make_violation(self._root, shape, check, focus, value, path=path, bindings=bindings)
            yield _certain(row[0]), made

    def _by_query(self, check: ByQuery, shape: Shape, scope: Scope) -> Iterator[tuple[Term, Violation]]:
        names = check.query.names
        length = len(scope.chain)
        for chain, values in self._query_rows(check, scope, length):
            bindings = {name: term for name, term in zip(names, values, strict=True) if term is not None}
            if not check.query.names_focus and not {"path", "value"} & set(bindings):
                continue
            focus = _certain(chain[-1])
            value = bindings.get("value", focus if shape.path is None else None)
            quoted = {"this": focus, **bindings, **({"value": value} if value is not None else {})}
            made = make_violation(
                self._root, shape, check, focus, value, path=bindings.get("path"), bindings=quoted
            )
            yield _certain(chain[0]), made

    def _query_rows(self, check: ByQuery, scope: Scope, length: int) -> Iterator[tuple[Row, Row]]:
        if not check.query.per_focus:
            text = self._writer.violations(check, None, scope)
            assert text is not None  # a query is always asked
            yield from ((row[:length], row[length:]) for row in self._ask(text))
            return
        for chain in self._ask(self._writer.nodes(scope, chained=True)):
            focus = chain[-1]
            if not isinstance(focus, ox.NamedNode):
                raise NotCompilable(f"{check.query.per_focus}, and a focus node has no name to put in")
            rows = self._ask(self._writer.for_node(check.query, focus))
            yield from ((chain, row if check.query.names else ()) for row in rows)

    def failing(self, shape: Shape, scope: Scope) -> frozenset[Term]:
        """Return the focus nodes that do not conform to a shape."""
        key = (id(shape), scope)
        if key not in self._failing:
            self._failing[key] = frozenset(self._find_failing(shape, scope))
        return self._failing[key]

    def _find_failing(self, shape: Shape, scope: Scope) -> Iterator[Term]:
        if shape.deactivated:
            return
        # What led to a node does not matter for whether it conforms.
        for check in shape.checks:
            match check:
                case Property(_, inner):
                    bad = self.failing(inner, scope.step(shape.path))
                    yield from (chain[-1] for chain, _ in self._with_values(shape, scope, bad))
                case Every() | Some() | ExactlyOne() | Not():
                    bad = self._bad_values(check, scope.step(shape.path))
                    yield from (chain[-1] for chain, _ in self._with_values(shape, scope, bad))
                case Qualified():
                    yield from (chain[-1] for chain in self._miscounted(check, shape, scope))
                case _:
                    yield from (violation.focus for _, violation in self._by_row(check, shape, scope))

    def _about_shapes(
        self, check: Every | Some | ExactlyOne | Not, shape: Shape, scope: Scope
    ) -> Iterator[tuple[Term, Violation]]:
        bad = self._bad_values(check, scope.step(shape.path))
        for chain, value in self._with_values(shape, scope, bad):
            yield chain[0], make_violation(self._root, shape, check, chain[-1], value)

    def _bad_values(self, check: Every | Some | ExactlyOne | Not, scope: Scope) -> frozenset[Term]:
        """Return the values of which a check about shapes does not hold."""
        match check:
            case Every(_, shapes):
                return frozenset().union(*(self.failing(shape, scope) for shape in shapes))
            case Some(_, shapes):
                bad = self.failing(shapes[0], scope) if shapes else self.nodes(scope)
                for shape in shapes[1:]:
                    if bad:
                        bad &= self.failing(shape, scope)
                return bad
            case Not(_, shape):
                return self.nodes(scope) - self.failing(shape, scope)
            case ExactlyOne(_, shapes):
                failed = Counter(term for shape in shapes for term in self.failing(shape, scope))
                return frozenset(term for term in self.nodes(scope) if len(shapes) - failed[term] != 1)

    def _with_values(
        self, shape: Shape, scope: Scope, among: frozenset[Term]
    ) -> Iterator[tuple[tuple[Term, ...], Term]]:
        """Yield focus nodes, with what led to them, and those of their values that are among some."""
        if not among:
            return
        if shape.path is None:
            if not scope.steps:
                yield from (((term,), term) for term in among)
                return
            rows = self._ask(self._writer.nodes(scope, chained=True))
            yield from ((_all_certain(row), _certain(row[-1])) for row in rows if row[-1] in among)
            return
        few = len(among) <= _FEW and not any(isinstance(term, ox.BlankNode) for term in among)
        named = sorted(among, key=str) if few else ()
        for row in self._ask(self._writer.values(scope, shape.path, named)):
            if row[-1] in among:
                yield _all_certain(row[:-1]), _certain(row[-1])

    def _miscounted(self, check: Qualified, shape: Shape, scope: Scope) -> Iterator[tuple[Term, ...]]:
        """Yield the focus nodes, with what led to them, that have too few or too many values of a shape."""
        assert shape.path is not None  # only property shapes count
        ends = scope.step(shape.path)
        bad = self.failing(check.shape, ends)
        for sibling in check.siblings:
            bad |= self.nodes(ends) - self.failing(sibling, ends)
        counts = Counter(row[:-1] for row in self._ask(self._writer.values(scope, shape.path)) if row[-1] not in bad)
        if check.at_most is not None:
            yield from (_all_certain(chain) for chain, n in counts.items() if n > check.at_most)
        if check.at_least:
            for chain in self._ask(self._writer.nodes(scope, chained=True)):
                if counts[chain] < check.at_least:
                    yield _all_certain(chain)

    def _ask(self, text: str) -> list[Row]:
        if text not in self._answers:
            answer = self._store.query(text, deadline=self._deadline)
            if not isinstance(answer, Solutions):
                raise BackendError("the store answered a SELECT with something else")
            names = answer.variables
            self._answers[text] = [tuple(row[name] for name in names) for row in answer]
        return self._answers[text]


def _certain(term: Term | None) -> Term:
    assert term is not None  # every pattern binds its chain
    return term


def _all_certain(row: Row) -> tuple[Term, ...]:
    return tuple(map(_certain, row))


def _names_value(check: Check) -> bool:
    """Say whether the results of a check name a value."""
    return not isinstance(check, _WITHOUT_VALUE)

