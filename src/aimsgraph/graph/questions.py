"""Stored questions: `.rq` files with a header, which run as they stand in any SPARQL tool.

The header is the comment lines that start with `#+`; what follows the mark is YAML:

```sparql
#+ id: duties-of-role
#+ question: Which duties does a role have on a day?
#+ asker: auditor
#+ cq: CQ-07
#+ scope: catalogue
#+ parameters:
#+   - {name: role, type: role, example: provider, description: whose duties}
#+   - {name: on, type: date, example: 2027-12-02, optional: true, description: the day}
#+ answers: one row a duty
SELECT ?duty WHERE {
  VALUES $role { <https://w3id.org/aimsgraph/id/eu/reg/2024/1689/role/provider> }
  VALUES $on { "2027-12-02"^^xsd:date }
  …
}
```

Every parameter has one block `VALUES $name { term }` in the text; `binding.bind` replaces that term. The scope is
`catalogue` when it is left out; a question whose scope is `organisation` needs a register beside the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aimsgraph.errors import InputError, Location, QuerySyntaxError
from aimsgraph.graph.lexer import Token, scan_sparql
from aimsgraph.graph.query_text import QueryForm, detect_form

RECORD_TYPES: Final[Mapping[str, str]] = {
    "system": "AISystem",
    "model": "AIModel",
    "dataset": "Dataset",
    "person": "Person",
    "implementation": "ControlImplementation",
    "evidence": "Evidence",
    "risk": "Risk",
    "document": "Document",
}
"""Types of parameters whose value is an id of a register, and the class of what has it."""
PARAMETER_TYPES: Final = (
    "date", "string", "iri", "reference", "role", "route", "concept", "integer", "boolean", *RECORD_TYPES,
)  # fmt: skip
SCOPES: Final = ("catalogue", "organisation")
_MARK: Final = "#+"
_KEYS: Final = frozenset({"id", "question", "asker", "parameters", "answers", "cq", "scope"})
_PARAMETER_KEYS: Final = frozenset({"name", "type", "example", "optional", "description"})
_TERM_SHAPES: Final = frozenset(
    {(kind,) for kind in ("iri", "name", "string", "number", "word")}
    | {("string", "language"), ("string", "^^", "iri"), ("string", "^^", "name")}
    | {("-", "number"), ("+", "number")}
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing a question can be asked about.

    Attributes:
        name: the variable, without its `$`.
        type: one of `PARAMETER_TYPES`.
        example: a value as a person would type it; the text holds the term for it.
        optional: whether it may be left out, which leaves the variable open.
        description: what it means.
    """

    name: str
    type: str
    example: str = ""
    optional: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A query file.

    Attributes:
        id: its stable name.
        question: the question in words.
        asker: who asks it.
        parameters: what it can be asked about, in the order of the header.
        answers: what a row, or the graph, of the answer is.
        cq: the competency questions it answers.
        text: the whole file.
        form: what kind of query it is.
        scope: what it is asked about, one of `SCOPES`.
        file: where it was read from, for error messages.
        notes: header keys of a special kind of file, such as the severity of a hygiene rule.
    """

    id: str
    question: str
    asker: str
    parameters: tuple[Parameter, ...]
    answers: str
    cq: tuple[str, ...]
    text: str
    form: QueryForm
    scope: str = SCOPES[0]
    file: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of that name, or None."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


@dataclass(frozen=True, slots=True)
class Block:
    """Where `VALUES $name { term }` stands in a text: the variable and the span of the term."""

    name: str
    start: int
    end: int


def read_question(path: Path, *, note_keys: Iterable[str] = ()) -> Question:
    """Read a query file.

    Raises:
        InputError: it cannot be read, or is wrong; see `parse_question`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the query: {error}", location=Location(str(path))) from error
    return parse_question(text, file=str(path), note_keys=note_keys)


