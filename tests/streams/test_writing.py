"""One batch under way, one in hand: nothing is acknowledged unwritten, lost or doubled."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import msgspec
import pytest

from app.domain.quality import Doubt
from app.domain.readings import DeviceStatus, Telemetry
from app.services import ahead, ingest, roster
from streams.inbox import Reader
from streams.mqtt import Arrival
from streams.writing import Writer
from tests.recorded import recorded

DEVICES = [f"R{i}" for i in range(3)]


class Hand:
    """Notes in which order messages are acknowledged, and how much was recorded by then."""

    def __init__(self, city) -> None:
        self.city = city
        self.done: list[int] = []

    def acknowledge(self, arrivals: Sequence[Arrival]) -> None:
        self.done += [a.mid for a in arrivals]
        assert len(recorded(self.city)) >= len(self.done)


@pytest.fixture
def hand(city) -> Hand:
    now = int(city.now().timestamp() * 1000)
    births = [
        DeviceStatus(device=code, kind="river", at=now, online=True, lon=119.95, lat=31.78)
        for code in DEVICES
    ]
    ingest.begin(city)
    ingest.status(city, births, now)
    return Hand(city)


@pytest.fixture
def writer(city, hand) -> Writer:
    there = Writer(city, [hand], Event(), Reader())  # type: ignore[list-item]
    assert there.take(batch(city, 0)) is True  # the roster learns of the devices here
    assert there.finish()
    hand.done.clear()
    return there


def batch(city, start: int, count: int = 30, value: float = 1.0) -> list[Arrival]:
    """Messages as the line has read them ahead."""
    now = int(city.now().timestamp() * 1000) - 60_000
    return [
        Arrival("t", b"", i, 1, 1, False, said(DEVICES[i % 3], now + i, value))
        for i in range(start, start + count)
    ]


def said(device: str, at: int, value: float) -> Telemetry:
    return Telemetry(device=device, kind="river", at=at, metrics={"level": value})


def test_a_batch_is_acknowledged_when_the_next_one_is_under_way(city, writer, hand) -> None:
    assert writer.take(batch(city, 30))
    assert hand.done == []
    assert writer.take(batch(city, 60))
    assert hand.done == list(range(30, 60))
    assert writer.finish()
    assert hand.done == list(range(30, 90))
    kept = recorded(city)
    assert [r.at for r in kept] == sorted({r.at for r in kept})
    assert len(kept) == 90
    counts = city.live.counts()
    assert counts["stored"] == counts["received:city"] == counts["readings:city"] == 90


def test_what_is_made_ready_says_the_same_as_what_is_written_alone(city, writer) -> None:
    now = int(city.now().timestamp() * 1000)
    batch_of_three = [a.said for a in batch(city, 30, 3)]
    there = ahead.ready(city, batch_of_three, now, 0, {})
    assert there is not None
    sent = ahead.send(city, there)
    assert sent is not None
    assert ahead.reply(city, sent) == b"111"
    known = roster.of(city)
    usual = [ingest._observed(t, known, False, now, 0).reading for t in batch_of_three]
    assert recorded(city)[-3:] == usual
    points = city.live.points()
    assert ingest.observe(city, batch_of_three, now).duplicates == 3
    later = [msgspec.structs.replace(t, at=t.at + 100) for t in batch_of_three]
    ingest.observe(city, later, now)  # in the same second, so the points are the same
    assert city.live.points() == points


def test_a_batch_is_weighed_against_the_one_under_way(city, writer) -> None:
    assert writer.take(batch(city, 30, 3))
    assert writer.take(batch(city, 60, 3, value=9.0))
    assert writer.take(batch(city, 90, 3, value=9.0))
    assert writer.finish()
    assert [r.doubts for r in recorded(city)[-9:]] == [0] * 3 + [Doubt.JUMP] * 3 + [0] * 3


@pytest.mark.parametrize("written", [True, False])
def test_a_batch_that_fails_takes_the_next_one_with_it(
    city, writer, hand, monkeypatch, written: bool
) -> None:
    reply, send, asked = ahead.reply, ahead.send, []

    def lost(city, sent) -> None:
        if written:
            reply(city, sent)
        else:
            sent.underway.drop()  # Redis may have it or not
        asked.append(sent)

    assert writer.take(batch(city, 30))
    with monkeypatch.context() as patch:
        patch.setattr(ahead, "reply", lost)
        assert writer.take(batch(city, 60, value=9.0))
    assert len(asked) == 1
    assert hand.done == list(range(30, 90))
    monkeypatch.setattr(ahead, "send", lambda *_: None)  # Redis is away at that moment
    assert writer.take(batch(city, 90))
    monkeypatch.setattr(ahead, "send", send)
    assert writer.take(batch(city, 120))
    assert writer.finish()
    assert hand.done == list(range(30, 150))
    kept = recorded(city)
    assert [r.at for r in kept] == sorted({r.at for r in kept})
    assert len(kept) == 150


def test_a_redis_without_the_script_is_told_it(city, writer, hand) -> None:
    city.live.redis.script_flush()
    assert writer.take(batch(city, 30))
    assert writer.take(batch(city, 60))
    assert writer.finish()
    assert hand.done == list(range(30, 90))
    assert len(recorded(city)) == 90


def test_what_is_not_plain_waits_for_all_before_it(city, writer, hand) -> None:
    assert writer.take(batch(city, 30))
    strange = batch(city, 60)
    for a in strange:
        a.said = said("unknown", a.said.at, 1.0)
    assert writer.take(strange)
    assert hand.done == list(range(30, 90))
    assert [r.device for r in recorded(city)[-30:]] == ["unknown"] * 30


def test_a_fault_in_making_ready_leaves_the_batch_to_the_slow_way(
    city, writer, hand, monkeypatch
) -> None:
    monkeypatch.setattr(ahead, "ready", lambda *_: 1 / 0)
    assert writer.take(batch(city, 30))
    assert hand.done == list(range(30, 60))
