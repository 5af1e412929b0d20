"""Puts the dataset that a protocol request names into the text of an update, as SPARQL 1.1 Protocol 2.2.3 asks for."""

from __future__ import annotations

from aimsgraph.graph.lexer import scan_sparql
from aimsgraph.web.problems import HttpProblem
from aimsgraph.web.requests import check_iri


def with_dataset(text: str, default: tuple[str, ...], named: tuple[str, ...]) -> str:
    """Return an update that uses these graphs; the text as it is when none are named.

    >>> with_dataset("DELETE {?s ?p 1} WHERE {?s ?p 2}", ("urn:g",), ())
    'DELETE {?s ?p 1} USING <urn:g> WHERE {?s ?p 2}'

    Raises:
        HttpProblem: 400, the text names its dataset itself, or has no place for one.
    """
    if not default and not named:
        return text
    for iri in (*default, *named):
        check_iri(iri)
    scan = scan_sparql(text)
    outside = [token for token in scan.tokens if token.depth == 0]
    if any(token.word in {"USING", "WITH"} for token in outside):
        raise HttpProblem(400, "bad-parameter", "the update names its dataset itself, and so does the request")
    clause = "".join(f"USING <{iri}> " for iri in default) + "".join(f"USING NAMED <{iri}> " for iri in named)
    parts, at = [], 0
    for before, token in zip([None, *outside], outside, strict=False):
        if token.word == "WHERE":
            if before is not None and before.word == "DELETE":
                raise HttpProblem(400, "bad-parameter", "DELETE WHERE has no place for a dataset")
            parts += [text[at : token.start], clause]
            at = token.start
    return "".join((*parts, text[at:]))
