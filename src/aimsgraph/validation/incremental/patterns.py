"""The triple patterns of a shape's query, with the group each stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pyoxigraph as ox

from aimsgraph.graph.lexer import Token
from aimsgraph.graph.store import Term
from aimsgraph.validation.compiled.graph import TYPE
from aimsgraph.validation.compiled.paths import Alternative, Inverse, Path, Predicate, Repeated, Sequence
from aimsgraph.validation.compiled.query_groups import Group

Node = str | Term | None
"""A variable by its name, or a constant; None for a literal, of which is not asked which triples it keeps out."""
_FEWEST = 2


class Unreadable(Exception):  # not an error: what the query reads is then known by its names alone
    """A query says something whose triples are not followed."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern; `path` None when the property is a variable."""

    subject: Node
    path: Path | None
    object: Node
    place: int


@dataclass(slots=True)
class PatternGroup:
    """What stands between two braces.

    Attributes:
        kind: as of `Group`.
        place: where it stands in the group around it.
        around: the group around it.
        patterns: its own triple patterns.
        groups: the groups right inside it.
        selected: for a subquery, the variables it hands out; None for all.
    """

    kind: str
    place: int = 0
    around: PatternGroup | None = None
    patterns: list[Pattern] = field(default_factory=list)
    groups: list[PatternGroup] = field(default_factory=list)
    selected: frozenset[str] | None = None

    def all_patterns(self) -> Iterator[tuple[PatternGroup, Pattern]]:
        """Yield every pattern inside, with its group."""
        yield from ((self, pattern) for pattern in self.patterns)
        for group in self.groups:
            yield from group.all_patterns()


def read_patterns(group: Group, around: PatternGroup | None = None, place: int = 0) -> PatternGroup:
    """Return the triple patterns of a group and of those inside.

    Raises:
        Unreadable: something is neither a triple pattern nor known not to read triples.
    """
    found = PatternGroup(group.kind, place, around)
    if group.kind == "select":
        found.selected = _selected(group)
        plain: list[tuple[Token, int]] = []
    else:
        plain = list(_without_expressions(group))
    found.patterns += _Reader(plain).triples()
    for position, part in enumerate(group.parts):
        if isinstance(part, Group):
            found.groups.append(read_patterns(part, found, position))
    return found


def _selected(select: Group) -> frozenset[str] | None:
    """Return the variables of the head of a subquery, also those that expressions there are made of."""
    head = []
    for part in select.parts:
        if isinstance(part, Group):
            break
        head.append(part[0])
    else:
        raise Unreadable
    if any(token.text == "*" for token in head):
        return None
    made = {after.text for token, after in pairwise(head) if token.word == "AS"}
    plain, around = set(), 0
    for token in head:
        around += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and not around:
            plain.add(token.text)
    return frozenset(name[1:] for name in plain - made)


def _without_expressions(group: Group) -> Iterator[tuple[Token, int]]:
    """Yield the tokens of triple patterns, with their places; a full stop stands for everything else."""
    parts, position = group.parts, 0
    while position < len(parts):
        part = parts[position]
        if isinstance(part, Group):
            yield _STOP, position
        elif part[0].word in ("FILTER", "BIND"):
            yield _STOP, position
            position = _after_expression(parts, position + 1)
            continue
        elif part[0].word == "GRAPH":
            position += 1
        elif part[0].word not in ("OPTIONAL", "UNION", "NOT", "EXISTS"):
            yield part[0], position
        position += 1


def _after_expression(parts: list[tuple[Token, int] | Group], position: int) -> int:
    """Return the place after the expression that starts at a place."""
    opened = None
    while position < len(parts):
        part = parts[position]
        position += 1
        if isinstance(part, Group):
            if opened is None:
                return position
            continue
        token, around = part
        if token.kind == "sign" and token.text == "(" and opened is None:
            opened = around
        elif token.kind == "sign" and token.text == ")" and around == opened:
            return position
    raise Unreadable


_STOP = Token("sign", ".", 0, 0, in_data=False)


class _Reader:
    """Reads triple patterns from tokens."""

    def __init__(self, tokens: list[tuple[Token, int]]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else _STOP

    def _takes(self, *texts: str) -> str:
        token = self._token
        if self._at < len(self._tokens) and token.kind != "string" and token.text in texts:
            self._at += 1
            return token.text
        return ""

    def triples(self) -> Iterator[Pattern]:
        """Yield the triple patterns.

        Raises:
            Unreadable: these are not triple patterns alone.
        """
        while self._at < len(self._tokens):
            if self._takes("."):
                continue
            subject = self._term()
            while True:
                place = self._tokens[min(self._at, len(self._tokens) - 1)][1]
                path = None if self._token.kind == "variable" else self._choice()
                self._at += path is None
                yield Pattern(subject, path, self._term(), place)
                while self._takes(","):
                    yield Pattern(subject, path, self._term(), place)
                if not self._takes(";"):
                    break
                while self._takes(";"):
                    pass
                if self._token.text == ".":
                    break
            if self._at < len(self._tokens) and self._token.text != ".":
                raise Unreadable

    def _term(self) -> Node:
        token = self._token
        if self._at >= len(self._tokens):
            raise Unreadable
        if token.kind == "variable":
            self._at += 1
            return token.text[1:]
        if token.kind == "iri":
            self._at += 1
            return ox.NamedNode(token.text[1:-1])
        self._literal()
        return None

    def _literal(self) -> None:
        token = self._token
        if token.kind == "sign" and token.text in "+-":
            self._at += 1
            token = self._token
        if token.kind not in ("string", "number") and token.text not in ("true", "false"):
            raise Unreadable
        self._at += 1
        if self._token.kind == "language" or self._takes("^^"):
            self._at += 1

    def _choice(self) -> Path:
        parts = [self._sequence()]
        while self._takes("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) < _FEWEST else Alternative(tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._repeated()]
        while self._takes("/"):
            parts.append(self._repeated())
        return parts[0] if len(parts) < _FEWEST else Sequence(tuple(parts))

    def _repeated(self) -> Path:
        turned = bool(self._takes("^"))
        path = self._primary()
        sign = self._takes("*", "+", "?")
        if sign:
            path = Repeated(path, sign)
        return Inverse(path) if turned else path

    def _primary(self) -> Path:
        token = self._token
        if self._takes("("):
            path = self._choice()
            if not self._takes(")"):
                raise Unreadable
            return path
        if token.kind == "iri":
            self._at += 1
            return Predicate(token.text[1:-1])
        if token.kind == "word" and token.text == "a":
            self._at += 1
            return Predicate(TYPE.value)
        raise Unreadable
