"""A lane writes: what arrived is read, handed to the services and only then acknowledged.

While Redis writes a batch, the next one is made ready (app/services/ahead.py): one under way, one
in hand. It is sent only when all before it is written, so nothing is written out of order, and
what was made ready on a batch that failed is thrown away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from statistics import median_low
from threading import Event
from typing import Protocol

from app.city import City
from app.domain.readings import Telemetry
from app.errors import Unavailable
from app.services import ahead, ingest
from streams.inbox import Reader, write
from streams.mqtt import Arrival

log = logging.getLogger(__name__)

ODD_IN_A_ROW = 20  # messages that fail one after another: then it is not the messages
RETRY_S = (0.1, 0.2, 0.5, 1.0, 2.0)


class Bringer(Protocol):
    """What brings messages into a lane: the MQTT line, a Redis stream, replayed dead letters.

    It hands them to `lane.take_in`, or puts them into `lane.inbox` unread. All bringers of a lane
    are told what was written, so each finds its own by `Arrival.session`: the MQTT line counts
    from 1, others go below 0.
    """

    def start(self) -> None:
        """Begin, in a thread of its own."""

    def stop(self) -> None:
        """End; what is not acknowledged must come again."""

    def alive(self) -> bool:
        """Whether its thread is there, or has not begun."""

    def acknowledge(self, arrivals: Sequence[Arrival]) -> None:
        """These are written or buried."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Send what a dialect asks for."""


class Writer:
    """Writes arrivals and acknowledges them; one that makes our code fail is found by halving and
    becomes a letter. `take` writes the next ones, `finish` waits until all is written."""

    def __init__(
        self, city: City, bringers: Sequence[Bringer], stop: Event, reader: Reader
    ) -> None:
        self._city = city
        self._bringers = bringers
        self._stop = stop
        self._reader = reader
        self._odd = 0
        self._sent: tuple[Sequence[Arrival], ahead.Sent] | None = None
        self._usual = 0  # ms from event to arrival when nothing waits: skew and way
        self.behind = False
        self.lag_ms = 0

    def take(self, arrivals: Sequence[Arrival]) -> bool:
        """Write the next batch, or let it be under way; False when stopped before that."""
        self._reader.fresh()
        ready = self._make_ready(arrivals)
        if ready is None:
            return self.finish() and self._alone(arrivals)
        before, self._sent = self._sent, None
        flags = ahead.reply(self._city, before[1]) if before else None
        if before and flags is None:
            return self._alone(before[0]) and self._alone(arrivals)
        sent = ahead.send(self._city, ready)
        if sent:
            self._sent = arrivals, sent
        if before and flags:
            self._written(*before, flags)
        return sent is not None or self._alone(arrivals)

    def finish(self) -> bool:
        """Wait until what is under way is written; False when stopped before that."""
        before, self._sent = self._sent, None
        if before is None:
            return True
        flags = ahead.reply(self._city, before[1])
        if flags is None:
            return self._alone(before[0])
        self._written(*before, flags)
        return True

    def _make_ready(self, arrivals: Sequence[Arrival]) -> ahead.Ready | None:
        """What the line has read ahead, made ready; None when it must be written alone."""
        said: list[Telemetry] = [a.said for a in arrivals if a.said is not None]
        if len(said) < len(arrivals):
            return None
        arrived = self._now()
        try:
            self._look_at_the_clock(said, arrived)
            n = len(said)
            counts = {"received:city": n, "said:city": n, "readings:city": n}
            before = self._sent[1].ready.news if self._sent else None
            return ahead.ready(self._city, said, arrived, self.lag_ms, counts, before)
        except Unavailable:
            return None
        except Exception:
            log.exception("a batch cannot be made ready, so it is looked at message by message")
            return None

    def _written(self, arrivals: Sequence[Arrival], sent: ahead.Sent, flags: bytes) -> None:
        self._acknowledge(arrivals)
        self._odd = 0
        ahead.accept(self._city, sent, flags)

    def _alone(self, arrivals: Sequence[Arrival]) -> bool:
        """Write a batch with nothing else under way, and acknowledge it."""
        done = self.write(arrivals)
        if done:
            self._acknowledge(arrivals)
        return done

    def _acknowledge(self, arrivals: Sequence[Arrival]) -> None:
        for bringer in self._bringers:
            bringer.acknowledge(arrivals)

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
        self._look_at_the_clock(batch.telemetry, arrived)
        write(self._city, batch, arrived, self.lag_ms)
        for ask in batch.asks:
            self._bringers[0].publish(ask.topic, ask.payload)

    def _look_at_the_clock(self, readings: Sequence[Telemetry], arrived: int) -> None:
        """How far we are behind: what the median reading is older than when nothing waits."""
        if readings:
            age = median_low([arrived - t.at for t in readings])
            if not self.behind:
                self._usual = age
            self.lag_ms = max(age - self._usual, 0) if self.behind else 0

    def _bury(self, odd: Arrival, why: Exception) -> bool:
        self._odd += 1
        if self._odd >= ODD_IN_A_ROW:
            raise why
        letter = self._reader.letter(odd.topic, odd.payload, "odd", type(why).__name__)
        return self._until_there(lambda at: ingest.reject(self._city, [letter], at))

    def _until_there(self, step: Callable[[int], None]) -> bool:
        arrived = self._now()
        # a Redis that comes back may have come back empty
        return until_there(
            lambda: step(arrived), self._stop, again=lambda: ingest.begin(self._city)
        )

    def _now(self) -> int:
        return int(self._city.now().timestamp() * 1000)


def until_there(
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
