"""The terms the code names, ours by local name, foreign ones as constants; checked against `ontology/`."""

from __future__ import annotations

import pyoxigraph as ox

from aimsgraph.domain.identifiers import TERM

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_DCT = "http://purl.org/dc/terms/"
_OWL = "http://www.w3.org/2002/07/owl#"

RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
RDFS_LABEL = ox.NamedNode(_RDFS + "label")
RDFS_COMMENT = ox.NamedNode(_RDFS + "comment")
RDFS_SUBCLASS_OF = ox.NamedNode(_RDFS + "subClassOf")
DCT_TITLE = ox.NamedNode(_DCT + "title")
SKOS_CONCEPT = ox.NamedNode(_SKOS + "Concept")
SKOS_CONCEPT_SCHEME = ox.NamedNode(_SKOS + "ConceptScheme")
SKOS_IN_SCHEME = ox.NamedNode(_SKOS + "inScheme")
SKOS_NOTATION = ox.NamedNode(_SKOS + "notation")
SKOS_DEFINITION = ox.NamedNode(_SKOS + "definition")
OWL_CLASS = ox.NamedNode(_OWL + "Class")


def aims(local: str) -> ox.NamedNode:
    """Return the term of our ontology with a local name."""
    return ox.NamedNode(TERM + local)
