"""pySHACL in a process that stays, so that it can be asked about many small graphs."""

import json
import subprocess
import sys
from collections import Counter

import pyoxigraph as ox

from aimsgraph.errors import BackendError
from aimsgraph.validation.compiled import fallback

_LOOP = """
import importlib.util, json, logging, os, sys, warnings
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
spec = importlib.util.spec_from_file_location("worker", sys.argv[1])
worker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worker)
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for line in sys.stdin:
    try:
        found = worker.run_job(json.loads(line))
    except Exception as error:
        found = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(found), file=out, flush=True)
"""


class Oracle:
    """Answers what pySHACL finds."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-c", _LOOP, str(fallback.WORKER)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def judge(self, facts, shapes):
        """Return pySHACL's report, or its error."""
        job = {"facts": fallback.to_ntriples(facts), "shapes": fallback.to_ntriples(shapes)}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return fallback.read_answer(json.loads(self._process.stdout.readline()), "")

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def parse(text: str) -> tuple[ox.Triple, ...]:
    """Return the triples of a Turtle text."""
    return tuple(quad.triple for quad in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE))


def multiset(violations):
    """Return results as they are compared: blank nodes alike, as each engine names them in its own way."""
    return Counter(
        (shown(v.focus), v.path, shown(v.value), v.component, v.severity, shown(v.source)) for v in violations
    )


def shown(term):
    return "_" if isinstance(term, ox.BlankNode) else str(term)


def is_failure(report) -> bool:
    return isinstance(report, BackendError)


PREFIXES = """@prefix ex: <http://e.example/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
