"""The socket of the MQTT line: it takes PUBLISH out of the bytes before paho sees them, and puts
acknowledgements in between paho's packets.

paho reads a packet with four system calls and some 60 µs of Python, and sends every PUBACK alone.
It keeps all that is rare: sign-in, subscriptions, keepalive, reconnects, its own publishing.
docs/decisions/0003-publish-before-paho.md
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import msgspec

CHUNK = 1 << 16
PUBLISH, PUBACK = 0x30, b"\x40\x02"
WAIT_S = 1.0  # for a broker that takes no acknowledgements at the moment

# what a socket says when it has nothing or takes nothing now
NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Arrival(msgspec.Struct, gc=False):
    """One message: `session` is the connection that brought it, `mid` its number there.

    A retained one was said some time ago: brokers send it again at each subscription. `said` is
    what it says when somebody has read it already.
    A Struct, since a NamedTuple costs three times as much to make.
    """

    topic: str
    payload: bytes
    mid: int
    qos: int
    session: int
    retained: bool = False
    said: Any = None


class Packets:
    """Bytes as they come → whole packets: what was published, and all else for paho."""

    def __init__(self, session: int) -> None:
        self._session = session
        self._pieces: list[bytes] = []
        self._length = 0
        self._wanted = 0

    def feed(self, chunk: bytes) -> tuple[list[Arrival], bytes]:
        """The publishes (QoS 0 and 1) in order, and the bytes of the other whole packets."""
        self._pieces.append(chunk)
        self._length += len(chunk)
        if self._length < self._wanted:
            return [], b""
        read = b"".join(self._pieces) if len(self._pieces) > 1 else chunk
        published: list[Arrival] = []
        others: list[bytes] = []
        rest = read[self._split(read, published, others) :]
        self._pieces, self._length = [rest] if rest else [], len(rest)
        return published, b"".join(others)

    def _split(self, read: bytes, published: list[Arrival], others: list[bytes]) -> int:
        """Where the first packet begins that is not whole; `_wanted` is its length, if known."""
        at, size, self._wanted = 0, len(read), 0
        while at + 2 <= size:
            left = read[at + 1]
            body, left = (at + 2, left) if left < 128 else _long(read, at)
            end = body + left
            if end > size:
                self._wanted = end - at
                return at
            flags = read[at]
            # a PUBLISH of QoS 0 or 1 whose topic and number are within it
            after = body + 2 + (read[body] << 8 | read[body + 1]) if left >= 2 else size
            start = after + 2 if flags & 2 else after
            if flags & 0xF4 == PUBLISH and start <= end:
                topic = read[body + 2 : after].decode("utf-8", "replace")
                qos = flags >> 1 & 1
                mid = read[after] << 8 | read[after + 1] if qos else 0
                payload = read[start:end]
                published.append(Arrival(topic, payload, mid, qos, self._session, flags & 1 == 1))
            else:
                others.append(read[at:end])
            at = end
        return at


def _long(read: bytes, at: int) -> tuple[int, int]:
    """Where a body begins and its length, written in two to four bytes.

    One more byte than is there when they are not all there; a fifth byte is a fault: all goes to
    paho, which hangs up.
    """
    left = 0
    for i in range(4):
        here = at + 1 + i
        if here >= len(read):
            return here, 1
        left |= (read[here] & 127) << (7 * i)
        if read[here] < 128:
            return here + 1, left
    return at, len(read) - at


Deliver = Callable[[Sequence[Arrival]], None]


class LineSocket:
    """What paho takes for its socket. Its network thread reads and sends; `acknowledge` may be
    called from another one. Also with TLS only one of them is at the connection at a time."""

    def __init__(self, inner: socket.socket, deliver: Deliver, session: int) -> None:
        self._inner = inner
        self._deliver = deliver
        self._packets = Packets(session)
        self._for_paho = bytearray()
        self._lock = Lock()
        self._inside = False  # a packet of paho's is half sent
        self._acks = bytearray()

    def recv(self, length: int) -> bytes:
        """Bytes for paho; BlockingIOError when there are none, b"" when the connection is over."""
        if not self._for_paho:
            try:
                with self._lock:
                    chunk = self._inner.recv(CHUNK)
            except NOT_NOW as why:
                raise BlockingIOError from why
            if not chunk:
                return b""
            published, others = self._packets.feed(chunk)
            if published:
                self._deliver(published)
            if not others:
                raise BlockingIOError
            self._for_paho += others
        taken = bytes(self._for_paho[:length])
        del self._for_paho[:length]
        return taken

    def send(self, packet: bytes | bytearray) -> int:
        """Send of paho's packet what goes; acknowledgements that wait go before it."""
        with self._lock:
            if self._acks and not self._inside and not self._send_acks():
                raise BlockingIOError
            self._inside = True  # also when nothing goes: with TLS the same bytes must come again
            sent = self._inner.send(packet)
            self._inside = sent < len(packet)
            if not self._inside:
                self._send_acks()
            return sent

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Send the acknowledgements of these in one piece, after paho's packet if one is half sent.

        Raises OSError or ValueError when the connection is over: then the broker sends them again.
        """
        packets = b"".join([PUBACK + mid.to_bytes(2, "big") for mid in mids])
        with self._lock:
            self._acks += packets
            done = self._inside or self._send_acks()
        while not done:
            select.select([], [self._inner], [], WAIT_S)
            with self._lock:
                done = self._inside or self._send_acks()

    def _send_acks(self) -> bool:
        while self._acks:
            try:
                sent = self._inner.send(self._acks)
            except NOT_NOW:
                return False
            del self._acks[:sent]
        return True

    def pending(self) -> int:
        """Bytes that are here already, which select cannot know of."""
        beneath = self._inner.pending() if isinstance(self._inner, ssl.SSLSocket) else 0
        return len(self._for_paho) + beneath

    def fileno(self) -> int:
        """The number that select wants."""
        return self._inner.fileno()

    def setblocking(self, flag: bool) -> None:
        """Wait for the network, or not."""
        self._inner.setblocking(flag)

    def shutdown(self, how: int) -> None:
        """Break the connection without a word."""
        self._inner.shutdown(how)

    def close(self) -> None:
        """Hang up."""
        self._inner.close()
