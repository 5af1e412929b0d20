"""`query` and `questions`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aimsgraph import answers
from aimsgraph.cli.output import format_options, write, write_listing
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import InputError, Location, QuerySyntaxError, UsageError

if TYPE_CHECKING:
    from aimsgraph.api import AimsGraph

_ROW_FORMATS = ("table", "json", "csv", "tsv", "xml")
_GRAPH_FORMATS = ("turtle", "ntriples", "trig", "jsonld", "rdfxml")


@click.command()
@click.argument("name")
@click.option(
    "-p",
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the question; repeatable.",
)
@click.option(
    "--org",
    "organisations",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A register to ask about as well; repeatable.",
)
@click.option(
    "--org-before",
    "before",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="An earlier state of that register, whose statement of applicability is compared.",
)
@click.option("--limit", type=click.IntRange(1), help="At most so many rows.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), help="Seconds until the query is given up.")
@format_options(*_ROW_FORMATS, *_GRAPH_FORMATS)
@pass_session
def query(
    session: Session,
    name: str,
    parameters: tuple[str, ...],
    organisations: tuple[Path, ...],
    before: Path | None,
    limit: int | None,
    timeout: float | None,
    format_: str,
    output: Path | None,
) -> None:
    """Ask NAME: a stored question (its id or the beginning of it), a .rq file, or - for standard input.

    \b
    aimsgraph query cq-001 -p role=provider -p route=annex-iii -p on=2027-12-02
    aimsgraph query cq-012 --org data/examples/acme
    echo "SELECT * { ?s a aims:Framework }" | aimsgraph query -
    """
    from aimsgraph.graph.results import render_answer
    from aimsgraph.graph.store import Boolean, Deadline, Graph, Limits

    values = _values(parameters)
    graph = session.graph
    if organisations or before is not None:
        # What binds and is covered was decided for one day, so it has to be the day that is asked about.
        on, law_as_of = values.get("on"), values.get("lawAsOf")
        graph = graph.with_organisation(*organisations, on=on, law_as_of=law_as_of, before=before)
    text = _text(graph, name, values)
    limits = Limits(rows=limit or session.settings.query_rows)
    try:
        answer = graph.query(text, limits=limits, deadline=Deadline(timeout or session.settings.query_seconds))
    except QuerySyntaxError as error:
        raise _located(error, name) from error
    if isinstance(answer, Graph) and format_ == "table":
        format_ = "turtle"
    if isinstance(answer, Graph) is not (format_ in _GRAPH_FORMATS):
        fitting = _GRAPH_FORMATS if isinstance(answer, Graph) else _ROW_FORMATS
        raise UsageError(f"the answer cannot be written as {format_}", remedy=f"use one of {', '.join(fitting)}")
    write(render_answer(answer, format_), output)
    if not isinstance(answer, Boolean) and answer.truncated:
        session.say(f"cut off after {limits.rows} rows; there are more")


@click.command()
@format_options()
@pass_session
def questions(session: Session, format_: str, output: Path | None) -> None:
    """The stored questions with their parameters; ask one with `aimsgraph query ID -p name=value`.

    Those of scope organisation are about a register: add `--org PATH`.
    """
    answer = answers.questions(session.graph)
    rows = [
        [
            q["id"],
            q["asker"],
            q["scope"],
            " ".join(f"{p['name']}={p['example']}" for p in q["parameters"]),
            q["question"],
        ]
        for q in answer["questions"]
    ]
    write_listing(format_, output, answer, ["id", "asker", "scope", "parameters (example)", "question"], rows)


def _text(graph: AimsGraph, name: str, values: dict[str, str]) -> str:
    from aimsgraph.graph.questions import read_question

    if name == "-" or name.endswith(".rq"):
        path = Path(name)
        if name != "-" and path.is_file() and "#+" in path.read_text(encoding="utf-8", errors="replace"):
            return graph.bound_text(read_question(path), values)
        if values:
            raise UsageError("parameters go with a question that declares them", remedy="leave -p out")
        text = sys.stdin.read() if name == "-" else _read(path)
        return _header() + text
    return graph.bound_text(graph.question(name), values)


def _header() -> str:
    """Return the known prefixes on one line, so that the lines of a query keep their numbers."""
    from aimsgraph.graph.prefixes import load_prefixes

    return load_prefixes().header().replace("\n", " ")


def _located(error: QuerySyntaxError, name: str) -> QuerySyntaxError:
    """Say where in the person's own text an error stands, not where in the text with the prefixes before it."""
    where = error.location
    if where is None or not (name == "-" or name.endswith(".rq")):
        return error
    column = where.column - len(_header()) if where.line == 1 else where.column
    file = "standard input" if name == "-" else name
    return QuerySyntaxError(error.message, remedy=error.remedy, location=Location(file, where.line, max(column, 1)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"cannot read the query: {reason}", location=Location(str(path))) from error


def _values(parameters: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"-p {text!r} lacks its value", remedy="write -p name=value")
        values[name] = value
    return values
