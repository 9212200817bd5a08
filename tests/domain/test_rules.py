"""Rules made ready: hours, holds, thresholds as written, change and variants."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from math import inf

import pytest

from app.domain.levels import Level
from app.domain.rulebook import RuleBook, load_rules, read_rules
from app.domain.rules import NO_LIMITS, Band, Change, Rule, Slack, signed

HOUR = 3_600_000
BEIJING = timezone(timedelta(hours=8))
MIDNIGHT = round(datetime(2026, 11, 20, tzinfo=BEIJING).timestamp() * 1000)
Y, R = Level.YELLOW, Level.RED


def rule(book: RuleBook, rule_id: str) -> Rule:
    found = book.rule(rule_id)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rules()


@pytest.mark.parametrize(
    ("band", "minute", "inside"),
    [
        (Band(60, 120, NO_LIMITS, NO_LIMITS), 59, False),
        (Band(60, 120, NO_LIMITS, NO_LIMITS), 60, True),
        (Band(60, 120, NO_LIMITS, NO_LIMITS), 119, True),
        (Band(60, 120, NO_LIMITS, NO_LIMITS), 120, False),
        (Band(1320, 360, NO_LIMITS, NO_LIMITS), 1319, False),
        (Band(1320, 360, NO_LIMITS, NO_LIMITS), 1320, True),
        (Band(1320, 360, NO_LIMITS, NO_LIMITS), 0, True),
        (Band(1320, 360, NO_LIMITS, NO_LIMITS), 359, True),
        (Band(1320, 360, NO_LIMITS, NO_LIMITS), 360, False),
    ],
)
def test_bands_reach_over_midnight(band, minute, inside) -> None:
    assert band.covers(minute) is inside


def test_above_counts_from_the_threshold_on() -> None:
    limits, holds = signed({Y: 10.0, R: 50.0}, 1, Slack(ratio=0.9))
    assert limits == (inf, 10.0, inf, 50.0)
    assert holds == (9.0, 9.0, 45.0, 45.0)


def test_below_counts_under_the_threshold_only() -> None:
    limits, holds = signed({Y: 0.14}, -1, Slack(margin=0.01))
    assert not limits[1] <= -0.14
    assert limits[1] <= -0.1399999
    assert holds[1] <= -0.149
    assert not holds[1] <= -0.1501


def test_hysteresis_of_negative_thresholds_goes_towards_calm() -> None:
    _, holds = signed({R: -30.0}, -1, Slack(ratio=0.5))
    assert holds[3] <= 15.001
    assert not holds[3] <= 14.9


@pytest.mark.parametrize(
    ("moment", "limit"),
    [(0, 50), (5.99, 50), (6, 60), (12, 60), (21.99, 60), (22, 50), (23.99, 50)],
)
def test_noise_is_stricter_at_night_in_beijing(book, moment, limit) -> None:
    noise = rule(book, "noise-limit")
    at = MIDNIGHT + round(moment * HOUR)
    assert noise.threshold(Level.YELLOW, at) == limit
    assert noise.quiet == 50


@pytest.mark.parametrize(
    ("moment", "active"), [(4.9, True), (5, False), (12, False), (19.4, False), (19.5, True)]
)
def test_streetlights_count_only_when_they_should_be_lit(book, moment, active) -> None:
    limits, _ = rule(book, "streetlight-lit").at_hour(MIDNIGHT + round(moment * HOUR))
    assert (limits != NO_LIMITS) is active


@pytest.mark.parametrize("direction", ["above", "below"])
def test_a_threshold_is_shown_as_it_was_written(direction) -> None:
    values = (0.1, 0.14) if direction == "above" else (0.14, 0.1)
    text = f"""
rules:
  - {{id: a, title: 甲, title_en: A, kind: water_pressure, metric: pressure, source: default,
     direction: {direction}, thresholds: {{yellow: {values[0]}, red: {values[1]}}}}}
"""
    (made,) = read_rules(text).rules
    assert made.threshold(Y, 0) == values[0]
    assert made.threshold(R, 0) == values[1]
    assert made.threshold(0, 0) == values[0]
    assert made.threshold(Level.ORANGE, 0) == values[0]  # no orange: the lowest is shown
    assert made.unit == "MPa"


def test_change_is_measured_against_the_peak_of_the_window() -> None:
    change, trail = Change(over_ms=300_000, percent=True), ()
    seen = []
    for minute, value in enumerate([0.30, 0.40, 0.30, 0.20, 0.20, 0.20, 0.20, 0.20, 0.20]):
        moved, trail = change.measure(trail, minute * 60_000, value, -1)
        seen.append(round(moved))
    assert seen == [0, 33, -25, -50, -50, -50, -50, -33, 0]


def test_change_in_the_metrics_unit_and_upwards() -> None:
    change = Change(over_ms=60_000, percent=False)
    _, trail = change.measure((), 0, 4.0, 1)
    assert change.measure(trail, 30_000, 4.5, 1)[0] == pytest.approx(0.5)


def test_change_from_zero_is_no_change() -> None:
    change = Change(over_ms=60_000, percent=True)
    _, trail = change.measure((), 0, 0.0, -1)
    assert change.measure(trail, 30_000, 4.5, -1)[0] == 0


def test_a_trail_does_not_grow_with_the_frequency() -> None:
    change, trail = Change(over_ms=60_000, percent=False), ()
    for ms in range(0, 600_000, 100):
        _, trail = change.measure(trail, ms, 1.0, 1)
        assert len(trail) <= 13
