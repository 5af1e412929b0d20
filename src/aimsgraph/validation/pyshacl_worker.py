"""Runs pySHACL in a process of its own: jobs as JSON on standard input, results as JSON on standard output.

A process of its own because pySHACL changes how all of rdflib reads literals while it runs, and because only a
process can be ended when a deadline passes. Run as `python -P pyshacl_worker.py`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from functools import cache
from importlib.metadata import version
from typing import Any

import pyshacl
import rdflib
from pyshacl.graph_abstraction import DataGraph
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH, BNode, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node

Json = dict[str, Any]
_NESTED = (SH.property, SH.node, SH["not"], SH["and"], SH["or"], SH.xone, SH.qualifiedValueShape, SH.sparql)


class FactGraph(rdflib.Graph):
    """A graph that reads the text of a query once, however many focus nodes and graphs it is asked for."""

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # rdflib's own signature
        """Answer a query; see rdflib."""
        query = _prepare(query_object) if isinstance(query_object, str) else query_object
        return super().query(query, *args, **kwargs)


@cache
def _prepare(text: str) -> Query:
    """Return a query ready to be asked; reading one takes longer than most answers."""
    return prepareQuery(text)


def run_job(job: Json) -> Json:
    """Validate the facts of one job against its shapes."""
    rdflib.NORMALIZE_LITERALS = False  # SHACL looks at literals as they are written; pySHACL leaves it on
    facts = FactGraph()
    facts.parse(data=job["facts"], format="nt")
    shapes = rdflib.Graph(bind_namespaces="none")
    shapes.parse(data=job["shapes"], format="turtle")
    owners = _find_owners(shapes)
    counts, started = _count_focus_nodes(facts, shapes), time.perf_counter()
    _, report, text = pyshacl.validate(
        facts, shacl_graph=shapes, inference="none", advanced=False, inplace=True, meta_shacl=False, js=False
    )
    if not isinstance(report, rdflib.Graph):  # pySHACL hands failures back instead of raising them
        raise RuntimeError(text)
    results = [_describe(report, shapes, node, owners) for node in report.subjects(RDF.type, SH.ValidationResult)]
    return {"results": results, "focus_counts": counts, "seconds": time.perf_counter() - started}


def _find_owners(shapes: rdflib.Graph) -> dict[Node, URIRef]:
    """Return the named node shape that each nested shape and constraint belongs to."""
    owners: dict[Node, URIRef] = {}
    for named in shapes.subjects(RDF.type, SH.NodeShape):
        waiting: list[Node] = [named] if isinstance(named, URIRef) else []
        while waiting:
            node = waiting.pop()
            if node in owners:
                continue
            assert isinstance(named, URIRef)
            owners[node] = named
            for predicate in (*_NESTED, RDF.first, RDF.rest):
                waiting += [inner for inner in shapes.objects(node, predicate) if isinstance(inner, BNode)]
    return owners


def _count_focus_nodes(facts: rdflib.Graph, shapes: rdflib.Graph) -> dict[str, int]:
    """Count with the engine's own eyes: what it does not see must not be counted."""
    seen, view = ShapesGraph(shapes), DataGraph.from_rdflib(facts)
    named = {shape.node: shape for shape in seen.shapes if isinstance(shape.node, URIRef)}
    return {str(node): len(shape.focus_nodes(view)) for node, shape in named.items()}


def _describe(report: rdflib.Graph, shapes: rdflib.Graph, node: Node, owners: dict[Node, URIRef]) -> Json:
    source = report.value(node, SH.sourceShape)
    constraint = report.value(node, SH.sourceConstraint)
    owner = next(owners[place] for place in (source, constraint) if place in owners)
    own_words = [
        place for place in (constraint, source) if place and place != owner and (place, SH.message, None) in shapes
    ]
    message = report.value(node, SH.resultMessage) if own_words or constraint is not None else None
    severity = shapes.value(source, SH.severity) if source != owner else None
    path = report.value(node, SH.resultPath)
    return {
        "shape": str(owner),
        "message": str(message or ""),
        "severity": str(severity or ""),
        "focus": _text(report.value(node, SH.focusNode)),
        "path": _path(report, path) if path is not None else "",
        "value": _text(report.value(node, SH.value)),
    }


def _text(node: Node | None) -> str:
    return "" if node is None else str(node)


def _path(graph: rdflib.Graph, node: Node) -> str:
    """Return a property path in SPARQL's words."""
    if isinstance(node, URIRef):
        return f"<{node}>"
    for predicate, form in (
        (SH.inversePath, "^{}"),
        (SH.zeroOrMorePath, "{}*"),
        (SH.oneOrMorePath, "{}+"),
        (SH.zeroOrOnePath, "{}?"),
    ):
        inner = graph.value(node, predicate)
        if inner is not None:
            return form.format(_path(graph, inner))
    choices = graph.value(node, SH.alternativePath)
    if choices is not None:
        return "(" + "|".join(_path(graph, item) for item in graph.items(choices)) + ")"
    return "/".join(_path(graph, item) for item in graph.items(node))


def main() -> None:
    """Read the jobs, run them, write what came of each."""
    logging.disable(logging.CRITICAL)
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not end up between the results
    jobs = json.load(sys.stdin)
    answers = []
    for job in jobs:
        try:
            answers.append(run_job(job))
        except Exception as error:  # one bad job is its own failure, told to the caller
            answers.append({"error": f"{type(error).__name__}: {error}"})
    with os.fdopen(out, "w", encoding="utf-8") as answer:
        json.dump({"version": version("pyshacl"), "answers": answers}, answer)


if __name__ == "__main__":
    main()
