"""The watch dies at every possible moment: nothing is lost, nothing happens twice."""

from __future__ import annotations

import threading

import pytest
import redis
from sqlalchemy.exc import OperationalError

from app.domain.alerts import AlertStatus
from app.domain.levels import Level
from app.services import alerts, watch
from app.services.watch import settle, step, weigh
from app.store import keys
from app.store.rule_memory import LostPost
from tests.services.watching import every, opened, point, post, register, say, say_at_once
from tests.waiting import until


def leak(city, clock, device, *values: float) -> None:
    for value in values:
        clock.advance(seconds=30)
        say(city, device, ch4=value)


def facts(city) -> list[str]:
    return [fact.kind for fact in city.ledger.facts_after(0) if fact.kind.startswith("alert.")]


def read(here) -> list:
    return here.store.read("watch", fresh=True, count=32, block_ms=None)


def die(here) -> None:
    """What is left when a watch is killed and its lease has run out."""
    here.store.release()


def test_killed_after_reading_the_batch_is_judged_by_the_next(city, clock) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 60, 60)
    first = post(city, "first")
    weigh(city, first, read(first))
    die(first)
    assert step(city, post(city, "second")) == 2
    assert [a.level for a in every(city)] == [Level.RED]


def test_a_batch_in_one_entry_is_judged_whole_again_after_a_kill(city, clock) -> None:
    devices = register(city, "G1", "G2", "G3")
    for _ in range(2):
        clock.advance(seconds=30)
        say_at_once(city, devices, ch4=60.0)
    first = post(city, "first")
    done = weigh(city, first, read(first))
    alerts.apply(city, done.changes)
    die(first)
    assert city.live.lag("watch") == 6
    assert step(city, post(city, "second")) == 6
    assert city.live.lag("watch") == 0
    assert sorted(a.device for a in every(city)) == ["G1", "G2", "G3"]


def test_killed_between_ledger_and_acknowledgement_gives_one_alert(city, clock) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 60, 60)
    first = post(city, "first")
    done = weigh(city, first, read(first))
    alerts.apply(city, done.changes)
    die(first)
    assert city.live.lag("watch") == 2
    second = post(city, "second")
    assert step(city, second) == 2
    assert city.live.lag("watch") == 0
    assert len(every(city)) == 1
    assert facts(city) == ["alert.raised"]
    with city.ledger.read() as tx:
        assert len(tx.cases()) == 1
    leak(city, clock, gas, 70)
    step(city, second)
    assert facts(city) == ["alert.raised"]


def test_killed_after_an_alert_was_raised_and_cleared_in_the_same_batch(city, clock) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 60, 60, *[1] * 21)
    first = post(city, "first")
    alerts.apply(city, weigh(city, first, read(first)).changes)
    die(first)
    step(city, post(city, "second"))
    (alert,) = every(city)
    assert alert.status is AlertStatus.CLEARED
    assert facts(city) == ["alert.raised", "alert.cleared"]


def test_killed_before_the_map_was_told_it_is_told_by_the_next(city, clock) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 60, 60)
    first = post(city, "first")
    entries = read(first)
    done = weigh(city, first, entries)
    alerts.apply(city, done.changes)
    first.store.commit([i for i, _ in entries], done.changed)
    die(first)
    assert point(city, gas)[1] == Level.NONE
    second = post(city, "second")
    step(city, second)
    watch.tick(city, second)
    assert point(city, gas)[1] == Level.RED


def test_counting_goes_on_over_a_restart(city, clock) -> None:
    (gas,) = register(city, "G1")
    first = post(city, "first")
    leak(city, clock, gas, 60)
    step(city, first)
    die(first)
    second = post(city, "second")
    leak(city, clock, gas, 60)
    step(city, second)
    assert len(every(city)) == 1


def test_entries_of_a_watch_with_another_name_are_inherited(city, clock) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 60, 60)
    first = post(city, "first")
    first.store.read("another-name", fresh=True, count=32, block_ms=None)
    die(first)
    assert step(city, post(city, "second")) == 2
    assert len(every(city)) == 1


