"""城市体征 and other figures: computed from the packed points and the ledger, never invented.

A figure without data is None and says why; a figure of old data keeps its moment, so that the
screen shows its age.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

import numpy as np

from app.city import City
from app.domain.cases import DRILL
from app.domain.kinds import BY_CODE, INDEX, KINDS
from app.domain.levels import Level
from app.domain.people import User, covers
from app.domain.readings import Presence, Quality
from app.services.views_scope import allowed_area, live_or, now_ms, place, prefix, root, scope_in
from app.store.points import OUTSIDE, POINT
from geodata.areas import AreaTree

BEIJING = timezone(timedelta(hours=8))  # no summer time since 1992
WEEK = timedelta(days=7)
PERIODS = 3  # a device is silent after three of its periods
ONLINE_TARGET = 95.0  # % (indicator tables: online rate >= 95 %)
ONLINE_STEPS = ((95.0, Level.NONE), (90.0, Level.BLUE), (80.0, Level.YELLOW))  # *default*
WARNING_LEVEL_M = 4.30  # 新大运河 常州站 警戒水位, Changzhou flood briefing 2020

Tile = dict[str, Any]
Points = Any  # numpy array of POINT

# key: kind of device, how many become one, what the value is for
MEASURED: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "aqi": ("air", np.median),
    "river": ("river", np.max),
    "rain": ("rain", np.max),
    "traffic": ("traffic", np.mean),
    "transformer": ("transformer", np.mean),
}
ORDER = ("aqi", "river", "rain", "traffic", "gas", "transformer", "online", "hotline")
DOMAINS = {key: BY_CODE[kind].domain for key, (kind, _) in MEASURED.items()}
DOMAINS |= {"gas": "safety", "hotline": "social"}


@lru_cache(maxsize=64)
def grids_inside(areas: AreaTree, scope: str) -> Any:
    """Which grids the scope covers; the last element is for places outside the city."""
    return np.array([covers(scope, grid.code) for grid in areas.grids] + [covers(scope, "")])


@lru_cache(maxsize=8)
def _of_domain(domain: str) -> Any:
    return np.array([kind.domain == domain for kind in KINDS] + [False] * (256 - len(KINDS)))


def points_in(city: City, scope: str, domain: str | None = None) -> Points:
    """Return the packed points of the known devices in a scope; RedisError when Redis is away."""
    packed = city.live.points()
    points = np.frombuffer(packed[: len(packed) // POINT.itemsize * POINT.itemsize], dtype=POINT)
    inside = grids_inside(city.areas, scope)
    grid = np.where(points["area"] == OUTSIDE, len(inside) - 1, points["area"])
    chosen = inside[np.minimum(grid, len(inside) - 1)] & ((points["lon"] != 0) | (points["at"] > 0))
    if domain:
        chosen &= _of_domain(domain)[points["kind"]]
    return points[chosen]


def tiles(city: City, user: User, area: str | None = None, domain: str | None = None) -> list[Tile]:
    """Return the vital signs of an area the user may see; of one domain, or all."""
    scope_in(city, user, area or root(city, user))
    return tiles_of_area(city, allowed_area(city, user, area), domain)


def tiles_of_area(city: City, area: str, domain: str | None = None) -> list[Tile]:
    """Return the vital signs of an area without asking who looks: for the pulse."""
    scope = prefix(city, area)
    points = live_or(lambda: points_in(city, scope), None)
    made = {key: _measured(city, points, key) for key in MEASURED}
    made["gas"] = _gas(city, points, scope)
    made["online"] = _online(points, domain)
    made["hotline"] = _hotline_today(city, scope)
    shown = [key for key in ORDER if not domain or key == "online" or DOMAINS[key] == domain]
    return [made[key] | {"area": area} for key in shown]


def _tile(key: str, value: float | None, unit: str, digits: int, **more: Any) -> Tile:
    plain: Tile = {
        "key": key,
        "value": None if value is None else round(float(value), digits),
        "text": None if value is None else f"{float(value):,.{digits}f}",
        "unit": unit,
        "digits": digits,
        "at": None,
        "stale_after_s": 180,
        "level": 0,
        "target": None,
        "delta": None,
        "note": None,
        "why": None,
    }
    return plain | more


def _measured(city: City, points: Points | None, key: str) -> Tile:
    code, many_to_one = MEASURED[key]
    kind = BY_CODE[code]
    unit, digits = kind.primary.unit, kind.primary.digits
    mine = None if points is None else points[points["kind"] == INDEX[code]]
    if mine is None or not len(mine):
        return _tile(key, None, unit, digits, why="no_data" if mine is None else "no_device")
    stale_s = kind.period_s * PERIODS
    told = _told(mine, now_ms(city) // 1000 - stale_s)
    if not len(told):
        return _tile(key, None, unit, digits, why="no_data")
    value = float(many_to_one(told["value"]))
    return _tile(
        key,
        value,
        unit,
        digits,
        at=int(told["at"].max()) * 1000,
        stale_after_s=stale_s,
        level=_level(city, code, kind.primary.code, value),
        **_more(key, value, told),
    )


def _told(points: Points, fresh_from: int) -> Points:
    """Points with a usable value: the fresh ones, and only when there is none of them the old."""
    usable = points[(points["at"] > 0) & ~np.isnan(points["value"])]
    usable = usable[usable["quality"] != int(Quality.BAD)]
    fresh = usable[usable["at"] >= fresh_from]
    return fresh if len(fresh) else usable


def _more(key: str, value: float, told: Points) -> dict[str, Any]:
    if key == "river":
        over = value - WARNING_LEVEL_M
        return {
            "target": {"value": WARNING_LEVEL_M, "sense": "max"},
            "note": f"距警戒 {-over:.2f} m" if over < 0 else f"超警戒 {over:.2f} m",
        }
    if key == "transformer":
        return {"note": f"最高 {float(told['value'].max()):.0f}%"}
    return {"note": f"{len(told)} 站" if key in ("aqi", "rain") else None}


def _level(city: City, kind: str, metric: str, value: float) -> int:
    """The worst level whose limit the figure reaches, by the rules for that metric."""
    worst = 0
    for rule in city.rules.for_(kind):
        if rule.metric == metric and rule.change is None:
            reached = [int(lv) for lv, at in rule.thresholds.items() if _over(rule.sign, value, at)]
            worst = max([worst, *reached])
    return worst


def _over(sign: int, value: float, limit: float) -> bool:
    return value >= limit if sign > 0 else value < limit


def _gas(city: City, points: Points | None, scope: str) -> Tile:
    mine = None if points is None else points[points["kind"] == INDEX["gas"]]
    if mine is None:
        return _tile("gas", None, "处", 0, why="no_data")
    with city.ledger.read() as tx:
        alerts = tx.alerts(scope=scope, open=True, kind="gas", wider=False)
    if not len(mine) and not alerts:
        return _tile("gas", None, "处", 0, why="no_device")
    heard = int(mine["at"].max(initial=0))
    return _tile(
        "gas",
        len({alert.device for alert in alerts}),
        "处",
        0,
        at=heard * 1000 if heard else None,
        stale_after_s=BY_CODE["gas"].period_s * PERIODS,
        level=max((int(alert.level) for alert in alerts), default=0),
        note=f"共 {len(mine)} 点",
    )


def _online(points: Points | None, domain: str | None) -> Tile:
    if points is not None and domain:
        points = points[_of_domain(domain)[points["kind"]]]
    if points is None or not len(points):
        why = "no_data" if points is None else "no_device"
        return _tile("online", None, "%", 1, why=why)
    known = int((points["presence"] != int(Presence.UNKNOWN)).sum())
    if not known:  # nobody is heard yet, and nobody is late
        return _tile("online", None, "%", 1, why="no_data")
    online = int((points["presence"] == int(Presence.ONLINE)).sum())
    rate = 100 * online / known
    level = next((lv for limit, lv in ONLINE_STEPS if rate >= limit), Level.ORANGE)
    return _tile(
        "online",
        rate,
        "%",
        1,
        at=int(points["at"].max()) * 1000 or None,
        level=int(level),
        target={"value": ONLINE_TARGET, "sense": "min"},
        note=f"{online}/{known}",
    )


def _hotline_today(city: City, scope: str) -> Tile:
    """Orders since midnight in Beijing, against the same hours a week ago."""
    now = city.now()
    midnight = beijing_midnight(now)
    with city.ledger.read() as tx:
        today = len(tx.cases(scope=scope, source="hotline", since=midnight))
        before = len(
            tx.cases(scope=scope, source="hotline", since=midnight - WEEK, until=now - WEEK)
        )
        old = bool(tx.cases(until=midnight - WEEK, limit=1))
    delta = {"value": today - before, "against": "last_week"} if old or before else None
    at = int(now.timestamp() * 1000)
    return _tile("hotline", today, "件", 0, at=at, stale_after_s=600, delta=delta)


def beijing_midnight(now: datetime) -> datetime:
    """Return the last midnight of Asia/Shanghai, aware."""
    return now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)


def trend(
    city: City, user: User, area: str | None = None, domain: str | None = None
) -> dict[str, Any]:
    """Return the cases opened in each of the last 24 hours, and in the same hours a week ago."""
    scope = scope_in(city, user, area or root(city, user))
    hour = city.now().replace(minute=0, second=0, microsecond=0)
    start, end = hour - timedelta(hours=23), hour + timedelta(hours=1)
    with city.ledger.read() as tx:
        now = _per_hour(tx.cases(scope=scope, domain=domain, since=start), start)
        past = tx.cases(scope=scope, domain=domain, since=start - WEEK, until=end - WEEK)
        recorded = bool(past) or bool(tx.cases(until=start - WEEK, limit=1))
    before = _per_hour(past, start - WEEK) if recorded else None
    return {
        "hours": [int((start + timedelta(hours=n)).timestamp() * 1000) for n in range(24)],
        "now": now,
        "last_week": before,
        "total": sum(now),
        "total_last_week": None if before is None else sum(before),
    }


def _per_hour(cases: list[Any], start: datetime) -> list[int]:
    earnest = [case for case in cases if case.source != DRILL]
    slots = Counter(int((case.opened_at - start).total_seconds() // 3600) for case in earnest)
    return [slots[n] for n in range(24)]


def hotline(city: City, user: User, area: str | None = None) -> dict[str, Any]:
    """Return what citizens called about in 24 hours: topic and street, most frequent first."""
    scope = scope_in(city, user, area or root(city, user))
    end = city.now()
    start = end - timedelta(hours=24)
    with city.ledger.read() as tx:
        now = Counter(tx.topics(scope, start))
        before = tx.topics(scope, start - WEEK, end - WEEK)
    rows = [
        {
            "topic": topic,
            "place": place(city, street),
            "count": count,
            "ratio": round(count / before[topic, street], 2) if (topic, street) in before else None,
        }
        for (topic, street), count in now.most_common(5)
    ]
    return {"total": now.total(), "rows": rows}
