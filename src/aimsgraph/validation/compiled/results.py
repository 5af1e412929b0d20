"""What a plan finds: violations, with everything a SHACL report says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from aimsgraph.graph.store import Subject, Term
from aimsgraph.validation.compiled.paths import shown_path
from aimsgraph.validation.compiled.plan import ByQuery, Check, Shape
from aimsgraph.validation.report import SHACL, RawResult

_VIOLATION: Final = SHACL + "Violation"


@dataclass(frozen=True, slots=True)
class Violation:
    """One result.

    Attributes:
        focus: the node that was judged.
        path: the property path, in SPARQL's words; empty for the node itself.
        path_node: the path in the shapes graph, or the property a query or a closed shape names.
        value: the value that is wrong; None when something is missing.
        component: IRI of the constraint component.
        severity: IRI of how bad it is.
        states_severity: whether the shape says so itself.
        source: the shape that has the constraint.
        constraint: the constraint of a query.
        messages: what is wrong, when the shapes have words for it.
        root: the shape with the targets.
    """

    focus: Term
    path: str
    path_node: Term | None
    value: Term | None
    component: str
    severity: str
    states_severity: bool
    source: Subject
    constraint: Subject | None
    messages: tuple[ox.Literal, ...]
    root: Subject

    @property
    def sort_key(self) -> tuple[str, ...]:
        """What violations are ordered by, whatever order a store gives them in."""
        words = (m.value for m in self.messages)
        return (
            *map(str, (self.root, self.source, self.component, self.focus, self.path, self.value, self.constraint)),
            *words,
        )


def make_violation(
    root: Shape, shape: Shape, check: Check, focus: Term, value: Term | None, *,
    path: Term | None = None, bindings: Mapping[str, Term] | None = None,
) -> Violation:  # fmt: skip
    """Return the violation of a check.

    Args:
        root: the shape with the targets.
        shape: the shape with the check.
        check: the check.
        focus: the node that was judged.
        value: the value that is wrong.
        path: the path, where the result names another than the shape.
        bindings: what messages may quote.
    """
    messages = shape.messages
    constraint = None
    if isinstance(check, ByQuery):
        constraint = check.source
        messages = tuple(fill_message(m, bindings or {}) for m in check.messages or shape.messages)
    if path is not None:
        text = f"<{path.value}>" if isinstance(path, ox.NamedNode) else str(path)
    else:
        text = shown_path(shape.path) if shape.path is not None else ""
    return Violation(
        focus, text, path if path is not None else shape.path_node, value, check.component,
        shape.severity or _VIOLATION, bool(shape.severity), shape.node, constraint, messages, root.node,
    )  # fmt: skip


def fill_message(message: ox.Literal, bindings: Mapping[str, Term]) -> ox.Literal:
    """Return a message with what stands for `{?name}` put in."""
    text = message.value
    for name, term in bindings.items():
        text = re.sub(rf"\{{[?$]{re.escape(name)}\}}", plain(term).replace("\\", "\\\\"), text)
    return ox.Literal(text, language=message.language) if message.language else ox.Literal(text)


def plain(term: Term | None) -> str:
    """Return a term without marks, as messages and reports show it."""
    if isinstance(term, ox.Triple):
        return str(term)
    return "" if term is None else term.value


def to_raw(violations: Iterable[Violation]) -> list[RawResult]:
    """Return violations as an engine's results: words and severity only where they are not those of the whole shape."""
    found = []
    for violation in violations:
        nested = violation.source != violation.root
        found.append(
            RawResult(
                plain(violation.root),
                _words(violation.messages) if nested or violation.constraint is not None else "",
                violation.severity if nested and violation.states_severity else "",
                plain(violation.focus),
                violation.path,
                plain(violation.value),
            )
        )
    return found


def _words(messages: tuple[ox.Literal, ...]) -> str:
    """Return the English words, else the first in order."""
    ordered = sorted(messages, key=lambda m: (m.language not in ("en", None), m.language or "", m.value))
    return ordered[0].value if ordered else ""
