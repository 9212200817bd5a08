"""The archive role: every reading lands in Parquet before the stream is trimmed.

1. Take what this role had taken before and not acknowledged: it is exactly one batch.
2. Write it; the file's name comes from its first and last id, so a second time replaces the first.
3. Acknowledge the whole batch by one command, then trim what every group has acknowledged.
4. Take new entries until there are enough of them or they have waited long enough; go to 2.
Merging, tables and deleting go on beside it (services.upkeep), never between 2 and 3, since a file
may still be replaced there. A store that is away or a full disk is waited for; the wall is told.
One process archives a city: two would share the name under which entries are pending. It holds a
lock in the folder of the history.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from threading import Event

from app.city import City
from app.domain.retention import Retention, load_retention
from app.errors import Unavailable
from app.services import ingest
from app.services.upkeep import Settled, Upkeep
from app.store.live_streams import Entry

log = logging.getLogger(__name__)

GROUP = CONSUMER = "archive"
BLOCK_MS = 500
RETRY_S = 2.0
BEAT_S = 2.0


@dataclass
class Shelf:
    """The readings of one partition that are not written yet; `since` is when it began.

    It holds stream entries whole: an entry is acknowledged when all its readings are written.
    """

    partition: int
    entries: list[Entry] = field(default_factory=list)
    since: float = 0.0

    def is_due(self, now: float, rows: int, seconds: float) -> bool:
        """Whether it is large or old enough to be written."""
        if not self.entries:
            return False
        return len(self.entries) >= rows or now - self.since >= seconds

    def add(self, entries: list[Entry], now: float) -> None:
        """Put entries on it."""
        if entries and not self.entries:
            self.since = now
        self.entries += entries


def pending(city: City, partition: int) -> list[Entry]:
    """All readings that this role took and has not acknowledged, in order."""
    found: list[Entry] = []
    after: bytes = b"0"
    while entries := city.live.read(GROUP, CONSUMER, partition=partition, after=after):
        found += entries
        after = entries[-1][0]
    return found


def flush(city: City, shelf: Shelf, settled: Settled | None = None) -> int:
    """Write a shelf, acknowledge it, trim the stream; returns the number of readings."""
    written = len(shelf.entries)
    if written:
        with (settled or Settled()).writing():
            city.history.write([(entry_id.decode(), r) for entry_id, r in shelf.entries])
            city.live.ack(GROUP, (i for i, _ in shelf.entries), partition=shelf.partition)
        shelf.entries = []
        city.live.trim(shelf.partition)
    return written


def step(
    city: City, shelf: Shelf, block_ms: int | None = BLOCK_MS, settled: Settled | None = None
) -> int:
    """Take what is new and write when due; returns how many readings were written."""
    fresh = city.live.read(GROUP, CONSUMER, partition=shelf.partition, block_ms=block_ms)
    now = time.monotonic()
    shelf.add(fresh, now)
    settings = city.settings
    if shelf.is_due(now, settings.archive_flush_rows, settings.archive_flush_s):
        return flush(city, shelf, settled)
    return 0


def run(city: City, stop: Event) -> None:
    """Archive until stopped; a store that is away or a full disk is waited for.

    BadConfiguration, before anything is done, when the policy of retention is wrong.
    """
    policy = load_retention(city.settings.retention)
    while not stop.is_set():
        try:
            with ingest.answering(city), city.history.alone():
                _work(city, policy, stop)
        except Unavailable as why:
            log.warning("the archive waits and begins again from what is pending: %s", why.message)
            stop.wait(RETRY_S)


def _work(city: City, policy: Retention, stop: Event) -> None:
    city.live.ensure_groups()
    shelves = [Shelf(partition) for partition in range(city.live.partitions)]
    for shelf in shelves:
        shelf.add(pending(city, shelf.partition), 0.0)
        flush(city, shelf)
    with Upkeep(city, policy) as upkeep:
        _archive(city, stop, shelves, upkeep.settled)


def _archive(city: City, stop: Event, shelves: list[Shelf], settled: Settled) -> None:
    beat_due = 0.0
    while not stop.is_set():
        for shelf in shelves:
            step(city, shelf, BLOCK_MS // len(shelves), settled)
        if time.monotonic() > beat_due:
            city.live.beat(GROUP, int(city.now().timestamp() * 1000))
            beat_due = time.monotonic() + BEAT_S
    for shelf in shelves:
        flush(city, shelf, settled)
