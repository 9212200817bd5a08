"""The inbox and the line: batches, back-pressure, and brokers that hang up."""

from __future__ import annotations

import re
import socket
from collections import Counter
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit
from zlib import crc32

import msgspec
import pytest
import redis

from app.config import load_settings
from app.errors import Unavailable
from app.store import embedded_broker, keys
from app.store.live import Live
from streams import inbox
from streams.inbox import READINGS, Inbox, Reader
from streams.lanes import Lane
from streams.mqtt import Arrival, Line, client, probe, shared
from streams.writing import ODD_IN_A_ROW, Bringer
from tests.recorded import recorded
from tests.waiting import until

NOW = 1_795_165_200_000


def arrival(i: int) -> Arrival:
    payload = msgspec.json.encode({"ts": NOW + i, "metrics": {"ch4": i}})
    return Arrival(f"city/320404/gas/G{i % 20}/telemetry", payload, i + 1, 1, 1)


def test_a_batch_has_at_most_1000_and_nothing_is_left_behind() -> None:
    box = Inbox()
    for i in range(2_200):
        box.put([arrival(i)])
    assert [len(box.take(0)) for _ in range(4)] == [1_000, 1_000, 200, 0]
    box.put([arrival(1)])
    assert len(box.take(0)) == 1


def test_a_full_inbox_lets_the_line_wait_until_there_is_room() -> None:
    box = Inbox(room=2)
    line = Thread(target=lambda: [box.put([arrival(i)]) for i in range(5)])
    line.start()
    until(lambda: len(box) == 2)
    seen = []
    while len(seen) < 5:
        seen += box.take(1)
    line.join(20)
    assert [a.mid for a in seen] == [1, 2, 3, 4, 5]


def test_a_closed_inbox_lets_nobody_wait() -> None:
    box = Inbox(room=1)
    line = Thread(target=lambda: [box.put([arrival(i)]) for i in range(3)])
    line.start()
    until(lambda: len(box) == 1)
    box.close()
    line.join(20)
    assert not line.is_alive()
    assert len(box) == 1


def test_a_batch_is_sorted_and_the_refused_become_letters() -> None:
    strange = Arrival("city/x/y", b"{}", 1, 1, 1)
    broken = msgspec.structs.replace(arrival(1), payload=b"{")
    batch = Reader().sort([arrival(0), strange, broken, arrival(2)], NOW)
    assert [t.metrics["ch4"] for t in batch.telemetry] == [0, 2]
    assert [(r.topic, r.reason) for r in batch.refused] == [
        ("city/x/y", "unknown_topic"),
        (broken.topic, "not_json"),
    ]


def test_the_reader_forgets_topics_before_they_are_too_many(monkeypatch) -> None:
    monkeypatch.setattr(inbox, "TOPICS_KEPT", 3)
    reader = Reader()
    for i in range(10):
        reader.read(arrival(i).topic, arrival(i).payload, NOW)
    assert len(reader._met) <= 3


SUBSCRIPTIONS = tuple(template.subscription for template, _ in READINGS)


def drain(city, box: Inbox, line: Bringer, stop: Event) -> None:
    """A lane that takes from this inbox, in the thread of the test."""
    lane = Lane(city, "telemetry", Reader(), stop)
    lane.inbox = box
    lane.bringers.append(line)
    lane.drain()


class Deaf:
    """A line that only remembers what was acknowledged."""

    def __init__(self) -> None:
        self.done: list[Arrival] = []

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def alive(self) -> bool:
        return True

    def acknowledge(self, arrivals: list[Arrival]) -> None:
        self.done += arrivals


def test_nothing_is_acknowledged_while_redis_is_away(city) -> None:
    box, line, stop = Inbox(), Deaf(), Event()
    gone = redis.Redis(port=1, socket_connect_timeout=0.1, retry=None)
    away = replace(city, live=Live(gone))
    box.put([arrival(0)])
    thread = Thread(target=drain, args=(away, box, line, stop))
    thread.start()
    until(lambda: len(box) == 0)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert line.done == []


class Emptied(Inbox):
    """An inbox that stops the drain once it is empty and everything was acknowledged."""

    def __init__(self, arrivals: list[Arrival], line: Deaf, stop: Event) -> None:
        super().__init__()
        self.line, self.stop, self.all = line, stop, len(arrivals)
        for each in arrivals:
            self.put([each])

    def take(self, wait_s: float) -> list[Arrival]:
        if len(self.line.done) == self.all:
            self.stop.set()
        return super().take(0)


def test_a_message_that_our_code_cannot_take_is_buried_alone(city, monkeypatch) -> None:
    line, stop = Deaf(), Event()
    observe = inbox.ingest.observe

    def stumble(city, batch, arrived, *more):
        if any(t.metrics["ch4"] in (3, 41) for t in batch):
            raise ZeroDivisionError
        return observe(city, batch, arrived, *more)

    monkeypatch.setattr(inbox.ingest, "observe", stumble)
    arrivals = [arrival(i) for i in range(60)]
    drain(city, Emptied(arrivals, line, stop), line, stop)
    assert line.done == arrivals
    read = recorded(city)
    assert sorted(r.metrics["ch4"] for r in read) == [i for i in range(60) if i not in (3, 41)]
    letters = city.live.dead_letters()
    assert [(x.reason, x.detail) for x in letters] == [("odd", "ZeroDivisionError")] * 2


