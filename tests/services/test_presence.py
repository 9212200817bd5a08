"""Who is offline: three periods, grace, gateways, and a feed that is silent as a whole."""

from __future__ import annotations

import pytest

from app.domain.alerts import AlertStatus
from app.domain.levels import Level
from app.domain.readings import DeviceStatus, Presence
from app.services import presence
from app.services.watch import step, tick
from app.store import statuses
from tests.services.watching import every, opened, point, post, register, say

ON, OFF, UNKNOWN = Presence.ONLINE, Presence.OFFLINE, Presence.UNKNOWN


class Town:
    """A city under watch in which most devices speak every ten seconds."""

    def __init__(self, city, clock) -> None:
        self.city, self.clock = city, clock
        self.talkers = register(city, "T1", "T2")
        self.post = post(city)

    def live(self, seconds: float, *others, step_s: float = 10) -> None:
        """Time passes, the talkers and the others speak, the roll is called."""
        for _ in range(round(seconds / step_s)):
            self.clock.advance(seconds=step_s)
            for device in (*self.talkers, *others):
                say(self.city, device, ch4=1.0)
            self.call()

    def call(self) -> None:
        step(self.city, self.post)
        tick(self.city, self.post)

    def status(self, device, *, online: bool) -> None:
        at = round(self.clock.at.timestamp() * 1000)
        said = DeviceStatus(device=device.code, kind=device.kind, at=at, online=online)
        presence.note(self.city, [said])

    def shown(self, device) -> int:
        return point(self.city, device)[0]

    def restart(self) -> None:
        self.post.store.release()
        self.post = post(self.city, "next")


@pytest.fixture
def town(city, clock) -> Town:
    return Town(city, clock)


