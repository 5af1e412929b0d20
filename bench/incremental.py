"""How long it takes to judge a register again after one file changed, beside judging all of it again, and one system.

    python bench/incremental.py [SYSTEMS]... [--profile NAME]... [--runs N] [--pyshacl N]

Seconds of the clock, the median of N changes, on the example and on invented organisations: first a change to a row of
`evidence.csv` each time, then one to what is said of a system. `all` is the compiled engine on all facts; `change` the
same facts given whole to the incremental engine, which finds the difference itself; `alone` the difference alone given
to it; `register` is what reading the folder and gathering the facts takes beside, whatever judges them. The reports
have to be the same, or the run fails.

Then all shapes on one system, the facts being loaded: the compiled engine beside pySHACL told its `focus_nodes`. What
ours finds has to be what a run over everything says of the system, or the run fails. `differs` says that pySHACL's is
not: 0.40 passes over the values of nested shapes where they are no focus nodes themselves.
"""

import argparse
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from organisations import make_organisation
from peer_worker import of_report

import aimsgraph
from aimsgraph import assets
from aimsgraph.compliance import validate
from aimsgraph.graph.union import UnionView
from aimsgraph.validation.compiled.asking import AskedFacts
from aimsgraph.validation.compiled.engine import CompiledEngine, plan_of
from aimsgraph.validation.compiled.run import run_plan
from aimsgraph.validation.incremental.engine import IncrementalEngine
from aimsgraph.validation.incremental.reach import reach_of
from aimsgraph.validation.incremental.state import JudgedFacts
from aimsgraph.validation.shapes import load_shapes

TODAY = "2026-11-23"
SYSTEMS = (50, 200)
AGE = re.compile(r",([0-9]{2,4}),(?=yes|no)")
"""The column `max_age_days`, before `refutes`."""
SAID = re.compile(r"(logs-under-control|uses-personal-data): (yes|no)")
"""Something that is said of a system."""
SYSTEM = ox.NamedNode("https://w3id.org/aimsgraph/ns#AISystem")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
HEADS = ("triples", "changed", "shapes", "nodes", "all", "change", "alone", "ratio", "register")


class Measured:
    """Judges with both engines, and keeps the seconds of each."""

    name = "both"

    def __init__(self) -> None:
        self._engine = IncrementalEngine()
        self._facts: JudgedFacts | None = None
        self.facts: set[ox.Triple] = set()
        self.shapes = ""
        self.rounds: list[dict[str, float]] = []

    def validate(self, quads: Any, shapes: Any, deadline: Any = None) -> Any:
        facts = tuple(quads)
        started = time.perf_counter()
        whole = CompiledEngine().validate(facts, shapes)
        all_ = time.perf_counter() - started
        self._engine.again()
        started = time.perf_counter()
        report = self._engine.validate(facts, shapes)
        change = time.perf_counter() - started
        if report != whole:
            raise SystemExit("the reports differ")
        now = self.facts = {quad.triple for quad in facts}
        self.shapes = shapes.turtle
        plan = plan_of(shapes.turtle)
        if self._facts is None:
            self._facts = JudgedFacts(plan, tuple(map(reach_of, plan.compiled)), now, None)
        added, removed = now - self._facts.triples, self._facts.triples - now
        started = time.perf_counter()
        step = self._facts.change(added, removed)
        alone = time.perf_counter() - started
        self.rounds.append(
            {
                "triples": len(facts), "changed": len(added) + len(removed), "shapes": len(step.nodes),
                "nodes": sum(step.nodes.values()), "all": all_, "change": change, "alone": alone,
            }
        )  # fmt: skip
        return report


def change_evidence(folder: Path, turn: int) -> None:
    """Change after how many days the evidence in one row goes stale."""
    file = folder / "evidence.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = [number for number, line in enumerate(lines) if AGE.search(line)]
    row = rows[turn * 3 % len(rows)]
    lines[row] = AGE.sub(lambda days: f",{int(days[1]) + 1},", lines[row], count=1)
    file.write_text("".join(lines), encoding="utf-8")


def change_system(folder: Path, turn: int) -> None:
    """Say the opposite of one thing that is said of a system."""
    files = [file for file in sorted((folder / "systems").glob("*.yaml")) if SAID.search(file.read_text("utf-8"))]
    file = files[turn % len(files)]
    other = {"yes": "no", "no": "yes"}
    text = SAID.sub(lambda said: f"{said[1]}: {other[said[2]]}", file.read_text("utf-8"), count=1)
    file.write_text(text, encoding="utf-8")


