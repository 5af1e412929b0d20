"""Runs a plan on a store, all of it or for some focus nodes, and puts what its shapes find in order.

Only `query` is used, so the store may be anywhere. What comes back is what is wrong; where a check is about other
shapes, also the nodes these shapes judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyoxigraph as ox

from aimsgraph.errors import QuerySyntaxError, Refused
from aimsgraph.graph.store import Deadline, Subject, Term
from aimsgraph.validation.compiled.focus_set import FocusSet
from aimsgraph.validation.compiled.graph import RDFS, NotCompilable
from aimsgraph.validation.compiled.plan import HasClass, Plan, ShapePlan, walk
from aimsgraph.validation.compiled.results import Violation
from aimsgraph.validation.compiled.shape_run import ShapeRun
from aimsgraph.validation.compiled.source import Asked, Source
from aimsgraph.validation.compiled.text import Scope, Writer


@dataclass(frozen=True, slots=True)
class Found:
    """What a run of a plan came to.

    Attributes:
        violations: in order.
        focus_counts: shape → how many nodes it judged.
        left: shape → why it could not be judged on this data after all.
    """

    violations: tuple[Violation, ...]
    focus_counts: dict[Subject, int]
    left: dict[Subject, str]


def run_plan(
    plan: Plan, store: Asked, *, only: Iterable[Term] | None = None, deadline: Deadline | None = None, workers: int = 1,
    keeps_names: bool = True,
) -> Found:  # fmt: skip
    """Judge what a store holds.

    Args:
        plan: what to judge it by.
        store: asked with SPARQL alone.
        keeps_names: whether the store calls a blank node the same in all its answers, so that answers can be joined.
        only: look at these focus nodes alone; None for all.
        deadline: None waits as long as it takes.
        workers: how many shapes to judge at a time.

    Raises:
        DeadlineExceeded: too late.
        BackendError: the store failed; nothing that was found before is handed out.
    """
    source = Source(store, deadline, keeps_names)
    writer = writer_for(plan, source)
    wanted = None if only is None else FocusSet(only, source)

    def judge(shape: ShapePlan) -> tuple[Sequence[Violation], int] | str:
        try:
            return _judge(shape, source, writer, wanted)
        except NotCompilable as reason:
            return str(reason)
        except (QuerySyntaxError, Refused) as error:
            return f"a query of it cannot be asked: {error.message}"

    with ThreadPoolExecutor(workers) as pool:
        judged = list(pool.map(judge, plan.compiled)) if workers > 1 else list(map(judge, plan.compiled))
    violations: list[Violation] = []
    counts: dict[Subject, int] = {}
    left: dict[Subject, str] = {}
    for shape, outcome in zip(plan.compiled, judged, strict=True):
        if isinstance(outcome, str):
            left[shape.shape.node] = outcome
        else:
            violations += outcome[0]
            counts[shape.shape.node] = outcome[1]
    return Found(tuple(sorted(violations, key=lambda violation: violation.sort_key)), counts, left)


def writer_for(plan: Plan, source: Source) -> Writer:
    """Return what writes the queries of a plan, with the subclasses that the facts name."""
    return Writer(_subclasses(plan, source))


def _judge(plan: ShapePlan, source: Source, writer: Writer, only: FocusSet | None) -> tuple[Sequence[Violation], int]:
    if only is None:
        return ShapeRun(plan.shape, source, writer).judge(Scope(plan.targets))
    found: list[Violation] = []
    count = 0
    for scope in only.scopes(plan.targets, source, writer):
        violations, judged = ShapeRun(plan.shape, source, writer).judge(scope)
        found += violations
        count += judged
    if only.unnamed:  # a query cannot name them: judge all, keep theirs
        run = ShapeRun(plan.shape, source, writer)
        scope = Scope(plan.targets)
        found += [violation for first, violation in run.violations(plan.shape, scope) if first in only.unnamed]
        count += len(run.nodes(scope) & only.unnamed)
    return found, count


def _subclasses(plan: Plan, source: Source) -> dict[str, tuple[str, ...] | None]:
    """Return the subclasses of every class a plan names."""
    classes = {iri for shape in plan.compiled for iri in shape.targets.classes}
    for shape in plan.compiled:
        classes.update(check.iri for _, check in walk(shape.shape) if isinstance(check, HasClass))
    found: dict[str, tuple[str, ...] | None] = {iri: (iri,) for iri in sorted(classes)}
    if not found:
        return found
    listed = " ".join(f"<{iri}>" for iri in found)
    text = f"SELECT DISTINCT ?super ?sub WHERE {{ VALUES ?super {{ {listed} }} ?sub <{RDFS}subClassOf>+ ?super }}"
    below: dict[str, set[str] | None] = {iri: {iri} for iri in found}
    for upper, lower in source.rows(text):
        assert isinstance(upper, ox.NamedNode)  # it is one of those given
        names = below[upper.value]
        if isinstance(lower, ox.NamedNode) and names is not None:
            names.add(lower.value)
        else:
            below[upper.value] = None
    return {iri: None if names is None else tuple(sorted(names)) for iri, names in below.items()}
