"""Coded conditions of norm statements, evaluated in three values.

A condition is an expression over the codes of a framework's `conditions.tsv` with AND, OR, NOT and parentheses, for
example `(is-public-authority OR is-union-institution) AND NOT annex-iii-2-critical-infrastructure`. The logic is
Kleene's strong three-valued logic (Kleene 1952, §64): a code nobody has answered is unknown, and absence of data is
never an answer.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(\()|(\))|(AND|OR|NOT)\b|([a-z][a-z0-9-]*))")

_MOST_TRIED = 10
"""Above so many unanswered codes all of them are named: trying every answer would take too long."""

Truth = bool | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition.

    Attributes:
        text: the expression as written; empty for "always".
        codes: the codes it mentions, in order of first mention.
    """

    text: str
    codes: tuple[str, ...]
    _tree: tuple[object, ...]

    def evaluate(self, facts: Mapping[str, bool]) -> Truth:
        """Return True, False or None (unknown) given the answered codes."""
        return _evaluate(self._tree, facts)

    def undecided(self, facts: Mapping[str, bool]) -> tuple[str, ...]:
        """Return the unanswered codes the truth still depends on; empty when it is decided.

        Answers to these decide it whatever they are, and none of them can be left out.
        """
        if self.evaluate(facts) is not None:
            return ()
        needed = [code for code in self.codes if code not in facts]
        for code in tuple(needed) if len(needed) <= _MOST_TRIED else ():
            others = [other for other in needed if other != code]
            if self._is_decided_by(others, facts):
                needed = others
        return tuple(needed)

    def _is_decided_by(self, codes: list[str], facts: Mapping[str, bool]) -> bool:
        answers = itertools.product((True, False), repeat=len(codes))
        return all(self.evaluate({**facts, **dict(zip(codes, each, strict=True))}) is not None for each in answers)


def parse_condition(text: str) -> Condition:
    """Parse an expression; the empty text is the condition that always holds.

    Raises:
        ValueError: the expression is malformed; the message says where.

    >>> parse_condition("is-employer AND NOT risk-found").evaluate({"is-employer": True, "risk-found": False})
    True
    >>> parse_condition("is-employer AND risk-found").evaluate({"is-employer": True}) is None
    True
    >>> parse_condition("is-employer AND risk-found").evaluate({"risk-found": False})
    False
    """
    if not text.strip():
        return Condition("", (), ("always",))
    tokens = _tokenise(text)
    tree, rest = _parse_or(tokens, text)
    if rest:
        raise ValueError(f"unexpected {rest[0]!r} in condition {text!r}")
    codes = tuple(dict.fromkeys(t for t in tokens if t not in ("(", ")", "AND", "OR", "NOT")))
    return Condition(text.strip(), codes, tree)


def _tokenise(text: str) -> list[str]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise ValueError(f"cannot read condition {text!r} at character {position + 1}")
        tokens.append(match.group().strip())
        position = match.end()
    return tokens


_Parsed = tuple[tuple[object, ...], list[str]]


def _parse_or(tokens: list[str], text: str) -> _Parsed:
    left, tokens = _parse_and(tokens, text)
    while tokens and tokens[0] == "OR":
        right, tokens = _parse_and(tokens[1:], text)
        left = ("or", left, right)
    return left, tokens


def _parse_and(tokens: list[str], text: str) -> _Parsed:
    left, tokens = _parse_not(tokens, text)
    while tokens and tokens[0] == "AND":
        right, tokens = _parse_not(tokens[1:], text)
        left = ("and", left, right)
    return left, tokens


def _parse_not(tokens: list[str], text: str) -> _Parsed:
    if not tokens:
        raise ValueError(f"condition {text!r} ends too early")
    head, rest = tokens[0], tokens[1:]
    if head == "NOT":
        inner, rest = _parse_not(rest, text)
        return ("not", inner), rest
    if head == "(":
        inner, rest = _parse_or(rest, text)
        if not rest or rest[0] != ")":
            raise ValueError(f"condition {text!r} lacks a closing parenthesis")
        return inner, rest[1:]
    if head in (")", "AND", "OR"):
        raise ValueError(f"unexpected {head!r} in condition {text!r}")
    return ("code", head), rest


def _evaluate(tree: tuple[object, ...], facts: Mapping[str, bool]) -> Truth:
    kind, *parts = tree
    if kind == "always":
        return True
    if kind == "code":
        return facts.get(str(parts[0]))
    values = [_evaluate(part, facts) for part in parts if isinstance(part, tuple)]
    if kind == "not":
        return None if values[0] is None else not values[0]
    decisive = kind == "or"
    if decisive in values:
        return decisive
    return None if None in values else not decisive
