"""The chain of facts: numbers without gaps, and every change of the past is found."""

from __future__ import annotations

import threading
from datetime import timedelta, timezone

import pytest

from tests.cast import START
from tests.things import a_fact


def tamper(ledger, statement: str) -> None:
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql(statement)


@pytest.fixture
def told(ledger):
    """A ledger with five facts in three transactions."""
    for things in (["a"], ["b", "c"], ["d", "e"]):
        with ledger.begin() as tx:
            for thing in things:
                tx.record(a_fact(thing))
    return ledger


def test_facts_are_numbered_and_chained(told):
    facts = told.facts_after(0)
    assert [(fact.seq, fact.thing) for fact in facts] == list(enumerate("abcde", 1))
    assert [fact.prev_hash for fact in facts] == ["", *(fact.hash for fact in facts[:-1])]
    assert told.last_seq() == 5
    assert told.facts_after(2, limit=2) == facts[2:4]
    assert told.verify() is None


def test_a_time_in_another_zone_does_not_break_the_chain(ledger):
    beijing = timezone(timedelta(hours=8))
    with ledger.begin() as tx:
        said = tx.record(a_fact(at=START.astimezone(beijing)))
    assert said.at.utcoffset() == timedelta(0)
    assert ledger.facts_after(0) == [said]
    assert ledger.verify() is None


def test_record_returns_what_is_read_later(ledger):
    with ledger.begin() as tx:
        said = tx.record(a_fact(body={"place": (1, 2.5), "who": None}))
    assert ledger.facts_after(0) == [said]


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE facts SET who = 'nobody' WHERE seq = 3", 3),
        ("UPDATE facts SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE facts SET body = '{}' WHERE seq = 5", 5),
        ("UPDATE facts SET worker = 'W001' WHERE seq = 2", 2),
        ("UPDATE facts SET hash = 'x' WHERE seq = 4", 4),
        ("DELETE FROM facts WHERE seq = 2", 2),
        ("DELETE FROM facts WHERE seq = 5", 5),
        ("DELETE FROM facts", 1),
    ],
)
def test_a_changed_or_missing_fact_is_found(told, statement, seq):
    tamper(told, statement)
    assert told.verify() == seq


def test_a_rolled_back_fact_leaves_no_gap(told):
    def break_off():
        with told.begin() as tx:
            tx.record(a_fact("lost"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    with told.begin() as tx:
        assert tx.record(a_fact("kept")).seq == 6
    assert told.verify() is None


def test_writers_at_once_share_one_chain(ledger):
    def write(name: str) -> None:
        for n in range(10):
            with ledger.begin() as tx:
                tx.record(a_fact(f"{name}{n}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [fact.seq for fact in ledger.facts_after(0)] == list(range(1, 41))
    assert ledger.verify() is None
