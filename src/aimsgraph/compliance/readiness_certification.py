"""The checks of readiness about the external audits and the certificate.

The cycle is that of ISO/IEC 17021-1 with ISO/IEC 42006: two stages before the decision, a certificate for three years,
surveillance at least once in each calendar year between, the first within twelve months of the decision. An audit took
place when it has a report; one whose day has passed without a report may have.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator

from aimsgraph.compliance.readiness_records import CYCLE, Check, Mark, Records, collect, not_due, weigh
from aimsgraph.domain.register import Audit, Certificate

_OF_THE_CYCLE = ("stage-2", "surveillance", "recertification")


def has_stage_1(records: Records) -> Check:
    """Stage 1: documents, scope, statement of applicability, and whether stage 2 makes sense."""
    return _stage(records, "stage-1", "External audit, stage 1")


def has_stage_2(records: Records) -> Check:
    """Stage 2: whether what is written is done, and works."""
    return _stage(records, "stage-2", "External audit, stage 2")


def _stage(records: Records, kind: str, what: str) -> Check:
    audits = [audit for audit in records.register.audits if audit.kind == kind]
    held, open_ones = [audit.id for audit in audits if _was_held(audit, records)], _unreported(audits, records)
    if held:
        return weigh(what, held, [], [])
    planned = sorted(audit.on for audit in audits if audit.on and audit.on > records.day)
    bad = [f"{kind} is planned for {planned[0]}" if planned else f"{kind} was not held"]
    return weigh(what, [], [] if open_ones else bad, open_ones)


def _was_held(audit: Audit, records: Records) -> bool:
    return records.is_past(audit.on) and bool(audit.report)


def _unreported(audits: Iterable[Audit], records: Records) -> list[str]:
    return [
        f"{audit.id} has no report, so nobody knows if it was held" if audit.on else f"{audit.id} has no day"
        for audit in audits
        if audit.on is None or (records.is_past(audit.on) and not audit.report)
    ]


def has_surveillance(records: Records) -> Check:
    """Surveillance: within twelve months of the decision, then in each calendar year."""
    what = "External surveillance"
    audits = [audit for audit in records.register.audits if audit.kind in _OF_THE_CYCLE]
    days = sorted(audit.on for audit in audits if audit.on and _was_held(audit, records))
    decided = [c.valid_from for c in _current(records) if c.valid_from]
    start = min(decided, default=days[0] if days else None)
    if start is None:
        return not_due(what, "there is no certification to keep up")
    later = [day for day in days if day > start]
    bad = list(_missing(start, later, max((day for day in days if day <= start), default=start), records.day))
    held = [audit.id for audit in audits if audit.on in later and audit.kind != "stage-2"]
    open_ones = _unreported((a for a in audits if a.on is None or a.on > start), records) if bad else []
    if not held and not bad:
        return not_due(what, f"the first is due by {_a_year_after(start)}")
    return weigh(what, held, [] if open_ones else bad, open_ones)


def _missing(start: dt.date, held: list[dt.date], last: dt.date, day: dt.date) -> Iterator[str]:
    """Yield which surveillance is lacking, of those that had to be held before a day."""
    first_due = _a_year_after(start)
    if day > first_due and not any(each <= first_due for each in held):
        yield f"no surveillance since {last}: the first was due by {first_due}"
    for year in range(start.year + 1, day.year):
        if not any(each.year == year for each in held):
            yield f"no surveillance in {year}"


def _a_year_after(day: dt.date) -> dt.date:
    leap = day.month == 2 and day.day == 29 and not calendar.isleap(day.year + 1)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


def _current(records: Records) -> list[Certificate]:
    """Return the certificates of the management system that count that day."""
    ours = (c for c in records.register.certificates if c.of == "aims")
    return [c for c in ours if records.is_past(c.valid_from) and c.valid_until and records.day <= c.valid_until]


def has_certificate(records: Records) -> Check:
    """A certificate of the management system that counts, for three years at most, for the approved statement."""
    what = "Certificate"
    ours = [c for c in records.register.certificates if c.of == "aims"]
    valid = _current(records)
    undated = [
        f"{c.id} does not say from when until when it counts" for c in ours if not (c.valid_from and c.valid_until)
    ]
    if not valid:
        names = tuple(c.id for c in ours)
        if undated:
            return Check(what, Mark.UNKNOWN, tuple(undated), names)
        return Check(what, Mark.NOT, (_why_none(ours, records),), names)
    bad = [reason for certificate in valid for reason in _faults(certificate, records)]
    return collect(what, [c.id for c in valid], bad, none="")


def _why_none(ours: list[Certificate], records: Records) -> str:
    if any(c.valid_from and c.valid_from > records.day for c in ours):
        return "it counts only later"
    return "it has run out" if ours else "there is none"


def _faults(certificate: Certificate, records: Records) -> Iterator[str]:
    if not certificate.scope:
        yield f"{certificate.id} says no scope"
    if certificate.soa_version != records.register.soa.version:
        yield f"{certificate.id} names another version of the statement of applicability"
    start, end = certificate.valid_from, certificate.valid_until
    if start and end and end - start > CYCLE:
        yield f"{certificate.id} says that it counts for longer than three years"
