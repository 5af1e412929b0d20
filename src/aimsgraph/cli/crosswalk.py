"""`crosswalk`, `matrix`, `unmapped`, `cover`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from aimsgraph.api import LAW
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
    moment = graph.moment(on, law_as_of)
    found = graph.crosswalk(
        references, target, max_hops=max_hops, min_status=min_status, role=role, explain=explain or format_ == "json",
        on=moment.on, law_as_of=moment.law_as_of,
    )  # fmt: skip
    slugs = {graph.framework(target).slug, *(graph.resolve(reference).framework for reference in references)}
    answer = session.envelope(moment, *slugs, **found)
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
    graph = session.graph
    moment = graph.moment(on, law_as_of)
    left, right = graph.framework(one).slug, graph.framework(other).slug
    crosswalks = graph.crosswalks
    request = crosswalks.request(right, min_status, max_hops=max_hops)
    found = crosswalks.matrix(left, request, moment, graph.heading)
    totals = {left: found.totals["rows"], right: found.totals["columns"]}
    body = {
        "rows": list(found.rows),
        "columns": list(found.columns),
        "cells": [
            {"row": row, "column": column, "summary": summary, "count": count}
            for (row, column), (summary, count) in sorted(found.cells.items())
        ],
        "totals": totals,
    }
    answer = session.envelope(moment, left, right, **body)
    used = [column for column in found.columns if any((row, column) in found.cells for row in found.rows)]
    rows = [[row, *(found.cells.get((row, column), ("", ""))[1] for column in used)] for row in found.rows]
    foot = "\n" + "".join(f"{slug}: {_totals(counts)}\n" for slug, counts in totals.items()) + _NO_CLAIM + "\n"
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
    graph = session.graph
    moment = graph.moment(on, law_as_of)
    crosswalks = graph.crosswalks
    ours, theirs = graph.framework(framework).slug, graph.framework(target).slug
    found = crosswalks.unmapped(ours, crosswalks.request(theirs, min_status), moment)
    no_match = [
        {
            "ref": crosswalks.name(n.item),
            "label": graph.label(n.item),
            "on": str(n.searched_on or ""),
            "reason": n.reason,
        }
        for n in found.no_match
    ]
    rest = {
        why: [{"ref": crosswalks.name(iri), "label": graph.label(iri)} for iri in getattr(found, why)]
        for why in _WITHOUT
    }
    answer = session.envelope(moment, ours, theirs, no_match=no_match, **rest)
    rows = [["no match", n["ref"], n["label"], n["reason"]] for n in no_match]
    rows += [[why.replace("_", " "), n["ref"], n["label"], _WITHOUT[why]] for why in _WITHOUT for n in rest[why]]
    counts = ", ".join(f"{len(rest[why])} {why.replace('_', ' ')}" for why in _WITHOUT)
    foot = f"\n{len(no_match)} looked at without a counterpart, {counts}\n"
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
    graph = session.graph
    moment = graph.legal_moment(on, law_as_of)
    slug = graph.framework(framework).slug
    duties = graph.duties(role=role, route=routes, on=moment.on, law_as_of=moment.law_as_of)
    irises = list(dict.fromkeys(graph.resolve(duty.statement).iri for duty in duties))
    crosswalks = graph.crosswalks
    request = crosswalks.request(LAW, min_status, max_hops=1, role=role)
    found = crosswalks.cover(slug, irises, request, moment)
    names = {iri: crosswalks.name(iri) for iri in (*found.items, *irises)}
    reaches = {item: [names[duty] for duty, items in found.reached.items() if item in items] for item in found.items}
    body = {
        "items": [{"ref": names[i], "label": graph.label(i), "reaches": reaches[i]} for i in found.items],
        "reached": len(found.reached),
        "unreachable": [names[duty] for duty in found.unreachable],
        "optimality_gap": found.gap,
    }
    answer = session.envelope(moment, LAW, slug, **body)
    rows = [
        [names[i], graph.label(i), len(reaches[i]), ", ".join(n.partition(":")[2] for n in reaches[i])]
        for i in found.items
    ]
    foot = (
        f"\n{len(found.items)} items help with {len(found.reached)} of {len(irises)} duties, optimality gap "
        f"{found.gap:.0%}; {len(found.unreachable)} duties none of them helps with\n{_NO_CLAIM}\n"
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
