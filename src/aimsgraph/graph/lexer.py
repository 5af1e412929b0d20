"""Cuts SPARQL text into tokens the way the engine reads it, which is not quite the way the standard says.

The engine's parser needs no space between words: it reads `SERVICE:p {` and `1SERVICE ex:p {` as a SERVICE
clause and `FROMex:g` as a dataset clause. And where an expression goes on it reads `<` as "less than", even
if an IRI could start there, so that in `?a<ex:b#>` a comment begins at `#`. Both would let a text hide a word
from a guard that follows the standard. So a name keeps its prefix for the guard to look at, and the few
places where the two readings of `<` differ in a way that matters are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from aimsgraph.errors import Location, QuerySyntaxError

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_EXTRA = "\u00b7\u0300-\u036f\u203f-\u2040"
_FIRST = f"[{_BASE}_0-9]"
_CHARS = f"[{_BASE}_0-9{_EXTRA}-]"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_UNICODE_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ECHAR = rf"\\[tbnrf\\\"']|{_UNICODE_ESCAPE}"
_IRI = rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]|{_UNICODE_ESCAPE})*>"
_LONGEST = 256  # a prefix of more characters is refused: looking for its colon at every dot would take forever
_PREFIX = f"(?:[{_BASE}](?:(?:{_CHARS}|\\.){{0,{_LONGEST}}}{_CHARS})?)?"
_LOCAL = f"(?:(?:{_FIRST}|:|{_ESCAPED})(?:{_CHARS}|:|{_ESCAPED}|\\.+(?={_CHARS}|:|{_ESCAPED}))*)?"

_TOKEN = re.compile(
    rf"""(?P<space>[\ \t\r\n]+|\#[^\r\n]*)
    |(?P<iri>{_IRI})
    |(?P<string>\"\"\"(?:\"{{0,2}}(?:[^\"\\]|{_ECHAR}))*\"\"\"|'''(?:'{{0,2}}(?:[^'\\]|{_ECHAR}))*'''
        |\"(?:[^\"\\\r\n]|{_ECHAR})*\"|'(?:[^'\\\r\n]|{_ECHAR})*')
    |(?P<variable>[?$]{_FIRST}[{_BASE}_0-9{_EXTRA}]*)
    |(?P<language>@[A-Za-z]+(?:--?[A-Za-z0-9]+)*)
    |(?P<blank>_:{_FIRST}(?:(?:{_CHARS}|\.)*{_CHARS})?)
    |(?P<name>{_PREFIX}:{_LOCAL})
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[A-Za-z_][A-Za-z_0-9]*)
    |(?P<sign><(?={_IRI})|<<|>>|\^\^|&&|\|\||!=|<=|>=|\{{\||\|\}}|[{{}}()\[\].,;=<>!+\-*/|^?~])""",
    re.VERBOSE,
)

_TOO_LONG = re.compile(f"[{_BASE}](?:{_CHARS}|\\.){{{_LONGEST}}}")
_OPENING: Final = {"{": "}", "(": ")", "[": "]", "{|": "|}", "<<": ">>"}
_CLOSING: Final = frozenset(_OPENING.values())
_OPERANDS: Final = frozenset({"variable", "iri", "name", "string", "number", "language", "blank"})
_TERMS: Final = _OPERANDS
_REMEMBERED: Final = 16 * 1024


class Token(NamedTuple):
    """One token: its kind, its text, where it stands, and how many brackets are open around it."""

    kind: str
    text: str
    start: int
    depth: int
    in_data: bool

    @property
    def end(self) -> int:
        """Where the text after this token starts."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The text in capitals for a bare word, else an empty string."""
        return self.text.upper() if self.kind == "word" else ""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a text consists of.

    Attributes:
        tokens: all tokens but spaces and comments.
        depth: how deep brackets nest.
        operators: how many words, signs and separators there are outside data blocks; the engine may need
            stack for each of them.
    """

    tokens: tuple[Token, ...]
    depth: int
    operators: int


def scan_sparql(text: str) -> Scan:
    """Cut a query or an update into tokens.

    Raises:
        QuerySyntaxError: a character that starts no token, a bracket without its partner, or an IRI after
            `<` that the engine would read in another way.
    """
    return _scan_again(text) if len(text) <= _REMEMBERED else _Scanner(text).scan()


@lru_cache(maxsize=1)
def _scan_again(text: str) -> Scan:
    """Cut a text of a length worth remembering; one part of the program after the other looks at the same one."""
    return _Scanner(text).scan()


def iter_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text one by one, reading no further than asked for.

    Raises:
        QuerySyntaxError: see `scan_sparql`.
    """
    scanner = _Scanner(text)
    for _ in scanner.steps():
        yield scanner.tokens[-1]


def error_at(text: str, position: int, message: str, *, remedy: str = "") -> QuerySyntaxError:
    """Return a syntax error that says where in the text it stands."""
    before = text[:position]
    line = before.count("\n") + 1
    column = position - (before.rfind("\n") + 1) + 1
    return QuerySyntaxError(message, remedy=remedy, location=Location("query", line, column))


class _Scanner:
    """One pass over a text; it knows the open brackets and whether they hold data or patterns."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.open: list[tuple[str, bool]] = []
        self.data_follows = False
        self.deepest = 0
        self.operators = 0

    def scan(self) -> Scan:
        for _ in self.steps():
            pass
        return Scan(tuple(self.tokens), self.deepest, self.operators)

    def steps(self) -> Iterator[None]:
        """Read one token after the other, pausing after each."""
        position = 0
        while position < len(self.text):
            match = _TOKEN.match(self.text, position)
            if match is None or match.lastgroup is None:
                shown = self.text[position].encode("unicode_escape").decode()
                raise error_at(self.text, position, f"{shown!r} starts nothing that SPARQL knows")
            kind, found = match.lastgroup, match.group()
            if kind == "iri" and self._is_less_than(found, position):
                kind, found = "sign", "<"
            if kind == "word" and _TOO_LONG.match(self.text, position):
                raise error_at(self.text, position, f"a name of more than {_LONGEST} characters starts here")
            if kind != "space":
                self._add(kind, found, position)
                yield
            position += len(found)
        if self.open:
            raise error_at(self.text, position, f"the text ends before {self.open[-1][0]!r}")

    def _is_less_than(self, found: str, position: int) -> bool:
        """Tell whether the engine may read this IRI as "less than" and an expression."""
        if not self.open or self.open[-1][0] != ")" or self.open[-1][1] or not self.tokens:
            return False
        before = self.tokens[-1]
        if before.kind not in _OPERANDS and before.text not in {")", "]"} and before.kind != "word":
            return False
        if "#" in found or "'" in found:
            raise error_at(
                self.text, position, "this '<' can be read in two ways",
                remedy="write a space after '<' in a comparison, or use a prefixed name instead of the IRI",
            )  # fmt: skip
        return any(sign in found for sign in "()[]?$&=!,*;")

    def _add(self, kind: str, found: str, position: int) -> None:
        in_data = bool(self.open) and self.open[-1][1]
        is_closing = kind == "sign" and found in _CLOSING
        if is_closing and (not self.open or self.open.pop()[0] != found):
            raise error_at(self.text, position, f"{found!r} closes nothing that is open")
        self.tokens.append(Token(kind, found, position, len(self.open), in_data))
        if not in_data and kind not in _TERMS and not (found == "," and self._in_parentheses()):
            self.operators += 1
        if kind == "word":
            self.data_follows = self.data_follows or found.upper() in {"VALUES", "DATA"}
        if kind == "sign" and found in _OPENING:
            self._open(found, in_data)

    def _open(self, found: str, in_data: bool) -> None:
        starts_data = self.data_follows and found == "{"
        self.open.append((_OPENING[found], in_data or starts_data))
        self.deepest = max(self.deepest, len(self.open))
        if starts_data:
            self.data_follows = False

    def _in_parentheses(self) -> bool:
        return bool(self.open) and self.open[-1][0] == ")"
