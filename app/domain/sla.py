"""Time limits on four clocks: deadline, time spent, share of the limit used, and pauses (挂账).

| clock       | runs                                             |
|-------------|--------------------------------------------------|
| urgent_hour | 紧急工作时: always                               |
| work_hour   | 工作时: in working hours of working days         |
| work_day    | 工作日: as work_hour; 1 工作日 = 8 工作时 (below) |
| natural_day | 自然日: always, 24 h a day                       |

Chosen: a 工作日 is the working time of one working day (8 工作时 by default), not "until the end of
the next working day"; a report at 17:00 gets as much time as one at 08:00.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec

from app.domain.calendar import Span, WorkCalendar
from app.domain.calendar import knows as knows

NEAR_DUE = 0.8  # default: the last 20 % of a limit is "near due"
_FOREVER = datetime.max.replace(tzinfo=UTC)


class Clock(StrEnum):
    """Which time counts."""

    URGENT_HOUR = "urgent_hour"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"
    NATURAL_DAY = "natural_day"

    @property
    def continuous(self) -> bool:
        """Whether nights, weekends and holidays count."""
        return self in (Clock.URGENT_HOUR, Clock.NATURAL_DAY)


class Limit(msgspec.Struct, frozen=True):
    """So many units of a clock; `source` names the norm or is "default"; str() is "4 work_hour"."""

    amount: float
    clock: Clock
    source: str = "default"

    def __str__(self) -> str:
        """The form kept in a case: amount and clock, for layouts to word."""
        return f"{self.amount:g} {self.clock.value}"

    def times(self, factor: float) -> Limit:
        """The same clock with a multiple of the amount."""
        return Limit(self.amount * factor, self.clock, self.source)


def read_limit(text: str, source: str = "default") -> Limit:
    """Read "4 work_hour" back; raises ValueError on anything else."""
    amount, _, clock = text.partition(" ")
    limit = Limit(float(amount), Clock(clock), source)
    if not 0 < limit.amount < 10_000:
        raise ValueError(f"a limit must be positive: {text}")
    return limit


STANDARD = WorkCalendar()


def length(limit: Limit, calendar: WorkCalendar = STANDARD) -> timedelta:
    """How much running time of its own clock a limit grants."""
    unit = {
        Clock.URGENT_HOUR: timedelta(hours=1),
        Clock.WORK_HOUR: timedelta(hours=1),
        Clock.WORK_DAY: calendar.day,
        Clock.NATURAL_DAY: timedelta(days=1),
    }[limit.clock]
    return limit.amount * unit


def deadline(
    start: datetime,
    limit: Limit,
    calendar: WorkCalendar = STANDARD,
    pauses: Sequence[Span] = (),
) -> datetime:
    """The UTC moment at which a limit that starts at `start` is used up.

    Pauses are closed spans that do not count; close a running one with the present moment.
    """
    left = length(limit, calendar)
    for begin, end in _running(start, limit.clock, calendar, pauses):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise AssertionError("working time never ends")


def spent(
    start: datetime,
    end: datetime,
    limit: Limit,
    calendar: WorkCalendar = STANDARD,
    pauses: Sequence[Span] = (),
) -> timedelta:
    """The running time of the limit's clock between two moments; zero when end is before start."""
    total = timedelta()
    for begin, stop in _running(start, limit.clock, calendar, pauses):
        if begin >= end:
            break
        total += min(stop, end) - begin
    return total


def share(
    start: datetime,
    at: datetime,
    limit: Limit,
    calendar: WorkCalendar = STANDARD,
    pauses: Sequence[Span] = (),
) -> float:
    """The part of the limit used at `at`: 0.8 is near due, 1.0 is due, more is overdue."""
    return spent(start, at, limit, calendar, pauses) / length(limit, calendar)


def near_due(start: datetime, limit: Limit, calendar: WorkCalendar = STANDARD) -> datetime:
    """The moment at which four fifths of the limit are used up."""
    return deadline(start, limit.times(NEAR_DUE), calendar)


