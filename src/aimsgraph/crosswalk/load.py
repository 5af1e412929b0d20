"""Reads mapping records and structure out of a store into plain values, the same for any store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from aimsgraph.crosswalk.network import Network, Period
from aimsgraph.domain.mapping import Mapping, NoMatch, Review
from aimsgraph.domain.relation import Relation
from aimsgraph.errors import Location
from aimsgraph.graph.store import Store
from aimsgraph.norms.ask import date_of, iter_rows, text_of

Locate = Callable[[str], Location | None]


def load_network(store: Store, locate: Locate) -> Network:
    """Return the items, rows and structure of a store."""
    framework_of = dict(_pairs(store, "aims:inFramework/aims:slug"))
    parent_of = dict(_pairs(store, "aims:isDirectPartOf"))
    parent_of |= dict(_pairs(store, "aims:statedIn"))
    assessable = {item for item, says in _pairs(store, "aims:isAssessable") if says == "True"}
    rows = load_mappings(store, locate)
    return Network.build(framework_of, parent_of, rows, assessable, _periods(store, rows))


def load_mappings(store: Store, locate: Locate) -> list[Mapping]:
    """Return every asserted mapping, by row IRI; what was derived is no assertion and is left out."""
    facts = _facts(store)
    versions = dict(_pairs(store, "aims:versionOf"))
    place = dict(_pairs(store, "aims:statedIn"))
    reviews = _reviews(store)
    rows = []
    for iri, fact in sorted(facts.items()):
        if "derivedByPath" in fact:
            continue
        one = {name: values[0] for name, values in fact.items()}
        subjects, objects = tuple(fact["subject"]), tuple(fact["object"])
        rows.append(
            Mapping(
                iri=iri,
                set_id=one.get("inMappingSet", "").rpartition("/")[2],
                subjects=subjects,
                objects=objects,
                subject_versions=_pinned(subjects, fact.get("subjectVersion", []), versions, place),
                object_versions=_pinned(objects, fact.get("objectVersion", []), versions, place),
                relation=Relation.of(*fact["relation"]),
                extent=one.get("extent", ""),
                rationale=one.get("rationale", ""),
                gap_object=one.get("gap-object", ""),
                gap_subject=one.get("gap-subject", ""),
                basis=one.get("matchingBasis", ""),
                method=one.get("mappingMethod", ""),
                confidence=float(one.get("confidence", "1")),
                status=one.get("mappingStatus", "candidate"),
                perspective=frozenset(fact.get("perspective", [])),
                conformity_effect=one.get("conformityEffect", "none"),
                author=one.get("author", ""),
                author_kind=one.get("authorKind", ""),
                authored_on=dt.date.fromisoformat(one["authoredOn"]) if "authoredOn" in one else None,
                reviews=tuple(reviews.get(iri, ())),
                location=locate(iri),
            )
        )
    return rows


def load_nomatches(store: Store, locate: Locate) -> list[NoMatch]:
    """Return every record of having looked and found nothing, by IRI."""
    query = """SELECT ?iri ?set ?item ?scope ?day ?why WHERE { ?iri a aims:NoMatch ; aims:subject ?item ;
        aims:searchedScope/aims:slug ?scope . OPTIONAL { ?iri aims:inMappingSet ?set }
        OPTIONAL { ?iri aims:authoredOn ?day } OPTIONAL { ?iri aims:rationale ?why } } ORDER BY ?iri"""
    found = []
    for row in iter_rows(store, query):
        iri, set_id = text_of(row, "iri"), text_of(row, "set").rpartition("/")[2]
        item, scope, why = text_of(row, "item"), text_of(row, "scope"), text_of(row, "why")
        found.append(NoMatch(iri, set_id, item, scope, date_of(row, "day"), why, locate(iri)))
    return found


def _facts(store: Store) -> dict[str, dict[str, list[str]]]:
    """Return row IRI → property → values; concepts and roles as their slugs."""
    slugs = dict(_pairs(store, "skos:notation")) | dict(_pairs(store, "aims:slug"))
    labels = dict(_pairs(store, "rdfs:label", "?s a aims:Agent ."))
    gaps: dict[str, tuple[str, str]] = {}
    for row in iter_rows(
        store, "SELECT ?g ?side ?text WHERE { ?g aims:gapSide/skos:notation ?side ; aims:gapText ?text }"
    ):
        gaps[text_of(row, "g")] = (f"gap-{row['side']}", text_of(row, "text"))
    facts: dict[str, dict[str, list[str]]] = {}
    for row in iter_rows(store, "SELECT ?m ?p ?o WHERE { ?m a aims:Mapping ; ?p ?o } ORDER BY ?m ?p ?o"):
        name, value = text_of(row, "p").rpartition("#")[2], text_of(row, "o")
        if name == "hasGap" and value in gaps:
            name, value = gaps[value]
        elif name not in ("subject", "object", "inMappingSet"):
            value = slugs.get(value, labels.get(value, value))
        facts.setdefault(text_of(row, "m"), {}).setdefault(name, []).append(value)
    return {
        iri: fact for iri, fact in facts.items() if fact.get("subject") and fact.get("object") and "relation" in fact
    }


def _reviews(store: Store) -> dict[str, list[Review]]:
    query = """SELECT ?m ?r ?who ?kind ?on ?blind ?agreement ?note (GROUP_CONCAT(?word; SEPARATOR=";") AS ?proposed)
        WHERE { ?m aims:hasReview ?r . ?r aims:reviewer ?agent ; aims:reviewerKind/skos:notation ?kind ;
        aims:reviewedOn ?on ; aims:isBlind ?blind ; aims:agreement ?agreement .
        OPTIONAL { ?agent rdfs:label ?name } BIND(COALESCE(?name, STR(?agent)) AS ?who)
        OPTIONAL { ?r aims:reviewNote ?note } OPTIONAL { ?r aims:proposedRelation/skos:notation ?word } }
        GROUP BY ?m ?r ?who ?kind ?on ?blind ?agreement ?note ORDER BY ?m ?r"""
    reviews: dict[str, list[Review]] = {}
    for row in iter_rows(store, query):
        words = [word for word in text_of(row, "proposed").split(";") if word]
        on = date_of(row, "on")
        assert on is not None
        review = Review(
            reviewer=text_of(row, "who"),
            kind=text_of(row, "kind"),
            on=on,
            blind=bool(row["blind"]),
            proposed=Relation.of(*words),
            agreement=float(text_of(row, "agreement")),
            note=text_of(row, "note"),
        )
        reviews.setdefault(text_of(row, "m"), []).append(review)
    return reviews


def _periods(store: Store, rows: list[Mapping]) -> dict[str, Period]:
    """Return when the versions that rows pin are in force."""
    pinned = {pin for row in rows for pin in (*row.subject_versions, *row.object_versions)}
    query = """SELECT ?v ?start ?end WHERE { ?v aims:versionOf ?item ; aims:inForceFrom ?start .
        OPTIONAL { ?v aims:inForceUntil ?end } } ORDER BY ?v"""
    found = ((text_of(row, "v"), (text_of(row, "start"), text_of(row, "end"))) for row in iter_rows(store, query))
    return {version: period for version, period in found if version in pinned}


def _pinned(
    items: tuple[str, ...], pins: list[str], version_of: dict[str, str], place: dict[str, str]
) -> tuple[str, ...]:
    """Return the version pinned for each item: the one of the provision it is or stands in."""
    by_provision = {version_of[pin]: pin for pin in pins if pin in version_of}
    return tuple(by_provision.get(place.get(item, item), "") for item in items)


def _pairs(store: Store, path: str, also: str = "") -> list[tuple[str, str]]:
    query = f"SELECT ?s ?v WHERE {{ {also} ?s {path} ?v }} ORDER BY ?s ?v"
    return [(text_of(row, "s"), text_of(row, "v")) for row in iter_rows(store, query)]
