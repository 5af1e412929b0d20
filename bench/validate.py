"""How long `aimsgraph validate` takes, whole and part by part, on the example and on invented organisations.

    python bench/validate.py [SYSTEMS]... [--runs N]

Each organisation is validated cold, in a process of its own, with the peak memory of that process or of the engine it
starts, whichever is more; then once more here, part by part: reading the folder, compiling it, deriving what falls due
and which duties bind, gathering the slice of the catalogue, inferring relations, and the engine (pySHACL, in a process
of its own). Parts are given in seconds of the processor, that of the engine's process among them, since other work may
share the machine.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from organisations import make_organisation

import aimsgraph
from aimsgraph import assets
from aimsgraph.compliance import validate
from aimsgraph.content.organisation import OrganisationSource
from aimsgraph.validation.pyshacl_engine import PyShaclEngine
from aimsgraph.validation.shapes import load_shapes

TODAY = "2026-11-23"
SYSTEMS = (1, 50)  # 200 take pySHACL more than a minute of the processor
PARTS = {
    "read": ("load_law", "open_register"), "derive": ("due_dates", "binding_duties"), "slice": ("gather_facts",),
    "infer": ("_infer_relations",),
}  # fmt: skip
KB = 1024 if sys.platform == "darwin" else 1
"""The system counts memory in kilobytes, that of Apple in bytes."""


def processor_seconds() -> float:
    """Return the seconds of the processor that this process and those it has waited for have used."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


class Stopwatch:
    """Adds up the seconds spent in parts, wherever they are called from."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def around(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            started = processor_seconds()
            try:
                found = function(*arguments, **options)
                return found if hasattr(found, "__len__") or not hasattr(found, "__next__") else list(found)
            finally:
                self.seconds[part] += processor_seconds() - started

        return timed


class CountingEngine:
    """pySHACL with a stopwatch, and a count of the facts it was given."""

    def __init__(self, watch: Stopwatch) -> None:
        self._engine, self._watch, self.facts = PyShaclEngine(), watch, 0

    @property
    def name(self) -> str:
        return self._engine.name

    def validate(self, quads: Any, shapes: Any, deadline: Any = None) -> Any:
        self.facts += len(quads)
        return self._watch.around("pySHACL", self._engine.validate)(quads, shapes, deadline)

    def validate_all(self, jobs: Any, deadline: Any = None) -> Any:
        return self._watch.around("pySHACL", self._engine.validate_all)(jobs, deadline)


def run_cold(folder: Path) -> tuple[float, float, float, int]:
    """Return seconds of the clock and of the processor, peak memory in MB, and how many findings there were."""
    program = (
        "import json, resource, subprocess, sys, time\n"
        "started = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
        "spent, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "assert done.returncode in (0, 1), done.stderr\n"
        "found = len(json.loads(done.stdout)['findings'])\n"
        "print(json.dumps([spent, used.ru_utime + used.ru_stime, used.ru_maxrss, found]))\n"
    )
    asked = [sys.executable, "-m", "aimsgraph", "--today", TODAY, "validate", str(folder), "--format", "json"]
    done = subprocess.run([sys.executable, "-c", program, *asked], check=True, capture_output=True, text=True)
    clock, processor, peak, findings = json.loads(done.stdout)
    return clock, processor, peak / KB / 1024, findings


def run_parts(folder: Path, graph: aimsgraph.AimsGraph) -> tuple[dict[str, float], int]:
    """Return the seconds of each part, and the number of facts the engine judged."""
    watch, kept = Stopwatch(), {}
    for part, names in PARTS.items():
        for name in names:
            kept[name] = getattr(validate, name)
            setattr(validate, name, watch.around(part, kept[name]))
    compile_ = OrganisationSource.compile
    OrganisationSource.compile = watch.around("compile", compile_)  # type: ignore[method-assign]
    try:
        catalogue = validate.Catalogue(graph.asserted, graph.law, load_shapes())
        engine = CountingEngine(watch)
        started = processor_seconds()
        validate.validate_registers([folder], catalogue, engine, validate.Request(graph.moment()))
        whole = processor_seconds() - started
    finally:
        OrganisationSource.compile = compile_  # type: ignore[method-assign]
        for name, function in kept.items():
            setattr(validate, name, function)
    return {**watch.seconds, "rest": whole - sum(watch.seconds.values())}, engine.facts


def main() -> int:
    parser = argparse.ArgumentParser(description="measure aimsgraph validate")
    parser.add_argument("systems", nargs="*", type=int, default=SYSTEMS, help="sizes of the invented organisations")
    parser.add_argument("--runs", type=int, default=1, help="cold runs of each; the best counts")
    asked = parser.parse_args()
    graph = aimsgraph.open_graph(today=TODAY)
    assert graph.law.statements  # load it now, so that the parts are of the register alone
    parts = ("read", "compile", "derive", "slice", "infer", "pySHACL", "rest")
    heads = ("clock s", "cpu s", "peak MB", "findings", "triples", *parts)
    print(f"{'organisation':<14}" + "".join(f"{head:>10}" for head in heads), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folders = [("acme", assets.path("data", "examples", "acme"))]
        folders += [(f"{size} systems", make_organisation(Path(scratch) / str(size), size)) for size in asked.systems]
        for name, folder in folders:
            clock, cpu, peak, findings = min(run_cold(folder) for _ in range(asked.runs))
            seconds, facts = run_parts(folder, graph)
            cells = [f"{clock:.2f}", f"{cpu:.2f}", f"{peak:.0f}", str(findings), str(facts)]
            cells += [f"{seconds.get(part, 0.0):.2f}" for part in parts]
            print(f"{name:<14}" + "".join(f"{cell:>10}" for cell in cells), flush=True)
    print(f"this process at its peak: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
