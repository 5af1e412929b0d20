"""`org init|check`: start an organisation's folder, and say what is wrong with one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aimsgraph.cli.output import format_options, to_json, write
from aimsgraph.cli.session import Session, pass_session

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
    """Start and check the folder of an organisation's register."""


@org.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The organisation's name. [default: the folder's]")
@pass_session
def init(session: Session, folder: Path, name: str) -> None:
    """Write a commented template of every file into DIR, which must be new or empty."""
    from aimsgraph import assets
    from aimsgraph.content.organisation import law_from_content
    from aimsgraph.content.organisation_new import new_organisation
    from aimsgraph.content.read import read_content

    for path in new_organisation(folder, law_from_content(read_content([assets.path("data")])), name):
        click.echo(str(path))
    session.say(f"fill in organisation.yaml and systems/, then run `aimsgraph org check {folder}`")


@org.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@format_options("text", "json")
@pass_session
def check(session: Session, folder: Path, format_: str, output: Path | None) -> None:
    """Check every file of DIR: ids, names, references to the law, days, files of evidence.

    Leaves with 1 when there is a violation; warnings alone do not count.
    """
    from aimsgraph.compliance.register import load_register
    from aimsgraph.domain.report import Severity

    source = load_register(folder)
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
