"""The city as it was: the map of another moment, and what changes from there (docs/replay.md).

Alerts, cases and tasks come from the facts, devices from history, workers from their tracks. What
is not known is left out: a worker without a place, a device without a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import numpy as np
from numpy.typing import NDArray

from app.city import City
from app.domain.facts import LISTS, SHOWN, Fact, told
from app.domain.people import User, concerns
from app.domain.readings import Presence
from app.domain.rules import SILENCE
from app.domain.warnings import RULE as WARNING
from app.errors import Invalid, Unavailable
from app.services import replay_devices, replay_workers
from app.services.aside import aside
from app.services.figures import grids_inside
from app.services.replay_devices import Desk, Shown
from app.services.replay_roster import Roster, standing
from app.services.views_scope import live_or, now_ms, scope_in
from app.store import fact_replay, replay_tail
from app.store.history import History
from app.store.past import Past, Times, records
from app.store.points import POINT

DAY_MS = 86_400_000
LISTED_MS = 3_600_000
LONGEST_MS = 15 * 60_000  # of one answer of steps
AS_IT_IS = -1  # a presence that a change leaves as it is

NUMBERED = np.dtype([("n", "<u4"), ("point", POINT)])
Row = dict[str, Any]
Open = dict[str, list[Row]]
_first_day: WeakKeyDictionary[History, tuple[int, int]] = WeakKeyDictionary()  # (seen, first)


class Keyframe(msgspec.Struct, frozen=True):
    """The map at a moment: the records that /api/v1/points gives, and a snapshot."""

    points: bytes
    snapshot: Row


class Steps(msgspec.Struct, frozen=True):
    """What changed in a time: readings as store.past.HEARD, and the rest by what it is."""

    readings: bytes
    changes: Row


def span(city: City, user: User) -> Row:
    """Return now and the oldest moment that can be shown, in epoch ms."""
    scope_in(city, user, None)
    return {"now": now_ms(city), "oldest": _oldest(city)}


def _oldest(city: City) -> int:
    """When the first day of history begins; before one is written, the first that waits for it.

    A day goes when it has been kept for long enough: the folders are listed once an hour.
    """
    now = now_ms(city)
    seen, first = _first_day.get(city.history, (0, 0))
    if seen <= now < seen + LISTED_MS:
        return first
    folder = next(iter(city.history.folders()), None)
    if folder is None:
        waits = live_or(lambda: replay_tail.oldest(city.live.redis, city.live.partitions), None)
        return now if waits is None else waits
    first = round(datetime.fromisoformat(f"{folder[0]}T00:00+08:00").timestamp() * 1000)
    _first_day[city.history] = now, first
    return first


def as_was(city: City, user: User, at: int, area: str | None = None) -> Keyframe:
    """Return the map as it was at a moment (epoch ms), as far as the user may see it.

    A moment that has not come is now. Raises Invalid before the first day of history, NotAllowed,
    and Unavailable when a file of it cannot be read.
    """
    scope = scope_in(city, user, area)
    at = _moment(city, at)
    seq, open_ = _open(city, at)
    with _readable():
        roster, past = replay_devices.at(city, at)
    stand = standing(city, len(roster))[: len(roster)]
    points = aside(partial(_points, city, roster, past, open_["alerts"], stand, scope))
    snapshot = {name: [x for x in things if _concerns(scope, x)] for name, things in open_.items()}
    snapshot["workers"] = replay_workers.then(city, user, scope, at)
    return Keyframe(points, {"as_of": seq, "at": _utc(at).isoformat()} | snapshot)


def steps(
    city: City, user: User, since: int, until: int, step_s: int = 1, area: str | None = None
) -> Steps:
    """Return what changed after `since` up to `until` (epoch ms), at most 15 minutes.

    Readings are merged per device and `step_s` seconds. Errors as in as_was.
    """
    scope = scope_in(city, user, area)
    since, until = _moment(city, since), _moment(city, until)
    if not 0 <= until - since <= LONGEST_MS:
        raise Invalid("参数不正确。", fields={"until": "请在 since 之后 15 分钟以内"})
    with _readable():
        roster, before, after, said = replay_devices.on(city, since, until, step_s * 1000)
    with city.ledger.read() as tx:
        facts = fact_replay.between(tx, _utc(since), _utc(until))
    stand = standing(city, len(roster))[: len(roster)]
    shown = _inside(city, scope, stand)
    first, last = (_open(city, end)[1]["alerts"] for end in (since, until))
    states = _by_facts(city, roster, first, facts)
    states += aside(partial(_by_silence, city, roster, (before, first), (after, last)))
    heard = aside(partial(records, said))
    changes = {
        "since": since,
        "until": until,
        "facts": [_public(f) for f in facts if _of_lists(f) and concerns(scope, told(f))],
        "states": [row for row in states if shown[row[1]]],
        "positions": replay_workers.moves(city, user, scope, since, until),
    }
    return Steps(heard[shown[heard["n"]]].tobytes(), changes)


def _moment(city: City, at: int) -> int:
    if at < _oldest(city) - DAY_MS:  # devices may be unknown for a day, but no longer
        raise Invalid("该时刻没有历史数据。", fields={"at": "早于历史数据的保存时间"})
    return min(at, now_ms(city))


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as why:
        raise Unavailable("历史数据暂时读不出来，请稍后再试。") from why


def _utc(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def _open(city: City, at: int) -> tuple[int, Open]:
    """The newest fact by then, and what was open; the last few are remembered."""
    here: Desk = replay_devices.desk(city)
    moment = _utc(at)
    with city.ledger.read() as tx:
        seq = fact_replay.seq_at(tx, moment)
        if seq not in here.open:
            here.open[seq] = fact_replay.open_at(tx, seq, moment)
    found = here.open[seq]
    while len(here.open) > replay_devices.KEPT:
        del here.open[next(iter(here.open))]
    return seq, found


def _concerns(scope: str, thing: Row) -> bool:
    return concerns(scope, told(_as_fact(thing)))


def _as_fact(thing: Row) -> Fact:
    """A fact about a thing, as far as app.domain.people.concerns asks."""
    area: str = thing["area"]
    return Fact(kind="", thing="", area=area, at=_utc(0), who="", body={"alert": thing})


def _of_lists(fact: Fact) -> bool:
    return bool(fact.body.keys() & SHOWN)


def _public(fact: Fact) -> Row:
    body = {noun: thing for noun, thing in fact.body.items() if noun in SHOWN}
    return {
        "seq": fact.seq,
        "kind": fact.kind,
        "thing": fact.thing,
        "at": round(fact.at.timestamp() * 1000),
        "body": body,
    }


# -- devices -------------------------------------------------------------------------------------


def _inside(city: City, scope: str, points: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of the packed points stand in a scope."""
    grids = grids_inside(city.areas, scope)
    known = (points["lon"] != 0) | (points["lat"] != 0)
    inside: NDArray[np.bool_] = known & grids[np.minimum(points["area"], len(grids) - 1)]
    return inside


