"""The way in: what the border has translated is placed, graded, registered and written.

Every verb raises Unavailable when a store does not answer; the caller repeats the same batch,
which is harmless: nothing is applied twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import msgspec
import redis
from redis import exceptions as said_by_redis
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.city import City
from app.domain import quality
from app.domain.kinds import BY_CODE
from app.domain.readings import DeviceStatus, Readings, Telemetry, WorkerPosition
from app.domain.reports import HotlineOrder, Report
from app.domain.warnings import Warning
from app.errors import Invalid, Unavailable
from app.services import (
    grading,
    photos,
    presence,
    publishers,
    registry,
    roster,
    strangers,
    whereabouts,
)
from app.services import letters as dead
from app.services.letters import Letter as Letter
from app.services.roster import Known
from app.store.live import DUPLICATE, LATE, NEW, Observed, Written

# a store that is away, full or shut against us: the message is not to blame and waits
AWAY = (
    *(redis.ConnectionError, redis.TimeoutError, redis.ReadOnlyError),
    *(said_by_redis.OutOfMemoryError, said_by_redis.ClusterDownError),
    *(said_by_redis.NoPermissionError, said_by_redis.TryAgainError),
    *(OperationalError, InterfaceError, NoConnection),
    OSError,  # the disk of the photos or of the history
)
# the same from within a script or a MULTI, where only the text tells
PASSING = ("MISCONF", "OOM", "LOADING", "READONLY", "BUSY", "NOREPLICAS", "CLUSTERDOWN")


class Filed(NamedTuple):
    """A report as it came by wire: its pictures are bytes that are not stored yet."""

    report: Report
    pictures: tuple[bytes, ...] = ()


def observe(
    city: City,
    batch: Sequence[Telemetry],
    arrived: int,
    lag: int = 0,
    counts: Mapping[str, int] | None = None,
) -> Written:
    """Place, grade and write readings in order; `arrived` is epoch ms, at most 1,000 at a time.

    `lag`: the ms they have waited in a queue of ours; their feeds are shown to be that far behind.
    `counts` are added to the counters in the same step.

    A device that is new or has moved by more than 30 m is located and registered first. One that
    nobody knows and that does not say where it is stays in the record with area "" and number -1.
    """
    with answering(city), roster.alone:
        moved = roster.learn(city, batch)
        batch, adopted = strangers.meet(city, batch, arrived)
        moved |= adopted
        known, grader = roster.of(city), grading.of(city)
        doubts, news = grader.grade(city, batch, arrived, lag)
        observed = [
            _observed(t, known, t.device in moved, arrived, doubt)
            for t, doubt in zip(batch, doubts, strict=True)
        ]
        flags = city.live.apply(observed, arrived, lag, counts, heard(counts or {}))
        graded = [
            grading.graded(t, o.reading.area, doubt)
            for t, o, doubt in zip(batch, observed, doubts, strict=True)
        ]
        grader.accept(city, graded, news, flags, arrived)
    return Written(flags.count(NEW), flags.count(LATE), flags.count(DUPLICATE))


def _observed(
    t: Telemetry, known: dict[str, Known], moved: bool, arrived: int, doubts: int
) -> Observed:
    place = known.get(t.device, roster.NOWHERE)
    kind = BY_CODE.get(t.kind)
    reading = Readings(
        n=place.n,
        device=t.device,
        kind=t.kind,
        area=place.area,
        at=t.at,
        arrived=arrived,
        metrics=t.metrics,
        quality=quality.quality(doubts, t.quality),
        moved=(place.lon, place.lat) if moved and place.n >= 0 else None,
        doubts=doubts,
    )
    value = t.metrics.get(kind.primary.code) if kind else None
    return Observed(reading, place.lon, place.lat, place.grid, value, t.message_id, t.feed)


def grade(t: Telemetry) -> int:
    """The quality of a message by itself, without what its device said before."""
    doubts, _ = quality.weigh(t.kind, None, t.at, t.metrics)
    return quality.quality(doubts, t.quality)


def status(city: City, statuses: Sequence[DeviceStatus], arrived: int) -> None:
    """Take births and farewells: a birth registers the device, a farewell makes it offline.

    Neither is telemetry: a feed that brings nothing else is as silent as one that brings nothing.
    """
    if not statuses:
        return
    with answering(city), roster.alone:
        statuses = publishers.note(city, statuses)
        if not statuses:
            return
        roster.enrol(city, statuses)
        strangers.introduce(city, statuses, arrived)
        presence.note(city, statuses)
        origins = {s.device: grading.source_of(s.feed) for s in statuses if s.online}
        grading.of(city).born(city, origins)


def positions(city: City, places: Sequence[WorkerPosition], arrived: int) -> int:
    """Keep the newest position of each worker on duty; returns how many are of nobody on duty."""
    with answering(city):
        return whereabouts.keep(city, places, arrived)


def receive(
    city: City, things: Sequence[Filed | Report | HotlineOrder | Warning], arrived: int
) -> None:
    """Keep reports, orders and warnings until the clock role takes them in; durable on return.

    A picture that is none becomes a dead letter; its report is taken without it.
    """
    if not things:
        return
    with answering(city):
        stored = [_with_photos(city, t, arrived) if isinstance(t, Filed) else t for t in things]
        city.live.accept(stored, arrived)


def _with_photos(city: City, filed: Filed, arrived: int) -> Report:
    report, ids = filed.report, []
    if not filed.pictures:
        return report
    has_place = report.lon is not None and report.lat is not None
    area = city.areas.locate_one(report.lon, report.lat) if has_place else ""  # type: ignore[arg-type]
    for picture in filed.pictures:
        try:
            ids.append(photos.keep(city, picture, by="ingest", area=area))
        except Invalid as why:
            letter = Letter(f"report {report.id}", picture, "bad_photo", why.message)
            reject(city, [letter], arrived)
    return msgspec.structs.replace(report, photos=tuple(ids))


def reject(city: City, letters: Sequence[Letter], at: int) -> None:
    """Keep refused messages as dead letters and count them by reason; `at` is epoch ms."""
    with answering(city):
        dead.keep(city, letters, at)


def count(city: City, counts: Mapping[str, int], arrived: int) -> None:
    """Add to the counters of sources, and mark who was heard: "received:<source>" does both."""
    if not counts:
        return
    with answering(city):
        city.live.count_all(counts, heard(counts), arrived)


def heard(counts: Mapping[str, int]) -> list[str]:
    """The feeds that counters speak of."""
    feeds = [name.partition(":")[2] for name in counts if name.startswith("received:")]
    # of the city's own topics the write itself marks the feed
    reading = any(name.startswith("readings:") and name != "readings:city" for name in counts)
    return [*feeds, *(["telemetry"] if reading else [])]


def begin(city: City) -> None:
    """Prepare the stores: groups exist, and a Redis that was emptied knows the devices again."""
    with answering(city), roster.alone:
        city.live.ensure_groups()
        city.live.outlive_former()
        roster.restore(city)
        registry.again(city)


def beat(city: City, role: str) -> None:
    """The role says that it lives, and what it has counted."""
    with answering(city):
        city.live.beat(role, int(city.now().timestamp() * 1000))
        with roster.alone:
            grading.flush(city)


@contextmanager
def answering(city: City) -> Iterator[None]:
    """Turn a store that is away, full or busy into Unavailable; other errors are faults of ours."""
    try:
        yield
    except AWAY as why:
        roster.forget(city)
        grading.forget(city)
        raise Unavailable(f"{type(why).__name__}: {why}") from why
    except redis.ResponseError as why:
        if not any(word in str(why) for word in PASSING):
            raise
        raise Unavailable(str(why)) from why
