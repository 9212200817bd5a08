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
    from geodata.gazetteer_names import Place


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
    places: tuple[Place, ...] = ()


def open_city(settings: Settings) -> City:
    """Open the stores that the settings name; nothing is contacted before it is needed.

    BadConfiguration when there is no tree for the city's code.
    """
    from redis import Redis

    from app.domain.rulebook import load_rules
    from app.errors import BadConfiguration
    from app.store.feed import Feed
    from app.store.history import History
    from app.store.ledger import Ledger
    from app.store.live import Live
    from geodata.areas import open_areas
    from geodata.sources import MissingSource

    try:
        areas = open_areas(settings.city, settings.var / "areas")
    except MissingSource as why:
        raise BadConfiguration([f"city={settings.city}: {why}"]) from why
    redis = Redis.from_url(
        settings.redis_url,
        socket_connect_timeout=2,
        socket_timeout=10,  # longer than any XREAD BLOCK of ours
        health_check_interval=15,
    )
    assert settings.history is not None
    return City(
        settings=settings,
        live=Live(redis, settings.partitions),
        ledger=Ledger.open(settings.database_url),
        history=History(settings.history),
        feed=Feed(redis),
        areas=areas,
        rules=load_rules(settings.rules),
        now=lambda: datetime.now(UTC),
        new_id=lambda: uuid4().hex,
        places=_places(settings, areas),
    )


def _places(settings: Settings, areas: AreaTree) -> tuple[Place, ...]:
    """The city's own place names; BadConfiguration with every fault of the file."""
    from app.errors import BadConfiguration
    from geodata.gazetteer_file import BadPlaces, read_places

    if settings.places is None:
        return ()
    try:
        return read_places(settings.places, areas)
    except BadPlaces as why:
        raise BadConfiguration(why.faults) from why
