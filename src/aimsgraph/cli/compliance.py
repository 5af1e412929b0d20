"""`coverage`, `gaps`, `soa`, `readiness`, `impact`: where an organisation stands on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aimsgraph import answers
from aimsgraph.api import LAW
from aimsgraph.cli.output import Cells, date_options, format_options, to_table, write, write_listing
from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import UsageError

if TYPE_CHECKING:
    from aimsgraph.compliance.gaps import Gap, Gaps
    from aimsgraph.compliance.posture import Posture

_SHOWN = 10
Function = Callable[..., Any]


def _posture_options(function: Function) -> Function:
    """Add what all five commands share: system, dates, formats, weight of mappings, what to leave out."""
    decorators = (
        click.option("--system", default="", help="The id of one AI system. [default: all]"),
        date_options,
        click.option(
            "--min-status", default="reviewed", show_default=True, help="Mappings: candidate, reviewed or accepted."
        ),
        click.option(
            "--without", default="", metavar="people,evidence",
            help="Leave out names of people, contents of evidence, or both.",
        ),
        format_options("table", "json", "csv", "markdown", "xlsx"),
    )  # fmt: skip
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


_path = click.argument("path", type=click.Path(path_type=Path))


@click.command()
@_path
@click.option("--framework", default=LAW, show_default=True, help="The framework whose items are looked at.")
@click.option(
    "--status", "statuses", type=click.Choice(answers.COVERAGE_STATUSES), multiple=True, help="Only these; repeatable."
)
@_posture_options
@pass_session
def coverage(
    session: Session, /, path: Path, framework: str, statuses: tuple[str, ...], without: str, format_: str,
    output: Path | None, **asked: str | None,
) -> None:  # fmt: skip
    """How far each duty of your systems is covered, with the chain of causes.

    A duty is covered by an operating implementation that addresses it, reviewed and with live evidence, or by controls
    so set up that are proven to cover it. A document alone, or a mapping alone, covers nothing.

    \b
    aimsgraph coverage data/examples/acme --system cv-ranker --on 2027-12-15
    """
    posture = _open(session, path, without, asked)
    body = answers.coverage(session.graph, posture, framework, statuses)
    summary = body["summary"]
    words = ", ".join(f"{number} {status}" for status, number in summary.items())
    cells = [
        [r["status"], r["statement"], r["system"], r["role"], r["label"], "; ".join(map(_cause, r["because"]))]
        for r in body["coverage"]
    ]
    header = ["status", "statement", "system", "role", "label", "because"]
    slug = session.graph.framework(framework).slug
    what = "duties" if slug == LAW else f"items of {slug}"
    words = f"{sum(summary.values())} {what}: {words}"
    _write(session, posture, body, (header, cells), words, without, format_, output)


def _cause(cause: dict[str, Any]) -> str:
    return f"{cause['ref']}: {cause['says']}" if cause["ref"] else str(cause["says"])


@click.command()
@_path
@_posture_options
@pass_session
def gaps(session: Session, /, path: Path, without: str, format_: str, output: Path | None, **asked: str | None) -> None:
    """What is missing, most pressing first: by the day of the law, the fine, and how much one action closes.

    Duties that bind only later are listed with the day they start; those that may bind, without a day.

    \b
    aimsgraph gaps data/examples/acme --on 2026-11-23
    """
    posture = _open(session, path, without, asked)
    found = posture.gaps()
    header = ["due", "fine up to", "reached", "statement", "system", "role", "label", "first action", "closes"]
    cells = [_gap_cells(gap) for gap in found.gaps]
    known = sum(gap.due is not None for gap in found.gaps)
    words = f"{len(found.gaps)} gaps, {known} with a day; {len(found.questions)} open questions"
    _write(
        session, posture, found.to_dict(), (header, cells), words, without, format_, output, more=_actions_text(found)
    )


def _gap_cells(gap: Gap) -> list[object]:
    row, first = gap.row, gap.actions[0] if gap.actions else None
    fine = ""
    if gap.penalty:
        euro = gap.penalty.maximum_eur
        fine = f"{euro:,} EUR ({gap.penalty.provision})" if euro else f"national ({gap.penalty.provision})"
    return [
        gap.due or "open", fine, row.reach.status.value, row.statement, row.system, row.role, row.label,
        first.words if first else "", first.closes if first else 0,
    ]  # fmt: skip


def _actions_text(found: Gaps) -> list[tuple[str, list[str], Cells]]:
    actions = [[a.closes, a.improves, a.due or "open", a.words] for a in found.actions[:_SHOWN]]
    questions = [[q.decides, q.touches, q.system, q.code, q.question] for q in found.questions[:_SHOWN]]
    return [
        ("What one action does", ["closes", "improves", "due", "action"], actions),
        ("Answers that decide most", ["decides", "touches", "system", "code", "question"], questions),
    ]


@click.command()
@_path
@_posture_options
@pass_session
def soa(session: Session, /, path: Path, without: str, format_: str, output: Path | None, **asked: str | None) -> None:
    """The statement of applicability: all controls of Annex A and your own, with an auditor's columns and checks.

    \b
    aimsgraph soa data/examples/acme --format markdown --output soa.md
    """
    from aimsgraph.compliance.soa import COLUMNS

    posture = _open(session, path, without, asked)
    report = posture.soa()
    if format_ in ("csv", "xlsx"):
        header, cells = list(COLUMNS), [row.cells() for row in report.rows]
    else:
        header = ["control", "title", "applicable", "status", "evidence", "driven by", "owner", "reason"]
        cells = [
            [
                r.control, r.title, r.applicable, r.status, r.evidence_state,
                "; ".join((*r.risks, *r.impacts, *r.legal_drivers, *r.other_drivers)), "; ".join(r.owners), r.reason,
            ]
            for r in report.rows
        ]  # fmt: skip
    counts = Counter(row.applicable for row in report.rows if row.source == "annex-a")
    decided = ", ".join(f"{number} {word.replace('-', ' ')}" for word, number in sorted(counts.items()))
    header_words = f"version {report.soa.version or 'none'}, approved on {report.soa.approved_on or 'no day'}"
    words = f"{header_words}; controls of Annex A: {decided}; {len(report.findings)} findings"
    found = [[f.severity.value, f.rule, f.message, str(f.location)] for f in report.findings]
    more: list[tuple[str, list[str], Cells]] = [("Findings", ["severity", "rule", "message", "where"], found)]
    _write(session, posture, report.to_dict(), (header, cells), words, without, format_, output, more=more)


@click.command()
@_path
@_posture_options
@pass_session
def readiness(
    session: Session, /, path: Path, without: str, format_: str, output: Path | None, **asked: str | None
) -> None:
    """How ready the management system is: each step of implementing it, met, partly, not, or unknown, and why.

    \b
    aimsgraph readiness data/examples/acme
    """
    posture = _open(session, path, without, asked)
    body = answers.readiness(posture)
    steps = body["steps"]
    cells = [[s["step"], s["title"], s["status"], len(s["records"]), "; ".join(s["because"])] for s in steps]
    words = ", ".join(f"{number} {mark}" for mark, number in body["summary"].items())
    header = ["step", "title", "status", "records", "because"]
    _write(session, posture, body, (header, cells), f"{len(steps)} steps: {words}", without, format_, output)


@click.command()
@click.argument("thing", metavar="REF|IRI")
@_path
@_posture_options
@pass_session
def impact(
    session: Session, /, thing: str, path: Path, without: str, format_: str, output: Path | None, **asked: str | None
) -> None:
    """What depends on a control, implementation, evidence, dataset, provision or person, and what falls if it goes.

    REF is an id of the register (`evidence:log-2027` where one id names several things), a reference or an IRI.

    \b
    aimsgraph impact iso-42001:A.6.2.8 data/examples/acme --on 2027-12-15
    """
    posture = _open(session, path, without, asked)
    found = posture.impact(thing)
    cells = [
        ["depends", d.node.kind, d.node.id, d.how, " → ".join(str(node) for node in d.via)] for d in found.dependents
    ]
    falls = [
        ["falls", "duty" if f.role else "item", f"{f.statement} @ {f.system}{f' ({f.role})' if f.role else ''}",
         f"{f.before.value} → {f.after}", ""]
        for f in (*found.falls, *found.items)
    ]  # fmt: skip
    falls += [["falls", "soa", f.control, f"{f.before} → {f.after}", ""] for f in found.soa]
    counted = f"{len(found.falls)} duties, {len(found.items)} items of frameworks, {len(found.soa)} controls fall"
    words = f"{found.node}: {len(found.dependents)} things depend on it; {counted}"
    header = ["what", "kind", "ref", "how", "via"]
    _write(session, posture, found.to_dict(), (header, [*falls, *cells]), words, without, format_, output)


def _open(session: Session, path: Path, without: str, asked: dict[str, str | None]) -> Posture:
    return session.graph.posture(
        path,
        system=asked["system"] or "",
        on=asked["on"],
        law_as_of=asked["law_as_of"],
        min_status=asked["min_status"] or "reviewed",
        without=_choices(without),
    )


def _choices(without: str) -> tuple[str, ...]:
    return tuple(choice.strip() for choice in without.split(",") if choice.strip())


def _write(
    session: Session, posture: Posture, body: dict[str, Any], table: tuple[Sequence[str], Cells], words: str,
    without: str, format_: str, output: Path | None, *, more: Sequence[tuple[str, list[str], Cells]] = (),
) -> None:  # fmt: skip
    """Write an answer with its summary, what it does not claim, and what was left out."""
    moment, (header, cells) = posture.moment, table
    answer = answers.of_posture(session.graph, posture, body, _choices(without))
    when = f"on {moment.on} by the law as known on {moment.law_as_of}"
    lines = [f"{words} ({when})", *answer["left_out"], answers.NO_CLAIM]
    if format_ == "xlsx":
        name = click.get_current_context().info_name or "answer"
        _write_workbook(name, answer, lines, [(name, header, cells), *(table for table in more if table[2])], output)
    elif format_ == "markdown":
        warnings = [f"Warning: {warning}" for warning in answer["warnings"]]
        write(_to_markdown([*lines, *warnings], header, cells, more), output)
    else:
        foot = "".join(f"\n{title}\n{to_table(names, rows)}" for title, names, rows in more if rows)
        foot += "\n" + "\n".join(lines) + "\n"
        write_listing(format_, output, answer, header, cells, foot=foot)
        if format_ == "csv":
            for line in lines:
                session.say(line)
    session.warn(answer)


def _write_workbook(
    name: str, answer: dict[str, Any], lines: Sequence[str], tables: Sequence[tuple[str, Sequence[str], Cells]],
    output: Path | None,
) -> None:  # fmt: skip
    """Write an answer as a workbook; what it is, leaves out and does not claim stands in its last sheet."""
    from aimsgraph.exchange.answer_workbook import AnswerTable, write_answer

    if output is None:
        raise UsageError("a workbook is not written to a terminal", remedy="add --output FILE.xlsx")
    about = [
        (key.replace("_", " "), str(answer[key])) for key in ("on", "law_as_of", "graph_version", "data_current_to")
    ]
    said = [("note", line) for line in lines] + [("warning", warning) for warning in answer["warnings"]]
    write(write_answer(f"aimsgraph {name}", [AnswerTable(*table) for table in tables], [*said, *about]), output)


def _to_markdown(
    lines: Sequence[str], header: Sequence[str], cells: Cells, more: Sequence[tuple[str, list[str], Cells]]
) -> str:
    """Return an answer as Markdown in which texts of the register are text."""
    from aimsgraph.reports.markdown import table, text
    from aimsgraph.reports.model import Table

    def drawn(names: Sequence[str], rows: Cells) -> str:
        return "\n".join(
            table(Table(tuple(names), [[None if cell is None else str(cell) for cell in row] for row in rows]))
        )

    parts = [*map(text, lines), drawn(header, cells)]
    parts += [f"## {title}\n\n{drawn(names, rows)}" for title, names, rows in more if rows]
    return "\n\n".join(parts) + "\n"
