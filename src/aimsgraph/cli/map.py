"""`map lint`, `map contradictions`, `map check-proof`, `map review`, `map import`, `map export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from aimsgraph.cli.output import format_options, write_listing
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.domain.report import Severity
from aimsgraph.errors import CheckFailed, InputError, Location

_LEVELS = {severity.value: severity.rank for severity in Severity}


@click.group("map")
def map_() -> None:
    """Lint, review, prove, import and export mappings."""


@map_.command()
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
def lint(session: Session, set_id: str, fail_level: str, format_: str, output: Path | None) -> None:
    """What is wrong with mapping rows: dangling ends, superseded versions, contradictions and more."""
    moment = session.graph.moment()
    found = [f for f in session.graph.crosswalks.lint(moment) if not set_id or f"/{set_id}/" in f.location.file]
    body = [
        {"rule": f.rule, "severity": f.severity.value, "message": f.message, "remedy": f.remedy,
         "file": f.location.file, "line": f.location.line, "column": f.location.column}
        for f in found
    ]  # fmt: skip
    rows = [[f.severity.value, f.rule, str(f.location), f.message, f.remedy] for f in found]
    answer = session.envelope(moment, findings=body)
    write_listing(format_, output, answer, ["severity", "rule", "where", "message", "remedy"], rows)
    session.say(f"{len(session.graph.crosswalks.network.rows)} rows, {len(found)} findings")
    if any(f.severity.rank >= _LEVELS[fail_level] for f in found):
        raise click.exceptions.Exit(1)


@map_.command()
@click.option("--min-status", default="candidate", show_default=True, help="candidate, reviewed or accepted.")
@format_options()
@pass_session
def contradictions(session: Session, min_status: str, format_: str, output: Path | None) -> None:
    """Rows that cannot all be right, smallest set first. A review task, not proof of which row is wrong."""
    crosswalks = session.graph.crosswalks
    found = crosswalks.contradictions(min_status)
    body = [
        {"subject": crosswalks.name(c.subject), "object": crosswalks.name(c.object),
         "rows": [{"row": r.iri, "file": str(r.location or "")} for r in c.rows]}
        for c in found
    ]  # fmt: skip
    rows = [
        [crosswalks.name(c.subject), crosswalks.name(c.object), ", ".join(str(r.location or r.iri) for r in c.rows)]
        for c in found
    ]
    answer = session.envelope(session.graph.moment(), contradictions=body)
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
    from aimsgraph.errors import UsageError

    if verdict is None:
        raise UsageError("say --accept or --contest", remedy="for example --accept --by 'A. Name' --note 'checked'")
    day = session.graph.moment().on
    files = review_row(folder or assets.path("data"), row, accept=verdict == "accept", by=name, note=note, on=day)
    for file in files:
        click.echo(str(file))
    session.say("run `aimsgraph build` to compile the change")


def _read_answers(file: Path) -> list[dict[str, Any]]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"cannot read the answer: {error}", location=Location(str(file))) from error
    answers = data.get("answers") if isinstance(data, dict) else data
    if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
        raise InputError(
            "there is no list of answers", location=Location(str(file)), remedy="use `crosswalk … --format json`"
        )
    return answers
