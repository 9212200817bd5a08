"""Figures that follow a norm: AQI (HJ 633), rain signals, river levels.

AQI: HJ 633-2026 with GB 3095-2026 from 2026-03-01, HJ 633-2012 before; the table is chosen by date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import IntEnum
from itertools import pairwise
from math import ceil

import msgspec

from app.domain.levels import Level

_IAQI = (0, 50, 100, 150, 200, 300, 400, 500)

# µg/m³ (CO mg/m³) at the IAQI above; a shorter row ends where the norm has no value.
_COMMON: dict[str, tuple[float, ...]] = {
    "so2_24h": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "so2_1h": (0, 150, 500, 650, 800),
    "no2_24h": (0, 40, 80, 180, 280, 565, 750, 940),
    "no2_1h": (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    "co_24h": (0, 2, 4, 14, 24, 36, 48, 60),
    "co_1h": (0, 5, 10, 35, 60, 90, 120, 150),
    "o3_1h": (0, 160, 200, 300, 400, 800, 1000, 1200),
    "o3_8h": (0, 100, 160, 215, 265, 800),
}


class AirNorm(msgspec.Struct, frozen=True, kw_only=True):
    """One edition; `beyond`: whether a row that ends early keeps its last IAQI above its end."""

    name: str
    since: date
    tables: Mapping[str, tuple[float, ...]]
    beyond: bool


def _norm(name: str, since: date, pm25: float, pm10: float, *, beyond: bool) -> AirNorm:
    particles = {
        "pm25_24h": (0, 35, pm25, 115, 150, 250, 350, 500),
        "pm10_24h": (0, 50, pm10, 250, 350, 420, 500, 600),
    }
    return AirNorm(name=name, since=since, tables=_COMMON | particles, beyond=beyond)


NORMS = (
    _norm("HJ 633-2012", date.min, 75, 150, beyond=False),
    _norm("HJ 633-2026", date(2026, 3, 1), 60, 120, beyond=True),
    # GB 3095-2026 lowers PM2.5 again; the PM10 value from 2031 is unverified and stays
    _norm("HJ 633-2026 (2031)", date(2031, 1, 1), 50, 120, beyond=True),
)


class AirGrade(IntEnum):
    """优 良 轻度 中度 重度 严重, the six grades of the AQI."""

    GOOD = 1
    MODERATE = 2
    LIGHT = 3
    MIDDLE = 4
    HEAVY = 5
    SEVERE = 6


class Aqi(msgspec.Struct, frozen=True, kw_only=True):
    """The index 0–500 with its grade; `primary` are the 首要污染物, empty up to 50."""

    value: int
    grade: AirGrade
    primary: tuple[str, ...]
    norm: str


def air_norm(on: date) -> AirNorm:
    """The edition in force on a date."""
    return max((norm for norm in NORMS if norm.since <= on), key=lambda norm: norm.since)


def iaqi(pollutant: str, concentration: float, on: date) -> int | None:
    """The index of one pollutant ("pm25_24h", µg/m³; CO mg/m³), rounded up, at most 500.

    None where the norm computes none (2012: SO2 1 h above 800, O3 8 h above 800). Raises KeyError
    on an unknown pollutant, ValueError on a negative concentration.
    """
    norm = air_norm(on)
    row = norm.tables[pollutant]
    if concentration < 0:
        raise ValueError(f"{pollutant} cannot be negative: {concentration}")
    for (low, i_low), (high, i_high) in pairwise(zip(row, _IAQI, strict=False)):
        if concentration <= high:
            exact = (i_high - i_low) / (high - low) * (concentration - low) + i_low
            return ceil(exact - 1e-9)
    full = len(row) == len(_IAQI)
    return _IAQI[len(row) - 1] if full or norm.beyond else None


def aqi(concentrations: Mapping[str, float], on: date) -> Aqi | None:
    """The AQI of what was measured: the worst IAQI; None when nothing counts."""
    each = {name: iaqi(name, value, on) for name, value in concentrations.items()}
    known = {name: value for name, value in each.items() if value is not None}
    if not known:
        return None
    worst = max(known.values())
    primary = tuple(sorted(n for n, v in known.items() if v == worst)) if worst > 50 else ()
    return Aqi(value=worst, grade=air_grade(worst), primary=primary, norm=air_norm(on).name)


def air_grade(value: float) -> AirGrade:
    """The grade of an AQI; boundaries belong to the better grade."""
    bounds = (50, 100, 150, 200, 300)
    return AirGrade(1 + sum(value > bound for bound in bounds))


def rain_sum(samples: Iterable[tuple[datetime, float]], at: datetime, hours: float) -> float:
    """Millimetres fallen in the hours before `at`; each sample is what fell up to its moment."""
    since = at - timedelta(hours=hours)
    return round(sum(mm for moment, mm in samples if since < moment <= at), 1)


def rain_signal(mm_3h: float, mm_6h: float, mm_12h: float) -> Level:
    """暴雨预警信号 by what has fallen: 12 h 50 blue, 6 h 50 yellow, 3 h 50 orange, 3 h 100 red."""
    if mm_3h >= 100:
        return Level.RED
    if mm_3h >= 50:
        return Level.ORANGE
    if mm_6h >= 50:
        return Level.YELLOW
    return Level.BLUE if mm_12h >= 50 else Level.NONE


def rain_level(samples: Iterable[tuple[datetime, float]], at: datetime) -> Level:
    """The signal of a gauge's samples; the highest colour wins."""
    kept = list(samples)
    return rain_signal(*(rain_sum(kept, at, hours) for hours in (3, 6, 12)))


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A level station: 警戒 and 保证 in metres above `datum` (None where unpublished)."""

    name: str
    warning: float
    guarantee: float | None
    datum: str = "吴淞"


# Source: Changzhou flood briefing 2020-07-18 (level minus exceedance).
STATIONS: dict[str, Station] = {
    station.name: station
    for station in (
        Station(name="常州站", warning=4.30, guarantee=4.80),
        Station(name="丹金闸闸下", warning=5.00, guarantee=None),
        Station(name="溧阳站", warning=4.50, guarantee=5.50),
        Station(name="坊前", warning=4.10, guarantee=4.60),
        Station(name="王母观", warning=4.60, guarantee=5.60),
        Station(name="太湖平均", warning=3.80, guarantee=4.65),
    )
}
NEAR_WARNING_M = 0.20  # default
ORANGE_ABOVE_M, RED_ABOVE_M = 0.30, 0.60  # default, above 保证


class RiverState(msgspec.Struct, frozen=True, kw_only=True):
    """A colour; `over_*` are metres above 警戒 and 保证 (None below), `near` is 接近警戒."""

    level: Level
    over_warning: float | None
    over_guarantee: float | None
    near: bool
    datum: str


def river_state(metres: float, station: Station) -> RiverState:
    """≥ 警戒 blue, ≥ 保证 yellow (practice of 2020), +0.30 orange and +0.60 red (default)."""
    over_warning = round(metres - station.warning, 2)
    over = None if station.guarantee is None else round(metres - station.guarantee, 2)
    return RiverState(
        level=_river_level(over_warning, over),
        over_warning=over_warning if over_warning >= 0 else None,
        over_guarantee=over if over is not None and over >= 0 else None,
        near=-NEAR_WARNING_M <= over_warning < 0,
        datum=station.datum,
    )


def _river_level(over_warning: float, over_guarantee: float | None) -> Level:
    if over_guarantee is not None and over_guarantee >= 0:
        if over_guarantee >= RED_ABOVE_M:
            return Level.RED
        return Level.ORANGE if over_guarantee >= ORANGE_ABOVE_M else Level.YELLOW
    return Level.BLUE if over_warning >= 0 else Level.NONE
