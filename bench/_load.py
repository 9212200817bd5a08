"""The load: a process of its own that publishes by MQTT, QoS 1, one message after the other.

Nothing is thrown in bursts: message i of a feed of R a second goes out at i / R. Every feed says
how many messages a second really went out and how many the broker has acknowledged.
"""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bench._crowd import NORMAL, PROBE_METRIC, WET, Crowd, Member
from bench._figures import Sent

PROBE_READINGS_S = 61  # a second; a prime, so that they meet a 100 ms frame at every phase
ALERT_EVERY_S = 15.0  # 240 alerts an hour: a very bad day; the first after half of it
WET_AGAIN = 50  # messages later: the second of the two readings that the rule wants
FIRST_VALUE, VALUE_STEP = 40.0, 0.0001  # dB(A): 100,000 values below the night limit of 50
ACKNOWLEDGED_WITHIN_S = 10.0

Message = tuple[str, dict[str, Any], Member | None]


class Offered(NamedTuple):
    """What a feed has really offered: probes' readings, messages, seconds, the largest delay
    against the plan in ms, and how many the broker did not acknowledge."""

    probes: list[Sent]
    messages: int
    seconds: float
    behind_ms: float
    unacknowledged: int

    @property
    def rate(self) -> float:
        """Messages per second."""
        return self.messages / self.seconds


class Load:
    """The publishing process, seen from the measurement."""

    def __init__(
        self, mqtt: dict[str, Any], crowd: Crowd, alert_every: float = ALERT_EVERY_S
    ) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._line, other = spawn.Pipe()
        self._process = spawn.Process(
            target=_serve, args=(other, mqtt, crowd, alert_every), daemon=True
        )
        self._process.start()
        other.close()
        self.published = 0  # telemetry only

    def births(self, rate: float) -> Offered:
        """Every device says where it is."""
        return self._ask("births", rate, 0.0)

    def feed(self, rate: float, seconds: float) -> Offered:
        """Readings of everybody in turn, the probes among them."""
        self.begin(rate, seconds)
        return self.end()

    def begin(self, rate: float, seconds: float) -> None:
        """As `feed`, without waiting: `end` waits."""
        self._line.send(("feed", rate, seconds))

    def end(self) -> Offered:
        """Wait for the feed that was begun."""
        offered: Offered = self._line.recv()
        self.published += offered.messages
        return offered

    def _ask(self, what: str, rate: float, seconds: float) -> Offered:
        self._line.send((what, rate, seconds))
        answer: Offered = self._line.recv()
        return answer

    def close(self) -> None:
        """End the process."""
        self._line.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()


def _serve(line: Connection, mqtt: dict[str, Any], crowd: Crowd, alert_every: float) -> None:
    publisher = Publisher(mqtt, crowd, alert_every)
    while True:
        try:
            what, rate, seconds = line.recv()
        except (EOFError, KeyboardInterrupt):
            break
        if what == "births":
            line.send(publisher.pace(publisher.births(), rate, len(crowd.members)))
        else:
            line.send(publisher.pace(publisher.readings(rate), rate, round(rate * seconds)))
    publisher.client.disconnect()
    publisher.client.loop_stop()


class Publisher:
    """Inside the process: the connection and whose turn it is."""

    def __init__(self, mqtt: dict[str, Any], crowd: Crowd, alert_every: float) -> None:
        self.crowd, self.alert_every = crowd, alert_every
        self.background = crowd.members[len(crowd.probes) :]
        self.turn = self.probe_turn = 0
        self.client = client = paho.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(mqtt["user"], mqtt["password"])
        client.max_inflight_messages_set(60_000)  # the load is open: nobody slows it down
        client.connect(mqtt["host"], mqtt["port"])
        client.loop_start()

    def births(self) -> Iterator[Message]:
        """One status message of each device."""
        for m in self.crowd.members:
            topic = f"city/{self.crowd.district}/{m.kind}/{m.code}/status"
            place = {"lon": m.lon, "lat": m.lat, "period_s": 60}
            yield topic, {"online": True, "name": m.code, **place}, None

    def readings(self, rate: float) -> Iterator[Message]:
        """Probes at their own even pace; everybody else in turn; sometimes somebody is wet."""
        sent = probes = 0
        wet: Member | None = None
        wet_at = rate * self.alert_every / 2
        while True:
            sent += 1
            if sent * PROBE_READINGS_S // rate > probes:
                probes += 1
                yield self._probe()
            elif wet is not None and sent >= wet_at + WET_AGAIN:
                yield self._of(wet, WET)
                wet = None
                wet_at += rate * self.alert_every
            elif wet is None and sent >= wet_at:
                wet = self._next("waterlogging")
                yield self._of(wet, WET)
            else:
                member = self._next()
                yield self._of(member, NORMAL[member.kind])

    def _next(self, kind: str | None = None) -> Member:
        while True:
            member = self.background[self.turn % len(self.background)]
            self.turn += 1
            if kind in (None, member.kind):
                return member

    def _probe(self) -> Message:
        member = self.crowd.probes[self.probe_turn % len(self.crowd.probes)]
        value = round(FIRST_VALUE + self.probe_turn * VALUE_STEP, 4)
        self.probe_turn += 1
        topic, body, _ = self._of(member, {PROBE_METRIC: value})
        return topic, body, member

    def _of(self, member: Member, metrics: dict[str, float]) -> Message:
        topic = f"city/{self.crowd.district}/{member.kind}/{member.code}/telemetry"
        return topic, {"metrics": metrics}, None

    def pace(self, messages: Iterator[Message], rate: float, count: int) -> Offered:
        """Publish `count` messages, each at its moment."""
        probes: list[Sent] = []
        handles = []
        behind = 0.0
        began = time.perf_counter()
        for i in range(count):
            topic, body, member = next(messages)
            behind = max(behind, _wait_until(began + i / rate))
            now = time.time() * 1000
            body["ts"] = round(now)
            handles.append(self.client.publish(topic, json.dumps(body), qos=1))
            if member:
                probes.append(Sent(member.code, body["metrics"][PROBE_METRIC], now))
        seconds = max(time.perf_counter() - began, count / rate)
        return Offered(probes, count, seconds, behind * 1000, _unacknowledged(handles))


def _wait_until(moment: float) -> float:
    """Sleep until the moment; return how late it is in seconds."""
    left = moment - time.perf_counter()
    if left > 0:
        time.sleep(left)
    return time.perf_counter() - moment


def _unacknowledged(handles: list[paho.MQTTMessageInfo]) -> int:
    end = time.monotonic() + ACKNOWLEDGED_WITHIN_S

    def waiting() -> list[Any]:
        return [h for h in handles if not h.is_published()]

    while (left := waiting()) and time.monotonic() < end:
        time.sleep(0.05)
    return len(left)
