"""`map lint`, `map contradictions`, `map check-proof`, `map review`, `map import`, `map export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aimsgraph import answers
from aimsgraph.cli.output import format_options, write, write_listing
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.domain.report import Severity
from aimsgraph.errors import CheckFailed, InputError, Location, NotFound, Refused, UsageError
from aimsgraph.settings import MEMORY

if TYPE_CHECKING:
    from aimsgraph.content.read import Content
    from aimsgraph.crosswalk.answers import Crosswalk
    from aimsgraph.exchange.mapping_files import ReadOptions
    from aimsgraph.exchange.mapping_table import MappingTable

_WRITABLE = ("sssom", "oscal", "csv", "xlsx", "turtle")
_READABLE = ("sssom", "oscal", "csv", "xlsx", "ciso-assistant", "strm")
_LEVELS = {severity.value: severity.rank for severity in Severity}


@click.group("map")
def map_() -> None:
    """Lint, review, prove, import and export mappings."""


_read_as = click.option(
    "--read-as", type=click.Choice(_READABLE), default=None, help="The format of FILE. [default: told from the file]"
)
_ours = click.option(
    "--ours", metavar="NAME=SLUG", multiple=True, help="The framework that FILE calls NAME is ours with this slug."
)


@map_.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@_read_as
@_ours
@click.option("--set", "set_id", default="", help="Only rows of this mapping set.")
@click.option(
    "--fail-level",
    type=click.Choice(list(_LEVELS)),
    default="violation",
    show_default=True,
    help="Exit 1 from this severity on.",
)
@format_options()
@pass_session
def lint(
    session: Session, files: tuple[Path, ...], read_as: str | None, ours: tuple[str, ...], set_id: str,
    fail_level: str, format_: str, output: Path | None,
) -> None:  # fmt: skip
    """What is wrong with mapping rows: dangling ends, superseded versions, contradictions and more.

    Of the store; or, with FILEs, of their rows beside those of the store. Any format of `map import` is read.
    """
    moment = session.graph.moment()
    crosswalks = _beside(session, files, _options(read_as, ours)) if files else session.graph.crosswalks
    found = [
        f
        for f in crosswalks.lint(moment)
        if (not set_id or f"/{set_id}/" in f.location.file) and (not files or f.location.file in map(str, files))
    ]
    body = [
        {"rule": f.rule, "severity": f.severity.value, "message": f.message, "remedy": f.remedy,
         "file": f.location.file, "line": f.location.line, "column": f.location.column}
        for f in found
    ]  # fmt: skip
    rows = [[f.severity.value, f.rule, str(f.location), f.message, f.remedy] for f in found]
    answer = session.envelope(moment, findings=body)
    write_listing(format_, output, answer, ["severity", "rule", "where", "message", "remedy"], rows)
    session.say(f"{len(crosswalks.network.rows)} rows, {len(found)} findings")
    if any(f.severity.rank >= _LEVELS[fail_level] for f in found):
        raise click.exceptions.Exit(1)


@map_.command()
@click.option("--min-status", default="candidate", show_default=True, help="candidate, reviewed or accepted.")
@format_options()
@pass_session
def contradictions(session: Session, min_status: str, format_: str, output: Path | None) -> None:
    """Rows that cannot all be right, smallest set first. A review task, not proof of which row is wrong."""
    answer = answers.contradictions(session.graph, min_status)
    found = answer["contradictions"]
    rows = [[c["subject"], c["object"], ", ".join(r["file"] or r["row"] for r in c["rows"])] for c in found]
    write_listing(format_, output, answer, ["subject", "object", "rows"], rows)
    session.say(f"{len(found)} contradictions")
    if found:
        raise click.exceptions.Exit(1)


@map_.command("check-proof")
@click.argument("file", type=click.Path(path_type=Path))
@pass_session
def check_proof(session: Session, file: Path) -> None:
    """Check the proofs of an answer written by `crosswalk --format json`, with a checker of its own."""
    answers = _read_answers(file)
    crosswalks = session.graph.crosswalks
    wrong = [(answer, why) for answer in answers if (why := crosswalks.check_proof(answer))]
    for answer, why in wrong:
        click.echo(f"{answer.get('subject')} → {answer.get('object')}: {why}")
    session.say(f"{len(answers)} answers, {len(wrong)} rejected")
    if wrong:
        raise CheckFailed(f"{len(wrong)} of {len(answers)} proofs do not hold", remedy="make the answer anew")


@map_.command()
@click.argument("row")
@click.option("--accept", "verdict", flag_value="accept", help="Accept the row as it stands.")
@click.option("--contest", "verdict", flag_value="contest", help="Contest the row.")
@click.option("--by", "name", required=True, help="Your name: a review by a person is signed.")
@click.option("--note", required=True, help="Why; one line.")
@click.option("--in", "folder", type=click.Path(path_type=Path), help="The data folder. [default: the shipped one]")
@pass_session
def review(session: Session, row: str, verdict: str | None, name: str, note: str, folder: Path | None) -> None:
    """Record a person's review of ROW (its id or IRI): written to the set's reviews and the row's status."""
    from aimsgraph import assets
    from aimsgraph.content.mapping_review import review_row

    if verdict is None:
        raise UsageError("say --accept or --contest", remedy="for example --accept --by 'A. Name' --note 'checked'")
    day = session.graph.moment().on
    files = review_row(folder or assets.path("data"), row, accept=verdict == "accept", by=name, note=note, on=day)
    for file in files:
        click.echo(str(file))
    session.say("run `aimsgraph build` to compile the change")


