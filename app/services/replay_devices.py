"""Devices as they were: their newest reading of then, and the state that it put them in.

Readings come from history, and from the streams while the archive has not written them. A moment
is looked back from: over the quarter of an hour before it for those who speak often, over a day
for the others; who has not spoken since is as he is now. What follows on a moment is read in lots
of ten minutes, of which the last few are kept, so that playing on costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from app.city import City
from app.domain.attendance import NOBODY
from app.domain.readings import Presence, Readings
from app.services import replay_roster
from app.services.aside import aside
from app.services.replay_roster import PRIMARY, Roster
from app.store import history_at, replay_tail
from app.store.history import History
from app.store.history_arrival import ARRIVAL, NEWEST, QUARTER_MS
from app.store.past import Past, Said, Times, nothing, together

NEAR_MS = 3 * 60_000  # default: most devices speak once a minute or oftener
FAR_MS = 2 * 3_600_000  # default: nearly all others
FARTHEST_MS = 24 * 3_600_000  # default: who was silent for longer says nothing in a replay
LOT_MS = 10 * 60_000
LOTS = 4  # kept: 18 MB each at 50,000 devices that speak once a minute
SECOND_MS = 1000
SETTLED_MS = 150_000  # the archive writes once a minute: what is younger may still come
KEPT = 40  # moments: a megabyte each at 50,000 devices

Levels = dict[str, int]  # device code → level of its open alerts
Shown = NDArray[np.uint8]


@dataclass
class Desk:
    """What a process remembers of a city's past."""

    lock: Lock = field(default_factory=Lock)
    roster: Roster | None = None
    moments: dict[int, Past] = field(default_factory=dict)  # by their time, the last used last
    lots: dict[int, Said] = field(default_factory=dict)  # by their beginning
    open: dict[int, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)  # by fact


_desks: WeakKeyDictionary[History, Desk] = WeakKeyDictionary()


def desk(city: City) -> Desk:
    """The one desk of a city in this process."""
    return _desks.setdefault(city.history, Desk())


def at(city: City, moment: int) -> tuple[Roster, Past]:
    """All devices as of a moment (epoch ms). OSError when a file of history is unreadable."""
    here = desk(city)
    with here.lock:
        roster = here.roster = replay_roster.call(city, here.roster)
        return roster, _at(city, here, roster, moment)


def on(city: City, since: int, until: int, step: int) -> tuple[Roster, Past, Past, Said]:
    """All devices as of two moments, and what they said in between, merged by `step` ms."""
    here = desk(city)
    with here.lock:
        roster = here.roster = replay_roster.call(city, here.roster)
        before = _at(city, here, roster, since)
        said = _said(city, here, roster, since, until)
        if until in here.moments:
            after = here.moments[until].grown(len(roster))
        else:
            after = aside(partial(before.after, said, until))
            _keep(city, here, after)
        return roster, before, after, aside(partial(said.within, since, until, step))


def _at(city: City, here: Desk, roster: Roster, moment: int) -> Past:
    if moment in here.moments:
        past = here.moments.pop(moment)
        here.moments[moment] = past  # used last
        return past.grown(len(roster))
    near = max((m for m in here.moments if moment - LOT_MS < m < moment), default=None)
    if near is not None and _at_hand(city, here, near, moment):
        said = _said(city, here, roster, near, moment)
        past = aside(partial(here.moments[near].grown(len(roster)).after, said, moment))
    else:
        past = _look_back(city, roster, moment)
    _keep(city, here, past)
    return past.grown(len(roster))


def _keep(city: City, here: Desk, past: Past) -> None:
    """Remember a moment to which nothing is added any more."""
    if past.moment > _settled(city):
        return
    here.moments[past.moment] = past
    while len(here.moments) > KEPT:
        del here.moments[next(iter(here.moments))]


def _settled(city: City) -> int:
    """Up to when everything that came is written."""
    return round(city.now().timestamp() * 1000) - SETTLED_MS


def _look_back(city: City, roster: Roster, moment: int) -> Past:
    """Look back over ever longer times for those who are not found yet, a day at most."""
    points = replay_roster.standing(city, len(roster))[: len(roster)]
    edge = (moment - NEAR_MS) // QUARTER_MS * QUARTER_MS
    found = _standing(points, edge)
    times = [(moment - NEAR_MS, moment), (edge, moment - NEAR_MS)]
    times += [(edge - FAR_MS, edge), (edge - FARTHEST_MS, edge - FAR_MS)]
    for since, until in times:
        near = since >= edge
        unknown = _unknown(points, found, edge, values=near)
        if len(unknown) and since < until:
            level = ARRIVAL if near else NEWEST
            tail = _tail(city, roster, since, until)
            work = partial(_found, city, roster.of(unknown), (since, until), level, found, tail)
            found = aside(work)
    return aside(lambda: Past.blank(moment, len(roster)).after(found, moment))


