"""What is happening now: devices, their newest readings, workers, feeds and counters, on Redis.

All of it can be rebuilt except readings that the archive has not written yet; those are safe in
the append-only file. Every method raises redis.RedisError when Redis does not answer; a batch that
failed may be written again without harm. A Live may be shared by threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

import msgspec
import redis

from app.domain.readings import Device, Readings
from app.store import keys, points, scripts, tallies
from app.store.live_entries import Bundle, Observed, bundled, device_batch
from app.store.live_marks import DeadLetter, Marks
from app.store.live_sources import Sources
from app.store.live_streams import GROUPS, Streams
from app.store.points import POINT
from app.store.underway import Call, Underway

__all__ = ["GROUPS", "POINT", "DeadLetter", "Live", "Observed", "Written"]

RECENT_KEPT = 240  # readings of a device; the script lets a few more stand
STATES_KEPT = 1_000  # latest wins: who is further behind reads the points

_pack = msgspec.msgpack.Encoder().encode
_readings = msgspec.msgpack.Decoder(Readings).decode
# Lua knows one kind of number, so a whole float may come back as an integer
_device = msgspec.msgpack.Decoder(Device, strict=False).decode
_recent = msgspec.msgpack.Decoder(tuple[int, dict[str, float]]).decode

NEW, LATE, DUPLICATE = b"1", b"2", b"0"  # what became of a message, as the script says it


class Written(NamedTuple):
    """What became of a batch: new ones, late ones (stored only), duplicates (no effect)."""

    new: int
    late: int
    duplicates: int


class Live(Streams, Marks, Sources, tallies.Tallies):
    """The live store; `redis` has decode_responses off, `partitions` is fixed for a city."""

    def __init__(self, client: redis.Redis, partitions: int = 1) -> None:
        self.redis = client
        self.partitions = partitions
        self._write = client.register_script(scripts.WRITE)
        self._register = client.register_script(scripts.REGISTER)
        self._positions = client.register_script(scripts.POSITIONS)

    @classmethod
    def open(cls, url: str, partitions: int = 1) -> Live:
        """A store on that Redis; nothing is asked yet."""
        client = redis.Redis.from_url(
            url, socket_timeout=10, socket_connect_timeout=3, health_check_interval=30
        )
        return cls(client, partitions)

    def close(self) -> None:
        """Give the connections back."""
        self.redis.close()

    # devices

    def register(self, devices: Sequence[Device], grids: Sequence[int]) -> list[Device]:
        """Number new devices and replace known ones; returns them with their lasting numbers.

        `grids` are the grid indexes of their places. Whoever registers a code twice, or at the
        same time as another process, gets the same number.
        """
        if not devices:
            return []
        names = [keys.DEVICES, keys.NUMBERS, keys.NEXT_NUMBER, keys.POINTS]
        given = self._register(keys=names, args=device_batch(devices, grids))
        return [msgspec.structs.replace(d, n=n) for d, n in zip(devices, given, strict=True)]

    def devices(self, codes: Iterable[str] | None = None) -> dict[str, Device]:
        """Known devices by code: all, or those of the given codes that are known."""
        if codes is None:
            everything = cast(dict[bytes, bytes], self.redis.hgetall(keys.DEVICES))
            return {code.decode(): _device(raw) for code, raw in everything.items()}
        asked = list(codes)
        if not asked:
            return {}
        found = cast(list[bytes | None], self.redis.hmget(keys.DEVICES, asked))
        return {code: _device(raw) for code, raw in zip(asked, found, strict=True) if raw}

    def device(self, code: str | int) -> Device | None:
        """A device by its code or its number; None when unknown."""
        if isinstance(code, int):
            found = cast(bytes | None, self.redis.hget(keys.NUMBERS, str(code)))
            if found is None:
                return None
            code = found.decode()
        raw = cast(bytes | None, self.redis.hget(keys.DEVICES, code))
        return _device(raw) if raw else None

    def codes(self, numbers: Sequence[int]) -> list[str]:
        """The codes of devices by their numbers; unknown numbers are left out."""
        if not numbers:
            return []
        asked = [str(n) for n in numbers]
        found = cast(list[bytes | None], self.redis.hmget(keys.NUMBERS, asked))
        return [code.decode() for code in found if code]

    def points(self) -> bytes:
        """All packed points, 24 bytes per device at n * 24 (see POINT)."""
        return cast(bytes | None, self.redis.get(keys.POINTS)) or b""

    def set_states(self, states: Sequence[tuple[int, int, int]]) -> None:
        """Write (n, presence, level) into the points and tell the wall; n < 0 is nowhere."""
        shown = [state for state in states if state[0] >= 0]
        if not shown:
            return
        with self.redis.pipeline(transaction=True) as pipe:
            for n, presence, level in shown:
                offset = n * points.SIZE + points.STATE_OFFSET
                pipe.setrange(keys.POINTS, offset, bytes((presence, level)))
            pipe.xadd(keys.STATES, {"b": _pack(shown)}, maxlen=STATES_KEPT, approximate=True)
            pipe.execute()

    # readings

    def write(self, batch: Sequence[Observed], arrived: int, lag: int = 0) -> Written:
        """Write a batch (at most 1,000) in order; `arrived` is epoch ms, `lag` ms its feeds' delay.

        A message that was written before has no effect, whoever died in between: the check and
        the write are one script. Late ones go to the stream with quality LATE and nowhere else.
        """
        flags = self.apply(batch, arrived, lag)
        return Written(flags.count(NEW), flags.count(LATE), flags.count(DUPLICATE))

    def apply(
        self,
        batch: Sequence[Observed],
        arrived: int,
        lag: int = 0,
        counts: Mapping[str, int] | None = None,
        heard: Iterable[str] = (),
    ) -> bytes:
        """As `write`, but say of each message what became of it: NEW, LATE or DUPLICATE.

        `counts` are counted and feeds marked as `heard` in the same step: each step of its own
        would wait for the disk again.
        """
        if not batch:
            return b""
        samples = {o.feed: o.reading.at for o in batch}
        bundles = bundled(batch, self.partitions)
        flags = bytearray(len(batch))
        for call in self.calls(bundles, samples, arrived, lag, counts or {}, heard):
            done = cast(bytes, self._write(keys=call.keys, args=call.args))
            for i, flag in zip(call.places, done, strict=True):
                flags[i] = flag
        return bytes(flags)

    def calls(
        self,
        bundles: Mapping[int, Bundle],
        newest: Mapping[str, int],
        arrived: int,
        lag: int,
        counts: Mapping[str, int],
        heard: Iterable[str],
    ) -> list[Call]:
        """The calls that write bundles; `newest` is the last event time of each feed in them."""
        feeds = dict.fromkeys(newest, arrived - lag)
        feeds |= dict.fromkeys(map(keys.readings_feed, newest), arrived - lag)
        feeds |= dict.fromkeys(heard, arrived - lag)
        samples = {keys.lags(feed): arrived - at for feed, at in newest.items()}
        made = []
        for partition, bundle in bundles.items():
            names = [keys.readings(partition), keys.LAST, keys.POINTS, keys.FEEDS, keys.COUNTS]
            names.append(keys.readings_taken(partition))
            prefixes = (keys.seen(partition), keys.recent(""))
            told = bundle.packed(feeds, counts, samples)
            made.append(Call(bundle.places, names, (*prefixes, *told)))
            counts, samples = {}, {}
        return made

    def send(self, calls: Sequence[Call]) -> Underway:
        """Let Redis write while we go on; what became of them is asked of the answer.

        A Redis that does not know the script refuses it, and nothing is written: `apply` tells it.
        """
        return Underway(self.redis, self._write.sha, calls)

    def last(self, code: str) -> Readings | None:
        """The newest readings of a device by event time; None when it never spoke."""
        raw = cast(bytes | None, self.redis.hget(keys.LAST, code))
        return _readings(raw) if raw else None

    def lasts(self) -> dict[str, Readings]:
        """The newest readings of every device."""
        everything = cast(dict[bytes, bytes], self.redis.hgetall(keys.LAST))
        return {code.decode(): _readings(raw) for code, raw in everything.items()}

    def recent(self, code: str, since_ms: int = 0) -> list[tuple[int, dict[str, float]]]:
        """The last 240 readings of a device since then, oldest first: (epoch ms, metrics)."""
        kept = cast(list[bytes], self.redis.lrange(keys.recent(code), -RECENT_KEPT, -1))
        return [entry for entry in map(_recent, kept) if entry[0] >= since_ms]
