"""Grading: what is doubted of each reading on its way in, and the day's counts of it.

Memory advances only after a batch is written, so a batch that is repeated is graded the same; one
that is graded while the one before it is being written is told what that one will leave behind.
It lives in this process: after a restart each device is held against ranges until it has spoken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from weakref import WeakKeyDictionary

from app.city import City
from app.domain import quality
from app.domain.alerts import BEIJING
from app.domain.quality import LATE, NEIGHBOUR, SKEW, SKEW_MS, Traces, weigh
from app.domain.readings import Telemetry
from app.store.live import LATE as WAS_LATE
from app.store.live import NEW as WAS_NEW
from app.store.live import Live

OWN_FEED, OWN = "telemetry", "city"  # our own topics as a feed, and as a source
STREET_DIGITS = 9
REMEMBERED = 200_000  # devices; beyond that memory begins anew
NEWS_MS = 5_000  # so often the outliers and the sources' periods are read
# so often counts and new origins go to Redis; a killed ingest loses no more counts than that, and
# an origin is told again when its device speaks
FLUSH_MS = 2_000
READINGS, DUPLICATE, DOUBTED = "readings", "duplicate", "doubted"

_DUPLICATE = -1
_NEW, _LATE = WAS_NEW[0], WAS_LATE[0]


class Graded(NamedTuple):
    """What is counted of a reading, and of which device it is."""

    feed: str
    kind: str
    street: str
    doubts: int
    device: str


def graded(t: Telemetry, area: str, doubts: int) -> Graded:
    """A reading that was placed in an area."""
    return Graded(t.feed, t.kind, area[:STREET_DIGITS], doubts, t.device)


class Grader:
    """What this process remembers of devices, and what it has counted; for one thread at a time."""

    def __init__(self) -> None:
        self.traces: dict[str, Traces] = {}
        self.outliers: frozenset[str] = frozenset()
        self.skew_ms: dict[str, int] = {}
        self.origins: dict[str, str] = {}
        self.untold: dict[str, str] = {}  # new origins; at a start they are those of all devices
        self.counts: Counter[tuple[str, str, str, int]] = Counter()
        self._read_at = self._flushed_at = 0

    def grade(
        self,
        city: City,
        batch: Sequence[Telemetry],
        arrived: int,
        lag: int = 0,
        before: Mapping[str, Traces] | None = None,
    ) -> tuple[list[int], dict[str, Traces]]:
        """The doubts about each reading of a batch, in order, and what to remember: for `accept`.

        `lag` (ms) is how long they have waited before us, which is no fault of their clocks;
        `before` is what a batch will leave behind that is not accepted yet.
        """
        if arrived - self._read_at >= NEWS_MS:
            self._hear(city, arrived)
        news: dict[str, Traces] = {}
        before = before or {}
        known, outliers, limits = self.traces, self.outliers, self.skew_ms
        found, sent = [], arrived - lag
        for t in batch:
            device, at = t.device, t.at
            past = news.get(device) or before.get(device) or known.get(device)
            doubts, traces = weigh(t.kind, past, at, t.metrics)
            if traces is not None:
                news[device] = traces
            limit = limits.get(t.feed, SKEW_MS) if limits else SKEW_MS
            if not -limit <= at - sent <= limit:
                doubts |= SKEW
            if device in outliers:
                doubts |= NEIGHBOUR
            found.append(doubts)
        return found, news

    def accept(
        self,
        city: City,
        graded: Sequence[Graded],
        news: Mapping[str, Traces],
        flags: bytes,
        arrived: int,
    ) -> None:
        """A batch is written and `flags` say what became of each: remember and count it."""
        if len(self.traces) > REMEMBERED:
            self.traces.clear()
        self.traces.update(news)
        self.counts.update(map(_became, graded, flags))
        origins = self.origins
        for g in graded:
            if origins.get(g.device) != g.feed:
                origins[g.device] = g.feed
                self.untold[g.device] = source_of(g.feed)
        if arrived - self._flushed_at >= FLUSH_MS:
            self.flush(city, arrived)

    def born(self, city: City, origins: Mapping[str, str]) -> None:
        """Births say by which source their devices speak: newer than what is not told yet."""
        for device in origins:
            self.origins.pop(device, None)
            self.untold.pop(device, None)
        city.live.put_origins(origins)

    def flush(self, city: City, now: int) -> None:
        """Bring counts and origins to Redis; what could not be brought stays for the next time."""
        self._flushed_at = now
        if self.untold:
            city.live.put_origins(self.untold)
            self.untold.clear()
        if self.counts:
            city.live.add_quality(day_of(now), _fields(self.counts), now)
            self.counts.clear()

    def _hear(self, city: City, now: int) -> None:
        self.outliers = city.live.outliers()
        periods = {name: row.get("period_s") for name, row in city.live.sources().items()}
        self.skew_ms = {name: quality.skew_limit_ms(s) for name, s in periods.items() if s}
        self._read_at = now


_graders: WeakKeyDictionary[Live, Grader] = WeakKeyDictionary()


def of(city: City) -> Grader:
    """The grader of this process, one per live store."""
    return _graders.setdefault(city.live, Grader())


def forget(city: City) -> None:
    """Redis was away and may have come back empty: say anew by which source each device speaks."""
    of(city).origins.clear()


def flush(city: City) -> None:
    """Bring what was counted to Redis now."""
    of(city).flush(city, round(city.now().timestamp() * 1000))


def source_of(feed: str) -> str:
    """The source that a reading's feed belongs to."""
    return OWN if feed == OWN_FEED else feed


def feed_of(source: str) -> str:
    """The feed that a source's readings carry."""
    return OWN_FEED if source == OWN else source


def day_of(ms: int) -> str:
    """The Beijing day of a moment, as its counters are named."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(BEIJING).strftime("%Y%m%d")


def _became(g: Graded, flag: int) -> tuple[str, str, str, int]:
    if flag == _NEW:
        return g[:4]
    return g.feed, g.kind, g.street, g.doubts | LATE if flag == _LATE else _DUPLICATE


def _fields(counts: Counter[tuple[str, str, str, int]]) -> Counter[str]:
    """Counts by what they are of, as the fields of a day: one per doubt, and the sums."""
    fields: Counter[str] = Counter()
    for (feed, kind, street, doubts), n in counts.items():
        place = f"{source_of(feed)}|{kind}|{street}|"
        if doubts == _DUPLICATE:
            fields[place + DUPLICATE] += n
            continue
        fields[place + READINGS] += n
        if doubts:
            fields[place + DOUBTED] += n
        for name in quality.names(doubts):
            fields[place + name] += n
    return fields
