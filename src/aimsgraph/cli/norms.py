"""`frameworks`, `resolve`, `show`, `search`, `changes`."""

from __future__ import annotations

from pathlib import Path

import click

from aimsgraph import answers
from aimsgraph.cli.output import date_options, format_options, to_json, write, write_listing
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.cli.show_text import render_show


@click.command()
@format_options()
@pass_session
def frameworks(session: Session, format_: str, output: Path | None) -> None:
    """The frameworks: slug, edition, title, counts by kind, source and rights."""
    answer = answers.frameworks(session.graph)
    rows = [
        [
            f["slug"],
            f.get("edition", ""),
            f["label"],
            _counts(f.get("counts", {})),
            f["current_to"],
            f.get("source_url", ""),
            f["rights"],
        ]
        for f in answer["frameworks"]
    ]
    header = ["slug", "edition", "title", "counts", "current_to", "source", "rights"]
    write_listing(format_, output, answer, header, rows)


@click.command()
@click.argument("text", nargs=-1, required=True)
@format_options()
@pass_session
def resolve(session: Session, text: tuple[str, ...], format_: str, output: Path | None) -> None:
    """What TEXT means: a reference, a citation, an IRI or an ELI address.

    \b
    aimsgraph resolve "AI Act Art. 6(2)"
    aimsgraph resolve ISO 42001 A.6.2.8
    """
    answer = answers.resolve(session.graph, " ".join(text))
    row = [answer["ref"], answer["kind"], answer["label"], answer["iri"]]
    write_listing(format_, output, answer, ["reference", "kind", "label", "iri"], [row])


@click.command()
@click.argument("reference", nargs=-1, required=True)
@date_options
@format_options("text", "json")
@pass_session
def show(
    session: Session,
    reference: tuple[str, ...],
    on: str | None,
    law_as_of: str | None,
    format_: str,
    output: Path | None,
) -> None:
    """Everything about REFERENCE: place, versions, dates with legal basis, statements, clocks, source.

    \b
    aimsgraph show eu-ai-act:Art.4 --on 2025-06-01
    aimsgraph show "AI Act Article 72" --format json
    """
    answer = answers.show(session.graph, " ".join(reference), on, law_as_of)
    write(to_json(answer) if format_ == "json" else render_show(answer), output)
    session.warn(answer)


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--framework", default="", help="Only this framework.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 500), help="At most so many hits.")
@format_options()
@pass_session
def search(
    session: Session, words: tuple[str, ...], framework: str, limit: int, format_: str, output: Path | None
) -> None:
    """Ranked search for WORDS over names, labels, own words, texts and notes."""
    answer = answers.search(session.graph, " ".join(words), framework, limit)
    rows = [[hit["ref"], hit["label"], hit["kind"], hit["score"]] for hit in answer["hits"]]
    write_listing(format_, output, answer, ["reference", "label", "kind", "score"], rows)
    if not rows:
        session.say("nothing found")


@click.command()
@click.option("--from", "start", metavar="DAY", required=True, help="First day.")
@click.option("--to", "end", metavar="DAY", required=True, help="Last day, included.")
@click.option("--law-as-of", metavar="DAY", help="The law as known on this day. [default: today]")
@format_options()
@pass_session
def changes(session: Session, start: str, end: str, law_as_of: str | None, format_: str, output: Path | None) -> None:
    """What starts, changes and ends from one day to another, and by which act.

    \b
    aimsgraph changes --from 2026-12-02 --to 2026-12-02
    """
    answer = answers.changes(session.graph, start, end, law_as_of)
    rows = [
        [c["date"], c["provision"], c["kind"] + ("?" if c["contested"] else ""), c["by"], c["effect"]]
        for c in answer["changes"]
    ]
    write_listing(format_, output, answer, ["date", "provision", "kind", "by", "effect"], rows)
    session.warn(answer)
    if not rows:
        session.say("nothing changes in that period")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in counts.items())
