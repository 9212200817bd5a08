"""The clock: every due moment is told once, whoever ticks; nothing waits for ever."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import redis
from sqlalchemy.exc import OperationalError

from app.domain.alerts import AlertStep
from app.domain.levels import Level
from app.services import alerts, tasks
from app.services import clock as role
from app.store.ledger import Ledger
from tests import cast
from tests.cast import START
from tests.things import a_case, a_change, a_task, an_alert
from tests.waiting import until


def told(city) -> Counter[str]:
    return Counter(fact.kind for fact in city.ledger.facts_after(0))


def test_a_case_is_near_due_then_overdue_then_left_alone(city, case, clock, kinds_told):
    before = len(kinds_told())
    at_due = case.due_at

    def tick_at(moment) -> list[str]:
        clock.to(moment)
        role.tick(city)
        return kinds_told()[before:]

    assert tick_at(START) == []
    assert tick_at(case.next_due) == ["case.near_due"]
    assert tick_at(at_due - timedelta(microseconds=1)) == ["case.near_due"]
    assert tick_at(at_due) == ["case.near_due", "case.overdue"]
    assert tick_at(at_due + timedelta(days=9)) == ["case.near_due", "case.overdue"]
    with city.ledger.read() as tx:
        assert tx.case(case.id).overdue


def test_a_clock_that_stood_still_goes_straight_to_overdue(city, case, clock):
    clock.to(START + timedelta(days=30))
    assert role.tick(city) == 1
    assert told(city)["case.overdue"] == 1


def test_what_our_code_cannot_look_at_does_not_hold_up_the_others(
    city, case, clock, monkeypatch, caplog
):
    tasks.dispatch(city, case.id, workers=["W001"], by=cast.DISPATCHER)

    def stumble(thing, *, at):
        raise ZeroDivisionError

    looks = [(kind, stumble if kind is type(case) else look) for kind, look in role.LOOKS]
    monkeypatch.setattr(role, "LOOKS", looks)
    clock.to(case.due_at)
    role.tick(city)
    assert told(city)["task.overdue"] == 1
    assert f"Case {case.id} cannot be looked at" in caplog.text
    with city.ledger.read() as tx:
        assert tx.case(case.id).next_due == case.due_at + role.PUT_OFF


def test_a_task_is_overdue_once(city, case, clock):
    tasks.dispatch(city, case.id, workers=["W001"], by=cast.DISPATCHER)
    clock.to(case.due_at)
    role.tick(city)
    role.tick(city)
    assert told(city)["task.overdue"] == 1


@pytest.mark.parametrize(
    ("level", "minutes"),
    [(Level.RED, 3), (Level.ORANGE, 5), (Level.YELLOW, 15), (Level.BLUE, 30)],
)
def test_an_alert_that_nobody_looks_at_escalates_three_times(city, level, minutes, clock):
    alerts.raise_(city, a_change(AlertStep.RAISE, level))
    clock.advance(minutes=minutes, microseconds=-1)
    role.tick(city)
    assert told(city)["alert.escalated"] == 0
    clock.advance(microseconds=1)
    role.tick(city)
    assert told(city)["alert.escalated"] == 1
    for _ in range(5):
        clock.advance(minutes=minutes)
        role.tick(city)
    assert told(city)["alert.escalated"] == 3


def test_a_rising_alert_does_not_wait_longer_than_its_new_level(city, clock):
    alerts.raise_(city, a_change(AlertStep.RAISE, Level.BLUE))
    alerts.apply(city, [a_change(AlertStep.UP, Level.RED)])
    clock.advance(minutes=3)
    role.tick(city)
    assert told(city)["alert.escalated"] == 1


def test_many_clocks_at_once_tell_everything_once(city):
    with city.ledger.begin() as tx:
        for n in range(40):
            tx.add(an_alert(f"A{n}", next_due=START))
            tx.add(a_case(f"ZL{n}", due_at=START, next_due=START))
            tx.add(a_task(f"T{n}", due_at=START, next_due=START))
    start = threading.Barrier(4)
    counts: list[int] = []

    def tick(own: Ledger) -> None:
        start.wait()
        counts.append(role.tick(replace(city, ledger=own)))

    # as in four processes: nothing is shared but the file
    ledgers = [Ledger.open(str(city.ledger.engine.url)) for _ in range(4)]
    threads = [threading.Thread(target=tick, args=(own,)) for own in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for own in ledgers:
        own.close()
    assert sum(counts) == 120
    assert told(city) == {"alert.escalated": 40, "case.overdue": 40, "task.overdue": 40}
    assert city.ledger.verify() is None


def test_a_tick_publishes_what_a_dead_process_left_behind(city, case):
    city.feed.redis.flushall()
    role.tick(city)
    assert city.feed.facts_after(0) == city.ledger.facts_after(0)


def forgotten(city) -> bool:
    with city.ledger.read() as tx:
        return tx.answer("old", "w001") is None


@pytest.fixture
def running(city):
    """The clock role in a thread, stopped at the end."""
    stop = threading.Event()
    thread = threading.Thread(target=role.run, args=(city, stop))
    thread.start()
    yield
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_the_role_opens_waiting_reports_and_beats(city, running, a_report):
    city.live.accept([a_report()], 1)
    until(lambda: told(city)["case.opened"] == 1)
    assert until(city.live.beats)["clock"] > 0


def test_the_role_survives_a_ledger_that_is_away(city, monkeypatch, caplog, a_report):
    broken = threading.Event()
    real = city.ledger.read

    def read():
        if broken.is_set():
            raise OperationalError("select", {}, Exception("the disk is gone"))
        return real()

    monkeypatch.setattr(city.ledger, "read", read)
    broken.set()
    stop = threading.Event()
    thread = threading.Thread(target=role.run, args=(city, stop))
    thread.start()
    try:
        until(lambda: "the clock waits" in caplog.text)
        broken.clear()
        city.live.accept([a_report()], 1)
        until(lambda: told(city)["case.opened"] == 1)
    finally:
        stop.set()
        thread.join(10)
    assert caplog.text.count("the clock waits") == 1


def test_deadlines_go_on_without_redis_and_one_odd_step_stops_no_other(city, monkeypatch, caplog):
    def odd(*_, **__):
        raise ZeroDivisionError

    def gone(*_, **__):
        raise redis.ConnectionError("gone")

    monkeypatch.setattr(city.live, "beat", odd)
    monkeypatch.setattr(role.reports, "open_waiting", gone)
    with city.ledger.begin() as tx:
        tx.add(a_case(due_at=START, next_due=START))
        tx.remember("old", "w001", b"", START - timedelta(days=8))
    stop = threading.Event()
    thread = threading.Thread(target=role.run, args=(city, stop))
    thread.start()
    try:
        until(lambda: told(city)["case.overdue"] == 1)
        until(lambda: caplog.text.count("a step of the clock failed") >= 2)
        until(lambda: forgotten(city))
    finally:
        stop.set()
        thread.join(10)
    assert caplog.text.count("the clock waits: gone") == 1
