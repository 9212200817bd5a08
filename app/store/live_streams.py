"""The streams of the live store: readings by group, reports, and what may be cut off."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import redis

from app.domain.readings import Readings
from app.domain.reports import HotlineOrder, Report
from app.domain.warnings import Warning
from app.store import keys
from app.store.stream_answers import entries

log = logging.getLogger(__name__)

GROUPS = ("watch", "archive")
FORMER_KEPT_S = 30 * 86_400  # default: as long as a dead letter
NEVER = -1  # the time to live of a key that has none
LAG_COUNTED = 10_000  # entries; one more or less does not matter then
FEED_OF: dict[type, str] = {Report: "report", HotlineOrder: "order", Warning: "warning"}

_pack = msgspec.msgpack.Encoder().encode
_readings = msgspec.msgpack.Decoder(Readings).decode

Entry = tuple[bytes, Readings]


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
        count: int = 1000,
        block_ms: int | None = None,
    ) -> list[Entry]:
        """The next entries of a group in order; `after` an id gives the consumer's own pending.

        `block_ms` waits for new ones at most so long; None does not wait. An entry that was cut
        off meanwhile or cannot be read is acknowledged here and passed over.
        """
        answer = self.redis.xreadgroup(
            group, consumer, {keys.readings(partition): after}, count=count, block=block_ms
        )
        readable, lost = told(answer)
        self.ack(group, lost, partition=partition)
        return readable

    def ack(self, group: str, ids: Sequence[bytes], *, partition: int = 0) -> None:
        """The group is done with these entries."""
        if ids:
            self.redis.xack(keys.readings(partition), group, *ids)

    def done_up_to(self, partition: int = 0) -> bytes | None:
        """The smallest id that some group still needs; None when a group is missing."""
        stream = keys.readings(partition)
        needed = []
        groups = {g["name"].decode(): g for g in cast(list[Any], self.redis.xinfo_groups(stream))}
        for name in GROUPS:
            if name not in groups:
                return None
            pending = self.redis.xpending(stream, name)
            needed.append(pending["min"] or _next_id(groups[name]["last-delivered-id"]))
        return min(needed, key=_id_order)

    def trim(self, partition: int = 0) -> int:
        """Cut off the readings that every group has acknowledged; returns how many."""
        needed = self.done_up_to(partition)
        if needed is None:
            return 0
        stream = keys.readings(partition)
        return self.redis.xtrim(stream, minid=needed.decode(), approximate=False)

    def lag(self, group: str, partition: int = 0) -> int:
        """Entries of the stream that the group has not acknowledged, counted to 10,000."""
        stream = keys.readings(partition)
        for found in cast(list[Any], self.redis.xinfo_groups(stream)):
            if found["name"].decode() == group:
                after = _next_id(found["last-delivered-id"])
                fresh = cast(list[Any], self.redis.xrange(stream, min=after, count=LAG_COUNTED))
                return len(fresh) + int(found["pending"])
        return 0

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


def told(answer: Any) -> tuple[list[Entry], list[bytes]]:
    """What an XREADGROUP of one stream of readings brought, and the ids that cannot be read."""
    readable: list[Entry] = []
    lost: list[bytes] = []
    for i, fields in entries(answer):
        try:
            readable.append((i, _readings(fields[b"b"])))
        except (KeyError, TypeError, msgspec.DecodeError):
            lost.append(i)
    if lost:
        log.warning("%d entries of readings cannot be read, first %r", len(lost), lost[0])
    return readable, lost


def _id_order(stream_id: bytes) -> tuple[int, int]:
    ms, _, seq = stream_id.partition(b"-")
    return int(ms), int(seq)


def _next_id(stream_id: bytes) -> bytes:
    ms, seq = _id_order(stream_id)
    return b"%d-%d" % (ms, seq + 1)
