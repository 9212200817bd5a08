"""A whole city under faults: what was published is counted to the end, in Parquet and ledger.

Every telemetry message carries a number of its own, so that history alone says which are lost and
which came twice; reports, orders and alarms are looked up one by one in the ledger.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple, cast

import duckdb
import psutil

from app.city import City
from app.store import keys
from app.store.history_files import visible
from bench._flow import Sent
from bench._stack import Stack, stack

SETTLED_S = 180.0  # everything is where it belongs within


class Counted(NamedTuple):
    """What became of a run: stored messages, lost and doubled ones of every sort."""

    stored: int
    lost: int
    doubled: int


class Border:
    """The running city and how to hurt it."""

    def __init__(self, there: Stack, city: City) -> None:
        self.stack, self.city = there, city

    def pid(self, name: str) -> int:
        """The process of a role or a server; LookupError while it is dead."""
        child = self.stack.children[name]
        if child.process is None or not child.alive():
            raise LookupError(name)
        return child.process.pid

    def end(self, name: str, *, how: signal.Signals = signal.SIGKILL, away_s: float = 0) -> None:
        """Kill a process; it is started again after `away_s`."""
        child = self.stack.children[name]
        assert child.process is not None
        child.again_at = time.monotonic() + away_s
        os.killpg(child.process.pid, how)
        child.process.wait(30)

    def without_room(self, name: str) -> Callable[[], None]:
        """No byte more can be written by a process (RLIMIT_FSIZE); returns what gives it back."""
        process = psutil.Process(self.pid(name))
        before = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (0, before[1]))
        return lambda: process.rlimit(psutil.RLIMIT_FSIZE, before)

    @contextmanager
    def no_acknowledgement(self) -> Iterator[None]:
        """Redis refuses XACK meanwhile: who has done its work cannot say so."""
        redis = self.city.live.redis
        redis.execute_command("ACL", "SETUSER", "default", "-xack")
        try:
            yield
        finally:
            redis.execute_command("ACL", "SETUSER", "default", "+xack")

    def files(self) -> set[Path]:
        """The files of the history as they are now."""
        return set((self.stack.var / "history").rglob("*.parquet"))

    def count(self, sent: Sent) -> Counted:
        """Wait until all of a run is in Parquet and ledger, or SETTLED_S; then count.

        What is delivered a second time may be written after the last one is there: so all who
        read are done with everything before it is counted.
        """
        end, settled = time.monotonic() + SETTLED_S, False
        while True:
            numbers, told = self._numbers(sent), self._told(sent)
            lost = sent.telemetry - len(numbers) + sum(told[name] == 0 for name in told)
            if time.monotonic() > end:
                break
            if lost == 0 and settled:
                break
            settled = lost == 0 and self._settle(end)
            time.sleep(0.3)
        doubled = sum(n - 1 for n in numbers.values()) + sum(max(n - 1, 0) for n in told.values())
        return Counted(len(numbers), lost, doubled)

    def stored(self) -> int:
        """How many readings ingest has stored so far; RedisError while Redis is away."""
        return int(self.city.live.redis.hget(keys.COUNTS, "stored") or 0)  # type: ignore[arg-type]

    def watching(self) -> bytes | None:
        """Who holds the post of the watch."""
        return cast(bytes | None, self.city.live.redis.get(keys.owner(0)))

    def reads(self, group: str) -> bool:
        """Whether a group of the readings has read something that is not acknowledged."""
        return bool(cast(Any, self.city.live.redis.xpending(keys.readings(0), group))["pending"])

    def done(self, group: str) -> bool:
        """Whether a group of the readings has read and acknowledged all there is."""
        return self._is_done(keys.readings(0), group)

    def _is_done(self, stream: str, *only: str) -> bool:
        redis = cast(Any, self.city.live.redis)
        groups = [g for g in redis.xinfo_groups(stream) if not only or g["name"].decode() in only]
        newest = redis.xinfo_stream(stream)["last-generated-id"]
        return all(g["last-delivered-id"] == newest and not g["pending"] for g in groups)

    def _settle(self, end: float) -> bool:
        """Wait until ingest hears no more and every group is done; False when `end` has come."""
        while time.monotonic() < end:
            heard = self._heard()
            time.sleep(1)
            if heard == self._heard() and all(map(self._is_done, (keys.readings(0), keys.REPORTS))):
                return True
        return False

    def _heard(self) -> list[Any]:
        """What ingest has taken so far, what came twice included."""
        names = ("stored", "duplicates", "reports", "orders")
        return cast(list[Any], self.city.live.redis.hmget(keys.COUNTS, *names))

    def _numbers(self, sent: Sent) -> Counter[int]:
        """How often each number stands in the history."""
        folders = {path.parent for path in self.files()}
        paths = [str(path) for folder in folders for path in visible(folder)]
        if not paths:
            return Counter()
        question = """select value::int, count(*) from read_parquet($1, union_by_name => true)
            where metric = 'number' and device like $2 group by 1"""
        try:
            found = duckdb.execute(question, [paths, f"{sent.run}-F%"]).fetchall()
        except duckdb.IOException:  # a file was merged away meanwhile
            return Counter()
        return Counter(dict(found))

    def _told(self, sent: Sent) -> Counter[str]:
        """How many cases each report and order has, how often each alarm was raised."""
        wanted = {f"grid {sent.run}-R{i}" for i in range(sent.reports)}
        wanted |= {f"hotline {sent.run}-O{i}" for i in range(sent.orders)}
        wanted |= {f"alert {sent.run}-A{i}" for i in range(sent.alarms)}
        told = Counter(dict.fromkeys(wanted, 0))
        with self.city.ledger.read() as tx:
            for case in tx.cases():
                told[f"{case.source} {case.source_id}"] += case.source != "alert"
            for alert in tx.alerts():
                told[f"alert {alert.device}"] += 1
        return Counter({name: n for name, n in told.items() if name in wanted})

    def written_but_unacknowledged(self) -> bool:
        """Whether a file of the history holds entries that the archive has not acknowledged."""
        first = self.city.live.redis.xpending(keys.readings(0), "archive")["min"]
        names = [path.stem.split("-") for path in self.files() if path.stem.startswith("part-")]
        lasts = [(int(name[-2]), int(name[-1])) for name in names]
        return bool(first and lasts) and _order(first.decode()) <= max(lasts)

    def chain_is_whole(self) -> bool:
        """Whether the ledger's hash chain has no gap."""
        return self.city.ledger.verify() is None


def _order(stream_id: str) -> tuple[int, int]:
    ms, _, n = stream_id.partition("-")
    return int(ms), int(n)


@contextmanager
def border(var: Path | None = None, **env: str) -> Iterator[Border]:
    """A city in a folder that keeps its processes alive; gone afterwards."""
    with stack(var, **env) as there:
        there.start_roles()
        stop = Event()
        keeper = Thread(target=there.keep_alive, args=(stop,), daemon=True)
        keeper.start()
        try:
            yield Border(there, there.open())
        finally:
            stop.set()
            keeper.join(30)