def _found(
    city: City, roster: Any, between: tuple[int, int], level: str, found: Said, tail: Said
) -> Said:
    """What was found, and what these devices said in a time, in history or in the streams."""
    since, until = between
    said = history_at.merged(city.history, roster, since, until, None, level)
    some = tail.within(since, until, until - since).of(roster["n"].to_numpy())
    return together([found, said, some])


def _unknown(points: NDArray[Any], found: Said, edge: int, *, values: bool) -> Times:
    """Who has spoken, and of whom nothing is found; with `values`, or no value since the edge."""
    unknown = points["at"] > 0
    told = ~np.isnan(found.value) | (found.heard <= edge) if values else slice(None)
    unknown[found.n[told]] = False
    return np.flatnonzero(unknown)


def _standing(points: NDArray[Any], before: int) -> Said:
    """Who has said nothing since then is as the packed points have him."""
    n = np.flatnonzero((points["at"] > 0) & (points["at"].astype(np.int64) * 1000 <= before))
    then = points["at"][n].astype(np.int64) * 1000
    return Said(n, np.zeros(len(n), np.int64), then, then, points["value"][n], points["quality"][n])


def _said(city: City, here: Desk, roster: Roster, since: int, until: int) -> Said:
    """What devices said in a time, by the second: from the lots that it lies in."""
    if until > _settled(city):
        return _asked(city, roster, since, until, SECOND_MS)
    first = since // LOT_MS * LOT_MS
    lots = [_lot(city, here, roster, begin) for begin in range(first, until, LOT_MS)]
    return aside(lambda: together([lot.within(since, until, SECOND_MS) for lot in lots]))


def _at_hand(city: City, here: Desk, since: int, until: int) -> bool:
    """Whether what was said in a time needs no long reading: it is kept, or quite new."""
    first = since // LOT_MS * LOT_MS
    return until > _settled(city) or all(n in here.lots for n in range(first, until, LOT_MS))


def _lot(city: City, here: Desk, roster: Roster, begin: int) -> Said:
    said = here.lots.pop(begin, None)
    if said is None:
        said = _asked(city, roster, begin, begin + LOT_MS, SECOND_MS)
    if begin + LOT_MS <= _settled(city):
        here.lots[begin] = said
        while len(here.lots) > LOTS:
            del here.lots[next(iter(here.lots))]
    return said


def _asked(city: City, roster: Roster, since: int, until: int, step: int | None = None) -> Said:
    """What history and the streams say of a time, merged by step (ms) or as a whole."""
    tail = _tail(city, roster, since, until)
    work = partial(history_at.merged, city.history, roster.table, since, until, step)
    width = step or max(until - since, 1)
    return aside(lambda: together([work(), tail.within(since, until, width)]))


def _tail(city: City, roster: Roster, since: int, until: int) -> Said:
    """What of a time is not in history yet; each page is a question, so others have a turn."""
    first = replay_tail.oldest(city.live.redis, city.live.partitions)
    if first is None or first > until:
        return nothing()
    pages = replay_tail.unwritten(city.live.redis, city.live.partitions, since, until)
    rows = [row for page in pages for row in _rows(roster, page)]
    if not rows:
        return nothing()
    n, heard, then, value, quality = zip(*rows, strict=True)
    return Said(
        np.array(n, np.int64),
        np.array(heard, np.int64),
        np.array(heard, np.int64),
        np.array(then, np.int64),
        np.array(value, np.float32),
        np.array(quality, np.uint8),
    )


def _rows(roster: Roster, page: Iterable[Readings]) -> Iterable[tuple[int, int, int, float, int]]:
    for r in page:
        n = roster.numbers.get(r.device)
        if n is not None:
            value = r.metrics.get(PRIMARY.get(r.kind, ""), np.nan)
            yield n, r.arrived, r.at, value, r.quality


def states(roster: Roster, past: Past, levels: Levels, silent: set[str]) -> tuple[Shown, Shown]:
    """(presence, level) of each device then; `silent` have an open alert about their silence.

    Who was silent for longer than its rule allows was offline, and a gateway takes those behind
    it along, as app.domain.attendance has it.
    """
    heard, allowed = past.heard.copy(), roster.allowed.copy()
    children = np.flatnonzero(roster.gateway != NOBODY)
    parents = roster.gateway[children]
    np.maximum.at(heard, parents, past.heard[children])
    slowest = np.zeros_like(allowed)
    np.maximum.at(slowest, parents, roster.allowed[children])
    allowed[parents] = np.minimum(allowed[parents], slowest[parents])
    offline = (heard > 0) & (past.moment - heard > allowed)
    offline[_numbers(roster, silent)] = True
    offline[children] |= offline[parents]
    presence = np.where(heard > 0, Presence.ONLINE, Presence.UNKNOWN)
    presence = np.where(offline, Presence.OFFLINE, presence).astype(np.uint8)
    level = np.zeros(len(roster), np.uint8)
    for code, worst in levels.items():
        n = roster.numbers.get(code)
        if n is not None:
            level[n] = max(level[n], worst)
    return presence, level


def _numbers(roster: Roster, codes: Iterable[str]) -> Times:
    found = [roster.numbers[code] for code in codes if code in roster.numbers]
    return np.array(found, np.int64)
