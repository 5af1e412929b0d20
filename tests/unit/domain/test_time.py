"""Legal time: the four dates of a text, half-open, by the law as known."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsgraph.domain.time import Moment, Span, parse_date, utc_today

PUBLISHED, START, END_PUBLISHED, END = (
    dt.date(2024, 7, 12),
    dt.date(2024, 8, 1),
    dt.date(2026, 7, 24),
    dt.date(2026, 7, 27),
)
SPAN = Span(PUBLISHED, START, END, END_PUBLISHED)
ONE = dt.timedelta(days=1)
days = st.dates(dt.date(2020, 1, 1), dt.date(2032, 12, 31))


@pytest.mark.parametrize(
    ("on", "law_as_of", "holds"),
    [
        (START, PUBLISHED, True),
        (START, PUBLISHED - ONE, False),  # not known yet
        (START - ONE, PUBLISHED, False),  # known, not yet in force
        (END - ONE, END_PUBLISHED, True),  # its end is known and lies ahead
        (END, END_PUBLISHED, False),  # half-open: the end is the first day it no longer holds
        (END, END_PUBLISHED - ONE, True),  # by the law as known the day before, it still holds
        (END + 900 * ONE, END_PUBLISHED - ONE, True),
        (END - ONE, dt.date(2030, 1, 1), True),  # later knowledge does not undo the past
        (END, dt.date(2030, 1, 1), False),
    ],
)
def test_all_four_dates_decide(on, law_as_of, holds):
    assert SPAN.holds(Moment(on, law_as_of)) is holds


def test_a_text_without_an_end_holds_for_ever():
    span = Span(PUBLISHED, START)
    assert span.holds(Moment(dt.date(9999, 12, 31), PUBLISHED))
    assert not span.holds(Moment(START - ONE, dt.date(9999, 12, 31)))


def test_an_end_without_its_own_publication_is_known_from_the_day_it_takes_effect():
    span = Span(PUBLISHED, START, END)
    assert span.holds(Moment(END, END - ONE))
    assert not span.holds(Moment(END, END))


@given(on=days, law_as_of=days)
def test_it_holds_exactly_when_the_definition_says_so(on, law_as_of):
    known = law_as_of >= PUBLISHED
    over = law_as_of >= END_PUBLISHED and on >= END
    assert SPAN.holds(Moment(on, law_as_of)) is (known and on >= START and not over)


@given(on=days, law_as_of=days, published=days, start=days, end=days)
def test_a_text_and_its_successor_never_hold_together_and_leave_no_gap(on, law_as_of, published, start, end):
    start, end = sorted((start, end))
    old = Span(dt.date(2019, 1, 1), start, end, published)
    new = Span(published, end)
    moment = Moment(on, law_as_of)
    assert not (old.holds(moment) and new.holds(moment))
    assert (old.holds(moment) or new.holds(moment)) is (on >= start)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2027",
        "2027-12",
        "20271202",
        "2027-W48-4",
        "2027-336",
        "02-12-2027",
        "2027/12/02",
        "2027-12-02T00:00",
        " 2027-12-02",
        "2027-12-2",
        "2027-13-01",
        "2027-02-29",
        "0000-01-01",
        "\u0662\u0660\u0662\u0667-12-02",
        "2027-12-0x",
        "today",
    ],
)
def test_only_calendar_days_of_one_form_are_read(text):
    with pytest.raises(ValueError):
        parse_date(text)


@given(days)
def test_a_day_is_read_as_it_is_written(day):
    assert parse_date(day.isoformat()) == day


@given(st.text(max_size=12))
def test_any_other_text_is_a_value_error(text):
    try:
        day = parse_date(text)
    except ValueError:
        return
    assert day.isoformat() == text


def test_today_is_in_utc():
    before = dt.datetime.now(dt.UTC).date()
    today = utc_today()
    assert before <= today <= dt.datetime.now(dt.UTC).date()
