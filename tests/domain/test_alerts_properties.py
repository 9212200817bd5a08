"""What holds for every series of readings: one alert at a time, never above what the rule says."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.alerts import AlertStep, Memory, Outcome, judge, sweep
from app.domain.levels import Level
from app.domain.readings import Quality
from app.domain.rules import Rule
from tests.domain.judging import BASE, read, rule_of

RULES = [
    rule_of(),
    rule_of("samples: 2, clear_delay_s: 600"),
    rule_of("on_delay_s: 60, clear_delay_s: 60"),
    rule_of("direction: below, thresholds: {blue: 30, yellow: 20, red: 5}, clear_margin: 2"),
    rule_of("thresholds: {red: 40}, samples: 3"),
    rule_of("thresholds: {blue: 10, red: 30}, clear_ratio: 1, clear_delay_s: 30"),
    rule_of('active: "08:00-20:00", clear_delay_s: 300'),
    rule_of("direction: below, thresholds: {red: -30}, change: {over_s: 300, in: percent}"),
]

values = st.one_of(st.floats(0, 100), st.sampled_from([4.99, 5, 9, 10, 18, 20, 30, 45, 50]))
qualities = st.sampled_from([Quality.GOOD] * 5 + [Quality.SUSPECT, Quality.BAD, Quality.LATE])
gaps = st.integers(-20_000, 900_000)
readings = st.tuples(values, qualities, gaps, st.booleans())
series = st.lists(readings, min_size=1, max_size=60)
rules = st.sampled_from(RULES)


def play(rule: Rule, given: list) -> list[tuple[Outcome, Memory | None, float, Quality, bool]]:
    """Judge the series, sweeping where a reading asks for it; every outcome with its cause."""
    memory: Memory | None = None
    at, found = BASE, []
    for value, quality, gap, swept in given:
        at += gap
        if swept and memory is not None:
            memory, new = sweep(rule, memory, at)
            found += [(each, memory, value, quality, True) for each in new]
        memory, new = judge(rule, memory, read(value, at=at, quality=quality))
        found += [(each, memory, value, quality, False) for each in new]
    return found


@given(rules, series)
def test_never_two_open_alerts_and_never_a_step_without_one(rule, given) -> None:
    level = Level.NONE
    for outcome, *_ in play(rule, given):
        if outcome.step is AlertStep.RAISE:
            assert level == Level.NONE < outcome.level
        elif outcome.step is AlertStep.UP:
            assert Level.NONE < level < outcome.level
        elif outcome.step is AlertStep.DOWN:
            assert level > outcome.level > Level.NONE
        else:
            assert level > outcome.level == Level.NONE
        level = outcome.level


@given(rules, series)
def test_memory_says_what_the_outcomes_said(rule, given) -> None:
    for outcome, memory, *_ in play(rule, given):
        assert (memory.level if memory else 0) == outcome.level


@given(rules, series)
def test_rising_is_never_above_what_the_thresholds_say(rule, given) -> None:
    for outcome, _, value, quality, swept in play(rule, given):
        if swept or outcome.step not in (AlertStep.RAISE, AlertStep.UP):
            continue
        limits, _ = rule.at_hour(outcome.at)
        shown = outcome.value if rule.change else value
        allowed = max((i + 1 for i in range(4) if rule.sign * shown >= limits[i]), default=0)
        assert outcome.level <= allowed
        assert quality == Quality.GOOD or outcome.level <= Level.ORANGE


@given(rules, series)
def test_bad_and_late_readings_cause_nothing(rule, given) -> None:
    assert not [each for each in play(rule, given) if each[3] >= Quality.BAD and not each[4]]


@given(rules, series)
def test_an_alert_keeps_its_beginning(rule, given) -> None:
    raised = 0
    for outcome, *_ in play(rule, given):
        if outcome.step is AlertStep.RAISE:
            raised = outcome.at
        assert outcome.raised == raised


@given(rules, series)
def test_calm_for_long_enough_clears_and_forgets(rule, given) -> None:
    calm = 100.0 if rule.sign < 0 else 0.0
    later = [(calm, Quality.GOOD, 900_000, False)] * 3
    found = play(rule, [*given, (calm, Quality.GOOD, 10_000_000, False), *later])
    assert not found or found[-1][0].level == Level.NONE


@given(rules, series)
def test_the_same_series_gives_the_same_again_over_the_wire(rule, given) -> None:
    memory: Memory | None = None
    at, kept = BASE, []
    for value, quality, gap, _ in given:
        at += gap
        memory, new = judge(rule, memory, read(value, at=at, quality=quality))
        kept += new
        raw = msgspec.msgpack.encode(memory)
        memory = msgspec.msgpack.decode(raw, type=Memory | None)
    again = play(rule, [(*each[:3], False) for each in given])
    assert kept == [each[0] for each in again]


@settings(max_examples=30)
@given(series)
def test_a_calm_metric_leaves_nothing_behind(given) -> None:
    rule, memory = RULES[1], None
    for i, (value, quality, *_) in enumerate(given):
        memory, new = judge(rule, memory, read(value / 11, at=BASE + i, quality=quality))
        assert (memory, new) == (None, ())
