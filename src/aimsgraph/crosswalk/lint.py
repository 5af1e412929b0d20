"""What is wrong with mapping rows, each rule with a stable code, a severity, a place and a remedy.

Rules that need one row only run on any set, also a foreign one; those that need the network run on all rows together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Dict
from dataclasses import replace

from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.crosswalk.contradictions import find_contradictions
from aimsgraph.crosswalk.network import Network
from aimsgraph.domain.mapping import OUTSIDE, Mapping, NoMatch, Review
from aimsgraph.domain.relation import Verdict, judge
from aimsgraph.domain.report import Finding, Severity, sort_findings
from aimsgraph.domain.time import Moment, Span
from aimsgraph.errors import Location

NOWHERE = Location("(store)")
RATIONALE = 40
Name = Callable[[str], str]


def lint(
    network: Network, nomatches: Iterable[NoMatch], spans: Dict[str, Span], assessable: frozenset[str], moment: Moment,
    name: Name,
) -> list[Finding]:  # fmt: skip
    """Return what is wrong with the rows of a network.

    Args:
        network: all rows.
        nomatches: records of having looked.
        spans: the span of every version, by IRI.
        assessable: IRIs of the items that may be mapped.
        moment: the day and the law for "superseded".
        name: IRI → reference, for messages.
    """
    findings: list[Finding] = []
    for row in network.rows:
        findings += _ends(row, network, assessable, name)
        findings += (*_superseded(row, spans, moment), *_relation(row), *_weight(row))
    findings += _pairs(network, name)
    usable = [row for row in network.rows if row.status != "deprecated"]
    whole = Network.build(network.framework_of, network.parent_of, usable, assessable, network.periods)
    composer = Composer(whole)
    request = Request("", usable=_stands)
    findings += _contradictions(composer, request, name)
    findings += _nomatches(composer, request, nomatches, name)
    return sort_findings(findings)


def _stands(row: Mapping) -> bool:
    return row.status not in OUTSIDE


def _ends(row: Mapping, network: Network, assessable: frozenset[str], name: Name) -> Iterator[Finding]:
    where = row.location or NOWHERE
    for item in (*row.subjects, *row.objects):
        if item not in network.framework_of:
            yield Finding("MAP_DANGLING_END", f"there is no item {name(item)}", where, "name an item that exists")
        elif item not in assessable:
            yield Finding("MAP_NOT_ASSESSABLE", f"{name(item)} is not assessable", where, "map its parts or statements")


def _superseded(row: Mapping, spans: Dict[str, Span], moment: Moment) -> Iterator[Finding]:
    if row.status == "deprecated":
        return
    for version in dict.fromkeys((*row.subject_versions, *row.object_versions)):
        span = spans.get(version)
        if span is not None and not span.holds(moment):
            until = f" (in force until {span.end})" if span.end else ""
            message = f"the row pins {version.rpartition('/id/')[2]}, not in force on {moment.on}{until}"
            yield _warning("MAP_VERSION_SUPERSEDED", message, row, "review the row against the present text")


def _relation(row: Mapping) -> Iterator[Finding]:
    where = row.location or NOWHERE
    verdicts = judge(row.relation)
    if row.relation.is_contradiction or row.relation.says_nothing:
        yield Finding("MAP_SAYS_NOTHING", "the relation allows nothing or everything", where, "name what is possible")
    if verdicts.covers is Verdict.YES and row.gap_object:
        yield Finding("MAP_COVERS_WITH_GAP", f"covers with a gap: {row.gap_object}", where, "drop one of the two")
    if verdicts.covers is Verdict.NO and verdicts.overlaps is Verdict.YES and not row.gap_object:
        yield _warning("MAP_GAP_MISSING", "the gap on the object is not named", row, "say what stays unmet")
    fits_all = (row.extent == "all") is (verdicts.covers is Verdict.YES)
    fits_none = (row.extent == "none") is (verdicts.overlaps is Verdict.NO)
    if row.extent and not (fits_all and fits_none):
        yield Finding("MAP_EXTENT_MISMATCH", f"{row.extent!r} does not fit {row.relation.words}", where, "mend one")


def _weight(row: Mapping) -> Iterator[Finding]:
    where = row.location or NOWHERE
    if len(row.rationale) < RATIONALE:
        yield _warning("MAP_RATIONALE_SHORT", "the rationale is too short to be one", row, "name what is shared")
    if not 0 <= row.confidence <= 1:
        yield Finding("MAP_CONFIDENCE_RANGE", f"confidence {row.confidence:g} is not 0 to 1", where, "write 0 to 1")
    if row.status == "accepted" and not any(r.kind == "human" and r.agreement > 0 for r in row.reviews):
        yield Finding("MAP_ACCEPTED_WITHOUT_PERSON", "accepted without a person", where, "let a person review it")
    if row.conformity_effect == "presumption-of-conformity":
        yield Finding("MAP_PRESUMPTION", "no citation in the Official Journal is known", where, "write supports-only")
    if row.status not in OUTSIDE and (open_ := [r for r in row.reviews if not _is_reconciled(r, row)]):
        message = f"{open_[0].reviewer} disagrees and nobody reconciled"
        yield _warning("MAP_DISAGREEMENT_OPEN", message, row, "reconcile, or mark the row contested")


def _is_reconciled(review: Review, row: Mapping) -> bool:
    """Say whether a review agrees, was followed, or was answered by a later one or one that knew of it."""
    if review.agreement > 0 or review.proposed == row.relation:
        return True
    later = (r for r in row.reviews if r.agreement > 0)
    return any(r.on > review.on or (r.on == review.on and not r.blind) for r in later)


def _warning(code: str, message: str, row: Mapping, remedy: str) -> Finding:
    return Finding(code, message, row.location or NOWHERE, remedy, Severity.WARNING)


def _pairs(network: Network, name: Name) -> Iterator[Finding]:
    """Yield pairs that one set asserts twice, in either direction, for the same versions and roles."""
    first: dict[tuple[object, ...], Mapping] = {}
    for row in network.rows:
        if row.status == "deprecated":
            continue
        ends = ((row.subjects, row.subject_versions), (row.objects, row.object_versions))
        other = first.setdefault((row.set_id, row.perspective, frozenset(ends)), row)
        if other is not row:
            pair = f"{name(row.subjects[0])} and {name(row.objects[0])}"
            yield Finding("MAP_DUPLICATE", f"{pair} are paired twice", row.location or NOWHERE, f"see {other.iri}")


def _contradictions(composer: Composer, request: Request, name: Name) -> Iterator[Finding]:
    for found in find_contradictions(composer, request):
        rows = ", ".join(f"{row.iri.rpartition('/')[2]} ({row.location or 'store'})" for row in found.rows)
        message = f"{name(found.subject)} and {name(found.object)}: these rows cannot all be right: {rows}"
        yield Finding("MAP_CONTRADICTION", message, found.rows[0].location or NOWHERE, "review them together")


def _nomatches(composer: Composer, request: Request, nomatches: Iterable[NoMatch], name: Name) -> Iterator[Finding]:
    """Yield records of having found nothing where something follows."""
    for record in nomatches:
        wanted = replace(request, target=record.scope)
        for answer in composer.answers(record.item, wanted):
            if judge(answer.relation).overlaps is Verdict.YES:
                message = f"{name(record.item)} is a no-match, yet it overlaps with {name(answer.object)}"
                rows = ", ".join(row.iri.rpartition("/")[2] for row in answer.rows)
                where = record.location or NOWHERE
                yield Finding("MAP_NOMATCH_OVERLAPS", message, where, f"follows from {rows}", Severity.WARNING)
                break
