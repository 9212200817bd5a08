"""The ingest role: lanes side by side. A lane has a line, an inbox and a thread that reads, writes
and only then acknowledges.

Reports, orders and warnings have a lane of their own, with an MQTT session of its own: they never
wait behind readings. Redis down: the same batch is repeated for ever while the line is kept alive.
A message that our code cannot take becomes a dead letter, alone. A fault that meets every message,
or a lane whose thread is gone, ends the process, and the supervisor starts it again: one that
looks alive and writes nothing is worse.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread

from app.city import City
from app.errors import Unavailable
from app.services import ingest
from app.services import lanes as shown
from streams import adopting, dialects, placecheck, replay
from streams.feeds import Feeds
from streams.inbox import FEW, QUEUE, READINGS, REPORTS, Codecs, Inbox, Reader
from streams.mqtt import Arrival, Line
from streams.redis_line import RedisLine
from streams.sourcefile import load
from streams.sources import Source
from streams.writing import Bringer, Writer, until_there

log = logging.getLogger(__name__)

BEAT_S = 2.0
# so many new objects before Python looks for cycles: a full inbox is some 30,000, and none of
# what is made per message is in a cycle
NEW_OBJECTS = 50_000
STUCK_S = 5.0  # a lane that has not turned for longer takes the heartbeat with it


class Lane:
    """One way in: inbox, reader, writer and those who bring; `bringers[0]` also publishes."""

    def __init__(self, city: City, name: str, reader: Reader, stop: Event) -> None:
        self.name = name
        self.inbox = Inbox()
        self.bringers: list[Bringer] = []
        self.reader = reader
        self._city = city
        self._stop = stop
        self._writer: Writer | None = None
        self._thread = Thread(target=self._drain, name=f"lane-{name}", daemon=True)
        self._turned = time.monotonic()
        self.failure: Exception | None = None

    @property
    def lag_ms(self) -> int:
        """By how much the newest batch was older than without a queue before us."""
        return self._writer.lag_ms if self._writer else 0

    def take_in(self, arrivals: Sequence[Arrival]) -> None:
        """Read ahead what can be, in the thread of who brings it, and let it wait for its batch."""
        now = int(self._city.now().timestamp() * 1000)
        self.reader.ahead(arrivals, now)
        self.inbox.put(arrivals)

    def start(self) -> None:
        """Let messages come and write them."""
        self._thread.start()
        for bringer in self.bringers:
            bringer.start()

    def stop(self) -> None:
        """End; what is not written stays with those who bring."""
        self.inbox.close()
        self._thread.join(15)
        for bringer in self.bringers:
            bringer.stop()

    def alive(self) -> bool:
        """Whether its thread and those of its bringers are there."""
        return self._thread.is_alive() and all(each.alive() for each in self.bringers)

    def turning(self) -> bool:
        """Whether it has been through its loop a moment ago; not while a store is away."""
        return time.monotonic() - self._turned < STUCK_S

    def drain(self) -> None:
        """Batch after batch until stopped: read, write, acknowledge."""
        writer = self._writer = Writer(self._city, self.bringers, self._stop, self.reader)
        while not self._stop.is_set():
            # a few messages wait until Redis has written those before them, and more join them
            if len(self.inbox) < FEW and not writer.finish():
                return
            arrivals = self.inbox.take(wait_s=0.5)
            if arrivals:
                writer.behind = len(arrivals) + len(self.inbox) > QUEUE
                if not writer.take(arrivals):
                    return
            else:
                writer.lag_ms = 0
            self._turned = time.monotonic()
        writer.finish()

    def _drain(self) -> None:
        try:
            self.drain()
        except Exception as why:
            log.exception("the lane of %s is at its end", self.name)
            self.failure = why


def run(city: City, stop: Event) -> None:
    """Take in messages until stopped; what is not written then stays with those who bring.

    Raises BadConfiguration when the source file is wrong, before anything is taken.
    """
    sources = load(city.settings.sources) if city.settings.sources else []
    every = lanes(city, sources, stop)
    until_there(lambda: ingest.begin(city), stop)
    until_there(lambda: placecheck.declare(city, sources), stop)
    until_there(lambda: adopting.teach(city, sources, city.settings.sources), stop)
    gc.freeze()  # what is there now stays, and need not be looked at again
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    for lane in every:
        lane.start()
    replay.start(city, stop)
    try:
        watch_over(city, every, stop)
    finally:
        stop.set()
        for lane in every:
            lane.stop()


def lanes(city: City, sources: Sequence[Source], stop: Event) -> list[Lane]:
    """The lanes of these sources, not started: "telemetry", "reports", one per stream source."""
    feeds = [s for s in sources if s.by == "mqtt"]  # a topic drop/x at the broker is nobody's
    return [
        _by_mqtt(city, "telemetry", READINGS, feeds, lambda s: not _urgent(s), stop),
        _by_mqtt(city, "reports", REPORTS, feeds, _urgent, stop),
        *(_by_stream(city, source, stop) for source in sources if source.by == "stream"),
    ]


def _urgent(source: Source) -> bool:
    return dialects.says_reports(source.dialect)


def _by_mqtt(
    city: City,
    name: str,
    codecs: Codecs,
    sources: Sequence[Source],
    mine: Callable[[Source], bool],
    stop: Event,
) -> Lane:
    lane = Lane(city, name, Reader(codecs, Feeds(sources), mine), stop)
    own = tuple(template.subscription for template, _ in codecs)
    heard = own + Feeds([s for s in sources if mine(s)]).subscriptions
    # the session of readings keeps the name it always had: the broker may hold messages for it
    suffix = "" if name == "telemetry" else f"-{name}"
    lane.bringers.append(Line(city.settings, heard, lane.take_in, suffix))
    return lane


def _by_stream(city: City, source: Source, stop: Event) -> Lane:
    lane = Lane(city, f"stream-{source.name}", Reader((), Feeds([source])), stop)
    lane.bringers.append(RedisLine(source, lane.inbox.put, city.settings.mqtt_client_id))
    return lane


def watch_over(city: City, every: Sequence[Lane], stop: Event) -> None:
    """Beat while all lanes turn and tell their lag; raises when a lane is gone."""
    beat_due = 0.0
    while not stop.wait(0.2):
        for lane in every:
            if not lane.alive() and not stop.is_set():
                raise RuntimeError(f"the lane of {lane.name} is gone") from lane.failure
        if time.monotonic() > beat_due:
            beat_due = time.monotonic() + BEAT_S
            try:
                _beat(city, every)
            except Unavailable as why:
                log.debug("no heartbeat: %s", why.message)


def _beat(city: City, every: Sequence[Lane]) -> None:
    shown.tell(city, {lane.name: (lane.lag_ms, len(lane.inbox)) for lane in every})
    if all(lane.turning() for lane in every):
        ingest.beat(city, "ingest")
