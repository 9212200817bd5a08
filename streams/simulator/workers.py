"""Forty grid workers who walk their communities, say where they are, and report what they find."""

from __future__ import annotations

import base64
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geodata.areas import AreaTree
from streams.simulator import findings, messages, photos
from streams.simulator.messages import Message

COUNT = 40
POSITION_S = 15.0
PACE_KM_S = 0.0012
REST_S = (20.0, 240.0)
KM_PER_DEGREE = 111.32
LONGEST_WALK_KM = 0.6  # he looks at what is near before he goes across the community
TRIES = 6


@dataclass
class Walker:
    """A grid worker on foot; `area` is the community he walks."""

    id: str
    area: str
    place: str
    lon: float
    lat: float
    rng: random.Random = field(repr=False)
    goal: tuple[float, float] | None = None
    rests_until: float = 0.0
    seen: float = 0.0
    found: int = 0

    @property
    def district(self) -> str:
        """The six digits of his topics."""
        return self.area[:6]


class Workforce:
    """All workers of the home district; deterministic as long as time only goes forward."""

    def __init__(self, tree: AreaTree, seed: int, count: int = COUNT) -> None:
        self._tree = tree
        self._points = np.random.default_rng(seed + 1)
        self.walkers = [self._walker(n, seed, count) for n in range(count)]

    def _walker(self, n: int, seed: int, count: int) -> Walker:
        beat = self._tree.beats(count)[n]
        lon, lat = self._tree.point_in(beat.code, self._points)
        name = f"W{n + 1:03d}"
        rng = random.Random(f"{seed}:{name}")
        place = findings.spoken(beat.name)
        return Walker(name, beat.code, place, round(lon, 6), round(lat, 6), rng)

    def step(self, walker: Walker, t: float) -> None:
        """Walks on to moment `t`: towards his goal, or he rests where he is."""
        dt, walker.seen = t - walker.seen, t
        if t < walker.rests_until:
            return
        if walker.goal is None:
            walker.goal = self._goal(walker)
        squeeze = math.cos(math.radians(walker.lat))
        east = (walker.goal[0] - walker.lon) * KM_PER_DEGREE * squeeze
        north = (walker.goal[1] - walker.lat) * KM_PER_DEGREE
        far, way = math.hypot(east, north), PACE_KM_S * dt
        if far <= way:
            walker.lon, walker.lat = walker.goal
            walker.goal = None
            walker.rests_until = t + walker.rng.uniform(*REST_S)
            return
        walker.lon += (walker.goal[0] - walker.lon) * way / far
        walker.lat += (walker.goal[1] - walker.lat) * way / far

    def _goal(self, walker: Walker) -> tuple[float, float]:
        """The next place to look at, near by if one of a few random places is."""
        tried = [self._tree.point_in(walker.area, self._points) for _ in range(TRIES)]
        away = [math.hypot(x - walker.lon, y - walker.lat) * KM_PER_DEGREE for x, y in tried]
        near = [place for place, km in zip(tried, away, strict=True) if km < LONGEST_WALK_KM]
        return near[0] if near else tried[away.index(min(away))]

    def position(self, walker: Walker, ts: int) -> Message:
        """Where he says he is, with the few metres of error that a phone has."""
        blur = 4e-5
        lon = round(walker.lon + walker.rng.gauss(0, blur / 2), 6)
        lat = round(walker.lat + walker.rng.gauss(0, blur / 2), 6)
        return messages.position(walker.district, walker.id, ts, lon, lat)

    def report(self, walker: Walker, ts: int, rain: float, clock: str) -> Message:
        """What he has found here, with a photo in most cases; `clock` is printed on the photo."""
        rng = walker.rng
        finding, description, spot = findings.find(rng, walker.area, walker.place, rain)
        walker.found += 1
        body: dict[str, Any] = {
            "id": f"R-{walker.id}-{ts}-{walker.found}",
            "ts": ts,
            "code": finding.code,
            "title": f"{walker.place}{finding.title}",
            "description": description,
            "lon": round(walker.lon, 6),
            "lat": round(walker.lat, 6),
            "address": spot,
            "photos": list(_photos(finding.picture, f"{walker.id} {clock}", rng)),
        }
        return messages.report(walker.district, walker.id, body)


def _photos(subject: str, stamp: str, rng: random.Random) -> Iterator[dict[str, str]]:
    for _ in range(rng.choices((0, 1, 2), (1, 7, 2))[0]):
        picture = photos.draw(subject, stamp, rng)
        yield {"type": "image/jpeg", "data": base64.b64encode(picture).decode()}
