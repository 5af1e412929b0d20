"""The incremental engine: keeps what it judged, and judges the next facts by what differs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from aimsgraph.graph.store import Deadline, Subject
from aimsgraph.validation.compiled.engine import COMPILED, join_reports, left_by_plans, plan_of, with_unrun
from aimsgraph.validation.compiled.results import to_raw
from aimsgraph.validation.incremental.reach import Reach, reach_of
from aimsgraph.validation.incremental.state import JudgedFacts, Rejudged
from aimsgraph.validation.pyshacl_engine import PyShaclEngine
from aimsgraph.validation.report import RawReport, Report, make_report
from aimsgraph.validation.shapes import ShapeSet


@dataclass(frozen=True, slots=True)
class Step:
    """How a report came about.

    Attributes:
        nodes: rule → how many focus nodes its shape looked at anew, for every shape that ran anew on any.
        whole: those of these rules whose shape looked at all of them.
    """

    nodes: Mapping[str, int]
    whole: frozenset[str]


class IncrementalEngine:
    """Judges with compiled plans what a change can touch, and keeps the rest; implements `Engine`.

    Reports are those that `CompiledEngine` makes of the same facts. The first time, and when the shapes are others, all
    is judged. Facts of several registers are judged one after the other, in the same order each time: `again` starts
    the next round.

    Args:
        fallback: whether pySHACL may judge what no plan can; if not, such shapes are an error.

    Attributes:
        steps: how the reports of this round came about.
    """

    name: Final = COMPILED

    def __init__(self, *, fallback: bool = True) -> None:
        self._fallback = fallback
        self._judged: list[_Judged] = []
        self._next = 0
        self.steps: list[Step] = []

    def again(self) -> None:
        """Start the next round: what is judged now is compared with what was judged first in this one."""
        self._next = 0
        self.steps = []

    def validate(self, quads: Iterable[ox.Quad], shapes: ShapeSet, deadline: Deadline | None = None) -> Report:
        """Judge facts by shapes; see `Engine.validate`.

        Raises:
            Refused: a shape is left and pySHACL may not judge it; the first is named with the reason.
        """
        triples = {quad.triple for quad in quads}
        position, self._next = self._next, self._next + 1
        before = self._judged.pop(position) if position < len(self._judged) else None  # kept only when all goes well
        if before is not None and before.shapes == shapes:
            known = before.facts.triples
            rejudged = before.facts.change(triples - known, known - triples, deadline)
            judged = before
        else:
            judged = _Judged(shapes, JudgedFacts(plan_of(shapes.turtle), _reaches_of(shapes.turtle), triples, deadline))
            rejudged = judged.facts.all_rejudged()
        if judged.facts.left and not self._fallback:
            raise left_by_plans(judged.facts.left)
        report = judged.report(deadline)
        self._judged.insert(position, judged)
        self.steps.append(judged.step(rejudged))
        return report


@dataclass(slots=True)
class _Judged:
    """One register's facts with the shapes they were judged by."""

    shapes: ShapeSet
    facts: JudgedFacts

    def report(self, deadline: Deadline | None) -> Report:
        """Return the report; pySHACL judges anew what no plan can judge."""
        counts = {node.value: n for node, n in self.facts.focus_counts.items() if isinstance(node, ox.NamedNode)}
        raw = RawReport(tuple(to_raw(self.facts.violations)), counts)
        report = make_report(raw, self.shapes, engine=COMPILED, facts="")
        digest = hashlib.sha256("".join(self.facts.lines).encode()).hexdigest()
        report = replace(report, dataset_digest=digest)
        names = {self._name(node) for node in self.facts.left}
        if names:
            rest = self.shapes.only(names)
            quads = [ox.Quad(t.subject, t.predicate, t.object) for t in self.facts.triples]
            other = PyShaclEngine().validate(quads, rest, deadline)
            report = join_reports(report, other, self.shapes, names)
        return with_unrun(report, self.shapes)

    def step(self, rejudged: Rejudged) -> Step:
        """Return how the report came about, in the names of the shapes."""
        return Step(
            {self._name(node): n for node, n in rejudged.nodes.items()},
            frozenset(self._name(node) for node in (*rejudged.whole, *self.facts.left)),
        )

    def _name(self, node: Subject) -> str:
        first = self.shapes.shapes[0]
        assert isinstance(node, ox.NamedNode)  # shapes that ship have names
        return node.value.removeprefix(first.iri.removesuffix(first.name))


@lru_cache(maxsize=8)
def _reaches_of(turtle: str) -> tuple[Reach, ...]:
    return tuple(map(reach_of, plan_of(turtle).compiled))
