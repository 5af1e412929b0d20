"""`org init|check|export|import`: start a register, check one, turn a folder into a workbook and back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aimsgraph.cli.output import format_options, to_json, write
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import Location, Refused, UsageError

if TYPE_CHECKING:
    from aimsgraph.content.organisation import OrganisationSource
    from aimsgraph.domain.register import Register

_COUNTED = (
    "systems",
    "people",
    "controls",
    "risks",
    "impacts",
    "evidence",
    "documents",
    "audits",
    "findings",
    "reviews",
    "certificates",
    "incidents",
    "suppliers",
    "objectives",
    "measurements",
    "changes",
)


@click.group()
def org() -> None:
    """Start, check and convert an organisation's register: a folder of plain files, or one workbook."""


@org.command()
@click.argument("path", metavar="DIR|FILE.xlsx", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The organisation's name. [default: that of the folder or file]")
@pass_session
def init(session: Session, path: Path, name: str) -> None:
    """Write commented templates: every file into DIR, which must be new or empty, or one workbook FILE.xlsx."""
    from aimsgraph.compliance.register import is_workbook, load_law
    from aimsgraph.content.organisation_new import new_organisation

    if is_workbook(path):
        _new_workbook(session, path, name)
        session.say(f"fill in its sheets, then run `aimsgraph org check {path}`")
        return
    for written in new_organisation(path, load_law(), name):
        click.echo(str(written))
    session.say(f"fill in organisation.yaml and systems/, then run `aimsgraph org check {path}`")


@org.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("file", metavar="FILE.xlsx", type=click.Path(path_type=Path))
@pass_session
def export_(session: Session, folder: Path, file: Path) -> None:
    """Write the register in DIR as one workbook FILE.xlsx, which must be new, for people who work with spreadsheets.

    \b
    aimsgraph org export data/examples/acme acme.xlsx
    """
    from aimsgraph.compliance.register import load_law
    from aimsgraph.content.organisation_files import read_files
    from aimsgraph.exchange.register_write import write_register

    _check_new(file)
    data, losses = write_register(read_files(folder, folder.as_posix()), load_law(), session.graph.version)
    write(data, file)
    click.echo(str(file))
    session.say(losses.render().rstrip())


@org.command("import")
@click.argument("file", metavar="FILE.xlsx", type=click.Path(path_type=Path))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@pass_session
def import_(session: Session, file: Path, folder: Path) -> None:
    """Write the register in the workbook FILE.xlsx as plain files into DIR, which must be new or empty: all or none.

    Refuses a workbook with cells that are not well-formed, and says which. Files of evidence are not copied.

    \b
    aimsgraph org import acme.xlsx acme
    """
    from aimsgraph.domain.report import Severity, sort_findings
    from aimsgraph.exchange.register_folder import write_folder
    from aimsgraph.exchange.register_read import read_register

    files = read_register(file, file.as_posix())
    for finding in sort_findings(list(files.findings)):
        if finding.severity is Severity.VIOLATION or not session.quiet:
            click.echo(str(finding), err=True)
    for path in write_folder(files, folder):
        click.echo(str(path))
    session.say(f"files of evidence are not copied; then run `aimsgraph org check {folder}`")


@org.command()
@click.argument("path", metavar="DIR|FILE.xlsx", type=click.Path(path_type=Path))
@format_options("text", "json")
@pass_session
def check(session: Session, path: Path, format_: str, output: Path | None) -> None:
    """Check every file of DIR, or every sheet: ids, names, references to the law, days, files of evidence.

    Leaves with 1 when there is a violation; warnings alone do not count.
    """
    from aimsgraph.compliance.register import load_register
    from aimsgraph.domain.report import Severity

    source = load_register(path)
    violations = sum(finding.severity is Severity.VIOLATION for finding in source.findings)
    answer = _to_answer(source, violations)
    if format_ == "json":
        write(to_json(answer), output)
    else:
        write("".join(f"{finding}\n" for finding in source.findings), output)
    counts = ", ".join(f"{count} {name}" for name, count in answer["counts"].items() if count)
    session.say(f"{counts or 'not read'}; {violations} violations, {len(source.findings) - violations} warnings")
    if violations:
        raise click.exceptions.Exit(1)


def _check_new(file: Path) -> None:
    """Refuse to write over a workbook, in which somebody may have worked."""
    if file.suffix.lower() != ".xlsx":
        raise UsageError(f"{str(file)!r} does not end in .xlsx", remedy="give the workbook that ending")
    if file.exists():
        raise Refused(
            "there is such a file already",
            location=Location(str(file)),
            remedy="choose a new name; nothing is overwritten",
        )


def _new_workbook(session: Session, file: Path, name: str) -> None:
    """Write the templates of a folder as a workbook."""
    from aimsgraph.compliance.register import load_law
    from aimsgraph.content.organisation_files import read_files
    from aimsgraph.content.organisation_new import new_organisation
    from aimsgraph.exchange.register_write import write_register

    _check_new(file)
    law = load_law()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / file.stem
        new_organisation(folder, law, name or file.stem)
        data, _ = write_register(read_files(folder, file.stem), law, session.graph.version)
    write(data, file)
    click.echo(str(file))


def _to_answer(source: OrganisationSource, violations: int) -> dict[str, Any]:
    register, organisation = source.register, source.organisation
    return {
        "organisation": organisation.slug if organisation else None,
        "counts": _count(register) if register else {},
        "violations": violations,
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "message": finding.message,
                "remedy": finding.remedy,
                "file": finding.location.file,
                "line": finding.location.line,
                "column": finding.location.column,
            }
            for finding in source.findings
        ],
    }


def _count(register: Register) -> dict[str, int]:
    counts = {name: len(getattr(register, name)) for name in _COUNTED}
    return {**counts, "decisions": len(register.soa.decisions)}
