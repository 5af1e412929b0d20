"""Puts our mark into every update: taken away before the update, so that it does not see it, and set anew after it.

Engines allow PREFIX at the beginning of a request only, so what comes first is put behind the update's own prologue.
"""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from aimsgraph.errors import Location, QuerySyntaxError
from aimsgraph.graph.lexer import scan_sparql
from aimsgraph.graph.remote_state import MARKS, UNSEEN, VERSION

UNMARK: Final = " ; ".join(f"DELETE WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}" for name in (*MARKS, UNSEEN))
"""Takes the mark away."""


def with_new_mark(operations: str) -> str:
    """Return operations of ours, without a prologue, as an update that also renews the mark."""
    return " ;\n".join(filter(None, (UNMARK, operations, _new_mark())))


def with_new_mark_of(text: str) -> str:
    """Return an update as others write them as one that also renews the mark."""
    tokens = scan_sparql(text).tokens
    start = _after_prologue(text)
    glue = "" if start == len(text) or tokens[-1].text == ";" else ";\n"
    # On a line of its own, and with what follows in its old columns, so that places in errors can be told.
    indent = " " * (start - (text.rfind("\n", 0, start) + 1))
    return f"{text[:start]}\n{UNMARK} ;\n{indent}{text[start:]}\n{glue}{_new_mark()}"


def as_in(text: str, error: QuerySyntaxError) -> QuerySyntaxError:
    """Return an error about `with_new_mark_of(text)` with its place in the text itself."""
    place = error.location
    if place is not None and place.line > text.count("\n", 0, _after_prologue(text)) + 1:
        place = Location(place.file, place.line - 2, place.column)
    return QuerySyntaxError(error.message, remedy=error.remedy, location=place)


def _after_prologue(text: str) -> int:
    """Return where the first operation starts; the end of the text when there is none."""
    tokens = scan_sparql(text).tokens
    position = 0
    while position < len(tokens) and tokens[position].word in {"PREFIX", "BASE", "VERSION"}:
        position += 3 if tokens[position].word == "PREFIX" else 2
    return tokens[position].start if position < len(tokens) else len(text)


def _new_mark() -> str:
    """Return the operation that sets a mark that was never set before."""
    triple = f'{MARKS[0]} {VERSION} "{uuid4()}"'
    seen = " ".join(f"GRAPH {name} {{ {triple} }}" for name in MARKS)
    # More than the mark can count, so that a server that shows this graph is not taken for one that counts twice.
    return f'INSERT DATA {{ {seen} GRAPH {UNSEEN} {{ {UNSEEN} {VERSION} "1", "2", "3" }} }}'
