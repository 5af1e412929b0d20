"""The answers as JSON: what `--format json` writes, `/v1` sends and the MCP tools return is made here, once.

Every answer stands in the same frame: `graph_version`, `data_current_to`, `on`, `law_as_of`, `warnings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimsgraph.api import LAW, AimsGraph, Day
from aimsgraph.domain.time import Moment
from aimsgraph.errors import NotFound, UsageError

if TYPE_CHECKING:
    from aimsgraph.compliance.posture import Posture
    from aimsgraph.compliance.validate import Validation
    from aimsgraph.domain.duty import Duty
    from aimsgraph.domain.report import Severity
    from aimsgraph.norms.cite import Checked, CitationFinding, CitationJudge
    from aimsgraph.validation.report import ReportedFinding

Json = dict[str, Any]
STANDARD = "iso-42001"
NO_CLAIM = (
    "This is what the register says on that day, held against the law and the reviewed mappings. It is no legal "
    "advice, no audit and no statement of conformity; ISO/IEC 42001 gives no presumption of conformity with the AI Act."
)
WITHOUT = ("disputed", "below_status", "not_looked_at")
"""Why an item has no answer in a crosswalk: the fields that list such items."""
COVERAGE_STATUSES = ("covered", "partly", "unknown", "not-covered", "not-applicable")
MARKS = ("met", "partly", "not", "unknown")


def envelope(graph: AimsGraph, moment: Moment, *slugs: str, **body: Any) -> Json:  # noqa: ANN401
    """Return an answer in the frame every answer has.

    Args:
        graph: what was asked.
        moment: the days of the answer.
        slugs: the frameworks it draws on; all of them when none is named.
        body: what the answer says.
    """
    return {
        "graph_version": graph.version,
        "data_current_to": graph.current_to(*slugs).isoformat(),
        "on": moment.on.isoformat(),
        "law_as_of": moment.law_as_of.isoformat(),
        "warnings": graph.warnings(moment, *slugs),
        **body,
    }


def frameworks(graph: AimsGraph) -> Json:
    """Return the frameworks and catalogues."""
    return envelope(graph, graph.moment(), frameworks=graph.frameworks())


def framework(graph: AimsGraph, slug: str) -> Json:
    """Return one framework or catalogue.

    Raises:
        NotFound: there is none.
    """
    found = graph.framework(slug).slug
    return envelope(graph, graph.moment(), found, **graph.show(found), slug=found)


def show(graph: AimsGraph, reference: str, on: Day = None, law_as_of: Day = None) -> Json:
    """Return everything about one thing.

    Raises:
        NotFound: nothing fits.
        UsageError: a date is wrong, or it fits more than one thing.
    """
    entry, moment = graph.resolve(reference), graph.moment(on, law_as_of)
    view = graph.show(entry.reference, on=moment.on, law_as_of=moment.law_as_of)
    return envelope(graph, moment, entry.framework, **view)


def resolve(graph: AimsGraph, text: str) -> Json:
    """Return what a citation, reference, IRI or ELI address means.

    Raises:
        NotFound: nothing fits; the message names the nearest.
        UsageError: it fits more than one framework.
    """
    entry = graph.resolve(text)
    return envelope(graph, graph.moment(), entry.framework, **entry.to_dict())


def search(graph: AimsGraph, words: str, framework: str = "", limit: int = 20) -> Json:
    """Return what fits words best, best first."""
    from aimsgraph.norms.search import to_hit

    hits = graph.search(words, framework=framework, limit=limit)
    return envelope(graph, graph.moment(), hits=[to_hit(entry, score) for entry, score in hits])


def duties(
    graph: AimsGraph, *, role: str, route: Iterable[str], facts: Mapping[str, bool] | None = None,
    everything: bool = False, applies: Iterable[str] = (), on: Day = None, law_as_of: Day = None,
) -> Json:  # fmt: skip
    """Return the duties of a role on routes; see `AimsGraph.duties`."""
    found = graph.duties(role=role, route=route, on=on, law_as_of=law_as_of, facts=facts, everything=everything)
    return duties_answer(graph, found, graph.legal_moment(on, law_as_of), applies)


def system_duties(
    graph: AimsGraph, folder: Path, system: str = "", *, everything: bool = False, applies: Iterable[str] = (),
    on: Day = None, law_as_of: Day = None,
) -> Json:  # fmt: skip
    """Return the duties that an organisation's real systems bring.

    Raises:
        NotFound: there is no such system.
    """
    systems = graph.systems(folder)
    chosen = [each for each in systems if system in ("", each.id)]
    if not chosen:
        known = ", ".join(each.id for each in systems)
        raise NotFound(f"there is no system {system!r}", remedy=f"known: {known}")
    found = [
        duty for each in chosen for duty in graph.system_duties(each, on=on, law_as_of=law_as_of, everything=everything)
    ]
    return duties_answer(graph, found, graph.legal_moment(on, law_as_of), applies)


def duties_answer(graph: AimsGraph, found: Iterable[Duty], moment: Moment, applies: Iterable[str] = ()) -> Json:
    """Return duties as an answer; only those with one of these answers, where any is named."""
    wanted = tuple(applies)
    chosen = [duty.to_dict() for duty in found if not wanted or duty.applies.value in wanted]
    return envelope(graph, moment, LAW, duties=chosen)


def read_facts(given: Iterable[str]) -> dict[str, bool]:
    """Return answers to conditions, written `CODE`, `CODE=yes` or `CODE=no`.

    Raises:
        UsageError: one is written otherwise.
    """
    facts = {}
    for text in given:
        code, _, answer = text.partition("=")
        if answer not in ("", "yes", "no"):
            raise UsageError(f"fact {text!r}: the answer must be yes or no", remedy=f"write {code}=yes")
        facts[code] = answer != "no"
    return facts


def changes(graph: AimsGraph, start: Day, end: Day, law_as_of: Day = None) -> Json:
    """Return what starts, changes and ends from one day to another, both included."""
    found = graph.changes(start, end, law_as_of=law_as_of)
    moment = graph.moment(end, law_as_of)
    period = {"from": str(start), "to": str(end)}
    return envelope(graph, moment, LAW, **period, changes=[change.to_dict() for change in found])


def crosswalk(
    graph: AimsGraph, references: Iterable[str], target: str, moment: Moment, *, max_hops: int = 3,
    min_status: str = "reviewed", role: str = "", explain: bool = True,
) -> Json:  # fmt: skip
    """Return what corresponds to items in another framework; see `AimsGraph.crosswalk`."""
    asked = tuple(references)
    found = graph.crosswalk(
        asked, target, max_hops=max_hops, min_status=min_status, role=role, explain=explain,
        on=moment.on, law_as_of=moment.law_as_of,
    )  # fmt: skip
    slugs = {graph.framework(target).slug, *(graph.resolve(reference).framework for reference in asked)}
    return envelope(graph, moment, *slugs, **found)


def matrix(
    graph: AimsGraph, one: str, other: str, *, min_status: str = "reviewed", max_hops: int = 1, on: Day = None,
    law_as_of: Day = None,
) -> Json:  # fmt: skip
    """Return how two frameworks meet, headings against headings."""
    moment = graph.moment(on, law_as_of)
    left, right = graph.framework(one).slug, graph.framework(other).slug
    request = graph.crosswalks.request(right, min_status, max_hops=max_hops)
    found = graph.crosswalks.matrix(left, request, moment, graph.heading)
    cells = [
        {"row": row, "column": column, "summary": summary, "count": count}
        for (row, column), (summary, count) in sorted(found.cells.items())
    ]
    totals = {left: found.totals["rows"], right: found.totals["columns"]}
    body = {"rows": list(found.rows), "columns": list(found.columns), "cells": cells, "totals": totals}
    return envelope(graph, moment, left, right, **body)


def unmapped(
    graph: AimsGraph, framework: str, target: str, *, min_status: str = "reviewed", on: Day = None,
    law_as_of: Day = None,
) -> Json:  # fmt: skip
    """Return the items of a framework without a counterpart: looked and found none, and the rest by its reason."""
    moment, crosswalks = graph.moment(on, law_as_of), graph.crosswalks
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
        for why in WITHOUT
    }
    return envelope(graph, moment, ours, theirs, no_match=no_match, **rest)


def cover(
    graph: AimsGraph, *, role: str, route: Iterable[str], framework: str, min_status: str = "reviewed",
    on: Day = None, law_as_of: Day = None,
) -> Json:  # fmt: skip
    """Return the smallest set of a framework's items that helps with every duty any of them helps with.

    Raises:
        NotFound: there is no such framework.
        UsageError: role, route, status or a date is wrong.
    """
    moment, slug, crosswalks = graph.legal_moment(on, law_as_of), graph.framework(framework).slug, graph.crosswalks
    duties = graph.duties(role=role, route=tuple(route), on=moment.on, law_as_of=moment.law_as_of)
    irises = list(dict.fromkeys(graph.resolve(duty.statement).iri for duty in duties))
    found = crosswalks.cover(slug, irises, crosswalks.request(LAW, min_status, max_hops=1, role=role), moment)
    names = {iri: crosswalks.name(iri) for iri in (*found.items, *irises)}
    reaches = {item: [names[duty] for duty, items in found.reached.items() if item in items] for item in found.items}
    body = {
        "items": [{"ref": names[i], "label": graph.label(i), "reaches": reaches[i]} for i in found.items],
        "reached": len(found.reached),
        "unreachable": [names[duty] for duty in found.unreachable],
        "optimality_gap": found.gap,
    }
    return envelope(graph, moment, LAW, slug, **body)


def contradictions(graph: AimsGraph, min_status: str = "candidate") -> Json:
    """Return the sets of rows that cannot all be right, smallest first."""
    crosswalks = graph.crosswalks
    body = [
        {"subject": crosswalks.name(c.subject), "object": crosswalks.name(c.object),
         "rows": [{"row": r.iri, "file": str(r.location or "")} for r in c.rows]}
        for c in crosswalks.contradictions(min_status)
    ]  # fmt: skip
    return envelope(graph, graph.moment(), contradictions=body)


def proofs(graph: AimsGraph, given: list[Json]) -> Json:
    """Return which answers of a crosswalk are rejected by the proof checker, and why.

    Args:
        graph: what was asked.
        given: the `answers` of a crosswalk, with their proofs.
    """
    judged = [(place, answer, graph.crosswalks.check_proof(answer)) for place, answer in enumerate(given)]
    rejected = [
        {"index": place, "subject": str(answer.get("subject", "")), "object": str(answer.get("object", "")), "why": why}
        for place, answer, why in judged
        if why
    ]
    return envelope(graph, graph.moment(), checked=len(judged), holds=not rejected, rejected=rejected)


def questions(graph: AimsGraph) -> Json:
    """Return the stored questions with their parameters."""
    listed = [
        {
            "id": q.id,
            "question": q.question,
            "asker": q.asker,
            "scope": q.scope,
            "parameters": [
                {"name": p.name, "type": p.type, "example": p.example, "optional": p.optional} for p in q.parameters
            ],
        }
        for q in graph.questions()
    ]
    return envelope(graph, graph.moment(), questions=listed)


def coverage(graph: AimsGraph, posture: Posture, framework: str = LAW, statuses: Iterable[str] = ()) -> Json:
    """Return how far each duty, or each item of a framework, is covered; only some statuses where any is named.

    Raises:
        NotFound: there is no such framework.
    """
    from collections import Counter

    slug, wanted = graph.framework(framework).slug, tuple(statuses)
    found = posture.coverage if slug == LAW else posture.item_coverage(slug)
    counts = Counter(row.status.value for row in found)
    rows = [row.to_dict() for row in found if not wanted or row.status.value in wanted]
    return {"coverage": rows, "summary": {status: counts[status] for status in COVERAGE_STATUSES}}


def readiness(posture: Posture) -> Json:
    """Return how ready the management system is, step by step."""
    from collections import Counter

    steps = posture.readiness()
    counts = Counter(step.status.value for step in steps)
    return {"steps": [step.to_dict() for step in steps], "summary": {mark: counts[mark] for mark in MARKS}}


def of_posture(graph: AimsGraph, posture: Posture, body: Json, without: tuple[str, ...] = ()) -> Json:
    """Return what `coverage`, `readiness` or a posture says in the frame, and what it leaves out and does not claim."""
    from aimsgraph.compliance.privacy import say_what_is_left_out

    left_out = say_what_is_left_out(without)
    return envelope(graph, posture.moment, LAW, STANDARD, **body, does_not_claim=NO_CLAIM, left_out=left_out)


def validation(found: Validation, level: Severity) -> Json:
    """Return what a validation found.

    Args:
        found: the outcome.
        level: from which severity on a register does not conform.
    """
    return {
        "conforms": found.conforms(level),
        "findings": [finding_to_dict(finding) for finding in found.findings],
        "focus_counts": dict(found.focus_counts),
        "engine": found.engine,
        "engines": dict(found.engines),
        "dataset_digest": found.dataset_digest,
        "fail_level": level.value,
        "nothing_judged": {
            name: found.may_be_empty.get(name, "") for name, count in found.focus_counts.items() if not count
        },
        "not_judged": list(found.not_judged),
        "waived": [finding_to_dict(finding) for finding in found.waived],
        "in_baseline": len(found.known),
    }


def finding_to_dict(finding: ReportedFinding) -> Json:
    """Return a finding as JSON."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "file": finding.location.file,
        "line": finding.location.line,
        "column": finding.location.column,
        "provision": finding.provision,
    }


