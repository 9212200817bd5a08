"""What a replay needs of the live store: the devices, and the readings not yet in history.

Both come in pages, so that a process that serves others can do so in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import msgspec
import redis

from app.domain.readings import Device, Quality, Readings
from app.store import keys, points
from app.store.live_entries import readings_in
from app.store.live_streams import AT_ONCE

MOST = (
    400_000  # readings of a time; the archive writes once a minute, no more while it stands still
)
APART = 5_000  # ms: readings of several ingest processes are so far out of order at most; default
SPAN_MS = 10_000  # of a stream that is read rather than halved again
LATE = 32  # quality.Doubt.LATE

_device = msgspec.msgpack.Decoder(Device, strict=False).decode


def point_count(client: redis.Redis) -> int:
    """How many devices the packed points have room for."""
    return int(client.strlen(keys.POINTS)) // points.SIZE


def devices(client: redis.Redis, count: int) -> Iterator[list[Device]]:
    """All known devices, some `count` at a time; one may come twice."""
    cursor: Any = 0
    while True:
        cursor, found = cast(Any, client.hscan(keys.DEVICES, cursor, count=count))
        yield [_device(raw) for raw in found.values()]
        if cursor == 0:
            return


def oldest(client: redis.Redis, partitions: int) -> int | None:
    """When the oldest reading that waits in a stream arrived (ms); None when none waits."""
    firsts = [client.xrange(keys.readings(n), count=1) for n in range(partitions)]
    found = (r for first in firsts for _, fields in cast(list[Any], first) for r in _read(fields))
    return min((r.arrived for r in found), default=None)


def unwritten(
    client: redis.Redis, partitions: int, since: int, until: int
) -> Iterator[list[Readings]]:
    """The readings that arrived from `since` to `until` (ms) and wait in the streams, in pages.

    A page is what AT_ONCE stream entries hold: some ms of work. Late ones, which were never
    shown, are left out. Some may be in history as well, and some came a little before.
    """
    for partition in range(partitions):
        yield from _of(client, keys.readings(partition), since, until)


def _of(client: redis.Redis, stream: str, since: int, until: int) -> Iterator[list[Readings]]:
    after, seen = _first(client, stream, since - APART), 0
    while seen < MOST:
        found = cast(list[Any], client.xrange(stream, min=after, count=AT_ONCE))
        page = [r for _, fields in found for r in _read(fields)]
        yield [r for r in page if r.arrived <= until and not is_late(r)]
        if len(found) < AT_ONCE or (page and page[0].arrived > until):
            return
        after, seen = "(" + found[-1][0].decode(), seen + len(page)


def _first(client: redis.Redis, stream: str, arrived: int) -> str:
    """An id before which everything arrived earlier; the stream is halved until that is known.

    Ids are moments of Redis' clock, which need not be that of arrivals: only their order is used.
    """
    ends = [client.xrange(stream, count=1), client.xrevrange(stream, count=1)]
    low, high = (int(cast(Any, end)[0][0].partition(b"-")[0]) if end else 0 for end in ends)
    while high - low > SPAN_MS:
        middle = (low + high) // 2
        page = cast(list[Any], client.xrange(stream, min=str(middle), count=1))
        before = any(r.arrived < arrived for _, fields in page for r in _read(fields))
        low, high = (middle, high) if before else (low, middle)
    return str(low)


def _read(fields: dict[bytes, bytes]) -> list[Readings]:
    try:
        return readings_in(fields[b"b"])
    except (KeyError, TypeError, msgspec.DecodeError):
        return []  # the archive says so


def is_late(r: Readings) -> bool:
    """Whether it came after a newer one."""
    return r.quality == Quality.LATE or bool(r.doubts & LATE)
