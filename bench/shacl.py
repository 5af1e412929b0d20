"""How long the engines take to judge the same facts by the same shapes: compiled plans beside pySHACL, in one run.

    python bench/shacl.py [SYSTEMS]... [--size TRIPLES]... [--profile NAME]... [--runs N] [--without-pyshacl]

The facts are those that `aimsgraph validate` hands to an engine, for the example and for invented organisations.
Seconds of the clock / of the processors, the best of N runs: `compiled` with loading the facts into a store; `whole`
and `one system` on a store that holds them, all shapes on all nodes, and on one AI system with what refers to it;
`pySHACL` once, with starting its process and reading the facts, up to 200,000 triples. `peak` is the memory of a new
process that reads the facts from a file and judges them. The results have to be the same, or the run fails.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
from organisations import make_organisation

import aimsgraph
from aimsgraph import assets
from aimsgraph.compliance import validate
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.vocabulary import RDF_TYPE, aims
from aimsgraph.validation.compiled.engine import CompiledEngine
from aimsgraph.validation.pyshacl_engine import PyShaclEngine
from aimsgraph.validation.shapes import load_shapes

TODAY = "2026-11-23"
SYSTEMS = (50, 200)
TRIPLES_PER_SYSTEM = 465
MOST_FOR_PYSHACL = 200_000


class Seconds(NamedTuple):
    """How long something took, by the clock and by the processors; `str` gives both."""

    clock: float
    processors: float

    def __str__(self) -> str:
        if self.clock < 1:
            return f"{self.clock * 1e3:.0f}/{self.processors * 1e3:.0f} ms"
        return f"{self.clock:.1f}/{self.processors:.1f} s"


class Keeping:
    """An engine that keeps what it was given to judge."""

    name = "none"

    def validate(self, quads: Any, shapes: Any, deadline: Any = None) -> Any:
        self.quads, self.shapes = tuple(quads), shapes
        return CompiledEngine().validate(self.quads, shapes, deadline)


def best(runs: int, function: Callable[[], Any]) -> tuple[Seconds, Any]:
    """Return the least seconds of some runs, with those of processes they started, and what the last one gave."""
    taken = []
    for _ in range(runs):
        clock, used = time.perf_counter(), processor_seconds()
        found = function()
        taken.append(Seconds(time.perf_counter() - clock, processor_seconds() - used))
    return min(taken), found


def processor_seconds() -> float:
    """Return what this process and those it started and awaited have used of the processors."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak(quads: tuple[ox.Quad, ...], profiles: tuple[str, ...], scratch: Path) -> int:
    """Return the most memory, in MiB, that reading and judging facts takes in a new process."""
    path = scratch / "facts.nt"
    ox.serialize((quad.triple for quad in quads), str(path), format=ox.RdfFormat.N_TRIPLES)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(judge_file, (path, profiles))


def judge_file(path: Path, profiles: tuple[str, ...]) -> int:
    """Judge the facts of a file; return the most memory this process has had, in MiB."""
    shapes = load_shapes().for_organisation(profiles)
    CompiledEngine(fallback=False).validate(ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES), shapes)
    status = Path("/proc/self/status").read_text(encoding="ascii")  # getrusage counts the process it was forked from
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def one_system(quads: tuple[ox.Quad, ...]) -> list[Any]:
    """Return an AI system with the nodes that refer to it."""
    systems = sorted(str(q.subject) for q in quads if q.predicate == RDF_TYPE and q.object == aims("AISystem"))
    system = ox.NamedNode(systems[0][1:-1])
    return [system, *sorted({q.subject for q in quads if q.object == system}, key=str)]


def main() -> int:
    parser = argparse.ArgumentParser(description="measure SHACL engines")
    parser.add_argument("systems", nargs="*", type=int, help="AI systems of the invented organisations (50 and 200)")
    parser.add_argument("--size", action="append", type=int, default=[], help="about so many triples of another")
    parser.add_argument("--profile", action="append", default=[], help="an audit, as for aimsgraph validate")
    parser.add_argument("--runs", type=int, default=3, help="runs of the compiled engine; the best counts")
    parser.add_argument("--without-pyshacl", action="store_true", help="measure the compiled engine alone")
    asked = parser.parse_args()
    graph = aimsgraph.open_graph(today=TODAY)
    catalogue = validate.Catalogue(graph.asserted, graph.law, load_shapes())
    heads = ("triples", "results", "compiled", "whole", "one system", "peak", "pySHACL", "ratio", "ratio one")
    print(f"{'organisation':<14}" + "".join(f"{head:>14}" for head in heads), flush=True)
    sizes = [*(asked.systems or SYSTEMS), *(size // TRIPLES_PER_SYSTEM for size in asked.size)]
    before: tuple[int, float, float] | None = None
    with tempfile.TemporaryDirectory() as scratch:
        folders = [("acme", assets.path("data", "examples", "acme"))]
        folders += [(f"{size} systems", make_organisation(Path(scratch) / str(size), size)) for size in sizes]
        for name, folder in folders:
            kept = Keeping()
            request = validate.Request(graph.moment(), tuple(asked.profile))
            validate.validate_registers([folder], catalogue, kept, request)
            engine, quads, shapes = CompiledEngine(fallback=False), kept.quads, kept.shapes
            compiled, report = best(asked.runs, lambda: engine.validate(quads, shapes))  # noqa: B023
            store = MemoryStore(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
            whole, _ = best(asked.runs, lambda: engine.validate_store(store, shapes))  # noqa: B023
            nodes = one_system(quads)
            one, _ = best(asked.runs, lambda: engine.validate_store(store, shapes, only=nodes))  # noqa: B023
            memory = f"{peak(quads, tuple(asked.profile), Path(scratch))} MiB"
            cells = [str(len(quads)), str(len(report.results)), str(compiled), str(whole), str(one), memory]
            if not asked.without_pyshacl and len(quads) <= MOST_FOR_PYSHACL:
                peer, other = best(1, lambda: PyShaclEngine().validate(quads, shapes))  # noqa: B023
                if other.results != report.results or other.focus_counts != report.focus_counts:
                    print(f"{name}: the engines differ", file=sys.stderr)
                    return 1
                cells += [str(peer), f"{peer.clock / compiled.clock:.0f}", f"{peer.clock / one.clock:.0f}"]
            print(f"{name:<14}" + "".join(f"{cell:>14}" for cell in cells), flush=True)
            if before is not None:
                triples, with_load, without = before
                grown = f"{compiled.processors / with_load:.1f} times the processor time with loading"
                without_load = f"{whole.processors / without:.1f} times without"
                print(f"{'':<14}{len(quads) / triples:.1f} times the triples: {grown}, {without_load}")
            before = len(quads), compiled.processors, whole.processors
    return 0


if __name__ == "__main__":
    sys.exit(main())
