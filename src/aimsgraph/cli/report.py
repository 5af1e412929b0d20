"""`report soa|gaps|readiness|pack`: reports for people who file them, and the auditor's pack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aimsgraph.cli.output import date_options, write
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import UsageError

if TYPE_CHECKING:
    from aimsgraph.reports.case import Case

Function = Callable[..., Any]


@click.group()
def report() -> None:
    """Write reports that can be filed, as HTML that prints, workbook or Markdown, and the auditor's pack.

    The same register, days and content give the same bytes; `--today DAY` before `report` sets the day it was made on.
    """


def _options(function: Function) -> Function:
    """Add what all reports share: the register, the system, the days, the weight of mappings, what to leave out."""
    decorators = (
        click.option("--org", "path", required=True, type=click.Path(path_type=Path), metavar="PATH",
                     help="The folder or workbook of the register."),
        click.option("--system", default="", help="The id of one AI system. [default: all]"),
        date_options,
        click.option("--min-status", default="reviewed", show_default=True,
                     help="Mappings: candidate, reviewed or accepted."),
        click.option("--without", default="", metavar="people,evidence",
                     help="Leave out names of people, contents of evidence, or both."),
        click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout."),
    )  # fmt: skip
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


def _add(name: str, says: str) -> None:
    @report.command(name, help=f"{says}\n\n\b\naimsgraph report {name} --org data/examples/acme --output {name}.html")
    @_options
    @click.option("--format", "format_", type=click.Choice(("html", "xlsx", "md")), default="html", show_default=True,
                  help="How to write it.")  # fmt: skip
    @pass_session
    def _command(session: Session, /, format_: str, output: Path | None, **asked: Any) -> None:  # noqa: ANN401
        from aimsgraph.reports.render import REPORTS, render

        if format_ == "xlsx" and output is None:
            raise UsageError("a workbook is not written to a terminal", remedy="add --output FILE.xlsx")
        case = _case(session, **asked)
        write(render(REPORTS[name](case), format_), output)
        session.warn(case.coverage)


_add("soa", "The Statement of Applicability, with what the checks found.")
_add("gaps", "What is missing, day by day, what to do first, and which questions nobody has answered.")
_add("readiness", "How ready the management system is, step by step and check by check.")


@report.command()
@_options
@pass_session
def pack(session: Session, /, output: Path | None, **asked: Any) -> None:  # noqa: ANN401
    """The auditor's pack, a zip archive: reports, index of evidence, validation, proofs, digests, how to make it again.

    \b
    aimsgraph report pack --org data/examples/acme --output pack.zip
    """
    from aimsgraph.reports.pack import auditor_pack

    if output is None:
        raise UsageError("an archive is not written to a terminal", remedy="add --output FILE.zip")
    case = _case(session, **asked)
    write(auditor_pack(case), output)
    session.warn(case.coverage)


def _case(
    session: Session, *, path: Path, system: str, on: str | None, law_as_of: str | None, min_status: str, without: str
) -> Case:
    from aimsgraph.reports.case import Case

    path = path.absolute()
    left_out = tuple(choice.strip() for choice in without.split(",") if choice.strip())
    posture = session.graph.posture(
        path, system=system, on=on, law_as_of=law_as_of, min_status=min_status, without=left_out
    )
    return Case(session.graph, posture, path, system, min_status, left_out)
