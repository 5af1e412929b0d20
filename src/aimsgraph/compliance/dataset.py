"""What a register comes to on a day, as facts: what is due, which duties bind, how far each is covered.

Validation and the stored questions both take their facts from here, so that they cannot differ.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from aimsgraph.compliance.coverage import CoverageRow, Status
from aimsgraph.compliance.horizon import find_binding_days
from aimsgraph.compliance.systems import decide_system_duties
from aimsgraph.content.emit import Emitter, Node, text
from aimsgraph.content.organisation import CompiledOrganisation, OrganisationSource
from aimsgraph.domain.duty import Applies
from aimsgraph.domain.identifiers import ID
from aimsgraph.domain.organisation import AISystem
from aimsgraph.domain.time import Moment
from aimsgraph.errors import UsageError
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.graph.store import Store
from aimsgraph.graph.vocabulary import RDFS_COMMENT, RDFS_LABEL, RDFS_SUBCLASS_OF, aims
from aimsgraph.norms.law import Law
from aimsgraph.validation.facts import date_literal, run_triples

_REPORTING_PERIODS: Final[Mapping[str, str]] = {
    "IncidentSerious": "art_73/par_2",
    "IncidentWidespread": "art_73/par_3",
    "IncidentDeath": "art_73/par_4",
}
"""The paragraph that sets the clock for an incident of each kind."""
_DAYS: Final = re.compile(r"P([0-9]+)D")


@dataclass(frozen=True, slots=True)
class RegisterNames:
    """What a register calls its records, read for a day: what a question about it needs to be written out.

    Attributes:
        records: the register alone, with which class stands below which.
        moment: the day, and the law as known.
    """

    records: Store
    moment: Moment


def register_names(source: OrganisationSource, store: Store, moment: Moment) -> RegisterNames:
    """Return what a register calls its records.

    Args:
        source: the folder, without violations.
        store: the catalogue.
        moment: the day, and the law as known.
    """
    own = (ox.Quad(triple.subject, triple.predicate, triple.object) for triple in source.compile().triples)
    return RegisterNames(MemoryStore([*own, *store.quads(predicate=RDFS_SUBCLASS_OF)], read_only=True), moment)


def organisation_quads(
    source: OrganisationSource,
    compiled: CompiledOrganisation,
    rows: Iterable[CoverageRow],
    law: Law,
    store: Store,
    moment: Moment,
) -> list[ox.Quad]:
    """Return a register and what it comes to on a day, as two named graphs.

    The register stands in `…/graph/org/<slug>`, what is derived from it in `…/graph/org/<slug>/on/<day>`.

    Args:
        source: the folder, without violations.
        compiled: the same, compiled.
        rows: how far each duty is covered that day.
        law: the law.
        store: the catalogue.
        moment: the day, and the law as known.
    """
    own, derived = ox.NamedNode(compiled.graph), ox.NamedNode(f"{compiled.graph}/on/{moment.on}")
    facts = [*due_dates(compiled.triples, store), *_coverage_triples(source, rows, law, moment, derived)]
    facts += run_triples(moment.on)
    return [
        ox.Quad(triple.subject, triple.predicate, triple.object, graph)
        for graph, triples in ((own, compiled.triples), (derived, facts))
        for triple in triples
    ]


def earlier_statement(now: OrganisationSource, before: OrganisationSource) -> list[ox.Quad]:
    """Return the statement of applicability of an earlier state of a register, and that it was superseded.

    It stands in `…/graph/org/<slug>/soa/<version>`; nothing else of the earlier state is taken over.

    Args:
        now: the register as it is.
        before: an earlier state of the same register.

    Raises:
        UsageError: it is another organisation's, or not another version.
    """
    ours, theirs = now.register, before.register
    assert ours is not None and theirs is not None, "only sound registers are compared"
    if ours.organisation.iri != theirs.organisation.iri:
        raise UsageError(
            f"{theirs.organisation.slug} is no earlier state of {ours.organisation.slug}",
            remedy="name an earlier state of the same folder, such as a checkout of an earlier commit",
        )
    if not theirs.soa.version or theirs.soa.version == ours.soa.version:
        raise UsageError(
            f"both states hold version {ours.soa.version!r} of the statement of applicability",
            remedy="name a state with another version under soa: in organisation.yaml",
        )
    compiled = before.compile()
    wanted = {theirs.soa.iri, *(decision.iri for decision in theirs.soa.decisions)}
    graph = ox.NamedNode(f"{compiled.graph}/soa/{theirs.soa.version}")
    own = (t for t in compiled.triples if isinstance(t.subject, ox.NamedNode) and t.subject.value in wanted)
    quads = [ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in own]
    superseded = ox.NamedNode(theirs.soa.iri)
    return [*quads, ox.Quad(ox.NamedNode(ours.soa.iri), aims("supersedesSoA"), superseded, graph)]


def binding_duties(systems: Iterable[AISystem], law: Law, moment: Moment) -> Iterator[tuple[str, str]]:
    """Yield system and statement, by IRI, for every duty that binds the organisation that day."""
    statements = {statement.reference: statement.iri for statement in law.statements}
    for system in systems:
        for duty in decide_system_duties(law, system, moment):
            if duty.applies is Applies.YES:
                yield system.iri, statements[duty.statement]


def due_dates(triples: Iterable[ox.Triple], store: Store) -> Iterator[ox.Triple]:
    """Yield by when each incident has to be reported: SPARQL cannot add days to a day."""
    said: dict[object, dict[ox.NamedNode, object]] = {}
    for triple in triples:
        if triple.predicate in (aims("awareOn"), aims("incidentKind")):
            said.setdefault(triple.subject, {})[triple.predicate] = triple.object
    for node, words in said.items():
        start, days = words.get(aims("awareOn")), _reporting_days(words.get(aims("incidentKind")), store)
        if isinstance(start, ox.Literal) and isinstance(node, ox.NamedNode) and days is not None:
            due = dt.date.fromisoformat(start.value) + dt.timedelta(days=days)
            yield ox.Triple(node, aims("dueOn"), date_literal(due))


def _reporting_days(kind: object, store: Store) -> int | None:
    """Return within how many days an incident of a kind is reported, by the clocks of the law."""
    path = _REPORTING_PERIODS.get(kind.value.rpartition("#")[2]) if isinstance(kind, ox.NamedNode) else None
    if path is None:
        return None
    provision = ox.NamedNode(f"{ID}eu/reg/2024/1689/{path}")
    for clock in store.quads(predicate=aims("dueUnder"), object=provision):
        for quad in store.quads(subject=clock.subject, predicate=aims("duration")):
            if isinstance(quad.object, ox.Literal) and (found := _DAYS.fullmatch(quad.object.value)):
                return int(found.group(1))
    return None


def _coverage_triples(
    source: OrganisationSource, rows: Iterable[CoverageRow], law: Law, moment: Moment, graph: ox.NamedNode
) -> set[ox.Triple]:
    """Return one result a statement, system and role, whether it binds, does not, or will on a day that is known."""
    statements = {statement.reference: statement.iri for statement in law.statements}
    systems = {system.id: system.iri for system in source.systems}
    days = {system.id: find_binding_days(law, system, moment) for system in source.systems}
    register, names, out = source.register, source.law, Emitter()
    assert register is not None, "only a sound register is compiled"

    def start(system: str, statement: str, role: str, applies: Applies, status: Status) -> Node:
        local = statement.partition(":")[2]
        node = out.node(f"{graph.value}/coverage/{system}/{role}/{local}", "CoverageResult")
        node.say(RDFS_LABEL, text(f"{statement} for {system} as {role}", "en"))
        node.say("coverageOf", ox.NamedNode(statements[statement])).say("coverageFor", ox.NamedNode(systems[system]))
        node.say("coverageRole", ox.NamedNode(names.roles[role]))
        node.say("bindingStatus", ox.NamedNode(names.concepts["binding-status", applies.value]))
        return node.say("coverageStatus", ox.NamedNode(names.concepts["coverage-status", status.value]))

    for row in rows:
        assert row.applies is not None, f"{row.statement} binds nobody"
        day = days[row.system].pop((row.statement, row.role), (None, None))[0]
        node = start(row.system, row.statement, row.role, row.applies, row.status).say("bindsFrom", day)
        node.say("awaitsAnswerTo", *(ox.NamedNode(names.conditions[code]) for code in row.undecided))
        node.say(RDFS_COMMENT, text("; ".join(map(str, row.because)), "en"))
        if row.applies is Applies.YES:
            rests_on = _rests_on(row)
            implementations = (c.iri for c in register.controls if c.id in rests_on)
            node.say("restsOnImplementation", *map(ox.NamedNode, implementations))
            node.say("basedOn", *(ox.NamedNode(e.iri) for e in register.evidence if e.id in rests_on))
    for system, later in days.items():
        for (statement, role), (day, _) in later.items():
            node = start(system, statement, role, Applies.NO, Status.NOT_APPLICABLE).say("bindsFrom", day)
            node.say(RDFS_COMMENT, text(f"does not arise on {moment.on}: role or text begin later", "en"))
    return out.triples


def _rests_on(row: CoverageRow) -> frozenset[str]:
    """Return the ids in the chains that give the verdict; a verdict that nothing speaks for rests on nothing."""
    best = [chain for chain in row.reach.chains if chain.status is row.status]
    return frozenset[str]().union(*(chain.rests_on for chain in best if not chain.obstacles))
