"""The load of bench.ingest: a process that speaks MQTT on a bare socket, so that it costs little.

QoS 1, 10,000 topics, JSON of about 190 bytes, each message with an id, a time and a moment of
sending of its own.
"""

from __future__ import annotations

import multiprocessing
import select
import socket
import time
from typing import Any

TOPICS = 10_000
DISTRICT, KIND = "320404", "gas"
WAITING = 20_000  # messages that the broker has not acknowledged
AT_ONCE = 100
TICK_S = 0.001
ACKNOWLEDGED_WITHIN_S = 30.0

_BODY = (
    b'{"id":"7c1f0a52-90d4-4e6b-%012d","ts":%d,"metrics":{"ch4":1.%02d,"h2s":0.%02d,"temp":21.%02d,'
    b'"humidity":55.%02d,"battery":88.0,"rssi":-71.0,"snr":7.25,"sent":%.6f}}'
)


def body(i: int, ts: int, now: float) -> bytes:
    """Message i: values with two decimals that change, as a sensor's do."""
    return _BODY % (i, ts, i * 7 % 100, i * 13 % 100, i * 29 % 100, i * 31 % 100, now)


def device(i: int) -> str:
    """The code of the device whose turn is message i."""
    return f"G{i % TOPICS:05d}"


def connect_packet(client_id: str, clean: bool) -> bytes:
    """CONNECT of MQTT 3.1.1 without a user."""
    body = b"\0\4MQTT\4" + (b"\2" if clean else b"\0") + b"\0\0" + _text(client_id)
    return b"\x10" + _length(len(body)) + body


def leave_session(port: int, client_id: str, topics: list[str]) -> None:
    """Make a stored session with these subscriptions at QoS 1, and leave."""
    filters = b"".join(_text(topic) + b"\1" for topic in topics)
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(connect_packet(client_id, clean=False))
        _read(line, 4)
        line.sendall(b"\x82" + _length(len(filters) + 2) + b"\0\1" + filters)
        _read(line, 4 + len(topics))
        line.sendall(b"\xe0\0")


def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw


def _length(n: int) -> bytes:
    return bytes([n]) if n < 128 else bytes([n & 127 | 128, n >> 7])


def _read(line: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        more = line.recv(count - len(found))
        if not more:
            raise ConnectionError("the broker has hung up")
        found += more
    return found


class Load:
    """The publishing process, seen from the measurement; `done` lets `flood` follow a consumer."""

    def __init__(self, port: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._line, other = spawn.Pipe()
        self.done = spawn.Value("q", 0, lock=False)
        self._process = spawn.Process(target=_serve, args=(other, port, self.done), daemon=True)
        self._process.start()
        other.close()

    def fill(self, count: int) -> None:
        """Publish so many as fast as the broker takes them; returns when it has all."""
        self.begin("fill", count)
        self.end()

    def begin(self, what: str, *args: float) -> None:
        """Start ("fill", count), ("flood", seconds, ahead) or ("pace", rate, seconds)."""
        self._line.send((what, *args))

    def end(self) -> tuple[int, float]:
        """Wait for the end: messages and the seconds they took to be handed out."""
        answer: tuple[int, float] = self._line.recv()
        return answer

    def close(self) -> None:
        """End the process."""
        self._line.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()


def _serve(line: Any, port: int, done: Any) -> None:
    publisher = Publisher(port, done)
    while True:
        try:
            what, *args = line.recv()
        except (EOFError, KeyboardInterrupt):
            return
        line.send(getattr(publisher, what)(*args))


class Publisher:
    """Inside the process."""

    def __init__(self, port: int, done: Any) -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line.sendall(connect_packet("bench-load", clean=True))
        _read(self.line, 4)
        self.line.setblocking(False)
        self.done = done
        self.sent = self.acked = 0
        self.heads = []
        size = len(body(0, 10**12, 1e9))
        for i in range(TOPICS):
            topic = _text(f"city/{DISTRICT}/{KIND}/{device(i)}/telemetry")
            self.heads.append(b"\x32" + _length(len(topic) + 2 + size) + topic)

    def fill(self, count: int) -> tuple[int, float]:
        """As fast as the broker takes them."""
        began = time.perf_counter()
        for start in range(0, count, AT_ONCE):
            self._send(min(AT_ONCE, count - start))
        seconds = time.perf_counter() - began
        self._settle()
        return count, seconds

    def flood(self, seconds: float, ahead: int) -> tuple[int, float]:
        """As fast as the consumer follows: at most `ahead` messages before it."""
        began, first = time.perf_counter(), self.sent
        while time.perf_counter() - began < seconds:
            if self.sent - self.done.value < ahead:
                self._send(AT_ONCE)
            else:
                time.sleep(TICK_S)
        spent = time.perf_counter() - began
        self._settle()
        return self.sent - first, spent

    def pace(self, rate: float, seconds: float) -> tuple[int, float]:
        """Message i at i / rate, in ticks of a millisecond."""
        began, count, out = time.perf_counter(), round(rate * seconds), 0
        while out < count:
            due = min(count, int((time.perf_counter() - began) * rate) + 1)
            if due > out:
                self._send(due - out)
                out = due
            time.sleep(TICK_S)
        spent = max(time.perf_counter() - began, seconds)
        self._settle()
        return count, spent

    def _send(self, count: int) -> None:
        now = time.time()
        ts = int(now * 1000)
        parts: list[bytes] = []
        for i in range(self.sent, self.sent + count):
            mid = (i % 65_535 + 1).to_bytes(2, "big")
            parts += (self.heads[i % TOPICS], mid, body(i, ts, now))
        self.sent += count
        packet = memoryview(b"".join(parts))
        while packet:
            try:
                packet = packet[self.line.send(packet) :]
            except BlockingIOError:
                select.select([self.line], [self.line], [], 1)
            self._hear()
        while self.sent - self.acked > WAITING:
            select.select([self.line], [], [], 1)
            self._hear()

    def _hear(self) -> None:
        """Count the acknowledgements: four bytes each."""
        try:
            while heard := self.line.recv(1 << 16):
                self._bytes = getattr(self, "_bytes", 0) + len(heard)
                self.acked = self._bytes // 4
        except BlockingIOError:
            return
        raise ConnectionError("the broker has hung up")

    def _settle(self) -> None:
        end = time.monotonic() + ACKNOWLEDGED_WITHIN_S
        while self.acked < self.sent:
            if time.monotonic() > end:
                raise TimeoutError(f"{self.sent - self.acked} messages not acknowledged")
            select.select([self.line], [], [], 1)
            self._hear()
