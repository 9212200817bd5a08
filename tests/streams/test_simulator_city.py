"""The simulated city: how many devices of which kind stand where, the same by seed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from app.domain.kinds import BY_CODE
from streams.simulator import city, faults, inventory
from streams.simulator.faults import Absence, Fault
from streams.simulator.sensor import Sensor


@pytest.fixture(scope="module")
def sensors(areas) -> list[Sensor]:
    return city.place(areas, 2000, seed=1)


def test_a_city_has_all_kinds_and_exactly_the_devices_asked_for(sensors):
    assert len(sensors) == 2000
    assert {sensor.kind for sensor in sensors} == set(BY_CODE)
    assert len({sensor.code for sensor in sensors}) == 2000
    assert min(Counter(sensor.kind for sensor in sensors).values()) >= 15


@pytest.mark.parametrize("devices", [1, 7, 60, 500, 10_000])
def test_any_size_adds_up(devices):
    assert sum(inventory.counts(devices).values()) == devices


def test_devices_stand_where_they_say_and_mostly_at_home(areas, sensors):
    located = areas.locate([s.lon for s in sensors], [s.lat for s in sensors])
    wrong = sum(code != s.area for code, s in zip(located, sensors, strict=True))
    assert wrong <= 3  # six decimals may put a place on the other side of a border
    home = sum(s.area.startswith("320404") for s in sensors)
    assert 0.6 < home / len(sensors) < 0.85


def test_names_say_where_and_what(sensors):
    first = sensors[0]
    assert (first.code, first.name) == ("GAS-0001", "双桂坊燃气井 0001")
    assert first.area.startswith("320404005")
    assert not any("社区" in sensor.name for sensor in sensors)


def test_lora_devices_have_a_gateway_and_gateways_know_how_many(sensors):
    children = Counter(s.gateway for s in sensors if s.gateway)
    gateways = {s.code: s.size for s in sensors if s.kind == "gateway"}
    assert children == gateways
    assert max(gateways.values()) <= 1.3 * inventory.CHILDREN
    assert {s.kind for s in sensors if s.gateway} == {s.kind for s in inventory.STOCK if s.lora}


def test_manholes_stand_in_groups(sensors):
    gas = np.array([(s.x, s.y) for s in sensors if s.kind == "gas"])
    assert np.hypot(*(gas[:6] - gas[:6].mean(axis=0)).T).max() < 0.5


def test_the_same_seed_is_the_same_city_and_another_seed_is_another(areas, sensors):
    def plan(seed: int) -> list[tuple]:
        found = city.place(areas, 60, seed)
        return [(s.code, s.name, s.lon, s.lat, s.gateway, s.fault, s.trait) for s in found]

    assert plan(1) == plan(1)
    assert plan(1) != plan(2)


def test_faults_are_rare_but_there(sensors):
    found = Counter(s.fault for s in sensors if s.fault)
    assert 10 <= sum(found.values()) <= 60
    assert set(found) == set(Fault)


def test_a_shifted_place_is_half_a_kilometre_off():
    lon, lat = faults.shifted(119.95, 31.78)
    assert (lon, lat) == pytest.approx((119.954700, 31.777905), abs=1e-6)


def test_a_bad_link_is_silent_for_minutes_in_hours(sensors):
    absence = Absence.of(sensors[0].rng)
    silent = [absence.silent(t) for t in range(0, 86400, 30)]
    assert 0.03 < sum(silent) / len(silent) < 0.25


def test_a_city_without_our_streets_works_too():
    from geodata.areas import open_areas

    other = open_areas("320506")
    found = city.place(other, 40, seed=1)
    assert len(found) == 40
    assert all(sensor.area.startswith("3205") for sensor in found)
