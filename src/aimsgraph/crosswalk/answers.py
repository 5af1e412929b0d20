"""The crosswalk as it is asked: items by reference, law in time, statuses; JSON out. One per generation of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Dict
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from typing import Any

from aimsgraph.crosswalk.checker import Rejected, check_answer
from aimsgraph.crosswalk.compose import MAX_HOPS, Composer, Lead, Request
from aimsgraph.crosswalk.contradictions import Contradiction, find_contradictions
from aimsgraph.crosswalk.coverage import (
    Matrix,
    SetCover,
    Unmapped,
    build_matrix,
    count_carried,
    disputed_items,
    find_set_cover,
    find_unmapped,
    items_below_status,
)
from aimsgraph.crosswalk.lint import lint
from aimsgraph.crosswalk.load import Locate, load_network, load_nomatches
from aimsgraph.crosswalk.proof import Answer
from aimsgraph.domain.mapping import STATUSES, Mapping, NoMatch
from aimsgraph.domain.report import Finding
from aimsgraph.domain.time import Moment, Span
from aimsgraph.graph.store import Store
from aimsgraph.norms.ask import iter_rows, text_of
from aimsgraph.norms.index import Index
from aimsgraph.norms.law import Law, Statement

Json = dict[str, Any]


class Crosswalk:
    """Mappings of a store, ready to be asked.

    Attributes:
        network: items, rows and structure.
        nomatches: records of having looked and found nothing.
    """

    def __init__(self, store: Store, index: Index, law: Law, locate: Locate) -> None:
        self._store = store
        self._index = index
        self._law = law
        self.network = load_network(store, locate)
        self.nomatches = load_nomatches(store, locate)
        self.composer = Composer(self.network)

    def name(self, iri: str) -> str:
        """Return the reference of an item, or its IRI where it has none."""
        entry = self._index.by_iri(iri)
        return entry.reference if entry else iri

    @cached_property
    def assessable(self) -> frozenset[str]:
        """IRIs of the items that may be mapped."""
        rows = iter_rows(self._store, "SELECT ?s WHERE { ?s aims:isAssessable true }")
        return frozenset(text_of(row, "s") for row in rows)

    @cached_property
    def spans(self) -> dict[str, Span]:
        """The span of every version, by IRI."""
        return {version.iri: version.span for group in self._law.versions.values() for version in group}

    def items_of(self, framework: str, moment: Moment) -> list[str]:
        """Return the assessable items of a framework that are in force that day, in document order."""
        entries = self._index.by_reference.values()
        ours = [e.iri for e in entries if e.framework == framework and e.iri in self.assessable]
        order = {iri: i for i, iri in enumerate(self._ordered)}
        return sorted((i for i in ours if self._in_force(i, moment)), key=lambda iri: order.get(iri, 0))

    @cached_property
    def _ordered(self) -> list[str]:
        """Every item in document order, statements after the provision they stand in."""
        provisions = [entry.iri for entry in self._index.by_reference.values()]
        statements: dict[str, list[str]] = {}
        for statement in self._law.statements:
            statements.setdefault(statement.provision, []).append(statement.iri)
        return [iri for provision in provisions for iri in (provision, *statements.get(provision, ()))]

    @cached_property
    def _usable(self) -> Dict[str, Callable[[Mapping], bool]]:
        """What may be used for each minimum status: one function each, so that equal requests are equal."""
        return {status: partial(Mapping.has_weight, minimum=status) for status in STATUSES}

    def request(self, target: str, min_status: str, *, max_hops: int = MAX_HOPS, role: str = "") -> Request:
        """Return a request for items of a framework over rows of a minimum status."""
        return Request(target, max_hops, self._usable[min_status], role)

    def ask(self, items: Iterable[str], request: Request, moment: Moment, *, explain: bool) -> Json:
        """Return answers, contradictions, leads, no-matches and, apart, what remains without any of them, as JSON.

        Args:
            items: IRIs asked about.
            request: target, hops, statuses, role.
            moment: the day asked about and the law as known.
            explain: whether the answers carry their proofs.
        """
        answers: list[Answer] = []
        leads: list[Lead] = []
        asked = replace(request, counts=self._counts(moment))
        items = tuple(dict.fromkeys(items))
        for item in items:
            found = [a for a in self.composer.answers(item, asked) if self._in_force(a.object, moment)]
            answers += [self._warned(answer, moment) for answer in found]
            if explain:
                answered = {answer.object for answer in found}
                leads += [lead for lead in self._leads(item, asked, moment) if lead.object not in answered]
        no_match, rest = self._without(items, asked, moment)
        good = [answer for answer in answers if not answer.relation.is_contradiction]
        bad = [answer for answer in answers if answer.relation.is_contradiction]
        return {
            "answers": [answer.to_dict(self.name, explain=explain) | self._place(answer) for answer in good],
            "contradictions": [answer.to_dict(self.name, explain=True) for answer in bad],
            "leads": [self._lead_to_dict(lead) for lead in leads],
            "no_match": [
                {"subject": self.name(n.item), "scope": n.scope, "on": str(n.searched_on or ""), "reason": n.reason}
                for n in no_match
            ],
            **{why: [self.name(item) for item in without] for why, without in rest.items()},
        }

    def _leads(self, item: str, request: Request, moment: Moment) -> list[Lead]:
        return [lead for lead in self.composer.leads(item, request) if self._in_force(lead.object, moment)]

    def _without(
        self, items: tuple[str, ...], request: Request, moment: Moment
    ) -> tuple[list[NoMatch], dict[str, list[str]]]:
        """Return the no-matches of items and why others have no answer; a heading stands for its assessable parts."""
        looked = {record.item: record for record in self.nomatches if record.scope == request.target}
        disputed, below = disputed_items(self.composer, request.target), items_below_status(self.composer, request)
        no_match = []
        rest: dict[str, list[str]] = {"disputed": [], "below_status": [], "not_looked_at": []}
        for item in dict.fromkeys(each for asked in items for each in self._standing_for(asked, moment)):
            if item in looked:
                no_match.append(looked[item])
            elif not self.composer.answers(item, request):
                why = "disputed" if item in disputed else "below_status" if item in below else "not_looked_at"
                rest[why].append(item)
        return no_match, rest

    def _standing_for(self, item: str, moment: Moment) -> list[str]:
        parts = (item,) if item in self.assessable else self.network.all_parts_of(item)
        return [part for part in parts if part in self.assessable and self._in_force(part, moment)]

    @cached_property
    def _counts(self) -> Callable[[Moment], Callable[[str], bool]]:
        """What says which parts count on a day: one function a day, so that equal requests are equal."""
        return lru_cache(16)(lambda moment: partial(self._in_force, moment=moment))

    def unmapped(self, framework: str, request: Request, moment: Moment) -> Unmapped:
        """Return the items of a framework without any counterpart in the target."""
        return find_unmapped(self.composer, self.items_of(framework, moment), request.target, self.nomatches, request)

    def disputed(self, one: str, other: str, moment: Moment) -> list[Json]:
        """Return the contested rows between the items of two frameworks, pair by pair; no answer rests on them.

        Relations are given from the first framework to the second, whichever way the row is written.
        """
        items = [frozenset(self.items_of(side, moment)) for side in (one, other)]
        found = []
        for row in self.network.rows:
            if row.status != "contested":
                continue
            for ends, relation in (
                ((row.subjects, row.objects), row.relation), ((row.objects, row.subjects), row.relation.inverse())
            ):  # fmt: skip
                pairs = [(s, o) for s in ends[0] for o in ends[1] if s in items[0] and o in items[1]]
                found += [
                    {
                        "subject": self.name(subject), "object": self.name(object_), "row": row.iri,
                        "relations": list(relation.words), "reason": row.rationale, "confidence": row.confidence,
                        "perspective": sorted(row.perspective),
                    }
                    for subject, object_ in pairs
                ]  # fmt: skip
        return sorted(found, key=lambda each: (each["subject"], each["object"], each["row"]))

    def matrix(self, one: str, request: Request, moment: Moment, group: Callable[[str], str]) -> Matrix:
        """Return how the items of two frameworks meet."""
        rows, columns = self.items_of(one, moment), self.items_of(request.target, moment)
        return build_matrix(self.composer, rows, columns, self.nomatches, request, group)

    def cover(self, framework: str, duties: Iterable[str], request: Request, moment: Moment) -> SetCover:
        """Return a smallest set of items of a framework that reaches the duties that can be reached."""
        return find_set_cover(self.composer, self.items_of(framework, moment), duties, request)

    def carried(self, framework: str, request: Request, moment: Moment) -> list[tuple[str, int]]:
        """Return how many items of the target each item of a framework overlaps with, most first."""
        return count_carried(self.composer, self.items_of(framework, moment), request)

    def contradictions(self, min_status: str) -> list[Contradiction]:
        """Return the sets of rows that cannot all be right."""
        return find_contradictions(self.composer, self.request("", min_status))

    def lint(self, moment: Moment) -> list[Finding]:
        """Return what is wrong with the rows."""
        return lint(self.network, self.nomatches, self.spans, self.assessable, moment, self.name)

    def check_proof(self, answer: Json) -> str:
        """Return why an answer's proof does not hold; empty when it does."""
        rows, wholes = self._evidence
        try:
            check_answer(answer, rows, wholes, self.network.periods)
        except Rejected as error:
            return str(error)
        except (AttributeError, KeyError, TypeError, IndexError, ValueError) as error:
            return f"this is no proof as aimsgraph writes it: {type(error).__name__}: {error}"
        return ""

    @cached_property
    def _evidence(self) -> tuple[dict[str, Json], dict[str, str]]:
        """What the checker judges proofs by: the asserted rows, and what stands in what."""
        rows = {row.iri: self._row_to_dict(row) for row in self.network.rows}
        return rows, {self.name(part): self.name(whole) for part, whole in self.network.parent_of.items()}

    def _row_to_dict(self, row: Mapping) -> Json:
        return {
            "subjects": [self.name(iri) for iri in row.subjects],
            "objects": [self.name(iri) for iri in row.objects],
            "relations": list(row.relation.words),
            "subject_versions": list(row.subject_versions),
            "object_versions": list(row.object_versions),
            "confidence": row.confidence,
            "status": row.status,
            "perspective": sorted(row.perspective),
            "extent": row.extent,
            "gap_object": row.gap_object,
            "gap_subject": row.gap_subject,
        }

    def _in_force(self, iri: str, moment: Moment) -> bool:
        if (statement := self._statements.get(iri)) is not None:
            return statement.is_in_force(moment)
        versions = self._law.versions.get(iri, ())
        return not versions or any(version.span.holds(moment) for version in versions)

    @cached_property
    def _statements(self) -> dict[str, Statement]:
        return {statement.iri: statement for statement in self._law.statements}

    def _warned(self, answer: Answer, moment: Moment) -> Answer:
        """Add a warning for each pinned version that is not in force that day."""
        pins = dict.fromkeys(v for row in answer.rows for v in (*row.subject_versions, *row.object_versions) if v)
        warnings = tuple(
            f"{self.name(pin)}: the row was made for version {pin.rpartition('/')[2]}, not in force on {moment.on}"
            for pin in pins
            if pin in self.spans and not self.spans[pin].holds(moment)
        )
        return replace(answer, warnings=warnings) if warnings else answer

    def _place(self, answer: Answer) -> Json:
        """Return the provisions in which the ends are stated, where they are statements."""
        place = {}
        for key, iri in (("subject_ref", answer.subject), ("object_ref", answer.object)):
            statement = self._statements.get(iri)
            place[key] = statement.provision_reference if statement else self.name(iri)
        return place

    def _lead_to_dict(self, lead: Lead) -> Json:
        return {
            "subject": self.name(lead.subject),
            "object": self.name(lead.object),
            "why": lead.why,
            "steps": [{"row": s.row.iri if s.row else "", "to": self.name(s.object)} for s in lead.path],
        }
