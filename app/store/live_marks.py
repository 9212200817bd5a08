"""The small marks of the live store: feeds, counters, heartbeats, workers, dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec
import redis

from app.domain.readings import WorkerPosition
from app.store import keys

POSITIONS_KEPT = 1_000  # latest wins: who is further behind reads the workers
DEAD_KEPT = 10_000
# all dead letters together hold 50 MB at most
DEAD_BYTES = 4096  # of a payload: enough to see what it is
DEAD_WORDS = 256  # characters of a topic and of a detail
PERSONAL = ("/order", "/report")  # topics whose payload tells of citizens: only its size is kept

_pack = msgspec.msgpack.Encoder().encode
_place = msgspec.msgpack.Decoder(tuple[float, float, int], strict=False).decode


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was not taken: topic, its first 4 KB, why, and when (epoch ms).

    Of an order or a report no byte is kept: it is personal, and it need not be well-formed.
    `size` is the whole payload in bytes; `id` is given by the store.
    """

    topic: str
    payload: bytes
    size: int
    reason: str
    detail: str
    at: int
    id: str = ""


class Marks:
    """Hashes of one number per name, all in epoch ms or plain counts."""

    redis: redis.Redis
    _positions: Any

    def beat(self, role: str, now_ms: int) -> None:
        """The role says that it lives."""
        self.redis.hset(keys.BEATS, role, str(now_ms))

    def beats(self) -> dict[str, int]:
        """Each role's newest heartbeat, epoch ms."""
        return self._numbers(keys.BEATS)

    def feeds(self) -> dict[str, int]:
        """Each feed's newest accepted message by arrival, epoch ms."""
        return self._numbers(keys.FEEDS)

    def mark_feed(self, feed: str, arrived: int) -> None:
        """The feed is alive although it brought nothing to store."""
        self.redis.hset(keys.FEEDS, feed, str(arrived))

    def counts(self) -> dict[str, int]:
        """Counters: received, stored, late, duplicates, reports, orders, rejected:<reason> …"""
        return self._numbers(keys.COUNTS)

    def count(self, name: str, by: int = 1) -> None:
        """Add to a counter."""
        self.redis.hincrby(keys.COUNTS, name, by)

    def _numbers(self, key: str) -> dict[str, int]:
        found = cast(dict[bytes, bytes], self.redis.hgetall(key))
        return {name.decode(): int(value) for name, value in found.items()}

    def put_positions(self, positions: Sequence[WorkerPosition], arrived: int) -> int:
        """Keep each worker's newest position and tell the wall; returns how many were newer."""
        if not positions:
            return 0
        batch = _pack([(p.worker, p.lon, p.lat, p.at) for p in positions])
        names = [keys.WORKERS, keys.POSITIONS, keys.FEEDS]
        return cast(int, self._positions(keys=names, args=[batch, arrived, POSITIONS_KEPT]))

    def workers(self) -> dict[str, tuple[float, float, int]]:
        """Where each worker was last: lon, lat, epoch ms."""
        found = cast(dict[bytes, bytes], self.redis.hgetall(keys.WORKERS))
        return {worker.decode(): _place(raw) for worker, raw in found.items()}

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """Keep dead letters, about the newest 10,000, and count them by reason."""
        if not letters:
            return
        with self.redis.pipeline(transaction=True) as pipe:
            for letter in letters:
                pipe.xadd(keys.DEAD, _fields(letter), maxlen=DEAD_KEPT, approximate=True)
                pipe.hincrby(keys.COUNTS, f"rejected:{letter.reason}", 1)
                pipe.hincrby(keys.COUNTS, "rejected", 1)
            pipe.execute()

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """The newest dead letters, newest first."""
        found = cast(list[Any], self.redis.xrevrange(keys.DEAD, count=limit))
        return [_letter(i, fields) for i, fields in found]


def _fields(letter: DeadLetter) -> dict[Any, Any]:
    personal = letter.topic.endswith(PERSONAL)
    return {
        "topic": letter.topic[:DEAD_WORDS],
        "payload": b"" if personal else letter.payload[:DEAD_BYTES],
        "size": letter.size,
        "reason": letter.reason,
        "detail": letter.detail[:DEAD_WORDS],
        "at": letter.at,
    }


def _letter(stream_id: bytes, fields: dict[bytes, bytes]) -> DeadLetter:
    return DeadLetter(
        id=stream_id.decode(),
        topic=fields[b"topic"].decode("utf-8", "replace"),
        payload=fields[b"payload"],
        size=int(fields[b"size"]),
        reason=fields[b"reason"].decode(),
        detail=fields[b"detail"].decode("utf-8", "replace"),
        at=int(fields[b"at"]),
    )