def _points(
    city: City,
    roster: Roster,
    past: Past,
    alerts: Iterable[Row],
    stand: NDArray[Any],
    scope: str,
) -> bytes:
    """The records of the devices in a scope; they stand where they stand now."""
    presence, level = _states(city, roster, past, alerts)
    numbers: Times = np.flatnonzero(_inside(city, scope, stand))
    out = np.empty(len(numbers), NUMBERED)
    out["n"], out["point"] = numbers, stand[numbers]
    point = out["point"]
    point["at"], point["value"] = past.at[numbers] // 1000, past.value[numbers]
    point["quality"] = past.quality[numbers]
    point["presence"], point["level"] = presence[numbers], level[numbers]
    return out.tobytes()


def _states(city: City, roster: Roster, past: Past, alerts: Iterable[Row]) -> tuple[Shown, Shown]:
    """Presence and level of each device, by its readings and the alerts that were open."""
    levels = _levels(city, alerts)
    return replay_devices.states(roster, past.grown(len(roster)), *levels)


def _levels(city: City, alerts: Iterable[Row]) -> tuple[dict[str, int], set[str]]:
    """The level of each device by its open alerts, and those with one about their silence."""
    silence = _silence(city)
    levels: dict[str, int] = {}
    silent = set()
    for alert in alerts:
        if alert["rule"] == WARNING:
            continue
        levels[alert["device"]] = max(levels.get(alert["device"], 0), alert["level"])
        if alert["rule"] in silence:
            silent.add(alert["device"])
    return levels, silent


def _silence(city: City) -> set[str]:
    return {rule.id for rule in city.rules.rules if rule.metric == SILENCE}


def _by_facts(
    city: City, roster: Roster, before: Iterable[Row], facts: Iterable[Fact]
) -> list[list[int]]:
    """[second, n, presence, level] at each fact that has changed a device's level."""
    open_ = {alert["id"]: alert for alert in before}
    silence, rows = _silence(city), list[list[int]]()
    for fact in facts:
        alert = fact.body.get("alert")
        n = roster.numbers.get(alert["device"]) if alert else None
        if alert is None or n is None:
            continue
        ended = alert["status"] in LISTS["alert"][1]
        open_.pop(alert["id"], None) if ended else open_.update({alert["id"]: alert})
        mine = [a for a in open_.values() if a["device"] == alert["device"]]
        lost = any(a["rule"] in silence for a in mine)
        level = max((a["level"] for a in mine), default=0)
        when = round(fact.at.timestamp())
        rows.append([when, n, Presence.OFFLINE if lost else AS_IT_IS, level])
    return rows


def _by_silence(
    city: City,
    roster: Roster,
    before: tuple[Past, Iterable[Row]],
    after: tuple[Past, Iterable[Row]],
) -> list[list[int]]:
    """[second, n, presence, level] of who differs at the end from the beginning."""
    (was, was_level), (now, now_level) = (_states(city, roster, *end) for end in (before, after))
    changed = np.flatnonzero((was != now) | (was_level != now_level))
    when = after[0].moment // 1000
    return [[when, int(n), int(now[n]), int(now_level[n])] for n in changed]
