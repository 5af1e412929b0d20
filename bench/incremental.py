"""How long it takes to judge a register again after one file changed, beside judging all of it again.

    python bench/incremental.py [SYSTEMS]... [--profile NAME]... [--runs N]

Seconds of the clock, the median of N changes, on the example and on invented organisations. A change is one to a row of
`evidence.csv`. `all` is the compiled engine on all facts; `change` the same facts given whole to the incremental
engine, which finds the difference itself; `triples` the difference alone given to it; `register` is what reading the
folder and gathering the facts takes beside, whatever judges them. The reports have to be the same, or the run fails.
"""

import argparse
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from organisations import make_organisation

import aimsgraph
from aimsgraph import assets
from aimsgraph.compliance import validate
from aimsgraph.validation.compiled.engine import CompiledEngine, plan_of
from aimsgraph.validation.incremental.engine import IncrementalEngine
from aimsgraph.validation.incremental.reach import reach_of
from aimsgraph.validation.incremental.state import JudgedFacts
from aimsgraph.validation.shapes import load_shapes

TODAY = "2026-11-23"
SYSTEMS = (50, 200)
AGE = re.compile(r",([0-9]{2,4}),(?=yes|no)")
"""The column `max_age_days`, before `refutes`."""
HEADS = ("triples", "changed", "shapes", "nodes", "all", "change", "triples", "ratio", "register")


class Measured:
    """Judges with both engines, and keeps the seconds of each."""

    name = "both"

    def __init__(self) -> None:
        self._engine = IncrementalEngine()
        self._facts: JudgedFacts | None = None
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
        now = {quad.triple for quad in facts}
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


def change_row(file: Path, turn: int) -> None:
    """Change after how many days the evidence in one row goes stale."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = [number for number, line in enumerate(lines) if AGE.search(line)]
    row = rows[turn % len(rows)]
    lines[row] = AGE.sub(lambda days: f",{int(days[1]) + 1},", lines[row], count=1)
    file.write_text("".join(lines), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="measure incremental validation")
    parser.add_argument("systems", nargs="*", type=int, default=SYSTEMS, help="sizes of the invented organisations")
    parser.add_argument("--profile", action="append", default=[], help="an audit, as for aimsgraph validate")
    parser.add_argument("--runs", type=int, default=5, help="changes; the median counts")
    asked = parser.parse_args()
    graph = aimsgraph.open_graph(today=TODAY)
    catalogue = validate.Catalogue(graph.asserted, graph.law, load_shapes())
    request = validate.Request(graph.moment(), tuple(asked.profile))
    print(f"{'organisation':<14}" + "".join(f"{head:>10}" for head in HEADS), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folders = [("acme", Path(shutil.copytree(assets.path("data", "examples", "acme"), Path(scratch) / "acme")))]
        folders += [(f"{size} systems", make_organisation(Path(scratch) / str(size), size)) for size in asked.systems]
        for name, folder in folders:
            engine, registers = Measured(), []
            for run in range(asked.runs + 1):
                started = time.perf_counter()
                validate.validate_registers([folder], catalogue, engine, request)
                registers.append(time.perf_counter() - started)
                change_row(folder / "evidence.csv", run * 3)
            rounds = engine.rounds[1:]
            median = {key: statistics.median(found[key] for found in rounds) for key in rounds[0]}
            beside = statistics.median(
                whole - found["all"] - found["change"] - found["alone"]
                for whole, found in zip(registers[1:], rounds, strict=True)
            )
            cells = [
                *(f"{median[key]:.0f}" for key in ("triples", "changed", "shapes", "nodes")),
                f"{median['all']:.3f} s",
                *(f"{median[key] * 1e3:.1f} ms" for key in ("change", "alone")),
                f"{median['all'] / median['change']:.0f}",
                f"{beside:.2f} s",
            ]
            print(f"{name:<14}" + "".join(f"{cell:>10}" for cell in cells), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
