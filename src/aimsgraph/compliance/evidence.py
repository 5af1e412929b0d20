"""Judges what is said for and against an implementation: does it operate that day, and does live evidence show it?

Evidence of the type `document` shows that something was written, not that it is done, so it never counts alone. A
refutation does not heal with age: it stands until evidence collected later supports the same thing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from aimsgraph.domain.register import ControlImplementation, Evidence
from aimsgraph.errors import Location

ON_PAPER = frozenset({"document"})
"""Types of evidence that show a text, not an operation."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One link of the chain that leads to a status.

    Attributes:
        kind: duty, mapping, control, implementation, evidence, review or look.
        ref: id or reference of what it is about.
        says: what it says, in words.
        location: where it was written down, when that is known.
    """

    kind: str
    ref: str
    says: str
    location: Location | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the link as JSON."""
        view: dict[str, object] = {"step": self.kind, "ref": self.ref, "says": self.says}
        if self.location is not None and self.location.file:
            view |= {"file": self.location.file, "line": self.location.line}
        return view

    def __str__(self) -> str:
        """Return the link as a phrase."""
        return f"{self.ref}: {self.says}" if self.ref else self.says


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a chain from counting, and the action that would remove it.

    Attributes:
        action: kebab-case kind of action, such as `collect-evidence`.
        ref: id or reference of what the action is about.
        hard: whether the chain certainly does not count; else whether it does is unknown.
        cause: what is wrong, in words.
    """

    action: str
    ref: str
    hard: bool
    cause: Cause


class EvidenceState(Enum):
    """What the evidence on a day comes to."""

    LIVE = "live"
    UNDATED = "undated"
    EXPIRED = "expired"
    ON_PAPER = "on-paper"
    NONE = "none"
    REFUTED = "refuted"


@dataclass(frozen=True, slots=True)
class Backing:
    """The evidence behind an implementation on one system and one day: its state and the records that decide it."""

    state: EvidenceState
    evidence: tuple[Evidence, ...]


class EvidenceBook:
    """The evidence of a register, by what it speaks to."""

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        self._by_subject: dict[str, list[Evidence]] = {}
        for record in evidence:
            for subject in record.supports:
                self._by_subject.setdefault(subject, []).append(record)

    def about(self, subjects: Iterable[str], system: str) -> list[Evidence]:
        """Return the records that speak to any of these and, when they name systems, to this one, in file order."""
        found = {e.id: e for s in subjects for e in self._by_subject.get(s, ()) if not e.systems or system in e.systems}
        return list(found.values())

    def judge(self, shows: Iterable[str], contradicts: Iterable[str], system: str, day: dt.date) -> Backing:
        """Judge the evidence for something.

        Args:
            shows: ids and references that supporting evidence may name.
            contradicts: further ones that refuting evidence may name.
            system: id of the system.
            day: the day asked about.
        """
        shows = tuple(shows)
        support = [e for e in self.about(shows, system) if not e.refutes]
        against = [e for e in self.about((*shows, *contradicts), system) if e.refutes and not _is_later(e, day)]
        later = [e for e in self.about((*shows, *contradicts), system) if not e.refutes and e.type not in ON_PAPER]
        standing = [e for e in against if not any(_overtakes(newer, e, day) for newer in later)]
        if standing:
            return Backing(EvidenceState.REFUTED, tuple(standing))
        operation = [e for e in support if e.type not in ON_PAPER]
        for fresh, state in ((True, EvidenceState.LIVE), (None, EvidenceState.UNDATED), (False, EvidenceState.EXPIRED)):
            if found := [e for e in operation if e.is_fresh(day) is fresh]:
                return Backing(state, tuple(found))
        return Backing(EvidenceState.ON_PAPER if support else EvidenceState.NONE, tuple(support))


def _is_later(record: Evidence, day: dt.date) -> bool:
    return record.collected_on is not None and record.collected_on > day


def _overtakes(newer: Evidence, refuting: Evidence, day: dt.date) -> bool:
    if newer.collected_on is None or refuting.collected_on is None:
        return False
    return refuting.collected_on < newer.collected_on <= day


def describe_evidence(record: Evidence, day: dt.date) -> Cause:
    """Say in words what a record comes to on a day."""
    fresh, last = record.is_fresh(day), record.stale_after
    if record.refutes:
        says = f"refutes it, {_collected(record)}, and no later evidence supports it"
    elif record.type in ON_PAPER:
        says = "is a document: it shows a text, not that it is done"
    elif fresh is None:
        says = "carries no date" if record.collected_on is None else "has no limit of age, so nobody knows if it counts"
    elif fresh:
        says = f"{record.type}, {_collected(record)}, counts until {last}"
    elif _is_later(record, day):
        says = f"is of {record.collected_on} only, after {day}"
    else:
        says = f"expired on {last}"
    return Cause("evidence", record.id, says, record.location)


def _collected(record: Evidence) -> str:
    return f"collected on {record.collected_on}" if record.collected_on else "without a date"


_EVIDENCE_ACTIONS: Mapping[EvidenceState, tuple[str, bool]] = {
    EvidenceState.UNDATED: ("date-evidence", False),
    EvidenceState.EXPIRED: ("renew-evidence", True),
    EvidenceState.ON_PAPER: ("collect-evidence", True),
    EvidenceState.NONE: ("collect-evidence", True),
    EvidenceState.REFUTED: ("correct", True),
}


def evidence_obstacles(ref: str, location: Location | None, backing: Backing, day: dt.date) -> tuple[Obstacle, ...]:
    """Return what the evidence for a thing leaves to be done; empty when it is live."""
    if backing.state is EvidenceState.LIVE:
        return ()
    action, hard = _EVIDENCE_ACTIONS[backing.state]
    if backing.evidence:
        cause = describe_evidence(backing.evidence[-1], day)
    else:
        cause = Cause("evidence", ref, "there is no evidence that it operates", location)
    return (Obstacle(action, ref, hard, cause),)


def operation_obstacles(implementation: ControlImplementation, day: dt.date) -> tuple[Obstacle, ...]:
    """Return why an implementation does not operate on a day; empty when it does."""
    if implementation.is_operating(day):
        return ()
    since, until = implementation.since, implementation.until
    if until is not None and until <= day:
        says = f"was retired on {until}"
    elif implementation.status in ("retired", "in-progress"):
        says = f"is {implementation.status}"
    elif since is None:
        says = f"is {implementation.status}, with no day from which it operates"
    else:
        says = f"operates from {since} only"
    return (Obstacle("operate", implementation.id, True, _cause(implementation, says)),)


def review_obstacles(implementation: ControlImplementation, day: dt.date) -> tuple[Obstacle, ...]:
    """Return why the claim that an implementation meets a statement has no weight yet; empty when it was reviewed."""
    if not implementation.reviewed_by:
        says = "nobody has reviewed the claim that it meets the statement"
    elif implementation.reviewed_on is not None and implementation.reviewed_on > day:
        says = f"the claim that it meets the statement is reviewed on {implementation.reviewed_on} only"
    else:
        return ()
    cause = Cause("review", implementation.id, says, implementation.location)
    return (Obstacle("review-claim", implementation.id, False, cause),)


def _cause(implementation: ControlImplementation, says: str) -> Cause:
    return Cause("implementation", implementation.id, says, implementation.location)


def describe_implementation(implementation: ControlImplementation) -> Cause:
    """Say in words that an implementation operates."""
    title = f"{implementation.title}, " if implementation.title else ""
    return _cause(implementation, f"{title}operating since {implementation.since}")
