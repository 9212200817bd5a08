"""AQI by both norms, rain signals, river levels: the published vectors."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.indicators import (
    NORMS,
    STATIONS,
    AirGrade,
    air_grade,
    air_norm,
    aqi,
    iaqi,
    rain_level,
    rain_signal,
    rain_sum,
    river_state,
)
from app.domain.levels import Level
from tests.domain.things import FRIDAY

NEW, OLD = date(2026, 11, 20), date(2025, 11, 20)


@pytest.mark.parametrize(
    ("pollutant", "value", "new", "old"),
    [
        ("pm25_24h", 0, 0, 0),
        ("pm25_24h", 20, 29, 29),
        ("pm25_24h", 35, 50, 50),
        ("pm25_24h", 50, 80, 69),
        ("pm25_24h", 60, 100, 82),
        ("pm25_24h", 75, 114, 100),
        ("pm25_24h", 115, 150, 150),
        ("pm25_24h", 200, 250, 250),
        ("pm25_24h", 500, 500, 500),
        ("pm25_24h", 600, 500, 500),
        ("pm10_24h", 100, 86, 75),
        ("pm10_24h", 150, 112, 100),
        ("o3_8h", 90, 45, 45),
        ("o3_8h", 130, 75, 75),
        ("o3_8h", 160, 100, 100),
        ("o3_8h", 180, 119, 119),
        ("o3_8h", 230, 165, 165),
        ("o3_8h", 300, 207, 207),
        ("o3_8h", 900, 300, None),
        ("so2_1h", 800, 200, 200),
        ("so2_1h", 801, 200, None),
        ("so2_24h", 150, 100, 100),
        ("so2_24h", 475, 150, 150),
        ("no2_1h", 200, 100, 100),
        ("co_24h", 4, 100, 100),
        ("co_1h", 150, 500, 500),
        ("o3_1h", 1300, 500, 500),
    ],
)
def test_iaqi(pollutant, value, new, old):
    assert iaqi(pollutant, value, NEW) == new
    assert iaqi(pollutant, value, OLD) == old


@pytest.mark.parametrize(
    ("on", "name", "index"),
    [
        (date(2026, 2, 28), "HJ 633-2012", 82),
        (date(2026, 3, 1), "HJ 633-2026", 100),
        (date(2030, 12, 31), "HJ 633-2026", 100),
        (date(2031, 1, 1), "HJ 633-2026 (2031)", 108),
        (date(1990, 1, 1), "HJ 633-2012", 82),
    ],
)
def test_the_norm_is_chosen_by_date(on, name, index):
    assert air_norm(on).name == name
    assert iaqi("pm25_24h", 60, on) == index


def test_unknown_and_negative_are_refused():
    with pytest.raises(KeyError):
        iaqi("lead", 1, NEW)
    with pytest.raises(ValueError, match="negative"):
        iaqi("pm25_24h", -1, NEW)


@pytest.mark.parametrize(
    ("values", "index", "grade", "primary"),
    [
        ({"pm25_24h": 20, "pm10_24h": 40}, 40, AirGrade.GOOD, ()),
        ({"pm25_24h": 60, "pm10_24h": 100}, 100, AirGrade.MODERATE, ("pm25_24h",)),
        ({"pm25_24h": 60, "pm10_24h": 120}, 100, AirGrade.MODERATE, ("pm10_24h", "pm25_24h")),
        ({"o3_8h": 300, "co_1h": 5}, 207, AirGrade.HEAVY, ("o3_8h",)),
        ({"pm25_24h": 999}, 500, AirGrade.SEVERE, ("pm25_24h",)),
    ],
)
def test_the_worst_pollutant_decides(values, index, grade, primary):
    found = aqi(values, NEW)
    assert (found.value, found.grade, found.primary) == (index, grade, primary)
    assert found.norm == "HJ 633-2026"


def test_what_cannot_be_computed_is_left_out():
    assert aqi({}, NEW) is None
    assert aqi({"so2_1h": 900}, OLD) is None
    assert aqi({"so2_1h": 900, "pm25_24h": 20}, OLD).value == 29


@pytest.mark.parametrize(
    ("value", "grade"),
    [(0, 1), (50, 1), (51, 2), (100, 2), (101, 3), (150, 3), (151, 4), (200, 4), (201, 5)]
    + [(300, 5), (301, 6), (500, 6)],
)
def test_boundaries_belong_to_the_better_grade(value, grade):
    assert air_grade(value) == grade


@given(
    st.sampled_from(sorted(NORMS[1].tables)),
    st.floats(0, 5000),
    st.floats(0, 500),
    st.sampled_from([norm.since.replace(year=max(norm.since.year, 2000)) for norm in NORMS]),
)
def test_more_is_never_better(pollutant, value, more, on):
    low, high = iaqi(pollutant, value, on), iaqi(pollutant, value + more, on)
    if low is not None and high is not None:
        assert 0 <= low <= high <= 500


@pytest.mark.parametrize("norm", NORMS)
def test_tables_rise(norm):
    for row in norm.tables.values():
        assert list(row) == sorted(set(row))
        assert row[0] == 0


@pytest.mark.parametrize(
    ("mm_3h", "mm_6h", "mm_12h", "level"),
    [
        (0, 0, 0, Level.NONE),
        (10, 30, 49.9, Level.NONE),
        (10, 30, 50, Level.BLUE),
        (30, 55, 55, Level.YELLOW),
        (49.9, 50, 120, Level.YELLOW),
        (50, 50, 50, Level.ORANGE),
        (99.9, 150, 200, Level.ORANGE),
        (100, 100, 100, Level.RED),
        (160, 200, 250, Level.RED),
    ],
)
def test_rain_signals(mm_3h, mm_6h, mm_12h, level):
    assert rain_signal(mm_3h, mm_6h, mm_12h) is level


def gauge(*parts):
    """Five-minute samples: (hours from, hours to, mm per hour) before FRIDAY."""
    return [
        (FRIDAY - timedelta(minutes=m), rate / 12)
        for begin, end, rate in parts
        for m in range(int(end * 60), int(begin * 60), 5)
    ]


@pytest.mark.parametrize(
    ("parts", "level"),
    [
        ([(3, 0, 34)], Level.RED),
        ([(3, 0, 17)], Level.ORANGE),
        ([(6, 0, 9)], Level.YELLOW),
        ([(12, 0, 4.2)], Level.BLUE),
        ([(12, 0, 4)], Level.NONE),
        ([(15, 12, 100)], Level.NONE),  # long ago
        ([(5, 3, 30), (3, 0, 1)], Level.YELLOW),
        ([], Level.NONE),
    ],
)
def test_rolling_sums_of_a_gauge(parts, level):
    assert rain_level(gauge(*[(b, e, r) for b, e, r in parts]), FRIDAY) is level


def test_a_window_has_its_end_and_not_its_start():
    samples = [(FRIDAY - timedelta(hours=3), 5.0), (FRIDAY, 7.0), (FRIDAY + timedelta(1), 9.0)]
    assert rain_sum(samples, FRIDAY, 3) == 7.0
    assert rain_sum(samples, FRIDAY, 3.1) == 12.0


@pytest.mark.parametrize(
    ("metres", "level", "over_warning", "over_guarantee", "near"),
    [
        (4.09, Level.NONE, None, None, False),
        (4.10, Level.NONE, None, None, True),
        (4.29, Level.NONE, None, None, True),
        (4.30, Level.BLUE, 0.0, None, False),
        (4.66, Level.BLUE, 0.36, None, False),  # 2020-06-28
        (4.79, Level.BLUE, 0.49, None, False),
        (4.80, Level.YELLOW, 0.5, 0.0, False),
        (4.91, Level.YELLOW, 0.61, 0.11, False),  # 2020-07-06
        (5.09, Level.YELLOW, 0.79, 0.29, False),
        (5.10, Level.ORANGE, 0.8, 0.3, False),
        (5.17, Level.ORANGE, 0.87, 0.37, False),  # 2020-07-18, as in the official text
        (5.40, Level.RED, 1.1, 0.6, False),
    ],
)
def test_the_river_at_changzhou(metres, level, over_warning, over_guarantee, near):
    state = river_state(metres, STATIONS["常州站"])
    assert (state.level, state.near, state.datum) == (level, near, "吴淞")
    assert (state.over_warning, state.over_guarantee) == (over_warning, over_guarantee)


@pytest.mark.parametrize(
    ("name", "metres", "over_warning", "over_guarantee"),
    [
        ("常州站", 5.17, 0.87, 0.37),
        ("丹金闸闸下", 5.66, 0.66, None),
        ("溧阳站", 5.51, 1.01, 0.01),
        ("坊前", 5.10, 1.0, 0.5),
        ("王母观", 5.65, 1.05, 0.05),
        ("太湖平均", 4.71, 0.91, 0.06),
    ],
)
def test_the_stations_on_2020_07_18(name, metres, over_warning, over_guarantee):
    state = river_state(metres, STATIONS[name])
    assert (state.over_warning, state.over_guarantee) == (over_warning, over_guarantee)


def test_without_a_published_guarantee_it_is_blue_at_most():
    assert river_state(9.0, STATIONS["丹金闸闸下"]).level is Level.BLUE


@given(st.sampled_from(list(STATIONS.values())), st.floats(0, 9), st.floats(0, 2))
def test_a_higher_river_is_never_a_lower_level(station, metres, more):
    assert river_state(metres, station).level <= river_state(metres + more, station).level
