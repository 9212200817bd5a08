"""Silence source by source, and devices that come and go."""

from __future__ import annotations

import pytest

from app.domain.alerts import AlertStatus
from app.domain.readings import DeviceStatus, Presence
from app.services import ingest, registry
from tests.services import watching
from tests.services.watching import PLACE, Town

ON, OFF = Presence.ONLINE, Presence.OFFLINE


def every(city):
    """All alerts there ever were about devices."""
    return [alert for alert in watching.every(city) if alert.kind != "source"]


def opened(city):
    """Those of them that are open."""
    return [alert for alert in every(city) if alert.status is not AlertStatus.CLEARED]


@pytest.fixture
def town(city, clock) -> Town:
    town = Town(city, clock)
    town.live(120, *town.own, *town.lora)
    return town


def test_a_silent_source_is_one_flag_and_no_device_of_it_is_offline(city, town) -> None:
    town.live(600, *town.own)
    assert town.silent() == {"lora"}
    assert {town.shown(code) for code in ("A", "L1", "L2", "L3")} == {ON}
    assert not every(city)


def test_devices_of_other_sources_are_judged_meanwhile(city, town) -> None:
    town.live(600, town.own[0])
    assert town.silent() == {"lora"}
    assert (town.shown("A"), town.shown("B"), town.shown("L1")) == (ON, OFF, ON)
    assert [a.device for a in every(city)] == ["B"]


def test_one_silent_device_of_a_source_is_its_own_silence(city, town) -> None:
    town.live(300, *town.own, *town.lora[:2])
    assert not town.silent()
    assert [a.device for a in opened(city)] == ["L3"]


def test_the_citys_own_silence_does_not_excuse_a_source(city, town) -> None:
    town.live(300, *town.lora[:2])
    assert town.silent() == {"city"}
    assert [a.device for a in opened(city)] == ["L3"]


def test_a_source_that_is_back_gives_its_devices_time(city, town) -> None:
    town.live(600, *town.own)
    town.live(80, *town.own, *town.lora[:2])
    assert not town.silent()
    assert town.shown("L3") == ON
    town.live(60, *town.own, *town.lora[:2])
    assert town.shown("L3") == OFF


def test_a_source_may_declare_its_patience(city, clock) -> None:
    town = Town(city, clock, quiet_s=400)
    town.live(120, *town.own, *town.lora)
    town.live(390, *town.own)
    assert not town.silent()
    town.live(20, *town.own)
    assert town.silent() == {"lora"}


def test_a_source_of_reports_is_judged_when_it_says_how_long(city, town) -> None:
    registry.declare(city, [{"name": "hotline", "quiet_s": 300}, {"name": "calm"}])
    now = round(city.now().timestamp() * 1000)
    ingest.count(city, {"received:hotline": 1, "received:calm": 1}, now)
    town.live(290, *town.own, *town.lora)
    assert not town.silent()
    town.live(60, *town.own, *town.lora)
    assert town.silent() == {"hotline"}


def test_messages_that_are_all_refused_are_silence(city, town) -> None:
    for _ in range(60):
        now = round(city.now().timestamp() * 1000)
        ingest.count(city, {"received:lora": 3, "refused:lora:wrong_field": 3}, now)
        town.live(10, *town.own)
    assert town.silent() == {"lora"}
    assert town.shown("L1") == ON


def births(town: Town, *devices: tuple[str, str], online: bool = True) -> None:
    at = round(town.clock.at.timestamp() * 1000)
    said = [
        DeviceStatus(device=d, at=at, online=online, kind="gas", feed=f, lon=PLACE[0], lat=PLACE[1])
        for d, f in devices
    ]
    ingest.status(town.city, said, at)


def test_births_and_farewells_alone_are_no_telemetry(city, town) -> None:
    before = city.live.feeds()["telemetry"]
    for n in range(60):
        births(town, *town.lora, online=n % 2 == 0)
        ingest.count(city, {"received:lora": 3, "statuses:lora": 3}, before + n * 10_000)
        town.live(10)
    assert city.live.feeds()["telemetry"] == before
    assert town.silent() == {"city", "lora"}


def test_a_source_that_only_was_born_does_not_make_the_city_look_alive(city, clock) -> None:
    registry.declare(city, [{"name": "lora", "period_s": 60}])
    at = round(clock.at.timestamp() * 1000)
    lon, lat = PLACE
    said = DeviceStatus(device="L1", at=at, online=True, kind="gas", feed="lora", lon=lon, lat=lat)
    ingest.status(city, [said], at)
    assert city.live.device("L1") is not None  # it is registered
    assert "telemetry" not in city.live.feeds()
    assert not city.live.readings_feeds()


def test_a_restart_forgets_no_flag_and_raises_none_in_grace(city, town) -> None:
    town.live(600, *town.own)
    since = city.live.flags()["lora"]["silent"]["since"]
    town.restart()
    town.live(60, *town.own)
    assert city.live.flags()["lora"]["silent"]["since"] == since
    town.live(60, *town.own, *town.lora)
    assert not town.silent()


def swing(town: Town, times: int) -> None:
    """L3 is away for two minutes and there for half a minute, so many times."""
    for _ in range(times):
        town.live(130, *town.own, *town.lora[:2])
        town.live(30, *town.own, *town.lora)


def test_a_device_that_comes_and_goes_ends_in_one_alert_that_stays(city, town) -> None:
    swing(town, 12)
    alerts = every(city)
    assert len(alerts) == 4
    (standing,) = [a for a in alerts if a.status is not AlertStatus.CLEARED]
    assert standing.title.endswith("（反复掉线）")
    assert set(city.live.flapping()) == {"L3"}
    assert town.shown("L3") == ON


def test_who_keeps_still_is_a_device_like_others_again(city, town) -> None:
    swing(town, 6)
    town.live(1700, *town.own, *town.lora)
    assert len(opened(city)) == 1
    town.live(120, *town.own, *town.lora)
    assert not opened(city)
    assert not city.live.flapping()
    town.live(130, *town.own, *town.lora[:2])
    (alert,) = opened(city)
    assert "反复" not in alert.title


def test_a_restart_remembers_who_comes_and_goes(city, town) -> None:
    swing(town, 5)
    town.restart()
    before = len(every(city))
    town.live(200, *town.own, *town.lora)
    assert len(every(city)) == before
    assert len(opened(city)) == 1
