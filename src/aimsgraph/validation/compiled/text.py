"""Writes the checks of a plan as SPARQL 1.1, one query for all focus nodes of a scope.

Nothing beyond the standard is used, so any store can be asked. What must not be there is asked with NOT EXISTS that
looks up one triple pattern after the other from what is known (see `exists`), which is linear where the plain form, and
on small focus sets MINUS, would not be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import pyoxigraph as ox

from aimsgraph.graph.store import Term
from aimsgraph.validation.compiled.exists import nest
from aimsgraph.validation.compiled.graph import RDFS, TYPE
from aimsgraph.validation.compiled.paths import Path, Predicate, leaves_by, may_be_empty, path_text, steps_of
from aimsgraph.validation.compiled.plan import (
    FOCUS,
    HOLE,
    AtLeast,
    AtMost,
    Before,
    ByQuery,
    Check,
    Closed,
    Condition,
    DisjointFrom,
    Has,
    HasClass,
    OneOf,
    Query,
    SameAs,
    Targets,
    UniqueLanguages,
)

VALUE: Final = "?sh_value"
_ONE: Final = 1
_OF_VALUES: Final = (AtMost, Before, Condition, DisjointFrom, HasClass, OneOf, UniqueLanguages)
"""Checks that nothing violates where there are no values."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A set of focus nodes: those of targets, or what paths lead to from there.

    Attributes:
        targets: where the first ones come from.
        steps: the paths to the present ones.
        only: the first ones to look at alone; None for all.
        has: the properties that any of the first ones has; None when not known.
        forgets: whether what led to the present ones does not matter.
    """

    targets: Targets
    steps: tuple[Path, ...] = ()
    only: tuple[Term, ...] | None = None
    has: frozenset[str] | None = None
    forgets: bool = False

    @property
    def focus(self) -> str:
        """The variable of the focus node."""
        return f"?sh_{len(self.steps)}"

    @property
    def chain(self) -> tuple[str, ...]:
        """The variables of the nodes that led to the focus node, where that matters, and its own."""
        if self.forgets:
            return (self.focus,)
        return tuple(f"?sh_{position}" for position in range(len(self.steps) + 1))

    def step(self, path: Path | None) -> Self:
        """Return the values of a path, as focus nodes; without a path the focus nodes are the values."""
        return self if path is None else replace(self, steps=(*self.steps, path))

    def is_known_empty(self) -> bool:
        """Say whether it is known that the paths lead nowhere."""
        return self.has is not None and bool(self.steps) and not leaves_by(self.steps[0], self.has)


class Writer:
    """Writes queries, given which classes are subclasses of which.

    Args:
        subclasses: IRI of a class → IRIs of it and of its subclasses; None where a subclass has no name.
    """

    def __init__(self, subclasses: Mapping[str, tuple[str, ...] | None]) -> None:
        self._subclasses = subclasses

    def classes(self, iri: str) -> tuple[str, ...] | None:
        """Return the names of a class and of its subclasses; None where a subclass has no name."""
        return self._subclasses.get(iri, (iri,))

    def nodes(self, scope: Scope, *, chained: bool = False) -> str:
        """Return the query for the focus nodes of a scope; `chained` for all that led to them."""
        return _select(scope.chain if chained else (scope.focus,), self._pattern(scope))

    def count(self, scope: Scope) -> str:
        """Return the query for how many focus nodes there are, as `?n`."""
        return f"SELECT (COUNT(DISTINCT {scope.focus}) AS ?n) WHERE {{ {self._pattern(scope)} }}"

    def values(self, scope: Scope, path: Path, among: Sequence[Term] = ()) -> str:
        """Return the query for the values of a path with what led to them; `among` those alone, if any are given."""
        end = scope.step(path)
        return _select(
            (*scope.chain, end.focus), self._pattern(end) + (f" {_values(end.focus, among)}" if among else "")
        )

    def violations(self, check: Check, path: Path | None, scope: Scope) -> str | None:
        """Return the query for the violations of a check, or None when there cannot be any.

        Its columns: the chain of the scope, `VALUE` where a value is reported, and what the check needs beside.
        """
        if isinstance(check, _OF_VALUES) and scope.step(path).is_known_empty():
            return None
        match check:
            case ByQuery(_, query, _, _, False):
                return self._by_query(query, scope)
            case SameAs() | DisjointFrom() | Before():
                return self._compared(check, path, scope)
            case Has(_, term):
                return self._has(term, path, scope)
            case AtLeast() | AtMost() | UniqueLanguages():
                assert path is not None  # only property shapes count
                return self._counted(check, path, scope)
        return self._of_values(check, path, scope)

    def _of_values(self, check: Check, path: Path | None, scope: Scope) -> str:
        columns: tuple[str, ...] = scope.chain
        if path is None:
            value, valued = scope.focus, self._pattern(scope)
        else:
            value, valued = VALUE, self._valued(scope, path, VALUE)
            columns = (*columns, VALUE)
        match check:
            case Condition(_, expression):
                wrong = f"FILTER(!COALESCE({expression.replace(HOLE, value)}, false))"
            case HasClass(_, iri):
                wrong = f"FILTER NOT EXISTS {{ {self._typed(value, iri, 'value')} }}"
            case OneOf(_, terms):
                wrong = f"MINUS {{ {_values(value, terms)} }}" if terms else ""
            case Closed(_, allowed):
                listed = ", ".join(f"<{iri}>" for iri in allowed)
                wrong = f"{value} ?sh_p ?sh_o . " + (f"FILTER(?sh_p NOT IN ({listed}))" if allowed else "")
                columns = (*columns, "?sh_p", "?sh_o")
            case ByQuery(_, query):
                wrong = f"FILTER NOT EXISTS {{ {_put_in(query.where, scope.focus, value)} }}"
            case _:
                raise AssertionError(f"no query for {check}")
        return _select(columns, f"{valued} {wrong}")

    def for_node(self, query: Query, node: ox.NamedNode) -> str:
        """Return the query of a shape with a focus node put in."""
        grouped = "" if query.group_by is None else f" GROUP BY {query.group_by or '(1)'}"
        text = (
            f"SELECT DISTINCT {query.columns or '(1 AS ?sh_found)'} WHERE {{ {query.where} }}{grouped} {query.having}"
        )
        return text.replace(FOCUS, str(node))

    def _pattern(self, scope: Scope) -> str:
        if scope.steps:
            return self._valued(replace(scope, steps=scope.steps[:-1]), scope.steps[-1], scope.focus)
        targets, focus = scope.targets, scope.focus
        only = f"{_values(focus, scope.only)} " if scope.only is not None else ""
        parts = [_values(focus, targets.nodes)] if targets.nodes else []
        parts += [self._typed(focus, iri, "target") for iri in targets.classes]
        # Each once: a focus node that is a target in many ways must not be judged in as many. What is looked for is
        # said inside as well, or each would be worked out for all nodes.
        once = [f"{only}{focus} <{iri}> ?sh_target ." for iri in targets.subjects_of]
        once += [f"{only}?sh_target <{iri}> {focus} ." for iri in targets.objects_of]
        once += [_put_in(query.where, focus) for query in targets.queries]
        parts += [f"{{ {_select((focus,), pattern)} }}" for pattern in once]
        if len(parts) == _ONE:
            return only + parts[0]
        return only + " UNION ".join(f"{{ {part} }}" for part in parts)

    def _valued(self, scope: Scope, path: Path, value: str) -> str:
        """Return a scope's pattern with the values of a path."""
        pattern = self._pattern(scope)
        followed = f"{pattern} {scope.focus} {path_text(path)} {value} ."
        if may_be_empty(path) and scope.targets.nodes:
            # A target need not be in the data, where a path of no steps finds only what is.
            return f"{{ {followed} }} UNION {{ {pattern} BIND({scope.focus} AS {value}) }}"
        return followed

    def _typed(self, node: str, iri: str, role: str) -> str:
        classes = self.classes(iri)
        if classes is None:
            return f"{node} {TYPE}/<{RDFS}subClassOf>* <{iri}> ."
        if len(classes) == _ONE:
            return f"{node} {TYPE} <{iri}> ."
        variable = f"?sh_{role}_class"
        listed = " ".join(f"<{one}>" for one in classes)
        return f"VALUES {variable} {{ {listed} }} {node} {TYPE} {variable} ."

    def _compared(self, check: SameAs | DisjointFrom | Before, path: Path | None, scope: Scope) -> str:
        focus, pattern, other = scope.focus, self._pattern(scope), f"<{check.predicate}>"
        columns = (*scope.chain, VALUE)
        valued = self._valued(scope, path, VALUE) if path is not None else f"{pattern} BIND({focus} AS {VALUE})"
        if isinstance(check, DisjointFrom):
            return _select(columns, f"{valued} FILTER EXISTS {{ {focus} {other} {VALUE} }}")
        if isinstance(check, Before):
            sign = "<=" if check.or_equal else "<"
            test = f"FILTER(!COALESCE({VALUE} {sign} ?sh_other, false))"
            return _select((*columns, "?sh_other"), f"{valued} {focus} {other} ?sh_other . {test}")
        missing = f"{valued} FILTER NOT EXISTS {{ {focus} {other} {VALUE} }}"
        if path is None:
            beyond = f"{pattern} {focus} {other} {VALUE} . FILTER(!SAMETERM({focus}, {VALUE}))"
        else:
            there = _follow(focus, path, VALUE, {focus, VALUE})
            itself = f"FILTER(!SAMETERM({focus}, {VALUE}))" if may_be_empty(path) else ""
            beyond = f"{pattern} {focus} {other} {VALUE} . FILTER NOT EXISTS {{ {there} }} {itself}"
        return _select(columns, f"{{ {missing} }} UNION {{ {beyond} }}")

    def _has(self, term: Term, path: Path | None, scope: Scope) -> str:
        pattern, focus = self._pattern(scope), scope.focus
        itself = f"FILTER(!SAMETERM({focus}, {term}))"
        if path is None:
            return _select(scope.chain, f"{pattern} {itself}")
        there = _follow(focus, path, str(term), {focus})
        kept = itself if may_be_empty(path) else ""
        return _select(scope.chain, f"{pattern} {kept} FILTER NOT EXISTS {{ {there} }}")

    def _counted(self, check: AtLeast | AtMost | UniqueLanguages, path: Path, scope: Scope) -> str | None:
        chain = scope.chain
        valued = self._valued(scope, path, VALUE)
        match check:
            case AtLeast(_, count):
                return self._too_few(count, path, scope)
            case AtMost(_, 0):
                return _select(chain, valued)
            case AtMost(_, 1) if isinstance(path, Predicate):
                second = f"{scope.focus} {path_text(path)} ?sh_other . FILTER(!SAMETERM({VALUE}, ?sh_other))"
                return _select(chain, f"{valued} {second}")
            case AtMost(_, count):
                return _grouped(chain, valued, f"> {count}")
        tagged = f'{valued} BIND(LCASE(LANG({VALUE})) AS ?sh_language) FILTER(?sh_language != "")'
        return _grouped((*chain, "?sh_language"), tagged, "> 1")

    def _too_few(self, count: int, path: Path, scope: Scope) -> str | None:
        if count == 0 or (count == 1 and may_be_empty(path)):
            return None
        if may_be_empty(path):
            return _grouped(scope.chain, self._valued(scope, path, VALUE), f"< {count}")
        pattern = self._pattern(scope)
        if count == 1:
            there = _follow(scope.focus, path, VALUE, {scope.focus})
            return _select(scope.chain, f"{pattern} FILTER NOT EXISTS {{ {there} }}")
        optional = f"{pattern} OPTIONAL {{ {scope.focus} {path_text(path)} {VALUE} }}"
        return _grouped(scope.chain, optional, f"< {count}")

    def _by_query(self, query: Query, scope: Scope) -> str:
        focus = scope.focus
        columns = " ".join([*scope.chain, _put_in(query.columns, focus)])
        pattern = self._pattern(scope)
        if query.group_by is not None:  # what is counted must not be counted again for each way to a focus node
            pattern = f"{{ {_select(scope.chain, pattern)} }}"
        text = f"SELECT DISTINCT {columns} WHERE {{ {pattern} {_put_in(query.where, focus)} }}"
        if query.group_by is not None:
            text += f" GROUP BY {' '.join(scope.chain)} {_put_in(query.group_by, focus)}"
        return f"{text} {_put_in(query.having, focus)}"


def _put_in(text: str, focus: str, value: str = "?value") -> str:
    return text.replace(FOCUS, focus).replace(HOLE, value)


def _select(columns: Sequence[str], pattern: str) -> str:
    return f"SELECT DISTINCT {' '.join(columns)} WHERE {{ {pattern} }}"


def _grouped(columns: Sequence[str], pattern: str, bound: str) -> str:
    listed = " ".join(columns)
    return f"SELECT {listed} WHERE {{ {pattern} }} GROUP BY {listed} HAVING(COUNT(DISTINCT {VALUE}) {bound})"


def _values(variable: str, terms: Sequence[Term]) -> str:
    return f"VALUES {variable} {{ {' '.join(map(str, terms))} }}"


def _follow(start: str, path: Path, end: str, known: set[str]) -> str:
    """Return the inside of an EXISTS that follows a path step by step."""
    triples, place = [], start
    steps = steps_of(path)
    for position, step in enumerate(steps):
        reached = end if position == len(steps) - 1 else f"?sh_between{position}"
        triples.append((place, path_text(step), reached))
        place = reached
    return nest(triples, {name.removeprefix("?") for name in known})
