"""The upkeep of the history, beside the archive's own work and never in its way.

Every minute, in a thread of its own and with less right to the processor:
1. small files become large ones; 2. a day that is over for good becomes one file a district;
3. each merged file gets its minute, hour and day table; 4. those of the last days are put in order
of arrival too, for replays, the newest first and for some seconds at a time, so that the days of
before an upgrade hold no other step up; 5. what the policy no longer keeps goes.
A file that may still be written again (written, not yet acknowledged) is not touched: see Settled.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

from redis.exceptions import RedisError

from app.city import City
from app.domain.retention import Retention
from app.store import history_keep
from app.store.history_query import interrupt

log = logging.getLogger(__name__)

EVERY_S = 60.0  # between looks for many small files
HOUR_MS = 3_600_000
OVER_MS = 25 * HOUR_MS  # readings come up to 24 h late, and are written a minute later
BACK_MS = 4 * 24 * HOUR_MS  # default: older days get no more files
REPLAYED_MS = 8 * 24 * HOUR_MS  # default: a week, and the day on which it is talked about
ARRANGE_S = 20.0  # default: of a look; a file that was begun is ended
NICE = 10


class Unsettled(Exception):
    """Nothing may be merged now: a written file is not acknowledged, or the archive ends."""


class Settled:
    """Tells the upkeep which files are there to stay.

    The archive writes and acknowledges within `writing`; whoever is within `looking` sees only
    files whose batch is acknowledged. After a failure in `writing` nobody looks any more: the
    archive begins again with a new Settled when the same batch was written again.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._failed = False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write and acknowledge one batch."""
        with self._lock:
            self._failed = True
            yield
            self._failed = False

    def give_up(self) -> None:
        """Let nobody look any more; waits for a batch that is being written."""
        with self._lock:
            self._failed = True

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look for files; raises Unsettled after a failure and at the end."""
        with self._lock:
            if self._failed:
                raise Unsettled
            yield


class Upkeep:
    """The thread that keeps the history in order while it is entered."""

    def __init__(self, city: City, policy: Retention) -> None:
        self.settled = Settled()
        self._city, self._policy = city, policy
        self._stop = Event()
        self._since = 0  # a killed archive may have left something on any day
        self._thread = Thread(target=self._run, name="upkeep", daemon=True)

    def __enter__(self) -> Upkeep:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End before the lock of the history is given back: there is one writer."""
        self._stop.set()
        self.settled.give_up()
        while self._thread.is_alive():
            interrupt()  # a large day takes minutes; it is begun anew at the next start
            self._thread.join(0.1)

    def _run(self) -> None:
        with suppress(OSError):  # on Linux of this thread alone; elsewhere it may be refused
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while not self._stop.is_set():
            try:
                self._look()
            except Unsettled:
                return
            except Exception:
                # the archive writes on: only order in its folders waits
                log.exception("the upkeep of the history failed and is tried again")
            self._stop.wait(EVERY_S)

    def _look(self) -> None:
        now = int(self._city.now().timestamp() * 1000)
        try:
            self._since = tidy(self._city, self._policy, now, self._since, self.settled, self._stop)
        except OSError as why:
            # readings are safe in small files: order can wait, writing cannot
            if not self._stop.is_set():
                log.warning("the history stays as it is: %s", why)


def tidy(
    city: City, policy: Retention, now_ms: int, since_ms: int, settled: Settled, stop: Event
) -> int:
    """Do the five steps once; returns from which moment on to look the next time.

    OSError when the disk is full or a file is torn.
    """
    history, looking = city.history, settled.looking
    figures = {
        "history_merged": lambda: history.compact(since_ms, looking),
        "history_closed": lambda: history.close(now_ms - OVER_MS, since_ms, looking),
        "history_tables": lambda: history.build(since_ms, looking),
        "history_arranged": lambda: history.arrange(
            now_ms - REPLAYED_MS, looking, _enough(stop, ARRANGE_S)
        ),
        "history_deleted": lambda: history_keep.clear(
            history, policy, now_ms, looking, stop.is_set
        ),
    }
    for name, step in figures.items():
        if stop.is_set():
            return since_ms
        done = step()
        if done:
            log.info("%s: %d", name, done)
            _count(city, name, done)
    return now_ms - BACK_MS


def _enough(stop: Event, seconds: float) -> Callable[[], bool]:
    """Whether so many seconds have passed from now on, or nothing more is wanted."""
    end = time.monotonic() + seconds
    return lambda: stop.is_set() or time.monotonic() >= end


def _count(city: City, name: str, by: int) -> None:
    try:
        city.live.count(name, by)
    except RedisError as why:
        log.warning("%s is not counted: %s", name, why)
