"""The publisher of the fault matrix: a process of its own that stores and forwards."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bench._stack import DISTRICT, until

if TYPE_CHECKING:
    from bench._border import Border

DEVICES = 500
PLACE = {"lon": 119.95, "lat": 31.78}
REPORT_EVERY, ALARM_EVERY = 400, 1_000  # messages
WINDOW = 2_000  # messages on their way to the broker; the rest waits with the publisher


class Sent(NamedTuple):
    """What a publisher has handed to the broker, and had acknowledged by it."""

    run: str
    telemetry: int
    reports: int
    orders: int
    alarms: int
    seconds: float


class Flow:
    """A publisher in a process of its own that stores and forwards: QoS 1, nothing forgotten."""

    def __init__(self, there: Border, run: str, total: int, rate: float) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._progress, self._readings = spawn.Value("q", 0), spawn.Value("q", 0)
        self._most = spawn.Value("q", total)
        self._line, other = spawn.Pipe()
        shared = (self._progress, self._readings, self._most)
        args = (other, shared, there.stack.mqtt, run, total, rate)
        self._process = spawn.Process(target=_publish, args=args, daemon=True)
        self._process.start()
        other.close()
        self.total = total
        self._there, self._before = there, there.stored()

    @property
    def share(self) -> float:
        """How much of it is published, 0 to 1."""
        return float(self._progress.value) / self.total

    def until(self, share: float) -> None:
        """Wait until so much of it is published."""
        until(lambda: self.share >= share, 300, f"{share:.0%} published")

    def stop_at(self, share: float) -> None:
        """Publish no more than so much of it, until told otherwise."""
        self._most.value = round(share * self.total)

    def on_the_way(self) -> int:
        """Readings that are published and not stored; 0 when ingest has done all there is."""
        return int(self._readings.value) - (self._there.stored() - self._before)

    def done(self) -> Sent:
        """Wait until the broker has acknowledged everything."""
        sent: Sent = self._line.recv()
        self._process.join(10)
        return sent


def _publish(line: Any, shared: Any, mqtt: dict[str, Any], run: str, total: int, rate: float):  # type: ignore[no-untyped-def]  # noqa: ANN202
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
    progress, readings, most = shared
    began = time.perf_counter()
    for n, (kind, topic, body) in enumerate(_messages(run, total)):
        if kinds["telemetry"] >= most.value:
            began += _stand(lambda: kinds["telemetry"] < most.value)
        ahead = began + n / rate - time.perf_counter()
        if ahead > 0:
            time.sleep(ahead)
        while n - len(acknowledged) >= WINDOW:  # paho slows down with what it holds
            time.sleep(0.001)
        client.publish(topic, json.dumps(body), qos=1)
        kinds[kind] += 1
        progress.value = kinds["telemetry"]
        readings.value = kinds["telemetry"] + kinds["alarm"]
    while len(acknowledged) < kinds.total():
        time.sleep(0.01)
    seconds = time.perf_counter() - began
    line.send(Sent(run, total, kinds["report"], kinds["order"], kinds["alarm"] // 2, seconds))
    client.disconnect()
    client.loop_stop()


def _stand(free: Callable[[], bool]) -> float:
    """Wait until free; return for how long, in s."""
    began = time.perf_counter()
    while not free():
        time.sleep(0.001)
    return time.perf_counter() - began


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
