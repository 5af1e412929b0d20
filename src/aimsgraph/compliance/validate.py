"""Validates registers: what their files say wrong, what shapes find in the facts, as one list with file and line.

The steps: read the folder with its own checks; compile it; derive what days fall due and which duties bind; gather
the slice of the catalogue these hang on; let the engine judge; put every result where it was written.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from aimsgraph import assets
from aimsgraph.compliance.dataset import binding_duties, due_dates
from aimsgraph.compliance.register import load_law, open_register
from aimsgraph.content.build import load_compiled
from aimsgraph.content.organisation import LawIndex
from aimsgraph.content.organisation_csv import read_csv
from aimsgraph.content.tables import Column
from aimsgraph.content.yaml_source import read_yaml
from aimsgraph.domain.identifiers import ID
from aimsgraph.domain.report import Finding, Severity, sort_findings
from aimsgraph.domain.time import Moment
from aimsgraph.errors import InputError, Location
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.store import Deadline, Store
from aimsgraph.graph.vocabulary import RDF_TYPE
from aimsgraph.norms.law import Law
from aimsgraph.reasoning.rules import INFERRED, materialise
from aimsgraph.validation.engine import Engine, FurtherShapes
from aimsgraph.validation.facts import duty_triples, gather_facts, run_triples
from aimsgraph.validation.place import Names, Place, shown
from aimsgraph.validation.report import Report, ReportedFinding
from aimsgraph.validation.shapes import ShapeLibrary, ShapeSet
from aimsgraph.validation.waivers import Waiver, apply_waivers, subtract_baseline

_WAIVER_COLUMNS = (
    Column("rule", required=True),
    Column("focus"),
    Column("file"),
    Column("owner", required=True),
    Column("reason", required=True),
    Column("expires", "date", required=True),
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a register is judged against.

    Attributes:
        store: the catalogue with the ontology.
        law: the law, as values.
        shapes: all shapes.
    """

    store: Store
    law: Law
    shapes: ShapeLibrary


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a validation.

    Attributes:
        moment: the day to judge by, and the law as known.
        profiles: which audits the register is put through, beside what every register is.
        waivers: findings that may stand.
        baseline: what an earlier report held; None to compare with none.
        deadline: None waits as long as it takes.
        further: shapes that do not ship.
    """

    moment: Moment
    profiles: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    baseline: Counter[tuple[str, ...]] | None = None
    deadline: Deadline | None = None
    further: FurtherShapes | None = None


@dataclass(frozen=True, slots=True)
class Validation:
    """The outcome of validating one or several registers.

    Attributes:
        findings: what is left, in order of place.
        waived: what a waiver set aside.
        known: what the baseline already held.
        focus_counts: rule → how many nodes its shape judged, for every shape that ran.
        may_be_empty: rule → why its shape may find nothing to judge, for those that found nothing.
        engine: the engines that ran the shapes; empty when none ran.
        engines: rule → the engine that ran its shape.
        dataset_digest: what names the judged facts; empty when no shape ran.
        reports: the engine's reports, one a register whose shapes ran; after each, that of further shapes.
        not_judged: registers whose files are not sound, so that no shape ran on them.
        shapes: the shapes that were asked for.
    """

    findings: tuple[ReportedFinding, ...]
    waived: tuple[ReportedFinding, ...]
    known: tuple[ReportedFinding, ...]
    focus_counts: Mapping[str, int]
    may_be_empty: Mapping[str, str]
    engine: str
    engines: Mapping[str, str]
    dataset_digest: str
    reports: tuple[Report, ...]
    not_judged: tuple[str, ...]
    shapes: ShapeSet

    def conforms(self, level: Severity = Severity.INFO) -> bool:
        """Say whether nothing is left at or above a level, and every register was judged."""
        return not self.not_judged and all(finding.severity.rank < level.rank for finding in self.findings)

    @property
    def rules(self) -> dict[str, str]:
        """Rule → one sentence, for every shape that was asked for."""
        return {shape.name: shape.message for shape in self.shapes.shapes}


def validate_registers(folders: Sequence[Path], catalogue: Catalogue, engine: Engine, request: Request) -> Validation:
    """Validate organisations' folders.

    Args:
        folders: the folders.
        catalogue: what they are judged against.
        engine: what runs the shapes.
        request: the day, the profiles, what may stand.

    Raises:
        UsageError: there is no such profile.
        InputError: a folder cannot be read.
        BackendError: the engine failed, or the deadline passed.
    """
    shapes = catalogue.shapes.for_organisation(request.profiles)
    further = request.further.shapes.shapes if request.further else ()
    law = load_law()
    judged = [_validate_one(folder, law, catalogue, engine, request, shapes) for folder in folders]
    found = [finding for one in judged for finding in one.findings]
    kept, waived = apply_waivers(found, request.waivers, request.moment.on)
    known: list[ReportedFinding] = []
    if request.baseline is not None:
        kept, known = subtract_baseline(kept, request.baseline)
    reports = tuple(report for one in judged for report in one.reports)
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(report.focus_counts)
    return Validation(
        _sorted(kept),
        _sorted(waived),
        _sorted(known),
        {name: counts[name] for name in sorted(counts)},
        {rule: why for report in reports for rule, why in report.may_be_empty.items() if not counts[rule]},
        ", ".join(sorted({name for report in reports for name in report.engines.values()})),
        {rule: name for report in reports for rule, name in report.engines.items()},
        _digest_of(reports),
        reports,
        tuple(one.shown_as for one in judged if not one.reports),
        ShapeSet((*shapes.shapes, *further)),
    )


def validate_catalogue(engine: Engine, shapes: ShapeLibrary, day: dt.date, quads: Iterable[ox.Quad]) -> Report:
    """Judge the shipped content by the shapes about it.

    Args:
        engine: what runs the shapes.
        shapes: all shapes.
        day: the day to judge by.
        quads: the compiled content and the ontology; axioms without a name are left out.
    """
    chosen = shapes.for_catalogue()
    facts = [q for q in quads if q.predicate.value in chosen.terms and not isinstance(q.subject, ox.BlankNode)]
    facts += [ox.Quad(t.subject, t.predicate, t.object) for t in run_triples(day)]
    return engine.validate(facts, chosen)


@dataclass(frozen=True, slots=True)
class _Judged:
    """One folder's outcome; without reports when its files are not sound."""

    shown_as: str
    findings: tuple[ReportedFinding, ...]
    reports: tuple[Report, ...]


