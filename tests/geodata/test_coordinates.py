"""The coordinate systems against the published vectors, and there and back again."""

from __future__ import annotations

import numpy as np
import pytest

from geodata import coordinates
from geodata.coordinates import (
    bd09_to_gcj02,
    bd09_to_gcj02_closed,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

MILLIMETRE = 9e-9  # degrees

VECTORS = [
    (bd09_to_gcj02_closed, (116.404, 39.915), (116.39762729119315, 39.90865673957631), 1e-12),
    (bd09_to_gcj02, (116.404, 39.915), (116.39762729119315, 39.90865673957631), 2e-5),
    (gcj02_to_bd09, (116.404, 39.915), (116.41036949371029, 39.92133699351021), 1e-12),
    (wgs84_to_gcj02, (116.404, 39.915), (116.41024449916938, 39.91640428150164), 1e-12),
    (gcj02_to_wgs84, (116.404, 39.915), (116.39775550083061, 39.91359571849836), 2e-5),
    (wgs84_to_gcj02, (121.0917077, 30.6107779), (121.0962693, 30.6086044), 1e-6),
    (wgs84_to_bd09, (121.0917077, 30.6107779), (121.1027173, 30.6148457), 1e-6),
    (wgs84_to_gcj02, (119.95, 31.78), (119.954700, 31.777905), 1e-6),
    (wgs84_to_bd09, (119.95, 31.78), (119.961251, 31.783642), 1e-6),
    (gcj02_to_wgs84, (119.948388, 31.780960), (119.943696, 31.783067), 1e-6),
]


@pytest.mark.parametrize(("convert", "given", "expected", "tolerance"), VECTORS)
def test_published_vectors(convert, given, expected, tolerance):
    assert convert(*given) == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (wgs84_to_gcj02, gcj02_to_wgs84),
        (gcj02_to_bd09, bd09_to_gcj02),
        (wgs84_to_bd09, bd09_to_wgs84),
    ],
)
def test_a_round_trip_stays_within_a_millimetre(there, back):
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(76, 134, 2000), rng.uniform(18, 53, 2000)
    again_lon, again_lat = back(*there(lon, lat))
    assert np.abs(again_lon - lon).max() < MILLIMETRE
    assert np.abs(again_lat - lat).max() < MILLIMETRE


def test_outside_china_nothing_moves():
    assert wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)
    assert gcj02_to_wgs84([2.35, -70.0], [48.85, 10.0])[0].tolist() == [2.35, -70.0]


def test_arrays_keep_their_shape_and_mix_inside_with_outside():
    lon, lat = wgs84_to_gcj02(np.array([[119.95, 0.0]]), np.array([[31.78, 0.0]]))
    assert lon.shape == lat.shape == (1, 2)
    assert lon[0, 1] == 0.0
    assert lon[0, 0] == pytest.approx(119.9547, abs=1e-6)


def test_a_declared_system_is_brought_home_and_an_unknown_one_refused():
    assert to_wgs84(119.95, 31.78, "wgs84") == (119.95, 31.78)
    assert to_wgs84(119.954700, 31.777905, "gcj02") == pytest.approx((119.95, 31.78), abs=1e-6)
    assert to_wgs84(119.961251, 31.783642, "bd09") == pytest.approx((119.95, 31.78), abs=1e-6)
    with pytest.raises(ValueError, match="epsg:3857"):
        to_wgs84(1.0, 2.0, "epsg:3857")


def test_nan_comes_back_as_nan_without_looping():
    assert np.isnan(coordinates.gcj02_to_wgs84(np.nan, 31.0)[0])


def test_a_million_points_go_there_and_back_to_the_millimetre():
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(74, 134, 1_000_000), rng.uniform(18, 53, 1_000_000)
    again_lon, again_lat = gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat))
    assert max(np.abs(again_lon - lon).max(), np.abs(again_lat - lat).max()) < MILLIMETRE


def test_points_at_a_border_change_sides_unless_they_are_converted(tree):
    """青果巷 lies on the border of 天宁 and 钟楼, and the shift is wider than a street."""
    edge = tree.area("320402").polygon.intersection(tree.area("320404").polygon)
    spots = [edge.interpolate(share, normalized=True) for share in np.linspace(0.02, 0.98, 60)]
    pairs = [(p.x + dx, p.y + dy) for p in spots for dx, dy in ((2e-4, 0), (-2e-4, 0), (0, 2e-4))]
    lon, lat = np.array(pairs).T
    true = [code[:6] for code in tree.locate(lon, lat)]
    assert {"320402", "320404"} <= set(true)
    shifted = wgs84_to_gcj02(lon, lat)
    wrong = [code[:6] for code in tree.locate(*shifted)]
    assert sum(a != b for a, b in zip(true, wrong, strict=True)) > 20
    assert [code[:6] for code in tree.locate(*gcj02_to_wgs84(*shifted))] == true
