"""SERVICE, for the servers the operator names: asked from here, before the query is run.

The store itself never opens a connection. Where a query says `SERVICE <url> { … }` and the operator allows that very
address, the group is sent there as a query of its own, and the answer stands in the text as a VALUES block when the
room runs it. So nothing of the query is bound when the other server is asked: it should say in the group what it needs.
Any other SERVICE is refused by the guard.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pyoxigraph as ox

from aimsgraph.errors import AimsgraphError, BackendError, DeadlineExceeded, Refused, ResourcesExceeded
from aimsgraph.graph.lexer import Token, error_at, scan_sparql
from aimsgraph.graph.query_text import MAX_QUERY_CHARACTERS, prologue_of
from aimsgraph.web.requests import apart

MOST_SERVICES = 8
MOST_ROWS = 10_000
MOST_BYTES = 4 * 1024 * 1024
"""An answer of another server has at most so many rows and bytes."""
SHARE = 0.8
"""What another server may take of the time that is left; the rest is for the query itself."""
_ACCEPTED = "application/sparql-results+json"


@dataclass(frozen=True, slots=True)
class Clause:
    """One `SERVICE` of a query.

    Attributes:
        url: whom it names.
        group: what stands between its braces.
        silent: whether a failure counts as one empty solution.
        start: where it starts in the text.
        end: where the text after it starts.
    """

    url: str
    group: str
    silent: bool
    start: int
    end: int


class Federation:
    """The servers that queries may name."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(allowed)

    def may_be_in(self, text: str) -> bool:
        """Say whether a text has to be looked at."""
        return bool(self._allowed) and "service" in text.lower()

    async def resolve(self, text: str, seconds: float) -> str:
        """Return a query that asks no other server, with their answers in it.

        Raises:
            QuerySyntaxError: the text is no SPARQL.
            Refused: a clause names a variable, holds another one, or names a server that is not allowed; an answer has
                blank nodes.
            DeadlineExceeded: a server did not answer in time.
            ResourcesExceeded: an answer is too large.
            BackendError: a server failed.
        """
        ends = time.monotonic() + seconds
        if len(text) > MAX_QUERY_CHARACTERS:
            return text  # the guard says why not
        prologue, clauses = await apart(self._find, text)
        parts, at = [], 0
        for clause in clauses:
            values = await self._answer(clause, prologue, ends - time.monotonic())
            parts += [text[at : clause.start], values]
            at = clause.end
        whole = "".join((*parts, text[at:]))
        if len(whole) > MAX_QUERY_CHARACTERS:
            raise ResourcesExceeded("the answers of the other servers are too large", remedy=_ASK_LESS)
        return whole

    def _find(self, text: str) -> tuple[str, list[Clause]]:
        tokens = scan_sparql(text).tokens
        found: list[Clause] = []
        for position, token in enumerate(tokens):
            if token.word != "SERVICE":
                continue
            if found and token.start < found[-1].end:
                raise _refused_at(text, token, "SERVICE stands inside SERVICE", "ask that server itself")
            found.append(self._clause(text, tokens, position))
        if len(found) > MOST_SERVICES:
            raise Refused(f"the query asks other servers more than {MOST_SERVICES} times", remedy=_ASK_LESS)
        return prologue_of(text), found

    def _clause(self, text: str, tokens: tuple[Token, ...], position: int) -> Clause:
        silent = _at(tokens, position + 1).word == "SILENT"
        named, opened = (_at(tokens, position + offset + silent) for offset in (1, 2))
        if named.kind == "variable":
            raise _refused_at(text, named, "SERVICE names a variable", "write the address itself")
        if named.kind != "iri" or opened.text != "{":
            raise error_at(text, named.start, "expected SERVICE <address> { … }", remedy="write the address in full")
        url = named.text[1:-1]
        if url not in self._allowed:
            raise _refused_at(text, named, f"<{url}> is not among the servers that may be asked", _OPERATOR)
        closed = next(each for each in tokens[position:] if each.text == "}" and _closes(each, opened))
        return Clause(url, text[opened.end : closed.start], silent, tokens[position].start, closed.end)

    async def _answer(self, clause: Clause, prologue: str, seconds: float) -> str:
        """Return what stands in the text instead of a clause."""
        query = f"{prologue}\nSELECT * WHERE {{{clause.group}\n}}"
        try:
            body = await _fetch(clause.url, query, SHARE * seconds)
            return await asyncio.to_thread(values_of, body, clause.url)
        except AimsgraphError:
            if clause.silent:
                return "{ }"
            raise


