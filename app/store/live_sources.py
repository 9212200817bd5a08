"""What is known of the sources: who they are, what is odd about them, how good their readings are.

A source is named as in the file of sources; "city" is our own topic scheme. Hashes of small things,
each rebuilt by its writer when Redis was lost, except the references of places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec
import redis

from app.store import keys

# KEYS: what publishers said, counts   ARGV: publisher, its time, its count, name of the sum
ADD_SENT = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
local before = 0
if known then
  local told = cmsgpack.unpack(known)
  if tonumber(ARGV[2]) <= told[1] then return end
  before = told[2]
end
local at, sent = tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], cmsgpack.pack({at, sent}))
redis.call('HINCRBY', KEYS[2], ARGV[4], sent >= before and sent - before or sent)
"""

QUALITY_KEPT_S = 40 * 86_400  # default: a month to compare with, and some days

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder().decode
_codes = msgspec.msgpack.Decoder(frozenset[str]).decode
_census = msgspec.msgpack.Decoder(list[tuple[str, str, str, int, int]]).decode
_spot = msgspec.msgpack.Decoder(tuple[float, float], strict=False).decode

Row = dict[str, Any]
Fleet = tuple[str, str, str, int]


class Sources:
    """Registry, flags, origins of devices, references of places, counters of quality."""

    redis: redis.Redis

    def put_sources(self, sources: Iterable[Row]) -> None:
        """Replace the registry by these: {name, dialect, owner, crs, by, clock, period_s, …}."""
        rows = {row["name"]: _pack(row) for row in sources}
        with self.redis.pipeline(transaction=True) as pipe:
            pipe.delete(keys.SOURCES)
            if rows:
                pipe.hset(keys.SOURCES, mapping=cast(Any, rows))
            pipe.execute()

    def sources(self) -> dict[str, Row]:
        """The registry, in order of names: name → what its file says."""
        return dict(sorted(self._packed(keys.SOURCES).items()))

    def flag(self, source: str, flag: str, since: int, **detail: Any) -> None:
        """Say that something is odd about a source; a flag that stands keeps its `since` (ms)."""
        name = f"{source}|{flag}"
        known = cast(bytes | None, self.redis.hget(keys.SOURCE_FLAGS, name))
        begun = _unpack(known)["since"] if known else since
        self.redis.hset(keys.SOURCE_FLAGS, name, _pack({"since": begun, **detail}))

    def unflag(self, source: str, flag: str) -> None:
        """It is odd no longer."""
        self.redis.hdel(keys.SOURCE_FLAGS, f"{source}|{flag}")

    def flags(self) -> dict[str, dict[str, Row]]:
        """What is odd about sources: name → flag → {"since": epoch ms, and its details}."""
        found: dict[str, dict[str, Row]] = {}
        for name, row in self._packed(keys.SOURCE_FLAGS).items():
            source, _, flag = name.partition("|")
            found.setdefault(source, {})[flag] = row
        return found

    def put_origins(self, origins: Mapping[str, str]) -> None:
        """Keep by which source each device speaks: code → source."""
        if origins:
            self.redis.hset(keys.ORIGINS, mapping=cast(Any, dict(origins)))

    def origins(self) -> dict[str, str]:
        """By which source each device speaks: code → source."""
        found = cast(dict[bytes, bytes], self.redis.hgetall(keys.ORIGINS))
        return {code.decode(): source.decode() for code, source in found.items()}

    def put_census(self, devices: Mapping[Fleet, int]) -> None:
        """Replace the census: how many devices there are by source, kind, street and period."""
        self.redis.set(keys.CENSUS, _pack([[*fleet, n] for fleet, n in devices.items()]))

    def census(self) -> dict[Fleet, int]:
        """How many devices there are by (source, kind, street, period in s); empty when lost."""
        raw = cast(bytes | None, self.redis.get(keys.CENSUS))
        return {(s, k, street, p): n for s, k, street, p, n in _census(raw)} if raw else {}

    def put_outliers(self, codes: Iterable[str]) -> None:
        """Replace the devices whose value is far from that of their neighbours."""
        self.redis.set(keys.OUTLIERS, _pack(sorted(codes)))

    def outliers(self) -> frozenset[str]:
        """The devices whose value is far from that of their neighbours."""
        raw = cast(bytes | None, self.redis.get(keys.OUTLIERS))
        return _codes(raw) if raw else frozenset()

    def put_flapping(self, until: Mapping[str, int], no_more: Iterable[str] = ()) -> None:
        """Mark devices that come and go, until then (epoch ms), and take the mark from others."""
        gone = list(no_more)
        if until:
            self.redis.hset(keys.FLAPPING, mapping=cast(Any, dict(until)))
        if gone:
            self.redis.hdel(keys.FLAPPING, *gone)

    def flapping(self) -> dict[str, int]:
        """The devices that come and go: code → epoch ms until which they are held to do so."""
        found = cast(dict[bytes, bytes], self.redis.hgetall(keys.FLAPPING))
        return {code.decode(): int(until) for code, until in found.items()}

    def put_references(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Keep where devices truly stand (WGS-84), from a survey or an official list."""
        if places:
            rows = {code: _pack(place) for code, place in places.items()}
            self.redis.hset(keys.REFERENCES, mapping=cast(Any, rows))

    def references(self, codes: Iterable[str]) -> dict[str, tuple[float, float]]:
        """Where these devices truly stand, of those for which it is known."""
        asked = list(codes)
        if not asked:
            return {}
        found = cast(list[bytes | None], self.redis.hmget(keys.REFERENCES, asked))
        return {code: _spot(raw) for code, raw in zip(asked, found, strict=True) if raw}

    def put_shifts(self, source: str, said: Mapping[str, tuple[float, ...]]) -> None:
        """Keep of a source's devices (lon, lat said, lon, lat of reference)."""
        if said:
            rows = {code: _pack(places) for code, places in said.items()}
            self.redis.hset(keys.shifts(source), mapping=cast(Any, rows))

    def shifts(
        self, source: str, codes: Iterable[str] | None = None
    ) -> dict[str, tuple[float, ...]]:
        """What `put_shifts` has kept of a source: of all its devices, or of these."""
        if codes is None:
            return {code: tuple(v) for code, v in self._packed(keys.shifts(source)).items()}
        asked = list(codes)
        if not asked:
            return {}
        found = cast(list[bytes | None], self.redis.hmget(keys.shifts(source), asked))
        return {c: tuple(_unpack(raw)) for c, raw in zip(asked, found, strict=True) if raw}

    def add_sent(self, source: str, publisher: str, at: int, sent: int) -> None:
        """Add what a publisher has sent since it last said so to its source's counter "sent".

        `at` is its own time, epoch ms: what is not newer changes nothing. Fewer than before: it
        has begun anew.
        """
        script = self.redis.register_script(ADD_SENT)
        name = f"{source}|{publisher}"
        script(keys=[keys.SENT, keys.COUNTS], args=[name, at, sent, f"sent:{source}"])

    def add_quality(self, day: str, counts: Mapping[str, int], now: int) -> None:
        """Add to a day's counters "source|kind|street|doubt"; `now` (ms) begins the day's count."""
        name = keys.quality(day)
        with self.redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(name, keys.QUALITY_SINCE, str(now))
            for field, by in counts.items():
                pipe.hincrby(name, field, by)
            pipe.expire(name, QUALITY_KEPT_S)
            pipe.execute()

    def quality(self, day: str) -> dict[str, int]:
        """A day's counters, and under keys.QUALITY_SINCE the epoch ms of its first count."""
        found = cast(dict[bytes, bytes], self.redis.hgetall(keys.quality(day)))
        return {name.decode(): int(n) for name, n in found.items()}

    def _packed(self, key: str) -> dict[str, Any]:
        found = cast(dict[bytes, bytes], self.redis.hgetall(key))
        return {name.decode(): _unpack(raw) for name, raw in found.items()}