MOST_CITED = 1000
"""Findings shown of one text."""


@dataclass(slots=True)
class Citing:
    """What came out of checking the citations of texts, one after the other."""

    files: int = 0
    citations: int = 0
    findings: list[CitationFinding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, checked: Checked) -> None:
        """Count one more text; notes say what of it is not shown."""
        self.files += 1
        self.citations += checked.citations
        self.findings += checked.findings[:MOST_CITED]
        if checked.cut:
            self.notes.append(f"{name}: only the first {checked.citations} citations were checked")
        if len(checked.findings) > MOST_CITED:
            self.notes.append(f"{name}: {len(checked.findings) - MOST_CITED} more findings are not shown")

    def to_dict(self, graph: AimsGraph, moment: Moment) -> Json:
        """Return it as an answer."""
        findings = [finding.to_dict() for finding in self.findings]
        body = {"files": self.files, "citations": self.citations, "findings": findings, "notes": self.notes}
        return envelope(graph, moment, LAW, **body)


def cite_text(
    graph: AimsGraph, data: bytes, format_: str, name: str, *, framework: str = "", on: Day = None,
    law_as_of: Day = None,
) -> Json:  # fmt: skip
    """Return what is wrong with the citations in one text.

    Args:
        graph: what was asked.
        data: the text.
        format_: how it is read: an ending such as `md`.
        name: what findings call it.
        framework: the framework to assume where it names none.
        on: the day asked about.
        law_as_of: the day whose knowledge of the law is used.

    Raises:
        InputError: it cannot be read.
        NotFound: there is no such framework.
    """
    from aimsgraph.exchange.documents import read_document

    moment = graph.moment(on, law_as_of)
    hint = graph.framework(framework).slug if framework else ""
    judge = citation_judge(graph, moment)
    citing = Citing()
    citing.add(name, judge.check(read_document(data, f"text.{format_}").segments, name, hint))
    return citing.to_dict(graph, moment)


def citation_judge(graph: AimsGraph, moment: Moment) -> CitationJudge:
    """Return what checks citations by a graph, for a moment."""
    from aimsgraph import assets
    from aimsgraph.norms.cite import CitationJudge
    from aimsgraph.norms.cite_tables import load_tables

    return CitationJudge(graph.index, graph.law, moment, load_tables(assets.path("data", "citations")))
