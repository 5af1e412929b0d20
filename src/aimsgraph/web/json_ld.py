"""The answers as JSON-LD: the same JSON, in which the names of things are nodes and the keys are terms.

Keys that the ontology has a term for are that term; every other key is one below `…/answer#`. The context stands in
every answer, so that nobody needs to fetch one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aimsgraph.domain.identifiers import BASE, TERM

MEDIA_TYPE = "application/ld+json"
Json = dict[str, Any]
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_DAYS: Final = (
    "on", "law_as_of", "data_current_to", "applies_from", "in_force_from", "in_force_until", "published", "issued_on",
    "published_on", "checked_on", "current_to", "date", "due", "last_review", "next_review", "since",
)  # fmt: skip
_OURS: Final = {
    "local_id": "localId", "own_words": "ownWords", "full_text": "fullText", "edition": "edition", "celex": "celex",
    "publisher": "publisher", "jurisdiction": "jurisdiction", "rights": "rights", "slug": "slug",
    "requires_document": "requiresDocument", "topic": "topic", "year": "year", "status_text": "statusText",
    "designation": "designation", "ref": "reference",
}  # fmt: skip
CONTEXT: Final[Json] = {
    "@vocab": f"{BASE}answer#",
    "aims": TERM,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": _XSD,
    "iri": "@id",
    "label": "rdfs:label",
    "title": "dct:title",
    "note": "rdfs:comment",
    **{key: f"aims:{term}" for key, term in _OURS.items()},
    **{key: {"@type": "xsd:date"} for key in _DAYS},
}
_FRAME: Final = ("graph_version", "data_current_to", "on", "law_as_of", "warnings", "total", "next")
_NAMES: Final = frozenset({
    "statement", "provision", "subject", "object", "subject_ref", "object_ref", "replaced_by", "moved_to", "control",
    "not_looked_at", "disputed", "below_status", "framework", "provisions", "addresses", "expects",
})  # fmt: skip
_ADDRESSES: Final = frozenset({"row", "rule"})


def to_json_ld(answer: Json, iri_of: Callable[[str], str | None]) -> Json:
    """Return an answer as JSON-LD.

    Args:
        answer: as JSON.
        iri_of: the IRI of a reference; None when it is none.
    """
    said = {key: _value(key, value, iri_of) for key, value in answer.items()}
    if "iri" in answer:
        # An answer about one thing: what it says is said of the thing, the frame of the answer.
        about = {key: value for key, value in said.items() if key not in _FRAME}
        said = {key: value for key, value in said.items() if key in _FRAME} | {"about": about}
    return {"@context": CONTEXT, **said}


def _value(key: str, value: Any, iri_of: Callable[[str], str | None]) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return [_value(key, each, iri_of) for each in value]
    if isinstance(value, dict):
        inner = {name: _value(name, each, iri_of) for name, each in value.items()}
        if "iri" not in value and isinstance(value.get("ref"), str) and (iri := iri_of(value["ref"])):
            return {"iri": iri, **inner}
        return inner
    if key in _NAMES and isinstance(value, str) and (iri := iri_of(value)):
        return {"iri": iri, "ref": value}
    if key in _ADDRESSES and isinstance(value, str) and value.startswith(BASE):
        return {"iri": value}
    return value if value != "" else None
