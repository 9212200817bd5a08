"""Shifted places: a source that sells GCJ-02 as WGS-84 is told from one with some wrong pins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import wgs84_to_bd09, wgs84_to_gcj02
from geodata.shifts import SHIFTS, apart, find

CITIES = {
    "Changzhou": (119.95, 31.78),
    "Urumqi": (87.6, 43.8),
    "Harbin": (126.6, 45.8),
    "Sanya": (109.5, 18.25),
    "Chengdu": (104.06, 30.67),
}


def spots(city: str, count: int = 10, seed: int = 1) -> list[tuple[float, float]]:
    rng, (lon, lat) = np.random.default_rng(seed), CITIES[city]
    return [(lon + rng.uniform(-0.1, 0.1), lat + rng.uniform(-0.1, 0.1)) for _ in range(count)]


def through(name: str, places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [tuple(float(v) for v in SHIFTS[name](*place)) for place in places]


def noisy(places, metres: float, seed: int = 2):
    rng = np.random.default_rng(seed)
    return [
        (x + rng.normal(0, metres) / 96_000, y + rng.normal(0, metres) / 111_320) for x, y in places
    ]


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("name", ["gcj02", "bd09", "wgs84_as_gcj02", "wgs84_as_bd09"])
def test_each_shift_is_named_in_every_corner_of_the_country(city, name) -> None:
    true = spots(city)
    found = find(noisy(through(name, true), 15), true)
    assert (found.name, found.compared, found.elsewhere, found.agree) == (name, 10, 10, 10)


def test_swapped_ones_are_named() -> None:
    true = spots("Changzhou")
    assert find(through("swapped", true), true).name == "swapped"


def test_right_places_are_not_accused() -> None:
    true = spots("Changzhou")
    assert find(true, true) == ("", 10, 0, 0, 0.0)
    assert find(noisy(true, 12), true).name == ""


def test_the_shift_is_about_five_hundred_metres() -> None:
    true = spots("Changzhou")
    assert 300 < find(through("gcj02", true), true).metres < 700


def test_two_devices_are_an_installers_mistake() -> None:
    true = spots("Changzhou")
    said = [*through("gcj02", true[:2]), *true[2:]]
    assert find(said, true) == ("", 10, 2, 2, pytest.approx(500, abs=200))


def test_moved_devices_are_no_shift() -> None:
    true = spots("Changzhou")
    said = [*through("gcj02", true[:3]), *spots("Changzhou", 7, seed=9)]
    assert find(said, true).name == ""


def test_some_right_and_most_shifted_is_a_shift() -> None:
    true = spots("Changzhou")
    assert find([*through("gcj02", true[:6]), *true[6:]], true).name == "gcj02"


def test_nothing_to_compare() -> None:
    assert find([], []) == ("", 0, 0, 0, 0.0)


@given(st.floats(74, 134), st.floats(19, 53), st.floats(-3, 3), st.floats(0, 360))
def test_gcj02_and_bd09_never_look_alike(lon, lat, metres, turn) -> None:
    gcj, bd = wgs84_to_gcj02(lon, lat), wgs84_to_bd09(lon, lat)
    columns = [np.array([float(v)]) for v in (*gcj, *bd)]
    assert apart(*columns)[0] > 160


places = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(st.lists(places, min_size=1, max_size=8))
def test_any_places_can_be_compared(places) -> None:
    found = find(places, places[::-1])
    assert 0 <= found.agree <= found.elsewhere <= found.compared == len(places)
