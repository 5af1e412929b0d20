"""Writes what follows from the asserted rows into a named graph of its own, for SPARQL.

Kept are answers that no single row says directly and that rule something out: composed over several rows, or reached
through a part of the subject. Each is a node with ends, what stays possible, the least confidence, the weakest status,
the roles, a link to every row used and a digest of its proof; the proof itself is made anew by `aimsgraph crosswalk`.
Between two items one direction is kept, since the inverse is a rule. What is derived is never composed again: the
loader leaves out every mapping with `aims:derivedByPath`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.crosswalk.load import load_network
from aimsgraph.crosswalk.network import Network
from aimsgraph.crosswalk.proof import Answer
from aimsgraph.domain.identifiers import BASE, GRAPH, VOCABULARY
from aimsgraph.graph.store import Store
from aimsgraph.graph.vocabulary import RDF_TYPE, aims
from aimsgraph.norms.ask import iter_rows, text_of

DERIVED_MAPPINGS: Final = ox.NamedNode(GRAPH + "derived-mappings")
DCT_IDENTIFIER: Final = ox.NamedNode("http://purl.org/dc/terms/identifier")
_DECIMAL: Final = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
_SCHEMES: Final = {"relation": "relation", "status": "mapping-status"}
Concepts = Mapping[tuple[str, str], ox.NamedNode]


def derive_mappings(store: Store, request: Request | None = None) -> int:
    """Make the graph of derived mappings hold exactly what follows from the store's rows; return how many there are.

    Args:
        store: where to read and write.
        request: which rows may be used, how many in a path; reviewed ones, three at most, when None.
    """
    network = load_network(store, lambda _iri: None)
    concepts = _read_concepts(store)
    answers = list(find_derived(network, request or Request("")))
    quads = [quad for answer in answers for quad in _describe(answer, concepts)]
    if quads or DERIVED_MAPPINGS in store.graphs():
        store.replace_graph(DERIVED_MAPPINGS, sorted(quads, key=str))
    return len(answers)


def find_derived(network: Network, request: Request) -> Iterator[Answer]:
    """Yield the answers between frameworks that no single row says directly, each pair once, in order of their IRIs."""
    composer, framework_of = Composer(network), network.framework_of
    for item in sorted(framework_of):
        for answer in composer.answers(item, request):
            starts_here = any(path.steps[0].row is None for path in answer.paths) or item < answer.object
            is_news = not answer.is_asserted and not answer.relation.is_contradiction
            if is_news and starts_here and framework_of[item] != framework_of.get(answer.object):
                yield answer


def proof_digest(answer: Answer) -> str:
    """Return what names an answer together with its whole proof: equal digests, equal proofs, wherever written."""
    told = answer.to_dict(str)
    for step in (step for path in told["proofs"] for step in path["steps"]):
        for place in ("file", "line"):
            step.pop(place, None)
    proof = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return "sha256:" + hashlib.sha256(proof.encode()).hexdigest()


def _describe(answer: Answer, concepts: Concepts) -> Iterator[ox.Quad]:
    rows = sorted(row.iri for row in answer.rows)
    key = "\n".join((answer.subject, answer.object, *rows, *sorted(answer.perspective)))
    node = ox.NamedNode(f"{BASE}map/derived/{hashlib.sha256(key.encode()).hexdigest()[:24]}")
    said: list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]] = [
        (RDF_TYPE, aims("MappingRecord")),
        (RDF_TYPE, aims("Mapping")),
        (aims("subject"), ox.NamedNode(answer.subject)),
        (aims("object"), ox.NamedNode(answer.object)),
        *((aims("relation"), concepts["relation", word]) for word in answer.relation.words),
        (aims("confidence"), ox.Literal(f"{Decimal(str(answer.least_confidence)):f}", datatype=_DECIMAL)),
        (aims("mappingStatus"), concepts["status", answer.weakest_status]),
        *((aims("perspective"), concepts["role", role]) for role in sorted(answer.perspective)),
        *((aims("derivedByPath"), ox.NamedNode(row)) for row in rows),
        (DCT_IDENTIFIER, ox.Literal(proof_digest(answer))),
    ]
    return (ox.Quad(node, predicate, value, DERIVED_MAPPINGS) for predicate, value in said)


def _read_concepts(store: Store) -> Concepts:
    """Return the nodes of relations, statuses and roles, by kind and slug."""
    found: dict[tuple[str, str], ox.NamedNode] = {}
    for kind, scheme in _SCHEMES.items():
        query = f"SELECT ?c ?n WHERE {{ ?c skos:inScheme <{VOCABULARY}{scheme}> ; skos:notation ?n }}"
        for row in iter_rows(store, query):
            found[kind, text_of(row, "n")] = ox.NamedNode(text_of(row, "c"))
    for row in iter_rows(store, "SELECT ?r ?n WHERE { ?m aims:perspective ?r . ?r aims:slug ?n }"):
        found["role", text_of(row, "n")] = ox.NamedNode(text_of(row, "r"))
    return found
