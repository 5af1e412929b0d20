"""What an import or export could not carry, and why: no format is trusted to hold everything.

```text
skipped    a row was left out
dropped    a field was left out
weakened   something was carried in a weaker or coarser form
assumed    a value was filled in that the source does not state
```
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from aimsgraph.errors import Location


class LossKind(Enum):
    """What happened to the information, worst first."""

    SKIPPED = "skipped"
    DROPPED = "dropped"
    WEAKENED = "weakened"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that was not carried as it stood.

    Attributes:
        kind: what happened to it.
        what: the field, or `row` for a whole row.
        why: the reason, in a few words.
        count: how often.
        first: where it happened first; None when it has no place in a file.
    """

    kind: LossKind
    what: str
    why: str
    count: int = 1
    first: Location | None = None

    def __str__(self) -> str:
        """Return one line for a person."""
        times = f" ({self.count} times)" if self.count > 1 else ""
        where = f", first at {self.first}" if self.count > 1 and self.first else f", at {self.first}" * bool(self.first)
        return f"{self.kind.value} {self.what}: {self.why}{times}{where}"


@dataclass(frozen=True, slots=True)
class LossReport:
    """All losses of one import or export; the same loss in many rows is one entry with a count."""

    losses: tuple[Loss, ...] = ()

    @property
    def is_lossless(self) -> bool:
        """Whether everything was carried."""
        return not self.losses

    def of(self, kind: LossKind) -> tuple[Loss, ...]:
        """Return the losses of one kind."""
        return tuple(loss for loss in self.losses if loss.kind is kind)

    def render(self) -> str:
        """Return the report as text, worst first; one line when nothing was lost."""
        if self.is_lossless:
            return "nothing was lost\n"
        order = list(LossKind)
        return "".join(f"{loss}\n" for loss in sorted(self.losses, key=lambda loss: order.index(loss.kind)))

    def to_list(self) -> list[dict[str, str | int]]:
        """Return the report as JSON."""
        return [
            {"kind": x.kind.value, "what": x.what, "why": x.why, "count": x.count, "first": str(x.first or "")}
            for x in self.losses
        ]


@dataclass(slots=True)
class LossBook:
    """Collects losses while a file is read or written."""

    _entries: dict[tuple[LossKind, str, str], tuple[int, Location | None]] = field(default_factory=dict)

    def add(self, kind: LossKind, what: str, why: str, where: Location | None = None) -> None:
        """Write down one loss; equal ones are counted."""
        count, first = self._entries.get((kind, what, why), (0, where))
        self._entries[kind, what, why] = (count + 1, first)

    def report(self) -> LossReport:
        """Return what was written down, in the order in which it first happened."""
        return LossReport(tuple(Loss(*key, count, first) for key, (count, first) in self._entries.items()))