def _validate_one(
    folder: Path, law: LawIndex, catalogue: Catalogue, engine: Engine, request: Request, shapes: ShapeSet
) -> _Judged:
    shown_as = folder.as_posix()
    source = open_register(folder, law, shown_as)
    findings = [_from_check(finding) for finding in source.findings]
    if any(finding.severity is Severity.VIOLATION for finding in findings):
        return _Judged(shown_as, tuple(findings), ())
    compiled = source.compile()
    own = set(compiled.triples)
    own |= set(due_dates(own, catalogue.store))
    own |= set(duty_triples(binding_duties(source.systems, catalogue.law, request.moment)))
    facts = _facts(catalogue.store, own, shapes.terms, request.moment.on)
    quads = [ox.Quad(t.subject, t.predicate, t.object) for t in facts]
    report = engine.validate(quads, shapes, request.deadline)
    header = source.files.header
    assert header is not None, "what has no violations has a header"
    place = Place(compiled.sources, Location(header.yaml.file), Names.of(catalogue.store, compiled.sources))
    findings += place.from_report(report, shapes)
    if request.further is None:
        return _Judged(shown_as, tuple(findings), (report,))
    further = request.further
    beside = further.judge(_facts(catalogue.store, own, further.terms, request.moment.on), request.deadline)
    findings += place.from_report(beside, further.shapes)
    return _Judged(shown_as, tuple(findings), (report, beside))


def _facts(store: Store, own: set[ox.Triple], terms: frozenset[str], day: dt.date) -> set[ox.Triple]:
    """Return everything that shapes which name these terms read of a register and of what it hangs on."""
    facts = gather_facts(store, own, terms, day)
    return facts | set(_infer_relations(facts, store, terms))


