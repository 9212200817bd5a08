"""The configured sources as they are heard: topic → source → what its dialect makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from app.domain.personal import CITIZEN
from app.domain.readings import DeviceStatus, Telemetry
from app.errors import Rejected
from app.services.ingest import Letter
from streams import filters
from streams.dialects import Ask, Known, Thing, dialect, says_reports
from streams.sourcefile import filters_of
from streams.sources import Source


class Told(NamedTuple):
    """What a message of a source says; what is refused of it stands there as Rejected.

    `payload` is kept of a refused one; `personal` are the paths in it that nobody may see.
    """

    source: str
    topic: str
    payload: bytes
    arrived: int
    things: Sequence[Thing]
    personal: tuple[str, ...] = ()


class Feed:
    """One source and the reader of its dialect.

    Readers remember what they have read, so a batch that is repeated (a store was away) is not
    read again: it says what it said, until `fresh` begins the next one.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.filters = filters_of(source)
        self.personal = (*source.personal, *personal_of(source.dialect))
        self._reader = dialect(source.dialect).reader(source)
        self._said: dict[tuple[str, bytes], Told] = {}

    def hears(self, topic: str) -> bool:
        """Whether one of the source's filters takes in the topic."""
        return any(filters.match(each, topic) is not None for each in self.filters)

    def fresh(self) -> None:
        """A new batch begins."""
        self._said.clear()

    def letter(self, topic: str, payload: bytes, reason: str, detail: str) -> Letter:
        """A dead letter of this source."""
        return Letter(topic, payload, reason, detail, self.source.name, self.personal)

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
                told = told._replace(payload=payload, personal=self.personal)
            self._said[topic, payload] = told
        return told


def personal_of(name: str) -> tuple[str, ...]:
    """What a dialect knows to be personal: its `PERSONAL_PATHS`, else a citizen's in reports."""
    usual = CITIZEN if says_reports(name) else ()
    return tuple(getattr(dialect(name), "PERSONAL_PATHS", usual))


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

    def letter(self, topic: str, payload: bytes, reason: str, detail: str) -> Letter:
        """A dead letter of the source that the topic belongs to."""
        feed = self.hearing(topic)
        if feed is None:
            return Letter(topic, payload, reason, detail)
        return feed.letter(topic, payload, reason, detail)

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
        self.counts[f"said:{told.source}"] += len(told.things)
        refused = [thing for thing in told.things if isinstance(thing, Rejected)]
        self.counts.update(f"refused:{told.source}:{thing.reason}" for thing in refused)
        if refused:
            self.refused.append(_letter(told, refused))
        piles: dict[type, tuple[list[Any], str]] = {
            Telemetry: (self.telemetry, "readings"),
            DeviceStatus: (self.statuses, "statuses"),
            Ask: (self.asks, "asks"),
        }
        for thing in told.things:
            if isinstance(thing, Telemetry) and retained and thing.at == told.arrived:
                self.counts[f"known:{told.source}:retained"] += 1
            elif isinstance(thing, Known):
                self.counts[f"known:{told.source}:{thing.what}"] += 1
            elif not isinstance(thing, Rejected):
                pile, what = piles.get(type(thing), (self.reports, "reports"))
                pile.append(thing)
                self.counts[f"{what}:{told.source}"] += 1


def _letter(told: Told, refused: Sequence[Rejected]) -> Letter:
    """One letter for all that is refused of a message, with marks of what is taken of it."""
    why, more = refused[0], len(refused) - 1
    return Letter(
        told.topic,
        told.payload,
        why.reason,
        f"{why.detail} (and {more} more)" if more else why.detail,
        told.source,
        told.personal,
        marks(thing for thing in told.things if isinstance(thing, Telemetry)),
    )


def marks(readings: Iterable[Telemetry]) -> tuple[str, ...]:
    """A mark of each reading, by which a replay knows what has been taken before."""
    return tuple(
        blake2b(
            f"{t.device}|{t.at}|{t.message_id or sorted(t.metrics)}".encode(), digest_size=8
        ).hexdigest()
        for t in readings
    )
