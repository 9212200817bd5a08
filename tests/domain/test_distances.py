"""Distances, beside the geodesic of PROJ; and boxes that hold all that is within them."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from app.domain.distances import box_around, metres_from

GEOD = Geod(ellps="WGS84")


@pytest.mark.parametrize("lat", [-40.0, 0.0, 18.2, 31.8, 53.4])
@pytest.mark.parametrize("reach", [0.001, 0.1, 0.5])
def test_within_a_hundredth_of_a_percent_of_the_geodesic(lat, reach):
    rng = np.random.default_rng(7)
    lons, lats = 120 + rng.uniform(-reach, reach, 500), lat + rng.uniform(-reach, reach, 500)
    starts = np.full(500, 120.0), np.full(500, lat)
    _, _, true = GEOD.inv(*starts, lons, lats)
    assert np.abs(metres_from(120, lat, lons, lats) - true).max() <= 1e-4 * true.max()


def test_no_place_is_nowhere():
    assert metres_from(120, 31, 120, 31) == 0
    assert metres_from(120, 31, [], []).shape == (0,)


@pytest.mark.parametrize("lat", [0.0, 31.8, 53.4])
@pytest.mark.parametrize("within", [10, 3_000, 50_000])
def test_a_box_holds_everything_within(lat, within):
    bearings = np.linspace(0, 360, 73)
    starts = np.full(73, 120.0), np.full(73, lat)
    lons, lats, _ = GEOD.fwd(*starts, bearings, np.full(73, within))
    west, south, east, north = box_around(120, lat, within)
    assert west <= lons.min()
    assert lons.max() <= east
    assert south <= lats.min()
    assert lats.max() <= north
