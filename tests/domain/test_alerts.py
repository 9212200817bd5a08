"""Judging: delays, samples, hysteresis, qualities, companions and change, as tables."""

from __future__ import annotations

import pytest

from app.domain.alerts import AlertStep, Memory, judge
from app.domain.levels import Level
from app.domain.readings import Quality
from tests.domain.judging import BASE, LOSS, read, replay, rule_of, steps

RAISE, UP, DOWN, CLEAR = AlertStep.RAISE, AlertStep.UP, AlertStep.DOWN, AlertStep.CLEAR
Y, R = Level.YELLOW, Level.RED
ORANGE = Level.ORANGE


# nothing to say


@pytest.mark.parametrize("value", [0, 9.99, -5])
def test_a_calm_value_leaves_no_memory(value) -> None:
    assert judge(rule_of(), None, read(value)) == (None, ())


def test_readings_without_the_metric_are_passed_over() -> None:
    memory = Memory(level=3)
    assert judge(rule_of(), memory, read(None)) == (memory, ())


def test_what_is_no_number_is_passed_over() -> None:
    assert judge(rule_of(), None, read(float("nan"))) == (None, ())


def test_a_boundary_value_counts_above_and_not_below() -> None:
    assert steps(rule_of(), [10]) == [(0, RAISE, Y)]
    low = rule_of("thresholds: {yellow: 10, red: 5}, direction: below")
    assert steps(low, [10, 9.99, 5, 4.99]) == [(1, RAISE, Y), (3, UP, R)]


# delay and samples


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([12], []),
        ([12, 12], [(1, RAISE, Y)]),
        ([12, 9, 12], []),
        ([12, 9, 12, 12], [(3, RAISE, Y)]),
        ([12, 25], [(1, RAISE, ORANGE)]),
        ([60, 12], [(1, RAISE, Y)]),
        ([12, 12, 12, 12], [(1, RAISE, Y)]),
    ],
)
def test_n_samples_in_a_row(values, expected) -> None:
    assert steps(rule_of("samples: 2"), values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([12, 12, 12], [(2, RAISE, Y)]),
        ([12, 12, 5, 12, 12, 12], [(5, RAISE, Y)]),
        ([12, 12], []),
    ],
)
def test_the_condition_must_last(values, expected) -> None:
    assert steps(rule_of("on_delay_s: 60"), values) == expected


def test_delay_and_samples_are_both_needed() -> None:
    assert steps(rule_of("on_delay_s: 30, samples: 4"), [12] * 4) == [(3, RAISE, Y)]
    assert steps(rule_of("on_delay_s: 120, samples: 2"), [12] * 5) == [(4, RAISE, Y)]


# up and down on one alert


def test_up_goes_at_once_and_keeps_the_beginning() -> None:
    memory, outcomes = replay(rule_of(), [12, 25, 60])
    assert [(o.step, o.level) for o in outcomes] == [(RAISE, Y), (UP, ORANGE), (UP, R)]
    assert {o.raised for o in outcomes} == {BASE}
    assert memory
    assert memory.level == R


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([12, 9.5], []),  # over the hold of 9
        ([12, 8.9], [(1, CLEAR, 0)]),
        ([60, 46], []),
        ([60, 44], [(1, DOWN, ORANGE)]),
        ([60, 19], [(1, DOWN, ORANGE)]),  # between orange and its hold of 18
        ([60, 15], [(1, DOWN, Y)]),
        ([60, 0], [(1, CLEAR, 0)]),
        ([60, 44, 60], [(1, DOWN, ORANGE), (2, UP, R)]),
    ],
)
def test_hysteresis(values, expected) -> None:
    assert steps(rule_of(), values)[1:] == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([12, 5, 5], []),
        ([12, 5, 5, 5], [(3, CLEAR, 0)]),
        ([12, 5, 5, 12, 5, 5], []),
        ([12, 5, 5, 12, 5, 5, 5], [(6, CLEAR, 0)]),
        ([60, 30, 30, 5, 5, 5, 5], [(3, DOWN, ORANGE), (5, CLEAR, 0)]),
        ([60, 30, 12, 5, 5, 5, 5], [(3, DOWN, ORANGE), (4, DOWN, Y), (5, CLEAR, 0)]),
        ([60, 5, 5, 5], [(3, CLEAR, 0)]),
        ([60, 5, 5, 30, 30], [(3, DOWN, ORANGE)]),
    ],
)
def test_down_only_after_the_dwell_of_each_level(values, expected) -> None:
    assert steps(rule_of("clear_delay_s: 60"), values)[1:] == expected


