"""Judges so many nodes that all fail, and says what it took: `large_report.py N` prints JSON."""

import json
import sys
import time
from pathlib import Path

import pyoxigraph as ox
from oracle import parse

from aimsgraph.domain.report import Severity
from aimsgraph.errors import Location
from aimsgraph.graph.vocabulary import RDF_TYPE
from aimsgraph.validation.compiled.engine import CompiledEngine
from aimsgraph.validation.report import ReportedFinding, findings_to_turtle
from aimsgraph.validation.shapes import Shape, ShapeSet

EX = "http://e.example/"
TRIPLES = parse("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")


def most_memory() -> float:
    """Return the most memory this process has had so far, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    size = int(sys.argv[1])
    where = Location("s.ttl", 1, 1)
    shape = Shape("S", EX + "S", "S-1", "no p", Severity.VIOLATION, (), "add one", ("CQ1",), (), "", where, TRIPLES)
    kind = ox.NamedNode(EX + "C")
    facts = [ox.Quad(ox.NamedNode(f"{EX}node/{number}"), RDF_TYPE, kind) for number in range(size)]
    before, started = most_memory(), time.process_time()
    report = CompiledEngine(fallback=False).validate(facts, ShapeSet((shape,)))
    judged, judged_in = most_memory(), time.process_time() - started
    findings = [ReportedFinding(r.rule, r.message, where, "", r.severity, r.focus) for r in report.results]
    text = findings_to_turtle(findings, {"S": EX + "S"}, report.dataset_digest, conforms=report.conforms)
    written_in = time.process_time() - started
    took = {
        "results": len({result.focus for result in report.results}),
        "judged": report.focus_counts["S"],
        "ordered": list(report.results) == sorted(report.results, key=lambda result: result.sort_key),
        "written": text.count(b"focusNode"),
        "seconds": judged_in,
        "mib": judged - before,
        "mib_written": most_memory() - before,
        "seconds_written": written_in,
    }
    json.dump(took, sys.stdout)


if __name__ == "__main__":
    main()
