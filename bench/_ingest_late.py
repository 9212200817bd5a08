"""How late a reading is in Redis: a reader of the stream compares its moment with the sending's."""

from __future__ import annotations

import time
from typing import Any, cast

import msgspec
import numpy as np
import redis

from app.domain.readings import Readings
from app.store import keys

GIVE_UP_S = 20.0
PERCENTILES = (50, 95, 99)

_readings = msgspec.msgpack.Decoder(Readings).decode


def newest(client: redis.Redis) -> Any:
    """Where the readings stream ends: ask before anything is sent."""
    return cast(Any, client.xinfo_stream(keys.readings(0)))["last-generated-id"]


def delays(client: redis.Redis, count: int, last: Any) -> dict[str, float]:
    """Read `count` entries of the readings stream after `last`; percentiles and maximum in ms."""
    seen: list[float] = []
    end = time.monotonic() + GIVE_UP_S + count / 1_000
    while len(seen) < count:
        answer = cast(Any, client.xread({keys.readings(0): last}, count=2_000, block=200))
        now = time.time()
        for _, entries in answer:
            seen += [now - _readings(fields[b"b"]).metrics["sent"] for _, fields in entries]
            last = entries[-1][0]
        if time.monotonic() > end:
            raise TimeoutError(f"only {len(seen)} of {count} readings came")
    found = np.percentile(seen, PERCENTILES) * 1000
    return {
        **{f"p{p}": float(v) for p, v in zip(PERCENTILES, found, strict=True)},
        "max": max(seen) * 1000,
    }
