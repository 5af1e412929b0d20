"""`demo`: the tour. Every line is computed now, from the graph and from the example organisation."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import click

from aimsgraph import assets
from aimsgraph.cli.output import to_table
from aimsgraph.cli.session import Session, pass_session

if TYPE_CHECKING:
    from aimsgraph.api import AimsGraph
    from aimsgraph.domain.duty import Duty
    from aimsgraph.domain.organisation import AISystem

DAYS = ("2026-11-23", "2027-12-15", "2028-08-02")
NOW, BEFORE = "2026-11-23", "2026-07-01"
_ORDER = ("yes", "contested", "unknown", "no")


@click.command()
@pass_session
def demo(session: Session) -> None:
    """The tour: load the graph, ask it, read an example organisation, see which duties bind it when and why."""
    started = time.perf_counter()
    graph = session.graph
    _title("The graph")
    triples = sum(1 for _ in graph.store.quads())
    click.echo(
        f"{len(graph.index.frameworks)} sources, {len(graph.index.by_reference)} names, {triples} triples, "
        f"version {graph.version[:12]}, ready in {time.perf_counter() - started:.1f} s\n"
    )
    _show_frameworks(graph)
    _title("Law as of any date")
    _show_law(graph)
    _title("An organisation: which duties bind Acme Hiring GmbH (invented), and when")
    systems = graph.systems(assets.path("data", "examples", "acme"))
    click.echo("Its folder of plain files has no errors.\n")
    _show_systems(graph, systems)
    _title("The same day by the law as it stood before the amendment")
    _show_difference(graph, systems)
    _title("What a certified management system helps with, and what it does not")
    _show_crosswalk(graph)
    _title("What to try next")
    click.echo(_NEXT)
    click.echo(
        "Nothing here is legal advice, and nothing claims that anybody complies. Conformity with ISO/IEC 42001 gives\n"
        "no presumption of conformity with the AI Act."
    )


def _title(text: str) -> None:
    click.echo(f"\n{text}\n{'=' * len(text)}")


def _show_frameworks(graph: AimsGraph) -> None:
    rows = []
    for framework in graph.frameworks():
        counts = sorted(framework.get("counts", {}).items(), key=lambda item: -item[1])[:4]
        rows.append([framework["slug"], framework["label"], ", ".join(f"{n} {kind}" for kind, n in counts)])
    click.echo(to_table(["slug", "title", "holds, among others"], rows))


def _show_law(graph: AimsGraph) -> None:
    for question, reference, on, law in (
        ("When do the duties for Annex III systems apply, as published?", "eu-ai-act:art9-1", BEFORE, BEFORE),
        ("And as amended by Regulation (EU) 2026/1744?", "eu-ai-act:art9-1", NOW, NOW),
        ("Article 72 after the amendment: two readings, none chosen", "eu-ai-act:art72-1", NOW, NOW),
    ):
        click.echo(f"{question}  [aimsgraph show {reference} --on {on} --law-as-of {law}]")
        for rule in graph.show(reference, on=on, law_as_of=law)["application"]:
            if "annex-iii" in rule.get("routes", ["annex-iii"]):
                reading = f", {rule['interpretation']}: {rule['reading']}" if "reading" in rule else ""
                click.echo(f"  from {rule['applies_from']} by {rule['legal_basis']}{reading}")
    moved = graph.show("eu-ai-act:Art.10(5)", on=NOW, law_as_of=NOW)["amendments"][0]
    click.echo(
        'Where did Article 10(5) go?  [aimsgraph show "AI Act Art. 10(5)"]\n'
        f"  {moved['kind']} by {moved['by']}, moved to {moved['moved_to']}"
    )
    starting = [c for c in graph.changes("2026-12-02", "2026-12-02", law_as_of=NOW) if c.kind == "starts"]
    names = ", ".join(change.provision.partition(":")[2] for change in starting)
    click.echo(f"What starts on 2026-12-02?  [aimsgraph changes --from 2026-12-02 --to 2026-12-02]\n  {names}")


def _show_systems(graph: AimsGraph, systems: list[AISystem]) -> None:
    rows = []
    for system in systems:
        cells = [_counts(graph.system_duties(system, on=day, law_as_of=NOW)) for day in DAYS]
        rows.append([system.name, *cells])
    click.echo(to_table(["system", *(f"on {day}" for day in DAYS)], rows))
    click.echo("Why, in one duty each:")
    for system in systems:
        for day in DAYS:
            duty = _telling(graph.system_duties(system, on=day, law_as_of=NOW))
            if duty is not None:
                click.echo(f"  {system.name}, {day}: {duty.statement} {duty.applies.value}: {'; '.join(duty.because)}")
    click.echo("")


def _show_difference(graph: AimsGraph, systems: list[AISystem]) -> None:
    replaced = {s.reference: s.replaced_by for s in graph.law.statements if s.replaced_by}
    rows, examples = [], []
    for system in systems:
        for day in DAYS[:2]:
            new = {(d.statement, d.role): d for d in graph.system_duties(system, on=day, law_as_of=NOW)}
            old = {(d.statement, d.role): d for d in graph.system_duties(system, on=day, law_as_of=BEFORE)}
            both = [key for key in new if key in old]
            judged = [key for key in both if new[key].applies is not old[key].applies]
            moved = [key for key in both if _dates(new[key]) != _dates(old[key])]
            reworded = [key for key in old if (replaced.get(key[0]), key[1]) in new]
            rows.append([system.name, day, len(judged), len(moved), len(reworded)])
            for key in judged[:1] or moved[:1]:
                examples.append((f"{system.name}, {day}, {key[0]}", old[key], new[key]))
            for key in reworded[: 0 if judged or moved else 1]:
                examples.append((f"{system.name}, {day}, reworded", old[key], new[replaced[key[0]], key[1]]))
    click.echo(f"Law known on {NOW} against law known on {BEFORE}:\n")
    click.echo(to_table(["system", "day", "judged otherwise", "date moved", "reworded"], rows))
    click.echo("Why, one duty each:")
    for title, before, after in examples:
        click.echo(f"  {title}")
        click.echo(f"    {BEFORE}: {before.applies.value}: {_difference(before, after)}")
        click.echo(f"    {NOW}: {after.applies.value}: {_difference(after, before)}")


def _show_crosswalk(graph: AimsGraph) -> None:
    found = graph.crosswalk("iso-42001:A.6.2.8", "eu-ai-act", on=NOW, law_as_of=NOW, explain=False)["answers"]
    click.echo(
        "Which duties does the ISO/IEC 42001 control on event logs help with?\n"
        "  [aimsgraph crosswalk iso-42001:A.6.2.8 --to eu-ai-act --explain]"
    )
    for answer in found[:3]:
        gap = next((gap["text"] for gap in answer["gaps"] if gap["side"] == "object"), "")
        click.echo(f"  {answer['summary']} {answer['object_ref']}, meets {answer['extent']} of it; not met: {gap}")
    moment = graph.moment(NOW, NOW)
    request = graph.crosswalks.request("eu-ai-act", "reviewed", max_hops=1)
    matrix = graph.crosswalks.matrix("iso-42001", request, moment, graph.heading)
    totals = ", ".join(f"{number} {word}" for word, number in matrix.totals["columns"].items())
    click.echo(
        f"How many of the AI Act's assessable statements does ISO/IEC 42001 meet?\n  {totals}"
        "  [aimsgraph matrix iso-42001 eu-ai-act]"
    )


def _dates(duty: Duty) -> set[str]:
    return {reading.applies_from.isoformat() for reading in duty.readings}


def _difference(duty: Duty, other: Duty) -> str:
    """Return what is said of a duty and not of the other one: its words where they changed, else its reasons."""
    if duty.label != other.label:
        return duty.label
    return "; ".join(reason for reason in duty.because if reason not in other.because) or "nothing to the contrary"


def _counts(duties: list[Duty]) -> str:
    counts = Counter(duty.applies.value for duty in duties)
    return ", ".join(f"{counts[answer]} {answer}" for answer in _ORDER if counts[answer]) or "none"


def _telling(duties: list[Duty]) -> Duty | None:
    """Return the duty that says most about a system's class: the first that is not everybody's."""
    special = [duty for duty in duties if duty.route not in ("all-ai", "prohibited")]
    ranked = sorted(special, key=lambda duty: _ORDER.index(duty.applies.value))
    return ranked[0] if ranked else None


_NEXT = """\
  aimsgraph show "AI Act Art. 26(6)"                      who must keep logs, how long, since when
  aimsgraph duties --role provider --route annex-iii --on 2027-12-02
  aimsgraph duties data/examples/acme --system cv-ranker --on 2027-12-15 --applies yes
  aimsgraph questions                                     the stored questions; ask one with `aimsgraph query ID`
  aimsgraph unmapped eu-ai-act --to iso-42001               what a certificate does not touch, and why
  aimsgraph search human oversight
  aimsgraph --help
"""
