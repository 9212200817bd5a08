"""How far many places are from one, on the WGS-84 ellipsoid."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

AXIS = 6_378_137.0  # metres, WGS-84
ECCENTRICITY2 = 0.006_694_379_990_14  # WGS-84


def metres_from(lon: float, lat: float, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.float64]:
    """Return the metres from a place to each of the others (degrees WGS-84).

    The ellipsoid's radii of curvature at the middle latitude: within 0.01 % of the geodesic up to
    100 km, which is more than a district is wide.
    """
    x, y = np.asarray(lons, np.float64), np.asarray(lats, np.float64)
    middle = np.radians((y + lat) / 2)
    bend = 1 - ECCENTRICITY2 * np.sin(middle) ** 2
    across = AXIS / np.sqrt(bend)
    along = AXIS * (1 - ECCENTRICITY2) / bend**1.5
    east = across * np.cos(middle) * np.radians(x - lon)
    north = along * np.radians(y - lat)
    return np.hypot(east, north)


def box_around(lon: float, lat: float, within_m: float) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a box that holds all within so many metres."""
    high = np.degrees(
        within_m * 1.01 / (AXIS * (1 - ECCENTRICITY2))
    )  # least radius: at the equator
    wide = high / max(float(np.cos(np.radians(min(abs(lat) + high, 89)))), 0.01)
    return lon - wide, lat - high, lon + wide, lat + high