@map_.command("export")
@click.argument("set_id", metavar="SET", required=False)
@click.option(
    "--format", "format_", type=click.Choice(_WRITABLE), default="sssom", show_default=True, help="The format to write."
)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
@pass_session
def export_(session: Session, set_id: str | None, format_: str, output: Path | None) -> None:
    """Write the mapping set SET for other tools. What the format cannot carry is said on standard error.

    \b
    aimsgraph map export nist-ai-rmf--iso-42001 --format oscal --output nist.json
    """
    from aimsgraph.exchange.into_folder import table_of_source
    from aimsgraph.exchange.into_graph import write_turtle
    from aimsgraph.exchange.losses import LossReport
    from aimsgraph.exchange.mapping_files import write_mapping
    from aimsgraph.exchange.names import Names

    content = _content(session)
    sets = {source.header.id: source for source in content.mappings}
    if set_id not in sets:
        raise NotFound(
            f"there is no mapping set {set_id!r}" if set_id else "which mapping set?",
            remedy=f"known: {', '.join(sorted(sets))}",
        )
    names = Names.of_content(content)
    table = table_of_source(sets[set_id], names)
    if format_ == "turtle":
        data, report = write_turtle(table, content), LossReport()
    else:
        data, report = write_mapping(table, names, format_)
    write(data, output)
    session.say(f"{set_id} as {format_}: {len(table.rows)} rows\n{report.render()}".rstrip())


@map_.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_read_as
@_ours
@click.option("--id", "set_id", default="", help="The id of the set, where FILE holds one. [default: from the file]")
@click.option(
    "--into", "folder", type=click.Path(path_type=Path), help="Write source files below this data folder instead."
)
@pass_session
def import_(
    session: Session, file: Path, read_as: str | None, ours: tuple[str, ...], set_id: str, folder: Path | None
) -> None:
    """Read the mapping sets of FILE into a store directory, or as source files into a data folder: all or nothing.

    Every imported row is a candidate until a named person accepts it. What FILE does not state and had to be filled
    in, and what could not be carried, is said on standard error. Whose rows they are, and whether their licence lets
    you use them, is yours to know.

    \b
    aimsgraph --store graph.d map import others.sssom.tsv
    aimsgraph map import others.xlsx --ours "ISO 42001=iso-42001" --into my-data
    """
    from dataclasses import replace

    from aimsgraph.exchange.into_folder import complete
    from aimsgraph.exchange.mapping_files import read_mapping
    from aimsgraph.exchange.names import Names

    if folder is None and session.settings.store == MEMORY:
        raise UsageError(
            "the store in memory is gone when this command ends",
            remedy="give --store PATH before `map`, or --into DIR for source files",
        )
    content = _content(session)
    imported = read_mapping(file, Names.of_content(content), _options(read_as, ours))
    found = imported.tables
    if set_id:
        one = imported.table  # says so when there are several
        found = (replace(one, header=replace(one.header, id=set_id)),)
    tables, reports = [], [imported.report]
    for table in found:
        full, report = complete(table, session.graph.moment().on)
        tables.append(full)
        reports.append(report)
    _refuse_known(tables, content)
    where = _into_store(session, tables, content) if folder is None else _into_folder(tables, content, folder)
    losses = "".join(report.render() for report in reports if not report.is_lossless)
    for table in tables:
        session.say(f"{table.header.id}: {len(table.rows)} rows, {len(table.nomatches)} searched without a match")
    session.say(f"{where}\n{losses}".rstrip())


