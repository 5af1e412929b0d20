"""The group structure of a query's text: which tokens stand in which braces, and what the braces are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aimsgraph.graph.lexer import Token, scan_sparql
from aimsgraph.validation.compiled.graph import NotCompilable

_KINDS: Final = {"OPTIONAL": "optional", "EXISTS": "exists", "UNION": "union"}


@dataclass(slots=True)
class Group:
    """What stands between two braces.

    Attributes:
        kind: "top", "plain", "union", "optional", "exists", "graph" or "select", which holds its own WHERE group.
        parts: tokens, each with the number of parentheses around it in this group, and groups, in order.
    """

    kind: str
    parts: list[tuple[Token, int] | Group] = field(default_factory=list)

    @property
    def groups(self) -> list[Group]:
        """The groups right inside this one."""
        return [part for part in self.parts if isinstance(part, Group)]

    @property
    def tokens(self) -> list[tuple[Token, int]]:
        """The tokens right inside this group."""
        return [part for part in self.parts if not isinstance(part, Group)]

    def variables(self) -> Iterator[str]:
        """Yield the names of all variables, also of groups inside."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.variables()
            elif part[0].kind == "variable":
                yield part[0].text[1:]

    def own_variables(self) -> Iterator[str]:
        """Yield the names of the variables of the triples right inside."""
        before = ""
        for token, around in self.tokens:
            if token.kind == "variable" and not around and before not in ("GRAPH", "AS"):
                yield token.text[1:]
            before = token.word


def tokens_of(text: str, prefixes: Mapping[str, str]) -> list[Token]:
    """Cut a query into tokens, its own prologue put in and left out, names written as IRIs.

    Raises:
        NotCompilable: a prefix is not declared, or relative IRIs have a base.
        QuerySyntaxError: the text is no SPARQL.
    """
    tokens = list(scan_sparql(text).tokens)
    known = dict(prefixes)
    while tokens and tokens[0].word in ("PREFIX", "BASE"):
        if tokens[0].word == "BASE" or len(tokens) < 3:
            raise NotCompilable("its query has a base")
        known[tokens[1].text[:-1]] = tokens[2].text[1:-1]
        tokens = tokens[3:]
    return [_expanded(token, known) for token in tokens]


def _expanded(token: Token, prefixes: Mapping[str, str]) -> Token:
    if token.kind == "variable":
        return token._replace(text="?" + token.text[1:])
    if token.kind != "name":
        return token
    prefix, _, local = token.text.partition(":")
    if prefix not in prefixes:
        raise NotCompilable(f"its query uses the prefix {prefix}:, which is not declared for it")
    return token._replace(kind="iri", text=f"<{prefixes[prefix]}{local.replace(chr(92), '')}>")


def read_group(tokens: Sequence[Token], start: int, kind: str) -> tuple[Group, int]:
    """Read the group that opens at a token; return it and the place after it.

    Raises:
        NotCompilable: it uses what set-at-a-time judging cannot keep apart.
    """
    select = tokens[start + 1].word == "SELECT"
    group, position, around = Group("select" if select and kind != "exists" else kind), start + 1, 0
    while tokens[position].text != "}" or tokens[position].kind != "sign":
        token = tokens[position]
        if token.word in ("MINUS", "VALUES", "SERVICE", "FROM"):
            raise NotCompilable(f"its query uses {token.word}, which SHACL forbids or no plan can say")
        if token.kind == "sign" and token.text == "{":
            child, position = read_group(tokens, position, _kind(tokens, position, group))
            group.parts.append(child)
            continue
        around -= token.kind == "sign" and token.text == ")"
        group.parts.append((token, around))
        around += token.kind == "sign" and token.text == "("
        position += 1
    return group, position + 1


def _kind(tokens: Sequence[Token], position: int, parent: Group) -> str:
    before = tokens[position - 1].word
    if before in _KINDS:
        return _KINDS[before]
    if tokens[position - 2].word == "GRAPH":
        return "graph"
    return "plain" if parent.kind != "select" else "where"


def written(parts: Sequence[Token | str]) -> str:
    """Write tokens one after the other, with spaces where there were any, or where a text was put in."""
    text: list[str] = []
    end = None
    for part in parts:
        if isinstance(part, str):
            text.append(f" {part} ")
            end = None
            continue
        joined = end == part.start and part.kind != "variable"
        text.append(part.text if joined or not text else f" {part.text}")
        end = part.end if len(part.text) else None
    return "".join(text)
