"""`crosswalk`, `matrix`, `unmapped`, `cover`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from aimsgraph import answers
from aimsgraph.cli.output import date_options, format_options, to_json, write, write_listing
from aimsgraph.cli.session import Session, pass_session

Json = dict[str, Any]
_status = click.option("--min-status", default="reviewed", show_default=True, help="candidate, reviewed or accepted.")
_WITHOUT = {
    "disputed": "only contested rows speak of it",
    "below_status": "only rows of a lower status speak of it; --min-status candidate shows them",
    "not_looked_at": "nobody has looked",
}
"""Why an item has no answer: field of the answer → words."""
_NO_CLAIM = (
    "A mapping helps; it proves no conformity. ISO/IEC 42001 gives no presumption of conformity with the AI Act."
)


@click.command()
@click.argument("references", nargs=-1, required=True)
@click.option("--to", "target", required=True, metavar="FRAMEWORK", help="The framework whose items are wanted.")
@click.option(
    "--max-hops", default=3, show_default=True, type=click.IntRange(1, 6), help="At most so many rows in a chain."
)
@_status
@click.option("--role", default="", help="Only rows that hold for this role.")
@click.option("--explain", is_flag=True, help="With proofs, gaps and leads.")
@date_options
@format_options("table", "json")
@pass_session
def crosswalk(
    session: Session, references: tuple[str, ...], target: str, max_hops: int, min_status: str, role: str,
    explain: bool, on: str | None, law_as_of: str | None, format_: str, output: Path | None,
) -> None:  # fmt: skip
    """What corresponds to REFERENCES in another framework: sound answers with proofs, or that nothing follows.

    \b
    aimsgraph crosswalk iso-42001:A.6.2.8 --to eu-ai-act --explain
    aimsgraph crosswalk eu-ai-act:Art.10 --to iso-42001
    """
    graph = session.graph
    answer = answers.crosswalk(
        graph, references, target, graph.moment(on, law_as_of), max_hops=max_hops, min_status=min_status, role=role,
        explain=explain or format_ == "json",
    )  # fmt: skip
    write(to_json(answer) if format_ == "json" else _text(answer, session, explain=explain), output)


@click.command()
@click.argument("one", metavar="FRAMEWORK")
@click.argument("other", metavar="FRAMEWORK")
@_status
@click.option(
    "--max-hops", default=1, show_default=True, type=click.IntRange(1, 6), help="At most so many rows in a chain."
)
@date_options
@format_options()
@pass_session
def matrix(
    session: Session, one: str, other: str, min_status: str, max_hops: int, on: str | None, law_as_of: str | None,
    format_: str, output: Path | None,
) -> None:  # fmt: skip
    """How two frameworks meet: headings against headings; how many items are fully, partly, not met, not looked at."""
    answer = answers.matrix(
        session.graph, one, other, min_status=min_status, max_hops=max_hops, on=on, law_as_of=law_as_of
    )
    counted = {(cell["row"], cell["column"]): cell["count"] for cell in answer["cells"]}
    used = [column for column in answer["columns"] if any((row, column) in counted for row in answer["rows"])]
    rows = [[row, *(counted.get((row, column), "") for column in used)] for row in answer["rows"]]
    totals = "".join(f"{slug}: {_totals(counts)}\n" for slug, counts in answer["totals"].items())
    foot = f"\n{totals}{_NO_CLAIM}\n"
    write_listing(format_, output, answer, ["overlapping pairs", *used], rows, foot=foot)


@click.command()
@click.argument("framework", metavar="FRAMEWORK")
@click.option("--to", "target", required=True, metavar="FRAMEWORK", help="The framework that was searched.")
@_status
@date_options
@format_options()
@pass_session
def unmapped(
    session: Session, framework: str, target: str, min_status: str, on: str | None, law_as_of: str | None, format_: str,
    output: Path | None,
) -> None:  # fmt: skip
    """The items of FRAMEWORK without a counterpart: looked and found none, and never looked at, apart."""
    answer = answers.unmapped(session.graph, framework, target, min_status=min_status, on=on, law_as_of=law_as_of)
    rows = [["no match", n["ref"], n["label"], n["reason"]] for n in answer["no_match"]]
    rows += [[why.replace("_", " "), n["ref"], n["label"], _WITHOUT[why]] for why in _WITHOUT for n in answer[why]]
    counts = ", ".join(f"{len(answer[why])} {why.replace('_', ' ')}" for why in _WITHOUT)
    foot = f"\n{len(answer['no_match'])} looked at without a counterpart, {counts}\n"
    write_listing(format_, output, answer, ["what", "item", "label", "reason"], rows, foot=foot)


@click.command()
@click.option("--role", required=True, help="Role, such as provider.")
@click.option("--route", "routes", multiple=True, required=True, help="Route, such as annex-iii; repeatable.")
@click.option("--with", "framework", required=True, metavar="FRAMEWORK", help="The framework whose items are chosen.")
@_status
@date_options
@format_options()
@pass_session
def cover(
    session: Session, role: str, routes: tuple[str, ...], framework: str, min_status: str, on: str | None,
    law_as_of: str | None, format_: str, output: Path | None,
) -> None:  # fmt: skip
    """The smallest set of a framework's items that helps with every duty any of them helps with.

    \b
    aimsgraph cover --role provider --route annex-iii --with iso-42001
    """
    answer = answers.cover(
        session.graph, role=role, route=routes, framework=framework, min_status=min_status, on=on, law_as_of=law_as_of
    )
    items, reached, unreachable = answer["items"], answer["reached"], len(answer["unreachable"])
    rows = [
        [i["ref"], i["label"], len(i["reaches"]), ", ".join(name.partition(":")[2] for name in i["reaches"])]
        for i in items
    ]
    foot = (
        f"\n{len(items)} items help with {reached} of {reached + unreachable} duties, optimality gap "
        f"{answer['optimality_gap']:.0%}; {unreachable} duties none of them helps with\n{_NO_CLAIM}\n"
    )
    write_listing(format_, output, answer, ["item", "label", "duties", "which"], rows, foot=foot)


def _totals(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in counts.items())


def _text(answer: Json, session: Session, *, explain: bool) -> str:
    lines = []
    for found in answer["answers"]:
        where = f" ({found['object_ref']})" if found["object_ref"] != found["object"] else ""
        label = session.graph.label(session.graph.resolve(found["object"]).iri)
        weight = f"{found['status']}, confidence {found['least_confidence']:.2f}"
        lines.append(f"{found['subject']} {found['summary']} {found['object']}{where}: {label}  [{weight}]")
        if explain:
            lines += _explained(found)
    for found in answer["contradictions"]:
        lines.append(f"{found['subject']} and {found['object']}: CONTRADICTION, no verdict")
        lines += _explained(found)
    lines += [
        f"{n['subject']}: looked at {n['scope']} on {n['on']}, no counterpart: {n['reason']}"
        for n in answer["no_match"]
    ]
    lines += [f"{name}: {words}" for why, words in _WITHOUT.items() for name in answer[why]]
    if answer["leads"]:
        lines.append(f"{len(answer['leads'])} leads, from which nothing follows:")
        lines += [f"  {lead['subject']} … {lead['object']}: {lead['why']}" for lead in answer["leads"][:10]]
    if not lines:
        lines.append("nothing follows from the rows")
    lines += [f"warning: {warning}" for warning in answer["warnings"]]
    lines.append(_NO_CLAIM)
    return "\n".join(lines) + "\n"


def _explained(found: Json) -> list[str]:
    lines = [
        f"    possible: {', '.join(found['relations']) or 'nothing'}; covers {found['covers']}, covered by "
        f"{found['covered_by']}, overlaps {found['overlaps']}"
        + (f"; meets {found['extent']}" if found["extent"] else "")
    ]
    lines += [f"    not met on the {gap['side']} side: {gap['text']}" for gap in found["gaps"]]
    lines += [f"    warning: {warning}" for warning in found["warnings"]]
    for number, path in enumerate(found["proofs"], start=1):
        lines.append(f"    path {number}:")
        for step, after in zip(path["steps"], path["after_each_step"], strict=True):
            said = f"{step['subject']} {' or '.join(step['relations'])} {step['object']}"
            source = (
                f"  [{step['file']}:{step['line']}{', inverted' if step['inverted'] else ''}]" if "file" in step else ""
            )
            lines.append(f"      {step['kind']}: {said}{source}")
            if "rationale" in step:
                lines.append(f"        because: {step['rationale']}")
            if len(path["steps"]) > 1:
                lines.append(f"        so far: {', '.join(after)}")
    return lines
