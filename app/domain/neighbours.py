"""Neighbours: who says something far from what those around it say, in quantities that are smooth.

Pure arrays, one element per device; places are degrees (WGS-84), distances metres.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

REACH_M = 2_000.0  # default: within it rain and air of one moment are alike
FEWEST = 4  # default: neighbours without which nothing can be said
SPREADS = 6.0  # default: how many robust standard deviations are too far
FELLOWS = 0.2  # default: share of neighbours that say the same; where rain ends, half of them do
MAD_TO_SIGMA = 1.4826  # of a normal distribution
METRES_PER_DEGREE = 111_320.0
CHUNK = 256

Floats = NDArray[np.float64]


def outliers(lon: Floats, lat: Floats, value: Floats, least: float) -> NDArray[np.bool_]:
    """Return who is further from the median of its neighbours than `least` and SPREADS of them,
    and has no FELLOWS among them within `least`.

    Who has fewer than FEWEST neighbours within REACH_M is never one.
    """
    order = np.argsort(lat, kind="stable")
    north = lat[order] * METRES_PER_DEGREE
    middle = np.radians(float(np.median(lat))) if len(lat) else 0.0
    east = lon[order] * METRES_PER_DEGREE * np.cos(middle)
    said = value[order]
    odd = np.zeros(len(lat), np.bool_)
    for start in range(0, len(lat), CHUNK):
        rows = slice(start, min(start + CHUNK, len(lat)))
        first = int(np.searchsorted(north, north[rows][0] - REACH_M))
        last = int(np.searchsorted(north, north[rows][-1] + REACH_M, side="right"))
        window = slice(first, last)
        odd[order[rows]] = _far(north, east, said, rows, window, least)
    return odd


def _far(
    north: Floats, east: Floats, said: Floats, rows: slice, window: slice, least: float
) -> NDArray[np.bool_]:
    """The same for some rows against the window of those that can be near them."""
    away = (north[rows, None] - north[None, window]) ** 2
    away += (east[rows, None] - east[None, window]) ** 2
    near = away <= REACH_M**2
    near[np.arange(near.shape[0]), np.arange(rows.start, rows.stop) - window.start] = False
    enough = near.sum(axis=1) >= FEWEST
    found = np.zeros(len(enough), np.bool_)
    if not enough.any():
        return found
    around = np.where(near[enough], said[None, window], np.nan)
    middle = np.nanmedian(around, axis=1)
    spread = np.nanmedian(np.abs(around - middle[:, None]), axis=1) * MAD_TO_SIGMA
    off = np.abs(said[rows][enough] - middle)
    fellows = (np.abs(around - said[rows][enough][:, None]) <= least).sum(axis=1)
    alone = fellows < FELLOWS * near[enough].sum(axis=1)
    found[enough] = alone & (off > np.maximum(least, SPREADS * spread))
    return found
