"""Neighbours: who is far from what those around it say, as arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.neighbours import CHUNK, outliers

LON, LAT = 119.95, 31.78
METRE = 1 / 111_320.0


def ring(count: int, metres: float = 500.0) -> tuple[np.ndarray, np.ndarray]:
    """Places around one in the middle, which comes first."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    east = np.append(0, metres * np.cos(turn)) * METRE / np.cos(np.radians(LAT))
    return LON + east, LAT + np.append(0, metres * np.sin(turn)) * METRE


def found(lon, lat, *values: float, least: float = 30.0) -> list[int]:
    odd = outliers(np.array(lon), np.array(lat), np.array(values, float), least)
    return [int(n) for n in np.flatnonzero(odd)]


@pytest.mark.parametrize(
    ("middle", "odd"), [(10.0, []), (39.0, []), (41.5, [0]), (200.0, [0]), (-25.0, [0])]
)
def test_who_is_far_from_all_around_is_found(middle, odd) -> None:
    assert found(*ring(6), middle, 9, 10, 10, 10, 11, 12) == odd


def test_fewer_than_four_neighbours_prove_nothing() -> None:
    assert found(*ring(3), 200.0, 10, 10, 10) == []
    assert found(*ring(4), 200.0, 10, 10, 10, 10) == [0]


def test_who_is_further_than_two_kilometres_is_no_neighbour() -> None:
    assert found(*ring(6, 2100.0), 200.0, *[10] * 6) == []


def test_where_values_differ_much_more_is_allowed() -> None:
    assert found(*ring(6), 100.0, 0, 20, 40, 60, 80, 100) == []


def test_half_the_city_in_the_rain_is_weather() -> None:
    assert found(*ring(9), 80.0, 78, 82, 80, 79, 81, 2, 1, 3, 2) == []


def test_nobody_and_one() -> None:
    assert found([], []) == []
    assert found([LON], [LAT], 5.0) == []


@given(st.integers(0, 2**32 - 1), st.integers(1, 3 * CHUNK // 2))
def test_the_chunks_change_nothing(seed, size) -> None:
    rng = np.random.default_rng(seed)
    lon, lat = LON + rng.random(size) * 0.05, LAT + rng.random(size) * 0.05
    value = rng.normal(50, 20, size)
    shuffled = rng.permutation(size)
    odd = outliers(lon, lat, value, 10.0)
    assert (outliers(lon[shuffled], lat[shuffled], value[shuffled], 10.0) == odd[shuffled]).all()
