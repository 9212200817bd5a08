"""Several partitions, several watches: everything is judged by one of them."""

from __future__ import annotations

import threading

import pytest

from app.domain.levels import Level
from app.domain.readings import DeviceStatus, Presence
from app.services import presence, watch
from app.store import keys
from app.store.live import Live
from tests.services.watching import every, point, post, register, say
from tests.waiting import until

PARTITIONS = 3


@pytest.fixture
def divided(city, redis_client):
    """The city with three partitions."""
    object.__setattr__(city, "live", Live(redis_client, PARTITIONS))
    return city


def leak(city, clock, devices) -> None:
    for _ in range(2):
        clock.advance(seconds=30)
        for device in devices:
            say(city, device, ch4=60.0)


def test_each_partition_judges_its_own_devices(divided, clock) -> None:
    devices = register(divided, *(f"G{i}" for i in range(12)))
    leak(divided, clock, devices)
    for partition in range(PARTITIONS):
        here = post(divided, partition=partition)
        watch.step(divided, here)
        mine = {d.code for d in devices if keys.partition_of(d.code, PARTITIONS) == partition}
        assert set(here.memories) == mine
    assert len(every(divided)) == 12
    assert {point(divided, d) for d in devices} == {(Presence.ONLINE, Level.RED)}


def test_two_watches_share_the_partitions_and_one_takes_over(divided, clock) -> None:
    devices = register(divided, *(f"G{i}" for i in range(12)))
    stops = [threading.Event(), threading.Event()]
    threads = [threading.Thread(target=watch.run, args=(divided, stop)) for stop in stops]
    for thread in threads:
        thread.start()
    try:
        until(lambda: "watch" in divided.live.beats())
        leak(divided, clock, devices[:6])
        until(lambda: len(every(divided)) == 6)
        stops[0].set()
        threads[0].join(20)
        leak(divided, clock, devices[6:])
        until(lambda: len(every(divided)) == 12)
    finally:
        for stop, thread in zip(stops, threads, strict=True):
            stop.set()
            thread.join(20)
    assert len({alert.device for alert in every(divided)}) == 12


def test_children_in_other_partitions_follow_their_gateway(divided, clock) -> None:
    (gateway,) = register(divided, "GW", kind="gateway", period_s=60)
    children = register(divided, *(f"C{i}" for i in range(9)), gateway="GW")
    posts = [post(divided, partition=partition) for partition in range(PARTITIONS)]

    def call() -> None:
        for here in posts:
            watch.step(divided, here)
            watch.tick(divided, here)

    for _ in range(10):
        clock.advance(seconds=10)
        for child in children:
            say(divided, child, ch4=1.0)
        call()
    clock.advance(seconds=5)
    at = round(clock.at.timestamp() * 1000)
    said = DeviceStatus(device="GW", kind="gateway", at=at, online=False)
    presence.note(divided, [said])
    call()
    assert [(a.device, a.affected) for a in every(divided)] == [("GW", 9)]
    assert {point(divided, child)[0] for child in children} == {Presence.OFFLINE}
    assert point(divided, gateway)[1] == Level.ORANGE


def test_a_new_name_brings_the_rules_that_fit_it(city, clock) -> None:
    (road,) = register(city, "WL1", kind="waterlogging", name="怀德路")
    here = post(city)
    say(city, road, depth=6)
    watch.step(city, here)
    register(city, "WL1", kind="waterlogging", name="怀德路下穿通道")
    at = round(clock.at.timestamp() * 1000)
    presence.note(city, [DeviceStatus(device="WL1", kind="waterlogging", at=at, online=True)])
    clock.advance(seconds=10)
    watch.tick(city, here)
    for _ in range(2):
        clock.advance(seconds=30)
        say(city, road, depth=6)
    watch.step(city, here)
    assert [(a.rule, a.level) for a in every(city)] == [("waterlogging", Level.BLUE)]
