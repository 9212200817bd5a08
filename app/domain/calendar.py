"""Working time: which days are worked in China, and between which hours.

Holidays and 调休 come from the `chinesecalendar` package (State Council notices). For years it does
not know we fall back to Monday–Friday without the holidays that have a fixed date, and `knows()`
says so: screens must mark such deadlines.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import msgspec

BEIJING = ZoneInfo("Asia/Shanghai")
_FIRST = min(chinese_calendar.constants.holidays).year
_LAST = max(chinese_calendar.constants.holidays).year
# 元旦, 劳动节, 国庆节: fixed dates of 全国年节及纪念日放假办法 (State Council, revised 2024); the
# lunar holidays and 调休 are not known before the yearly notice
FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})

Span = tuple[datetime, datetime]


class WorkCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """The working hours of a city (default 08–12 and 14–18) and its own exceptions, by local date.

    `closed` and `open_` override the national calendar.
    """

    hours: tuple[tuple[time, time], ...] = ((time(8), time(12)), (time(14), time(18)))
    closed: frozenset[date] = frozenset()
    open_: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse hours that are empty, backwards or overlapping."""
        flat = [moment for pair in self.hours for moment in pair]
        if not flat or any(a >= b for a, b in zip(flat, flat[1:], strict=False)):
            raise ValueError("working hours must be non-empty and in order")

    @property
    def day(self) -> timedelta:
        """How much working time one working day holds (8 h by default)."""
        return sum((_length(a, b) for a, b in self.hours), timedelta())

    def is_workday(self, on: date) -> bool:
        """Whether a local date is worked, 调休 included."""
        if on in self.open_:
            return True
        if on in self.closed:
            return False
        if not _FIRST <= on.year <= _LAST:
            return on.weekday() < 5 and (on.month, on.day) not in FIXED
        return bool(chinese_calendar.is_workday(on))

    def windows(self, start: datetime) -> Iterator[Span]:
        """Every stretch of working time from `start` on, in UTC, without end."""
        on = start.astimezone(BEIJING).date()
        while True:
            if self.is_workday(on):
                for opens, shuts in self.hours:
                    begin = max(_at(on, opens), start)
                    if begin < (end := _at(on, shuts)):
                        yield begin, end
            on += timedelta(days=1)


def knows(start: datetime, end: datetime) -> bool:
    """Whether the national calendar covers the local years between two moments."""
    return start.astimezone(BEIJING).year >= _FIRST and end.astimezone(BEIJING).year <= _LAST


def _at(on: date, clock: time) -> datetime:
    return datetime.combine(on, clock, BEIJING).astimezone(UTC)


def _length(opens: time, shuts: time) -> timedelta:
    return timedelta(hours=shuts.hour - opens.hour, minutes=shuts.minute - opens.minute)
