"""What each source brought: counters of its readings, how late they come, its last hour by minute.

A reading's feed is "telemetry" for the city's own topics and the source's name for all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import msgspec
import redis

from app.store import keys

MINUTES_KEPT = 61
TEN_MINUTES_MS = 600_000

_pack = msgspec.msgpack.Encoder().encode
_minute = msgspec.msgpack.Decoder(dict[str, int]).decode


class Tallies:
    """Counters and samples by source; those of readings are counted by the script that writes."""

    redis: redis.Redis

    def count_all(self, counts: Mapping[str, int], heard: Iterable[str], arrived: int) -> None:
        """Add to many counters and mark the feeds that were heard, all in one step."""
        with self.redis.pipeline(transaction=True) as pipe:
            for name, by in counts.items():
                pipe.hincrby(keys.COUNTS, name, by)
            for feed in heard:
                pipe.hset(keys.FEEDS, feed, str(arrived))
            pipe.execute()

    def lags(self, feeds: Sequence[str]) -> dict[str, list[int]]:
        """Of each feed the newest samples of arrived − at, in ms; negative for a clock ahead."""
        with self.redis.pipeline(transaction=False) as pipe:
            for feed in feeds:
                pipe.lrange(keys.lags(feed), 0, -1)
            found = cast(list[list[bytes]], pipe.execute())
        return {feed: [int(lag) for lag in some] for feed, some in zip(feeds, found, strict=True)}

    def keep_minute(self, minute: int, counts: Mapping[str, int]) -> bool:
        """Keep how the counters stood when a minute (epoch minutes) began; only the first counts.

        Minutes older than an hour go. Returns whether it was the first.
        """
        first = bool(self.redis.hsetnx(keys.MINUTES, str(minute), _pack(dict(counts))))
        if first:
            kept = cast(list[bytes], self.redis.hkeys(keys.MINUTES))
            old = [name for name in kept if int(name) <= minute - MINUTES_KEPT]
            if old:
                self.redis.hdel(keys.MINUTES, *old)
        return first

    def has_minute(self, minute: int) -> bool:
        """Whether a minute is kept already."""
        return bool(self.redis.hexists(keys.MINUTES, str(minute)))

    def refused_lately(self, now_ms: int) -> int:
        """How many messages were refused within the last hour, to ten minutes."""
        last = now_ms // TEN_MINUTES_MS
        with self.redis.pipeline(transaction=False) as pipe:
            for ten in range(last - 5, last + 1):
                pipe.hvals(keys.letter_tens(ten))
            found = cast(list[list[bytes]], pipe.execute())
        return sum(int(n) for ten in found for n in ten)

    def minutes(self) -> dict[int, dict[str, int]]:
        """How the counters stood at each minute of the last hour, by epoch minute."""
        found = cast(dict[bytes, bytes], self.redis.hgetall(keys.MINUTES))
        return {int(minute): _minute(raw) for minute, raw in sorted(found.items())}
