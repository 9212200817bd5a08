"""The sweep over neighbours: which devices say something far from what those around them say.

It reads the packed points, so it knows each device's primary metric; the devices found are doubted
by ingest until the next sweep finds them no more.
"""

from __future__ import annotations

import numpy as np

from app.city import City
from app.domain.kinds import INDEX, KINDS
from app.domain.neighbours import outliers
from app.domain.readings import Presence, Quality
from app.store.points import unpack

EVERY_S = 30.0  # default: rain changes in minutes
FRESH_PERIODS = 3
SMOOTH = {
    INDEX[kind.code]: (kind.primary.smooth, kind.period_s)
    for kind in KINDS
    if kind.primary.smooth is not None
}


def sweep(city: City) -> list[str]:
    """Compare the fresh values of each smooth kind, tell ingest; return the devices found."""
    points = unpack(city.live.points())
    now_s = int(city.now().timestamp())
    found: list[int] = []
    for index, (least, period_s) in SMOOTH.items():
        fresh = (points["kind"] == index) & (points["quality"] != Quality.BAD)
        fresh &= points["presence"] != Presence.OFFLINE
        fresh &= points["at"].astype(np.int64) >= now_s - FRESH_PERIODS * period_s
        numbers = np.flatnonzero(fresh & np.isfinite(points["value"]))
        some = points[numbers]
        lon, lat = some["lon"] / 1e7, some["lat"] / 1e7
        odd = outliers(lon, lat, some["value"].astype(np.float64), float(least or 0))
        found += [int(n) for n in numbers[odd]]
    codes = city.live.codes(found)
    city.live.put_outliers(codes)
    return codes
