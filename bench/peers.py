"""SHACL engines side by side: on a workload that is nobody's own, and on the shapes that ship.

    python bench/peers.py [TRIPLES]... [--large TRIPLES]... [--own TRIPLES]... [--runs N] [--write FILE]

With `--own`, the facts are those that `aimsgraph validate` gathers of an invented organisation, and the shapes those
of every register. The other workload has eleven shapes; `independent/` holds them and the generator: as written;
`nested`, with S09 in another legal form that spares engines a quadratic plan; and that without S08. Its data writes
decimals as "0.80"; the embedded store keeps the number alone, so S08, which looks at them, goes to pySHACL when
aimsgraph judges, and its time is in the figure; so sizes of `--large` are measured in the last form alone. Every
engine runs in a process of its own and reads the files: load is counted, imports are not. Seconds of the clock in the
best of N runs, those of its processors, and the most memory. `differs` marks an engine whose results are not those of
most. Peers are installed by `make bench-peers`; one that is not there is named. TopQuadrant's needs Java 21, and is
not run.
"""

import argparse
import datetime as dt
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "independent"))
import generator  # noqa: E402
from organisations import make_organisation  # noqa: E402

TRIPLES_PER_SYSTEM, OWN_TRIPLES_PER_SYSTEM = 105, 465
CATALOGUE = 15_000
"""So many triples of a size are the catalogue's, whatever the number of systems."""
ENGINES = ("aimsgraph", "pyshifty", "shacl-rust", "shacl-rust indexed", "pySHACL")
MOST = {"pySHACL": 150_000, "shacl-rust": 150_000}
"""Engines that take minutes beyond so many triples are not asked to."""
PEERS = HERE.parent / "build/bench-peers/bin/python"
LIMIT = 900


def forms(scratch):
    """Return the shapes: as written, in nested form, and that without S08."""
    nested = (HERE / "independent/shapes-nested.ttl").read_text("utf-8")
    start, end = nested.index("# 8 mappings"), nested.index("# 9 SPARQL")
    (scratch / "without.ttl").write_text(nested[:start] + nested[end:], encoding="utf-8")
    return {
        "as written": HERE / "independent/shapes.ttl",
        "nested": HERE / "independent/shapes-nested.ttl",
        "nested, without S08": scratch / "without.ttl",
    }


