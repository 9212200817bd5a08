"""Unknown devices on Redis: what each said last, how often and since when; and who is ignored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec
import redis

from app.domain.adoption import Adopt
from app.store import keys

METRICS_KEPT = 16


class Stranger(msgspec.Struct, frozen=True, kw_only=True):
    """What a device that is not on the map has said of itself; `at` is epoch ms, degrees WGS-84."""

    device: str
    kind: str
    source: str
    at: int
    name: str = ""
    lon: float | None = None
    lat: float | None = None
    metrics: dict[str, float] = {}

    def after(self, before: Stranger | None) -> Stranger:
        """This, completed by what was said before."""
        if before is None:
            return self
        lon, lat = (self.lon, self.lat) if self.lon is not None else (before.lon, before.lat)
        return msgspec.structs.replace(
            self,
            name=self.name or before.name,
            lon=lon,
            lat=lat,
            metrics=self.metrics or before.metrics,
        )


class Heard(NamedTuple):
    """A stranger with the number of its messages and the epoch ms of the first and the last."""

    said: Stranger
    messages: int
    first: int
    last: int


_pack = msgspec.msgpack.Encoder().encode
_stranger = msgspec.msgpack.Decoder(Stranger, strict=False).decode
_rules = msgspec.msgpack.Decoder(dict[str, tuple[Adopt, ...]], strict=False).decode


def note(
    client: redis.Redis,
    said: Mapping[str, Stranger],
    counts: Mapping[str, int],
    arrived: int,
    most: int,
) -> None:
    """Take down who has spoken; of more than `most` the longest silent are forgotten.

    Those that are ignored are left out.
    """
    codes = list(said)
    if not codes:
        return
    with client.pipeline(transaction=False) as pipe:
        pipe.hmget(keys.STRANGERS, codes)
        pipe.hmget(keys.STRANGERS_IGNORED, codes)
        before, ignored = pipe.execute()
    with client.pipeline(transaction=True) as pipe:
        for code, old, silent in zip(codes, before, ignored, strict=True):
            if silent is None:
                known = _stranger(old) if old else None
                pipe.hset(keys.STRANGERS, code, _pack(said[code].after(known)))
                pipe.hsetnx(keys.STRANGER_FIRST, code, arrived)
                pipe.hincrby(keys.STRANGER_COUNTS, code, counts.get(code, 1))
                pipe.zadd(keys.STRANGER_HEARD, {code: arrived})
        pipe.zcard(keys.STRANGER_HEARD)
        there = pipe.execute()[-1]
    if there > most:
        forget(client, cast(list[str], client.zrange(keys.STRANGER_HEARD, 0, there - most - 1)))


def everybody(client: redis.Redis) -> list[Heard]:
    """All strangers, the one that spoke last first."""
    heard = cast(list[Any], client.zrevrange(keys.STRANGER_HEARD, 0, -1, withscores=True))
    return _heard(client, heard)


def one(client: redis.Redis, device: str) -> Heard | None:
    """The stranger of this code."""
    score = client.zscore(keys.STRANGER_HEARD, device)
    found = _heard(client, [(device.encode(), score)]) if score is not None else []
    return found[0] if found else None


def _heard(client: redis.Redis, heard: Sequence[tuple[bytes, float]]) -> list[Heard]:
    codes = [code for code, _ in heard]
    if not codes:
        return []
    with client.pipeline(transaction=True) as pipe:
        for key in (keys.STRANGERS, keys.STRANGER_COUNTS, keys.STRANGER_FIRST):
            pipe.hmget(key, codes)
        saids, counts, firsts = pipe.execute()
    return [
        Heard(_stranger(said), int(count or 1), int(first or last), int(last))
        for (_, last), said, count, first in zip(heard, saids, counts, firsts, strict=True)
        if said
    ]


def forget(client: redis.Redis, devices: Iterable[str | bytes]) -> None:
    """These are strangers no more."""
    codes = list(devices)
    if not codes:
        return
    with client.pipeline(transaction=True) as pipe:
        pipe.zrem(keys.STRANGER_HEARD, *codes)
        for key in (keys.STRANGERS, keys.STRANGER_COUNTS, keys.STRANGER_FIRST):
            pipe.hdel(key, *cast(Any, codes))
        pipe.execute()


def ignore(client: redis.Redis, device: str, why: str, who: str, at: int) -> None:
    """Hear nothing more of a device."""
    client.hset(keys.STRANGERS_IGNORED, device, cast(Any, _pack([why, who, at])))
    forget(client, [device])


def heed(client: redis.Redis, device: str) -> bool:
    """Hear a device again that was ignored; whether it was."""
    return bool(client.hdel(keys.STRANGERS_IGNORED, device))


def ignored(client: redis.Redis) -> dict[str, tuple[str, str, int]]:
    """Who is ignored: device code → why, by whom, epoch ms."""
    found = cast(dict[bytes, bytes], client.hgetall(keys.STRANGERS_IGNORED))
    return {
        code.decode(): msgspec.msgpack.decode(raw, type=tuple[str, str, int])
        for code, raw in found.items()
    }


def put_rules(client: redis.Redis, rules: Mapping[str, Sequence[Adopt]]) -> None:
    """Keep the rules of adoption by source, for every role that takes readings in."""
    client.set(keys.ADOPT_RULES, _pack(rules))


def rules(client: redis.Redis) -> dict[str, tuple[Adopt, ...]]:
    """The rules of adoption by source."""
    raw = cast(bytes | None, client.get(keys.ADOPT_RULES))
    return _rules(raw) if raw else {}
