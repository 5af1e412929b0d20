"""What our sets need beyond the slots of SSSOM 1.1, declared as extension slots, and how predicates are read.

The slots are named `aims_…`; each is declared with the property it stands for.
"""

from __future__ import annotations

from aimsgraph.content.mapping_compile import predicate_of
from aimsgraph.domain.identifiers import BASE, ID, TERM
from aimsgraph.domain.relation import WORDS, Base
from aimsgraph.exchange.mapping_table import OVERLAPPING, order_relations

EXCHANGE = BASE + "exchange#"
NO_TERM = "sssom:NoTermFound"
OVERLAPS = "aims:overlaps"
SET_SLOTS = {
    "aims_subject": EXCHANGE + "subjectEdition",
    "aims_object": EXCHANGE + "objectEdition",
    "aims_licence": EXCHANGE + "licenceText",
    "aims_set_author_kind": EXCHANGE + "setAuthorKind",
    "aims_method": TERM + "mappingMethod",
    "aims_justification": EXCHANGE + "justification",
    "aims_methodology": EXCHANGE + "methodology",
    "aims_law_version": EXCHANGE + "lawVersion",
    "aims_notes": EXCHANGE + "notes",
    "aims_authored_on": TERM + "authoredOn",
    "aims_foreign": EXCHANGE + "foreignFramework",
}
ROW_SLOTS = {
    "aims_author_kind": TERM + "authorKind",
    "aims_basis": TERM + "matchingBasis",
    "aims_citation": TERM + "officialJournalCitation",
    "aims_effect": TERM + "conformityEffect",
    "aims_extent": TERM + "extent",
    "aims_gap_object": EXCHANGE + "gapOnObject",
    "aims_gap_subject": EXCHANGE + "gapOnSubject",
    "aims_joint": EXCHANGE + "joint",
    "aims_note": EXCHANGE + "note",
    "aims_perspective": TERM + "perspective",
    "aims_relation": TERM + "relation",
    "aims_reviews": EXCHANGE + "reviews",
    "aims_row": TERM + "rowId",
    "aims_status": TERM + "mappingStatus",
}
COLUMNS = (
    "record_id", "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "author_id", "author_label", "reviewer_id", "reviewer_label", "license",
    "subject_source", "subject_source_version", "object_source", "object_source_version", "mapping_cardinality",
    "mapping_date", "review_date", "confidence", "comment", *ROW_SLOTS,
)  # fmt: skip
LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC BY-ND 4.0": "https://creativecommons.org/licenses/by-nd/4.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
UNSPECIFIED_LICENCE = "https://w3id.org/sssom/license/unspecified"
JUSTIFICATIONS = frozenset(
    "semapv:" + name
    for name in (
        "MappingReview", "ManualMappingCuration", "LogicalReasoning", "LexicalMatching", "CompositeMatching",
        "UnspecifiedMatching", "SemanticSimilarityThresholdMatching", "LexicalSimilarityThresholdMatching",
        "MappingChaining", "MappingInversion", "StructuralMatching", "InstanceBasedMatching",
        "BackgroundKnowledgeBasedMatching",
    )
)  # fmt: skip
"""What SSSOM 1.1 allows as a justification; its own list is closed."""
UNSPECIFIED = "semapv:UnspecifiedMatching"
PREFIXES = {
    "aid": ID,
    "aims": TERM,
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "linkml": "https://w3id.org/linkml/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_FOREIGN = {
    "skos:exactMatch": ("equal-to",),
    "owl:equivalentClass": ("equal-to",),
    "owl:sameAs": ("equal-to",),
    "skos:closeMatch": OVERLAPPING,
    "skos:relatedMatch": OVERLAPPING,
    "aims:overlaps": OVERLAPPING,
    "skos:broadMatch": ("subset-of",),
    "skos:narrowMatch": ("superset-of",),
    "rdfs:subClassOf": ("equal-to", "subset-of"),
    "aims:intersects": ("intersects-with",),
}
_NEGATABLE = frozenset({"aims:overlaps", "skos:exactMatch", "skos:broadMatch", "skos:narrowMatch", "aims:intersects"})
"""Predicates that say one relation and nothing less, so that their negation says all others."""


def predicate_for(relations: tuple[str, ...], subjects: int = 1, objects: int = 1) -> tuple[str, str]:
    """Return the predicate and its modifier that say a relation of one pair without saying more.

    In a joint row the relation holds of all subjects and objects together. Of each pair it holds only where it is
    handed down to parts: several subjects within one object, one subject around several objects, nothing shared.

    >>> predicate_for(("no-relationship",))
    ('aims:overlaps', 'Not')
    >>> predicate_for(("superset-of",), subjects=2)
    ('skos:mappingRelation', '')
    """
    is_handed_down = (
        (relations == ("subset-of",) and objects == 1)
        or (relations == ("superset-of",) and subjects == 1)
        or relations == ("no-relationship",)
    )
    if subjects * objects > 1 and not is_handed_down:
        return "skos:mappingRelation", ""
    if relations == ("no-relationship",):
        return OVERLAPS, "Not"
    if "no-relationship" in relations:
        return "skos:mappingRelation", ""  # the ends may share nothing: "overlaps" would be too much
    return predicate_of(relations), ""


def relations_for(predicate: str, modifier: str) -> tuple[str, ...]:
    """Return how a foreign predicate is read, empty when nothing follows from it.

    >>> relations_for("skos:broadMatch", "")
    ('subset-of',)
    """
    said = _FOREIGN.get(predicate, ())
    if not said or not modifier:
        return said
    if predicate not in _NEGATABLE:
        return ()
    bases = {WORDS[word] for word in said}
    left = [word for word in ("equal-to", "subset-of", "superset-of", "intersects-with") if WORDS[word] not in bases]
    return order_relations([*left, *([] if Base.DISJOINT in bases else ["no-relationship"])])
