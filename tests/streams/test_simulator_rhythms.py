"""Day, week, weather and noise: what a city should feel like."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from streams.simulator import rhythms
from streams.simulator.air import aqi
from streams.simulator.fields import NoiseField
from streams.simulator.rhythms import moment
from streams.simulator.weather import Front, Weather

FRIDAY_0_00 = datetime(2026, 11, 19, 16, tzinfo=UTC).timestamp()  # 00:00 in Beijing
CURVES = [
    rhythms.traffic,
    rhythms.awake,
    rhythms.out_and_about,
    rhythms.parked,
    rhythms.power,
    rhythms.water,
    rhythms.building,
    rhythms.office,
]


def at(hour: float, days: int = 0) -> rhythms.Moment:
    return moment(0.0, FRIDAY_0_00 + days * 86400 + hour * 3600)


def test_beijing_hours_and_weekends():
    assert at(17.5).hour == pytest.approx(17.5)
    assert [at(12, days).weekend for days in range(4)] == [False, True, True, False]


@pytest.mark.parametrize("curve", CURVES)
def test_curves_stay_between_0_and_1_and_know_the_day_from_the_night(curve):
    values = [curve(at(n / 4, day)) for n in range(96) for day in (0, 1)]
    assert min(values) >= 0
    assert max(values) <= 1.05
    assert curve(at(3)) < 0.6 * max(values)


def test_rush_hour_is_a_matter_of_working_days():
    assert rhythms.traffic(at(8)) > 3 * rhythms.traffic(at(8, 1))
    assert rhythms.traffic(at(17.9)) > rhythms.traffic(at(13))


def test_most_calls_come_in_office_hours():
    assert rhythms.office(at(10)) > 5 * rhythms.office(at(3))


def test_neighbours_feel_alike_and_strangers_do_not():
    noise = NoiseField(4)
    near = [noise.at("air", n, 0, 0) - noise.at("air", n + 0.1, 0, 0) for n in range(40)]
    far = [noise.at("air", n, 0, 0) - noise.at("air", n + 8, 0, 0) for n in range(40)]
    assert max(map(abs, near)) < 0.4
    assert max(map(abs, far)) > 1.0
    assert noise.at("air", 1, 2, 3) == NoiseField(4).at("air", 1, 2, 3)
    assert noise.at("air", 1, 2, 3) != noise.at("water", 1, 2, 3)


def test_a_front_crosses_and_what_fell_is_the_integral_of_what_rained():
    weather = Weather(NoiseField(1), Front(arrives=1000, lasts=1800, peak=60, heading=0.0))
    assert weather.rain(0, 0, 0) < 0.01
    assert weather.rain(0, 0, 1900) > 30
    assert weather.rain(-8, 0, 400) > 10 * weather.rain(8, 0, 400)
    summed = sum(weather.rain(3, 2, t) * 5 / 3600 for t in range(0, 6000, 5))
    assert weather.fallen(3, 2, 0, 6000) == pytest.approx(summed, rel=0.01)


def test_without_a_front_it_is_dry():
    weather = Weather(NoiseField(1))
    assert weather.rain(0, 0, 500) == weather.fallen(0, 0, 0, 500) == 0.0


def test_a_heatwave_is_hot_in_any_season():
    noise = NoiseField(1)
    assert Weather(noise, warmer=11).temperature(at(14.5)) > 36
    assert Weather(noise).temperature(at(14.5)) < 20
    assert math.isfinite(Weather(noise).temperature(at(0)))


@pytest.mark.parametrize(
    ("pm25", "expected"), [(20, 29), (50, 80), (60, 100), (75, 114), (115, 150), (200, 250)]
)
def test_the_index_of_the_standard(pm25, expected):
    assert aqi({"pm25": pm25, "pm10": 0, "no2": 0, "o3": 0, "co": 0}) == expected
