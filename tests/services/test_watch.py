"""The watch on a real Redis and a real ledger: from readings to alerts, cases and the map."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.alerts import AlertStatus
from app.domain.levels import Level
from app.domain.readings import Presence, Quality
from app.services import watch
from app.store import keys
from tests.services.watching import every, opened, point, post, register, say


def leak(city, clock, device, *values: float) -> None:
    """The device reports these methane values, 30 s apart."""
    for value in values:
        clock.advance(seconds=30)
        say(city, device, ch4=value)


def test_calm_readings_raise_nothing_and_are_acknowledged(city, clock) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 1, 2, 3)
    here = post(city)
    assert watch.step(city, here) == 3
    assert not every(city)
    assert watch.step(city, here) == 0
    assert city.live.lag("watch") == 0


def test_a_leak_raises_one_alert_on_the_devices_place(city, clock) -> None:
    (gas,) = register(city, "G1", name="五星井 1")
    leak(city, clock, gas, 12, 25)
    watch.step(city, post(city))
    (alert,) = every(city)
    assert (alert.rule, alert.level, alert.value, alert.threshold) == ("gas-ch4", 3, 25, 20)
    assert (alert.device_name, alert.area, alert.domain) == ("五星井 1", gas.area, "safety")
    assert alert.status is AlertStatus.RAISED
    assert alert.raised_at == clock.at


def test_the_same_alert_goes_up_and_down_and_ends(city, clock) -> None:
    (gas,) = register(city, "G1")
    here = post(city)
    levels = []
    for value in [12, 12, 60, 60, 30, *[5] * 21, 5]:
        leak(city, clock, gas, value)
        watch.step(city, here)
        levels.append(opened(city)[0].level if opened(city) else Level.NONE)
    (alert,) = every(city)
    assert levels[:5] == [0, Level.YELLOW, Level.RED, Level.RED, Level.RED]
    assert levels[-1] == Level.NONE
    assert alert.peak is Level.RED
    assert alert.status is AlertStatus.CLEARED


def test_red_opens_one_case(city, clock) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 60, 60, 70, 80)
    watch.step(city, post(city))
    (alert,) = every(city)
    with city.ledger.read() as tx:
        (case,) = tx.cases()
    assert case.id == alert.case_id
    assert case.source_id == alert.id


def test_the_map_shows_the_level_and_the_wall_is_told(city, clock) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 60, 60)
    here = post(city)
    watch.step(city, here)
    assert point(city, gas) == (Presence.ONLINE, Level.RED)
    ((_, fields),) = city.live.redis.xrange(keys.STATES)
    assert msgspec.msgpack.decode(fields[b"b"]) == [[gas.n, Presence.ONLINE, Level.RED]]
    leak(city, clock, gas, *[1] * 21)
    watch.step(city, here)
    assert point(city, gas) == (Presence.ONLINE, Level.NONE)


def test_the_map_shows_the_worst_of_several_alerts(city, clock) -> None:
    (gas,) = register(city, "G1")
    for _ in range(2):
        clock.advance(seconds=30)
        say(city, gas, ch4=12, h2s=20)
    watch.step(city, post(city))
    assert len(opened(city)) == 2
    assert point(city, gas)[1] == Level.RED


@pytest.mark.parametrize(
    ("quality", "levels"),
    [(Quality.SUSPECT, [Level.ORANGE]), (Quality.BAD, []), (Quality.LATE, [])],
)
def test_doubtful_readings_raise_no_red(city, clock, quality, levels) -> None:
    (gas,) = register(city, "G1")
    for _ in range(3):
        clock.advance(seconds=30)
        say(city, gas, quality, ch4=90)
    watch.step(city, post(city))
    assert [alert.level for alert in every(city)] == levels


def test_an_underpass_has_its_own_thresholds(city, clock) -> None:
    (road,) = register(city, "WL1", kind="waterlogging", name="怀德路")
    (low,) = register(city, "WL2", kind="waterlogging", name="怀德路下穿通道")
    for _ in range(2):
        clock.advance(seconds=30)
        say(city, road, depth=26)
        say(city, low, depth=26)
    watch.step(city, post(city))
    assert {a.device: a.level for a in every(city)} == {"WL1": Level.YELLOW, "WL2": Level.ORANGE}


def test_outside_the_city_and_unknown_devices_are_not_judged(city, clock) -> None:
    (far,) = register(city, "FAR", area="")
    stranger = msgspec.structs.replace(far, code="STRANGER", n=-1)
    leak(city, clock, far, 60, 60)
    leak(city, clock, stranger, 60, 60)
    assert watch.step(city, post(city)) == 4
    assert not every(city)


def test_a_duration_is_judged_without_another_reading(city, clock) -> None:
    (cover,) = register(city, "M1", kind="manhole", period_s=120)
    here = post(city)
    say(city, cover, tilt=40.0)
    watch.step(city, here)
    clock.advance(seconds=29)
    watch.tick(city, here)
    assert not every(city)
    clock.advance(seconds=2)
    watch.tick(city, here)
    (alert,) = every(city)
    assert alert.rule == "manhole-tilt"
    watch.tick(city, here)
    assert len(every(city)) == 1


def test_time_alone_does_not_judge_a_device_that_is_no_longer_heard(city, clock) -> None:
    (cover,) = register(city, "M1", kind="manhole", period_s=1)
    here = post(city)
    say(city, cover, tilt=40.0)
    watch.step(city, here)
    clock.advance(seconds=40)
    watch.tick(city, here)
    assert not [a for a in every(city) if a.rule == "manhole-tilt"]


def test_entries_that_cannot_be_read_are_passed_over(city, clock) -> None:
    (gas,) = register(city, "G1")
    here = post(city)
    city.live.redis.xadd(keys.readings(0), {"b": b"\xc1"})
    city.live.redis.xadd(keys.readings(0), {"x": b""})
    leak(city, clock, gas, 60, 60)
    assert watch.step(city, here) == 2
    assert len(every(city)) == 1
    assert city.live.lag("watch") == 0


def test_an_entry_that_our_code_cannot_judge_does_not_hold_up_the_others(
    city, clock, monkeypatch, caplog
) -> None:
    (gas,) = register(city, "G1")
    here = post(city)
    real = watch.judge

    def stumble(rule, memory, readings):
        if readings.metrics.get("ch4") == 13:
            raise ZeroDivisionError
        return real(rule, memory, readings)

    monkeypatch.setattr(watch, "judge", stumble)
    leak(city, clock, gas, 13, 60, 60)
    assert watch.step(city, here) == 3
    assert len(every(city)) == 1
    assert city.live.lag("watch") == 0
    assert "of G1 cannot be judged" in caplog.text
