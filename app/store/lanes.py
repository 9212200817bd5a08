"""What the lanes of ingest say of themselves: how far behind they are, how much waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec
import redis

from app.store import keys

_pack = msgspec.msgpack.Encoder().encode
_figures = msgspec.msgpack.Decoder(tuple[int, int]).decode


def tell(client: redis.Redis, figures: Mapping[str, tuple[int, int]]) -> None:
    """Say (lag in ms, messages that wait) of each lane, and forget lanes that are no more."""
    with client.pipeline(transaction=True) as pipe:
        pipe.delete(keys.LANES)
        pipe.hset(keys.LANES, mapping={name: _pack(said) for name, said in figures.items()})
        pipe.execute()


def told(client: redis.Redis) -> dict[str, tuple[int, int]]:
    """What each lane has last said: (lag in ms, messages that wait)."""
    found = cast(dict[bytes, bytes], client.hgetall(keys.LANES))
    return {name.decode(): _figures(raw) for name, raw in found.items()}
