"""`validate`: judge organisations' registers, for people and for pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aimsgraph import answers
from aimsgraph.cli.output import to_json, write
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.domain.report import Severity
from aimsgraph.errors import InputError, Location, UsageError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection

    from aimsgraph.compliance.changes_since import Since
    from aimsgraph.compliance.validate import Catalogue, Request, Validation
    from aimsgraph.execution.user_shapes import UserShapes
    from aimsgraph.validation.engine import Engine
    from aimsgraph.validation.report import ReportedFinding

FORMATS = ("text", "json", "sarif", "junit", "github", "markdown", "turtle")
LEVELS = tuple(severity.value for severity in sorted(Severity, key=lambda severity: -severity.rank))


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--engine",
    type=click.Choice(("auto", "compiled", "pyshacl")),
    default="auto",
    show_default=True,
    help="What runs the shapes: auto compiles them and leaves to pySHACL what cannot be compiled.",
)
@click.option(
    "--profile", "profiles", multiple=True, metavar="NAME", help="An audit to put it through, or all; repeatable."
)
@click.option(
    "--shapes", "own_shapes", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="SHACL shapes of your own (.ttl, .nt, .jsonld, .rdf), run beside those that ship; repeatable.",
)  # fmt: skip
@click.option("--waivers", type=click.Path(path_type=Path), help="Findings that may stand for a time (.yaml or .csv).")
@click.option("--baseline", type=click.Path(path_type=Path), help="An earlier report in JSON: only what is new counts.")
@click.option(
    "--changed-since", metavar="GITREF", help="Mark what was not found at this commit; judge what changed since anew."
)
@click.option(
    "--fail-level", type=click.Choice(LEVELS), default="violation", show_default=True, help="From here on, exit code 1."
)
@click.option("--on", metavar="DAY", help="The day to judge by. [default: today]")
@click.option("--law-as-of", metavar="DAY", help="The law as known on this day. [default: today]")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Give up after so long."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to write the report.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
@click.option(
    "--also", "copies", multiple=True, metavar="FORMAT=FILE", help="Write the report in this format too; repeatable."
)
@pass_session
def validate(
    session: Session,
    paths: tuple[Path, ...],
    engine: str,
    profiles: tuple[str, ...],
    own_shapes: tuple[Path, ...],
    waivers: Path | None,
    baseline: Path | None,
    changed_since: str | None,
    fail_level: str,
    on: str | None,
    law_as_of: str | None,
    timeout: float | None,
    format_: str,
    output: Path | None,
    copies: tuple[str, ...],
) -> None:
    """Judge the registers in the folders PATH... by their own rules and by the shapes that ship.

    \b
    aimsgraph validate data/examples/acme
    aimsgraph validate . --profile soa --profile iso-42001 --format sarif --output findings.sarif
    aimsgraph validate . --baseline last.json --waivers waivers.yaml --fail-level warning
    aimsgraph validate . --also junit=report.xml --also sarif=findings.sarif
    aimsgraph validate . --changed-since origin/main
    aimsgraph validate . --shapes house-rules.ttl

    Shapes of your own run in a process without network, with bounds on time and memory. In messages a finding of theirs
    goes by the shape's local name.

    With --changed-since, all present findings are given, and those that are new are marked.

    Exit code 1 with findings at or above the fail level, new or not, 0 without, 3 when a folder cannot be read.
    """
    from aimsgraph.compliance.validate import Request, load_waivers, validate_registers
    from aimsgraph.graph.store import Deadline

    further = [_parse_copy(copy) for copy in copies]
    moment = session.graph.moment(on, law_as_of)
    request = Request(
        moment,
        profiles,
        load_waivers(waivers) if waivers else (),
        _load_baseline(baseline) if baseline else None,
        Deadline(timeout) if timeout else None,
        _user_shapes(session, own_shapes, engine, timeout) if own_shapes else None,
    )
    since = None
    if changed_since is None:
        found = validate_registers(paths, catalogue_of(session), _engine(engine), request)
    else:
        found, since = _validate_since(session, paths, engine, request, changed_since)
    level = Severity(fail_level)
    answer = session.envelope(moment, "eu-ai-act", **answers.validation(found, level))
    if since is not None:
        _add_since(answer, found, since)
    new = () if since is None else since.new
    for name, file in ((format_, output), *further):
        write(_render(answer, found, level, name, new), file)
    if format_ != "json":
        session.warn(answer)
    _say_summary(session, found)
    if since is not None:
        _say_since(session, since, changed_since)
    if not found.conforms(level):
        raise click.exceptions.Exit(1)


def _user_shapes(session: Session, files: tuple[Path, ...], engine: str, timeout: float | None) -> UserShapes:
    from aimsgraph.execution.user_shapes import SECONDS, UserShapes
    from aimsgraph.validation.shapes import load_shapes

    shapes = UserShapes(
        files, taken=load_shapes().shapes.by_name, fallback=engine != "compiled", seconds=timeout or SECONDS
    )
    for statement in shapes.statements:
        session.say(f"not run: {statement}")
    return shapes


def _engine(name: str) -> Engine:
    if name == "pyshacl":
        from aimsgraph.validation.pyshacl_engine import PyShaclEngine

        return PyShaclEngine()
    from aimsgraph.validation.compiled.engine import CompiledEngine

    return CompiledEngine(fallback=name == "auto")


def _validate_since(
    session: Session, paths: tuple[Path, ...], engine: str, request: Request, ref: str
) -> tuple[Validation, Since]:
    from aimsgraph.compliance.changes_since import validate_since
    from aimsgraph.validation.incremental.engine import IncrementalEngine

    if engine == "pyshacl":
        message = "pySHACL cannot judge what a change touches alone"
        raise UsageError(message, remedy="leave --engine out, or compare with --baseline FILE")
    return validate_since(paths, catalogue_of(session), IncrementalEngine(fallback=engine == "auto"), request, ref)


def _add_since(answer: dict[str, Any], found: Validation, since: Since) -> None:
    """Say in the answer what is new, and what was judged anew to find it."""
    new = set(map(id, since.new))
    for entry, finding in zip(answer["findings"], found.findings, strict=True):
        entry["new"] = id(finding) in new
    answer["changed_since"] = {
        "commits": list(since.commits),
        "new": len(since.new),
        "judged_anew": dict(since.rejudged),
        "judged_whole": list(since.judged_whole),
        "unreadable_then": since.unreadable,
        "not_judged_then": list(since.not_judged),
    }


def _say_since(session: Session, since: Since, ref: str | None) -> None:
    if since.unreadable:
        session.say(f"at {ref} the register could not be read ({since.unreadable}), so every finding is new")
    for name in since.not_judged:
        session.say(f"{name}: at {ref} the files had violations, so what shapes find now is new")
    nodes = sum(since.rejudged.values())
    session.say(f"{len(since.new)} new since {ref}; judged anew: {len(since.rejudged)} shapes, {nodes} focus nodes")


def _parse_copy(text: str) -> tuple[str, Path]:
    name, _, file = text.partition("=")
    if name not in FORMATS or not file:
        raise UsageError(
            f"--also {text!r} names no format and file", remedy=f"write FORMAT=FILE; formats: {', '.join(FORMATS)}"
        )
    return name, Path(file)


def catalogue_of(session: Session) -> Catalogue:
    """Return what registers are judged against."""
    from aimsgraph.compliance.validate import Catalogue
    from aimsgraph.validation.shapes import load_shapes

    return Catalogue(session.graph.asserted, session.graph.law, load_shapes())


def _load_baseline(path: Path) -> Counter[tuple[str, ...]]:
    from aimsgraph.validation.waivers import read_baseline

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the baseline: {error}", location=Location(str(path))) from error
    return read_baseline(text, str(path))


def _render(
    answer: dict[str, Any], found: Validation, level: Severity, format_: str, new: Collection[ReportedFinding]
) -> str | bytes:
    findings = found.findings
    if format_ == "json":
        return to_json(answer)
    if format_ == "sarif":
        from aimsgraph.exchange.sarif import render_sarif
        from aimsgraph.version import __version__

        return render_sarif(findings, found.rules, version=__version__)
    if format_ == "junit":
        from aimsgraph.exchange.junit import render_junit

        return render_junit(
            findings, found.rules, judged=found.focus_counts, fail_level=level, suite="aimsgraph validate"
        )
    if format_ == "github":
        from aimsgraph.exchange.github import render_github

        return render_github(findings)
    if format_ == "markdown":
        from aimsgraph.exchange.markdown_report import render_markdown

        facts = {name: answer[name] for name in ("on", "law_as_of", "engine", "dataset_digest", "fail_level")}
        return render_markdown(findings, title="aimsgraph validate", facts=facts)
    if format_ == "turtle":
        from aimsgraph.validation.report import findings_to_turtle

        return findings_to_turtle(
            findings,
            {shape.name: shape.iri for shape in found.shapes.shapes},
            found.dataset_digest,
            conforms=found.conforms(),
        )
    marked = set(map(id, new))
    return "".join(f"{finding}{'  [new]' if id(finding) in marked else ''}\n" for finding in findings)


def _say_summary(session: Session, found: Validation) -> None:
    for name in found.not_judged:
        session.say(f"{name}: the files have violations, so no shape ran on what they say")
    judged = sum(1 for count in found.focus_counts.values() if count)
    said = [f"{len(found.findings)} findings", f"{judged} of {len(found.focus_counts)} shapes had something to judge"]
    if found.waived:
        said.append(f"{len(found.waived)} waived")
    if found.known:
        said.append(f"{len(found.known)} in the baseline")
    session.say(", ".join(said))
