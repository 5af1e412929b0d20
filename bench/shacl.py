"""How long the engines take to judge the same facts by the same shapes: compiled plans beside pySHACL, in one run.

    python bench/shacl.py [SYSTEMS]... [--profile NAME]... [--runs N] [--without-pyshacl]

The facts are those that `aimsgraph validate` hands to an engine, for the example and for invented organisations.
Seconds of the clock, the best of N runs: `compiled` with loading the facts into a store; `whole` and `one system` on a
store that holds them, all shapes on all nodes, and on one AI system with what refers to it; `pySHACL` once, with
starting its process and reading the facts. The results have to be the same, or the run fails.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


class Keeping:
    """An engine that keeps what it was given to judge."""

    name = "none"

    def validate(self, quads: Any, shapes: Any, deadline: Any = None) -> Any:
        self.quads, self.shapes = tuple(quads), shapes
        return CompiledEngine().validate(self.quads, shapes, deadline)


def best(runs: int, function: Callable[[], Any]) -> tuple[float, Any]:
    """Return the least seconds of some runs, and what the last one gave."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        found = function()
        seconds.append(time.perf_counter() - started)
    return min(seconds), found


def one_system(quads: tuple[ox.Quad, ...]) -> list[Any]:
    """Return an AI system with the nodes that refer to it."""
    systems = sorted(str(q.subject) for q in quads if q.predicate == RDF_TYPE and q.object == aims("AISystem"))
    system = ox.NamedNode(systems[0][1:-1])
    return [system, *sorted({q.subject for q in quads if q.object == system}, key=str)]


def main() -> int:
    parser = argparse.ArgumentParser(description="measure SHACL engines")
    parser.add_argument("systems", nargs="*", type=int, default=SYSTEMS, help="sizes of the invented organisations")
    parser.add_argument("--profile", action="append", default=[], help="an audit, as for aimsgraph validate")
    parser.add_argument("--runs", type=int, default=3, help="runs of the compiled engine; the best counts")
    parser.add_argument("--without-pyshacl", action="store_true", help="measure the compiled engine alone")
    asked = parser.parse_args()
    graph = aimsgraph.open_graph(today=TODAY)
    catalogue = validate.Catalogue(graph.asserted, graph.law, load_shapes())
    heads = ("triples", "results", "compiled", "whole", "one system", "pySHACL", "ratio", "ratio one")
    print(f"{'organisation':<14}" + "".join(f"{head:>11}" for head in heads), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folders = [("acme", assets.path("data", "examples", "acme"))]
        folders += [(f"{size} systems", make_organisation(Path(scratch) / str(size), size)) for size in asked.systems]
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
            cells = [
                str(len(quads)),
                str(len(report.results)),
                f"{compiled:.2f} s",
                f"{whole:.2f} s",
                f"{one * 1e3:.0f} ms",
            ]
            if not asked.without_pyshacl:
                peer, other = best(1, lambda: PyShaclEngine().validate(quads, shapes))  # noqa: B023
                if other.results != report.results or other.focus_counts != report.focus_counts:
                    print(f"{name}: the engines differ", file=sys.stderr)
                    return 1
                cells += [f"{peer:.1f} s", f"{peer / compiled:.0f}", f"{peer / one:.0f}"]
            print(f"{name:<14}" + "".join(f"{cell:>11}" for cell in cells), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