async def _fetch(url: str, query: str, seconds: float) -> bytes:
    body = bytearray()
    try:
        async with (
            asyncio.timeout(max(seconds, 0)),
            httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=None) as client,
            client.stream("POST", url, data={"query": query}, headers={"Accept": _ACCEPTED}) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise BackendError(f"<{url}> answered with status {answer.status_code}", remedy=_OTHER)
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise ResourcesExceeded(
                        f"the answer of <{url}> has more than {MOST_BYTES:,} bytes", remedy=_ASK_LESS
                    )
    except TimeoutError:
        raise DeadlineExceeded(f"<{url}> gave no answer in time", remedy=_ASK_LESS) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise BackendError(f"<{url}> cannot be asked: {type(error).__name__}", remedy=_OTHER) from error
    return bytes(body)


def values_of(body: bytes, url: str) -> str:
    """Return SPARQL JSON results as a VALUES block in a group.

    >>> values_of(b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "uri", "value": "urn:x"}}]}}', "")
    '{ VALUES (?a) { (<urn:x>) } }'

    Raises:
        BackendError: it is something else.
        Refused: it has blank nodes, which have no name here.
        ResourcesExceeded: it has too many rows.
    """
    try:
        said = json.loads(body)
        names = [_variable(name) for name in said["head"]["vars"]]
        rows = said["results"]["bindings"]
        if len(rows) > MOST_ROWS:
            raise ResourcesExceeded(f"the answer of <{url}> has more than {MOST_ROWS:,} rows", remedy=_ASK_LESS)
        written = " ".join(f"({' '.join(_term(row.get(name), url) for name in said['head']['vars'])})" for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackendError(f"the answer of <{url}> is no table in SPARQL JSON", remedy=_OTHER) from error
    return f"{{ VALUES ({' '.join(names)}) {{ {written} }} }}"


def _variable(name: str) -> str:
    return str(ox.Variable(name))


def _term(said: Mapping[str, Any] | None, url: str) -> str:
    if said is None:
        return "UNDEF"
    kind, value = said["type"], said["value"]
    if kind == "uri":
        return str(ox.NamedNode(value))
    if kind == "bnode":
        raise Refused(
            f"the answer of <{url}> has blank nodes, which have no name here",
            remedy="select IRIs and values only, or FILTER(!ISBLANK(?x)) in the group",
        )
    if kind not in ("literal", "typed-literal"):
        raise ValueError(kind)
    if language := said.get("xml:lang"):
        return str(ox.Literal(value, language=language))
    datatype = said.get("datatype")
    return str(ox.Literal(value, datatype=ox.NamedNode(datatype) if datatype else None))


def _at(tokens: tuple[Token, ...], position: int) -> Token:
    return tokens[min(position, len(tokens) - 1)]


def _closes(token: Token, opened: Token) -> bool:
    return token.start > opened.start and token.depth == opened.depth


def _refused_at(text: str, token: Token, message: str, remedy: str) -> Refused:
    """Return a refusal that says where in the text it stands."""
    return Refused(message, remedy=remedy, location=error_at(text, token.start, message).location)


_ASK_LESS = "select less in the group: fewer columns, a LIMIT in a subquery, a narrower pattern"
_OPERATOR = "ask the operator, who allows servers with `--federate URL`"
_OTHER = "ask that server yourself what is wrong, or say SERVICE SILENT"
