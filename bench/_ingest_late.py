"""How late a reading is in Redis: a reader of the stream compares its moment with the sending's."""

from __future__ import annotations

import time
from itertools import chain
from typing import Any, cast

import numpy as np
import redis

from app.store import keys
from app.store.live_entries import readings_in

GIVE_UP_S = 20.0
PERCENTILES = (50, 95, 99)


def newest(client: redis.Redis) -> Any:
    """Where the readings stream ends: ask before anything is sent."""
    return cast(Any, client.xinfo_stream(keys.readings(0)))["last-generated-id"]


def delays(client: redis.Redis, count: int, last: Any) -> dict[str, float]:
    """Read `count` readings of the stream after `last`; percentiles and maximum in ms."""
    seen: list[float] = []
    end = time.monotonic() + GIVE_UP_S + count / 1_000
    while len(seen) < count:
        answer = cast(Any, client.xread({keys.readings(0): last}, count=100, block=200))
        now = time.time()
        for _, entries in answer:
            said = chain.from_iterable(readings_in(fields[b"b"]) for _, fields in entries)
            seen += [now - r.metrics["sent"] for r in said]
            last = entries[-1][0]
        if time.monotonic() > end:
            raise TimeoutError(f"only {len(seen)} of {count} readings came")
    found = np.percentile(seen, PERCENTILES) * 1000
    return {
        **{f"p{p}": float(v) for p, v in zip(PERCENTILES, found, strict=True)},
        "max": max(seen) * 1000,
    }
