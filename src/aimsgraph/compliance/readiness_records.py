"""What the checks of readiness look at, and how they say what they found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from aimsgraph.compliance.chains import Chains
from aimsgraph.compliance.coverage import CoverageRow
from aimsgraph.compliance.soa import SoaRow
from aimsgraph.domain.organisation import AISystem
from aimsgraph.domain.register import Document, Register

YEAR = dt.timedelta(days=366)
"""How long an audit, a review or a training stays recent: a year, leap or not."""
CYCLE = dt.timedelta(days=3 * 365 + 1)
"""Three years: how long a certificate counts, and how long every clause may wait for an audit."""


class Mark(Enum):
    """What a check comes to."""

    MET = "met"
    PARTLY = "partly"
    NOT = "not"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        what: what it is about.
        mark: what it comes to.
        because: why it is not met, or not known to be; for one that is met, what speaks for it.
        records: ids of the records found.
        is_due: whether there was anything to do; else the check says nothing for or against its step.
    """

    what: str
    mark: Mark
    because: tuple[str, ...]
    records: tuple[str, ...] = ()
    is_due: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the check as JSON."""
        return {
            "check": self.what,
            "mark": self.mark.value if self.is_due else "not-due",
            "because": list(self.because),
            "records": list(self.records),
        }


@dataclass(frozen=True, slots=True)
class Records:
    """Everything the checks look at, for one day.

    Attributes:
        chains: the register on that day, with what reaches what.
        systems: the systems looked at.
        coverage: the coverage of the duties of those systems.
        soa: the rows of the statement of applicability.
        required: clause reference → the documented information it asks for.
        clauses: references of the assessable clauses.
    """

    chains: Chains
    systems: tuple[AISystem, ...]
    coverage: tuple[CoverageRow, ...]
    soa: tuple[SoaRow, ...]
    required: Mapping[str, str]
    clauses: tuple[str, ...]

    @property
    def register(self) -> Register:
        """The register."""
        return self.chains.register

    @property
    def day(self) -> dt.date:
        """The day asked about."""
        return self.chains.moment.on

    def is_past(self, day: dt.date | None) -> bool:
        """Say whether a day is known and has come."""
        return day is not None and day <= self.day

    def is_recent(self, day: dt.date | None) -> bool:
        """Say whether something happened within the last year."""
        return day is not None and self.day - YEAR <= day <= self.day

    def documents(self, *kinds: str) -> list[Document]:
        """Return the documents of these kinds."""
        return [document for document in self.register.documents if document.kind in kinds]


def collect(what: str, good: Iterable[str], bad: Iterable[str], *, records: Iterable[str] = (), none: str) -> Check:
    """Return a check over several things: met if all are good, not if none is.

    Args:
        what: what it is about.
        good: what is in order, in words; often ids.
        bad: what is not, each with the reason.
        records: ids of the records found; the good things when left out.
        none: the reason when there is nothing at all.
    """
    good, bad = tuple(good), tuple(bad)
    kept = tuple(dict.fromkeys(records)) or good
    if not good and not bad:
        return Check(what, Mark.NOT, (none,))
    if not bad:
        return Check(what, Mark.MET, (f"{len(good)} in order",), kept)
    return Check(what, Mark.PARTLY if good else Mark.NOT, bad, kept)


def weigh(what: str, good: Iterable[str], bad: Iterable[str], unknown: Iterable[str]) -> Check:
    """Return a check over several things, some of which nobody can judge: ids of good ones, reasons for the others.

    Met if all are good; without a good one unknown if anything is, else not; partly otherwise.
    """
    good, bad, unknown = tuple(dict.fromkeys(good)), tuple(bad), tuple(unknown)
    if not bad and not unknown:
        return Check(what, Mark.MET, (f"{len(good)} in order",), good)
    mark = Mark.PARTLY if good else Mark.UNKNOWN if unknown else Mark.NOT
    return Check(what, mark, (*bad, *unknown), good)


def not_due(what: str, reason: str) -> Check:
    """Return a check that had nothing to look at."""
    return Check(what, Mark.MET, (reason,), is_due=False)


def judge_document(what: str, found: list[Document], records: Records, none: str) -> Check:
    """Return a check of a document that must exist, be approved, and not be due for review; the best one counts."""
    order = (Mark.MET, Mark.UNKNOWN, Mark.PARTLY)
    judged = [(_judge_document(document, records), document.id) for document in found]
    if not judged:
        return Check(what, Mark.NOT, (none,))
    (mark, reason), identifier = min(judged, key=lambda item: order.index(item[0][0]))
    return Check(what, mark, (f"{identifier} {reason}",), (identifier,))


def _judge_document(document: Document, records: Records) -> tuple[Mark, str]:
    if not document.approved_by or not records.is_past(document.approved_on):
        return Mark.PARTLY, "is not approved"
    if document.next_review is None:
        return Mark.UNKNOWN, "is approved, and nobody set a day for its next review"
    if document.next_review < records.day:
        return Mark.PARTLY, f"was due for review on {document.next_review}"
    return Mark.MET, f"is approved and to be reviewed by {document.next_review}"
