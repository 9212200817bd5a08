"""Two who change one worker at once: neither loses what the other wrote, on either database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from msgspec.structs import replace
from sqlalchemy import text

from app.domain.enrolment import Sort
from app.services import enrolling, shifts
from tests import cast
from tests.waiting import until

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def somebody_waits(ledger, second: threading.Event) -> bool:
    """Whether the second writer stands at the lock; SQLite lets nobody look, only wait."""
    if ledger.engine.dialect.name == "sqlite":
        return second.is_set()
    with ledger.engine.connect() as connection:
        return connection.execute(WAITING).scalar_one() > 0


def test_a_turn_loses_nothing_that_is_written_meanwhile(city, ledger):
    second = threading.Event()

    def turn():
        second.set()
        return shifts.turn(city, on_duty=False, by=cast.ZHANG)

    with ThreadPoolExecutor(1) as pool:
        with ledger.begin() as tx:
            moved = replace(tx.worker("W001"), name="张改名", grid=cast.STREET)
            tx.put(moved)
            turned = pool.submit(turn)
            until(lambda: somebody_waits(ledger, second), 10)
        assert turned.result(20) == {"id": "W001", "on_duty": False}
    with ledger.read() as tx:
        assert tx.worker("W001") == replace(moved, on_duty=False)
    told = [fact for fact in city.ledger.facts_after(0) if fact.kind == shifts.OFF]
    assert [fact.area for fact in told] == [cast.STREET], "told to those who see him by then"


def test_two_turns_at_once_are_one_fact(city, ledger):
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(shifts.turn, city, on_duty=False, by=cast.ZHANG) for _ in "1234"]:
            assert done.result(20) == {"id": "W001", "on_duty": False}
    assert [fact.kind for fact in ledger.facts_after(0)] == [shifts.OFF]


def test_a_table_without_duties_leaves_who_went_off_since_it_was_tried(city, ledger, tmp_path):
    file = tmp_path / "workers.csv"
    file.write_text("编号,姓名,单位,网格\nW001,张改名,U01,320404001\n", encoding="utf-8")
    trial = enrolling.attempt(city, Sort.WORKERS, file)
    assert [one.on_duty for one in trial.changed] == [True]
    shifts.turn(city, on_duty=False, by=cast.ZHANG)
    enrolling.take(city, trial, "cli")
    with ledger.read() as tx:
        worker = tx.worker("W001")
    assert (worker.name, worker.on_duty) == ("张改名", False)
    kinds = [fact.kind for fact in ledger.facts_after(0)]
    assert kinds == [shifts.OFF, "people.taken"], "no second turn"


def test_a_table_and_a_tap_at_once_do_not_stand_in_each_others_way(city, ledger, tmp_path):
    file = tmp_path / "workers.csv"
    rows = [f"{one},张改名,U01,320404001,是" for one in ("W001", "W002")]
    file.write_text("\n".join(("编号,姓名,单位,网格,在岗", *rows)), encoding="utf-8")
    trial = enrolling.attempt(city, Sort.WORKERS, file)
    for _ in range(10):
        with ThreadPoolExecutor(2) as pool:
            tap = pool.submit(shifts.turn, city, on_duty=False, by=cast.ZHANG)
            table = pool.submit(enrolling.take, city, trial, "cli")
            assert (tap.result(20)["on_duty"], table.result(20)) == (False, {})
