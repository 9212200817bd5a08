"""Which area tree the stores were last brought in line with."""

from __future__ import annotations

from typing import cast

from app.store import keys
from app.store.live import Live


def edition(live: Live) -> str:
    """The fingerprint of the tree whose grid indexes the packed points hold; "" when unknown."""
    return (cast(bytes | None, live.redis.get(keys.AREAS)) or b"").decode()


def set_edition(live: Live, fingerprint: str) -> None:
    """The packed points now hold the grid indexes of this tree."""
    live.redis.set(keys.AREAS, fingerprint)
