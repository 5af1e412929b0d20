"""The guard in front of every store: what a SPARQL text is, and whether it may be run here.

It looks at the text alone and parses nothing, because parsing is the danger: the engine's parser recurses,
and a nested text of 1.4 KB ends a process whose thread has a stack of 2 MB. It refuses `SERVICE` and `LOAD`,
which make the engine open network connections of its own.

How the bounds were found: each construct was nested and chained in a process of its own until that process
died. Per level the engine (pyoxigraph 0.5.13) needs at most 10 KB of stack for a bracket (`EXISTS {`, a
function call) and at most 3.4 KB for an operator in a chain (`OPTIONAL`, `BIND`, `/`). Within the bounds that
makes less than 6 MB: safe in a thread with the usual 8 MB, and in `worker.STACK_BYTES` with room to spare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import urljoin

from aimsgraph.errors import Refused
from aimsgraph.graph.lexer import Scan, Token, error_at, iter_tokens, scan_sparql

MAX_DEPTH: Final = 64
MAX_OPERATORS: Final = 1_500
MAX_QUERY_CHARACTERS: Final = 1_000_000
MAX_UPDATE_CHARACTERS: Final = 16_000_000
MAX_STEADY_CHARACTERS: Final = 64 * 1024


class QueryForm(Enum):
    """What a text asks for."""

    SELECT = "select"
    ASK = "ask"
    CONSTRUCT = "construct"
    DESCRIBE = "describe"
    UPDATE = "update"


_PROLOGUE_WORDS: Final = {"PREFIX": 2, "BASE": 1, "VERSION": 1}
"""What begins a declaration, and how many tokens follow in it."""
_UPDATE_WORDS: Final = ("INSERT", "DELETE", "WITH", "CREATE", "DROP", "CLEAR", "ADD", "MOVE", "COPY", "LOAD")
_FORM_OF_WORD: Final = {
    "SELECT": QueryForm.SELECT,
    "ASK": QueryForm.ASK,
    "CONSTRUCT": QueryForm.CONSTRUCT,
    "DESCRIBE": QueryForm.DESCRIBE,
} | dict.fromkeys(_UPDATE_WORDS, QueryForm.UPDATE)


_UNSTEADY_WORDS: Final = ("now", "rand", "uuid", "bnode", "service", "\\u")
"""Looked for before the expression, which takes a hundred times as long."""
_UNSTEADY: Final = re.compile(r"\b(?:now|rand|uuid|struuid|bnode|service)\b|\\u", re.IGNORECASE)


_PLAIN_START: Final = re.compile(r"\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)(?=[\s{?$*])", re.IGNORECASE | re.ASCII)
"""How most texts without a prologue begin."""


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text that may be run.

    Attributes:
        text: the text as given.
        form: what it asks for.
        names_dataset: whether it says FROM or FROM NAMED, so that the union is not its default graph.
        default_graphs: the IRIs after FROM, without those after FROM NAMED.
    """

    text: str
    form: QueryForm
    names_dataset: bool
    default_graphs: tuple[str, ...] = ()


def detect_form(text: str) -> QueryForm:
    r"""Return what a text asks for; words in strings, IRIs and comments do not count.

    >>> detect_form("# SELECT\nPREFIX select: <urn:select#> ASK { select:a ?b 'CONSTRUCT' }")
    <QueryForm.ASK: 'ask'>

    Raises:
        QuerySyntaxError: it is no SPARQL.
    """
    return _form(text, scan_sparql(text))


def is_steady(text: str) -> bool:
    r"""Say whether a query has the same answer each time, as long as the content is the same.

    The words alone are looked for, wherever they stand, and a `\\u` that could spell one counts as one. Of a long text
    it is not known.

    >>> is_steady("ASK {}"), is_steady("SELECT (NOW() AS ?now) {}")
    (True, False)
    """
    if len(text) > MAX_STEADY_CHARACTERS:
        return False
    folded = text.casefold()
    return not any(word in folded for word in _UNSTEADY_WORDS) or _UNSTEADY.search(text) is None