def test_a_redis_that_comes_back_empty_knows_the_devices_again(city, monkeypatch) -> None:
    line, stop = Deaf(), Event()
    here = {"lon": 119.9, "lat": 31.8}
    birth = msgspec.json.encode({"ts": NOW, "online": True, **here})
    born = Arrival("city/320404/gas/G0/status", birth, 1, 1, 1)
    drain(city, Emptied([born], line, stop), line, stop)
    observe, tries = inbox.ingest.observe, []

    def away_at_first(city, batch, arrived, *more):
        tries.append(len(batch))
        if len(tries) == 1:
            city.live.redis.flushall()
            raise Unavailable("away")
        return observe(city, batch, arrived, *more)

    monkeypatch.setattr(inbox.ingest, "observe", away_at_first)
    line.done.clear()
    stop.clear()
    drain(city, Emptied([arrival(0)], line, stop), line, stop)
    (read,) = recorded(city)
    assert (read.device, read.n) == ("G0", 0)


def test_a_bomb_of_a_picture_does_not_stop_the_way_in(city) -> None:
    line, stop = Deaf(), Event()
    size = (20_000).to_bytes(4, "big")
    head = b"IHDR" + size + size + bytes((8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\r" + head + crc32(head).to_bytes(4, "big")
    bomb += bytes(4) + b"IDAT" + crc32(b"IDAT").to_bytes(4, "big")
    said = {"id": "r1", "ts": NOW, "code": "06010", "title": "垃圾", "description": ""}
    said["photos"] = [{"type": "image/png", "data": bomb}]
    told = Arrival("city/320404/grid/W001/report", msgspec.json.encode(said), 1, 1, 1)
    drain(city, Emptied([told], line, stop), line, stop)
    assert line.done == [told]
    assert city.live.redis.xlen(keys.REPORTS) == 1
    assert [x.reason for x in city.live.dead_letters()] == ["bad_photo"]


def test_a_fault_that_meets_every_message_ends_the_process(city, monkeypatch) -> None:
    box, line = Inbox(), Deaf()
    for i in range(ODD_IN_A_ROW):
        box.put([arrival(i)])
    monkeypatch.setattr(inbox.ingest, "observe", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        drain(city, box, line, Event())
    assert line.done == []


@pytest.fixture(params=["mosquitto or the wheel", "the wheel"])
def broker(request, tmp_path, monkeypatch):
    if request.param == "the wheel":
        monkeypatch.setattr(embedded_broker, "mosquitto_program", lambda: None)
    server = embedded_broker.start_broker(tmp_path / "broker-var")
    yield urlsplit(server.url)
    server.stop()


@pytest.fixture
def wired(city, broker):
    more = {
        "mqtt_port": broker.port,
        "mqtt_user": broker.username,
        "mqtt_password": broker.password,
    }
    given = {"var": city.settings.var, "redis_url": city.settings.redis_url}
    return replace(city, settings=load_settings(**given, **more))


@pytest.mark.slow
def test_a_line_that_breaks_and_an_inbox_that_fills_lose_and_double_nothing(wired) -> None:
    box, stop, total = Inbox(room=60), Event(), 3000
    line = Line(wired.settings, SUBSCRIPTIONS, box.put)
    line.start()
    until(line.subscribed.is_set)
    field = client(wired.settings, "field", clean=True)
    field.connect("127.0.0.1", wired.settings.mqtt_port)
    field.loop_start()
    sent = [field.publish(a.topic, a.payload, qos=1) for a in map(arrival, range(total))]
    for info in sent:
        info.wait_for_publish(20)
    thread = Thread(target=drain, args=(wired, box, line, stop))
    thread.start()
    for part in (300, 1200):
        until(lambda p=part: len(recorded(wired)) > p, timeout=30)
        until(lambda: sever(line), timeout=30)
    until(lambda: len(recorded(wired)) >= total, timeout=60)
    stop.set()
    thread.join(10)
    box.close()
    line.stop()
    field.disconnect()
    field.loop_stop()
    assert Counter(int(r.metrics["ch4"]) for r in recorded(wired)) == Counter(range(total))


def sever(line: Line) -> bool:
    """Break the connection as a network does, without a word; False while there is none."""
    wire = line._client.socket()
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except (OSError, AttributeError):  # it is still broken from the last time
        return False
    return True


def test_the_probe_tells_what_is_wrong(wired, tmp_path) -> None:
    ok, said = probe(wired.settings)
    assert ok, said
    wrong = wired.settings.model_copy(update={"mqtt_password": "wrong"})
    ok, said = probe(wrong)
    assert not ok
    away = wired.settings.model_copy(update={"mqtt_port": 1})
    assert "does not answer" in probe(away)[1]
    no_ca = wired.settings.model_copy(update={"mqtt_tls_ca": tmp_path / "none.crt"})
    assert probe(no_ca) == (
        False,
        f"CHENGYUN_MQTT_TLS_CA={tmp_path / 'none.crt'}: cannot be read (No such file or directory)",
    )


def test_a_share_group_prefixes_every_subscription(city) -> None:
    grouped = city.settings.model_copy(update={"mqtt_share_group": "in"})
    assert shared(["a/+/b"], grouped) == ["$share/in/a/+/b"]
    assert shared(["a/+/b"], city.settings) == ["a/+/b"]


def test_what_a_broker_sends_without_acknowledgement_has_room() -> None:
    deployed = (Path(__file__).parents[2] / "deploy/mosquitto.conf").read_text("utf-8")
    for settings in (embedded_broker.MOSQUITTO_SETTINGS, deployed):
        found = re.search(r"^max_inflight_messages (\d+)$", settings, re.MULTILINE)
        assert found is not None
        assert inbox.FEW < inbox.BATCH * 3 < int(found[1]) < inbox.ROOM
