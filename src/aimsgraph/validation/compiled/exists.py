"""Writes the patterns inside EXISTS so that each triple is looked up from what is already known.

`EXISTS { a . b }` is `EXISTS { a FILTER EXISTS { b } }`: only whether there is a match counts. An engine that does not
know what is bound outside may start from the wrong end for every row, which takes time that grows with the square of
the data; written this way it cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from aimsgraph.graph.lexer import Token
from aimsgraph.validation.compiled.graph import TYPE
from aimsgraph.validation.compiled.query_groups import Group, written

Triple = tuple[str, str, str]
_TERM_KINDS: Final = frozenset({"variable", "iri", "string", "number"})
_FEWEST: Final = 2


class _Unreadable(Exception):  # the pattern is left as it is
    """A pattern is more than triples and filters."""


def write_exists(group: Group, bound: Iterable[str]) -> str:
    """Return what stands between the braces of an EXISTS, its triples in a good order where it is nothing else.

    Args:
        group: the group.
        bound: names of the variables that are bound outside.
    """
    known = set(bound)
    try:
        triples, filters = _split(group, known)
    except (_Unreadable, IndexError):
        return write_group(group, known)
    if len(triples) < _FEWEST:
        return write_group(group, known)
    return nest(triples, known, " ".join(filters))


def write_group(group: Group, bound: Iterable[str] = ()) -> str:
    """Return what stands between the braces of a group, EXISTS inside written anew."""
    known = {*bound, *group.own_variables()}
    parts: list[Token | str] = []
    for part in group.parts:
        if not isinstance(part, Group):
            parts.append(part[0])
        elif part.kind == "exists":
            parts.append(f"{{ {write_exists(part, known)} }}")
        else:
            parts.append(f"{{ {write_group(part, known)} }}")
    return written(parts)


def nest(triples: Sequence[Triple], bound: set[str], filters: str = "") -> str:
    """Return triple patterns nested in EXISTS, each next one the one most is known of.

    Args:
        triples: the patterns.
        bound: names of the variables that are known before the first.
        filters: what stands innermost.
    """
    left, known, ordered = list(triples), {f"?{name}" for name in bound}, []
    while left:
        best = max(left, key=lambda triple: (_known(triple, known), -left.index(triple)))
        left.remove(best)
        ordered.append(best)
        known.update(term for term in best if term.startswith("?"))
    text = filters
    for position, (subject, predicate, object_) in reversed(list(enumerate(ordered))):
        text = f"{subject} {predicate} {object_} . {text}"
        if position:
            text = f"FILTER EXISTS {{ {text} }}"
    return text


def _known(triple: Triple, known: set[str]) -> int:
    subject, predicate, object_ = triple
    score = 4 * (subject in known or not subject.startswith("?"))
    if object_ in known:
        score += 4
    elif not object_.startswith("?"):
        score += 1 if predicate in ("a", str(TYPE)) else 3
    return score


def _split(group: Group, known: set[str]) -> tuple[list[Triple], list[str]]:
    """Return the triples and the filters of a group that has nothing else."""
    filters: list[str] = []
    plain: list[Token] = []
    parts, position = group.parts, 0
    inside = known | set(group.own_variables())
    while position < len(parts):
        part = parts[position]
        if isinstance(part, Group):
            raise _Unreadable
        if part[0].word == "FILTER":
            text, position = _filter(parts, position + 1, inside)
            filters.append(f"FILTER {text}")
            plain.append(part[0]._replace(text=".", kind="sign"))
            continue
        if part[0].kind == "word" and part[0].text not in ("a", "true", "false"):
            raise _Unreadable
        plain.append(part[0])
        position += 1
    return list(_triples(plain)), filters


def _filter(parts: Sequence[tuple[Token, int] | Group], position: int, known: set[str]) -> tuple[str, int]:
    """Return the text of a filter that starts at a place, and the place after it."""
    taken: list[Token | str] = []
    while True:
        part = parts[position]
        position += 1
        if isinstance(part, Group):
            if part.kind != "exists":
                raise _Unreadable
            taken.append(f"{{ {write_exists(part, known)} }}")
            return written(taken), position
        token, around = part
        taken.append(token)
        if token.text == "(" and token.kind == "sign":
            break
    while True:
        part = parts[position]
        position += 1
        if isinstance(part, Group):
            if part.kind != "exists":
                raise _Unreadable
            taken.append(f"{{ {write_exists(part, known)} }}")
            continue
        taken.append(part[0])
        if part[0].text == ")" and part[0].kind == "sign" and part[1] == around:
            return written(taken), position


def _triples(tokens: Sequence[Token]) -> Iterable[Triple]:
    position = 0
    while position < len(tokens):
        if tokens[position].text == ".":
            position += 1
            continue
        subject, position = _term(tokens, position)
        while True:
            mark = f"?sh_{tokens[position].start}"
            predicate, position = _predicate(tokens, position)
            while True:
                object_, position = _term(tokens, position)
                yield from _steps(subject, predicate, object_, mark)
                if position < len(tokens) and tokens[position].text == ",":
                    position += 1
                    continue
                break
            while position < len(tokens) and tokens[position].text == ";":
                position += 1
                again = True
            again = position > 0 and tokens[position - 1].text == ";"
            if not again or position >= len(tokens) or tokens[position].text == ".":
                break
        if position < len(tokens) and tokens[position].text != ".":
            raise _Unreadable


def _term(tokens: Sequence[Token], position: int) -> tuple[str, int]:
    token = tokens[position]
    if token.kind == "sign" and token.text in "+-" and tokens[position + 1].kind == "number":
        return token.text + tokens[position + 1].text, position + 2
    if token.kind not in _TERM_KINDS and token.text not in ("true", "false"):
        raise _Unreadable
    text, position = token.text, position + 1
    if position < len(tokens) and tokens[position].kind == "language":
        return text + tokens[position].text, position + 1
    if position < len(tokens) and tokens[position].text == "^^":
        return f"{text}^^{tokens[position + 1].text}", position + 2
    return text, position


def _predicate(tokens: Sequence[Token], position: int) -> tuple[list[str], int]:
    """Return the steps of a predicate or a path, and the place after it."""
    if tokens[position].kind == "variable":
        return [tokens[position].text], position + 1
    steps, step = [], ""
    while True:
        while tokens[position].text in ("^", "!"):
            step += tokens[position].text
            position += 1
        if tokens[position].text == "(":
            end = position + 1
            depth = 1
            while depth:
                depth += (tokens[end].text == "(") - (tokens[end].text == ")")
                end += 1
            step += "".join(token.text for token in tokens[position:end])
            position = end
        elif tokens[position].kind == "iri" or tokens[position].text == "a":
            step += tokens[position].text
            position += 1
        else:
            raise _Unreadable
        if position < len(tokens) and tokens[position].kind == "sign" and tokens[position].text in "*+?":
            step += tokens[position].text
            position += 1
        following = tokens[position].text
        if following == "|":
            raise _Unreadable
        steps.append(step)
        if following != "/":
            return steps, position
        step = ""
        position += 1


def _steps(subject: str, predicate: list[str], object_: str, mark: str) -> Iterable[Triple]:
    start = subject
    for number, step in enumerate(predicate[:-1]):
        end = f"{mark}_{number}"
        yield start, step, end
        start = end
    yield start, predicate[-1], object_
