"""Births and farewells on Redis: what each device said last of itself, and when we heard it.

A will carries the time at which its sender connected, so the moment that counts is ours. A
retained status comes again at each reconnect; it is the same while its own time is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec
import redis

STATUSES = "cy:statuses"  # hash: device code -> msgpack [arrived ms, its own time ms, online]
COUNTER = "cy:statuses:version"  # grows with each change, so that nobody reads in vain

_pack = msgspec.msgpack.Encoder().encode
_status = msgspec.msgpack.Decoder(tuple[int, int, bool]).decode


def note(client: redis.Redis, said: Mapping[str, tuple[int, bool]], arrived: int) -> None:
    """Write each device's newest status (own time in ms, online); repeating changes nothing."""
    if not said:
        return
    codes = list(said)
    known = cast(list[bytes | None], client.hmget(STATUSES, codes))
    fresh = {
        code: _pack((arrived, *said[code]))
        for code, raw in zip(codes, known, strict=True)
        if raw is None or _status(raw)[1:] != said[code]
    }
    if fresh:
        with client.pipeline(transaction=True) as pipe:
            pipe.hset(STATUSES, mapping=cast(Any, fresh))
            pipe.incr(COUNTER)
            pipe.execute()


def version(client: redis.Redis) -> int:
    """A number that is another one after each change."""
    return int(cast(bytes | None, client.get(COUNTER)) or 0)


def everybody(client: redis.Redis) -> dict[str, tuple[int, bool]]:
    """What every device said last: code → epoch ms at which we heard it, and whether online."""
    found = cast(dict[bytes, bytes], client.hgetall(STATUSES))
    return {code.decode(): (s[0], s[2]) for code, s in ((c, _status(r)) for c, r in found.items())}
