"""Rewrites `FILTER NOT EXISTS` into `MINUS` where both say the same and the engine is slow at the first.

The engine evaluates what stands inside NOT EXISTS anew for every row of what stands outside, and a join inside without
the row's values: quadratic. MINUS it answers by hashing. The two are the same (SPARQL 1.1, section 8.3) when

- no solution can leave a shared variable open on either side, and there is a shared variable;
- nothing inside shares a variable with what stands outside the group alone;
- the group is not the right side of an OPTIONAL, whose filters see more than the group.

This is decided on tokens, never by parsing: whatever is not plainly of that form stays as it was written. Inside are
taken triple patterns alone, without property lists in brackets, without paths that may be of length zero, and joined
with one another, because a single pattern is not slow. Outside, variables count that stand in a triple pattern of the
group itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from aimsgraph.errors import QuerySyntaxError
from aimsgraph.graph.lexer import Token, scan_sparql

_SLOW: Final = 2
"""So many triple patterns inside a filter make it slow; a single one is looked up."""
REMEMBERED: Final = 8192
"""Texts of at most so many characters are remembered."""
_TERMS: Final = frozenset({"iri", "name", "variable", "string", "number", "blank"})
_ONE_WORD: Final = frozenset({"A", "TRUE", "FALSE"})


def without_slow_filters(text: str) -> str:
    """Return a query that has the same answers; the text itself when there is nothing to gain.

    >>> without_slow_filters("SELECT * { ?a :p ?b FILTER NOT EXISTS { ?b :q ?c . ?c :r :d } }")
    'SELECT * { ?a :p ?b {}                                               MINUS { ?b :q ?c . ?c :r :d } }'
    """
    if "exists" not in text.lower():
        return text
    return _remembered(text) if len(text) <= REMEMBERED else _rewritten(text)


@lru_cache(maxsize=512)
def _remembered(text: str) -> str:
    return _rewritten(text)


def _rewritten(text: str) -> str:
    try:
        tokens = scan_sparql(text).tokens
    except QuerySyntaxError:
        return text  # whoever runs it says what is wrong
    for move in sorted(_moves(tokens), key=lambda move: -move.group_end):
        text = _moved(text, move)
    return text


class _Move(NamedTuple):
    """Where a filter starts, where its braces do, where it ends, and where its group does."""

    start: int
    braces: int
    end: int
    group_end: int


def _moves(tokens: Sequence[Token]) -> Iterator[_Move]:
    for at in range(len(tokens) - 3):
        if [each.word or each.text for each in tokens[at : at + 4]] != ["FILTER", "NOT", "EXISTS", "{"]:
            continue
        groups = _around(tokens, at)
        inner_end, end = _closing(tokens, at + 3), _closing(tokens, groups[0]) if groups else 0
        inside = tokens[at + 4 : inner_end]
        if not groups or _word_before(tokens, groups[0]) == "OPTIONAL" or _joined(inside) < _SLOW:
            continue
        if any(_word_before(tokens, group) == "EXISTS" for group in groups):
            continue
        beside = [*tokens[groups[0] + 1 : at], *tokens[inner_end + 1 : end]]
        shared = _variables(inside) & _variables(beside)
        elsewhere = [*tokens[: groups[0]], *tokens[end:]]
        if (_variables(inside) - shared) & _variables(elsewhere):
            continue
        if shared and shared <= _certain(tokens[groups[0] + 1 : end]):
            yield _Move(tokens[at].start, tokens[at + 3].start, tokens[inner_end].end, tokens[end].start)


def _moved(text: str, move: _Move) -> str:
    """Put a filter's braces at the end of its group; blanks stay where it was, so that places in the text do."""
    inside = text[move.braces : move.end]
    # What stood between two blocks of triples still has to.
    blank = "{}" + "".join(sign if sign in "\r\n" else " " for sign in text[move.start + 2 : move.end])
    return f"{text[: move.start]}{blank}{text[move.end : move.group_end]}MINUS {inside} {text[move.group_end :]}"


def _around(tokens: Sequence[Token], at: int) -> list[int]:
    """Return the opening braces around a token, the nearest first; none when it stands in other brackets."""
    found = []
    depth = tokens[at].depth
    for i in range(at - 1, -1, -1):
        if tokens[i].depth < depth:
            depth = tokens[i].depth
            if tokens[i].text != "{":
                return []
            found.append(i)
    return found


def _closing(tokens: Sequence[Token], opening: int) -> int:
    depth = tokens[opening].depth
    return next(i for i in range(opening + 1, len(tokens)) if tokens[i].depth == depth)


def _word_before(tokens: Sequence[Token], at: int) -> str:
    return tokens[at - 1].word if at else ""


def _variables(tokens: Iterable[Token]) -> frozenset[str]:
    return frozenset(token.text[1:] for token in tokens if token.kind == "variable")


def _certain(group: Sequence[Token]) -> frozenset[str]:
    """Return the variables that every solution of a group binds, as far as its own triple patterns tell.

    None are returned where the group looks at few nodes: named by VALUES, or by a subject that is no variable. There
    the filter is the quicker of the two.
    """
    found: set[str] = set()
    at, starts = 0, True
    while at < len(group):
        token = group[at]
        if token.word in ("VALUES", "SELECT") or (starts and token.kind in ("iri", "name")):
            return frozenset()
        if (token.word and token.word not in _ONE_WORD) or token.text == "{":
            at = _after(group, at)
            starts = True
            continue
        if token.kind == "variable":
            found.add(token.text[1:])
        starts = token.text == "." and token.depth == group[0].depth
        at += 1
    return frozenset(found)


def _after(group: Sequence[Token], at: int) -> int:
    """Return where what begins with a word or a brace has ended: FILTER, BIND, OPTIONAL, UNION, GRAPH, a group."""
    depth = group[at].depth
    while at < len(group) and not (group[at].depth == depth and group[at].text in ("{", "(")):
        at += 1
    return _closing(group, at) + 1 if at < len(group) else at


def _joined(tokens: Sequence[Token]) -> int:
    """Return how many triple patterns are joined; 0 when there is anything else, or a doubt.

    A predicate may be a sequence of properties, some of them inverse.
    """
    joined = 0
    expected = "subject"
    for before, token in zip([None, *tokens], tokens, strict=False):
        is_term = token.kind in _TERMS or token.word in _ONE_WORD
        if expected == "subject" and is_term:
            expected = "predicate"
        elif expected == "predicate" and token.text == "^":
            continue
        elif expected == "predicate" and (token.kind in ("iri", "name", "variable") or token.word == "A"):
            expected = "object"
            joined += 1
        elif expected == "object" and token.text == "/":
            expected = "predicate"
        elif expected == "object" and is_term:
            expected = "end"
        elif expected == "end" and token.text in (".", ";", ","):
            expected = {".": "subject", ";": "predicate", ",": "object"}[token.text]
            joined += token.text == ","
        elif expected != "end" or not (
            token.kind == "language" or token.text == "^^" or (before is not None and before.text == "^^")
        ):
            return 0
    return joined if expected in ("subject", "end") else 0
