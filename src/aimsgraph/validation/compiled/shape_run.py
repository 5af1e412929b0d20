"""Judges one shape: asks the queries of its checks, and joins answers where a check is about other shapes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import pyoxigraph as ox

from aimsgraph.graph.store import Term
from aimsgraph.validation.compiled.graph import NotCompilable
from aimsgraph.validation.compiled.plan import (
    AtLeast,
    AtMost,
    ByQuery,
    Check,
    Closed,
    Every,
    ExactlyOne,
    Has,
    Not,
    Property,
    Qualified,
    Shape,
    Some,
    UniqueLanguages,
)
from aimsgraph.validation.compiled.results import Violation, make_violation
from aimsgraph.validation.compiled.source import Row, Source
from aimsgraph.validation.compiled.text import Scope, Writer

_FEW: Final = 200
"""Up to so many values are named in a query; beyond, all are fetched and looked through."""
_WITHOUT_VALUE: Final = (AtLeast, AtMost, Has, UniqueLanguages)


class ShapeRun:
    """Judges one shape with targets; keeps what it has asked."""

    def __init__(self, root: Shape, source: Source, writer: Writer) -> None:
        self._root = root
        self._source = source
        self._writer = writer
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
            made = make_violation(self._root, shape, check, focus, value, path=bindings.get("path"), bindings=quoted)
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
        scope = replace(scope, forgets=True)
        key = (id(shape), scope)
        if key not in self._failing:
            self._failing[key] = self._joinable(frozenset(self._find_failing(shape, scope)))
        return self._failing[key]

    def _joinable(self, terms: frozenset[Term]) -> frozenset[Term]:
        """Return nodes that are going to be looked for in other answers."""
        if not self._source.keeps_names and any(isinstance(term, ox.BlankNode) for term in terms):
            raise NotCompilable("it joins answers on blank nodes, which the server calls otherwise in each")
        return terms

    def _find_failing(self, shape: Shape, scope: Scope) -> Iterator[Term]:
        if shape.deactivated:
            return
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
                case ByQuery(is_ask=False):
                    yield from (violation.focus for _, violation in self._by_query(check, shape, scope))
                case _:
                    text = self._writer.violations(check, shape.path, scope)
                    yield from (_certain(row[0]) for row in (self._ask(text) if text is not None else ()))

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
                bad = self.failing(shapes[0], scope)
                for shape in shapes[1:]:
                    if bad:
                        bad &= self.failing(shape, scope)
                return bad
            case Not(_, shape):
                return self._joinable(self.nodes(scope)) - self.failing(shape, scope)
            case ExactlyOne(_, shapes):
                failed = Counter(term for shape in shapes for term in self.failing(shape, scope))
                return frozenset(term for term in self._joinable(self.nodes(scope)) if len(shapes) - failed[term] != 1)

    def _with_values(
        self, shape: Shape, scope: Scope, among: frozenset[Term]
    ) -> Iterator[tuple[tuple[Term, ...], Term]]:
        """Yield focus nodes, with what led to them, and those of their values that are among some."""
        if not among:
            return
        if shape.path is None:
            if len(scope.chain) == 1:
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
        if not self._source.keeps_names:
            self._joinable(self.nodes(scope) | self.nodes(ends))
        counts = Counter(row[:-1] for row in self._ask(self._writer.values(scope, shape.path)) if row[-1] not in bad)
        if check.at_most is not None:
            yield from (_all_certain(chain) for chain, n in counts.items() if n > check.at_most)
        if check.at_least:
            for chain in self._ask(self._writer.nodes(scope, chained=True)):
                if counts[chain] < check.at_least:
                    yield _all_certain(chain)

    def _ask(self, text: str) -> list[Row]:
        if text not in self._answers:
            self._answers[text] = self._source.rows(text)
        return self._answers[text]


def _certain(term: Term | None) -> Term:
    assert term is not None  # every pattern binds its chain
    return term


def _all_certain(row: Row) -> tuple[Term, ...]:
    return tuple(map(_certain, row))


def _names_value(check: Check) -> bool:
    """Say whether the results of a check name a value."""
    return not isinstance(check, _WITHOUT_VALUE)