def _content(session: Session) -> Content:
    from aimsgraph import assets
    from aimsgraph.content.read import read_content

    return read_content([assets.path("data"), *session.settings.data])


def _beside(session: Session, files: tuple[Path, ...], options: ReadOptions) -> Crosswalk:
    """Return the crosswalk of the store with the rows of files, each found at its place."""
    from aimsgraph.content.mapping_compile import row_iri
    from aimsgraph.exchange.into_folder import complete
    from aimsgraph.exchange.into_graph import quads_of_table
    from aimsgraph.exchange.mapping_files import read_mapping
    from aimsgraph.exchange.names import Names

    content = _content(session)
    names = Names.of_content(content)
    quads, places = [], dict[str, Location | None]()
    for file in files:
        for table in read_mapping(file, names, options).tables:
            full, _ = complete(table, session.graph.moment().on)
            _refuse_known([full], content)
            quads += quads_of_table(full, content)
            places |= {row_iri(full.header.id, row.id): row.location for row in full.rows}
            places |= {row_iri(full.header.id, row.id): row.location for row in full.nomatches}
    return session.graph.crosswalks_with(quads, places.get)


def _options(read_as: str | None, ours: tuple[str, ...]) -> ReadOptions:
    from aimsgraph.exchange.mapping_files import ReadOptions

    return ReadOptions(read_as or "", dict(_pair(text) for text in ours))


def _pair(text: str) -> tuple[str, str]:
    name, equals, slug = text.rpartition("=")
    if not (name and equals and slug):
        raise UsageError(f"--ours {text!r} is no NAME=SLUG", remedy='for example --ours "ISO 42001=iso-42001"')
    return name, slug


def _refuse_known(tables: list[MappingTable], content: Content) -> None:
    known = {source.header.id for source in content.mappings}
    for table in tables:
        if table.header.id in known:
            raise Refused(
                f"the mapping set {table.header.id!r} is there already, from source files",
                remedy="change its files, or import under another --id",
            )


def _into_store(session: Session, tables: list[MappingTable], content: Content) -> str:
    import pyoxigraph as ox

    from aimsgraph.app import import_graphs
    from aimsgraph.domain.identifiers import GRAPH
    from aimsgraph.exchange.into_graph import quads_of_table

    graphs = {}
    for table in tables:
        name = f"{GRAPH}import/{table.header.id}"
        graphs[ox.NamedNode(name)] = quads_of_table(table, content, name)
    return f"in {session.settings.store}, generation {import_graphs(session.settings, graphs)}"


def _into_folder(tables: list[MappingTable], content: Content, folder: Path) -> str:
    from dataclasses import replace

    from aimsgraph.content.mapping_check import check_mappings
    from aimsgraph.exchange.into_folder import source_of, write_folder

    for table in tables:
        if table.foreign:
            titles = ", ".join(framework.title for framework in table.foreign)
            raise Refused(
                f"source files hold mappings between frameworks of ours alone; {titles} is none",
                remedy='name it with --ours "NAME=SLUG", add it with `data new framework`, or import into a --store',
            )
    sources = tuple(source_of(table) for table in tables)
    errors = [f for f in check_mappings(replace(content, mappings=sources)) if f.severity is Severity.VIOLATION]
    if errors:
        raise InputError(
            f"{len(errors)} findings, first: {errors[0].message}", location=errors[0].location, remedy=errors[0].remedy
        )
    if (there := next((t.header.id for t in tables if (folder / "mappings" / t.header.id).exists()), None)) is not None:
        raise Refused(
            f"{folder / 'mappings' / there} is there already", remedy="delete it, or import under another --id"
        )
    written = [path for table in tables for path in write_folder(table, folder / "mappings")]
    return f"{len(written)} files below {folder / 'mappings'}; now run `aimsgraph data check`"


def _read_answers(file: Path) -> list[dict[str, Any]]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        remedy = "use `crosswalk … --format json`"
        raise InputError(f"cannot read the answer: {error}", location=Location(str(file)), remedy=remedy) from error
    parts = [data.get("answers"), data.get("contradictions", [])] if isinstance(data, dict) else [data]
    answers = [answer for part in parts if isinstance(part, list) for answer in part]
    if not all(isinstance(part, list) for part in parts) or not all(isinstance(answer, dict) for answer in answers):
        raise InputError(
            "there is no list of answers", location=Location(str(file)), remedy="use `crosswalk … --format json`"
        )
    return answers
