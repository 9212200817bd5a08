"""Rule memory on Redis: one owner per partition, written together with the acknowledgement.

An entry of the readings stream is acknowledged in the same MULTI that writes what the rules
remember of it; so after a crash an entry is either judged and remembered, or neither. The owner
holds a lease, and each write checks it: a second watcher of the partition writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec
import redis

from app.domain.alerts import Memory
from app.store import keys
from app.store.live_streams import Entry, read_group

GROUP = "watch"

_pack = msgspec.msgpack.Encoder().encode
_memory = msgspec.msgpack.Decoder(Memory, strict=False).decode

Key = tuple[str, str]  # device, rule

# KEYS[1] lease; ARGV: owner, ms. Takes a free lease or prolongs one's own.
LEASE = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class LostPost(Exception):
    """Another watcher owns the partition now; what was about to be written is dropped."""


class RuleMemory:
    """What the rules remember of one partition's devices; for one thread.

    Every method raises redis.RedisError when Redis does not answer.
    """

    def __init__(self, client: redis.Redis, partition: int, owner: str) -> None:
        self.redis = client
        self.partition = partition
        self.owner = owner
        self._stream = keys.readings(partition)
        self._hash = keys.memory(partition)
        self._lease = keys.owner(partition)
        self._ttl_ms = 0

    def take(self, ttl_ms: int) -> bool:
        """Own the partition for so long; False while somebody else owns it."""
        self._ttl_ms = ttl_ms
        return bool(self.redis.eval(LEASE, 1, self._lease, self.owner, ttl_ms))

    def prolong(self) -> bool:
        """Own it for as long again as when it was taken; False when somebody else does."""
        return self.take(self._ttl_ms)

    def release(self) -> None:
        """Give the partition up, so that the next watcher need not wait."""
        self.redis.eval(RELEASE, 1, self._lease, self.owner)

    def inherit(self, consumer: str) -> None:
        """Take over the entries that dead watchers left unacknowledged."""
        start: Any = "0-0"
        while True:
            answer: Any = self.redis.xautoclaim(
                self._stream, GROUP, consumer, 0, start_id=start, count=1000
            )
            start = answer[0]
            if start in (b"0-0", "0-0"):
                return

    def read(self, consumer: str, *, fresh: bool, count: int, block_ms: int | None) -> list[Entry]:
        """The readings of the consumer's `count` oldest pending entries, or of `fresh` ones.

        The rest as in `live_streams.read_group`.
        """
        after = ">" if fresh else "0"
        return read_group(self.redis, self._stream, GROUP, consumer, after, count, block_ms)

    def load(self) -> dict[str, dict[str, Memory]]:
        """All memories: device → rule → memory."""
        memories: dict[str, dict[str, Memory]] = {}
        for name, raw in cast(dict[bytes, bytes], self.redis.hgetall(self._hash)).items():
            device, _, rule = name.decode().rpartition("|")
            memories.setdefault(device, {})[rule] = _memory(raw)
        return memories

    def commit(self, ids: Iterable[bytes], changed: Mapping[Key, Memory | None]) -> None:
        """Remember the changes (None forgets) and acknowledge the entries, both or neither.

        Raises LostPost when the partition has another owner.
        """
        kept = {f"{d}|{r}": _pack(m) for (d, r), m in changed.items() if m is not None}
        gone = [f"{d}|{r}" for (d, r), m in changed.items() if m is None]
        with self.redis.pipeline(transaction=True) as pipe:
            pipe.watch(self._lease)
            owner = cast(bytes | None, pipe.get(self._lease))
            if owner is None or owner.decode() != self.owner:
                raise LostPost
            pipe.multi()
            if kept:
                pipe.hset(self._hash, mapping=cast(Any, kept))
            if gone:
                pipe.hdel(self._hash, *gone)
            if once := dict.fromkeys(ids):
                pipe.xack(self._stream, GROUP, *once)
            try:
                pipe.execute()
            except redis.WatchError as why:
                raise LostPost from why

    def tell_lag(self, done: int) -> int:
        """Write how far the watch is behind the newest entry (ms) into the counters, and return it.

        `done` is the epoch ms of the entry that was judged last.
        """
        found: Any = self.redis.xrevrange(self._stream, count=1)
        newest = int(found[0][0].split(b"-")[0]) if found else done
        lag = max(newest - done, 0) if done else 0
        self.redis.hset(keys.COUNTS, f"watch_lag_ms:{self.partition}", lag)
        return lag
