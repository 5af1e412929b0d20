"""The compiled engine: plans on the embedded store, pySHACL for the shapes that no plan can say."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from aimsgraph.errors import Refused
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.store import Deadline, Store, Subject, Term
from aimsgraph.validation.compiled.fallback import FallbackJob, run_pyshacl
from aimsgraph.validation.compiled.graph import TYPE, name_of, sh
from aimsgraph.validation.compiled.lexical import changed_by_store
from aimsgraph.validation.compiled.parse import CLASSES, TARGETS, compile_shapes
from aimsgraph.validation.compiled.plan import Plan, ShapePlan
from aimsgraph.validation.compiled.reads import reads_of
from aimsgraph.validation.compiled.results import Violation, to_raw
from aimsgraph.validation.compiled.run import Found, run_plan
from aimsgraph.validation.pyshacl_engine import PyShaclEngine
from aimsgraph.validation.report import RawReport, Report, make_report
from aimsgraph.validation.shapes import ShapeSet

COMPILED: Final = "compiled"
"""What reports call the engine; its version is that of the product."""
_MOST_WORKERS: Final = 4


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
        facts = tuple(quads)
        plan = _fit(_plan_of(shapes.turtle), facts)
        store = MemoryStore(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in facts)
        found = run_plan(plan, store, deadline=deadline, workers=_workers())
        text = "".join(sorted({f"{quad.triple} .\n" for quad in facts}))
        left = {**plan.left, **found.left}
        self._check(left)
        names = {node.value.removeprefix(_base(shapes)) for node in left if isinstance(node, ox.NamedNode)}
        report = _report(found, plan, shapes, hashlib.sha256(text.encode()).hexdigest())
        if not names:
            return report
        rest = shapes.only(names)
        return _joined(report, PyShaclEngine().validate(facts, rest, deadline), shapes, {s.name for s in rest.shapes})

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
        plan = _plan_of(shapes.turtle)
        found = run_plan(plan, store, only=only, deadline=deadline)
        left = {**plan.left, **found.left}
        if left:
            raise _cannot(left, "without the data", "leave the shape out, or validate a copy of the data")
        return _report(found, plan, shapes, hashlib.sha256(store.generation.encode()).hexdigest())

    def judge(
        self, triples: Iterable[ox.Triple], shapes: Iterable[ox.Triple], deadline: Deadline | None = None
    ) -> Judgement:
        """Judge triples by any shapes graph.

        Raises:
            Refused: a shape is left and pySHACL may not judge it.
            BackendError: pySHACL failed on what is left.
        """
        facts, given = tuple(triples), tuple(shapes)
        plan = _fit(compile_shapes(given), facts)
        store = MemoryStore(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in facts)
        found = run_plan(plan, store, deadline=deadline, workers=_workers())
        left = {**plan.left, **found.left}
        self._check(left)
        violations, counts = list(found.violations), dict(found.focus_counts)
        engines: dict[Subject, str] = dict.fromkeys(counts, COMPILED)
        if left:
            judged = {shape.shape.node for shape in plan.compiled} - set(left)
            (report,) = run_pyshacl([FallbackJob(facts, _without_targets(given, judged))], deadline)
            if isinstance(report, Exception):
                raise report
            violations += report.violations
            counts |= {node: report.focus_counts.get(node, 0) for node in left}
            engines |= dict.fromkeys(left, f"pyshacl {report.version}")
        return Judgement(
            tuple(sorted(violations, key=lambda violation: violation.sort_key)), counts, engines, left, plan.statements
        )

    def _check(self, left: Mapping[Subject, str]) -> None:
        if left and not self._fallback:
            raise _cannot(left, "by the compiled engine", "take --engine auto, which gives such shapes to pySHACL")


def _cannot(left: Mapping[Subject, str], how: str, remedy: str) -> Refused:
    node, reason = next(iter(left.items()))
    more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
    return Refused(f"{name_of(node)}{more} cannot be judged {how}: {reason}", remedy=remedy)


def _workers() -> int:
    return min(_MOST_WORKERS, os.cpu_count() or 1)


@lru_cache(maxsize=8)
def _plan_of(turtle: str) -> Plan:
    return compile_shapes(quad.triple for quad in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE))


def _base(shapes: ShapeSet) -> str:
    first = shapes.shapes[0]
    return first.iri.removesuffix(first.name)


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


def _report(found: Found, plan: Plan, shapes: ShapeSet, digest: str) -> Report:
    counts = {node.value: n for node, n in found.focus_counts.items() if isinstance(node, ox.NamedNode)}
    raw = RawReport(tuple(to_raw(found.violations)), counts)
    return dataclasses.replace(make_report(raw, shapes, engine=COMPILED, facts=""), dataset_digest=digest)


def _joined(compiled: Report, other: Report, shapes: ShapeSet, names: set[str]) -> Report:
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
    return tuple(
        triple
        for triple in shapes
        if triple.subject not in judged
        or not (triple.predicate in targets or (triple.predicate == TYPE and triple.object in CLASSES))
    )
