"""Runs pySHACL on any shapes graph in a process of its own, and says everything its report says of each result.

A job on standard input as JSON: facts and shapes as N-Triples, whose blank nodes keep their names in the answer. See
`pyshacl_worker` for why this is a process of its own. Run as `python -P fallback_worker.py`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from importlib.metadata import version
from typing import Any

import pyshacl
import rdflib
from pyshacl.graph_abstraction import DataGraph
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH, BNode, Literal, URIRef
from rdflib.plugins.parsers.ntriples import NTGraphSink, W3CNTriplesParser
from rdflib.term import Node

Json = dict[str, Any]
_NESTED = (SH.property, SH.node, SH["not"], SH["and"], SH["or"], SH.xone, SH.qualifiedValueShape, SH.sparql)


class _Graph:
    """A graph read from N-Triples, with the names its blank nodes had."""

    def __init__(self, text: str, names: dict[BNode, str]) -> None:
        known: dict[str, BNode] = {}
        self.graph = rdflib.Graph(bind_namespaces="none")
        W3CNTriplesParser(NTGraphSink(self.graph), bnode_context=known).parsestring(text)
        names.update({node: name for name, node in known.items()})


def run_job(job: Json) -> Json:
    """Validate the facts of one job against its shapes."""
    rdflib.NORMALIZE_LITERALS = False  # SHACL looks at literals as they are written; pySHACL leaves it on
    names: dict[BNode, str] = {}
    facts, shapes = _Graph(job["facts"], names).graph, _Graph(job["shapes"], names).graph
    view, seen = DataGraph.from_rdflib(facts), ShapesGraph(_copy(shapes))
    nodes = [shape for shape in seen.shapes if not isinstance(shape.node, Literal)]
    counts = [[_term(shape.node, names), len(shape.focus_nodes(view))] for shape in nodes]
    # What pySHACL finds in a copy of the shapes has other blank nodes, so it works on these.
    _, report, text = pyshacl.validate(
        facts, shacl_graph=shapes, inference="none", advanced=False, inplace=True, meta_shacl=False, js=False
    )
    if not isinstance(report, rdflib.Graph):  # pySHACL hands failures back instead of raising them
        raise RuntimeError(text)
    owners = _find_owners(shapes)
    top = set(report.objects(None, SH.result))
    return {"results": [_describe(report, node, names, owners) for node in top], "focus_counts": counts}


def _copy(graph: rdflib.Graph) -> rdflib.Graph:
    copy = rdflib.Graph(bind_namespaces="none")
    for triple in graph:
        copy.add(triple)
    return copy


def _find_owners(shapes: rdflib.Graph) -> dict[Node, Node]:
    """Return a shape with targets that each nested shape is reached from."""
    owners: dict[Node, Node] = {}
    roots = {s for name in ("Node", "Class", "SubjectsOf", "ObjectsOf") for s in shapes.subjects(SH[f"target{name}"])}
    for root in sorted(roots, key=str):
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node in owners:
                continue
            owners[node] = root
            for predicate in (*_NESTED, RDF.first, RDF.rest):
                waiting += [inner for inner in shapes.objects(node, predicate) if not isinstance(inner, Literal)]
    return owners


def _describe(report: rdflib.Graph, node: Node, names: dict[BNode, str], owners: dict[Node, Node]) -> Json:
    source = report.value(node, SH.sourceShape)
    found = {
        name: _term(report.value(node, predicate), names)
        for name, predicate in (
            ("focus", SH.focusNode), ("value", SH.value), ("component", SH.sourceConstraintComponent),
            ("severity", SH.resultSeverity), ("source", SH.sourceShape), ("constraint", SH.sourceConstraint),
            ("path", SH.resultPath),
        )
    }  # fmt: skip
    path = report.value(node, SH.resultPath)
    messages = sorted(str(message) for message in report.objects(node, SH.resultMessage))
    root = _term(owners.get(source, source), names) if source is not None else None
    return {**found, "path_text": _path(report, path) if path is not None else "", "messages": messages, "root": root}


def _term(node: Node | None, names: dict[BNode, str]) -> Json | None:
    if isinstance(node, URIRef):
        return {"iri": str(node)}
    if isinstance(node, BNode):
        return {"blank": names.get(node, f"unknown{node}")}
    if isinstance(node, Literal):
        return {"text": str(node), "datatype": str(node.datatype or ""), "language": node.language or ""}
    return None


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
    answers = []
    for job in json.load(sys.stdin):
        try:
            answers.append(run_job(job))
        except Exception as error:  # one bad job is its own failure, told to the caller
            answers.append({"error": f"{type(error).__name__}: {error}"})
    with os.fdopen(out, "w", encoding="utf-8") as answer:
        json.dump({"version": version("pyshacl"), "answers": answers}, answer)


if __name__ == "__main__":
    main()
