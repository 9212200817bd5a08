"""WGS-84, GCJ-02 and BD-09 in numpy; longitudes and latitudes are degrees, scalars or arrays.

GCJ-02 uses the Krasovsky ellipsoid constants that every published implementation shares; the
inverses are iterated, so that a round trip stays within a millimetre.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

AXIS = 6378245.0
ECCENTRICITY2 = 0.00669342162296594323
BD_PI = np.pi * 3000.0 / 180.0
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
ENOUGH = 5e-7  # degrees: the step that undoes such a miss leaves less than a hundredth of it
BLOCK = 16_384  # points at a time: their intermediate arrays stay in the processor's cache
STEPS = 12  # each step gains about three digits, so this is only a stop for NaN


class Crs(StrEnum):
    """The coordinate systems that a source may declare."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def in_china(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Says where the shift applies: inside the rough rectangle around China."""
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    return (x >= WEST) & (x <= EAST) & (y >= SOUTH) & (y <= NORTH)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shifts WGS-84 to GCJ-02; points outside China come back unchanged."""
    return _in_blocks(_to_gcj02, lon, lat)


def _to_gcj02(x: Floats, y: Floats) -> Pair:
    dx, dy = _shift(x, y)
    inside = in_china(x, y)
    return np.where(inside, x + dx, x), np.where(inside, y + dy, y)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undoes the GCJ-02 shift by iteration; outside China nothing changes."""
    return _in_blocks(_from_gcj02, lon, lat)


def _from_gcj02(x: Floats, y: Floats) -> Pair:
    inside = in_china(x, y)
    found_x, found_y = x.copy(), y.copy()
    for _ in range(STEPS):
        dx, dy = _shift(found_x, found_y)
        miss_x, miss_y = x - (found_x + dx), y - (found_y + dy)
        found_x, found_y = found_x + miss_x, found_y + miss_y
        if _settled(miss_x, miss_y):
            break
    return np.where(inside, found_x, x), np.where(inside, found_y, y)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Adds Baidu's second shift to GCJ-02."""
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    far = np.hypot(x, y) + 2e-5 * np.sin(y * BD_PI)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * BD_PI)
    return (far * np.cos(angle) + 0.0065)[()], (far * np.sin(angle) + 0.006)[()]


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Removes Baidu's shift: the closed form first, then iteration to the exact inverse."""
    return _in_blocks(_from_bd09, lon, lat)


def _from_bd09(x: Floats, y: Floats) -> Pair:
    found_x, found_y = bd09_to_gcj02_closed(x, y)
    for _ in range(STEPS):
        shifted_x, shifted_y = gcj02_to_bd09(found_x, found_y)
        miss_x, miss_y = x - shifted_x, y - shifted_y
        found_x, found_y = found_x + miss_x, found_y + miss_y
        if _settled(miss_x, miss_y):
            break
    return found_x, found_y


def bd09_to_gcj02_closed(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Removes Baidu's shift by the published closed form, which is off by up to about 2 m."""
    x, y = np.asarray(lon, np.float64) - 0.0065, np.asarray(lat, np.float64) - 0.006
    far = np.hypot(x, y) - 2e-5 * np.sin(y * BD_PI)
    angle = np.arctan2(y, x) - 3e-6 * np.cos(x * BD_PI)
    return (far * np.cos(angle))[()], (far * np.sin(angle))[()]


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Goes from WGS-84 over GCJ-02 to BD-09."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Goes from BD-09 over GCJ-02 to WGS-84."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_wgs84(lon: ArrayLike, lat: ArrayLike, crs: str) -> Pair:
    """Brings a place of a declared system to WGS-84; an unknown system is a ValueError."""
    system = Crs(crs)
    if system is Crs.GCJ02:
        return gcj02_to_wgs84(lon, lat)
    if system is Crs.BD09:
        return bd09_to_wgs84(lon, lat)
    return np.asarray(lon, np.float64)[()], np.asarray(lat, np.float64)[()]


def _in_blocks(convert: Callable[[Floats, Floats], Pair], lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Converts block by block; the answer has the shape of the arguments."""
    x, y = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    out_x, out_y = np.empty(x.size), np.empty(x.size)
    flat_x, flat_y = x.ravel(), y.ravel()
    for start in range(0, x.size, BLOCK):
        part = slice(start, start + BLOCK)
        out_x[part], out_y[part] = convert(flat_x[part], flat_y[part])
    return out_x.reshape(x.shape)[()], out_y.reshape(y.shape)[()]


def _triple(sine: Floats) -> Floats:
    """sin 3a from sin a: cheaper than a sine."""
    return sine * (3.0 - 4.0 * sine * sine)


def _settled(miss_x: Floats, miss_y: Floats) -> bool:
    """Whether the last step moved no point (NaN counts as settled)."""
    worst = np.fmax(np.abs(miss_x), np.abs(miss_y))
    return not bool(np.any(worst > ENOUGH))


def _shift(lon: Floats, lat: Floats) -> Pair:
    """The GCJ-02 offset in degrees at a WGS-84 place."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    twice, third = np.sin(2.0 * x * np.pi), np.sin(x / 3.0 * np.pi)
    north_third = np.sin(y / 3.0 * np.pi)
    waves = (20.0 * _triple(twice) + 20.0 * twice) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * _triple(north_third) + 40.0 * north_third) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * _triple(third) + 40.0 * third) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    angle = np.radians(lat)
    magic = 1.0 - ECCENTRICITY2 * np.sin(angle) ** 2
    meridian = AXIS * (1.0 - ECCENTRICITY2) / (magic * np.sqrt(magic))
    parallel = AXIS / np.sqrt(magic) * np.cos(angle)
    return np.degrees(east / parallel), np.degrees(north / meridian)