def _from_check(finding: Finding) -> ReportedFinding:
    return ReportedFinding(finding.rule, finding.message, shown(finding.location), finding.remedy, finding.severity)


def _infer_relations(facts: Iterable[ox.Triple], store: Store, terms: frozenset[str]) -> Iterator[ox.Triple]:
    """Yield the relations that the ontology derives from the facts.

    Classes are left out on purpose: a range would give a class to whatever a misspelt name points to, and the shapes
    that look for what is not there would find nothing. Engines know the subclasses.
    """
    axioms = (quad for quad in store.quads(graph=ox.NamedNode(f"{ID.removesuffix('id/')}graph/ontology")))
    memory = MemoryStore([*axioms, *(ox.Quad(t.subject, t.predicate, t.object) for t in facts)])
    materialise(memory)
    for quad in memory.quads(graph=INFERRED):
        if quad.predicate != RDF_TYPE and quad.predicate.value in terms:
            yield quad.triple


def _sorted(findings: Iterable[ReportedFinding]) -> tuple[ReportedFinding, ...]:
    ordered = sort_findings(list(findings))
    return tuple(finding for finding in ordered if isinstance(finding, ReportedFinding))


def _digest_of(reports: Sequence[Report]) -> str:
    digests = [report.dataset_digest for report in reports]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest() if digests else ""


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """Read waivers: a `.csv` table with a header, or a `.yaml` list under `waivers`.

    Raises:
        InputError: the file cannot be read, or a waiver lacks its rule, owner, reason, day, or what it is about.
    """
    shown_as = path.name
    if path.suffix.lower() in (".yaml", ".yml"):
        return tuple(_waivers_of_yaml(path, shown_as))
    table = read_csv(path, shown_as, _WAIVER_COLUMNS)
    if table.findings:
        first = table.findings[0]
        raise InputError(first.message, location=first.location, remedy=first.remedy)
    return tuple(_waiver(row.cells, row.where("rule")) for row in table.rows)


def _waivers_of_yaml(path: Path, shown_as: str) -> Iterator[Waiver]:
    source = read_yaml(path, shown_as)
    entries = source.data.get("waivers") if isinstance(source.data, dict) else None
    if not isinstance(entries, list):
        raise InputError("expected a list under 'waivers'", location=source.where(), remedy="write `waivers:` first")
    for i, entry in enumerate(entries):
        where = source.where("waivers", i)
        if not isinstance(entry, dict):
            raise InputError("a waiver has named fields", location=where, remedy="write `- rule: …`")
        unknown = sorted(set(entry) - {column.name for column in _WAIVER_COLUMNS})
        if unknown:
            names = ", ".join(column.name for column in _WAIVER_COLUMNS)
            raise InputError(f"unknown field {unknown[0]!r}", location=where, remedy=f"fields: {names}")
        yield _waiver({key: str(value or "") for key, value in entry.items()}, where)


def _waiver(cells: Mapping[str, str], where: Location) -> Waiver:
    for name in ("rule", "owner", "reason", "expires"):
        if not cells.get(name):
            raise InputError(f"the waiver lacks {name!r}", location=where, remedy="a waiver has an owner and an end")
    focus, file = cells.get("focus", ""), cells.get("file", "")
    if not focus and not file:
        message = "the waiver says neither 'focus' nor 'file', so it would waive the whole rule"
        raise InputError(message, location=where, remedy="name the node, or the file; `*` stands for any characters")
    try:
        expires = dt.date.fromisoformat(cells["expires"])
    except ValueError as error:
        raise InputError(f"{cells['expires']!r} is no day", location=where, remedy="write YYYY-MM-DD") from error
    return Waiver(cells["rule"], focus, file, cells["owner"], cells["reason"], expires, where)


def shipped_quads() -> list[ox.Quad]:
    """Return the compiled content that ships."""
    graphs, _, _ = load_compiled(assets.path("data", "compiled"))
    return [quad for graph in graphs.values() for quad in graph]
