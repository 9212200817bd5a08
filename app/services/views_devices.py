"""Views of devices: what one says now, its curve, and what lies under a click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.city import City
from app.domain.kinds import BY_CODE, Metric
from app.domain.people import MISSING, User, covers
from app.domain.readings import Device
from app.errors import Invalid, NotAllowed, NotFound, Unavailable, Unseen
from app.services import resources, tracks
from app.services.aside import aside
from app.services.quality import doubts
from app.services.views_scope import as_hit, builtins, now_ms, place, scope_in
from app.store.history_curves import begin_of
from app.store.points import POINT

RECENT_H = 1  # what Redis keeps of every device for certain; longer curves come from history
RAW_H = 24  # longer spans are drawn from the minute, hour and day tables
MOST_NAMED = 100  # under one click: a pick list that can be scrolled
LONGEST_POINTS = 1500  # more than a screen has columns
MINUTE_MS = 60_000
STEPS_MIN = (1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440)
Row = dict[str, Any]


def device(city: City, user: User, code: str) -> Row:
    """Return a device by code, number or "n:<number>", with its newest message.

    Raises NotFound and NotAllowed.
    """
    found = known(city, user, code)
    last = city.live.last(found.code)
    presence, level = _state(city, found.n)
    kind = BY_CODE.get(found.kind)
    metrics = [_metric(m, last.metrics.get(m.code) if last else None) for m in _of(kind)]
    return {
        "device": builtins(found),
        "place": place(city, found.area),
        "presence": presence,
        "level": level,
        "last": {"at": last.at, "quality": last.quality, "doubts": doubts(last)} if last else None,
        "metrics": metrics,
    }


def known(city: City, user: User, code: str) -> Device:
    """Return a device that the user may see."""
    scope = scope_in(city, user, None)
    number = code.removeprefix("n:")
    found = city.live.device(code)  # a code of digits alone is a code first
    if found is None and number.isascii() and number.isdigit() and len(number) < 10:
        found = city.live.device(int(number))
    if found is None:
        raise NotFound(MISSING["Device"])
    if not covers(scope, found.area):
        raise Unseen(MISSING["Device"])
    return found


def _state(city: City, n: int) -> tuple[int, int]:
    packed = city.live.points()[n * POINT.itemsize : (n + 1) * POINT.itemsize]
    if len(packed) < POINT.itemsize:
        return 0, 0
    point = np.frombuffer(packed, dtype=POINT)[0]
    return int(point["presence"]), int(point["level"])


def _of(kind: Any) -> tuple[Metric, ...]:
    return kind.metrics if kind else ()


def _metric(metric: Metric, value: float | None) -> Row:
    return {
        "code": metric.code,
        "name": metric.name,
        "unit": metric.unit,
        "digits": metric.digits,
        "value": value,
    }


def curve(city: City, user: User, code: str, metric: str | None, hours: int) -> Row:
    """Return {"metric", "unit", "step", "points": [[ms, value], …]} of the last hours in order.

    The last hour comes from Redis, longer spans from history joined with it. Above a day each
    `step` (ms, else 0) has its least and its greatest value. `metric` None is the kind's primary
    one; Invalid for one that the kind does not have.
    """
    found = known(city, user, code)
    metrics = {m.code: m for m in _of(BY_CODE.get(found.kind))}
    wanted = metric or next(iter(metrics), "")
    if wanted not in metrics:
        names = "、".join(metrics)
        raise Invalid("该设备没有这个指标。", fields={"metric": f"可选:{names}"})
    until = now_ms(city)
    since = until - hours * 3_600_000
    recent = [
        (at, values[wanted])
        for at, values in city.live.recent(found.code, since)
        if wanted in values
    ]
    step = _step(hours)
    if step:
        recent = _enveloped(city, found, wanted, (since, until, step), recent)
    elif hours > RECENT_H:
        old = _history(lambda: city.history.curve(found.code, wanted, since, until, found.area))
        recent = _joined(old, recent)
    points = [[at, value] for at, value in _thinned(recent)]
    return {"metric": wanted, "unit": metrics[wanted].unit, "step": step, "points": points}


def _step(hours: int) -> int:
    """The width in ms of a stretch that has two points of the curve; 0 for the readings as such."""
    if hours <= RAW_H:
        return 0
    shortest = hours * 60 * 2 / (LONGEST_POINTS - 4)  # both ends of the span begin a stretch more
    return next((s for s in STEPS_MIN if s >= shortest), STEPS_MIN[-1]) * MINUTE_MS


def _enveloped(
    city: City,
    found: Device,
    metric: str,
    span: tuple[int, int, int],
    recent: list[tuple[int, float]],
) -> list[tuple[int, float]]:
    """The least and greatest value of each stretch; what Redis and history both have counts once.

    The second point of a stretch stands in its middle: when either was measured is not kept.
    """
    since, until, step = span
    old = _history(
        lambda: city.history.envelope(found.code, metric, since, until, step, found.area)
    )
    ends = {at: (low, high) for at, low, high in old}
    for at, value in recent:
        begin = begin_of(at, step)
        low, high = ends.get(begin, (value, value))
        ends[begin] = min(low, value), max(high, value)
    points = []
    for at, (low, high) in sorted(ends.items()):
        points += [(at, low)] if low == high else [(at, low), (at + step // 2, high)]
    return points


def _history(ask: Callable[[], list[Any]]) -> list[Any]:
    """Ask DuckDB; under gevent in a real thread, since it would stop every browser's push."""
    try:
        return aside(ask)
    except OSError as why:
        raise Unavailable("历史数据暂时不可用,请稍后再试。") from why


