"""A batch made ready while Redis writes the one before it.

Only what needs no other store and changes nothing on the way is: readings of devices that are on
the map and have not moved. All else goes through `ingest.observe`, and so does a batch of which it
is not known whether it was written: nothing is applied twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import redis

from app.city import City
from app.domain import quality
from app.domain.kinds import BY_CODE
from app.domain.quality import Traces
from app.domain.readings import Telemetry
from app.errors import Unavailable
from app.services import grading, ingest, roster
from app.services.roster import Known
from app.store import keys
from app.store.live import Live
from app.store.live_entries import Bundle, Mould, mould
from app.store.underway import Call, Underway


class Ready(NamedTuple):
    """A batch that is placed, graded and packed; `news` is what the grader will remember of it."""

    calls: Sequence[Call]
    graded: Sequence[grading.Graded]
    news: Mapping[str, Traces]
    arrived: int


class Sent(NamedTuple):
    """A batch that Redis is writing."""

    ready: Ready
    underway: Underway


class Cast(NamedTuple):
    """The mould of a device, and of what place and kind it was made."""

    place: Known
    kind: str
    primary: str
    mould: Mould


# one per live store, as the roster
_casts: WeakKeyDictionary[Live, dict[str, Cast]] = WeakKeyDictionary()


def ready(
    city: City,
    batch: Sequence[Telemetry],
    arrived: int,
    lag: int,
    counts: Mapping[str, int],
    before: Mapping[str, Traces] | None = None,
) -> Ready | None:
    """Make a batch ready (at most 1,000); None when it is for `ingest.observe`.

    `before` is the news of the batch that is under way. The rest is as there.
    """
    with ingest.answering(city), roster.alone:
        casts = _cast(city, batch)
        if casts is None:
            return None
        doubts, news = grading.of(city).grade(city, batch, arrived, lag, before)
    bundles: dict[int, Bundle] = {}
    for i, (t, cast, doubt) in enumerate(zip(batch, casts, doubts, strict=True)):
        bundle = bundles.get(cast.mould.partition)
        if bundle is None:
            bundle = bundles[cast.mould.partition] = Bundle()
            bundle.arrives(arrived)
        good = quality.quality(doubt, t.quality) if doubt else t.quality
        value = t.metrics.get(cast.primary)
        bundle.places.append(i)
        bundle.add(cast.mould, t.feed, t.at, t.metrics, value, good, doubt, t.message_id)
    newest = {t.feed: t.at for t in batch}
    calls = city.live.calls(bundles, newest, arrived, lag, counts, ingest.heard(counts))
    graded = [
        grading.graded(t, cast.place.area, doubt)
        for t, cast, doubt in zip(batch, casts, doubts, strict=True)
    ]
    return Ready(calls, graded, news, arrived)


def _cast(city: City, batch: Sequence[Telemetry]) -> list[Cast] | None:
    """The casts of a batch; None when a device is not on the map, has moved or is of no kind."""
    known, casts = roster.of(city), _casts.setdefault(city.live, {})
    if len(casts) > roster.CACHED:
        casts.clear()
    found = []
    for t in batch:
        place = known.get(t.device, roster.NOWHERE)
        if place.n < 0 or (t.lon is not None and roster.is_elsewhere(place, t)):
            return None
        cast = casts.get(t.device)
        if cast is None or cast.place is not place or cast.kind != t.kind:
            kind = BY_CODE.get(t.kind)
            if kind is None:
                return None
            partition = keys.partition_of(t.device, city.live.partitions)
            made = mould(
                *(place.n, t.device, t.kind, place.area),
                *(place.lon, place.lat, place.grid, partition),
            )
            cast = casts[t.device] = Cast(place, t.kind, kind.primary.code, made)
        found.append(cast)
    return found


def send(city: City, ready: Ready) -> Sent | None:
    """Let Redis write it; None when it does not answer."""
    try:
        with ingest.answering(city):
            return Sent(ready, city.live.send(ready.calls))
    except Unavailable:
        return None


def reply(city: City, sent: Sent) -> bytes | None:
    """What became of each of its messages; None when that is not known."""
    try:
        with ingest.answering(city):
            return sent.underway.reply()
    except (Unavailable, redis.ResponseError):
        return None


def accept(city: City, sent: Sent, flags: bytes) -> None:
    """It is written: remember and count it. What cannot be told to Redis now is told later."""
    ready = sent.ready
    try:
        with ingest.answering(city), roster.alone:
            grading.of(city).accept(city, ready.graded, ready.news, flags, ready.arrived)
    except Unavailable:
        return
