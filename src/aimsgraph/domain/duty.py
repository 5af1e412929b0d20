"""A duty and whether it binds: the answer every face gives."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Applies(Enum):
    """Whether a duty binds on the day asked about.

    `CONTESTED` means that readings of the law disagree about that day; `UNKNOWN` that a fact is missing.
    """

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the date from which a duty applies."""

    applies_from: dt.date
    reading: str
    legal_basis: str
    interpretation: str

    def to_dict(self) -> dict[str, str]:
        """Return the reading as JSON."""
        return {
            "applies_from": self.applies_from.isoformat(),
            "reading": self.reading,
            "legal_basis": self.legal_basis,
            "interpretation": self.interpretation,
        }


@dataclass(frozen=True, slots=True)
class ConditionState:
    """A condition of a duty and what is known about it; `answer` is None while nobody has answered."""

    code: str
    question: str
    answer: bool | None

    def to_dict(self) -> dict[str, Any]:
        """Return the condition as JSON."""
        answer = {True: "yes", False: "no", None: "unknown"}[self.answer]
        return {"code": self.code, "question": self.question, "answer": answer}


@dataclass(frozen=True, slots=True)
class Duty:
    """A norm statement, for one role on one route, on one day.

    Attributes:
        applies_from: the date, where the law gives exactly one; None where it is contested.
        readings: every date the law may give, with its basis.
        because: the reasons, in order, in words.
        system: id of the AI system, for a duty of a real one.
    """

    statement: str
    provision: str
    label: str
    role: str
    route: str
    modality: str
    umbrella: bool
    applies: Applies
    applies_from: dt.date | None
    readings: tuple[Reading, ...]
    legal_basis: str
    conditions: tuple[ConditionState, ...] = ()
    because: tuple[str, ...] = ()
    system: str = ""
    undecided: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the duty as JSON."""
        view: dict[str, Any] = {
            "statement": self.statement,
            "provision": self.provision,
            "label": self.label,
            "role": self.role,
            "route": self.route,
            "modality": self.modality,
            "umbrella": self.umbrella,
            "applies": self.applies.value,
            "applies_from": self.applies_from.isoformat() if self.applies_from else None,
            "readings": [reading.to_dict() for reading in self.readings],
            "legal_basis": self.legal_basis,
            "conditions": [condition.to_dict() for condition in self.conditions],
            "because": list(self.because),
        }
        if self.system:
            view["system"] = self.system
        return view