def test_whoever_speaks_is_online_at_the_next_call(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    town.call()
    assert town.shown(gas) == UNKNOWN
    town.live(10, gas)
    assert town.shown(gas) == ON


def test_silent_for_three_periods_is_offline_with_one_blue_alert(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    town.live(100, gas)
    town.live(90)
    assert town.shown(gas) == ON
    town.live(10)
    assert point(city, gas) == (OFF, Level.BLUE)
    town.live(60)
    (alert,) = every(city)
    assert (alert.rule, alert.device, alert.level) == ("device-offline", "G1", Level.BLUE)
    assert (alert.threshold, alert.unit) == (3, "个周期")


def test_back_online_clears(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    town.live(100, gas)
    town.live(120)
    town.live(10, gas)
    assert point(city, gas) == (ON, Level.NONE)
    assert [a.status for a in every(city)] == [AlertStatus.CLEARED]


def test_the_period_is_the_devices_own(city, clock, town) -> None:
    (slow,) = register(city, "SLOW", period_s=300)
    town.live(100, slow)
    town.live(890)
    assert town.shown(slow) == ON
    town.live(20)
    assert town.shown(slow) == OFF


def test_nobody_is_offline_before_the_grace_ends(city, clock, town) -> None:
    (quick,) = register(city, "QUICK", period_s=5)
    town.live(80)
    assert town.shown(quick) == UNKNOWN
    assert not every(city)
    town.live(20)
    assert town.shown(quick) == OFF


def test_a_restart_keeps_who_is_offline_and_its_alert(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    town.live(100, gas)
    town.live(120)
    town.restart()
    town.live(20)
    assert town.shown(gas) == OFF
    assert len(every(city)) == 1
    town.live(10, gas)
    assert town.shown(gas) == ON
    assert not opened(city)


def test_a_restart_gives_everybody_else_the_full_time(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    town.live(100, gas)
    clock.advance(minutes=30)
    town.restart()
    town.live(80)
    assert town.shown(gas) == ON
    town.live(30)
    assert town.shown(gas) == OFF


def test_a_clock_that_is_wrong_by_minutes_is_no_silence(city, clock, town) -> None:
    (late,) = register(city, "WRONG-CLOCK")
    for _ in range(20):
        clock.advance(seconds=10)
        say(city, late, ago_s=900, ch4=1.0)
        town.live(0)
        for talker in town.talkers:
            say(city, talker, ch4=1.0)
        town.call()
    assert town.shown(late) == ON


def test_a_silent_feed_makes_nobody_offline(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    town.live(100, gas)
    for _ in range(60):
        clock.advance(seconds=10)
        town.call()
    assert town.shown(gas) == ON
    assert not every(city)
    assert town.post.roll.origins.silent == {"city"}
    assert city.live.flags()["city"]["silent"]["after_s"] == 45
    town.live(10, gas)
    assert not city.live.flags()


def test_after_a_silent_feed_grace_begins_anew(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    town.live(100, gas)
    for _ in range(30):
        clock.advance(seconds=10)
        town.call()
    town.live(80)
    assert town.shown(gas) == ON
    town.live(30)
    assert town.shown(gas) == OFF


def test_a_farewell_makes_a_device_offline_at_once(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    town.live(100, gas)
    town.status(gas, online=False)
    town.call()
    assert town.shown(gas) == OFF
    assert len(opened(city)) == 1
    town.status(gas, online=True)
    town.live(10, gas)
    assert town.shown(gas) == ON
    assert not opened(city)


def test_a_farewell_is_forgotten_when_the_device_speaks_again(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    town.live(100, gas)
    town.status(gas, online=False)
    town.live(20, gas)
    assert town.shown(gas) == ON


def test_a_retained_farewell_that_comes_again_changes_nothing(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    town.live(100, gas)
    said = DeviceStatus(
        device="G1", kind="gas", at=round(clock.at.timestamp() * 1000), online=False
    )
    presence.note(city, [said])
    town.live(20, gas)
    presence.note(city, [said])
    town.call()
    assert town.shown(gas) == ON


def test_a_retained_birth_that_comes_again_brings_nobody_back(city, clock, town) -> None:
    (gas,) = register(city, "G1")
    at = round(clock.at.timestamp() * 1000)
    born = DeviceStatus(device="G1", kind="gas", at=at, online=True)
    presence.note(city, [born])
    town.live(100, gas)
    # a will carries the time at which its sender connected
    presence.note(city, [DeviceStatus(device="G1", kind="gas", at=at, online=False)])
    town.live(10)
    presence.note(city, [born])
    town.live(10)
    assert town.shown(gas) == OFF


def test_births_of_devices_that_are_online_are_no_news(city, clock) -> None:
    for at in (1, 2, 3):
        presence.note(city, [DeviceStatus(device="G1", kind="gas", at=at, online=True)])
    assert statuses.version(city.live.redis) == 1
    for at, online in ((4, False), (4, False), (3, True), (5, False), (6, True)):
        clock.advance(seconds=1)
        presence.note(city, [DeviceStatus(device="G1", kind="gas", at=at, online=online)])
    assert statuses.version(city.live.redis) == 4
    presence.note(city, [])
    assert len(statuses.everybody(city.live.redis)) == 1


class Gateway(Town):
    """A town with a gateway and twelve devices behind it."""

    def __init__(self, city, clock) -> None:
        super().__init__(city, clock)
        (self.gateway,) = register(city, "GW", kind="gateway", period_s=60)
        codes = [f"C{i}" for i in range(12)]
        self.children = register(city, *codes, gateway="GW")
        self.live(100, *self.children)


@pytest.fixture
def behind(city, clock) -> Gateway:
    return Gateway(city, clock)


def test_a_gateways_farewell_is_one_alert_for_all_behind_it(city, clock, behind) -> None:
    clock.advance(seconds=5)
    behind.status(behind.gateway, online=False)
    behind.call()
    (alert,) = every(city)
    assert (alert.rule, alert.device, alert.affected) == ("gateway-offline", "GW", 12)
    assert {behind.shown(child) for child in behind.children} == {OFF}
    behind.live(300)
    assert len(every(city)) == 1


def test_a_gateway_that_dies_without_a_word_is_one_alert(city, clock, behind) -> None:
    behind.live(300)
    assert [a.rule for a in every(city)] == ["gateway-offline"]
    assert {behind.shown(child) for child in behind.children} == {OFF}


def test_a_gateway_that_is_back_clears_and_its_children_follow(city, clock, behind) -> None:
    clock.advance(seconds=5)
    behind.status(behind.gateway, online=False)
    behind.live(200)
    behind.status(behind.gateway, online=True)
    behind.live(20, *behind.children)
    assert not opened(city)
    assert {behind.shown(child) for child in behind.children} == {ON}
    assert behind.shown(behind.gateway) != OFF


def test_children_get_time_after_the_gateway_is_back(city, clock, behind) -> None:
    clock.advance(seconds=5)
    behind.status(behind.gateway, online=False)
    behind.live(200)
    behind.status(behind.gateway, online=True)
    behind.live(30, *behind.children[1:])
    assert not opened(city)
    behind.live(120, *behind.children[1:])
    assert [(a.rule, a.device) for a in opened(city)] == [("device-offline", "C0")]


def test_one_silent_child_has_its_own_alert(city, clock, behind) -> None:
    behind.live(150, *behind.children[1:])
    assert [(a.rule, a.device) for a in every(city)] == [("device-offline", "C0")]


def test_children_heard_after_the_farewell_stay_online(city, clock, behind) -> None:
    behind.status(behind.gateway, online=False)
    behind.live(30, *behind.children[:3])
    shown = [behind.shown(child) for child in behind.children]
    assert shown == [ON] * 3 + [OFF] * 9


def test_a_storm_of_three_hundred_devices_is_one_alert(city, clock, behind) -> None:
    more = register(city, *(f"S{i}" for i in range(300)), gateway="GW")
    behind.live(20, *more)
    behind.status(behind.gateway, online=False)
    clock.advance(seconds=5)
    behind.live(120)
    assert [(a.rule, a.affected) for a in every(city)] == [("gateway-offline", 312)]
