"""The City: what the city has, handed to every service as its first argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from app.config import Settings
    from app.domain.basemaps import Base
    from app.domain.layers import LayerBook
    from app.domain.rulebook import RuleBook
    from app.store.components import Components
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
    layers: LayerBook
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    places: tuple[Place, ...] = ()
    bases: tuple[Base, ...] = ()

    @cached_property
    def components(self) -> Components:
        """The components (部件) that were imported."""
        from app.store.components import Components

        return Components(self.settings.var / "components")


def open_city(settings: Settings) -> City:
    """Open the stores that the settings name; nothing is contacted before it is needed.

    BadConfiguration when there is no tree for the city's code.
    """
    from redis import Redis

    from app.domain.layers import load_layers
    from app.domain.rulebook import load_rules
    from app.store.feed import Feed
    from app.store.history import History
    from app.store.ledger import Ledger
    from app.store.live import Live

    areas = _areas(settings)
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
        layers=load_layers(settings.layers),
        now=lambda: datetime.now(UTC),
        new_id=lambda: uuid4().hex,
        places=_places(settings, areas),
        bases=_bases(settings),
    )


def _areas(settings: Settings) -> AreaTree:
    """The area tree; BadConfiguration when there is none for the city's code."""
    from app.errors import BadConfiguration
    from geodata.areas import open_areas
    from geodata.sources import MissingSource

    try:
        return open_areas(settings.city, settings.var / "areas")
    except MissingSource as why:
        raise BadConfiguration([f"city={settings.city}: {why}"]) from why


def _bases(settings: Settings) -> tuple[Base, ...]:
    """The base maps; BadConfiguration with every fault, also of a file of tiles."""
    from app.domain.basemaps import load_bases
    from app.errors import BadConfiguration

    bases, faults = load_bases(settings.bases), list[str]()
    if any(base.file for base in bases):  # the reader of tiles is loaded where there are some
        from app.store.tiles import BadTiles, open_tiles

        for base in bases:
            try:
                _ = base.file and open_tiles(base.file)
            except BadTiles as why:
                faults.append(f"base {base.name}: {why}")
    if faults:
        raise BadConfiguration(faults)
    return bases


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
