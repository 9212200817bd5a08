"""Messages wait here for their batch, and a batch is read: bytes → things by kind → services.

Who brings them, writes them and acknowledges them: streams/lanes.py.
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
from app.errors import Rejected
from app.services import ingest
from streams.codecs import grid_report, hotline, position, status, telemetry
from streams.dialects import Ask
from streams.feeds import Feeds, Sorted, Told
from streams.mqtt import Arrival
from streams.sources import Source
from streams.topics import Template

log = logging.getLogger(__name__)

BATCH = 1_000  # as many as a script call may take: all of them wait for one fsync
QUEUE = 500  # when more wait, we are behind
FEW = 50  # so many are a batch: iotcore sends at most 100 before an acknowledgement
LINGER_S = 0.003  # so far apart are batches of fewer: at 1,000/s it saves a third of the work
# messages; more stay with the broker. More than a broker of ours sends without acknowledgement
# (max_inflight_messages): who waits for room sends no keepalive
ROOM = 5_000
TOPICS_KEPT = 100_000
AT_ONCE = 1_000  # readings in one write; a message of a source may hold many

Read = Callable[[dict[str, str], bytes, int], Any]
Meeting = tuple[Read, dict[str, str]]

Codecs = tuple[tuple[Template, Read], ...]

READINGS: Codecs = (
    (telemetry.TEMPLATE, telemetry.read),
    (status.TEMPLATE, status.read),
    (position.TEMPLATE, position.read),
)
REPORTS: Codecs = (
    (grid_report.TEMPLATE, grid_report.read),
    (hotline.TEMPLATE, hotline.read),
)
CODECS = READINGS + REPORTS


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
    """Messages between a line's thread and the drain; a full one lets the line wait.

    Several lines may put into one; whoever comes when there is room may bring more than the room.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._waiting: deque[Arrival] = deque()
        self._something = Event()
        self._has_room = Event()
        self._closed = False
        self._taken = 0.0
        self._room = room

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, arrivals: Sequence[Arrival]) -> None:
        """Take messages in, when full after waiting for room; a closed inbox takes nothing."""
        while len(self._waiting) >= self._room and not self._closed:
            self._has_room.clear()
            self._has_room.wait(0.1)
        if self._closed:
            return
        self._waiting.extend(arrivals)
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
            # the time in which Redis wrote the last batch counts
            time.sleep(max(0.0, self._taken + LINGER_S - time.monotonic()))
        self._taken = time.monotonic()
        popped = self._waiting.popleft
        batch = [popped() for _ in range(min(BATCH, len(self._waiting)))]
        self._has_room.set()
        if not self._waiting:
            self._something.clear()
            # a message may have come between the two lines above
            if self._waiting:
                self._something.set()
        return batch


class Reader:
    """Bytes → things, by topic; remembers the topics it has met.

    It reads its own `codecs` and the sources of which `mine` is true. A message that belongs to
    another lane, which hears it too, is nothing (None) here.
    """

    def __init__(
        self,
        codecs: Codecs = CODECS,
        feeds: Feeds | None = None,
        mine: Callable[[Source], bool] = lambda _: True,
    ) -> None:
        self._codecs = codecs
        self._telemetry = any(read is telemetry.read for _, read in codecs)
        self._feeds = feeds or Feeds()
        self._mine = mine
        self._met: dict[str, Meeting] = {}

    def fresh(self) -> None:
        """A new batch begins."""
        self._feeds.fresh()

    def read(self, topic: str, payload: bytes, arrived: int) -> Any:
        """One message as one of ours, None when it is another lane's; raises Rejected."""
        met = self._met.get(topic)
        if met is None:
            met = self._meet(topic)
        return met[0](met[1], payload, arrived)

    def ahead(self, arrivals: Sequence[Arrival], arrived: int) -> None:
        """Read our own telemetry in the thread of who brings it, while the lane waits for Redis.

        Telemetry has no memory. All else, what is refused and what fails is left to the lane.
        """
        for a in arrivals:
            a.said = self._said(a, arrived)

    def _said(self, a: Arrival, arrived: int) -> Telemetry | None:
        met = self._met.get(a.topic) or self._meet_ahead(a.topic)
        if met is None or met[0] is not telemetry.read:
            return None
        try:
            return telemetry.read(met[1], a.payload, arrived)
        except Rejected:
            return None
        except Exception:
            log.exception("a message on %r cannot be read", a.topic[:200])
            return None

    def _meet_ahead(self, topic: str) -> Meeting | None:
        if not self._telemetry:
            return None
        fields = telemetry.TEMPLATE.match(topic)
        return None if fields is None else self._keep(topic, telemetry.read, fields)

    def letter(self, topic: str, payload: bytes, reason: str, detail: str) -> ingest.Letter:
        """A dead letter of the source that the topic belongs to."""
        return self._feeds.letter(topic, payload, reason, detail)

    def _meet(self, topic: str) -> Meeting:
        for template, read in CODECS:
            fields = template.match(topic)
            if fields is not None:
                mine = any(read is each for _, each in self._codecs)
                return self._keep(topic, read if mine else _elsewhere, fields)
        feed = self._feeds.hearing(topic)
        if feed is None:
            raise Rejected("unknown_topic", "the topic is none of docs/protocols")
        if not self._mine(feed.source):
            return self._keep(topic, _elsewhere, {})
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
        piles: dict[type, tuple[list[Any], str]] = {
            Telemetry: (batch.telemetry, "readings:city"),
            DeviceStatus: (batch.statuses, "statuses:city"),
            WorkerPosition: (batch.positions, "known:city:position"),
        }
        other = batch.reports, "reports:city"
        for a in arrivals:
            try:
                thing = a.said or self.read(a.topic, a.payload, arrived)
            except Rejected as why:
                letter = ingest.Letter(a.topic, a.payload, why.reason, why.detail)
                batch.refused.append(letter)
                batch.counts[f"refused:city:{why.reason}"] += 1
                continue
            if isinstance(thing, Told):
                foreign.take(thing, a.retained)
            elif thing is not None:
                pile, counter = piles.get(type(thing), other)
                pile.append(thing)
                batch.counts[counter] += 1
        _count_own(batch.counts)
        return batch


def _count_own(counts: Counter[str]) -> None:
    """Add how many messages came on the city's own topics: each says exactly one thing."""
    own = sum(n for name, n in counts.items() if name.split(":")[1] == "city")
    if own:
        counts["received:city"] = counts["said:city"] = own


def _elsewhere(_fields: dict[str, str], _payload: bytes, _arrived: int) -> None:
    return None


def write(city: City, batch: Batch, arrived: int, lag: int = 0) -> None:
    """Hand a batch to the services; births first, so that readings find their devices.

    `lag` are the ms by which this batch is older than it would be without a queue before it.
    """
    ingest.status(city, batch.statuses, arrived)
    off_duty = ingest.positions(city, batch.positions, arrived)
    counts = batch.counts
    if off_duty:  # a copy: the same batch may be written again
        counts = counts - Counter({"known:city:position": off_duty})
        counts["known:city:off_duty"] += off_duty
    ingest.receive(city, batch.reports, arrived)
    ingest.reject(city, batch.refused, arrived)
    # the counters go with the last readings: one step, one wait for the disk
    for start in range(0, len(batch.telemetry), AT_ONCE):
        part = batch.telemetry[start : start + AT_ONCE]
        last = start + AT_ONCE >= len(batch.telemetry)
        ingest.observe(city, part, arrived, lag, counts if last else None)
    if not batch.telemetry:
        ingest.count(city, counts, arrived - lag)
