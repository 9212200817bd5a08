"""The configured sources as they are heard: topic → source → what its dialect makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from app.domain.readings import DeviceStatus, Telemetry
from app.errors import Rejected
from app.services.ingest import Letter
from streams import filters
from streams.dialects import Ask, Known, Thing, dialect
from streams.personal import masked
from streams.sourcefile import filters_of
from streams.sources import Source


class Told(NamedTuple):
    """What a message of a source says; what is refused of it stands there as Rejected.

    `payload` is what may be kept of a refused one: without the personal fields.
    """

    source: str
    topic: str
    payload: bytes
    arrived: int
    things: Sequence[Thing]


class Feed:
    """One source and the reader of its dialect.

    Readers remember what they have read, so a batch that is repeated (a store was away) is not
    read again: it says what it said, until `fresh` begins the next one.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.filters = filters_of(source)
        self._reader = dialect(source.dialect).reader(source)
        self._said: dict[tuple[str, bytes], Told] = {}

    def hears(self, topic: str) -> bool:
        """Whether one of the source's filters takes in the topic."""
        return any(filters.match(each, topic) is not None for each in self.filters)

    def fresh(self) -> None:
        """A new batch begins."""
        self._said.clear()

    def read(self, topic: str, payload: bytes, arrived: int) -> Told:
        """What a message says; never raises."""
        told = self._said.get((topic, payload))
        if told is None:
            try:
                things: Sequence[Thing] = self._reader.read(topic, payload, arrived)
            except Rejected as why:
                things = [why]
            told = Told(self.source.name, topic, b"", arrived, things)
            if any(isinstance(thing, Rejected) for thing in things):
                told = told._replace(payload=masked(payload, self.source.personal))
            self._said[topic, payload] = told
        return told


class Feeds:
    """All configured sources; where two hear a topic, the first in the file has it."""

    def __init__(self, sources: Sequence[Source] = ()) -> None:
        self._feeds = [Feed(source) for source in sources]
        by_mqtt = (feed for feed in self._feeds if feed.source.by == "mqtt")
        every = (filters.subscription(text) for feed in by_mqtt for text in feed.filters)
        self.subscriptions = tuple(dict.fromkeys(every))

    def hearing(self, topic: str) -> Feed | None:
        """The source that a topic belongs to."""
        return next((feed for feed in self._feeds if feed.hears(topic)), None)

    def named(self, name: str) -> Feed | None:
        """The source of this name."""
        return next((feed for feed in self._feeds if feed.source.name == name), None)

    def fresh(self) -> None:
        """A new batch begins."""
        for feed in self._feeds:
            feed.fresh()


class Sorted(NamedTuple):
    """What messages of sources say, by kind; `counts` are counters by their names."""

    telemetry: list[Telemetry]
    statuses: list[DeviceStatus]
    refused: list[Letter]
    asks: list[Ask]
    counts: Counter[str]
    reports: list[Any]

    def take(self, told: Told, retained: bool = False) -> None:
        """Add what a message says; a retained reading without a time of its own is of any age."""
        self.counts[f"received:{told.source}"] += 1
        for thing in told.things:
            if isinstance(thing, Telemetry) and retained and thing.at == told.arrived:
                self.counts[f"known:{told.source}:retained"] += 1
            elif isinstance(thing, Telemetry):
                self.telemetry.append(thing)
                self.counts[f"readings:{told.source}"] += 1
            elif isinstance(thing, DeviceStatus):
                self.statuses.append(thing)
            elif isinstance(thing, Known):
                self.counts[f"known:{told.source}:{thing.what}"] += 1
            elif isinstance(thing, Ask):
                self.asks.append(thing)
            elif not isinstance(thing, Rejected):
                self.reports.append(thing)
                self.counts[f"reports:{told.source}"] += 1
            else:
                self.counts[f"refused:{told.source}:{thing.reason}"] += 1
                self.refused.append(Letter(told.topic, told.payload, thing.reason, thing.detail))
