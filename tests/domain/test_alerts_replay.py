"""Replays of days as they happen, through the packaged rules: exactly these alerts, no others."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from app.domain.alerts import AlertStep, Memory, judge
from app.domain.levels import Level
from app.domain.readings import Readings
from app.domain.rulebook import load_rules

BOOK = load_rules()
BEIJING = timezone(timedelta(hours=8))
NOON = datetime(2026, 7, 10, 12, tzinfo=BEIJING)
RAISE, UP, DOWN, CLEAR = AlertStep.RAISE, AlertStep.UP, AlertStep.DOWN, AlertStep.CLEAR
B, Y, R = Level.BLUE, Level.YELLOW, Level.RED
ORANGE, NONE = Level.ORANGE, Level.NONE


def replay(
    kind: str,
    series: dict[str, list[float]],
    *,
    name: str = "",
    period_s: float = 60,
    start: datetime = NOON,
) -> list[tuple[int, str, AlertStep, Level]]:
    """Judge a series with every rule of the device: (reading, rule, step, level)."""
    rules = BOOK.for_device(kind, "D1", name)
    memories: dict[str, Memory | None] = {rule.id: None for rule in rules}
    found = []
    for i in range(max(len(values) for values in series.values())):
        at = round((start.timestamp() + i * period_s) * 1000)
        metrics = {metric: values[i] for metric, values in series.items() if i < len(values)}
        readings = Readings(1, "D1", kind, "320404001", at, at, metrics)
        for rule in rules:
            memories[rule.id], outcomes = judge(rule, memories[rule.id], readings)
            found += [(i, rule.id, o.step, o.level) for o in outcomes]
    return found


def test_a_gas_leak_from_the_first_trace_to_the_all_clear() -> None:
    leak = [2, 3, 8, 14, 13, 22, 35, 55, 61, 48, 30, 16, 9, 8, *[4] * 20]
    assert replay("gas", {"ch4": leak}) == [
        (4, "gas-ch4", RAISE, Y),
        (5, "gas-ch4", UP, ORANGE),
        (7, "gas-ch4", UP, R),
        (19, "gas-ch4", DOWN, ORANGE),
        (21, "gas-ch4", DOWN, Y),
        (22, "gas-ch4", CLEAR, NONE),
    ]


def test_a_spike_of_one_sample_raises_nothing() -> None:
    assert replay("gas", {"ch4": [2, 2, 80, 2, 2, 80, 2]}) == []


def test_a_value_that_flutters_about_a_threshold_is_one_alert() -> None:
    flutter = [14.5, 15.5, 15.2, *[14.6, 15.4] * 30]
    assert replay("waterlogging", {"depth": flutter}, period_s=30) == [
        (1, "waterlogging", RAISE, Y),
    ]


def test_a_rainstorm_on_a_road_and_in_an_underpass() -> None:
    water = [0, 2, 6, 11, 16, 21, 26, 28, 33, 41, 41]
    road = replay("waterlogging", {"depth": water}, name="怀德路")
    low = replay("waterlogging", {"depth": water}, name="怀德路下穿通道")
    assert [(i, level) for i, _, _, level in road] == [(4, Y), (7, ORANGE), (9, R)]
    assert [(i, level) for i, _, _, level in low] == [(3, B), (4, Y), (6, ORANGE), (9, R)]


def test_three_hours_of_rain_of_exactly_one_hundred_is_red_only() -> None:
    rain = {"rain_3h": [30, 49.9, 100.0], "rain_1h": [5, 10, 19]}
    assert replay("rain", rain) == [(2, "rain-3h", RAISE, R)]


@pytest.mark.parametrize(
    ("level", "colour"),
    [(4.29, None), (4.30, B), (4.66, B), (4.80, Y), (4.91, Y), (5.17, ORANGE), (5.40, R)],
)
def test_the_river_of_2020_at_changzhou_station(level, colour) -> None:
    found = replay("river", {"level": [level]}, name="大运河常州站")
    assert [each[3] for each in found] == ([colour] if colour else [])


def test_a_flood_wave_of_the_grand_canal() -> None:
    wave = [4.20, 4.31, 4.55, 4.82, 5.12, 4.95, 4.78, 4.70, *[4.20] * 20]
    assert replay("river", {"level": wave}, name="大运河常州站", period_s=300) == [
        (1, "river-level", RAISE, B),
        (3, "river-level", UP, Y),
        (4, "river-level", UP, ORANGE),
        (8, "river-level", DOWN, Y),
        (10, "river-level", DOWN, B),
        (11, "river-level", CLEAR, NONE),
    ]


def test_noise_of_fifty_five_is_nothing_by_day_and_orange_at_night() -> None:
    hour = [55.0] * 30
    assert replay("noise", {"leq": hour}, start=NOON) == []
    night = replay("noise", {"leq": hour}, start=NOON.replace(hour=23))
    assert night == [(10, "noise-limit", RAISE, ORANGE)]


def test_the_night_limit_begins_at_ten_in_the_evening() -> None:
    found = replay("noise", {"leq": [52.0] * 90}, start=NOON.replace(hour=21))
    assert found == [(70, "noise-limit", RAISE, Y)]


def test_dark_streetlights_matter_at_night_only() -> None:
    dark = {"lit_rate": [0.0] * 30}
    assert replay("streetlight", dark, start=NOON) == []
    night = replay("streetlight", dark, start=NOON.replace(hour=21))
    assert night == [(15, "streetlight-lit", RAISE, ORANGE)]


def test_an_alert_about_the_lights_ends_in_the_morning() -> None:
    dark = {"lit_rate": [50.0] * 90}
    found = replay("streetlight", dark, start=NOON.replace(hour=4))
    assert [(i, step) for i, _, step, _ in found] == [(15, RAISE), (70, CLEAR)]


def test_smoke_alone_is_orange_and_with_heat_red() -> None:
    smoke = {"smoke": [0, 1, 1, 1], "temp": [22, 30, 58, 70]}
    assert [(rule, level) for _, rule, _, level in replay("smoke", smoke)] == [
        ("smoke", ORANGE),
        ("smoke-and-heat", R),
    ]
    assert replay("smoke", {"smoke": [0, 0], "temp": [60, 60]}) == []


def test_somebody_in_the_lift_for_half_an_hour() -> None:
    stuck = {"trapped": [0.0, *[1.0] * 32, 0.0]}
    assert replay("elevator", stuck) == [
        (1, "elevator-trapped", RAISE, ORANGE),
        (31, "elevator-trapped-30min", RAISE, R),
        (33, "elevator-trapped", CLEAR, NONE),
        (33, "elevator-trapped-30min", CLEAR, NONE),
    ]


def test_a_burst_pipe_is_a_loss_and_then_a_low_pressure() -> None:
    burst = [0.32] * 6 + [0.18] + [0.09] * 3
    found = replay("water_pressure", {"pressure": burst})
    assert found[0] == (7, "water-pressure-loss", RAISE, R)
    assert (8, "water-pressure-low", RAISE, R) in found


def test_a_crowd_goes_up_step_by_step() -> None:
    full = [70, 79, 81, 82, 88, 91, 96, 100, 104]
    assert [(i, level) for i, _, _, level in replay("crowd", {"occupancy": full})] == [
        (3, Y),
        (5, ORANGE),
        (7, R),
    ]


def test_overload_is_red_only_after_half_an_hour() -> None:
    load = {"load": [125.0] * 40}
    assert [(i, rule, level) for i, rule, _, level in replay("transformer", load)] == [
        (5, "transformer-load", ORANGE),
        (30, "transformer-overload", R),
    ]


@pytest.mark.parametrize("kind", sorted({r.kind for r in BOOK.rules} - {"*", "gateway"}))
def test_a_calm_day_of_any_kind_raises_nothing(kind) -> None:
    calm = {
        "ch4": 1, "h2s": 0.5, "pressure": 0.3, "depth": 1, "rain_1h": 2, "rain_3h": 5, "level": 3.4,
        "load_ratio": 45, "aqi": 60, "leq": 48, "smoke": 0, "temp": 25, "residual": 80, "tilt": 1,
        "battery": 90, "lit_rate": 99.5, "leak": 2, "tpi": 3, "occupancy": 60, "pm10": 50,
        "tsp": 200, "load": 55, "forebay": 2, "trapped": 0,
    }  # fmt: skip
    assert replay(kind, {metric: [value] * 200 for metric, value in calm.items()}) == []
