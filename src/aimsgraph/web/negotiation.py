"""Which form of an answer is sent: the `Accept` header (RFC 9110, section 12.5.1) against what can be written."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from aimsgraph.web.problems import HttpProblem

ROWS: Mapping[str, str] = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
GRAPHS: Mapping[str, str] = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdfxml",
    "application/trig": "trig",
    "application/n-quads": "nquads",
    "application/json": "jsonld",
    "application/xml": "rdfxml",
    "text/plain": "ntriples",
}
NAMES: Mapping[str, str] = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "turtle": "text/turtle",
    "ttl": "text/turtle",
    "ntriples": "application/n-triples",
    "nt": "application/n-triples",
    "nquads": "application/n-quads",
    "trig": "application/trig",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
    "html": "text/html",
}
"""What `?format=` calls a media type."""
_TEXT = ("text/", "application/n-triples", "application/n-quads", "application/trig")


def choose(accept: str, offered: Sequence[str]) -> str:
    """Return the media type to send, the first offered one when all are equally welcome.

    >>> choose("text/csv;q=0.5, application/*", ["text/csv", "application/xml"])
    'application/xml'
    >>> choose("", ["text/csv", "application/xml"])
    'text/csv'

    Raises:
        HttpProblem: 406, none of them is welcome.
    """
    best = _best(accept, tuple(offered))
    if not best:
        raise HttpProblem(
            406,
            "not-acceptable",
            f"the answer cannot be written as {accept!r}",
            remedy=f"accept one of {', '.join(offered)}",
        )
    return best


@functools.lru_cache(256)
def _best(accept: str, offered: tuple[str, ...]) -> str:
    wanted = _parse(accept) or [("*/*", 1.0)]
    best, best_weight = "", 0.0
    for media_type in offered:
        weight = _weight(media_type, wanted)
        if weight > best_weight:
            best, best_weight = media_type, weight
    return best


def with_charset(media_type: str) -> str:
    """Return a media type with its character set where it is text."""
    return f"{media_type}; charset=utf-8" if media_type.startswith(_TEXT) else media_type


def _parse(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        if media_type:
            found.append((media_type.lower(), weight))
    return found


def _weight(media_type: str, wanted: list[tuple[str, float]]) -> float:
    """Return how welcome a media type is, by the most specific of the ranges that hold it."""
    kind = media_type.partition("/")[0]
    for pattern in (media_type, f"{kind}/*", "*/*"):
        weights = [weight for range_, weight in wanted if range_ == pattern]
        if weights:
            return max(weights)
    return 0.0
