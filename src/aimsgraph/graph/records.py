"""Finds a record of a register by its id: the last part of its IRI."""

from __future__ import annotations

import pyoxigraph as ox

from aimsgraph.errors import UsageError
from aimsgraph.graph.store import Store
from aimsgraph.graph.vocabulary import RDF_TYPE, RDFS_SUBCLASS_OF, aims


def find_record(store: Store, class_: str, kind: str, value: str) -> ox.NamedNode:
    """Return the node of a class, or of a class below it, that an id or an IRI names.

    Args:
        store: what holds the register and the ontology.
        class_: local name of the class.
        kind: what to call it in an error.
        value: the id or the IRI.

    Raises:
        UsageError: there is none, or several registers have that id.
    """
    from rapidfuzz import process

    known = _instances(store, class_)
    found = sorted(iri for iri in known if value in (iri, _id_of(iri)))
    if len(found) > 1:
        raise UsageError(f"several things have the id {value!r}", remedy=f"write one of {', '.join(found)}")
    if not found:
        ids = sorted(set(map(_id_of, known)))
        near = process.extractOne(value, ids, score_cutoff=50)
        guess = f"did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"there is no {kind} {value!r}", remedy=f"{guess}Known: {', '.join(ids) or 'none'}")
    return ox.NamedNode(found[0])


def _id_of(iri: str) -> str:
    return iri.rpartition("/")[2]


def _instances(store: Store, class_: str) -> set[str]:
    waiting, classes = [aims(class_)], set[ox.NamedNode]()
    while waiting:
        each = waiting.pop()
        if each not in classes:
            classes.add(each)
            below = (quad.subject for quad in store.quads(predicate=RDFS_SUBCLASS_OF, object=each))
            waiting += [node for node in below if isinstance(node, ox.NamedNode)]
    found = (quad.subject for each in classes for quad in store.quads(predicate=RDF_TYPE, object=each))
    return {node.value for node in found if isinstance(node, ox.NamedNode)}
