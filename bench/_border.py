"""A whole city under faults: what was published is counted to the end, in Parquet and ledger.

Every telemetry message carries a number of its own, so that history alone says which are lost and
which came twice; reports, orders and alarms are looked up one by one in the ledger.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import duckdb
import paho.mqtt.client as paho
import psutil
from paho.mqtt.enums import CallbackAPIVersion

from app.city import City
from app.store import keys
from app.store.history_files import visible
from bench._stack import DISTRICT, Stack, stack, until

DEVICES = 500
PLACE = {"lon": 119.95, "lat": 31.78}
REPORT_EVERY, ALARM_EVERY = 400, 1_000  # messages
WINDOW = 2_000  # messages on their way to the broker; the rest waits with the publisher
SETTLED_S = 180.0  # everything is where it belongs within


class Sent(NamedTuple):
    """What a publisher has handed to the broker, and had acknowledged by it."""

    run: str
    telemetry: int
    reports: int
    orders: int
    alarms: int
    seconds: float


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
        """Wait until all of a run is in Parquet and ledger, or SETTLED_S; then count."""
        end = time.monotonic() + SETTLED_S
        while True:
            numbers, told = self._numbers(sent), self._told(sent)
            lost = sent.telemetry - len(numbers) + sum(told[name] == 0 for name in told)
            if lost == 0 or time.monotonic() > end:
                break
            time.sleep(0.3)
        doubled = sum(n - 1 for n in numbers.values()) + sum(max(n - 1, 0) for n in told.values())
        return Counted(len(numbers), lost, doubled)

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


class Flow:
    """A publisher in a process of its own that stores and forwards: QoS 1, nothing forgotten."""

    def __init__(self, there: Border, run: str, total: int, rate: float) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._progress = spawn.Value("q", 0)
        self._line, other = spawn.Pipe()
        args = (other, self._progress, there.stack.mqtt, run, total, rate)
        self._process = spawn.Process(target=_publish, args=args, daemon=True)
        self._process.start()
        other.close()
        self.total = total

    @property
    def share(self) -> float:
        """How much of it is published, 0 to 1."""
        return float(self._progress.value) / self.total

    def until(self, share: float) -> None:
        """Wait until so much of it is published."""
        until(lambda: self.share >= share, 300, f"{share:.0%} published")

    def done(self) -> Sent:
        """Wait until the broker has acknowledged everything."""
        sent: Sent = self._line.recv()
        self._process.join(10)
        return sent


def _publish(line: Any, progress: Any, mqtt: dict[str, Any], run: str, total: int, rate: float):  # type: ignore[no-untyped-def]  # noqa: ANN202
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"flow-{run}", clean_session=False)
    client.username_pw_set(mqtt["user"], mqtt["password"])
    client.max_inflight_messages_set(1_000)
    client.max_queued_messages_set(0)
    client.reconnect_delay_set(1, 1)
    acknowledged: list[int] = []  # a handle published while the broker is away says "failed"
    client.on_publish = lambda _client, _data, mid, *_: acknowledged.append(mid)
    client.connect(mqtt["host"], mqtt["port"])
    client.loop_start()
    kinds = Counter[str]()
    began = time.perf_counter()
    for n, (kind, topic, body) in enumerate(_messages(run, total)):
        ahead = began + n / rate - time.perf_counter()
        if ahead > 0:
            time.sleep(ahead)
        while n - len(acknowledged) >= WINDOW:  # paho slows down with what it holds
            time.sleep(0.001)
        client.publish(topic, json.dumps(body), qos=1)
        kinds[kind] += 1
        progress.value = kinds["telemetry"]
    while len(acknowledged) < kinds.total():
        time.sleep(0.01)
    seconds = time.perf_counter() - began
    line.send(Sent(run, total, kinds["report"], kinds["order"], kinds["alarm"] // 2, seconds))
    client.disconnect()
    client.loop_stop()


Message = tuple[str, str, dict[str, Any]]


def _messages(run: str, total: int) -> Iterator[Message]:
    for n in range(total):
        device = f"{run}-F{n % DEVICES:04}"
        body = {"metrics": {"leq": 45.0, "number": n}, "id": f"{run}-{n}", **PLACE}
        yield "telemetry", f"city/{DISTRICT}/noise/{device}/telemetry", _now(body)
        if n % REPORT_EVERY == 0:
            yield from _told_by_people(run, n // REPORT_EVERY)
        if n % ALARM_EVERY in (0, ALARM_EVERY // 2):
            yield _alarm(run, n // ALARM_EVERY)


def _told_by_people(run: str, i: int) -> Iterator[Message]:
    report = {"id": f"{run}-R{i}", "code": "", "title": "占道", "description": "早市", **PLACE}
    yield "report", f"city/{DISTRICT}/grid/W001/report", _now(report)
    order = {
        **{"channel": "电话", "type": "投诉", "urgency": "一般", "category": "市容"},
        **{"title": "渣土车", "content": "夜间施工", "address": "清潭路", **PLACE},
    }
    yield "order", f"city/{DISTRICT}/12345/{run}-O{i}/order", _now(order)


def _alarm(run: str, i: int) -> Message:
    """Methane at 60 % of the lower explosive limit: two such readings raise one red alert."""
    body = {"metrics": {"ch4": 60.0}, **PLACE}
    return "alarm", f"city/{DISTRICT}/gas/{run}-A{i}/telemetry", _now(body)


def _now(body: dict[str, Any]) -> dict[str, Any]:
    return {"ts": round(time.time() * 1000), **body}
