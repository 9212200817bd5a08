"""Births and farewells on Redis: what each device said last of itself, and when we heard it.

A will carries the time at which its sender connected, so the moment that counts is ours. A
retained status comes again at each reconnect; it is the same while its own time is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec
import redis

from app.store import keys


class Status(msgspec.Struct, frozen=True, array_like=True):
    """Whether a device says that it is online, since when by our clock, and the own times (all
    epoch ms) of its newest birth and farewell, by which a repetition is known."""

    arrived: int
    online: bool
    birth: int = 0
    farewell: int = 0


_pack = msgspec.msgpack.Encoder().encode
_status = msgspec.msgpack.Decoder(Status).decode


def note(client: redis.Redis, said: Mapping[str, tuple[int, bool]], arrived: int) -> None:
    """Write each device's newest status (own time in ms, online); repeating changes nothing."""
    if not said:
        return
    codes = list(said)
    known = cast(list[bytes | None], client.hmget(keys.STATUSES, codes))
    before = {code: _status(raw) for code, raw in zip(codes, known, strict=True) if raw}
    after = {code: _after(before.get(code), *said[code], arrived) for code in codes}
    fresh = {code: status for code, status in after.items() if status != before.get(code)}
    if not fresh:
        return
    with client.pipeline(transaction=True) as pipe:
        pipe.hset(
            keys.STATUSES, mapping=cast(Any, {c: _pack(status) for c, status in fresh.items()})
        )
        if any(_is_news(before.get(code), status) for code, status in fresh.items()):
            pipe.incr(keys.STATUSES_VERSION)
        pipe.execute()


def _after(before: Status | None, at: int, online: bool, arrived: int) -> Status:
    """The status after a birth or farewell; a birth while online only leaves its time."""
    known = before or Status(0, False)
    if at == (known.birth if online else known.farewell):
        return known
    if online:
        since = known.arrived if known.online else arrived
        return Status(since, True, at, known.farewell)
    return Status(arrived, False, known.birth, at)


def _is_news(before: Status | None, after: Status) -> bool:
    return before is None or (before.arrived, before.online) != (after.arrived, after.online)


def version(client: redis.Redis) -> int:
    """A number that is another one after somebody came or left."""
    return int(cast(bytes | None, client.get(keys.STATUSES_VERSION)) or 0)


def everybody(client: redis.Redis) -> dict[str, tuple[int, bool]]:
    """What every device said last: code → epoch ms at which we heard it, and whether online."""
    found = cast(dict[bytes, bytes], client.hgetall(keys.STATUSES))
    statuses = ((code.decode(), _status(raw)) for code, raw in found.items())
    return {code: (status.arrived, status.online) for code, status in statuses}
