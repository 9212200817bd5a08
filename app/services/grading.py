"""Grading: what is doubted of each reading on its way in, and the day's counts of it.

Memory advances only after a batch is written, so a batch that is repeated is graded the same. It
lives in this process: after a restart each device is held against ranges until it has spoken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from app.city import City
from app.domain import quality
from app.domain.alerts import BEIJING
from app.domain.quality import LATE, NEIGHBOUR, SKEW, SKEW_MS, Traces, weigh
from app.domain.readings import Telemetry
from app.store.live import LATE as WAS_LATE
from app.store.live import NEW as WAS_NEW
from app.store.live import Live, Observed

OWN_FEED, OWN = "telemetry", "city"  # our own topics as a feed, and as a source
STREET_DIGITS = 9
REMEMBERED = 200_000  # devices; beyond that memory begins anew
NEWS_MS = 5_000  # so often the outliers and the sources' periods are read
FLUSH_MS = 2_000  # so often the counts go to Redis; a killed ingest loses no more of them
READINGS, DUPLICATE, DOUBTED = "readings", "duplicate", "doubted"

_DUPLICATE = -1
_NEW, _LATE = WAS_NEW[0], WAS_LATE[0]


class Grader:
    """What this process remembers of devices, and what it has counted; for one thread at a time."""

    def __init__(self) -> None:
        self.traces: dict[str, Traces] = {}
        self.outliers: frozenset[str] = frozenset()
        self.skew_ms: dict[str, int] = {}
        self.origins: dict[str, str] = {}
        self.counts: Counter[tuple[str, str, str, int]] = Counter()
        self._news: dict[str, Traces] = {}
        self._read_at = self._flushed_at = 0

    def grade(
        self, city: City, batch: Sequence[Telemetry], arrived: int, lag: int = 0
    ) -> list[int]:
        """The doubts about each reading of a batch, in order; `accept` makes them lasting.

        `lag` (ms) is how long they have waited before us, which is no fault of their clocks.
        """
        if arrived - self._read_at >= NEWS_MS:
            self._hear(city, arrived)
        news = self._news = {}
        known, outliers, limits = self.traces, self.outliers, self.skew_ms
        found, sent = [], arrived - lag
        for t in batch:
            device, at = t.device, t.at
            before = news.get(device) or known.get(device)
            doubts, traces = weigh(t.kind, before, at, t.metrics)
            if traces is not None:
                news[device] = traces
            limit = limits.get(t.feed, SKEW_MS) if limits else SKEW_MS
            if not -limit <= at - sent <= limit:
                doubts |= SKEW
            if device in outliers:
                doubts |= NEIGHBOUR
            found.append(doubts)
        return found

    def accept(self, city: City, batch: Sequence[Observed], flags: bytes, arrived: int) -> None:
        """A batch is written and `flags` say what became of each: remember and count it."""
        if len(self.traces) > REMEMBERED:
            self.traces.clear()
        self.traces.update(self._news)
        told, origins, new = [], self.origins, {}
        for o, flag in zip(batch, flags, strict=True):
            r = o.reading
            doubts = r.doubts if flag == _NEW else r.doubts | LATE if flag == _LATE else _DUPLICATE
            told.append((o.feed, r.kind, r.area[:STREET_DIGITS], doubts))
            if origins.get(r.device) != o.feed:
                new[r.device] = o.feed
        self.counts.update(told)
        if new:
            city.live.put_origins({code: source_of(feed) for code, feed in new.items()})
            origins.update(new)
        if arrived - self._flushed_at >= FLUSH_MS:
            self.flush(city, arrived)

    def flush(self, city: City, now: int) -> None:
        """Bring what was counted to Redis; what could not be brought stays for the next time."""
        self._flushed_at = now
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
