"""Reads the manifests of the W3C SHACL suite: tests with their graphs and the report that is expected."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from w3c_suites import SUITES

from aimsgraph.validation.compiled.graph import ShapesGraph
from aimsgraph.validation.compiled.paths import read_path, shown_path

ROOT = SUITES / "shacl" / "data-shapes-test-suite" / "tests" if SUITES else None
HERE = "http://w3c.example/shacl/"
"""Where the suite's folder stands in the tests: what relative IRIs in its files are relative to."""
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
SH = "http://www.w3.org/ns/shacl#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
XSD_BOOLEAN = ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
Result = tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One test.

    Attributes:
        id: folder and name, such as `core/node/class-001`.
        data: the triples to judge.
        shapes: the shapes graph.
        expected: the results; None when the shapes have to be refused.
    """

    id: str
    data: tuple[ox.Triple, ...]
    shapes: tuple[ox.Triple, ...]
    expected: Counter[Result] | None

    @property
    def group(self) -> str:
        """`core` or `sparql`."""
        return self.id.partition("/")[0]


@cache
def read(iri: str) -> tuple[ox.Triple, ...]:
    """Return the triples of a file, its blank nodes named after it."""
    assert ROOT is not None
    mark = "".join(character for character in iri.removeprefix(HERE) if character.isalnum())
    path = ROOT / iri.removeprefix(HERE)
    quads = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=iri)
    names: dict[str, ox.BlankNode] = {}

    def named(term: object) -> object:
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term.value, ox.BlankNode(f"{mark}{len(names)}"))
        return term

    return tuple(ox.Triple(named(q.subject), q.predicate, named(q.object)) for q in quads)


@cache
def load_tests() -> tuple[Entry, ...]:
    """Return every test of the suite, in order; none when the suite is not there."""
    if ROOT is None:
        return ()
    files = (HERE + path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("*/*/*.ttl")))
    return tuple(sorted((entry for iri in files for entry in _tests_of(iri)), key=lambda entry: entry.id))


def _tests_of(iri: str) -> Iterator[Entry]:
    """Yield the tests of a file; a manifest includes all but one of them."""
    graph = ShapesGraph(read(iri))
    for node in graph.subjects(RDF_TYPE, ox.NamedNode(SHT + "Validate")):
        action = graph.objects(node, ox.NamedNode(MF + "action"))[0]
        data, shapes = (
            graph.objects(action, ox.NamedNode(SHT + name))[0].value for name in ("dataGraph", "shapesGraph")
        )
        expected = graph.objects(node, ox.NamedNode(MF + "result"))[0]
        folder = Path(iri.removeprefix(HERE)).parent.as_posix()
        name = node.value.rpartition("/")[2]
        yield Entry(f"{folder}/{name}", read(data), read(shapes), _results(graph, expected))


def _results(graph: ShapesGraph, report: ox.NamedNode | ox.BlankNode) -> Counter[Result] | None:
    if report == ox.NamedNode(SHT + "Failure"):
        return None
    found: Counter[Result] = Counter()
    for result in graph.objects(report, ox.NamedNode(SH + "result")):

        def one(name: str, result: ox.BlankNode = result) -> object:
            return next(iter(graph.objects(result, ox.NamedNode(SH + name))), None)

        path = one("resultPath")
        found[
            shown(one("focusNode")), shown_path(read_path(graph, path)) if path is not None else "",
            *(shown(one(name)) for name in ("value", "sourceConstraintComponent", "resultSeverity", "sourceShape")),
        ] += 1  # fmt: skip
    wanted = graph.objects(report, ox.NamedNode(SH + "conforms"))
    assert wanted == [ox.Literal("false" if found else "true", datatype=XSD_BOOLEAN)]
    return found


def shown(term: object) -> str:
    """Return a term as it is compared: blank nodes alike, as reports have their own."""
    return "_" if isinstance(term, ox.BlankNode) else "" if term is None else str(term)
