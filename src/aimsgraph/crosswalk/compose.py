"""Composes paths soundly: what follows for two items from the rows between them, and nothing more.

A path goes from an item (or one of its parts) over asserted rows to an item of the framework asked for. Two rows
compose only through the same version of the item between them and for compatible perspectives. A path that allows
everything says nothing and is dropped as soon as that is clear, since no further step can change it. Paths between the
same ends, in the same versions and for compatible roles, intersect. This is sound; it is weaker than full algebraic
closure, which is not claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aimsgraph.crosswalk.network import HAS_PART, Network
from aimsgraph.crosswalk.proof import Answer, Chain, Step
from aimsgraph.domain.mapping import Mapping
from aimsgraph.domain.relation import ANYTHING, Relation

MAX_HOPS = 3


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


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the composer.

    Attributes:
        target: slug of the framework whose items are wanted; empty for every other framework.
        max_hops: how many asserted rows a path may use.
        usable: which rows may be used.
        role: the role the answer is for; rows for other roles are not used. Empty for any.
    """

    target: str
    max_hops: int = MAX_HOPS
    usable: Callable[[Mapping], bool] = lambda row: row.has_weight("reviewed")
    role: str = ""


class Composer:
    """Answers requests on a network; answers of one item are kept, as a network does not change."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def answers(self, item: str, request: Request) -> list[Answer]:
        """Return what is known of an item and every item of the target that paths reach, in order of reaching."""
        by_object: dict[str, list[Chain]] = {}
        for path in self._iter_paths(item, request):
            by_object.setdefault(path.steps[-1].object, []).append(path)
        return [_join(item, object_, group) for object_, paths in by_object.items() for group in _compatible(paths)]

    def leads(self, item: str, request: Request) -> list[Lead]:
        """Return the chains from an item to the target that say nothing, with the reason."""
        found: list[Lead] = []
        for _ in self._iter_paths(item, request, found.append):
            pass
        return found

    def _iter_paths(
        self, item: str, request: Request, on_lead: Callable[[Lead], None] = lambda _lead: None
    ) -> Iterator[Chain]:
        yield from self._walk((), (), item, {item}, request, on_lead)
        for part in self.network.mapped_parts_of(item):
            step = Step("has-part", item, part, HAS_PART)
            yield from self._walk((step,), (HAS_PART,), part, {item, part}, request, on_lead)

    def _walk(
        self, steps: tuple[Step, ...], relations: tuple[Relation, ...], at: str, seen: set[str], request: Request,
        on_lead: Callable[[Lead], None],
    ) -> Iterator[Chain]:  # fmt: skip
        """Go on from an item, one asserted row at a time."""
        if sum(step.row is not None for step in steps) == request.max_hops:
            return
        for step in self.network.steps.get(at, ()):
            row = step.row
            if row is None or step.object in seen or not request.usable(row):
                continue
            if request.role and row.perspective and request.role not in row.perspective:
                continue
            chain = (*steps, step)
            arrived = self._is_wanted(step.object, request)
            if obstacle := _obstacle(steps, step):
                if arrived:
                    on_lead(Lead(chain[0].subject, step.object, chain, obstacle))
                continue
            relation = relations[-1].then(step.relation) if relations else step.relation
            if relation.says_nothing:
                if arrived:
                    on_lead(Lead(chain[0].subject, step.object, chain, "the relations of this chain allow everything"))
                continue
            if arrived:
                yield Chain(chain, (*relations, relation))
            yield from self._walk(chain, (*relations, relation), step.object, seen | {step.object}, request, on_lead)

    def _is_wanted(self, item: str, request: Request) -> bool:
        return not request.target or self.network.framework_of.get(item) == request.target


def _obstacle(steps: tuple[Step, ...], step: Step) -> str:
    """Return why a step must not follow the ones before it; empty when it may."""
    before = next((s for s in reversed(steps) if s.row is not None), None)
    if before is None or before.row is None or step.row is None:
        return ""
    left, right = before.versions[1], step.versions[0]
    if left and right and left != right:
        return f"the rows speak of different versions of the item between them: {left} and {right}"
    roles = [s.row.perspective for s in (*steps, step) if s.row is not None and s.row.perspective]
    if roles and not frozenset.intersection(*roles):
        return "the rows hold for different roles"
    return ""


def _compatible(paths: list[Chain]) -> list[list[Chain]]:
    """Group paths that may be intersected: same pinned versions at both ends, a role in common.

    A path that pins nothing, or holds for every role, goes with every group.
    """
    groups: list[list[Chain]] = []
    for path in sorted(paths, key=lambda p: (not p.pins, not p.perspective)):
        fitting = [group for group in groups if all(_fit(path, other) for other in group)]
        for group in fitting:
            group.append(path)
        if not fitting:
            groups.append([path])
    return groups


def _fit(one: Chain, other: Chain) -> bool:
    if one.perspective and other.perspective and not one.perspective & other.perspective:
        return False
    return all(a == b or not a or not b for a, b in zip(one.ends, other.ends, strict=True))


def _join(subject: str, object_: str, paths: list[Chain]) -> Answer:
    relation = ANYTHING
    for path in paths:
        relation = relation.meet(path.relation)
    ordered = sorted(paths, key=lambda path: (len(path.steps), [s.row.iri if s.row else s.object for s in path.steps]))
    return Answer(subject, object_, relation, tuple(ordered))
