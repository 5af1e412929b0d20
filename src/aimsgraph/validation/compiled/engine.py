"""The compiled engine: plans on the embedded store, pySHACL for the shapes that no plan can say."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

import pyoxigraph as ox

from aimsgraph.errors import BackendError, InputError, Refused
from aimsgraph.graph.directory import DirectoryStore
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.store import Deadline, Solutions, Store, Subject, Term
from aimsgraph.graph.union import UnionView
from aimsgraph.validation.compiled.asking import AskedFacts
from aimsgraph.validation.compiled.fallback import FallbackJob, run_pyshacl
from aimsgraph.validation.compiled.graph import SUBCLASS_OF, TYPE, XSD, ShapesGraph, name_of, sh
from aimsgraph.validation.compiled.lexical import RANGES, changed_by_store
from aimsgraph.validation.compiled.parse import TARGETS, compile_shapes, find_unrun
from aimsgraph.validation.compiled.plan import Check, Condition, Plan, ShapePlan, walk
from aimsgraph.validation.compiled.reads import reads_of
from aimsgraph.validation.compiled.results import Violation, to_raw
from aimsgraph.validation.compiled.run import Found, run_plan
from aimsgraph.validation.pyshacl_engine import PyShaclEngine
from aimsgraph.validation.report import RawReport, Report, make_report
from aimsgraph.validation.shapes import ShapeSet

COMPILED: Final = "compiled"
"""What reports call the engine; its version is that of the product."""
Fact = TypeVar("Fact", ox.Quad, ox.Triple, ox.Quad | ox.Triple)
_MOST_WORKERS: Final = 4
_MOST_NAMED: Final = 3
"""So many shapes are named in an error about several."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What any shapes graph came to.

    Attributes:
        violations: in order.
        focus_counts: shape → how many nodes it judged.
        engines: shape → what judged it.
        reasons: shape → why no plan judged it.
        statements: what the shapes graph asks for that nothing here runs.
    """

    violations: tuple[Violation, ...]
    focus_counts: Mapping[Subject, int]
    engines: Mapping[Subject, str]
    reasons: Mapping[Subject, str]
    statements: tuple[str, ...]


def _facts(facts: Iterable[ox.Quad | ox.Triple]) -> AskedFacts:
    """Return facts in a store of their own, for one run."""
    native = ox.Store()
    native.bulk_extend(map(_as_quad, facts))
    named = any(True for _ in native.named_graphs())
    return AskedFacts(UnionView(native, overlaps=None if named else False))


def _as_quad(fact: ox.Quad | ox.Triple) -> ox.Quad:
    return fact if isinstance(fact, ox.Quad) else ox.Quad(fact.subject, fact.predicate, fact.object)


class CompiledEngine:
    """Judges with compiled plans, and with pySHACL what these cannot say; implements `Engine`.

    Args:
        fallback: whether pySHACL may judge what no plan can; if not, such shapes are an error.
    """

    def __init__(self, *, fallback: bool = True) -> None:
        self._fallback = fallback

    @property
    def name(self) -> str:
        """The engine's name."""
        return COMPILED

    def validate(self, quads: Iterable[ox.Quad], shapes: ShapeSet, deadline: Deadline | None = None) -> Report:
        """Judge facts by shapes; see `Engine.validate`.

        Raises:
            Refused: a shape is left and pySHACL may not judge it; the first is named with the reason.
        """
        facts, whole = tuple(quads), plan_of(shapes.turtle)
        plan = _fit(whole, facts)
        found = run_plan(plan, _facts(facts), deadline=deadline, workers=_workers())
        text = "".join(sorted({f"{quad.triple} .\n" for quad in facts}))
        left = {**plan.left, **found.left}
        self._check(left)
        names = {shape.name for shape in shapes.shapes if ox.NamedNode(shape.iri) in left}
        report = _report(found, shapes, hashlib.sha256(text.encode()).hexdigest())
        if not names:
            return with_unrun(report, shapes)
        rest = PyShaclEngine().validate(_read_by(whole, left, facts), shapes.only(names), deadline)
        return with_unrun(join_reports(report, rest, shapes, names), shapes)

    def validate_store(
        self, store: Store, shapes: ShapeSet, *, only: Iterable[Term] | None = None, deadline: Deadline | None = None
    ) -> Report:
        """Judge what a store holds where it is: only its answers to queries are read.

        Args:
            store: the store; what it says of its literals is taken as it is.
            shapes: which shapes to run.
            only: look at these focus nodes alone; None for all.
            deadline: None waits as long as it takes.

        Raises:
            Refused: a shape cannot be judged without the data; the first is named with the reason.
            DeadlineExceeded: too late.
            BackendError: the store failed.
        """
        plan = _fit_to_store(plan_of(shapes.turtle), store, deadline)
        keeps_names = isinstance(store, MemoryStore | DirectoryStore)
        found = run_plan(plan, store, only=only, deadline=deadline, keeps_names=keeps_names)
        left = {**plan.left, **found.left}
        if left:
            raise _cannot(left, "without the data", "leave the shape out, or validate a copy of the data")
        return with_unrun(_report(found, shapes, hashlib.sha256(store.generation.encode()).hexdigest()), shapes)

    def judge(
        self, facts: Iterable[ox.Quad | ox.Triple], shapes: Iterable[ox.Triple], deadline: Deadline | None = None
    ) -> Judgement:
        """Judge a graph by any shapes graph.

        Args:
            facts: what the graph says; of quads all graphs are taken together.
            shapes: the triples of the shapes graph.
            deadline: None waits as long as it takes.

        Raises:
            InputError: a shape is ill-formed; the first is named with the reason.
            Refused: a shape is left and pySHACL may not judge it.
            BackendError: pySHACL failed on what is left.
        """
        held, given = tuple(facts), tuple(shapes)
        whole = _well_formed(compile_shapes(given))
        plan = _fit(whole, held)
        found = run_plan(plan, _facts(held), deadline=deadline, workers=_workers())
        left = {**plan.left, **found.left}
        self._check(left)
        violations, counts = list(found.violations), dict(found.focus_counts)
        engines: dict[Subject, str] = dict.fromkeys(counts, COMPILED)
        if left:
            judged = {shape.shape.node for shape in plan.compiled} - set(left)
            read = _read_by(whole, left, held)
            triples = tuple(fact.triple if isinstance(fact, ox.Quad) else fact for fact in read)
            (report,) = run_pyshacl([FallbackJob(triples, _without_targets(given, judged))], deadline)
            if isinstance(report, BackendError):
                raise _failed(report, left)
            violations += report.violations
            counts |= {node: report.focus_counts.get(node, 0) for node in left}
            engines |= dict.fromkeys(left, f"pyshacl {report.version}")
        return Judgement(
            tuple(sorted(violations, key=lambda violation: violation.sort_key)), counts, engines, left, plan.statements
        )

    def _check(self, left: Mapping[Subject, str]) -> None:
        if left and not self._fallback:
            raise left_by_plans(left)