def form_of_start(text: str) -> QueryForm:
    """Return what a text asks for, reading no further than its first word after the prologue.

    It says nothing of the rest, so it takes no time worth mentioning, however long and hostile the text is.

    >>> form_of_start("PREFIX ex: <http://a/> ASK { ex:a")
    <QueryForm.ASK: 'ask'>

    Raises:
        QuerySyntaxError: it does not begin as SPARQL does.
        Refused: its prologue is too long.
    """
    if (plain := _PLAIN_START.match(text)) is not None:
        return QueryForm[plain[1].upper()]
    skip = 0
    for number, token in enumerate(iter_tokens(text)):
        if number > 3 * MAX_OPERATORS:
            raise Refused("the text declares too many prefixes", remedy="declare those it uses")
        if skip:
            skip -= 1
        elif token.word in _PROLOGUE_WORDS:
            skip = _PROLOGUE_WORDS[token.word]
        else:
            return _form_at(text, token)
    return _form_at(text, None)


def prologue_of(text: str) -> str:
    """Return the declarations a text begins with.

    >>> prologue_of("PREFIX ex: <http://a/> ASK {}")
    'PREFIX ex: <http://a/> '

    Raises:
        QuerySyntaxError: it is no SPARQL.
    """
    scan = scan_sparql(text)
    position = _after_prologue(scan)
    return text[: scan.tokens[position].start] if position < len(scan.tokens) else text


def check_query(text: str) -> CheckedText:
    """Let a query through, or say why it may not be run here.

    Raises:
        QuerySyntaxError: the text is no SPARQL query.
        Refused: it says SERVICE, or is too long or too deep.
    """
    scan = _bounded_scan(text, MAX_QUERY_CHARACTERS)
    form = _form(text, scan)
    if form is QueryForm.UPDATE:
        raise error_at(text, 0, "this is an update, not a query", remedy="run it as an update")
    _refuse_service(text, scan)
    names_dataset, default_graphs = _dataset(text, scan, form)
    return CheckedText(text, form, names_dataset, default_graphs)


def check_update(text: str) -> CheckedText:
    """Let an update through, or say why it may not be run here.

    Raises:
        QuerySyntaxError: the text is no SPARQL update.
        Refused: it says SERVICE or LOAD, or is too long or too deep.
    """
    scan = _bounded_scan(text, MAX_UPDATE_CHARACTERS)
    if _after_prologue(scan) < len(scan.tokens):  # an update may be empty
        form = _form(text, scan)
        if form is not QueryForm.UPDATE:
            raise error_at(text, 0, f"this is a {form.name} query, not an update", remedy="ask it as a query")
    _refuse_service(text, scan)
    _refuse_load(scan)
    return CheckedText(text, QueryForm.UPDATE, names_dataset=False)


def _bounded_scan(text: str, most_characters: int) -> Scan:
    if len(text) > most_characters:
        raise Refused(
            f"the text has {len(text):,} characters, more than the {most_characters:,} allowed",
            remedy="pass data through loading, not inside the text",
        )
    if "\x00" in text:
        raise error_at(text, text.index("\x00"), "a NUL character stands in the text")
    scan = scan_sparql(text)
    if scan.depth > MAX_DEPTH:
        raise Refused(f"brackets nest {scan.depth} deep, more than the {MAX_DEPTH} allowed", remedy="flatten the text")
    if scan.operators > MAX_OPERATORS:
        raise Refused(
            f"the text has {scan.operators:,} operators, more than the {MAX_OPERATORS:,} allowed",
            remedy="put constants into a VALUES block, or ask several smaller questions",
        )
    return scan


def _after_prologue(scan: Scan) -> int:
    position = 0
    while position < len(scan.tokens) and scan.tokens[position].word in _PROLOGUE_WORDS:
        position += 1 + _PROLOGUE_WORDS[scan.tokens[position].word]
    return position


