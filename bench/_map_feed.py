"""The feed that every map of bench.map gets: 100 changes, ten times a second.

Of each hundred, 90 are new values, 5 new levels of alert as well, and 5 move. Every device speaks
in its turn. The same devices, places and changes for everybody, whoever draws them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import NamedTuple

import numpy as np
from redis.exceptions import RedisError

from geodata.area import Area
from geodata.tiling import scatter

CHANGES, PERIOD_S = 100, 0.1
LEVELLED, MOVING = 5, 5  # of the hundred
LEVELS = (0, 0, 0, 0, 0, 0, 1, 2, 3, 4)
STEP = 0.0003  # degrees that a moving thing moves at most


class Spot(NamedTuple):
    """What a map knows of a device: WGS-84 degrees, value, level 0..4."""

    i: int
    lon: float
    lat: float
    value: float
    level: int


class Change(NamedTuple):
    """A device as it is now, and what of it is new besides its value."""

    spot: Spot
    levelled: bool
    moved: bool


class Field:
    """All devices, and how they change; `count` of them are on the map."""

    def __init__(self, district: Area, most: int, seed: int = 1) -> None:
        places = scatter(district.polygon, most, np.random.default_rng(seed)).tolist()
        self.chance = random.Random(seed)
        self.spots = [
            Spot(i, round(x, 6), round(y, 6), 1.0, self.chance.choice(LEVELS) if i % 50 == 0 else 0)
            for i, (x, y) in enumerate(places)
        ]
        self.count = most
        self._turn = 0

    def now(self) -> list[Spot]:
        """The devices that are on the map."""
        return self.spots[: self.count]

    def changes(self) -> list[Change]:
        """The next hundred."""
        return [self._change(k) for k in range(CHANGES)]

    def _change(self, k: int) -> Change:
        self._turn += 7_919  # a prime: who stands beside whom is not who speaks after whom
        i, chance = self._turn % self.count, self.chance
        spot = self.spots[i]._replace(value=round(chance.uniform(0, 2), 2))
        levelled, moved = k < LEVELLED, LEVELLED <= k < LEVELLED + MOVING
        if levelled:
            spot = spot._replace(level=0 if spot.level else chance.choice(LEVELS))
        if moved:
            lon, lat = (round(at + chance.uniform(-STEP, STEP), 6) for at in (spot.lon, spot.lat))
            spot = spot._replace(lon=lon, lat=lat)
        self.spots[i] = spot
        return Change(spot, levelled, moved)


class Feed:
    """A thread that sends the changes at their moments; `late_s` is the most it was behind."""

    def __init__(self, field: Field, send: Callable[[list[Change]], None]) -> None:
        self.sent, self.late_s = 0, 0.0
        self.failed: Exception | None = None
        self._field, self._send, self._stop = field, send, Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Feed:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)

    def _run(self) -> None:
        began = time.monotonic()
        while not self._stop.wait(max(0.0, began + self.sent * PERIOD_S - time.monotonic())):
            self.late_s = max(self.late_s, time.monotonic() - began - self.sent * PERIOD_S)
            try:
                self._send(self._field.changes())
            except (OSError, RedisError) as why:  # requests' errors are of the first kind
                self.failed = why
                return
            self.sent += 1