def test_going_down_says_when_the_dwell_was_over() -> None:
    _, outcomes = replay(rule_of("clear_delay_s: 60"), [12, 5, 5, 5])
    assert outcomes[-1].at == BASE + 30_000 + 60_000


def test_a_steady_alert_costs_no_write() -> None:
    memory, _ = judge(rule_of(), None, read(12))
    assert judge(rule_of(), memory, read(13, at=BASE + 30_000))[0] is memory


def test_levels_without_a_threshold_are_never_reached() -> None:
    sparse = rule_of("thresholds: {blue: 5, red: 50}")
    assert steps(sparse, [6, 49, 50, 44, 1]) == [
        (0, RAISE, 1),
        (2, UP, R),
        (3, DOWN, 1),
        (4, CLEAR, 0),
    ]


# qualities and order


@pytest.mark.parametrize("quality", [Quality.BAD, Quality.LATE])
def test_bad_and_late_readings_are_not_judged(quality) -> None:
    assert steps(rule_of(), [99, 99], quality) == []
    memory, _ = judge(rule_of(), None, read(12))
    assert judge(rule_of(), memory, read(0, at=BASE + 30_000, quality=quality)) == (memory, ())


def test_a_suspect_reading_raises_orange_at_most() -> None:
    assert steps(rule_of(), [99], Quality.SUSPECT) == [(0, RAISE, ORANGE)]
    only_red = rule_of("thresholds: {red: 30}")
    ((step, level),) = [(o.step, o.level) for o in replay(only_red, [99], Quality.SUSPECT)[1]]
    assert (step, level) == (RAISE, ORANGE)


def test_a_good_reading_confirms_what_a_suspect_one_began() -> None:
    memory, _ = judge(rule_of(), None, read(99, quality=Quality.SUSPECT))
    _, (outcome,) = judge(rule_of(), memory, read(99, at=BASE + 30_000))
    assert (outcome.step, outcome.level) == (UP, R)


@pytest.mark.parametrize("value", [0, 99])
def test_a_suspect_reading_neither_lifts_nor_clears_an_open_alert(value) -> None:
    memory, _ = judge(rule_of(), None, read(12))
    doubtful = read(value, at=BASE + 30_000, quality=Quality.SUSPECT)
    assert judge(rule_of(), memory, doubtful) == (memory, ())


def test_older_and_repeated_readings_are_passed_over() -> None:
    rule = rule_of("samples: 2")
    memory, _ = judge(rule, None, read(12))
    assert judge(rule, memory, read(12)) == (memory, ())
    assert judge(rule, memory, read(12, at=BASE - 1)) == (memory, ())


# companions and change


def test_a_companion_must_be_there_too() -> None:
    rule = rule_of("kind: smoke, metric: temp, when: {metric: smoke, at_least: 1}")
    both = {"temp": 60.0, "smoke": 1.0}
    for metrics, raised in [(both, 1), (both | {"smoke": 0.0}, 0), ({"temp": 60.0}, 0)]:
        assert len(judge(rule, None, read(0, metrics=metrics))[1]) == raised


def test_without_its_companion_an_alert_eases() -> None:
    rule = rule_of("kind: smoke, metric: temp, when: {metric: smoke, at_least: 1}")
    memory, _ = judge(rule, None, read(0, metrics={"temp": 60.0, "smoke": 1.0}))
    later = read(0, at=BASE + 30_000, metrics={"temp": 60.0, "smoke": 0.0})
    memory, (outcome,) = judge(rule, memory, later)
    assert (memory, outcome.step) == (None, CLEAR)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.30] * 10, []),
        ([0.30, 0.29, 0.28, 0.27, 0.26], []),
        ([0.30, 0.30, 0.20], [(2, RAISE, R)]),
        ([0.30, 0.30, 0.23, 0.20], [(2, RAISE, ORANGE), (3, UP, R)]),
        ([0.20, 0.30], []),
    ],
)
def test_a_sudden_loss(values, expected) -> None:
    assert steps(rule_of(LOSS), values, metric="pressure") == expected


def test_a_loss_that_stays_is_over_when_the_window_has_passed() -> None:
    found = steps(rule_of(LOSS), [0.30, 0.15, *[0.15] * 20], metric="pressure")
    assert [(step, level) for _, step, level in found] == [(RAISE, R), (CLEAR, 0)]
    _, outcomes = replay(rule_of(LOSS), [0.30, 0.15], metric="pressure")
    assert (outcomes[0].value, outcomes[0].threshold) == (-50, -30)
