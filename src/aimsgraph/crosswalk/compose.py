"""Composes paths soundly: what follows for two items from the rows between them, and nothing more.

A path goes from an item (or one of its parts) over asserted rows to an item of the framework asked for. Two rows
compose only through the same version of the item between them and for compatible perspectives. A path that allows
everything says nothing and is dropped as soon as that is clear, since no further step can change it. Paths between the
same ends, in versions that go together and for a role in common, intersect. This is sound; it is weaker than full
algebraic closure, which is not claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from aimsgraph.crosswalk.network import HAS_PART, Network, Period
from aimsgraph.crosswalk.proof import Answer, Chain, Step
from aimsgraph.domain.mapping import Mapping
from aimsgraph.domain.relation import ANYTHING, Relation

MAX_HOPS = 3
ANSWERS_KEPT = 1024
_OTHER_VERSIONS = "the rows speak of different versions of the item between them: {} and {}"
_OTHER_ROLES = "the rows hold for different roles"
_ANYTHING_GOES = "the relations of this chain allow everything"


@dataclass(frozen=True, slots=True)
class Lead:
    """A chain that says nothing, for a person to look at: never an answer.

    Attributes:
        path: the steps.
        why: why nothing follows.
    """

    subject: str
    object: str
    path: tuple[Step, ...]
    why: str


def is_reviewed(row: Mapping) -> bool:
    """Say whether a row may be used where nothing else is asked for."""
    return row.has_weight("reviewed")


def always(_item: str) -> bool:
    """Say yes."""
    return True


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the composer. Equal requests get the answers that were kept; functions are equal to themselves.

    Attributes:
        target: slug of the framework whose items are wanted; empty for every framework, its own among them.
        max_hops: how many asserted rows a path may use.
        usable: which rows may be used.
        role: the role the answer is for; rows for other roles are not used. Empty for any.
        counts: which parts stand for their whole: those in force on the day asked about.
    """

    target: str
    max_hops: int = MAX_HOPS
    usable: Callable[[Mapping], bool] = is_reviewed
    role: str = ""
    counts: Callable[[str], bool] = always


