"""What the lanes of ingest say of themselves: how far behind they are, how much waits."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from typing import cast

import msgspec
import redis

from app.store import keys

GONE_S = 60  # a process that has said nothing for so long is no more (*default*)

Said = tuple[float, dict[str, tuple[int, int]]]
_pack = msgspec.msgpack.Encoder().encode
_said = msgspec.msgpack.Decoder(Said).decode


def tell(client: redis.Redis, figures: Mapping[str, tuple[int, int]], who: str = "") -> None:
    """Say (lag in ms, messages that wait) of each lane of this process; `who` names it."""
    name = who or f"{socket.gethostname()}:{os.getpid()}"
    gone = [other for other, (at, _) in _each(client).items() if at < time.time() - GONE_S]
    with client.pipeline(transaction=True) as pipe:
        if gone:
            pipe.hdel(keys.LANES, *gone)
        pipe.hset(keys.LANES, name, _pack((time.time(), dict(figures))))
        pipe.execute()


def told(client: redis.Redis) -> dict[str, tuple[int, int]]:
    """What each lane has last said, over all processes: (greatest lag in ms, sum of what waits)."""
    found: dict[str, tuple[int, int]] = {}
    for at, figures in _each(client).values():
        if at < time.time() - GONE_S:
            continue
        for lane, (lag, waits) in figures.items():
            before = found.get(lane, (0, 0))
            found[lane] = (max(lag, before[0]), waits + before[1])
    return found


def _each(client: redis.Redis) -> dict[str, Said]:
    raw = cast(dict[bytes, bytes], client.hgetall(keys.LANES))
    return {name.decode(): _said(one) for name, one in raw.items()}
