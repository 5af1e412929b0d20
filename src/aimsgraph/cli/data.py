"""`data check|fmt|new|diff` and `build`."""

from __future__ import annotations

from pathlib import Path

import click

from aimsgraph import assets
from aimsgraph.app import fill_directory, prepare_directory
from aimsgraph.cli.output import format_options, to_json, write
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import UsageError
from aimsgraph.settings import MEMORY

_folder = click.argument("folder", required=False, type=click.Path(path_type=Path))


def _data_folder(folder: Path | None) -> Path:
    return folder if folder is not None else assets.path("data")


@click.group()
def data() -> None:
    """Check, format, start and compare the content's text files."""


@data.command()
@_folder
@pass_session
def check(session: Session, folder: Path | None) -> None:
    """Check the tables of FOLDER (the shipped data when left out): ids, references, counts, dates, rights."""
    from aimsgraph.content.check import check_content
    from aimsgraph.content.read import read_content

    folders = [_data_folder(folder)]
    if folder is not None and folder.resolve() != assets.path("data").resolve():
        folders.insert(0, assets.path("data"))
    content = read_content([*folders, *session.settings.data])
    findings = check_content(content)
    for finding in findings:
        click.echo(str(finding))
    rows = sum(len(table.rows) for framework in content.frameworks for table in framework.tables.values())
    session.say(f"{len(content.frameworks)} frameworks, {rows} rows, {len(findings)} findings")
    if findings:
        raise click.exceptions.Exit(1)


@data.command()
@_folder
@click.option("--check", "check_only", is_flag=True, help="Change nothing; fail if something is not in normal form.")
@pass_session
def fmt(session: Session, folder: Path | None, check_only: bool) -> None:
    """Put the tables into normal form: column order, Unicode, line ends."""
    from aimsgraph.content.format import format_content

    report = format_content(_data_folder(folder), check=check_only)
    for file in report.changed:
        click.echo(file)
    session.say(f"{report.files} files, {len(report.changed)} changed")


@data.group()
def new() -> None:
    """Start something new from a template."""


@new.command()
@click.argument("slug")
@click.argument("edition")
@click.option("--in", "folder", type=click.Path(path_type=Path), help="The data folder. [default: the shipped one]")
@pass_session
def framework(session: Session, slug: str, edition: str, folder: Path | None) -> None:
    """Start the folder of a framework, for example `aimsgraph data new framework acme-code 1.0`."""
    from aimsgraph.content.new import new_framework

    for path in new_framework(_data_folder(folder), slug, edition):
        click.echo(str(path))
    session.say("fill in the rows, then run `aimsgraph data check` and `aimsgraph build`")


@data.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new_", metavar="NEW", type=click.Path(path_type=Path))
@format_options("text", "json")
def diff(old: Path, new_: Path, format_: str, output: Path | None) -> None:
    """What changed from the data folder OLD to NEW: added, removed and changed norms, property by property."""
    from aimsgraph.content.diff import diff_content, render_diff

    found = diff_content(old, new_)
    write(to_json(found.to_dict()) if format_ == "json" else render_diff(found), output)


@click.command()
@_folder
@click.option("--check", "check_only", is_flag=True, help="Write nothing; fail if the compiled files do not match.")
@pass_session
def build(session: Session, folder: Path | None, check_only: bool) -> None:
    """Compile the data folder to Turtle and a manifest; with --store PATH, fill that store as well."""
    from aimsgraph.content.build import build as compile_folder

    filling = session.settings.store != MEMORY and not check_only
    if filling and folder is not None:
        raise UsageError("a store is filled with the shipped content and overlays", remedy="use --data FOLDER instead")
    if filling:
        prepare_directory(session.settings)
    report = compile_folder(_data_folder(folder), check=check_only)
    triples = sum(graph.triples for graph in report.manifest.graphs)
    for file in report.changed:
        click.echo(f"written {report.folder / file}")
    session.say(
        f"{len(report.manifest.graphs)} graphs, {triples} triples, version {report.manifest.graph_version[:12]}"
    )
    if filling:
        generation = fill_directory(session.settings)
        session.say(f"store {session.settings.store} filled, generation {generation}")
