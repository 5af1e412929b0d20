"""Reads the manifests of the W3C SPARQL 1.1 suite: entries with their kind, action and expected result."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection

_SETTING = os.environ.get("W3C_SUITES", "")
SUITES = Path(_SETTING) if _SETTING else None
ROOT = SUITES / "sparql11" / "sparql" / "sparql11" if SUITES else None
HERE = "http://w3c.example/sparql11/"
"""Where the suite's folder stands in the tests: what relative IRIs in its files are relative to."""

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")

_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".rdf": ox.RdfFormat.RDF_XML, ".nt": ox.RdfFormat.N_TRIPLES}


@dataclass(frozen=True)
class Entry:
    """One test of a manifest.

    Attributes:
        id: folder and name, such as `bind/bind01`.
        kind: local name of its type.
        node: it, in its manifest.
        manifest: the manifest's triples; IRIs of files start with `HERE`.
    """

    id: str
    kind: str
    node: rdflib.term.Node
    manifest: rdflib.Graph

    @property
    def folder(self) -> str:
        """What relative IRIs of its files are relative to."""
        return HERE + self.id.partition("/")[0] + "/"

    def one(self, subject: rdflib.term.Node | None, predicate: rdflib.URIRef) -> rdflib.term.Node | None:
        """Return the object of a predicate, None when there is none."""
        return self.manifest.value(subject, predicate) if subject is not None else None

    @property
    def action(self) -> rdflib.term.Node | None:
        """What is to be done."""
        return self.one(self.node, MF.action)

    @property
    def result(self) -> rdflib.term.Node | None:
        """What is expected."""
        return self.one(self.node, MF.result)


@cache
def load_entries() -> tuple[Entry, ...]:
    """Return every entry of the suite; none when the suite is not there."""
    if ROOT is None:
        return ()
    found = []
    for path in sorted(ROOT.glob("*/manifest*.ttl")):
        manifest = rdflib.Graph().parse(path, format="turtle", publicID=f"{HERE}{path.parent.name}/{path.name}")
        for listed in manifest.objects(None, MF.entries):
            for node in Collection(manifest, listed):
                kind = next(str(type_).rpartition("#")[2] for type_ in manifest.objects(node, rdflib.RDF.type))
                name = str(node).rpartition("#")[2]
                found.append(Entry(f"{path.parent.name}/{name}", kind, node, manifest))
    return tuple({entry.id: entry for entry in found}.values())


def entries(*kinds: str, without: tuple[str, ...] = ()) -> list[Entry]:
    """Return the entries of these kinds, but those of some folders."""
    return [e for e in load_entries() if e.kind in kinds and e.id.partition("/")[0] not in without]


def path_of(iri: rdflib.term.Node) -> Path:
    """Return the file an IRI of a manifest names."""
    assert ROOT is not None
    return ROOT / str(iri).removeprefix(HERE)


def read_text(iri: rdflib.term.Node) -> str:
    """Return a file's text."""
    return path_of(iri).read_text(encoding="utf-8")


def read_triples(iri: rdflib.term.Node) -> Iterator[ox.Triple]:
    """Yield the triples of a file, its blank nodes named after it."""
    path = path_of(iri)
    mark = "".join(character for character in str(iri).removeprefix(HERE) if character.isalnum())
    for quad in ox.parse(path=str(path), format=_FORMATS[path.suffix], base_iri=str(iri)):
        yield ox.Triple(_renamed(quad.subject, mark), quad.predicate, _renamed(quad.object, mark))


def _renamed(term: object, mark: str) -> object:
    return ox.BlankNode(f"{mark}{term.value}") if isinstance(term, ox.BlankNode) else term
