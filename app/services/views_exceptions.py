"""Exceptions of the cockpit: only what is not all right, worst first, each with its rows."""

from __future__ import annotations

from typing import Any

from app.city import City
from app.domain.cases import Case
from app.domain.levels import Level
from app.services import presence_feeds
from app.services.figures import points_in
from app.services.grading import OWN
from app.services.views_ground import CONSTANT_FEEDS
from app.services.views_scope import live_or, now_ms, prefix
from app.services.views_today import Today, plain

ON_TIME_TARGET = 95.0  # % (*default*)
OFFLINE_SHARE = 0.05  # of the devices: the rest of the online target of 95 %
SURGE, SURGE_FROM = 1.5, 5  # times last week's calls, and at least so many (*default*)
Row = dict[str, Any]


def exceptions(
    city: City, today: Today, code: str, children: list[Row], week_ago: list[Case]
) -> list[Row]:
    """Only what is not all right, worst first."""
    found = [
        *_alerts(today, code),
        *_feeds_silent(city),
        *_overdue(today, children),
        *_on_time_low(today, code),
        *_offline(city, code),
        *_surges(today, children, week_ago),
    ]
    return sorted(found, key=lambda one: -one["level"])


def _exception(
    kind: str, level: Level, value: float, rows: Row | None, *, name: str = "", limit: float = 0
) -> Row:
    said = {"kind": kind, "level": int(level), "name": name, "value": value, "limit": limit}
    return said | {"rows": rows}


def _alerts(today: Today, code: str) -> list[Row]:
    """Red alerts that nobody has confirmed or that are not yet over, orange ones unconfirmed."""
    found = []
    for status, of, kind, level in (
        ("raised", Level.RED, "red_unacknowledged", Level.RED),
        ("acknowledged", Level.RED, "red_in_hand", Level.ORANGE),
        ("raised", Level.ORANGE, "orange_unacknowledged", Level.ORANGE),
    ):
        query = {"status": status, "level": int(of)}
        count = today.count("alerts", **query)
        if count:
            rows = {"what": "alerts", "area": code, **query}
            found.append(_exception(kind, level, count, rows))
    return found


def _feeds_silent(city: City) -> list[Row]:
    feeds, limit = live_or(city.live.feeds, dict[str, int]()), city.settings.feed_quiet_s
    now = now_ms(city)
    lost = {
        name: feeds[name] for name in CONSTANT_FEEDS if now - feeds.get(name, now) > limit * 1000
    }
    sources = live_or(lambda: presence_feeds.silent(city), dict[str, int]())
    if lost:
        sources.pop(OWN, None)  # the feed as a whole says it already
    return [
        _exception("feed_silent", Level.ORANGE, round((now - since) / 1000), None, name=name)
        for name, since in (lost | sources).items()
    ]


def _overdue(today: Today, children: list[Row]) -> list[Row]:
    query = {"status": "open", "overdue": True}
    counted = [(child, today.count("cases", **query, **child["where"])) for child in children]
    return [
        _exception(
            "overdue_cases",
            Level.ORANGE,
            count,
            _rows_of(child) | query,
            name=child["name"],
        )
        for child, count in counted
        if count
    ]


def _rows_of(child: Row) -> Row:
    """The query of a child's cases; what lies in no child is a child too."""
    rest = {"rest": True} if child.get("rest") else {}
    return {"what": "cases", "area": child["code"], **rest}


def _on_time_low(today: Today, code: str) -> list[Row]:
    share = today.on_time()
    if share is None or share >= ON_TIME_TARGET:
        return []
    rows = {"what": "cases", "area": code, "day": "due"}
    return [_exception("on_time_low", Level.YELLOW, share, rows, limit=ON_TIME_TARGET)]


def _offline(city: City, code: str) -> list[Row]:
    points = live_or(lambda: points_in(city, prefix(city, code)), None)
    if points is None or not len(points):
        return []
    silent = int((points["presence"] == 2).sum())
    limit = int(len(points) * OFFLINE_SHARE)
    found = _exception("offline_devices", Level.YELLOW, silent, None, limit=limit)
    return [found] if silent > limit else []


def _surges(today: Today, children: list[Row], week_ago: list[Case]) -> list[Row]:
    query = {"source": "hotline", "day": "opened"}
    found = []
    for child in children:
        now = today.count("cases", **query, **child["where"])
        before = sum(all(fits(case) for fits in plain(child["where"])) for case in week_ago)
        if now >= SURGE_FROM and before and now >= SURGE * before:
            rows = _rows_of(child) | query
            name = child["name"]
            surge = _exception("hotline_surge", Level.BLUE, now, rows, name=name, limit=before)
            found.append(surge)
    return found