def independent(size, scratch):
    """Return how many triples a workload has, where they are, and the shapes."""
    data = scratch / "independent.nt"
    return generator.gen(max(1, (size - CATALOGUE) // TRIPLES_PER_SYSTEM), str(data)), data, forms(scratch)


def large(size, scratch):
    """Return the same with the last form of the shapes alone."""
    triples, data, given = independent(size, scratch)
    return triples, data, dict([list(given.items())[-1]])


def own(size, scratch):
    """Return the same of an invented organisation, as `validate` judges it."""
    import aimsgraph
    from aimsgraph.compliance import validate
    from aimsgraph.validation.compiled.engine import CompiledEngine
    from aimsgraph.validation.shapes import load_shapes

    class Keeping(CompiledEngine):
        def validate(self, quads, shapes, deadline=None):
            lines = sorted({f"{quad.triple} .\n" for quad in quads})
            data.write_text("".join(lines), encoding="utf-8")
            ours.write_text(shapes.turtle, encoding="utf-8")
            return super().validate((), shapes, deadline)

    data, ours = scratch / "own.nt", scratch / "own.ttl"
    graph = aimsgraph.open_graph(today="2026-11-23")
    catalogue = validate.Catalogue(graph.asserted, graph.law, load_shapes())
    folder = make_organisation(scratch / f"register-{size}", max(1, size // OWN_TRIPLES_PER_SYSTEM))
    validate.validate_registers([folder], catalogue, Keeping(), validate.Request(graph.moment()))
    return len(data.read_text("utf-8").splitlines()), data, {"those that ship": ours}


def measure(engine, data, shapes, scratch, runs):
    """Return the best run of an engine, or why there is none."""
    python = sys.executable if engine == "aimsgraph" else str(PEERS)
    if not Path(python).exists():
        return "not here: make bench-peers"
    answer, best = scratch / "answer.json", None
    for _ in range(runs):
        command = [python, str(HERE / "peer_worker.py"), engine, str(data), str(shapes), str(answer)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
        except subprocess.TimeoutExpired:
            return f"more than {LIMIT} s"
        if done.returncode:
            return f"failed: {(done.stderr.strip().splitlines() or ['?'])[-1][:60]}"
        found = json.loads(answer.read_text("utf-8"))
        best = found if best is None or found["clock"] < best["clock"] else best
    return best


def versions():
    """Return what was measured, on what."""
    names = {"aimsgraph": sys.executable, "pyshacl": PEERS, "pyshifty": PEERS, "shacl-rust": PEERS}
    text = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    found = []
    for name, python in names.items():
        if name == "aimsgraph":
            found.append(f"aimsgraph {importlib.metadata.version(name)}")
        elif Path(python).exists():
            said = subprocess.run([str(python), "-c", text, name], capture_output=True, text=True, check=False)
            found.append(f"{name} {said.stdout.strip()}")
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    return f"{dt.datetime.now(dt.UTC).date()}: {', '.join(found)}; Python {platform.python_version()}, {machine}"


def main():
    parser = argparse.ArgumentParser(description="measure SHACL engines side by side")
    parser.add_argument("triples", nargs="*", type=int, default=[25_000, 100_000], help="about so many triples")
    parser.add_argument("--large", action="append", type=int, default=[], help="about so many triples, without S08")
    parser.add_argument("--own", action="append", type=int, default=[], help="about so many triples, by our shapes")
    parser.add_argument("--runs", type=int, default=2, help="the best of so many")
    parser.add_argument("--write", type=Path, help="write the table to this file too, as Markdown")
    asked = parser.parse_args()
    lines = [
        "| triples | shapes | engine | seconds | of the processors | of the clock, reading "
        "| memory, MiB | results | times aimsgraph | |",
        "|" + "---|" * 10,
    ]
    print(versions(), *lines, sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for make, size in [
            *((independent, size) for size in asked.triples),
            *((large, size) for size in asked.large),
            *((own, size) for size in asked.own),
        ]:
            triples, data, given = make(size, scratch)
            for form, shapes in given.items():
                found = {}
                for engine in ENGINES:
                    if triples <= MOST.get(engine, triples):
                        found[engine] = measure(engine, data, shapes, scratch, 1 if engine == "pySHACL" else asked.runs)
                    else:
                        found[engine] = "not asked at this size"
                held = {name: json.dumps(each["results"]) for name, each in found.items() if isinstance(each, dict)}
                usual = Counter(held.values()).most_common(1)[0][0] if held else ""
                ours = found["aimsgraph"]
                for engine, each in found.items():
                    if isinstance(each, str):
                        line = f"| {triples:,} | {form} | {engine} | {each} | | | | | | |"
                    else:
                        ratio = f"{each['clock'] / ours['clock']:.2f}" if isinstance(ours, dict) else ""
                        read = "" if each["read"] is None else f"{each['read']:.2f}"
                        count = sum(one[-1] for one in each["results"])
                        mark = "" if held[engine] == usual else "differs"
                        line = (
                            f"| {triples:,} | {form} | {engine} | {each['clock']:.2f} | {each['processors']:.2f} "
                            f"| {read} | {each['peak']} | {count:,} | {ratio} | {mark} |"
                        )
                    lines.append(line)
                    print(line, flush=True)
            data.unlink()
    if asked.write:
        head = f"# SHACL engines side by side\n\nMade by `make bench-peers`. {versions()}.\n\n"
        asked.write.write_text(
            head + __doc__.partition("\n\n    ")[0] + "\n\n" + "\n".join(lines) + "\n", encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