def _joined(old: list[tuple[int, float]], new: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """History up to where the recent list begins, then the recent list: nothing twice."""
    if not new:
        return old
    return [point for point in old if point[0] < new[0][0]] + new


def _thinned(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """At most LONGEST_POINTS: of each stretch its lowest and highest, so that no peak is lost."""
    if len(points) <= LONGEST_POINTS:
        return points
    step = -(-len(points) * 2 // LONGEST_POINTS)
    kept = []
    for i in range(0, len(points), step):
        part = points[i : i + step]
        ends = {min(part, key=lambda p: p[1]), max(part, key=lambda p: p[1])}
        kept += sorted(ends)
    return kept


def named(city: City, user: User, hits: list[Row]) -> list[Row]:
    """Return the marks under a click, as `search` does, without what the user may not see."""
    found = [_named(city, user, hit) for hit in hits[:MOST_NAMED]]
    return [one for one in found if one]


def _named(city: City, user: User, hit: Row) -> Row | None:
    try:
        if hit.get("type") == "device":
            thing: Any = known(city, user, f"n:{int(hit['n'])}")
            return as_hit(city, "device", thing.code, thing.name or thing.code, thing)
        if hit.get("type") in ("resource", "worker"):
            return _thing(city, user, str(hit["type"]), str(hit["id"]))
        if hit.get("type") in ("case", "alert"):
            with city.ledger.read() as tx:
                read = tx.case if hit["type"] == "case" else tx.alert
                thing = read(str(hit["id"]))
            if covers(scope_in(city, user, None), thing.area):
                name = " · ".join(filter(None, (thing.title, getattr(thing, "device_name", ""))))
                return as_hit(city, hit["type"], thing.id, name, thing)
    except (NotFound, NotAllowed):
        return None
    return None


def _thing(city: City, user: User, type_: str, id_: str) -> Row:
    """A resource or a worker: an action of its own opens its card (layouts.resource_card)."""
    one = (tracks.worker if type_ == "worker" else resources.resource)(city, user, id_)
    return {
        "kind": type_,
        "code": f"{type_}:{id_}",
        "action": "thing",
        **{name: one[name] for name in ("name", "place", "lon", "lat")},
    }
