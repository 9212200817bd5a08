"""The feed: every fact once, in order, whoever publishes and whatever happened to Redis."""

from __future__ import annotations

import threading

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.store import feed as feed_module
from app.store import keys
from app.store.feed import Feed, decode
from tests.things import a_fact


@pytest.fixture
def feed(redis_client) -> Feed:
    return Feed(redis_client)


def tell(ledger, count: int) -> None:
    with ledger.begin() as tx:
        for n in range(count):
            tx.record(a_fact(f"thing {n}"))


def seqs(feed: Feed) -> list[int]:
    return [fact.seq for fact in feed.facts_after(feed_module._seq(b"0-0")) or []]


def test_publishing_brings_every_fact_once_and_in_order(ledger, feed):
    tell(ledger, 3)
    assert feed.publish(ledger) == 3
    assert feed.publish(ledger) == 0
    tell(ledger, 2)
    assert feed.publish(ledger) == 2
    assert feed.facts_after(0) == ledger.facts_after(0)
    assert feed.last_seq() == 5


def test_more_facts_than_one_batch_follow_without_a_gap(ledger, feed, monkeypatch):
    monkeypatch.setattr(feed_module, "BATCH", 3)
    tell(ledger, 10)
    assert feed.publish(ledger) == 10
    assert seqs(feed) == list(range(1, 11))


def test_publishers_at_once_do_not_double(ledger, redis_client):
    tell(ledger, 50)
    added: list[int] = []
    threads = [
        threading.Thread(target=lambda: added.append(Feed(redis_client).publish(ledger)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(added) == 50
    assert seqs(Feed(redis_client)) == list(range(1, 51))


def test_a_gap_is_not_jumped(ledger, feed):
    tell(ledger, 5)
    facts = ledger.facts_after(0)
    assert feed._send(facts[:2], 1) == 2
    assert feed._send(facts[3:], 4) == 0
    assert feed.publish(ledger) == 3


def test_an_empty_stream_starts_with_the_last_facts(ledger, feed, monkeypatch):
    monkeypatch.setattr(feed_module, "FIRST_FILL", 4)
    tell(ledger, 10)
    assert feed.publish(ledger) == 4
    assert [fact.seq for fact in feed.facts_after(6)] == [7, 8, 9, 10]
    assert feed.facts_after(5) is None


def test_a_client_that_is_too_far_behind_is_told_so(ledger, feed):
    assert feed.facts_after(0) == []
    assert feed.facts_after(3) is None
    tell(ledger, 10)
    feed.publish(ledger)
    assert feed.facts_after(0, limit=9) is None
    assert len(feed.facts_after(0, limit=10)) == 10
    assert feed.facts_after(10) == []
    assert feed.facts_after(11) == [], "a snapshot may be ahead of the stream for a moment"


def test_a_stream_ahead_of_a_restored_ledger_starts_anew(ledger, feed, redis_client):
    redis_client.xadd(keys.FACTS, {"b": b"of another life"}, id="900-0")
    tell(ledger, 2)
    assert feed.publish(ledger) == 2
    assert seqs(feed) == [1, 2]


def test_an_absent_redis_is_logged_once_and_made_up_for(ledger, feed, caplog, redis_client):
    tell(ledger, 2)
    nobody = redis.Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    away = Feed(nobody)
    assert [away.publish(ledger), away.publish(ledger)] == [0, 0]
    assert len(caplog.records) == 1
    away.redis = redis_client
    away._append = redis_client.register_script(feed_module.APPEND)
    assert away.publish(ledger) == 2


def test_a_tail_reads_all_streams_from_where_it_stands(ledger, feed, redis_client):
    redis_client.xadd(keys.STATES, {"b": b"old"}, id="1-0")
    last = feed.heads([keys.FACTS, keys.STATES])
    assert last == {keys.FACTS: "0-0", keys.STATES: "1-0"}
    assert feed.tail(last, 1) == {}
    tell(ledger, 2)
    feed.publish(ledger)
    redis_client.xadd(keys.STATES, {"b": b"new"}, id="2-0")
    found = feed.tail(last, 1)
    assert found[keys.STATES] == [("2-0", b"new")]
    assert [decode(body) for _, body in found[keys.FACTS]] == ledger.facts_after(0)


def test_the_stream_is_bounded(ledger, feed, monkeypatch, redis_client):
    monkeypatch.setattr(feed_module, "FACTS_KEPT", 100)
    monkeypatch.setattr(feed_module, "FIRST_FILL", 1000)
    tell(ledger, 500)
    feed.publish(ledger)
    assert redis_client.xlen(keys.FACTS) <= 200
