"""Rows, networks and small worlds of ground sets for the tests of the crosswalk."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from aimsgraph.crosswalk.network import Network
from aimsgraph.domain.mapping import Mapping as Row
from aimsgraph.domain.relation import Base, Relation
from aimsgraph.errors import Location

Ground = frozenset[int]
Command = Callable[..., tuple[int, str]]
"""Runs one command and gives its exit code and stdout."""
WORD = {
    Base.EQUAL: "equal-to",
    Base.SUBSET: "subset-of",
    Base.SUPERSET: "superset-of",
    Base.INTERSECTS: "intersects-with",
    Base.DISJOINT: "no-relationship",
}
BY_LETTER = dict(zip("esSid", Base, strict=True))
RATIONALE = "Both ask that the same record is kept for as long as the same system runs."


def said(letters: str) -> Relation:
    """Return the relation of letters as the documentation writes them: e, s, S, i, d."""
    return Relation(sum(BY_LETTER[letter].value for letter in letters))


def letters_of(relation: Relation) -> str:
    return "".join(letter for letter, base in BY_LETTER.items() if relation.bits & base.value)


def between(one: Ground, other: Ground) -> Base:
    """Return the one relation that holds between two non-empty sets."""
    if one == other:
        return Base.EQUAL
    if one < other:
        return Base.SUBSET
    if one > other:
        return Base.SUPERSET
    return Base.INTERSECTS if one & other else Base.DISJOINT


def non_empty_subsets(size: int) -> list[Ground]:
    return [frozenset(each) for count in range(1, size + 1) for each in combinations(range(size), count)]


def row(name: str, subject: str | tuple[str, ...], object_: str | tuple[str, ...], letters: str, **more: Any) -> Row:
    """Return an asserted row; the versions are given as `versions=("subject's", "object's")`."""
    subjects = (subject,) if isinstance(subject, str) else subject
    objects = (object_,) if isinstance(object_, str) else object_
    versions = more.pop("versions", ("", ""))
    base: dict[str, Any] = {
        "iri": f"urn:row:{name}",
        "set_id": "set",
        "subjects": subjects,
        "objects": objects,
        "subject_versions": (versions[0],) * len(subjects),
        "object_versions": (versions[1],) * len(objects),
        "relation": said(letters),
        "extent": "",
        "rationale": RATIONALE,
        "gap_object": "",
        "gap_subject": "",
        "basis": "semantic",
        "method": "automated",
        "confidence": 0.5,
        "status": "reviewed",
        "perspective": frozenset(),
        "conformity_effect": "supports-only",
        "author": "an author",
        "author_kind": "automated",
        "authored_on": dt.date(2026, 11, 1),
        "location": Location(f"data/mappings/set/rows/{name}.tsv", 2),
    }
    return Row(**base | more)


def framework(item: str) -> str:
    """Return the framework of an item named like `f1:a`."""
    return item.partition(":")[0]


def network(
    rows: Iterable[Row], parents: Mapping[str, str] | None = None, periods: Mapping[str, tuple[str, str]] | None = None
) -> Network:
    """Return a network of items named like `f1:a`, all of which may be mapped."""
    rows, parents = tuple(rows), parents or {}
    items = {item for each in rows for item in (*each.subjects, *each.objects)} | set(parents) | set(parents.values())
    return Network.build({item: framework(item) for item in sorted(items)}, parents, rows, None, periods)


def as_json(rows: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """Return rows as the checker reads them."""
    return {
        each.iri: {
            "subjects": list(each.subjects),
            "objects": list(each.objects),
            "relations": list(each.relation.words),
            "subject_versions": list(each.subject_versions),
            "object_versions": list(each.object_versions),
            "confidence": each.confidence,
            "status": each.status,
            "perspective": sorted(each.perspective),
            "extent": each.extent,
            "gap_object": each.gap_object,
            "gap_subject": each.gap_subject,
        }
        for each in rows
    }


def iter_weakened(base: Base) -> Iterator[Relation]:
    """Yield every set that holds a base relation."""
    return (Relation(bits) for bits in range(32) if bits & base.value)