def _running(
    start: datetime, clock: Clock, calendar: WorkCalendar, pauses: Iterable[Span]
) -> Iterator[Span]:
    """Stretches in which the clock runs, in order, pauses cut out."""
    start = start.astimezone(UTC)
    whole = iter([(start, _FOREVER)]) if clock.continuous else calendar.windows(start)
    breaks = sorted(pauses)
    for begin, end in whole:
        yield from _without(begin, end, breaks)


def _without(begin: datetime, end: datetime, breaks: list[Span]) -> Iterator[Span]:
    for pause, resume in breaks:
        if resume <= begin or pause >= end:
            continue
        if begin < pause:
            yield begin, pause.astimezone(UTC)
        begin = max(begin, resume.astimezone(UTC))
        if begin >= end:
            return
    yield begin, end


class Sla(msgspec.Struct, frozen=True, kw_only=True):
    """A city's choice of limits: {(kind, key): Limit}, its calendar, and A/B/C classes by area.

    Limits are city configuration; the packaged table names a source per row. Areas without a class
    are A (the limit as written). B ×1.5 and C ×2 are defaults of ours and never relax a limit in
    urgent hours.
    """

    limits: dict[tuple[str, str], Limit]
    calendar: WorkCalendar = STANDARD
    classes: dict[str, str] = {}
    factors: tuple[tuple[str, float], ...] = (("A", 1.0), ("B", 1.5), ("C", 2.0))

    def limit_for(self, kind: str, key: str, urgency: str = "", area: str = "") -> Limit:
        """The limit of a matter (5-digit code), a device kind or a hotline type (kind says which).

        Unknown keys fall back to the matter's major, then to the city's default. An urgency (特急,
        紧急) with a limit of its own replaces it, unless the matter has fewer urgent hours anyway.
        """
        found = (
            self.limits.get((kind, key))
            or self.limits.get(("major", key[:2] if kind == "matter" else ""))
            or self.limits[("any", "")]
        )
        hurry = self.limits.get(("urgency", urgency))
        if found.clock is Clock.URGENT_HOUR:
            return min(found, hurry or found, key=lambda limit: limit.amount)
        return hurry or found.times(dict(self.factors)[self.class_of(area)])

    def class_of(self, area: str) -> str:
        """The class of an area: that of the longest prefix that has one, else A."""
        prefixes = (p for p in sorted(self.classes, key=len, reverse=True) if area.startswith(p))
        return next((self.classes[prefix] for prefix in prefixes), "A")

    def stage(self, stage: str, *, urgent: bool) -> Limit:
        """The limit of one office step: register, dispatch or check."""
        return self.limits[("stage", "urgent" if urgent else stage)]

    def due(self, start: datetime, limit: Limit) -> datetime:
        """The deadline on this city's calendar."""
        return deadline(start, limit, self.calendar)


def read_limits(rows: Iterable[dict[str, str]]) -> dict[tuple[str, str], Limit]:
    """Rows of kind, key, amount, clock, source as a table; raises ValueError with the bad row."""
    table: dict[tuple[str, str], Limit] = {}
    for row in rows:
        key = (row["kind"], row["key"])
        if key in table:
            raise ValueError(f"limit given twice: {row}")
        table[key] = read_limit(f"{row['amount']} {row['clock']}", row["source"])
    return table


def _packaged() -> dict[tuple[str, str], Limit]:
    with (Path(__file__).parent / "codes" / "limits.csv").open(encoding="utf-8") as lines:
        return read_limits(csv.DictReader(lines))


DEFAULT = Sla(limits=_packaged())


def limit_for(kind: str, key: str, urgency: str = "", area: str = "") -> Limit:
    """The packaged limit of a matter, a device kind ("device") or a hotline type."""
    return DEFAULT.limit_for(kind, key, urgency, area)
