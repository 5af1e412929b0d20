"""What reaches an item: chains that may count, what is in their way, and what they come to together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from aimsgraph.compliance.evidence import Cause, Obstacle


class Status(Enum):
    """How far something is covered."""

    COVERED = "covered"
    PARTLY = "partly"
    UNKNOWN = "unknown"
    NOT_COVERED = "not-covered"
    NOT_APPLICABLE = "not-applicable"

    @property
    def rank(self) -> int:
        """Higher is better covered; not meant for `NOT_APPLICABLE`."""
        return (Status.NOT_APPLICABLE, Status.NOT_COVERED, Status.UNKNOWN, Status.PARTLY, Status.COVERED).index(self)


@dataclass(frozen=True, slots=True)
class Chain:
    """One way in which an item may be reached.

    Attributes:
        potential: what it comes to with nothing in its way.
        causes: what it rests on, from the item to the evidence.
        obstacles: what is in its way.
        rests_on: ids of implementations and evidence, references of controls and IRIs of mapping rows it uses.
    """

    potential: Status
    causes: tuple[Cause, ...]
    obstacles: tuple[Obstacle, ...] = ()
    rests_on: frozenset[str] = frozenset()

    @property
    def status(self) -> Status:
        """What it comes to as things are."""
        if any(obstacle.hard for obstacle in self.obstacles):
            return Status.NOT_COVERED
        return Status.UNKNOWN if self.obstacles else self.potential


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that reaches, or might reach, an item on a system."""

    chains: tuple[Chain, ...]

    @property
    def status(self) -> Status:
        """What the best chain comes to."""
        return max((chain.status for chain in self.chains), key=lambda s: s.rank, default=Status.NOT_COVERED)

    @property
    def because(self) -> tuple[Cause, ...]:
        """The links of the best chain, or of all that fail where none counts; then what keeps it from more."""
        status = self.status
        if not self.chains:
            return (Cause("look", "", "nothing in the register addresses it, and no control set up here overlaps"),)
        best = [chain for chain in self.chains if chain.status is status]
        shown = best if status in (Status.UNKNOWN, Status.NOT_COVERED) else best[:1]
        found = [cause for chain in shown for cause in (*chain.causes, *(o.cause for o in chain.obstacles))]
        if status is Status.PARTLY:
            better = [c for c in self.chains if c.potential is Status.COVERED]
            found += [o.cause for chain in better for o in chain.obstacles]
            found += [cause for chain in best[1:] for cause in chain.causes if cause.kind == "implementation"]
        return tuple(dict.fromkeys(found))