def test_without_redis_memory_the_ledger_says_what_is_open(city, clock) -> None:
    (gas,) = register(city, "G1")
    first = post(city, "first")
    leak(city, clock, gas, 60, 60)
    step(city, first)
    city.live.redis.delete(keys.memory(0))
    die(first)
    second = post(city, "second")
    leak(city, clock, gas, 60, 60, 60)
    step(city, second)
    assert len(every(city)) == 1
    leak(city, clock, gas, *[1] * 21)
    step(city, second)
    assert not opened(city)


def test_memory_of_an_alert_that_the_ledger_does_not_know_is_dropped(city, clock) -> None:
    (gas,) = register(city, "G1")
    first = post(city, "first")
    leak(city, clock, gas, 60, 60)
    entries = read(first)
    first.store.commit([i for i, _ in entries], weigh(city, first, entries).changed)
    die(first)
    second = post(city, "second")
    leak(city, clock, gas, 60, 60)
    step(city, second)
    assert len(every(city)) == 1


def test_a_partition_has_one_watch(city, clock) -> None:
    first = post(city, "first")
    assert watch.take_post(city, 0, "second") is None
    die(first)
    assert watch.take_post(city, 0, "second") is not None


def test_a_watch_that_lost_its_post_writes_nothing(city, clock) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 12)
    first = post(city, "first")
    entries = read(first)
    done = weigh(city, first, entries)
    die(first)
    second = post(city, "second")
    with pytest.raises(LostPost):
        settle(city, first, done, [i for i, _ in entries])
    assert city.live.lag("watch") == 1
    assert step(city, second) == 1


def test_what_has_waited_is_written_round_by_round(city, clock, monkeypatch) -> None:
    here = post(city)
    for device in register(city, "G1", "G2", "G3"):
        leak(city, clock, device, 12)
    left = []

    def noted(*given) -> None:
        settle(*given)
        left.append(city.live.lag("watch"))

    monkeypatch.setattr(watch, "settle", noted)
    monkeypatch.setattr(watch, "ROUND", 2)
    assert step(city, here) == 3
    assert left == [1, 0]


def test_a_round_begins_only_while_the_post_is_held(city, clock) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 60, 60)
    first = post(city, "first")
    die(first)
    post(city, "second")
    with pytest.raises(LostPost):
        step(city, first)
    assert not every(city)


@pytest.fixture
def loop(city):
    """The loop in a thread, until the test ends."""
    stop = threading.Event()
    thread = threading.Thread(target=watch.run, args=(city, stop))
    thread.start()
    yield stop
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_the_loop_beats_judges_and_tells_its_lag(city, clock, loop) -> None:
    (gas,) = register(city, "G1")
    until(lambda: "watch" in city.live.beats())
    leak(city, clock, gas, 60, 60)
    until(lambda: every(city))
    until(lambda: city.live.counts().get("watch_lag_ms:0") == 0)


def test_the_loop_waits_for_the_ledger_and_says_so_once(city, clock, caplog, monkeypatch) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 60, 60)
    failures = []

    def away(_city, changes):
        if changes and len(failures) < 2:
            failures.append(changes)
            raise OperationalError("insert", {}, Exception("database is locked"))
        return real(_city, changes)

    real = alerts.apply
    monkeypatch.setattr(alerts, "apply", away)
    monkeypatch.setattr(watch, "AWAY_S", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=watch.run, args=(city, stop))
    thread.start()
    until(lambda: every(city))
    stop.set()
    thread.join(20)
    assert len(every(city)) == 1
    assert len([r for r in caplog.records if "waits and repeats" in r.message]) == 1


def test_the_loop_survives_redis(city, clock, monkeypatch) -> None:
    (gas,) = register(city, "G1")
    leak(city, clock, gas, 60, 60)
    monkeypatch.setattr(watch, "AWAY_S", 0.01)
    fail = iter([True, True])

    def flaky(*args, **kwargs):
        if next(fail, False):
            raise redis.ConnectionError("gone")
        return real(*args, **kwargs)

    real = city.live.set_states
    monkeypatch.setattr(city.live, "set_states", flaky)
    stop = threading.Event()
    thread = threading.Thread(target=watch.run, args=(city, stop))
    thread.start()
    until(lambda: point(city, gas)[1] == Level.RED)
    stop.set()
    thread.join(20)
    assert facts(city) == ["alert.raised"]
