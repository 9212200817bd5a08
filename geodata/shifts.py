"""Shifted places: do points lie where another coordinate system would put them?

Compared are places as reported with places of reference, both as WGS-84 degrees. GCJ-02 sold as
WGS-84 lies some 500 m off, BD-09 about 1 km, each in a direction that follows from the place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import (
    Floats,
    Pair,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

TOLERANCE_M = 80.0  # default: a survey, a satellite receiver and a pin on a map differ by less
SAME_M = 50.0  # default: nearer than this is the same place
FEWEST = 3  # default: devices that must agree before a source is accused
SHARE = 0.5  # default: of those compared that stand elsewhere
METRES_PER_DEGREE = 111_320.0

# what is wrong with a place → where a reference place would then be reported
SHIFTS = {
    "gcj02": wgs84_to_gcj02,  # GCJ-02 sold as WGS-84
    "bd09": wgs84_to_bd09,  # BD-09 sold as WGS-84
    "wgs84_as_gcj02": gcj02_to_wgs84,  # WGS-84 sold as GCJ-02: shifted back although it was right
    "wgs84_as_bd09": bd09_to_wgs84,
    "swapped": lambda lon, lat: (lat, lon),
}

# what a shape was, that is read as something else → how it comes home
MENDED = {
    "GCJ-02, not WGS-84": gcj02_to_wgs84,
    "BD-09, not WGS-84": bd09_to_wgs84,
    "WGS-84, not GCJ-02": wgs84_to_gcj02,
    "WGS-84, not BD-09": wgs84_to_bd09,
    "BD-09, not GCJ-02": lambda lon, lat: bd09_to_wgs84(*wgs84_to_gcj02(lon, lat)),
    "GCJ-02, not BD-09": lambda lon, lat: gcj02_to_wgs84(*wgs84_to_bd09(lon, lat)),
}


class Shift(NamedTuple):
    """What was found: the name in SHIFTS ("" for none), and how many places say so.

    `compared` places had a reference, `elsewhere` of them lie further than SAME_M from it, and
    `agree` of those fit the shift; `metres` is the median distance of those elsewhere.
    """

    name: str
    compared: int
    elsewhere: int
    agree: int
    metres: float


def apart(lon: Floats, lat: Floats, to_lon: Floats, to_lat: Floats) -> Floats:
    """Metres between places that are not far apart (a plane is good enough for a city)."""
    north = (to_lat - lat) * METRES_PER_DEGREE
    east = (to_lon - lon) * METRES_PER_DEGREE * np.cos(np.radians((lat + to_lat) / 2))
    return np.hypot(north, east)


def find(said: Sequence[tuple[float, float]], true: Sequence[tuple[float, float]]) -> Shift:
    """Compare places as reported with those of reference, pair by pair; find what shifts them."""
    if not said:
        return Shift("", 0, 0, 0, 0.0)
    lon, lat = _columns(said)
    true_lon, true_lat = _columns(true)
    off = apart(true_lon, true_lat, lon, lat)
    elsewhere = off > SAME_M
    metres = float(np.median(off[elsewhere])) if elsewhere.any() else 0.0
    with np.errstate(all="ignore"):  # places beyond China are shifted to nowhere
        fits = {
            name: int((apart(*shift(true_lon, true_lat), lon, lat)[elsewhere] <= TOLERANCE_M).sum())
            for name, shift in SHIFTS.items()
        }
    name = max(fits, key=lambda each: fits[each])
    count, agree = int(elsewhere.sum()), fits[name]
    guilty = agree >= FEWEST and agree >= SHARE * count
    return Shift(name if guilty else "", len(said), count, agree, round(metres, 1))


def mended(shape: BaseGeometry, name: str) -> BaseGeometry:
    """A shape as it would lie if the system named in MENDED had been meant; valid."""
    convert = MENDED[name]
    moved = shapely.transform(shape, lambda xy: np.column_stack(convert(xy[:, 0], xy[:, 1])))
    return shapely.make_valid(moved)


def _columns(places: Sequence[tuple[float, float]]) -> Pair:
    both = np.array(places, np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
