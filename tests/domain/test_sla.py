"""Time limits: the test vectors of the four clocks, holidays and pauses, with their properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import sla
from app.domain.sla import Clock, Limit, read_limit
from tests.domain.things import FRIDAY, local

starts = st.integers(0, 334 * 24 * 60).map(
    lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)
limits = st.builds(
    Limit, st.floats(0.25, 40, allow_nan=False).map(lambda x: round(x, 2)), st.sampled_from(Clock)
)
spans = st.tuples(starts, st.timedeltas(timedelta(minutes=1), timedelta(days=9))).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)
ONE_SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        # the vectors of the domain page: Friday 17:00 and Saturday 10:00
        ("2026-11-20 17:00", "2 urgent_hour", "2026-11-20 19:00"),
        ("2026-11-20 17:00", "4 work_hour", "2026-11-23 11:00"),
        ("2026-11-20 17:00", "1 work_day", "2026-11-23 17:00"),
        ("2026-11-20 17:00", "1 natural_day", "2026-11-21 17:00"),
        ("2026-11-21 10:00", "4 work_hour", "2026-11-23 12:00"),
        # the edges of the day
        ("2026-11-20 07:59", "1 work_hour", "2026-11-20 09:00"),
        ("2026-11-20 08:00", "4 work_hour", "2026-11-20 12:00"),
        ("2026-11-20 08:00", "8 work_hour", "2026-11-20 18:00"),
        ("2026-11-20 11:30", "1 work_hour", "2026-11-20 14:30"),
        ("2026-11-20 12:00", "1 work_hour", "2026-11-20 15:00"),
        ("2026-11-20 13:00", "1 work_hour", "2026-11-20 15:00"),
        ("2026-11-20 18:00", "1 work_hour", "2026-11-23 09:00"),
        ("2026-11-20 23:59", "1 work_hour", "2026-11-23 09:00"),
        ("2026-11-20 08:00", "5 work_day", "2026-11-26 18:00"),
        ("2026-11-20 17:00", "5 work_day", "2026-11-27 17:00"),
        ("2026-11-20 17:00", "0.5 urgent_hour", "2026-11-20 17:30"),
        # 国庆 2026-10-01…07, with Saturday 10 October worked
        ("2026-09-30 17:00", "2 work_hour", "2026-10-08 09:00"),
        ("2026-10-09 17:00", "2 work_hour", "2026-10-10 09:00"),
        ("2026-09-30 17:00", "2 urgent_hour", "2026-09-30 19:00"),
        ("2026-09-30 17:00", "8 natural_day", "2026-10-08 17:00"),
        # a year the calendar does not know: Monday to Friday
        ("2035-11-23 17:00", "2 work_hour", "2035-11-26 09:00"),
    ],
)
def test_deadlines(start, limit, due):
    found = sla.deadline(local(start), read_limit(limit))
    assert found == local(due)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("limit", "start", "end", "hours"),
    [
        ("1 work_hour", "2026-11-20 17:00", "2026-11-23 09:00", 2),
        ("1 work_day", "2026-11-20 17:00", "2026-11-23 09:00", 2),
        ("1 urgent_hour", "2026-11-20 17:00", "2026-11-23 09:00", 64),
        ("1 natural_day", "2026-11-20 17:00", "2026-11-23 09:00", 64),
        ("1 work_hour", "2026-11-21 00:00", "2026-11-22 23:00", 0),
        ("1 work_hour", "2026-11-20 12:30", "2026-11-20 13:30", 0),
        ("1 urgent_hour", "2026-11-20 17:00", "2026-11-20 16:00", 0),
    ],
)
def test_time_spent(limit, start, end, hours):
    found = sla.spent(local(start), local(end), read_limit(limit))
    assert found == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("at", "share"),
    [
        ("2026-11-20 17:00", 0.0),
        ("2026-11-20 18:00", 0.25),
        ("2026-11-22 12:00", 0.25),
        ("2026-11-23 11:00", 1.0),
        ("2026-11-23 15:00", 1.5),
    ],
)
def test_the_share_of_a_limit(at, share):
    assert sla.share(FRIDAY, local(at), read_limit("4 work_hour")) == share


@pytest.mark.parametrize(
    ("limit", "moment"),
    [
        ("5 urgent_hour", "2026-11-20 21:00"),
        ("4 work_hour", "2026-11-23 10:12"),
        ("10 natural_day", "2026-11-28 17:00"),
    ],
)
def test_near_due_is_when_a_fifth_is_left(limit, moment):
    assert sla.near_due(FRIDAY, read_limit(limit)) == local(moment)


@pytest.mark.parametrize(
    ("limit", "pauses", "due"),
    [
        ("2 urgent_hour", [("2026-11-20 18:00", "2026-11-20 20:00")], "2026-11-20 21:00"),
        ("4 work_hour", [("2026-11-21 00:00", "2026-11-22 00:00")], "2026-11-23 11:00"),
        ("4 work_hour", [("2026-11-23 08:00", "2026-11-23 10:00")], "2026-11-23 15:00"),
        ("4 work_hour", [("2026-11-20 10:00", "2026-11-20 17:30")], "2026-11-23 11:30"),
        ("4 work_hour", [("2026-11-20 17:00", "2026-11-24 00:00")], "2026-11-24 12:00"),
        (
            "2 urgent_hour",
            [("2026-11-20 18:30", "2026-11-20 19:30"), ("2026-11-20 18:00", "2026-11-20 19:00")],
            "2026-11-20 20:30",  # overlapping pauses count once
        ),
        ("2 urgent_hour", [("2026-11-20 19:00", "2026-11-20 20:00")], "2026-11-20 19:00"),
    ],
)
def test_a_pause_does_not_count(limit, pauses, due):
    spans = [(local(a), local(b)) for a, b in pauses]
    assert sla.deadline(FRIDAY, read_limit(limit), pauses=spans) == local(due)


@given(starts, limits)
def test_exactly_the_limit_is_spent_at_the_deadline(start, limit):
    due = sla.deadline(start, limit)
    assert abs(sla.spent(start, due, limit) - sla.length(limit)) < ONE_SECOND
    assert sla.share(start, due, limit) == pytest.approx(1)
    assert due > start


@given(starts, limits, st.timedeltas(timedelta(), timedelta(days=5)))
def test_starting_later_is_never_due_earlier(start, limit, later):
    assert sla.deadline(start, limit) <= sla.deadline(start + later, limit)


@given(starts, limits, st.floats(1, 3))
def test_a_longer_limit_is_due_later(start, limit, factor):
    assert sla.deadline(start, limit) <= sla.deadline(start, limit.times(factor))


@given(starts, limits, spans)
def test_a_pause_never_brings_the_deadline_nearer(start, limit, pause):
    assert sla.deadline(start, limit) <= sla.deadline(start, limit, pauses=[pause])


@given(starts, limits, st.lists(spans, max_size=4))
def test_with_pauses_too_the_limit_is_spent_at_the_deadline(start, limit, pauses):
    due = sla.deadline(start, limit, pauses=pauses)
    spent = sla.spent(start, due, limit, pauses=pauses)
    assert abs(spent - sla.length(limit)) < ONE_SECOND
    assert not any(begin < due < end for begin, end in pauses)


@given(starts, limits, st.timedeltas(timedelta(), timedelta(days=20)))
def test_time_spent_adds_up(start, limit, span):
    middle, end = start + span / 3, start + span
    whole = sla.spent(start, end, limit)
    assert whole == sla.spent(start, middle, limit) + sla.spent(middle, end, limit)
