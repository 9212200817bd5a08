"""The configured sources on a real broker and a real Redis: one message becomes one reading."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from app.config import load_settings
from app.domain.readings import DeviceStatus
from app.errors import BadConfiguration, Unavailable
from app.store import embedded_broker
from streams import lanes, writing
from streams.dialects import Ask, Known, Thing
from streams.feeds import Feeds
from streams.inbox import Reader
from streams.mqtt import Arrival, client
from streams.sources import Source
from tests.recorded import recorded
from tests.streams.fuzzing import sample
from tests.waiting import until

SOURCES = """\
sources:
  - name: lora
    dialect: chirpstack
    owner: 市政
    crs: wgs84
    clock: arrival
    period_s: 600
    kind: {EM310-UDL: waterlogging}
    metrics: {distance: {metric: depth, unit: mm, scale: -1, offset: 1500}}
    personal: [deviceInfo.tags.keeper_phone]
"""
AT = "application/a/device/24e124713c140001/event/"


@pytest.fixture
def wired(city, tmp_path):
    server = embedded_broker.start_broker(tmp_path / "broker-var")
    broker = urlsplit(server.url)
    file = tmp_path / "sources.yaml"
    file.write_text(SOURCES)
    settings = load_settings(
        var=city.settings.var,
        redis_url=city.settings.redis_url,
        mqtt_port=broker.port,
        mqtt_user=broker.username,
        mqtt_password=broker.password,
        sources=file,
    )
    yield replace(city, settings=settings)
    server.stop()


def test_a_chirpstack_message_becomes_a_stored_reading(wired) -> None:
    stop = Event()
    role = Thread(target=lanes.run, args=(wired, stop))
    role.start()
    field = client(wired.settings, "field", clean=True)
    field.connect("127.0.0.1", wired.settings.mqtt_port)
    field.loop_start()
    up = sample("chirpstack", "up.json")
    until(lambda: sent(field, "up", up) and recorded(wired), timeout=20)
    undecoded = json.dumps(json.loads(up) | {"object": None}).encode()
    until(lambda: sent(field, "up", undecoded) and wired.live.dead_letters(), timeout=20)
    until(lambda: sent(field, "log", up) and "known:lora:log" in wired.live.counts(), timeout=20)
    stop.set()
    role.join(10)
    field.disconnect()
    field.loop_stop()
    assert not role.is_alive()
    assert {(r.device, r.kind, r.metrics["depth"]) for r in recorded(wired)} == {
        ("24e124713c140001", "waterlogging", 12.0)
    }
    device = wired.live.device("24e124713c140001")
    assert (device.name, device.gateway, device.unit, device.period_s) == (
        *("怀德桥下穿积水 1", "24e124fffef00002", "市政", 600),
    )
    assert device.area.startswith("3204")
    assert wired.live.device("24e124fffef00001").kind == "gateway"
    assert {"lora", "telemetry"} <= wired.live.feeds().keys()
    assert wired.live.counts()["received:lora"] >= 3
    letter = wired.live.dead_letters()[0]
    assert letter.reason == "not_decoded"
    assert b"13800000000" in letter.payload
    assert "13800000000" not in letter.preview


def sent(field, what: str, payload: bytes) -> bool:
    """Publish until the role has subscribed; a second delivery has no effect."""
    field.publish(AT + what, payload, qos=1).wait_for_publish(5)
    return True


def test_a_wrong_file_of_sources_stops_the_role_before_it_takes_anything(wired) -> None:
    wired.settings.sources.write_text(SOURCES.replace("wgs84", "mars"))
    with pytest.raises(BadConfiguration, match=r"sources.yaml:5 source lora: `crs`"):
        lanes.run(wired, Event())


class Line:
    """A line that remembers what it was asked to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []

    def publish(self, topic: str, payload: bytes) -> None:
        self.sent.append((topic, payload))


class Moody:
    """A reader that says each thing only once."""

    def __init__(self, things: list[Thing]) -> None:
        self.things = things

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        said, self.things = self.things, [Known("silence")]
        return said


def test_a_batch_that_is_repeated_loses_nothing_that_was_said_once(city, monkeypatch) -> None:
    source = Source(name="s", dialect="senml", owner="o", crs="wgs84", kind="air", topics=("x/#",))
    feeds, line = Feeds([source]), Line()
    birth = DeviceStatus(device="d", kind="air", at=1, online=True, lon=119.95, lat=31.78)
    feeds._feeds[0]._reader = Moody([birth, Ask("x/cmd", b"rebirth")])
    fails = iter([True, False])
    count = writing.ingest.count

    def stumble(*args) -> None:
        if next(fails, False):
            raise Unavailable("away")
        count(*args)

    monkeypatch.setattr(writing.ingest, "count", stumble)
    monkeypatch.setattr(writing, "RETRY_S", (0.0,))
    assert writing.Writer(city, [line], Event(), Reader(feeds=feeds)).write(
        [Arrival("x/1", b"", 1, 1, 1)]
    )
    assert city.live.device("d") is not None
    assert line.sent == [("x/cmd", b"rebirth")]
    counted = {"received:s": 1, "said:s": 2, "statuses:s": 1, "asks:s": 1}
    assert city.live.counts() == counted
