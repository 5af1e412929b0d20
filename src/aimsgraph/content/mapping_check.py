"""Checks mapping sets as files: ids, ends, versions, reviews, what a row of a relation has to say.

What needs the rows as a whole (contradictions, a no-match beside a derived overlap) is `crosswalk.lint`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aimsgraph.content.compile_duties import is_assessable
from aimsgraph.content.models import FrameworkHeader
from aimsgraph.content.read import Content, FrameworkSource, MappingSetSource
from aimsgraph.content.tables import Row, nearest
from aimsgraph.content.versions import derive_versions
from aimsgraph.domain.report import Finding

RATIONALE = 40
"""A rationale names what is shared; fewer characters than this cannot."""
_WHOLE = frozenset({"equal-to", "equivalent-to", "superset-of"})


@dataclass(frozen=True, slots=True)
class _Framework:
    """What a mapping may point at in one framework."""

    items: frozenset[str]
    assessable: frozenset[str]
    versions: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, source: FrameworkSource, headers: Mapping[str, FrameworkHeader]) -> _Framework:
        provisions, statements = source.rows("provisions"), source.rows("statements")
        keys = {id_: frozenset(v.key for v in versions) for id_, versions in derive_versions(source, headers).items()}
        keys |= {row["id"]: keys.get(row["provision"], frozenset()) for row in statements}
        return cls(
            frozenset(row["id"] for row in (*provisions, *statements)),
            frozenset(row["id"] for row in provisions if row.flag("assessable"))
            | frozenset(row["id"] for row in statements if is_assessable(row)),
            keys,
        )


def check_mappings(content: Content) -> Iterator[Finding]:
    """Yield what is wrong with the mapping sets."""
    headers = {f.header.slug: f.header for f in content.frameworks}
    frameworks = {f.header.slug: _Framework.of(f, headers) for f in content.frameworks} if content.mappings else {}
    for source in content.mappings:
        yield from _check_set(source, frameworks, headers)


def _check_set(
    source: MappingSetSource, frameworks: Mapping[str, _Framework], headers: Mapping[str, FrameworkHeader]
) -> Iterator[Finding]:
    slugs = []
    for side in ("subject", "object"):
        slug, _, edition = getattr(source.header, side).partition("@")
        if slug not in headers or edition != headers[slug].edition:
            known = ", ".join(f"{s}@{h.edition}" for s, h in headers.items())
            yield Finding(
                "UNKNOWN_REFERENCE",
                f"there is no framework {slug}@{edition}",
                source.yaml.where(side),
                f"known: {known}",
            )
            return
        slugs.append(slug)
    subject, object_ = (frameworks[slug] for slug in slugs)
    seen: dict[tuple[str, str], Row] = {}
    ids: dict[str, Row] = {}
    for row in source.all_rows:
        if row["id"] in ids:
            first = ids[row["id"]]
            yield Finding(
                "DUPLICATE_ID", f"{row['id']!r} stands twice", row.where("id"), f"the first: {first.where('id')}"
            )
        ids.setdefault(row["id"], row)
        pair = (row["subject"], row["object"])
        if pair in seen:
            remedy = f"it is also in {seen[pair].where('id')}; one row a pair"
            yield Finding("DUPLICATE_PAIR", f"{pair[0]} and {pair[1]} are paired twice", row.where("subject"), remedy)
        seen.setdefault(pair, row)
        yield from _check_ends(row, "subject", subject)
        yield from _check_ends(row, "object", object_)
        yield from _check_content(row, source)
    yield from _check_nomatch(source, dict(zip(slugs, (object_, subject), strict=True)), frameworks, seen)
    yield from _check_reviews(source, ids)


def _check_ends(row: Row, side: str, framework: _Framework) -> Iterator[Finding]:
    ids, pins = row.items(side), row.items(f"{side}_version")
    for id_ in ids:
        if id_ not in framework.items:
            guess = nearest(id_, sorted(framework.items))
            remedy = f"did you mean {guess!r}?" if guess else "see the framework's tables"
            yield Finding("UNKNOWN_REFERENCE", f"there is no item {id_!r}", row.where(side), remedy)
        elif id_ not in framework.assessable:
            yield Finding(
                "NOT_ASSESSABLE", f"{id_!r} is no assessable item", row.where(side), "map its parts or its statements"
            )
    if pins and len(pins) != len(ids):
        yield Finding(
            "VERSIONS_COUNT", f"{len(pins)} versions for {len(ids)} items", row.where(f"{side}_version"), "one each"
        )
    for id_, pin in zip(ids, pins, strict=False):
        keys = framework.versions.get(id_, frozenset())
        if pin not in keys:
            yield Finding(
                "UNKNOWN_VERSION", f"{id_!r} has no version {pin!r}", row.where(f"{side}_version"),
                f"known: {', '.join(sorted(keys))}",
            )  # fmt: skip


def _check_content(row: Row, source: MappingSetSource) -> Iterator[Finding]:
    relation = set(row.items("relation"))
    if len(row["rationale"]) < RATIONALE:
        yield Finding(
            "RATIONALE_SHORT", f"the rationale has {len(row['rationale'])} characters, at least {RATIONALE} are needed",
            row.where("rationale"), "say what is shared: which activity, record or criterion",
        )  # fmt: skip
    if relation <= _WHOLE and row["extent"] != "all":
        yield Finding("EXTENT_MISMATCH", f"{row['relation']} meets all of the object", row.where("extent"), "write all")
    if not relation & _WHOLE and row["extent"] == "all":
        yield Finding("EXTENT_MISMATCH", f"{row['relation']} cannot meet all", row.where("extent"), "most or some")
    if not relation & _WHOLE and "no-relationship" not in relation and not row["gap_object"]:
        yield Finding(
            "GAP_MISSING", "the gap on the object is not named", row.where("gap_object"), "say what stays unmet"
        )
    if relation <= _WHOLE and row["gap_object"]:
        yield Finding(
            "COVERS_WITH_GAP", f"{row['relation']} leaves no gap on the object", row.where("gap_object"),
            "drop the gap, or write intersects-with",
        )  # fmt: skip
    if float(row["confidence"]) > 1:
        yield Finding(
            "CONFIDENCE_RANGE", f"confidence {row['confidence']} is above 1", row.where("confidence"), "0 to 1"
        )
    if row["effect"] == "presumption-of-conformity" and not row["citation"]:
        yield Finding(
            "PRESUMPTION_UNCITED", "a presumption needs its citation in the Official Journal", row.where("effect"),
            "give the citation, or write supports-only",
        )  # fmt: skip
    kind = row["author_kind"] or source.header.author_kind
    by_people = [
        r for r in (source.reviews.rows if source.reviews else ()) if (r["kind"], r["row"]) == ("human", row["id"])
    ]
    if row["status"] == "accepted" and not (by_people and float(by_people[-1]["agreement"]) > 0):
        why = "the last person to review it did not agree" if by_people else "no person reviewed it"
        yield Finding(
            "ACCEPTED_WITHOUT_PERSON", f"the row is accepted, yet {why} (its author is {kind})",
            row.where("status"), "use `aimsgraph map review ROW --accept --by NAME`, or write reviewed",
        )  # fmt: skip


def _check_nomatch(
    source: MappingSetSource, other: Mapping[str, _Framework], frameworks: Mapping[str, _Framework],
    pairs: Mapping[tuple[str, str], Row],
) -> Iterator[Finding]:  # fmt: skip
    mapped = {id_ for row in pairs.values() for side in ("subject", "object") for id_ in row.items(side)}
    slugs = list(other)
    seen: dict[str, Row] = {}
    for row in source.nomatch.rows if source.nomatch else ():
        if row["scope"] not in slugs:
            yield Finding("UNKNOWN_REFERENCE", f"the set is not about {row['scope']!r}", row.where("scope"), f"{slugs}")
            continue
        ours = frameworks[next(slug for slug in slugs if slug != row["scope"])]
        if row["item"] not in ours.assessable:
            guess = nearest(row["item"], sorted(ours.assessable))
            yield Finding(
                "UNKNOWN_REFERENCE", f"there is no assessable item {row['item']!r}", row.where("item"),
                f"did you mean {guess!r}?" if guess else "",
            )  # fmt: skip
        if row["item"] in mapped:
            yield Finding(
                "NOMATCH_MAPPED", f"{row['item']!r} is mapped as well", row.where("item"), "drop this line or the rows"
            )
        if row["item"] in seen:
            yield Finding("DUPLICATE_ID", f"{row['item']!r} stands twice", row.where("item"), "keep one")
        seen.setdefault(row["item"], row)


def _check_reviews(source: MappingSetSource, ids: Mapping[str, Row]) -> Iterator[Finding]:
    for row in source.reviews.rows if source.reviews else ():
        if row["row"] not in ids and not row["row"].startswith("nomatch-"):
            guess = nearest(row["row"], list(ids))
            remedy = f"did you mean {guess!r}?" if guess else ""
            yield Finding("UNKNOWN_REFERENCE", f"there is no row {row['row']!r}", row.where("row"), remedy)
        if abs(float(row["agreement"])) > 1:
            yield Finding(
                "AGREEMENT_RANGE", f"agreement {row['agreement']} is not -1 to 1", row.where("agreement"), "-1 to 1"
            )
