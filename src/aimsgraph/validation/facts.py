"""Gathers the facts that a register is judged on: the register, the slice of the catalogue it hangs on, the day.

Engines pay for every triple they read, and a register hangs on little of the catalogue: what it points to, what
that is a part of, the controls it has to decide on, the duties that bind its systems with the mappings that meet
them, and the code lists. Only properties that some shape names are taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from aimsgraph.domain.identifiers import GRAPH, ID
from aimsgraph.graph.store import Store
from aimsgraph.graph.vocabulary import RDF_TYPE, RDFS_SUBCLASS_OF, SKOS_CONCEPT, aims

RUN: Final = "urn:aimsgraph:run"
_DATE: Final = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")
_AIMS_STANDARD: Final = ox.NamedNode(f"{ID}iso/42001/2023")
_ACT: Final = f"{ID}eu/reg/2024/1689/"
_DIVIDED: Final = tuple(ox.NamedNode(_ACT + path) for path in ("anx_IV", "art_53/par_1", "art_55/par_1"))
"""Provisions whose parts a shape goes through one by one."""
_DERIVED: Final = (ox.NamedNode(GRAPH + "inferred"), ox.NamedNode(GRAPH + "derived-mappings"))
"""What some stores hold beside what was asserted; facts are gathered from assertions alone."""
_TIMED: Final = ("inForceFrom", "inForceUntil", "versionOf")

Triples = Iterable[ox.Triple]


def date_literal(day: dt.date) -> ox.Literal:
    """Return a day as a literal."""
    return ox.Literal(day.isoformat(), datatype=_DATE)


def run_triples(day: dt.date) -> list[ox.Triple]:
    """Return the node that says by which day is judged: the clock is data."""
    run = ox.NamedNode(RUN)
    return [ox.Triple(run, RDF_TYPE, aims("Run")), ox.Triple(run, aims("asOf"), date_literal(day))]


def duty_triples(binding: Iterable[tuple[str, str]]) -> list[ox.Triple]:
    """Return the duties that bind on the day, as results without a status.

    Args:
        binding: IRI of the system and IRI of the statement.
    """
    triples = []
    for number, (system, statement) in enumerate(sorted(set(binding)), start=1):
        node = ox.NamedNode(f"{RUN}:duty:{number}")
        triples.append(ox.Triple(node, RDF_TYPE, aims("CoverageResult")))
        triples.append(ox.Triple(node, aims("coverageFor"), ox.NamedNode(system)))
        triples.append(ox.Triple(node, aims("coverageOf"), ox.NamedNode(statement)))
    return triples


def gather_facts(store: Store, register: Triples, terms: frozenset[str], day: dt.date) -> set[ox.Triple]:
    """Return everything that shapes about a register read.

    Args:
        store: the catalogue and the ontology.
        register: the register, with what was derived from it: dates due, duties that bind.
        terms: the IRIs the shapes name.
        day: the day to judge by.
    """
    own = set(register)
    catalogue = _Slice(store, terms)
    catalogue.add_code_lists()
    catalogue.add_standard()
    catalogue.follow(t.object for t in own if isinstance(t.object, ox.NamedNode))
    catalogue.add_versions(t.object for t in own if t.predicate == aims("groundedOn"))
    catalogue.add_mappings(t.object for t in own if t.predicate == aims("coverageOf"))
    for provision in _DIVIDED:
        catalogue.follow(q.subject for q in store.quads(predicate=aims("isDirectPartOf"), object=provision))
    return own | catalogue.triples | set(run_triples(day))


class _Slice:
    """The part of the catalogue taken so far."""

    def __init__(self, store: Store, terms: frozenset[str]) -> None:
        self._store = store
        self._terms = terms
        self._seen: set[ox.NamedNode] = set()
        self.triples: set[ox.Triple] = set()
        self._take(store.quads(predicate=RDFS_SUBCLASS_OF))

    def _take(self, quads: Iterable[ox.Quad]) -> list[ox.Triple]:
        taken = [q.triple for q in quads if q.predicate.value in self._terms and q.graph_name not in _DERIVED]
        self.triples.update(taken)
        return taken

    def follow(self, nodes: Iterable[object]) -> None:
        """Take nodes of the catalogue, with what they are parts of, are stated in and answer."""
        ways = {aims(name) for name in ("isDirectPartOf", "statedIn", "inFramework")}
        waiting = [node for node in nodes if isinstance(node, ox.NamedNode)]
        while waiting:
            node = waiting.pop()
            if node in self._seen:
                continue
            self._seen.add(node)
            for triple in self._take(self._store.quads(subject=node)):
                if triple.predicate in ways and isinstance(triple.object, ox.NamedNode):
                    waiting.append(triple.object)

    def add_code_lists(self) -> None:
        """Take every concept, so that a code is known from a misspelt one."""
        self._take(self._store.quads(predicate=RDF_TYPE, object=SKOS_CONCEPT))

    def add_standard(self) -> None:
        """Take the clauses and controls of ISO/IEC 42001, which a management system is held against."""
        self.follow(q.subject for q in self._store.quads(predicate=aims("inFramework"), object=_AIMS_STANDARD))

    def add_versions(self, provisions: Iterable[object]) -> None:
        """Take the versions of provisions, with their periods."""
        for provision in provisions:
            if isinstance(provision, ox.NamedNode):
                for quad in self._store.quads(predicate=aims("versionOf"), object=provision):
                    for name in _TIMED:
                        self._take(self._store.quads(subject=quad.subject, predicate=aims(name)))

    def add_mappings(self, statements: Iterable[object]) -> None:
        """Take the mappings that reach statements, and the records of having found nothing for them."""
        for statement in set(statements):
            if isinstance(statement, ox.NamedNode):
                for name in ("object", "subject"):
                    for quad in self._store.quads(predicate=aims(name), object=statement):
                        if isinstance(quad.subject, ox.NamedNode):
                            self._take_mapping(quad.subject)

    def _take_mapping(self, record: ox.NamedNode) -> None:
        for name in ("subject", "object", "relation", "mappingStatus"):
            self._take(self._store.quads(subject=record, predicate=aims(name)))
