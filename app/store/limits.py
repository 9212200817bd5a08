"""Counts within a window of time, and things that may be seen once, on Redis.

What is lost with Redis is a limit that begins anew; nothing else follows from it.
"""

from __future__ import annotations

from typing import cast

import redis

from app.store import keys


def hit(client: redis.Redis, name: str, now_s: int, window_s: int) -> int:
    """Count one more of this name in the present window; returns how many there are now."""
    key = keys.limit(name, now_s // window_s)
    with client.pipeline(transaction=True) as pipe:
        pipe.incr(key)
        pipe.expire(key, window_s + 60)
        return cast(int, pipe.execute()[0])


def hits(client: redis.Redis, name: str, now_s: int, window_s: int) -> int:
    """How many of this name there are in the present window."""
    found = cast(bytes | None, client.get(keys.limit(name, now_s // window_s)))
    return int(found or 0)


def first(client: redis.Redis, name: str, kept_s: int) -> bool:
    """Whether this name is new within the last `kept_s` seconds; it is remembered from now on."""
    return bool(client.set(keys.once(name), b"1", nx=True, ex=kept_s))


def forget(client: redis.Redis, name: str) -> None:
    """The name may come again: what it stood for did not happen."""
    client.delete(keys.once(name))
