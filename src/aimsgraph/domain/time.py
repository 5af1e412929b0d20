"""Legal time: the day asked about and the law as known, and the one clock of the program.

A text is *known* on day L when it was published on or before L. It is *in force* on day D from its entry into force
until the day another text replaces it (half-open intervals). An answer always says for which D and which L it holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], dt.date]


def utc_today() -> dt.date:
    """Return today in UTC; everything that needs "today" is given this or a stand-in."""
    return dt.datetime.now(dt.UTC).date()


def parse_date(text: str) -> dt.date:
    """Read an ISO 8601 calendar date, `YYYY-MM-DD` and nothing else.

    Raises:
        ValueError: the text has another form, or there is no such day.

    >>> parse_date("2027-12-02")
    datetime.date(2027, 12, 2)
    """
    if len(text) != len("YYYY-MM-DD") or text[4] != "-" or text[7] != "-":
        raise ValueError(f"{text!r} is no date of the form YYYY-MM-DD")
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no calendar day: {error}") from None


@dataclass(frozen=True, slots=True)
class Moment:
    """The two days an answer about the law depends on.

    Attributes:
        on: the day asked about (D).
        law_as_of: the day whose knowledge of the law is used (L).
    """

    on: dt.date
    law_as_of: dt.date


@dataclass(frozen=True, slots=True)
class Span:
    """When a text is known and in force.

    Attributes:
        published: the day it was published.
        start: the first day it is in force.
        end: the first day it is no longer in force; None while no end is known.
        end_published: the day the act that ends it was published; None with `end`.
    """

    published: dt.date
    start: dt.date
    end: dt.date | None = None
    end_published: dt.date | None = None

    def holds(self, moment: Moment) -> bool:
        """Say whether the text is in force on `moment.on` by the law as known on `moment.law_as_of`."""
        if self.published > moment.law_as_of or self.start > moment.on:
            return False
        ended = self.end is not None and (self.end_published or self.end) <= moment.law_as_of
        return not (ended and self.end is not None and self.end <= moment.on)
