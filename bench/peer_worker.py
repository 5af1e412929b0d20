"""Runs one SHACL engine on files and says how long it took and what it found; `bench/peers.py` starts it.

    python bench/peer_worker.py ENGINE DATA.nt SHAPES.ttl ANSWER.json

Seconds are those of the clock and of the processors, from reading the data to the results; importing does not count.
Processes that an engine starts count, in seconds and in memory. A result is (focus, component, severity), for a SPARQL
constraint with its value: what all engines report alike.
"""

import gc
import json
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path

SH = "http://www.w3.org/ns/shacl#"


def ours(data, shapes):
    import pyoxigraph as ox

    from aimsgraph.validation.compiled.engine import CompiledEngine

    gc.disable()  # as the product's own process for a single job does
    started = time.perf_counter()
    facts = list(ox.parse(path=data, format=ox.RdfFormat.N_TRIPLES))
    given = [quad.triple for quad in ox.parse(path=shapes, format=ox.RdfFormat.TURTLE)]
    read = time.perf_counter() - started
    found = CompiledEngine().judge(facts, given)
    return read, [
        (v.focus.value, v.component, v.severity, "" if v.value is None else v.value.value) for v in found.violations
    ]


def pyshacl(data, shapes):
    import pyshacl
    import rdflib

    started = time.perf_counter()
    facts, given = rdflib.Graph().parse(data, format="nt"), rdflib.Graph().parse(shapes, format="turtle")
    read = time.perf_counter() - started
    _, report, _ = pyshacl.validate(facts, shacl_graph=given, inference="none", inplace=True)
    return read, list(of_report(report))


def shifty(data, shapes):
    import shifty

    _, report, _ = shifty.validate(Path(data), shacl_graph=Path(shapes), graph_mode="data", infer=False)
    return None, list(of_report(report))


def shacl_rust(data, shapes, *, index=False):
    import shacl_rust

    found = shacl_rust.validate_file(data, shapes, experimental_index=index)
    return None, [
        (each["focusNode"], each["sourceConstraintComponent"], each["severity"], each.get("value") or "")
        for each in found["results"]
    ]


def shacl_rust_indexed(data, shapes):
    return shacl_rust(data, shapes, index=True)


def of_report(report):
    import rdflib

    sh = rdflib.Namespace(SH)
    for result in report.objects(None, sh.result):
        said = [
            report.value(result, sh[name])
            for name in ("focusNode", "sourceConstraintComponent", "resultSeverity", "value")
        ]
        yield tuple(str(each) if each is not None else "" for each in said)


ENGINES = {
    "aimsgraph": ours, "pySHACL": pyshacl, "pyshifty": shifty, "shacl-rust": shacl_rust,
    "shacl-rust indexed": shacl_rust_indexed,
}  # fmt: skip


def processor_seconds():
    """Return the processors' seconds of this process and of those it started that have ended."""
    return sum(os.times()[:4])


def main():
    name, data, shapes, answer = sys.argv[1:]
    engine = ENGINES[name]
    __import__(
        {"aimsgraph": "aimsgraph.validation.compiled.engine", "pySHACL": "pyshacl", "pyshifty": "shifty"}.get(
            name, "shacl_rust"
        )
    )
    used, started = processor_seconds(), time.perf_counter()
    read, results = engine(data, shapes)
    clock = time.perf_counter() - started
    found = Counter(
        (focus.strip("<>"), component.strip("<>").rpartition("#")[2], severity.strip("<>").rpartition("#")[2],
         value.strip("<>") if "SPARQL" in component else "")
        for focus, component, severity, value in results
    )  # fmt: skip
    # A process that an engine starts runs beside the one that started it, so both count.
    status = Path("/proc/self/status").read_text(encoding="ascii")  # getrusage counts the process it was forked from
    own = int(status.split("VmHWM:")[1].split()[0])
    peak = (own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024
    written = {
        "clock": clock, "processors": processor_seconds() - used, "read": read, "peak": peak,
        "results": sorted([*key, times] for key, times in found.items()),
    }  # fmt: skip
    Path(answer).write_text(json.dumps(written), encoding="utf-8")


if __name__ == "__main__":
    main()
