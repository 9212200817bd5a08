"""The ingest role: messages wait here for their batch, are read, written and only then
acknowledged.

Redis down: the same batch is repeated for ever while the line is kept alive. A message that our
code cannot take becomes a dead letter, alone. A fault that meets every message ends the process,
and the supervisor starts it again: one that looks alive and writes nothing is worse.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from threading import Event
from typing import Any, NamedTuple

from app.city import City
from app.domain.readings import DeviceStatus, Telemetry, WorkerPosition
from app.errors import Rejected, Unavailable
from app.services import ingest
from streams.codecs import grid_report, hotline, position, status, telemetry
from streams.dialects import Ask
from streams.feeds import Feeds, Sorted, Told
from streams.mqtt import Arrival, Line
from streams.sourcefile import load
from streams.topics import Template

log = logging.getLogger(__name__)

BATCH = 500
FEW = 50  # so many are a batch: iotcore sends at most 100 before an acknowledgement
LINGER_S = 0.005  # fewer wait so long for more: at 1,000/s it saves half the work
ROOM = 5_000  # messages; more stay with the broker
ODD_IN_A_ROW = 20  # messages that fail one after another: then it is not the messages
RETRY_S = (0.1, 0.2, 0.5, 1.0, 2.0)
BEAT_S = 2.0
TOPICS_KEPT = 100_000
AT_ONCE = 1_000  # readings in one write; a message of a source may hold many

Read = Callable[[dict[str, str], bytes, int], Any]
Meeting = tuple[Read, dict[str, str]]

CODECS: tuple[tuple[Template, Read], ...] = (
    (telemetry.TEMPLATE, telemetry.read),
    (status.TEMPLATE, status.read),
    (position.TEMPLATE, position.read),
    (grid_report.TEMPLATE, grid_report.read),
    (hotline.TEMPLATE, hotline.read),
)
SUBSCRIPTIONS = tuple(template.subscription for template, _ in CODECS)


class Batch(NamedTuple):
    """What a batch of messages says, in the order of arrival within each kind."""

    telemetry: list[Telemetry]
    statuses: list[DeviceStatus]
    positions: list[WorkerPosition]
    reports: list[Any]
    refused: list[ingest.Letter]
    asks: list[Ask]
    counts: Counter[str]


class Inbox:
    """Messages between the line's thread and the drain; a full one lets the line wait."""

    def __init__(self, room: int = ROOM) -> None:
        self._waiting: deque[Arrival] = deque()
        self._something = Event()
        self._has_room = Event()
        self._closed = False
        self._room = room

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, arrival: Arrival) -> None:
        """Take a message in, when full after waiting for room; a closed inbox takes nothing."""
        while len(self._waiting) >= self._room and not self._closed:
            self._has_room.clear()
            self._has_room.wait(0.1)
        if self._closed:
            return
        self._waiting.append(arrival)
        if not self._something.is_set():
            self._something.set()

    def close(self) -> None:
        """Let nobody wait for room any more: what is not taken in stays with the broker."""
        self._closed = True
        self._has_room.set()

    def take(self, wait_s: float) -> list[Arrival]:
        """The next batch, empty when nothing comes within `wait_s`."""
        if not self._something.wait(wait_s):
            return []
        if len(self._waiting) < FEW:
            time.sleep(LINGER_S)
        batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        self._has_room.set()
        if not self._waiting:
            self._something.clear()
            # a message may have come between the two lines above
            if self._waiting:
                self._something.set()
        return batch


class Reader:
    """Bytes → things, by topic; remembers the topics it has met."""

    def __init__(
        self, codecs: Sequence[tuple[Template, Read]] = CODECS, feeds: Feeds | None = None
    ) -> None:
        self._codecs = codecs
        self._feeds = feeds or Feeds()
        self._met: dict[str, Meeting] = {}

    def read(self, topic: str, payload: bytes, arrived: int) -> Any:
        """One message as one of ours; raises Rejected."""
        met = self._met.get(topic)
        if met is None:
            met = self._meet(topic)
        return met[0](met[1], payload, arrived)

    def _meet(self, topic: str) -> Meeting:
        for template, read in self._codecs:
            fields = template.match(topic)
            if fields is not None:
                return self._keep(topic, read, fields)
        feed = self._feeds.hearing(topic)
        if feed is None:
            raise Rejected("unknown_topic", "the topic is none of docs/protocols")
        return self._keep(topic, lambda _, payload, at: feed.read(topic, payload, at), {})

    def _keep(self, topic: str, read: Read, fields: dict[str, str]) -> Meeting:
        if len(self._met) >= TOPICS_KEPT:
            self._met.clear()
        self._met[topic] = read, fields
        return read, fields

    def sort(self, arrivals: Sequence[Arrival], arrived: int) -> Batch:
        """A whole batch, sorted by kind; what is refused becomes a letter."""
        batch = Batch([], [], [], [], [], [], Counter())
        foreign = Sorted(
            batch.telemetry,
            batch.statuses,
            batch.refused,
            batch.asks,
            batch.counts,
            batch.reports,
        )
        piles: dict[type, list[Any]] = {
            Telemetry: batch.telemetry,
            DeviceStatus: batch.statuses,
            WorkerPosition: batch.positions,
        }
        for a in arrivals:
            try:
                thing = self.read(a.topic, a.payload, arrived)
            except Rejected as why:
                letter = ingest.Letter(a.topic, a.payload, why.reason, why.detail)
                batch.refused.append(letter)
                continue
            if isinstance(thing, Told):
                foreign.take(thing, a.retained)
            else:
                piles.get(type(thing), batch.reports).append(thing)
        return batch


