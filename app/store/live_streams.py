"""The streams of the live store: readings by group, reports, and what may be cut off."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
import redis

from app.domain.readings import Readings
from app.domain.reports import HotlineOrder, Report
from app.domain.warnings import Warning
from app.store import keys
from app.store.live_entries import count_in, readings_in
from app.store.stream_answers import entries

log = logging.getLogger(__name__)

GROUPS = ("watch", "archive")
FORMER_KEPT_S = 30 * 86_400  # default: as long as a dead letter
NEVER = -1  # the time to live of a key that has none
AT_ONCE = 32  # entries in one read; each holds a batch, which is at most 1,000 readings
FEED_OF: dict[type, str] = {Report: "report", HotlineOrder: "order", Warning: "warning"}

_pack = msgspec.msgpack.Encoder().encode

Entry = tuple[bytes, Readings]  # one reading and the stream entry it came in, with others


class Streams:
    """Reading in groups: an entry belongs to its group until acknowledged, across restarts."""

    redis: redis.Redis
    partitions: int

    def outlive_former(self) -> None:
        """Let what an older version has left, and nobody reads any more, run out in 30 days."""
        for key in keys.FORMER:
            if self.redis.ttl(key) == NEVER:
                self.redis.expire(key, FORMER_KEPT_S)

    def ensure_groups(self) -> None:
        """Make the readings streams and their groups at "0"; harmless when they exist."""
        for partition in range(self.partitions):
            for group in GROUPS:
                try:
                    self.redis.xgroup_create(keys.readings(partition), group, "0", mkstream=True)
                except redis.ResponseError as why:
                    if "BUSYGROUP" not in str(why):
                        raise

    def read(
        self,
        group: str,
        consumer: str,
        *,
        partition: int = 0,
        after: str | bytes = ">",
        count: int = AT_ONCE,
        block_ms: int | None = None,
    ) -> list[Entry]:
        """The readings of the next `count` stream entries, see `read_group`."""
        stream = keys.readings(partition)
        return read_group(self.redis, stream, group, consumer, after, count, block_ms)

    def ack(self, group: str, ids: Iterable[bytes], *, partition: int = 0) -> None:
        """The group is done with all readings of these stream entries."""
        once = dict.fromkeys(ids)
        if once:
            self.redis.xack(keys.readings(partition), group, *once)

    def done_up_to(self, partition: int = 0) -> bytes | None:
        """The smallest id that some group still needs; None when a group is missing."""
        needed = self._needed(keys.readings(partition))
        return min(needed.values(), key=_id_order) if len(needed) == len(GROUPS) else None

    def _needed(self, stream: str) -> dict[str, bytes]:
        """The smallest id that each group still needs: its oldest pending, else its next."""
        found = {g["name"].decode(): g for g in cast(list[Any], self.redis.xinfo_groups(stream))}
        return {
            name: cast(Any, self.redis.xpending(stream, name))["min"]
            or _next_id(found[name]["last-delivered-id"])
            for name in GROUPS
            if name in found
        }

    def trim(self, partition: int = 0) -> int:
        """Cut off the entries that every group has acknowledged; returns how many."""
        needed = self.done_up_to(partition)
        if needed is None:
            return 0
        stream = keys.readings(partition)
        return self.redis.xtrim(stream, minid=needed.decode(), approximate=False)

    def lag(self, group: str, partition: int = 0) -> int:
        """Readings from the first that the group has not acknowledged to the newest.

        Those that an older version wrote, an entry for each, are not counted.
        """
        stream = keys.readings(partition)
        needed = self._needed(stream).get(group)
        first = cast(list[Any], self.redis.xrange(stream, min=needed, count=1)) if needed else []
        if not first:
            return 0
        newest = cast(list[Any], self.redis.xrevrange(stream, count=1))
        return _taken(newest) - _taken(first) + count_in(first[0][1].get(b"b", b""))

    def accept(self, things: Sequence[Report | HotlineOrder | Warning], arrived: int) -> None:
        """Keep reports, orders and warnings until the clock has them; safe in Redis on return.

        A stream entry has "t" ("report", "order" or "warning"), "b" (msgpack) and "at" (arrival,
        epoch ms).
        """
        with self.redis.pipeline(transaction=True) as pipe:
            for thing in things:
                feed = FEED_OF[type(thing)]
                pipe.xadd(keys.REPORTS, {"t": feed, "b": _pack(thing), "at": arrived})
                pipe.hset(keys.FEEDS, feed, arrived)
                pipe.hincrby(keys.COUNTS, f"{feed}s", 1)
            pipe.execute()


def read_group(
    client: redis.Redis,
    stream: str,
    group: str,
    consumer: str,
    after: str | bytes,
    count: int,
    block_ms: int | None,
) -> list[Entry]:
    """The readings of a group's next `count` stream entries in order; empty when there are none.

    `after` an id gives the consumer's own pending ones, ">" new ones; `block_ms` waits for those
    at most so long, None does not wait. An entry that was cut off meanwhile or cannot be read is
    acknowledged here and passed over.
    """
    while True:
        answer = client.xreadgroup(group, consumer, {stream: after}, count=count, block=block_ms)
        readable, lost = _told(answer)
        if lost:
            log.warning("%d entries of readings cannot be read, first %r", len(lost), lost[0])
            client.xack(stream, group, *lost)
        if readable or not lost:
            return readable


def _told(answer: Any) -> tuple[list[Entry], list[bytes]]:
    """What an XREADGROUP of one stream of readings brought, and the ids that cannot be read."""
    readable: list[Entry] = []
    lost: list[bytes] = []
    for i, fields in entries(answer):
        try:
            readable += [(i, each) for each in readings_in(fields[b"b"])]
        except (KeyError, TypeError, msgspec.DecodeError):
            lost.append(i)
    return readable, lost


def _taken(found: list[Any]) -> int:
    """How many readings the stream had taken with this entry; 0 for one by an older version."""
    return int(found[0][1].get(b"n", 0))


def _id_order(stream_id: bytes) -> tuple[int, int]:
    ms, _, seq = stream_id.partition(b"-")
    return int(ms), int(seq)


def _next_id(stream_id: bytes) -> bytes:
    ms, seq = _id_order(stream_id)
    return b"%d-%d" % (ms, seq + 1)