def _form(text: str, scan: Scan) -> QueryForm:
    position = _after_prologue(scan)
    return _form_at(text, scan.tokens[position] if position < len(scan.tokens) else None)


def _form_at(text: str, token: Token | None) -> QueryForm:
    """Return the form the first token after the prologue tells of."""
    if token is not None and token.kind in {"word", "name"}:
        # No space is needed after the word, so `ASKFROM<g>` and `DESCRIBEex:p` count too.
        start = token.text.upper()
        for word, form in _FORM_OF_WORD.items():
            if start.startswith(word):
                return form
    where = len(text) if token is None else token.start
    raise error_at(text, where, "expected SELECT, ASK, CONSTRUCT, DESCRIBE or an update here")


def _prefix_holds(token: Token, word: str) -> bool:
    return token.kind == "name" and word in token.text.partition(":")[0].upper()


def _refuse_service(text: str, scan: Scan) -> None:
    if "SERVICE" not in text.upper():
        return
    for position, token in enumerate(scan.tokens):
        before_brace = any(after.text == "{" for after in scan.tokens[position + 1 : position + 2])
        if "SERVICE" in token.word or (_prefix_holds(token, "SERVICE") and before_brace):
            raise Refused(
                "SERVICE is not allowed: a store asks no other server",
                remedy="ask the other server yourself and load what you need",
            )


def _refuse_load(scan: Scan) -> None:
    before = None
    for token in scan.tokens:
        starts_operation = token.depth == 0 and (before is None or before.kind != "word")
        if "LOAD" in token.word or (_prefix_holds(token, "LOAD") and starts_operation):
            raise Refused(
                "LOAD is not allowed: a store fetches nothing",
                remedy="read the file yourself and load its quads",
            )
        before = token


def _dataset(text: str, scan: Scan, form: QueryForm) -> tuple[bool, tuple[str, ...]]:
    """Return whether a dataset clause stands outside all brackets, and the graphs it merges.

    The engine needs no space after FROM, so `FROM:g`, `FROMx:g` and `ASKFROM<g>` are such clauses.
    """
    outside = [token for token in scan.tokens if token.depth == 0]
    said, graphs = False, []
    for position, token in enumerate(outside):
        declared = position > 0 and outside[position - 1].word == "PREFIX"
        joined = _prefix_holds(token, "FROM") and not declared and form is not QueryForm.DESCRIBE
        if not (joined or token.word.endswith("FROM")):
            continue
        said = True
        following = outside[position + 1] if position + 1 < len(outside) else None
        if joined:
            prefix, _, local = token.text.partition(":")
            name = prefix[prefix.upper().index("FROM") + 4 :]
            graphs.append(_resolve(text, scan, f"{name}:{local}", token))
        elif following is not None and following.kind in {"iri", "name"}:
            graphs.append(_resolve(text, scan, following.text, following))
    return said, tuple(graphs)


def _base(scan: Scan) -> str:
    """Return the base a text declares before its query, an empty text without one."""
    for word, iri in zip(scan.tokens, scan.tokens[1:], strict=False):
        if word.word == "BASE" and iri.kind == "iri":
            return iri.text[1:-1]
    return ""


def _resolve(text: str, scan: Scan, written: str, token: Token) -> str:
    """Return the IRI of a graph named after FROM; it stays relative when the text declares no base."""
    if written.startswith("<"):
        return urljoin(_base(scan), written[1:-1])
    prefix, _, local = written.partition(":")
    for word, name, iri in zip(scan.tokens, scan.tokens[1:], scan.tokens[2:], strict=False):
        if word.word == "PREFIX" and name.text == f"{prefix}:" and iri.kind == "iri":
            return iri.text[1:-1] + local.replace("\\", "")
    raise error_at(text, token.start, f"the prefix {prefix}: is not declared")
