"""The day and the week of a city, as plain curves of the Beijing hour; all results are 0..1."""

from __future__ import annotations

import math
from typing import NamedTuple

BEIJING_S = 8 * 3600
DAY_S = 86400
THURSDAY = 3  # 1970-01-01 was one; Monday is 0


class Moment(NamedTuple):
    """One moment of the story: `t` seconds since its start, and what the clock on the wall says."""

    t: float
    hour: float
    weekend: bool
    year_day: float


def moment(t: float, epoch: float) -> Moment:
    """The moment `t` seconds into the story at an epoch second."""
    local = epoch + BEIJING_S
    days = math.floor(local / DAY_S)
    weekday = (days + THURSDAY) % 7
    return Moment(t, (local - days * DAY_S) / 3600, weekday >= 5, days % 365.25)


def bump(hour: float, centre: float, width: float) -> float:
    """A bell of height 1 around an hour of the day, around midnight too."""
    away = abs(hour - centre)
    away = min(away, 24 - away)
    return math.exp(-((away / width) ** 2))


def traffic(now: Moment) -> float:
    """How full the roads are: two peaks on working days, a broad afternoon on free ones."""
    if now.weekend:
        return 0.08 + 0.55 * bump(now.hour, 15, 5.5)
    peaks = 0.8 * bump(now.hour, 8, 1.4) + 0.85 * bump(now.hour, 17.9, 1.7)
    return min(1.0, 0.06 + peaks + 0.38 * bump(now.hour, 13, 4.0))


def awake(now: Moment) -> float:
    """How many people are up: near 0 at 4 o'clock, near 1 from morning to evening."""
    return 1.0 / (1 + math.exp(-(now.hour - 6.5) * 1.6)) * (1.0 - 0.75 * bump(now.hour, 24, 3.0))


def out_and_about(now: Moment) -> float:
    """How many people are in shops, parks and squares."""
    evening = 0.85 if now.weekend else 0.6
    noon = 0.75 if now.weekend else 0.35
    return 0.03 + noon * bump(now.hour, 14.5, 3.5) + evening * bump(now.hour, 19.7, 2.2) * 0.9


def parked(now: Moment) -> float:
    """How full car parks are: full by day on working days, by evening on free ones."""
    if now.weekend:
        return 0.3 + 0.5 * bump(now.hour, 16, 4.5)
    return 0.32 + 0.5 * bump(now.hour, 11.5, 4.5)


def power(now: Moment) -> float:
    """Electric load: a plateau by day and the evening peak."""
    work = 0.55 if now.weekend else 0.8
    return 0.25 + work * 0.6 * bump(now.hour, 12, 5) + 0.5 * bump(now.hour, 20, 2.6)


def water(now: Moment) -> float:
    """Water drawn from the net: breakfast and dinner."""
    return 0.15 + 0.75 * bump(now.hour, 7.3, 1.6) + 0.8 * bump(now.hour, 19, 2.3)


def building(now: Moment) -> float:
    """Work on construction sites: from 7 to 18 with a break at noon."""
    if not 6.5 < now.hour < 18.5:
        return 0.03
    return 0.9 - 0.6 * bump(now.hour, 12.2, 0.8)


def office(now: Moment) -> float:
    """How often people call 12345: office hours, a lunch dip, and a thin night."""
    day = bump(now.hour, 9.8, 2.0) + 0.9 * bump(now.hour, 15.3, 2.4)
    return min(1.0, 0.08 + (0.6 if now.weekend else 0.95) * day + 0.35 * bump(now.hour, 19.5, 2.0))


def dark(now: Moment) -> bool:
    """Whether the street lights should burn."""
    return now.hour >= 18.2 or now.hour < 5.7
