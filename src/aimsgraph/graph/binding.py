"""Puts parameter values into the text of a question.

A value becomes one RDF term, built by the engine's own constructors, and its canonical text replaces the one
term in the parameter's block. So no value can add anything but that term.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import pyoxigraph as ox

from aimsgraph.errors import UsageError
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.graph.questions import RECORD_TYPES, Parameter, Question, find_blocks

Resolver = Callable[[Parameter, str], ox.NamedNode]
"""Turns what a person types for a reference, role, route, concept or id of a register into its IRI."""

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOOLEANS: Final = {"true": True, "false": False, "yes": True, "no": False}
_RESOLVED: Final = frozenset({"reference", "role", "route", "concept", *RECORD_TYPES})
_EXPECTED: Final = {
    "date": "a day like 2027-12-02",
    "string": "text",
    "iri": "an absolute IRI or a CURIE with a known prefix",
    "integer": "a whole number",
    "boolean": "true or false",
}


def bind(question: Question, values: Mapping[str, str], resolve: Resolver) -> str:
    """Return the text of a question with these values in place of its examples.

    Args:
        question: the question.
        values: parameter name → what a person typed. An optional parameter may be left out.
        resolve: called for references and slugs; it raises our errors itself.

    Raises:
        UsageError: a parameter is unknown, missing, or its value is not of its type.
    """
    for name in values:
        if question.parameter(name) is None:
            raise _unknown(question, name)
    terms = {parameter.name: _term_text(parameter, values, resolve) for parameter in question.parameters}
    text = question.text
    for block in reversed(find_blocks(text)):  # from the end, so that earlier positions stay right
        text = text[: block.start] + terms[block.name] + text[block.end :]
    return text


def to_term(parameter: Parameter, value: str, resolve: Resolver) -> ox.NamedNode | ox.Literal:
    """Return the term a typed value stands for.

    Raises:
        UsageError: the value is not of the parameter's type.
    """
    if parameter.type in _RESOLVED:
        return resolve(parameter, value)
    try:
        return _LITERALS[parameter.type](value)
    except ValueError as error:
        shown = value.encode("unicode_escape").decode()[:80]
        raise UsageError(
            f"parameter {parameter.name} expects {_EXPECTED[parameter.type]}, not '{shown}'",
            remedy=f"for example {parameter.name}={parameter.example}" if parameter.example else "",
        ) from error


def _term_text(parameter: Parameter, values: Mapping[str, str], resolve: Resolver) -> str:
    if parameter.name in values:
        return str(to_term(parameter, values[parameter.name], resolve))
    if parameter.optional:
        return "UNDEF"
    example = f"={parameter.example}" if parameter.example else ""
    raise UsageError(
        f"the parameter {parameter.name} ({parameter.type}) is missing",
        remedy=f"give it, for example -p {parameter.name}{example}",
    )


def _unknown(question: Question, name: str) -> UsageError:
    from rapidfuzz import process

    names = [parameter.name for parameter in question.parameters]
    if not names:
        return UsageError(f"question {question.id} has no parameters, so no {name!r}")
    nearest = process.extractOne(name, names)
    parameter = question.parameter(nearest[0])
    kind = parameter.type if parameter else ""
    return UsageError(
        f"question {question.id} has no parameter {name!r}; the nearest is {nearest[0]} ({kind})",
        remedy=f"its parameters: {', '.join(names)}",
    )


def _date(value: str) -> ox.Literal:
    if not _DAY.fullmatch(value.strip()):
        raise ValueError(value)
    return ox.Literal(date.fromisoformat(value.strip()).isoformat(), datatype=ox.NamedNode(_XSD + "date"))


def _integer(value: str) -> ox.Literal:
    if not _INTEGER.fullmatch(value.strip()):
        raise ValueError(value)
    return ox.Literal(str(int(value)), datatype=ox.NamedNode(_XSD + "integer"))


def _boolean(value: str) -> ox.Literal:
    known = _BOOLEANS.get(value.strip().lower())
    if known is None:
        raise ValueError(value)
    return ox.Literal(known)


def _iri(value: str) -> ox.NamedNode:
    typed = value.strip()
    bare = typed[1:-1] if typed.startswith("<") and typed.endswith(">") else typed
    prefixes = load_prefixes()
    if bare == typed and prefixes.has(bare.partition(":")[0]):
        return prefixes.expand(bare)
    return ox.NamedNode(bare)


_LITERALS: Final[Mapping[str, Callable[[str], ox.NamedNode | ox.Literal]]] = {
    "date": _date,
    "string": ox.Literal,
    "iri": _iri,
    "integer": _integer,
    "boolean": _boolean,
}
