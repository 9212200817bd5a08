"""Doubts about readings: ranges, units, jumps, standing still, and what they make of an alert."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import quality
from app.domain.alerts import judge
from app.domain.kinds import BY_CODE, KINDS
from app.domain.levels import Level
from app.domain.quality import Doubt, Reason, Traces, mixed_up, weigh
from app.domain.readings import Quality, Readings
from tests.domain.judging import GAS, rule_of

NOW = 1_795_000_000_000
MIN = 60_000
CHECKS = quality.CHECKS


def told(kind: str, metric: str, *said: tuple[float, float]) -> list[list[str]]:
    """The doubts about values of one metric, told at minutes, one after another."""
    known: Traces | None = None
    found = []
    for minute, value in said:
        doubts, news = weigh(kind, known, NOW + round(minute * MIN), {metric: value})
        known = news if news is not None else known
        found.append(quality.names(doubts))
    return found


def alone(kind: str, **metrics: float) -> list[str]:
    return quality.names(weigh(kind, None, NOW, metrics)[0])


@pytest.mark.parametrize(
    ("kind", "metrics", "doubts"),
    [
        ("gas", {"ch4": 0.0}, []),
        ("gas", {"ch4": 100.0}, []),
        ("gas", {"ch4": -0.1}, ["range"]),
        ("gas", {"ch4": 5000.0}, ["unit"]),
        ("gas", {"ch4": 9999.0}, ["range"]),
        ("gas", {"ch4": 65535.0}, ["range"]),
        ("gas", {"ch4": 3.0, "h2s": 60_000.0}, ["unit"]),
        ("gas", {"ch4": float("nan")}, ["range"]),
        ("gas", {"ch4": float("inf")}, ["range"]),
        ("gas", {"unheard": 1e9}, []),
        ("sundial", {"ch4": 1e9}, []),
        ("water_pressure", {"pressure": 0.31}, []),
        ("water_pressure", {"pressure": 310.0}, ["unit"]),
        ("water_pressure", {"pressure": 1e12}, ["range"]),
        ("smoke", {"temp": 293.15}, ["unit"]),
        ("smoke", {"temp": -200.0}, ["range"]),
        ("river", {"level": 345.0}, ["unit"]),
    ],
)
def test_what_no_sensor_can_say(kind, metrics, doubts) -> None:
    assert alone(kind, **metrics) == doubts


@pytest.mark.parametrize(
    ("kind", "metric", "value", "unit"),
    [
        ("water_pressure", "pressure", 5.0, "bar"),
        ("water_pressure", "pressure", 45.0, "psi"),
        ("water_pressure", "pressure", 310.0, "kPa"),
        ("water_pressure", "pressure", 3100.0, "hPa"),
        ("water_pressure", "pressure", 310_000.0, "Pa"),
        ("smoke", "temp", 212.0, "℉"),
        ("smoke", "temp", 300.0, "℉"),
        ("smoke", "temp", 330.0, "K"),
        ("river", "level", 345.0, "cm"),
        ("river", "level", 3450.0, "mm"),
        ("waterlogging", "depth", 1200.0, "mm"),
        ("gas", "ch4", 20_000.0, "ppm CH4"),
        ("gas", "ch4", -999.0, ""),
        ("noise", "leq", 500.0, ""),
    ],
)
def test_the_unit_that_was_meant_is_named(kind, metric, value, unit) -> None:
    assert mixed_up(CHECKS[kind][metric], value) == unit


def test_a_gas_leak_is_never_a_jump() -> None:
    assert told("gas", "ch4", (0, 0), (0.5, 40), (1, 95)) == [[], [], []]
    assert told("smoke", "smoke", (0, 0), (0.1, 1)) == [[], []]
    assert told("waterlogging", "depth", (0, 0), (0.5, 80)) == [[], []]


@pytest.mark.parametrize(
    ("said", "doubts"),
    [
        ([(0, 3.0), (1, 4.9)], [[], []]),
        ([(0, 3.0), (1, 5.2)], [[], ["jump"]]),
        ([(0, 3.0), (0.01, 4.9)], [[], []]),  # at least a minute's change is allowed
        ([(0, 3.0), (10, 14.0)], [[], []]),
        ([(0, 3.0), (1, 9.0), (2, 3.1)], [[], ["jump"], []]),  # a spike: whoever is back is fine
        ([(0, 3.0), (1, 9.0), (2, 9.1)], [[], ["jump"], []]),  # a step: believed at the second
        ([(0, 3.0), (1, 9.0), (2, 14.5)], [[], ["jump"], ["jump"]]),
        ([(0, 3.0), (1, 9.0), (2, 14.0), (3, 3.2)], [[], ["jump"], ["jump"], []]),
    ],
)
def test_a_river_does_not_jump(said, doubts) -> None:
    assert told("river", "level", *said) == doubts


def test_noise_that_stands_still_for_an_hour_is_stuck() -> None:
    every = [(minute, 61.3) for minute in range(0, 63)]
    found = told("noise", "leq", *every)
    assert found[:60] == [[]] * 60
    assert found[60:] == [["stuck"]] * 3
    assert told("noise", "leq", *every, (63, 61.4), (64, 61.4))[-2:] == [[], []]


def test_a_gauge_may_say_zero_for_ever() -> None:
    assert told("rain", "rain_1h", *((minute, 0.0) for minute in range(0, 3000, 30)))[-1] == []
    assert told("gas", "ch4", (0, 0.0), (100_000, 0.0))[-1] == []


def test_an_older_reading_changes_no_memory() -> None:
    _, known = weigh("river", None, NOW, {"level": 3.0})
    assert weigh("river", known, NOW - MIN, {"level": 14.0}) == (0, None)
    assert weigh("river", known, NOW - MIN, {"level": 99.0}) == (Doubt.UNIT, None)


def test_what_is_out_of_range_is_no_base_for_a_jump() -> None:
    assert told("river", "level", (0, 3.0), (1, 9999.0), (2, 3.1)) == [[], ["range"], []]


@pytest.mark.parametrize(
    ("doubts", "said", "graded"),
    [
        (0, Quality.GOOD, Quality.GOOD),
        (Doubt.RANGE, Quality.GOOD, Quality.BAD),
        (Doubt.UNIT | Doubt.JUMP, Quality.GOOD, Quality.BAD),
        (Doubt.JUMP, Quality.GOOD, Quality.SUSPECT),
        (Doubt.STUCK, Quality.SUSPECT, Quality.SUSPECT),
        (Doubt.NEIGHBOUR, Quality.BAD, Quality.BAD),
        (Doubt.NEIGHBOUR, Quality.LATE, Quality.LATE),
        (Doubt.SKEW, Quality.GOOD, Quality.GOOD),  # a wrong clock, not a wrong value
        (Doubt.LATE, Quality.GOOD, Quality.GOOD),
        (0, Quality.BAD, Quality.BAD),
    ],
)
def test_doubts_make_the_quality(doubts, said, graded) -> None:
    assert quality.quality(int(doubts), int(said)) == graded


def test_skew_follows_the_period_of_the_source() -> None:
    assert quality.skew_limit_ms(None) == quality.skew_limit_ms(10) == quality.SKEW_MS
    assert quality.skew_limit_ms(3600) == 2 * 3_600_000


def test_the_reasons_name_metric_and_unit() -> None:
    doubts = Doubt.UNIT | Doubt.SKEW
    found = quality.reasons("water_pressure", {"pressure": 310.0, "battery": 3.0}, int(doubts))
    assert found == [Reason("unit", "pressure", "kPa"), Reason("skew")]
    assert quality.reasons("gas", {"ch4": 9999.0}, int(Doubt.RANGE)) == [Reason("range", "ch4")]
    assert quality.reasons("gas", {"ch4": 1.0}, 0) == []


def test_all_doubts_fit_the_last_byte_of_an_entry() -> None:
    everything = sum(Doubt)
    assert everything == 127
    reading = Readings(1, "a", "gas", "", NOW, NOW, {}, 0, None, everything)
    assert msgspec.msgpack.encode(reading)[-1] == everything
    old = msgspec.msgpack.encode([1, "a", "gas", "", NOW, NOW, {}, 2, None])
    assert msgspec.msgpack.decode(old, type=Readings).doubts == 0


def leak(quality_: int, doubts: int, at: int = NOW, **metrics: float) -> Readings:
    given = {"ch4": 80.0} | metrics
    return Readings(1, "G1", GAS, "320404001", at, at, given, quality_, None, doubts)


def worst(*readings: Readings) -> int:
    """The highest level that a rule of yellow, orange and red reaches."""
    rule, memory, level = rule_of(), None, 0
    for each in readings:
        memory, outcomes = judge(rule, memory, each)
        level = max([level, *(int(o.level) for o in outcomes)])
    return level


def row(quality_: int, doubts: int, **metrics: float) -> list[Readings]:
    return [leak(quality_, doubts, NOW + i * 30_000, **metrics) for i in range(20)]


def test_bad_quality_raises_no_red_alert_alone() -> None:
    assert worst(*row(Quality.GOOD, 0)) == Level.RED
    assert worst(*row(Quality.GOOD, int(Doubt.SKEW))) == Level.RED
    for doubt in (Doubt.JUMP, Doubt.STUCK, Doubt.NEIGHBOUR):
        assert worst(*row(Quality.SUSPECT, int(doubt))) == Level.ORANGE
    for doubt in (Doubt.RANGE, Doubt.UNIT):
        assert worst(*row(Quality.BAD, int(doubt), ch4=800.0)) == Level.NONE


def test_a_broken_channel_does_not_silence_the_leak_beside_it() -> None:
    assert worst(*row(Quality.BAD, int(Doubt.RANGE), h2s=-1.0)) == Level.ORANGE
    assert worst(*row(Quality.BAD, 0, h2s=-1.0)) == Level.NONE  # the device itself says bad


values = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-10, 100)
kinds = st.sampled_from([kind.code for kind in KINDS])


@st.composite
def rows(draw) -> tuple[str, list[tuple[int, dict[str, float]]]]:
    kind = draw(kinds)
    names = [metric.code for metric in BY_CODE[kind].metrics]
    said = st.dictionaries(st.sampled_from([*names, "other"]), values, max_size=4)
    moments = st.integers(0, 200).map(lambda minute: NOW + minute * MIN)
    return kind, draw(st.lists(st.tuples(moments, said), max_size=20))


@given(rows())
def test_a_repeated_reading_is_graded_the_same(drawn) -> None:
    kind, said = drawn
    known: Traces | None = None
    for at, metrics in said:
        newest = max((t.at for t in (known or {}).values()), default=0)
        first, news = weigh(kind, known, at, metrics)
        assert first in range(128)
        known = news if news is not None else known
        if at > newest:
            again, unchanged = weigh(kind, known, at, metrics)
            assert again == first
            assert unchanged is None


@given(rows())
def test_memory_is_only_kept_where_it_is_needed(drawn) -> None:
    kind, said = drawn
    watched = {name for name, check in CHECKS[kind].items() if check.watched}
    known: Traces | None = None
    for at, metrics in said:
        _, news = weigh(kind, known, at, metrics)
        known = news if news is not None else known
    assert set(known or {}) <= watched


@pytest.mark.parametrize("kind", ["gas", "smoke", "elevator", "waterlogging", "manhole"])
def test_what_saves_lives_is_never_doubted_for_its_course(kind) -> None:
    first = BY_CODE[kind].primary
    assert first.steepest is None
    assert first.still_s is None
    assert first.smooth is None
