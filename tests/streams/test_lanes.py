"""Lanes: readings and reports come by their own ways; a lane that ends takes the process along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Event, Thread
from urllib.parse import urlsplit

import msgspec
import pytest

from app.config import load_settings
from app.errors import Unavailable
from app.services import ingest, roster
from app.store import embedded_broker, keys
from app.store import lanes as shown
from streams import dialects, lanes, writing
from streams.dialects import Thing
from streams.feeds import Feeds
from streams.inbox import READINGS, REPORTS, Inbox, Reader
from streams.lanes import Lane, watch_over
from streams.mqtt import Arrival, client
from streams.sources import Source
from tests.recorded import recorded
from tests.waiting import until

NOW = 1_795_165_200_000
READING = "city/320404/gas/G1/telemetry"
REPORT = "city/320404/grid/W001/report"


def reading(i: int, at: int = NOW) -> Arrival:
    payload = msgspec.json.encode({"ts": at, "metrics": {"ch4": i}})
    return Arrival(f"city/320404/gas/G{i}/telemetry", payload, i + 1, 1, 1)


def report(i: int = 0) -> bytes:
    said = {"id": f"r{i}", "ts": NOW, "code": "06010", "title": "垃圾", "description": ""}
    return msgspec.json.encode(said)


class Hand:
    """A bringer that brings nothing by itself and remembers what is acknowledged."""

    def __init__(self) -> None:
        self.done: list[Arrival] = []
        self.there = True

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def alive(self) -> bool:
        return self.there

    def acknowledge(self, arrivals: Sequence[Arrival]) -> None:
        self.done += arrivals

    def publish(self, topic: str, payload: bytes) -> None:
        """Nobody listens."""


@pytest.fixture
def wired(city, tmp_path):
    server = embedded_broker.start_broker(tmp_path / "broker-var")
    broker = urlsplit(server.url)
    settings = load_settings(
        var=city.settings.var,
        redis_url=city.settings.redis_url,
        mqtt_port=broker.port,
        mqtt_user=broker.username,
        mqtt_password=broker.password,
    )
    yield replace(city, settings=settings)
    server.stop()


@pytest.fixture
def field(wired):
    there = client(wired.settings, "field", clean=True)
    there.connect("127.0.0.1", wired.settings.mqtt_port)
    there.loop_start()
    yield there
    there.disconnect()
    there.loop_stop()


@pytest.mark.slow
def test_a_report_gets_through_while_readings_are_stuck(wired, field, monkeypatch) -> None:
    """Causes, not times: readings go on only after the report is there, and it does come."""
    go_on, observe = Event(), ingest.observe

    def stuck(*args):
        assert go_on.wait(60)
        return observe(*args)

    monkeypatch.setattr(ingest, "observe", stuck)
    stop, total = Event(), 1_500
    every = lanes.lanes(wired, (), stop)
    every[0].inbox = full = Inbox(room=50)
    for lane in every:
        lane.start()
    until(lambda: all(lane.bringers[0].subscribed.is_set() for lane in every))
    for i in range(total):
        field.publish(READING, msgspec.json.encode({"ts": NOW + i, "metrics": {"ch4": i}}), 1)
    until(lambda: len(full) >= 50)  # and the rest waits with the broker
    field.publish(REPORT, report(), 1)
    until(lambda: wired.live.redis.xlen(keys.REPORTS) == 1, timeout=20)
    assert recorded(wired) == []
    go_on.set()
    until(lambda: len(recorded(wired)) == total, timeout=40)
    stop.set()
    for lane in every:
        lane.stop()


def test_each_lane_reads_its_own_and_leaves_the_other_its_own() -> None:
    readings, reports = Reader(READINGS), Reader(REPORTS)
    both = [reading(1), Arrival(REPORT, report(), 2, 1, 1)]
    ours, theirs = readings.sort(both, NOW), reports.sort(both, NOW)
    assert (len(ours.telemetry), len(ours.reports), ours.refused) == (1, 0, [])
    assert (len(theirs.telemetry), len(theirs.reports), theirs.refused) == (0, 1, [])


def test_what_is_read_ahead_says_the_same_and_the_odd_is_left_to_the_lane(monkeypatch) -> None:
    reader, broken = Reader(), msgspec.structs.replace(reading(2), payload=b"{")
    told = [reading(1), reading(2), broken, Arrival(REPORT, report(), 2, 1, 1)]
    batch = Reader().sort(told, NOW)
    for _ in range(2):  # topics that nobody has met, and topics that somebody has
        reader.ahead(told, NOW)
        assert [a.said for a in told] == [*batch.telemetry, None, None]
        assert reader.sort(told, NOW) == batch
    elsewhere = [reading(1)]
    Reader(REPORTS).ahead(elsewhere, NOW)
    assert elsewhere == [reading(1)]
    monkeypatch.setattr("streams.wire.moment", lambda *_: 1 / 0)
    reader.ahead(elsewhere, NOW)
    assert elsewhere == [reading(1)]


class Echo:
    """A dialect's reader that knows every message."""

    def read(self, _topic: str, _payload: bytes, _arrived: int) -> list[Thing]:
        return [dialects.Known("said")]


@pytest.fixture
def two_sources(monkeypatch) -> list[Source]:
    """Two sources that hear the same message; the one of reports stands first in the file."""

    class Module:
        TOPICS = ()
        reader = staticmethod(lambda source: Echo())

    monkeypatch.setattr("streams.feeds.dialect", lambda name: Module)
    monkeypatch.setattr(dialects, "says_reports", lambda name: name == "orders")
    names = (("bureau", "orders", "in/+"), ("meters", "profile", "in/#"))
    return [
        Source(name=name, dialect=dialect, owner="市政", crs="wgs84", topics=(topic,))
        for name, dialect, topic in names
    ]