def _cannot(left: Mapping[Subject, str], how: str, remedy: str) -> Refused:
    node, reason = next(iter(left.items()))
    more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
    return Refused(f"{name_of(node)}{more} cannot be judged {how}: {reason}", remedy=remedy)


def _failed(error: BackendError, left: Mapping[Subject, str]) -> BackendError:
    """Say which shapes were pySHACL's to judge when it failed, and why."""
    named = "; ".join(f"{name_of(node)}, as {reason}" for node, reason in list(left.items())[:_MOST_NAMED])
    more = f"; and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
    return BackendError(
        f"{error.message}; it was to judge {named}{more}", remedy="mend these shapes, or leave them out"
    )


def left_by_plans(left: Mapping[Subject, str]) -> Refused:
    """Return the error that shapes are left and pySHACL may not judge them."""
    return _cannot(left, "by the compiled engine", "take --engine auto, which gives such shapes to pySHACL")


def _workers() -> int:
    return min(_MOST_WORKERS, os.cpu_count() or 1)


@lru_cache(maxsize=8)
def plan_of(turtle: str) -> Plan:
    """Return the plan of shapes written in Turtle.

    Raises:
        InputError: a shape is ill-formed; the first is named with the reason.
    """
    return _well_formed(compile_shapes(quad.triple for quad in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)))


def _well_formed(plan: Plan) -> Plan:
    """Return a plan none of whose shapes is ill-formed; what engines make of such shapes differs."""
    if plan.ill_formed:
        node, reason = next(iter(plan.ill_formed.items()))
        more = f" (and {len(plan.ill_formed) - 1} more)" if len(plan.ill_formed) > 1 else ""
        raise InputError(f"the shape {name_of(node)}{more} cannot be read: {reason}", remedy="mend the shape")
    return plan


