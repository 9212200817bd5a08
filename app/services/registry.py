"""The registry of sources: what each role that reads the file of sources tells all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from app.city import City
from app.domain.kinds import BY_CODE
from app.services.grading import OWN
from app.store.live import Live

_declared: WeakKeyDictionary[Live, list[dict[str, Any]]] = WeakKeyDictionary()


def declare(city: City, sources: Iterable[Mapping[str, Any]]) -> None:
    """Write the registry anew: the city's own topics, and these rows of the file of sources.

    A row has name, dialect, owner, crs, by, clock, period_s, quiet_s, kinds, topics.
    """
    rows = _declared[city.live] = [own(city), *(dict(row) for row in sources)]
    city.live.put_sources(rows)


def own(city: City) -> dict[str, Any]:
    """Return the row of the city's own topics, which stand in no file."""
    return {
        "name": OWN,
        "dialect": "own",
        "owner": city.areas.home.name,
        "crs": "wgs84",
        "by": "mqtt",
        "clock": "device",
        "period_s": None,
        "quiet_s": city.settings.feed_quiet_s,
        "kinds": list(BY_CODE),
        "topics": ["city/#"],
    }


def again(city: City) -> None:
    """Write what this process has declared once more: Redis may have come back empty."""
    if city.live in _declared:
        city.live.put_sources(_declared[city.live])
