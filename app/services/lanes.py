"""What the lanes of ingest say of themselves, for whoever looks after the feeds."""

from __future__ import annotations

from collections.abc import Mapping

from app.city import City
from app.services import ingest
from app.store import lanes


def tell(city: City, figures: Mapping[str, tuple[int, int]]) -> None:
    """Say (lag in ms, messages that wait) of each lane; Unavailable when Redis is away."""
    with ingest.answering(city):
        lanes.tell(city.live.redis, figures)