OnLead = Callable[[Lead], None]
_Groups = tuple[tuple[Relation, tuple[Step, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a walk stands: the path up to here and what a further step has to fit.

    Attributes:
        version: the version of the item that the last row pins.
        roles: the roles all rows so far hold for; empty for any.
        hops: how many rows the path uses.
    """

    item: str
    seen: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    relations: tuple[Relation, ...] = ()
    version: str = ""
    roles: frozenset[str] = frozenset()
    hops: int = 0


class Composer:
    """Answers requests on a network; the answers asked for last are kept, as a network does not change."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._kept = lru_cache(ANSWERS_KEPT)(self._work_out)
        self._steps_for = lru_cache(16)(self._open_view)

    def answers(self, item: str, request: Request) -> tuple[Answer, ...]:
        """Return what is known of an item and every item of the target that paths reach, in order of reaching."""
        return self._kept(item, request)

    def leads(self, item: str, request: Request) -> list[Lead]:
        """Return the chains from an item to the target that say nothing, with the reason."""
        found: list[Lead] = []
        for _ in self._iter_paths(item, request, found.append):
            pass
        return found

    def _work_out(self, item: str, request: Request) -> tuple[Answer, ...]:
        by_object: dict[str, list[Chain]] = {}
        for path in self._iter_paths(item, request, None):
            by_object.setdefault(path.steps[-1].object, []).append(path)
        periods, role = self.network.periods, request.role
        return tuple(
            _join(item, object_, group)
            for object_, paths in by_object.items()
            for group in _compatible(paths, role, periods)
        )

    def _iter_paths(self, item: str, request: Request, on_lead: OnLead | None) -> Iterator[Chain]:
        view = self._steps_for(request.usable, request.role)
        yield from self._walk(_Place(item, (item,)), request, view, on_lead)
        for part in self.network.mapped_parts_of(item):
            if request.counts(part):
                step = Step("has-part", item, part, HAS_PART)
                yield from self._walk(_Place(part, (item, part), (step,), (HAS_PART,)), request, view, on_lead)

    def _open_view(self, usable: Callable[[Mapping], bool], role: str) -> Callable[[str], _Groups]:
        """Return what gives the usable steps from an item, grouped by relation, so that dead groups fall at once."""

        @lru_cache(None)
        def steps_from(item: str) -> _Groups:
            groups: dict[Relation, list[Step]] = {}
            for step in self.network.steps.get(item, ()):
                row = step.row
                if row is not None and usable(row) and (not role or not row.perspective or role in row.perspective):
                    groups.setdefault(step.relation, []).append(step)
            return tuple((relation, tuple(steps)) for relation, steps in groups.items())

        return steps_from

    def _walk(
        self, at: _Place, request: Request, view: Callable[[str], _Groups], on_lead: OnLead | None
    ) -> Iterator[Chain]:
        """Go on from an item, one asserted row at a time."""
        for said, steps in view(at.item):
            relation = at.relations[-1].then(said) if at.relations else said
            if relation.says_nothing:
                self._report_leads(at, steps, request, on_lead)
                continue
            relations = (*at.relations, relation)
            for step in steps:
                if step.object in at.seen:
                    continue
                wanted = self._is_wanted(step.object, request)
                if obstacle := _obstacle(at, step):
                    if wanted and on_lead:
                        on_lead(_lead(at, step, obstacle))
                    continue
                chain = (*at.steps, step)
                if wanted:
                    yield Chain(chain, relations)
                if at.hops + 1 < request.max_hops:
                    roles = _both(at.roles, step.row.perspective if step.row else at.roles)
                    seen = (*at.seen, step.object)
                    there = _Place(step.object, seen, chain, relations, step.versions[1], roles, at.hops + 1)
                    yield from self._walk(there, request, view, on_lead)

    def _report_leads(self, at: _Place, steps: tuple[Step, ...], request: Request, on_lead: OnLead | None) -> None:
        if on_lead is None:
            return
        for step in steps:
            if step.object not in at.seen and self._is_wanted(step.object, request):
                on_lead(_lead(at, step, _obstacle(at, step) or _ANYTHING_GOES))

    def _is_wanted(self, item: str, request: Request) -> bool:
        return not request.target or self.network.framework_of.get(item) == request.target


def _lead(at: _Place, step: Step, why: str) -> Lead:
    chain = (*at.steps, step)
    return Lead(chain[0].subject, step.object, chain, why)


def _obstacle(at: _Place, step: Step) -> str:
    """Return why a step must not follow the ones before it; empty when it may."""
    version = step.versions[0]
    if version and at.version and version != at.version:
        return _OTHER_VERSIONS.format(at.version, version)
    perspective = step.row.perspective if step.row else None
    if perspective and at.roles and at.roles.isdisjoint(perspective):
        return _OTHER_ROLES
    return ""


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Return the roles two rows both hold for; empty stands for any role, and the two have one in common."""
    return one & other if one and other else one or other


_Instant = tuple[str, str]


def _compatible(paths: list[Chain], role: str, periods: Dict[str, Period]) -> list[list[Chain]]:
    """Group paths that may be intersected: one day on which all versions pinned at either end are in force, one role.

    A path that pins nothing, or holds for every role, goes with every group. It is not enough that each two of a group
    go together, so each group is made for one day at each end and one role. Of groups only the largest are kept.
    """
    if len(paths) == 1:
        return [paths]
    ends = [path.ends for path in paths]
    perspectives = [path.perspective for path in paths]
    subject_days, object_days = (_instants({end[side] for end in ends}, periods) for side in (0, 1))
    roles = [role] if role else sorted(frozenset().union(*perspectives)) or [""]
    groups = {
        frozenset(
            i
            for i, (end, holds_for) in enumerate(zip(ends, perspectives, strict=True))
            if _is_there(end[0], day, periods) and _is_there(end[1], other_day, periods)
            if not holds_for or each in holds_for
        )
        for day, other_day, each in product(subject_days, object_days, roles)
    }
    largest = [group for group in groups if group and not any(group < other for other in groups)]
    return [[paths[i] for i in sorted(group)] for group in sorted(largest, key=sorted)]


def _instants(pins: set[str], periods: Dict[str, Period]) -> list[_Instant]:
    """Return days that tell the pinned versions apart; a version whose days are unknown stands for itself."""
    instants = {(periods[pin][0], "") if pin in periods else ("", pin) for pin in pins if pin}
    return sorted(instants) or [("", "")]


def _is_there(pin: str, instant: _Instant, periods: Dict[str, Period]) -> bool:
    if not pin:
        return True
    if pin not in periods:
        return pin == instant[1]
    day = instant[0]
    start, end = periods[pin]
    return bool(day) and start <= day and (not end or day < end)


def _join(subject: str, object_: str, paths: list[Chain]) -> Answer:
    relation = ANYTHING
    for path in paths:
        relation = relation.meet(path.relation)
    ordered = sorted(paths, key=lambda path: (len(path.steps), [s.row.iri if s.row else s.object for s in path.steps]))
    return Answer(subject, object_, relation, tuple(ordered))
