"""`duties`: for a role and route, or for a real system of an organisation's folder."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aimsgraph import answers
from aimsgraph.api import LAW
from aimsgraph.cli.output import FORMATS, date_options, format_options, write, write_listing
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import NotFound, UsageError

if TYPE_CHECKING:
    from aimsgraph.domain.duty import Duty

_ORDER = ("yes", "contested", "unknown", "no")


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--role", help="Role, such as provider or deployer.")
@click.option(
    "--route",
    "routes",
    multiple=True,
    help="annex-iii, annex-i, transparency, gpai, gpai-systemic, prohibited or all-ai; repeatable.",
)
@click.option("--system", help="With PATH: the id of one AI system; all of them when left out.")
@click.option("--fact", "facts", multiple=True, metavar="CODE=yes|no", help="Answer a condition; repeatable.")
@click.option("--applies", type=click.Choice(_ORDER), multiple=True, help="Only duties with this answer; repeatable.")
@click.option(
    "--all", "everything", is_flag=True, help="Also options, status rules and statements that only point to others."
)
@date_options
@format_options(*FORMATS, "text")
@pass_session
def duties(
    session: Session,
    path: Path | None,
    role: str | None,
    routes: tuple[str, ...],
    system: str | None,
    facts: tuple[str, ...],
    applies: tuple[str, ...],
    everything: bool,
    on: str | None,
    law_as_of: str | None,
    format_: str,
    output: Path | None,
) -> None:
    """Which duties bind on a day, by the law as known on a day, and why.

    \b
    aimsgraph duties --role provider --route annex-iii --on 2027-12-02
    aimsgraph duties data/examples/acme --system cv-ranker --on 2027-12-15 --format text

    As text, duties with the same answer for the same reasons stand together below their reasons.
    """
    graph = session.graph
    moment = graph.legal_moment(on, law_as_of)
    if path is not None:
        if role or routes or facts:
            raise UsageError(
                "PATH comes with its own roles, routes and facts", remedy="leave --role, --route and --fact out"
            )
        found = _of_systems(session, path, system, on, law_as_of, everything=everything)
    elif role and routes:
        found = graph.duties(
            role=role, route=routes, on=on, law_as_of=law_as_of, facts=answers.read_facts(facts), everything=everything
        )
    else:
        raise UsageError(
            "say --role and --route, or give the PATH of an organisation's folder",
            remedy="for example --role provider --route annex-iii",
        )
    chosen = [duty for duty in found if not applies or duty.applies.value in applies]
    answer = session.envelope(moment, LAW, duties=[duty.to_dict() for duty in chosen])
    header = ["applies", "from", "statement", "role", "route", "label", "because"]
    rows = [[d.applies.value, _date(d), d.statement, d.role, d.route, d.label, "; ".join(d.because)] for d in chosen]
    if path is not None:
        header.insert(0, "system")
        rows = [[d.system, *row] for d, row in zip(chosen, rows, strict=True)]
    summary = _summary(found, moment.on.isoformat(), moment.law_as_of.isoformat())
    if format_ == "text":
        write(_explain(chosen) + summary, output)
    else:
        write_listing(format_, output, answer, header, rows, foot=summary)
    session.warn(answer)


def _of_systems(
    session: Session,
    path: Path,
    system: str | None,
    on: str | None,
    law_as_of: str | None,
    *,
    everything: bool,
) -> list[Duty]:
    systems = session.graph.systems(path)
    chosen = [s for s in systems if system in (None, s.id)]
    if not chosen:
        raise NotFound(f"there is no system {system!r} in {path}", remedy=f"known: {', '.join(s.id for s in systems)}")
    return [
        duty
        for each in chosen
        for duty in session.graph.system_duties(each, on=on, law_as_of=law_as_of, everything=everything)
    ]


def _explain(duties: list[Duty]) -> str:
    """Return the duties grouped by what is answered and why: first the reasons, then what they decide."""
    groups: dict[tuple[str, str, str, str, tuple[str, ...]], list[Duty]] = {}
    for duty in sorted(duties, key=lambda duty: _ORDER.index(duty.applies.value)):
        groups.setdefault((duty.system, duty.applies.value, duty.role, duty.route, duty.because), []).append(duty)
    blocks = []
    for (system, answer, role, route, because), group in groups.items():
        width = max(len(duty.statement) for duty in group)
        lines = [f"{answer}: {system or 'a system'}, {role}, {route}"]
        lines += [f"  {'because' if i == 0 else '    and'} {reason}" for i, reason in enumerate(because)]
        lines += [f"    {duty.statement:<{width}}  {duty.label}" for duty in group]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _date(duty: Duty) -> str:
    if duty.applies_from:
        return duty.applies_from.isoformat()
    return " or ".join(sorted({reading.applies_from.isoformat() for reading in duty.readings}))


def _summary(duties: list[Duty], on: str, law_as_of: str) -> str:
    counts = Counter(duty.applies.value for duty in duties)
    words = ", ".join(f"{counts[answer]} {answer}" for answer in _ORDER if counts[answer])
    return f"\n{len(duties)} duties on {on} by the law as known on {law_as_of}: {words or 'none'}\n"
