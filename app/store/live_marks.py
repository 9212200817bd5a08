"""The small marks of the live store: feeds, counters, heartbeats, workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec
import redis

from app.domain.readings import WorkerPosition
from app.store import keys
from app.store.live_letters import Bounds, DeadLetter, Letters

__all__ = ["Bounds", "DeadLetter", "Marks"]

POSITIONS_KEPT = 1_000  # latest wins: who is further behind reads the workers
TRACK_STEP = 25 / 111_320  # degrees of latitude: 25 m, what a phone's place is good for
TRACK_KEPT = 300  # places of a track
TRACK_S = 4 * 3600  # default: a track is for who is out now, not a record of where people go

_pack = msgspec.msgpack.Encoder().encode
Place = tuple[float, float, int]  # lon, lat, epoch ms
_place = msgspec.msgpack.Decoder(Place, strict=False).decode


class Marks(Letters):
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
        every = self._numbers(keys.FEEDS)
        return {name: at for name, at in every.items() if not name.startswith(keys.READINGS_OF)}

    def readings_feeds(self) -> dict[str, int]:
        """Each feed's newest reading that was taken, by arrival, epoch ms."""
        every = self._numbers(keys.FEEDS)
        marks = ((name.partition(keys.READINGS_OF), at) for name, at in every.items())
        return {feed: at for (before, mark, feed), at in marks if mark and not before}

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
        track = [keys.track(""), TRACK_STEP, TRACK_KEPT, TRACK_S]
        return cast(int, self._positions(keys=names, args=[batch, arrived, POSITIONS_KEPT, *track]))

    def tracks(self, workers: Sequence[str], since_ms: int) -> dict[str, list[Place]]:
        """Where these workers have been since then, at most four hours back, oldest first."""
        if not workers:
            return {}
        with self.redis.pipeline(transaction=False) as pipe:
            for worker in workers:
                pipe.lrange(keys.track(worker), 0, TRACK_KEPT - 1)
            kept = cast(list[list[bytes]], pipe.execute())
        tracks = ([_place(raw) for raw in reversed(every)] for every in kept)
        named = zip(workers, tracks, strict=True)
        return {worker: [one for one in track if one[2] >= since_ms] for worker, track in named}

    def forget_tracks(self, workers: Sequence[str]) -> None:
        """Drop the tracks of workers who are not on duty (any more)."""
        for worker in workers:  # one by one: in a cluster they lie on several servers
            self.redis.delete(keys.track(worker))

    def workers(self) -> dict[str, tuple[float, float, int]]:
        """Where each worker was last: lon, lat, epoch ms."""
        found = cast(dict[bytes, bytes], self.redis.hgetall(keys.WORKERS))
        return {worker.decode(): _place(raw) for worker, raw in found.items()}
