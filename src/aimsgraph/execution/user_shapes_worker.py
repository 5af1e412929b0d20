"""Reads a user's shapes, or judges by them, in a process that the kernel keeps from network, files and memory.

One job as JSON on standard input, its answer as JSON on standard output:
`python -m aimsgraph.execution.user_shapes_worker BYTES`.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import sys
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from aimsgraph.errors import AimsgraphError, InputError, Location, Refused
from aimsgraph.execution.confine import Confinement, confine
from aimsgraph.graph.lexer import scan_sparql
from aimsgraph.graph.prefixes import load_prefixes
from aimsgraph.graph.store import Subject
from aimsgraph.validation.compiled.engine import CompiledEngine
from aimsgraph.validation.compiled.fallback import to_ntriples
from aimsgraph.validation.compiled.graph import name_of
from aimsgraph.validation.compiled.parse import compile_shapes
from aimsgraph.validation.compiled.results import plain, to_raw
from aimsgraph.validation.report import SHACL

Json = dict[str, Any]
_AT = {name: ox.NamedNode(SHACL + name) for name in ("message", "severity")}
_REMEDY = ox.NamedNode("https://w3id.org/aimsgraph/ns#remedy")
_IMPORTS = ox.NamedNode("http://www.w3.org/2002/07/owl#imports")


def main(arguments: list[str]) -> int:
    """Confine this process, do the job, and return 0; whatever else ends it is its end."""
    gc.disable()  # it ends after this; looking for what could be let go takes a sixth of the time of a large job
    asked = json.load(sys.stdin)
    # pySHACL, for what cannot be compiled, is a program of its own, confined as this one is.
    confine(Confinement(int(arguments[0]), reading=True, programs=True))
    try:
        answer = _read(asked["files"]) if asked["do"] == "read" else _judge(asked)
    except AimsgraphError as error:
        answer = {"error": _told(error)}
    json.dump(answer, sys.stdout)
    return 0


def _read(files: list[Json]) -> Json:
    triples: list[ox.Triple] = []
    homes: dict[Subject, str] = {}
    for number, file in enumerate(files):
        for triple in _parse(file, number):
            triples.append(triple)
            homes.setdefault(triple.subject, file["name"])
    plan = compile_shapes(triples)
    if plan.ill_formed:
        node, reason = next(iter(plan.ill_formed.items()))
        message = f"the shape {name_of(node)} cannot be read: {reason}"
        raise InputError(message, location=Location(homes.get(node, "")), remedy="mend the shape")
    nodes = {*(shape.shape.node for shape in plan.compiled), *plan.left}
    said: dict[Subject, list[ox.Triple]] = {node: [] for node in nodes}
    for triple in triples:
        if triple.subject in said:
            said[triple.subject].append(triple)
    imports = sorted({f"owl:imports {t.object} is not followed" for t in triples if t.predicate == _IMPORTS})
    return {
        "shapes": [_described(node, said[node], homes.get(node, "")) for node in sorted(nodes, key=str)],
        "terms": sorted(_named(triples)),
        "triples": to_ntriples(triples),
        "statements": [*plan.statements, *imports],
    }  # fmt: skip


def _parse(file: Json, number: int) -> Iterable[ox.Triple]:
    """Yield the triples of a file; a blank node keeps apart from those of other files."""
    name = file["name"]
    kind = ox.RdfFormat.from_extension(name.rpartition(".")[2])
    if kind is None:
        message = f"no syntax of RDF has the ending {name.rpartition('.')[2]!r}"
        raise InputError(message, location=Location(name), remedy="Turtle is .ttl, N-Triples .nt, JSON-LD .jsonld")
    try:
        for quad in ox.parse(
            file["text"].encode(), format=kind, rename_blank_nodes=True, base_iri=f"urn:shapes:{number}"
        ):
            yield quad.triple
    except SyntaxError as error:
        where = Location(name, error.lineno or 0, error.offset or 0)
        raise InputError(f"cannot read the shapes: {error.msg}", location=where, remedy="mend that line") from error
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read the shapes: {error}", location=Location(name), remedy="mend the file") from error


def _described(node: Subject, said: list[ox.Triple], file: str) -> Json:
    def one(predicate: ox.NamedNode) -> str:
        return next(
            (t.object.value for t in said if t.predicate == predicate and not isinstance(t.object, ox.Triple)), ""
        )

    return {
        "iri": plain(node), "message": one(_AT["message"]) or f"this is not as {name_of(node)} wants it",
        "severity": one(_AT["severity"]), "remedy": one(_REMEDY) or f"see the shape in {file}", "file": file,
    }  # fmt: skip


def _judge(asked: Json) -> Json:
    facts, shapes = (ox.parse(asked[name].encode(), format=ox.RdfFormat.N_TRIPLES) for name in ("facts", "shapes"))
    found = CompiledEngine(fallback=asked["fallback"]).judge(facts, (quad.triple for quad in shapes))
    return {
        "results": [dataclasses.asdict(result) for result in to_raw(found.violations)],
        "focus_counts": {plain(node): count for node, count in found.focus_counts.items()},
        "engines": {
            plain(node): f"{engine}: {found.reasons[node]}" if node in found.reasons else engine
            for node, engine in found.engines.items()
        },
    }


def _named(triples: Iterable[ox.Triple]) -> set[str]:
    """Return the IRIs that shapes name, in their queries also by the prefixes they declare."""
    texts = [t.object.value for t in triples if t.predicate.value in (SHACL + "select", SHACL + "ask")
             and isinstance(t.object, ox.Literal)]  # fmt: skip
    declared = load_prefixes().as_dict() | {
        one.object.value: two.object.value
        for one in triples if one.predicate.value == SHACL + "prefix" and isinstance(one.object, ox.Literal)
        for two in triples if two.predicate.value == SHACL + "namespace" and two.subject == one.subject
        and isinstance(two.object, ox.Literal)
    }  # fmt: skip
    found = {term.value for t in triples for term in (t.predicate, t.object) if isinstance(term, ox.NamedNode)}
    for text in texts:
        try:
            tokens = scan_sparql(text).tokens
        except AimsgraphError:
            continue  # the shape is left, or an error, when it is compiled
        for token in tokens:
            if token.kind == "iri":
                found.add(token.text[1:-1])
            elif token.kind == "name":
                prefix, _, local = token.text.partition(":")
                found.add(declared.get(prefix, "") + local)
    return found


def _told(error: AimsgraphError) -> Json:
    kind = "input" if isinstance(error, InputError) else "refused" if isinstance(error, Refused) else "backend"
    where = error.location or Location("")
    return {
        "kind": kind, "message": error.message, "remedy": error.remedy, "file": where.file, "line": where.line,
        "column": where.column,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
