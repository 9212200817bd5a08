"""What the readings streams hold, as those who judge and archive will read it."""

from __future__ import annotations

from app.city import City
from app.domain.readings import Readings
from app.store import keys
from app.store.live import Live
from app.store.live_entries import readings_in


def recorded(where: City | Live, partition: int = 0) -> list[Readings]:
    """All readings of a partition's stream, in order."""
    live = where.live if isinstance(where, City) else where
    entries = live.redis.xrange(keys.readings(partition))
    return [r for _, fields in entries for r in readings_in(fields[b"b"])]
