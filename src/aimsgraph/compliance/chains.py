"""What reaches an item on a system: chains from implementations with evidence, directly or through the crosswalk.

A mapping alone is never a chain, nor is a document. Each chain says what it comes to when nothing is in its way, and
what is in its way; the best chain decides. So more evidence or more implementations never make an item less covered,
save evidence that refutes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache

from aimsgraph.compliance.evidence import (
    Cause,
    EvidenceBook,
    EvidenceState,
    Obstacle,
    describe_evidence,
    describe_implementation,
    evidence_obstacles,
    operation_obstacles,
    review_obstacles,
)
from aimsgraph.compliance.installed import Installed
from aimsgraph.compliance.reach import Chain, Reach, Status
from aimsgraph.crosswalk.answers import Crosswalk
from aimsgraph.crosswalk.collective import Cover, decide_cover
from aimsgraph.crosswalk.compose import Request
from aimsgraph.crosswalk.proof import Answer
from aimsgraph.domain.mapping import Mapping
from aimsgraph.domain.register import ControlImplementation, Register
from aimsgraph.domain.relation import Verdict, judge
from aimsgraph.domain.time import Moment
from aimsgraph.norms.index import Index
from aimsgraph.norms.law import Law


class Chains:
    """Finds the chains of a register on a day. Made anew for each day and register.

    Attributes:
        register: the organisation's records.
        moment: the day asked about and the law as known.
    """

    def __init__(
        self, register: Register, law: Law, crosswalk: Crosswalk, index: Index, moment: Moment,
        min_status: str = "reviewed",
    ) -> None:  # fmt: skip
        self.register, self.moment = register, moment
        self._law, self._crosswalk, self._index = law, crosswalk, index
        self._min_status = min_status
        self._book = EvidenceBook(register.evidence)
        self._answers = lru_cache(None)(self._work_out_answers)
        self._installed = Installed(register)
        self._behind = lru_cache(None)(self._work_out_behind)

    def reach(self, item: str, system: str, role: str = "") -> Reach:
        """Return what reaches an item, by its IRI, on a system by its id.

        Args:
            item: IRI of a norm statement, or of an item of another framework.
            system: id of the system.
            role: only mappings that hold for this role; any when empty.
        """
        chains = [*self._direct(item, system), *self._shown(item, system), *self._mapped(item, system, role)]
        if all(chain.status is Status.NOT_COVERED for chain in chains):
            chains += self._never_looked(item, system, role)
        return Reach(tuple(chains))

    def implementations_of(self, control: str, system: str = "") -> tuple[ControlImplementation, ...]:
        """Return what carries out a control, by its reference, on a system or on any."""
        return self._installed.carrying_out(control, system)

    def obstacles(self, implementation: ControlImplementation, system: str = "") -> tuple[Obstacle, ...]:
        """Return what keeps an implementation from counting as operating with live evidence."""
        return self._state(implementation, system, ())[0]

    def _state(
        self, implementation: ControlImplementation, system: str, names: tuple[str, ...], *, direct: bool = False
    ) -> tuple[tuple[Obstacle, ...], tuple[Cause, ...], frozenset[str]]:
        """Return what is in the way of an implementation, what shows that it operates, and what that rests on."""
        day = self.moment.on
        its = (implementation.id, implementation.control) if implementation.control else (implementation.id,)
        backing = self._book.judge((*its, *names) if direct else its, names, system, day)
        obstacles = (
            *operation_obstacles(implementation, day),
            *evidence_obstacles(implementation.id, implementation.location, backing, day),
        )
        causes = () if obstacles else (describe_implementation(implementation),)
        if not obstacles:
            causes = (*causes, *(describe_evidence(record, day) for record in backing.evidence))
        return obstacles, causes, frozenset((implementation.id, *(record.id for record in backing.evidence)))

    def _direct(self, item: str, system: str) -> Iterator[Chain]:
        names = self._names(item)
        its = [each for name in names for each in self._installed.carrying_out(name, system)]
        said = [each for name in names for each in self._installed.addressing(name, system)]
        for implementation in dict.fromkeys((*its, *said)):
            obstacles, causes, rests_on = self._state(implementation, system, names, direct=True)
            review = () if implementation in its else review_obstacles(implementation, self.moment.on)
            yield Chain(Status.COVERED, causes, (*obstacles, *review), rests_on)

    def _shown(self, item: str, system: str) -> Iterator[Chain]:
        """Yield the chain of the evidence that names a clause: nothing is set up for a clause, its records show it.

        Evidence shows something of a clause; that it shows the whole nobody reviews. Without it nothing is known.
        """
        clause = self._names(item)[0]
        if not is_clause(clause):
            return
        day = self.moment.on
        backing = self._book.judge((clause,), (), system, day)
        found = evidence_obstacles(clause, None, backing, day)
        if backing.state is EvidenceState.NONE:
            says = "no evidence names it; what its other records come to is a question of readiness"
            found = (Obstacle("collect-evidence", clause, False, Cause("evidence", clause, says)),)
        refuted = backing.state is EvidenceState.REFUTED
        obstacles = tuple(dataclasses.replace(each, hard=refuted) for each in found)
        causes = () if obstacles else tuple(describe_evidence(record, day) for record in backing.evidence)
        yield Chain(Status.PARTLY, causes, obstacles, frozenset(record.id for record in backing.evidence))

    def _mapped(self, item: str, system: str, role: str) -> Iterator[Chain]:
        names, target = self._names(item), self._crosswalk.network.framework_of.get(item, "")
        for answer, is_current in self._answers(target, role).get(item, ()):
            control = self._crosswalk.name(answer.subject)
            chain = self._mapping_chain(answer, control, names[0], is_current=is_current)
            if chain is None:
                continue
            for implementation in self.implementations_of(control, system):
                obstacles, causes, rests_on = self._state(implementation, system, names)
                yield Chain(
                    chain.potential,
                    (*chain.causes, *causes),
                    (*chain.obstacles, *obstacles),
                    chain.rests_on | rests_on,
                )
        if item in self._joint_objects:
            yield from self._together(item, system, role)

    def _mapping_chain(self, answer: Answer, control: str, name: str, *, is_current: bool) -> Chain | None:
        """Return what a mapping would give if its control were implemented; None when it denies any overlap."""
        verdicts = judge(answer.relation)
        if verdicts.overlaps is Verdict.NO:
            return None
        potential = Status.COVERED if verdicts.covers is Verdict.YES else Status.PARTLY
        row = answer.rows[0]
        says = f"{verdicts.summary} {name} ({answer.weakest_status}, confidence {answer.least_confidence:.2f})"
        causes = (Cause("control", control, says, row.location),)
        obstacles: tuple[Obstacle, ...] = ()
        if not is_current:
            stale = next((row for row in answer.rows if not self._is_current(row)), row)
            cause = Cause("mapping", stale.iri, "was made for a version that is not in force that day", stale.location)
            obstacles = (Obstacle("update-mapping", stale.iri, False, cause),)
        elif answer.relation.is_contradiction or verdicts.overlaps is Verdict.UNKNOWN:
            cause = Cause("mapping", row.iri, f"says {verdicts.summary} of {control} and {name}", row.location)
            obstacles = (Obstacle("settle-mapping", row.iri, False, cause),)
        return Chain(potential, causes, obstacles, frozenset((control, *(row.iri for row in answer.rows))))

    def _together(self, item: str, system: str, role: str) -> Iterator[Chain]:
        """Yield the chain of a recorded joint row that covers an item by several controls, all set up and shown."""
        behind = self._behind(system)
        working = frozenset(behind)
        target = self._crosswalk.network.framework_of.get(item, "")
        request = Request(target, usable=self._usable_now, role=role)
        found = decide_cover(self._crosswalk.composer, working, (item,), request, complete=True)
        if found.verdict is Cover.PROVEN and found.statements[0].because.startswith("jointly"):
            row = found.statements[0].because.rpartition(" ")[2]
            subjects = next(r.subjects for r in self._crosswalk.network.rows if r.iri == row)
            causes = [Cause("mapping", row, "covers it jointly")]
            for subject in subjects:
                causes += (describe_implementation(behind[subject][0]),)
            rests_on = frozenset((row, *(self._crosswalk.name(s) for s in subjects)))
            yield Chain(Status.COVERED, tuple(causes), (), rests_on.union(*(behind[s][1] for s in subjects)))

    def _never_looked(self, item: str, system: str, role: str) -> Iterator[Chain]:
        """Yield a chain of unknown worth for each framework implemented here whose mapping nobody looked at."""
        target = self._crosswalk.network.framework_of.get(item, "")
        frameworks: dict[str, frozenset[str]] = {}
        for control, (_, rests_on) in self._behind(system).items():
            framework = self._framework(control)
            frameworks[framework] = frameworks.get(framework, frozenset()) | rests_on
        for framework, rests_on in frameworks.items():
            if framework in ("", target) or self._was_looked_at(item, framework, role):
                continue
            spoken = self._spoken.get((item, framework), ())
            says = f"nobody has looked whether {framework} reaches it"
            if any(row.status == "contested" for row in spoken):
                says = f"only contested rows say whether {framework} reaches it"
            elif spoken:
                says = f"no row on {framework} with enough weight is about the version in force that day"
            cause = Cause("look", framework, says)
            yield Chain(
                Status.PARTLY,
                (),
                (Obstacle("look-at-mapping", f"{framework} to {self._names(item)[0]}", False, cause),),
                rests_on,
            )

    def _was_looked_at(self, item: str, framework: str, role: str) -> bool:
        parents = self._crosswalk.network.parent_of
        at: str | None = item
        while at:
            if (at, framework) in self._looked:
                return True
            at = parents.get(at)
        request = Request(framework, 1, self._usable_now, "")
        return bool(self._crosswalk.composer.answers(item, request)) or item in self._joint_objects

    def _framework(self, item: str) -> str:
        return self._crosswalk.network.framework_of.get(item, "")

    @cached_property
    def _spoken(self) -> dict[tuple[str, str], list[Mapping]]:
        """Item and framework → the rows that pair the item with one of the framework, whatever their weight."""
        found: dict[tuple[str, str], list[Mapping]] = {}
        for row in self._crosswalk.network.rows:
            for ours, theirs in ((row.subjects, row.objects), (row.objects, row.subjects)):
                frameworks = {self._framework(other) for other in theirs}
                for key in ((item, framework) for item in ours for framework in frameworks):
                    found.setdefault(key, []).append(row)
        return found

    @cached_property
    def _looked(self) -> frozenset[tuple[str, str]]:
        return frozenset((record.item, record.scope) for record in self._crosswalk.nomatches)

    @cached_property
    def _joint_objects(self) -> frozenset[str]:
        joint = (r for r in self._crosswalk.network.rows if len(r.subjects) > 1 or len(r.objects) > 1)
        return frozenset(item for row in joint if self._usable_now(row) for item in row.objects)

    def _work_out_answers(self, target: str, role: str) -> dict[str, list[tuple[Answer, bool]]]:
        """Return item → answers of the controls set up here; whether each rests on versions in force that day."""
        found: dict[str, list[tuple[Answer, bool]]] = {}
        for control in self._controls:
            if self._framework(control) == target:
                continue
            current: set[str] = set()
            for usable, is_current in ((self._usable_now, True), (self._usable_ever, False)):
                for answer in self._crosswalk.composer.answers(control, Request(target, usable=usable, role=role)):
                    if is_current or answer.object not in current:
                        found.setdefault(answer.object, []).append((answer, is_current))
                    if is_current:
                        current.add(answer.object)
        return found

    def _work_out_behind(self, system: str) -> dict[str, tuple[ControlImplementation, frozenset[str]]]:
        """Return the controls that operate with live evidence on a system, by IRI, and by what; the first counts."""
        behind: dict[str, tuple[ControlImplementation, frozenset[str]]] = {}
        for control in self._installed.controls:
            entry = self._index.by_reference.get(control)
            for implementation in self.implementations_of(control, system) if entry else ():
                obstacles, _, rests_on = self._state(implementation, system, ())
                if entry and not obstacles:
                    behind.setdefault(entry.iri, (implementation, rests_on))
        return behind

    @cached_property
    def _controls(self) -> tuple[str, ...]:
        entries = (self._index.by_reference.get(control) for control in self._installed.controls)
        return tuple(dict.fromkeys(entry.iri for entry in entries if entry))

    @cached_property
    def _usable_ever(self) -> Callable[[Mapping], bool]:
        return lambda row: row.has_weight(self._min_status)

    @cached_property
    def _usable_now(self) -> Callable[[Mapping], bool]:
        return lambda row: row.has_weight(self._min_status) and self._is_current(row)

    def _is_current(self, row: Mapping) -> bool:
        """Say whether every version the row pins is in force that day; one whose days are unknown counts as such."""
        spans = self._crosswalk.spans
        pins = (pin for pin in (*row.subject_versions, *row.object_versions) if pin in spans)
        return all(spans[pin].holds(self.moment) for pin in pins)

    def _names(self, item: str) -> tuple[str, ...]:
        """Return the references that mean an item; the provision's too where it holds that statement only."""
        return self._all_names.get(item) or (self._crosswalk.name(item),)

    @cached_property
    def _all_names(self) -> dict[str, tuple[str, ...]]:
        stated: dict[str, list[str]] = {}
        ours = [s for s in self._law.statements if s.is_in_force(self.moment)]
        for statement in ours:
            stated.setdefault(statement.provision, []).append(statement.iri)
        return {
            s.iri: (s.reference, *((s.provision_reference,) if len(stated[s.provision]) == 1 else ())) for s in ours
        }


def is_clause(reference: str) -> bool:
    """Say whether a reference names a clause of a standard, such as `iso-42001:9.2.2`, not a control or statement."""
    return reference.partition(":")[2][:1].isdigit()
