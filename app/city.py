"""The City: what the city has, handed to every service as its first argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.config import Settings
    from app.domain.alerts import RuleBook
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
