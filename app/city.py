"""The City: what the city has, handed to every service as its first argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from app.config import Settings
    from app.domain.rulebook import RuleBook
    from app.store.feed import Feed
    from app.store.history import History
    from app.store.ledger import Ledger
    from app.store.live import Live
    from geodata.areas import AreaTree


@dataclass(frozen=True)
class City:
    """Everything a service may use; `now` gives UTC-aware time and `new_id` a fresh id."""

    settings: Settings
    live: Live
    ledger: Ledger
    history: History
    feed: Feed
    areas: AreaTree
    rules: RuleBook
    now: Callable[[], datetime]
    new_id: Callable[[], str]


def open_city(settings: Settings) -> City:
    """Open the stores that the settings name; nothing is contacted before it is needed."""
    from redis import Redis

    from app.domain.rulebook import load_rules
    from app.store.feed import Feed
    from app.store.history import History
    from app.store.ledger import Ledger
    from app.store.live import Live
    from geodata.areas import open_areas

    redis = Redis.from_url(
        settings.redis_url,
        socket_connect_timeout=2,
        # longer than any XREAD BLOCK of ours
        socket_timeout=10,
        health_check_interval=15,
    )
    assert settings.history is not None
    return City(
        settings=settings,
        live=Live(redis, settings.partitions),
        ledger=Ledger.open(settings.database_url),
        history=History(settings.history),
        feed=Feed(redis),
        areas=open_areas(settings.city, settings.var / "areas"),
        rules=load_rules(settings.rules),
        now=lambda: datetime.now(UTC),
        new_id=lambda: uuid4().hex,
    )