def _fit(plan: Plan, facts: tuple[ox.Quad | ox.Triple, ...]) -> Plan:
    """Leave the shapes that read literals which the embedded store would not keep as they are written."""
    changed = changed_by_store(facts)
    if not changed:
        return plan
    kept: list[ShapePlan] = []
    left = dict(plan.left)
    for shape in plan.compiled:
        predicates = reads_of(shape).predicates
        touched = sorted(changed if predicates is None else predicates & set(changed))
        if touched:
            left[shape.shape.node] = f"the store keeps {changed[touched[0]]} by value, not as it is written"
        else:
            kept.append(shape)
    return dataclasses.replace(plan, compiled=tuple(kept), left=left)


def _read_by(plan: Plan, left: Container[Subject], facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the facts that the shapes which are left can read: all, unless a plan says what each of them reads."""
    reads = {TYPE.value, SUBCLASS_OF.value}
    for shape in plan.compiled:
        if shape.shape.node in left:
            predicates = reads_of(shape).predicates
            if predicates is None:
                return tuple(facts)
            reads |= predicates
    if plan.left:
        return tuple(facts)
    return tuple(fact for fact in facts if fact.predicate.value in reads)


def _fit_to_store(plan: Plan, store: Store, deadline: Deadline | None) -> Plan:
    """Leave the shapes that ask for a kind of whole number, where the store keeps no kinds of them."""
    asked = [shape for shape in plan.compiled if any(_is_of_kind(check) for _, check in walk(shape.shape))]
    if not asked:
        return plan
    written = ox.Literal("1", datatype=ox.NamedNode(XSD + "byte"))
    answer = store.query(f"SELECT ?kept WHERE {{ VALUES ?kept {{ {written} }} }}", deadline=deadline)
    assert isinstance(answer, Solutions)  # it is a SELECT
    if [row["kept"] for row in answer] == [written]:
        return plan
    kept = tuple(shape for shape in plan.compiled if shape not in asked)
    reason = "the store keeps every whole number as an xsd:integer"
    return dataclasses.replace(plan, compiled=kept, left=plan.left | {shape.shape.node: reason for shape in asked})


def _is_of_kind(check: Check) -> bool:
    return isinstance(check, Condition) and any(f"= <{iri}>" in check.expression for iri in RANGES)


def _report(found: Found, shapes: ShapeSet, digest: str) -> Report:
    counts = {node.value: n for node, n in found.focus_counts.items() if isinstance(node, ox.NamedNode)}
    raw = RawReport(tuple(to_raw(found.violations)), counts)
    report = make_report(raw, shapes, engine=COMPILED, facts="")
    return dataclasses.replace(report, dataset_digest=digest)


def with_unrun(report: Report, shapes: ShapeSet) -> Report:
    """Say beside the engine of each shape what the shape asks for that no engine runs."""
    unrun = {shape.name: _unrun_of(shape.triples) for shape in shapes.shapes}
    engines = {name: "; ".join((engine, *unrun[name])) for name, engine in report.engines.items()}
    return dataclasses.replace(report, engines=engines)


@lru_cache(maxsize=512)
def _unrun_of(triples: tuple[ox.Triple, ...]) -> tuple[str, ...]:
    return find_unrun(ShapesGraph(triples))


def join_reports(compiled: Report, other: Report, shapes: ShapeSet, names: set[str]) -> Report:
    """Join two reports on the same facts, each about some of the shapes."""
    counts = {s.name: (other if s.name in names else compiled).focus_counts[s.name] for s in shapes.shapes}
    results = [*(r for r in compiled.results if r.rule not in names), *other.results]
    empty = [s for s in shapes.shapes if not counts[s.name]]
    return Report(
        tuple(sorted(results, key=lambda result: result.sort_key)),
        counts,
        {name: (other if name in names else compiled).engines[name] for name in counts},
        compiled.dataset_digest,
        tuple(shape.name for shape in empty if not shape.may_be_empty),
        {shape.name: shape.may_be_empty for shape in empty if shape.may_be_empty},
    )


def _without_targets(shapes: Iterable[ox.Triple], judged: set[Subject]) -> tuple[ox.Triple, ...]:
    """Take the targets of shapes away that have been judged, so that another engine judges the rest alone."""
    targets = {sh(name) for name in TARGETS}
    kinds = (sh("NodeShape"), sh("PropertyShape"))
    return tuple(
        triple
        for triple in shapes
        if triple.subject not in judged
        or not (triple.predicate in targets or (triple.predicate == TYPE and triple.object not in kinds))
    )