def parse_question(text: str, *, file: str = "", note_keys: Iterable[str] = ()) -> Question:
    """Take a query file apart and check that header and text agree.

    Args:
        text: the whole file.
        file: the file to name in an error.
        note_keys: header keys allowed besides the usual ones.

    Raises:
        InputError: the header is missing, unreadable or has an unknown key; a parameter is declared but not
            in the text, or the other way round.
        QuerySyntaxError: the text is no SPARQL.
    """
    where = Location(file or "query")
    header = _parse_header(text, where)
    extra = frozenset(note_keys)
    unknown = sorted(header.keys() - _KEYS - extra)
    if unknown:
        raise InputError(f"unknown header key {unknown[0]!r}", location=where)
    for key in ("id", "question"):
        if not isinstance(header.get(key), str) or not header[key].strip():
            raise InputError(f"the header has no {key}", location=where)
    scope = _text(header.get("scope")) or SCOPES[0]
    if scope not in SCOPES:
        raise InputError(f"unknown scope {scope!r}", remedy=f"write one of {', '.join(SCOPES)}", location=where)
    parameters = _parameters(header.get("parameters") or [], where)
    try:
        form = detect_form(text)
        blocks = find_blocks(text)
    except QuerySyntaxError as error:
        place = error.location or where
        located = Location(where.file, place.line, place.column)
        raise QuerySyntaxError(error.message, remedy=error.remedy, location=located) from error
    _compare(parameters, blocks, where)
    return Question(
        id=header["id"].strip(), question=header["question"].strip(), asker=_text(header.get("asker")),
        parameters=parameters, answers=_text(header.get("answers")), cq=_texts(header.get("cq")), text=text,
        form=form, scope=scope, file=file, notes={key: _text(header[key]) for key in sorted(extra & header.keys())},
    )  # fmt: skip


def find_blocks(text: str) -> tuple[Block, ...]:
    """Return the parameter blocks of a text: `VALUES`, a variable written with `$`, one term in braces."""
    tokens = scan_sparql(text).tokens
    blocks = []
    for position, token in enumerate(tokens[:-3]):
        name, brace = tokens[position + 1], tokens[position + 2]
        if token.word == "VALUES" and name.text.startswith("$") and brace.text == "{":
            blocks.append(_block(text, name, tokens[position + 3 :]))
    return tuple(blocks)


def _block(text: str, name: Token, following: tuple[Token, ...]) -> Block:
    inside: list[Token] = []
    for token in following:
        if token.text == "}":
            break
        inside.append(token)
    shape = tuple(token.text if token.kind == "sign" else token.kind for token in inside)
    if shape not in _TERM_SHAPES:
        line = text.count("\n", 0, name.start) + 1
        raise InputError(f"VALUES {name.text} must hold exactly one term", location=Location("query", line))
    return Block(name.text[1:], inside[0].start, inside[-1].end)


def _parse_header(text: str, where: Location) -> dict[str, Any]:
    import yaml

    lines = [line[len(_MARK) :] for line in text.splitlines() if line.startswith(_MARK)]
    lines = [line.removeprefix(" ") for line in lines]
    try:
        # BaseLoader keeps every scalar a string: a date, a number or `no` stays what was typed.
        header = yaml.load("\n".join(lines), Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise InputError(f"the header cannot be read: {error}", location=where) from error
    if not isinstance(header, dict):
        raise InputError("the file has no header", remedy="start it with `#+ id: …` lines", location=where)
    return header


def _parameters(declared: object, where: Location) -> tuple[Parameter, ...]:
    if not isinstance(declared, list):
        raise InputError("parameters must be a list", location=where)
    parameters = tuple(_parameter(entry, where) for entry in declared)
    names = [parameter.name for parameter in parameters]
    if len(set(names)) < len(names):
        raise InputError("a parameter is declared twice", location=where)
    return parameters


def _parameter(entry: object, where: Location) -> Parameter:
    if not isinstance(entry, dict) or not _NAME.fullmatch(_text(entry.get("name"))):
        raise InputError(f"a parameter needs a name, got {entry!r}", location=where)
    name = _text(entry["name"])
    unknown = sorted(entry.keys() - _PARAMETER_KEYS)
    if unknown:
        raise InputError(f"parameter {name}: unknown key {unknown[0]!r}", location=where)
    kind = _text(entry.get("type"))
    if kind not in PARAMETER_TYPES:
        known = ", ".join(PARAMETER_TYPES)
        raise InputError(f"parameter {name}: unknown type {kind!r}; known: {known}", location=where)
    optional = _text(entry.get("optional")) or "false"
    if optional not in {"true", "false"}:
        raise InputError(f"parameter {name}: optional is true or false, not {optional!r}", location=where)
    example, description = _text(entry.get("example")), _text(entry.get("description"))
    return Parameter(name, kind, example, optional == "true", description)


def _compare(parameters: tuple[Parameter, ...], blocks: tuple[Block, ...], where: Location) -> None:
    declared = sorted(parameter.name for parameter in parameters)
    present = sorted(block.name for block in blocks)
    if declared != present:
        raise InputError(
            f"the header declares {declared}, the text has VALUES blocks for {present}",
            remedy="give every parameter exactly one block `VALUES $name { example }`",
            location=where,
        )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_text(entry) for entry in value)
    return tuple(part.strip() for part in _text(value).split(",") if part.strip())
