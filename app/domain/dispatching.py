"""Who should go: workers ranked for a case, each with his score, arrival time and the reasons.

The weights are defaults of ours: being near counts most, then knowing the place, then the skill,
then being free. Reasons are codes with values; layouts word them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from math import asin, cos, exp, inf, radians, sin, sqrt

import msgspec

from app.domain.cases import Case
from app.domain.people import Unit, Worker, covers

STALE = timedelta(minutes=10)
SPEED_M_S = 15 / 3.6  # default: an e-bike in town, 15 km/h
DETOUR = 1.4  # default: streets are longer than the straight line
START_S = 60  # default: time to read the task and get going

_NEAR, _OWN, _SKILL, _FREE = 50.0, 20.0, 15.0, 15.0
_FALLS_OFF_M = 1500.0


class Why(StrEnum):
    """The reasons; the value that goes with each is in brackets."""

    DISTANCE = "distance"  # metres
    POSITION_AGE = "position_age"  # seconds since he was seen
    POSITION_STALE = "position_stale"  # seconds since he was seen, more than 10 min
    NO_POSITION = "no_position"  # 0
    OWN_GRID = "own_grid"  # digits of his area code: 15 grid, 12 community, 9 street
    SKILL = "skill"  # the skill that fits
    NO_SKILL = "no_skill"  # the skill that is needed and that he has not
    OPEN_TASKS = "open_tasks"  # how many he has
    OFF_DUTY = "off_duty"  # 0


class Reason(msgspec.Struct, frozen=True):
    """One reason for or against; `good` says which, `value` is in the unit of its code."""

    code: Why
    value: float | str
    good: bool


class Available(msgspec.Struct, frozen=True, kw_only=True):
    """A worker as he is now: his last known place (WGS-84) and how many tasks he has open."""

    worker: Worker
    lon: float | None = None
    lat: float | None = None
    seen_at: datetime | None = None
    open_tasks: int = 0


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A worker for a case; `score` 0–100, `eta_s` seconds to be there (None without a position)."""

    worker: str
    name: str
    unit: str
    on_duty: bool
    score: float
    eta_s: int | None
    distance_m: int | None
    reasons: tuple[Reason, ...]


def rank(
    candidates: Iterable[Available], case: Case, *, at: datetime, skills: Collection[str] = ()
) -> list[Candidate]:
    """Best first; people off duty come last. Of equal scores the nearer comes first, then by id.

    `skills` are needed beyond the matter's major (the device kind of an alert's case).
    """
    needed = needs(case) | set(skills)
    rated = [_rate(available, case, needed, at) for available in candidates]
    return sorted(rated, key=_order)


def _order(c: Candidate) -> tuple[bool, float, float, str]:
    far = inf if c.distance_m is None else c.distance_m
    return not c.on_duty, -c.score, far, c.worker


def needs(case: Case) -> set[str]:
    """The skills a case asks for by its matter code: the two digits of its major."""
    return {case.code[-5:-3]} if len(case.code) >= 5 else set()


def metres(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance between two WGS-84 points (haversine, sphere of 6 371 008.8 m)."""
    phi1, phi2 = radians(lat1), radians(lat2)
    a = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * 6_371_008.8 * asin(min(1.0, sqrt(a)))


def arrival(distance_m: float) -> int:
    """Seconds until a worker that far away is there."""
    return round(START_S + distance_m * DETOUR / SPEED_M_S)


def answering(units: Iterable[Unit], area: str, skills: Collection[str]) -> str | None:
    """The unit that answers for a matter (责任单位): it has the skill, and the narrowest area.

    None when no unit has the skill there; then the first who is sent brings his own.
    """
    able = [u for u in units if set(skills) & set(u.skills) and covers(u.area, area)]
    return max(able, key=lambda u: len(u.area)).id if able else None


def _rate(available: Available, case: Case, needed: set[str], at: datetime) -> Candidate:
    worker = available.worker
    distance = _distance(available, case)
    fits = sorted(needed & set(worker.skills))
    near, reasons = _nearness(available, distance, at)
    score = near + _FREE / (1 + available.open_tasks)
    if case.area and covers(worker.grid, case.area):
        score += _OWN
        reasons.append(Reason(Why.OWN_GRID, len(worker.grid), True))
    if fits:
        score += _SKILL
        reasons.append(Reason(Why.SKILL, fits[0], True))
    elif needed:
        reasons.append(Reason(Why.NO_SKILL, min(needed), False))
    reasons.append(Reason(Why.OPEN_TASKS, available.open_tasks, available.open_tasks == 0))
    if not worker.on_duty:
        reasons.insert(0, Reason(Why.OFF_DUTY, 0, False))
    return Candidate(
        worker=worker.id,
        name=worker.name,
        unit=worker.unit,
        on_duty=worker.on_duty,
        score=round(score, 1),
        eta_s=None if distance is None else arrival(distance),
        distance_m=None if distance is None else round(distance),
        reasons=tuple(reasons),
    )


def _distance(available: Available, case: Case) -> float | None:
    if available.lon is None or available.lat is None or case.lon is None or case.lat is None:
        return None
    return metres(available.lon, available.lat, case.lon, case.lat)


def _nearness(
    available: Available, distance: float | None, at: datetime
) -> tuple[float, list[Reason]]:
    """Points for being near, halved when the position is old: he may have gone elsewhere."""
    if distance is None or available.seen_at is None:
        return 0.0, [Reason(Why.NO_POSITION, 0, False)]
    age = max(at - available.seen_at, timedelta())
    points = _NEAR * exp(-distance / _FALLS_OFF_M)
    stale = age > STALE
    return points / 2 if stale else points, [
        Reason(Why.DISTANCE, round(distance), distance <= _FALLS_OFF_M),
        Reason(
            Why.POSITION_STALE if stale else Why.POSITION_AGE, round(age.total_seconds()), not stale
        ),
    ]
