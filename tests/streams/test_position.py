"""Positions of grid workers."""

from __future__ import annotations

import pytest

from app.services import shifts
from streams.codecs import position
from streams.inbox import Reader, write
from streams.mqtt_socket import Arrival
from tests import cast
from tests.streams.samples import NOW, golden, reread, told


@pytest.mark.parametrize("thing", golden(position))
def test_what_is_written_is_read(thing) -> None:
    assert reread(position, thing) == thing


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("wrong_field", {"ts": NOW, "lon": 119.9}),
        ("bad_place", {"ts": NOW, "lon": 0, "lat": 0}),
        ("clock_ahead", {"ts": NOW + 300_001, "lon": 119.9, "lat": 31.7}),
    ],
)
def test_a_position_is_refused_with_its_reason(reason, body) -> None:
    assert told(position, **body) == reason


def test_those_off_duty_are_counted_as_known_also_when_a_batch_is_written_twice(city) -> None:
    shifts.turn(city, on_duty=False, by=cast.ZHANG)
    said = b'{"ts": %d, "lon": 119.9, "lat": 31.8}' % NOW
    topics = [f"city/320404/grid/{one}/position" for one in ("W001", "W2")]
    batch = Reader().sort([Arrival(topic, said, n, 1, 1) for n, topic in enumerate(topics)], NOW)
    for _ in range(2):
        write(city, batch, NOW)
    counted = city.live.counts()
    assert (counted["known:city:off_duty"], counted["received:city"]) == (4, 4)
    assert "known:city:position" not in counted
    assert city.live.workers() == {}
