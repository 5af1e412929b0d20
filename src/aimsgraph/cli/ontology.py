"""`ontology check|docs`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aimsgraph import assets
from aimsgraph.cli.output import format_options, to_json, write
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import EngineMissing


@click.group()
def ontology() -> None:
    """Check the ontology with a reasoner; build its documentation."""


@ontology.command()
@click.option("--java", type=click.Path(path_type=Path), help="The java program. [default: the one on the PATH]")
@click.option("--require-reasoner", is_flag=True, help="Fail when the reasoner cannot run.")
@format_options("text", "json")
@pass_session
def check(session: Session, java: Path | None, require_reasoner: bool, format_: str, output: Path | None) -> None:
    """Check terms, profile and alignments; let HermiT say whether the ontology is consistent.

    The reasoner must also find every fault seeded in `ontology/faults`: a check that cannot fail is none. Without Java
    the reasoner is reported as not run.
    """
    from aimsgraph.reasoning.ontology_check import check_ontology

    report = check_ontology(assets.root(), java=java)
    found = [fault for fault in report.faults if fault.found]
    if format_ == "json":
        view = {
            "status": report.status,
            "reason": report.reason,
            "terms": report.terms,
            "axioms": report.axioms,
            "seconds": round(report.seconds, 2),
            "unsatisfiable": list(report.unsatisfiable),
            "faults": [{"file": f.file, "axiom": f.axiom, "found": f.found} for f in report.faults],
            "findings": [
                {
                    "rule": f.rule,
                    "file": f.location.file,
                    "line": f.location.line,
                    "message": f.message,
                    "remedy": f.remedy,
                }
                for f in report.findings
            ],
        }
        write(to_json(view), output)
    else:
        lines = [f"{f.location}: {f.rule} {f.message}.  Fix: {f.remedy}" for f in report.findings]
        lines.append(
            f"{sum(report.terms.values())} terms in {len(report.terms)} modules, {len(report.findings)} findings"
        )
        lines.append(
            f"reasoner: {report.status}" + (f" ({report.reason})" if report.reason else f" in {report.seconds:.1f} s")
        )
        if report.faults:
            lines.append(f"seeded faults found: {len(found)} of {len(report.faults)}")
        write("\n".join(lines) + "\n", output)
    if not report.is_sound:
        raise click.exceptions.Exit(1)
    if report.status == "not-run" and require_reasoner:
        raise EngineMissing(f"the reasoner did not run: {report.reason}")


@ontology.command()
@click.option(
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("build/ontology"),
    show_default=True,
    help="The folder to write into.",
)
@pass_session
def docs(session: Session, folder: Path) -> None:
    """Write browsable documentation: an index and a page a module, readable offline."""
    from aimsgraph.reasoning.documentation import write_documentation

    pages = write_documentation(assets.root(), folder)
    click.echo(os.fspath(pages[0]))
    session.say(f"{len(pages)} pages")