def test_a_message_two_sources_hear_is_read_by_the_first_alone(two_sources) -> None:
    first = Reader(REPORTS, Feeds(two_sources), lambda s: s.name == "bureau")
    second = Reader(READINGS, Feeds(two_sources), lambda s: s.name == "meters")
    said = [Arrival("in/1", b"", 1, 1, 1)]
    assert first.sort(said, NOW).counts["received:bureau"] == 1
    assert not second.sort(said, NOW).counts


def test_sources_of_reports_are_heard_on_the_lane_of_reports(city, two_sources) -> None:
    telemetry, reports = lanes.lanes(city, two_sources, Event())
    heard = [{name for name, _ in lane.bringers[0]._subscriptions} for lane in (telemetry, reports)]
    assert "in/#" in heard[0]
    assert "in/+" in heard[1]
    assert not heard[0] & heard[1]
    ids = {lane.bringers[0]._client._client_id for lane in (telemetry, reports)}
    name = city.settings.mqtt_client_id.encode()
    assert ids == {name, name + b"-reports"}


def in_hand(city, stop: Event) -> tuple[Lane, Hand]:
    lane, hand = Lane(city, "telemetry", Reader(), stop), Hand()
    lane.bringers.append(hand)
    return lane, hand


def test_a_lane_whose_thread_ends_ends_the_process(city, monkeypatch) -> None:
    monkeypatch.setattr(ingest, "observe", lambda *_: 1 / 0)
    stop = Event()
    lane, hand = in_hand(city, stop)
    lane.start()
    lane.inbox.put([reading(i) for i in range(writing.ODD_IN_A_ROW)])
    with pytest.raises(RuntimeError, match="lane of telemetry") as gone:
        watch_over(city, [lane], stop)
    assert isinstance(gone.value.__cause__, ZeroDivisionError)
    assert hand.done == []


def test_a_bringer_whose_thread_ends_ends_the_process(city) -> None:
    stop = Event()
    lane, hand = in_hand(city, stop)
    lane.start()
    hand.there = False
    with pytest.raises(RuntimeError, match="lane of telemetry"):
        watch_over(city, [lane], stop)
    stop.set()
    lane.stop()


def test_a_lane_that_waits_for_its_store_takes_the_heartbeat_along(city, monkeypatch) -> None:
    def away(*_):
        raise Unavailable("away")

    monkeypatch.setattr(ingest, "observe", away)
    monkeypatch.setattr(lanes, "STUCK_S", 0.0)
    stop = Event()
    lane, _ = in_hand(city, stop)
    lane.start()
    lane.inbox.put([reading(1)])
    watching = Thread(target=watch_over, args=(city, [lane], stop))
    watching.start()
    until(lambda: "telemetry" in shown.told(city.live.redis))
    assert "ingest" not in city.live.beats()
    stop.set()
    watching.join(20)
    lane.stop()


class Ticking(Hand):
    """Acknowledged, it puts the next messages in; after the last the lane stops."""

    def __init__(self, lane: Lane, batches: list[list[Arrival]], stop: Event) -> None:
        super().__init__()
        self.lane, self.batches, self.stopping = lane, batches, stop
        self.lags: list[int] = []

    def acknowledge(self, arrivals: Sequence[Arrival]) -> None:
        super().acknowledge(arrivals)
        self.lags.append(self.lane.lag_ms)
        if len(self.lane.inbox) == 0 and self.batches:
            self.lane.inbox.put(self.batches.pop(0))
        elif len(self.lane.inbox) == 0:
            self.stopping.set()


def test_readings_that_waited_show_by_how_much_and_their_feed_is_not_fresh(city) -> None:
    stop = Event()
    lane = Lane(city, "telemetry", Reader(), stop)
    now = int(city.now().timestamp() * 1000)
    skewed = [reading(i, now - 7_000) for i in range(100)]
    flood = [reading(i, now - 7_000 - 60_000) for i in range(2_200)]
    hand = Ticking(lane, [flood], stop)
    lane.bringers.append(hand)
    lane.inbox.put(skewed)
    lane.drain()
    first, *behind, last = hand.lags
    assert first == 0  # a clock that is 7 s wrong is no lag
    assert len(behind) == 2
    assert all(abs(lag - 60_000) < 5_000 for lag in behind)
    assert last == 0


def test_a_feed_that_lags_is_shown_as_old_as_it_is(city) -> None:
    now = int(city.now().timestamp() * 1000)
    batch = Reader().sort([reading(1, now)], now)
    ingest.observe(city, batch.telemetry, now, 40_000)
    assert city.live.feeds()["telemetry"] == now - 40_000


def test_another_lane_that_forgets_the_roster_waits_until_a_batch_is_placed(city) -> None:
    """Half a batch with the numbers of before and half without would be wrong in the record."""
    forgotten = Event()
    other = Thread(target=lambda: (roster.forget(city), forgotten.set()))
    with roster.alone:
        known = roster.of(city)
        other.start()
        assert not forgotten.wait(0.1)
        assert roster.of(city) is known
    other.join(20)
    assert roster.of(city) is not known


def test_the_lanes_say_their_lag(city) -> None:
    shown.tell(city.live.redis, {"telemetry": (1200, 5000), "reports": (0, 0)})
    shown.tell(city.live.redis, {"telemetry": (0, 1)})
    assert shown.told(city.live.redis) == {"telemetry": (0, 1)}