def write(city: City, batch: Batch, arrived: int) -> None:
    """Hand a batch to the services; births first, so that readings find their devices."""
    ingest.status(city, batch.statuses, arrived)
    for start in range(0, len(batch.telemetry), AT_ONCE):
        ingest.observe(city, batch.telemetry[start : start + AT_ONCE], arrived)
    ingest.positions(city, batch.positions, arrived)
    ingest.receive(city, batch.reports, arrived)
    ingest.reject(city, batch.refused, arrived)
    ingest.count(city, batch.counts, arrived)


class Writer:
    """Writes arrivals; one that makes our code fail is found by halving and becomes a letter."""

    def __init__(self, city: City, line: Line, stop: Event, feeds: Feeds) -> None:
        self._city = city
        self._line = line
        self._stop = stop
        self._reader = Reader(feeds=feeds)
        self._odd = 0

    def write(self, arrivals: Sequence[Arrival]) -> bool:
        """Whether everything is written or buried; False when stopped before that.

        Writing a part again has no effect, so nothing is lost or doubled on the way. Raises what
        our code raises when it fails for ODD_IN_A_ROW messages, one after another.
        """
        try:
            done = self._until_there(lambda at: self._write(arrivals, at))
        except Exception as why:
            if len(arrivals) == 1:
                log.exception("a message on %r cannot be taken", arrivals[0].topic[:200])
                return self._bury(arrivals[0], why)
            half = len(arrivals) // 2
            return self.write(arrivals[:half]) and self.write(arrivals[half:])
        self._odd = 0
        return done

    def _write(self, arrivals: Sequence[Arrival], arrived: int) -> None:
        batch = self._reader.sort(arrivals, arrived)
        write(self._city, batch, arrived)
        for ask in batch.asks:
            self._line.publish(ask.topic, ask.payload)

    def _bury(self, odd: Arrival, why: Exception) -> bool:
        self._odd += 1
        if self._odd >= ODD_IN_A_ROW:
            raise why
        letter = ingest.Letter(odd.topic, odd.payload, "odd", type(why).__name__)
        return self._until_there(lambda at: ingest.reject(self._city, [letter], at))

    def _until_there(self, step: Callable[[int], None]) -> bool:
        arrived = int(self._city.now().timestamp() * 1000)
        # a Redis that comes back may have come back empty
        return _until_there(
            lambda: step(arrived), self._stop, again=lambda: ingest.begin(self._city)
        )


def run(city: City, stop: Event) -> None:
    """Take in messages until stopped; what is not written then stays with the broker.

    Raises BadConfiguration when the source file is wrong, before anything is taken.
    """
    feeds = Feeds(load(city.settings.sources) if city.settings.sources else ())
    inbox = Inbox()
    line = Line(city.settings, SUBSCRIPTIONS + feeds.subscriptions, inbox.put)
    _until_there(lambda: ingest.begin(city), stop)
    line.start()
    try:
        drain(city, inbox, line, stop, feeds)
    finally:
        inbox.close()
        line.stop()


def drain(city: City, inbox: Inbox, line: Line, stop: Event, feeds: Feeds | None = None) -> None:
    """Batch after batch: read, write, acknowledge."""
    feeds = feeds or Feeds()
    writer = Writer(city, line, stop, feeds)
    beat_due = 0.0
    while not stop.is_set():
        arrivals = inbox.take(wait_s=0.5)
        if arrivals:
            feeds.fresh()
            if not writer.write(arrivals):
                return
            line.acknowledge(arrivals)
        if time.monotonic() > beat_due:
            _until_there(lambda: ingest.beat(city, "ingest"), stop)
            beat_due = time.monotonic() + BEAT_S


def _until_there(
    step: Callable[[], None], stop: Event, again: Callable[[], None] | None = None
) -> bool:
    """Repeat a step until its store answers, after `again`; False when stopped before that."""
    tries = 0
    while True:
        try:
            if tries and again:
                again()
            step()
        except Unavailable as why:
            if tries == 0:
                log.warning("a store is away, the batch waits: %s", why.message)
            if stop.wait(RETRY_S[min(tries, len(RETRY_S) - 1)]):
                return False
            tries += 1
            continue
        if tries:
            log.warning("the store is back after %d tries", tries)
        return True
