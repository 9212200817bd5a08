"""Judging by time alone, and what the ledger gets of an outcome."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from app.domain.alerts import AlertStep, Memory, alert_id, announce, judge, sweep
from app.domain.levels import Level
from app.domain.readings import Device
from app.domain.rulebook import read_rules
from app.domain.rules import Rule
from tests.domain.judging import BASE, LOSS, read, replay, rule_of

RAISE, CLEAR = AlertStep.RAISE, AlertStep.CLEAR
Y = Level.YELLOW


# time alone


def pending(rule: Rule, value: float = 12, arrived_after: int = 50) -> Memory:
    memory, outcomes = judge(rule, None, read(value, arrived_after=arrived_after))
    assert memory is not None
    assert not outcomes
    return memory


@pytest.mark.parametrize(("after_ms", "raised"), [(0, 0), (59_000, 0), (60_050, 1), (500_000, 1)])
def test_a_delay_ends_without_another_reading(after_ms, raised) -> None:
    rule = rule_of("on_delay_s: 60")
    memory, outcomes = sweep(rule, pending(rule), BASE + after_ms)
    assert len(outcomes) == raised
    if raised:
        assert outcomes[0].at == BASE + 60_000
        assert (outcomes[0].step, outcomes[0].level, outcomes[0].value) == (RAISE, Y, 12)
        assert memory
        assert sweep(rule, memory, BASE + 600_000) == (memory, ())


def test_samples_do_not_come_by_waiting() -> None:
    rule = rule_of("on_delay_s: 60, samples: 2")
    memory = pending(rule)
    assert sweep(rule, memory, BASE + 600_000) == (memory, ())


def test_a_wrong_clock_of_the_device_does_not_shorten_the_delay() -> None:
    rule = rule_of("on_delay_s: 60")
    memory = pending(rule, arrived_after=600_000)  # ten minutes behind
    assert sweep(rule, memory, BASE + 630_000)[1] == ()
    assert len(sweep(rule, memory, BASE + 660_000)[1]) == 1


def test_a_dwell_ends_without_another_reading() -> None:
    rule = rule_of("clear_delay_s: 60")
    memory, _ = replay(rule, [60, 5])
    assert memory
    assert sweep(rule, memory, BASE + 80_000) == (memory, ())
    gone, (outcome,) = sweep(rule, memory, BASE + 91_000)
    assert (gone, outcome.step, outcome.at) == (None, CLEAR, BASE + 90_000)


def test_a_steady_alert_is_left_alone_by_time() -> None:
    memory, _ = judge(rule_of(), None, read(60))
    assert memory
    assert sweep(rule_of(), memory, BASE + 10**9) == (memory, ())


# what the ledger gets


def test_the_id_tells_the_moment_and_is_the_same_again() -> None:
    raised = round(datetime(2026, 11, 20, 17, 0, 5, tzinfo=UTC).timestamp() * 1000)
    first = alert_id("G1", "gas-ch4", raised)
    assert first.startswith("YJ20261121010005-")
    assert first == alert_id("G1", "gas-ch4", raised)
    others = {alert_id("G2", "gas-ch4", raised), alert_id("G1", "gas-h2s", raised)}
    assert first not in others | {alert_id("G1", "gas-ch4", raised + 1)}


def test_a_change_carries_everything_that_is_shown() -> None:
    device = Device(
        code="G1", n=7, kind="gas", name="井 1", lon=119.9, lat=31.7, area="320404001", period_s=30
    )
    _, (outcome,) = judge(rule_of(), None, read(60))
    change = announce(device, rule_of(), outcome)
    assert change.id == alert_id("G1", "rule", BASE)
    assert (change.device_name, change.area, change.domain) == ("井 1", "320404001", "safety")
    assert (change.value, change.threshold, change.unit) == (60, 50, "%LEL")
    assert change.at == datetime.fromtimestamp(BASE / 1000, UTC)


def test_the_unit_of_a_rule_for_any_kind_is_the_devices() -> None:
    book = read_rules(
        "rules: [{id: b, title: 电, title_en: b, kind: '*', metric: battery, direction: below,"
        " thresholds: {blue: 20}, source: default}]"
    )
    device = Device(
        code="M", n=1, kind="manhole", name="盖", lon=0, lat=0, area="320404001", period_s=30
    )
    _, (outcome,) = judge(book.rules[0], None, read(0, metrics={"battery": 5.0}))
    assert announce(device, book.rules[0], outcome).unit == "%"


def test_memory_survives_the_wire() -> None:
    memory, _ = replay(rule_of(LOSS), [0.30, 0.15, 0.25], metric="pressure")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=Memory) == memory