CHANGES: dict[str, Callable[[Path, int], None]] = {"evidence": change_evidence, "system": change_system}


def measure_changes(name: str, folder: Path, catalogue: Any, request: Any, runs: int) -> Measured:
    """Print a line for each kind of change."""
    engine = Measured()
    validate.validate_registers([folder], catalogue, engine, request)
    for kind, change in CHANGES.items():
        engine.rounds, registers = [], []
        for run in range(runs):
            change(folder, run)
            started = time.perf_counter()
            validate.validate_registers([folder], catalogue, engine, request)
            registers.append(time.perf_counter() - started)
        median = {key: statistics.median(found[key] for found in engine.rounds) for key in engine.rounds[0]}
        beside = statistics.median(
            whole - found["all"] - found["change"] - found["alone"]
            for whole, found in zip(registers, engine.rounds, strict=True)
        )
        cells = [
            *(f"{median[key]:.0f}" for key in ("triples", "changed", "shapes", "nodes")),
            f"{median['all']:.3f} s",
            *(f"{median[key] * 1e3:.1f} ms" for key in ("change", "alone")),
            f"{median['all'] / median['alone']:.0f}",
            f"{beside:.2f} s",
        ]
        print(f"{name:<14}{kind:<10}" + "".join(f"{cell:>10}" for cell in cells), flush=True)
    return engine


def measure_one(name: str, facts: set[ox.Triple], shapes: str, runs: int) -> None:
    """Print how long both engines need for all shapes on one system."""
    systems = sorted(t.subject.value for t in facts if t.predicate == TYPE and t.object == SYSTEM)
    store = ox.Store()
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in facts)
    asked, plan = AskedFacts(UnionView(store, overlaps=False)), plan_of(shapes)
    rdflib.NORMALIZE_LITERALS = False  # as the engine that ships has it
    graph = rdflib.Graph().parse(data="".join(f"{triple} .\n" for triple in facts), format="nt")
    given = rdflib.Graph().parse(data=shapes, format="turtle")
    whole = run_plan(plan, asked)
    if whole.left:
        raise SystemExit("a shape is left to pySHACL")
    ours, theirs, same = [], [], True
    for system in systems[:runs]:
        started = time.perf_counter()
        found = run_plan(plan, asked, only=[ox.NamedNode(system)])
        ours.append(time.perf_counter() - started)
        if found.violations != tuple(one for one in whole.violations if one.focus == ox.NamedNode(system)):
            raise SystemExit(f"one system alone is judged otherwise than with all: {system}")
        started = time.perf_counter()
        _, report, _ = pyshacl.validate(graph, shacl_graph=given, focus_nodes=[system], inference="none", inplace=True)
        theirs.append(time.perf_counter() - started)
        told = Counter(each[:3] for each in of_report(report))
        same &= Counter((one.focus.value, one.component, one.severity) for one in found.violations) == told
    one, other = statistics.median(ours), statistics.median(theirs)
    beside = f"pySHACL {other:.2f} s, {other / one:.0f} times{'' if same else ', differs'}"
    print(f"{name:<14}one system: {one * 1e3:.1f} ms, {beside}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="measure incremental validation")
    parser.add_argument("systems", nargs="*", type=int, default=SYSTEMS, help="sizes of the invented organisations")
    parser.add_argument("--profile", action="append", default=[], help="an audit, as for aimsgraph validate")
    parser.add_argument("--runs", type=int, default=5, help="changes; the median counts")
    parser.add_argument("--pyshacl", type=int, default=3, help="systems to judge one by one, by pySHACL as well")
    asked = parser.parse_args()
    graph = aimsgraph.open_graph(today=TODAY)
    catalogue = validate.Catalogue(graph.asserted, graph.law, load_shapes())
    request = validate.Request(graph.moment(), tuple(asked.profile))
    print(f"{'organisation':<14}{'change':<10}" + "".join(f"{head:>10}" for head in HEADS), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folders = [("acme", Path(shutil.copytree(assets.path("data", "examples", "acme"), Path(scratch) / "acme")))]
        folders += [(f"{size} systems", make_organisation(Path(scratch) / str(size), size)) for size in asked.systems]
        judged = [(name, measure_changes(name, folder, catalogue, request, asked.runs)) for name, folder in folders]
    for name, engine in judged:
        measure_one(name, engine.facts, engine.shapes, asked.pyshacl)
    return 0


if __name__ == "__main__":
    sys.exit(main())
