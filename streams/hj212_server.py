"""The hj212 role: stations connect by TCP, their frames are written, and only then acknowledged.

One thread and one selector. A station is hung up on when it is silent for too long, leaves a frame
unfinished, sends too much that is no frame, or does not take its acknowledgements.
"""

from __future__ import annotations

import logging
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, repeat
from threading import Event
from typing import NamedTuple

from app.city import City
from app.errors import BadConfiguration, Rejected, Unavailable
from app.services import ingest
from streams import placecheck
from streams.dialects import hj212
from streams.dialects.hj212_frame import answer, split, unpack
from streams.feeds import Feed, Sorted
from streams.sourcefile import load
from streams.sources import Source

log = logging.getLogger(__name__)

AT_ONCE = 200  # frames written together
READ = 1 << 16  # bytes of one station in one turn
JUNK = 1 << 16  # bytes that are no frame, then it is hung up on
KEPT_OF_JUNK = 1024  # bytes of it in the dead letter
UNFINISHED_S = 30.0
TURN_S = 0.2
BEAT_S = 2.0
RETRY_S = (0.1, 0.2, 0.5, 1.0, 2.0)

Deliver = Callable[[Feed, Sequence[tuple[str, bytes]]], bool]


class Listener(NamedTuple):
    """The open port of one source."""

    feed: Feed
    options: hj212.Options
    sock: socket.socket


@dataclass(eq=False)
class Station:
    """One connection; times are monotonic seconds."""

    listener: Listener
    sock: socket.socket
    topic: str
    heard: float
    whole: float  # the last moment without an unfinished frame
    buffer: bytearray = field(default_factory=bytearray)
    junk: int = 0


class Server:
    """Ports and connections; `deliver` stores frames and says whether it did."""

    def __init__(self, sources: Sequence[Source], deliver: Deliver) -> None:
        self._deliver = deliver
        self._selector = selectors.DefaultSelector()
        self._stations: set[Station] = set()
        self.listeners = [self._listen(source) for source in sources]

    def _listen(self, source: Source) -> Listener:
        options: hj212.Options = source.options or hj212.Options()
        host, _, port = options.listen.rpartition(":")
        host = host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            sock = socket.create_server((host, int(port)), family=family, backlog=64)
        except OSError as why:
            said = f"source {source.name}: cannot listen on {options.listen} ({why})"
            raise BadConfiguration([f"{said}; free the port or change `listen`"]) from why
        sock.setblocking(False)
        listener = Listener(Feed(source), options, sock)
        self._selector.register(sock, selectors.EVENT_READ, listener)
        log.info("source %s: HJ 212 stations at %s", source.name, options.listen)
        return listener

    def close(self) -> None:
        """Hang up on everybody; what is not acknowledged they send again."""
        for station in list(self._stations):
            self._hang_up(station, "we stop")
        for listener in self.listeners:
            listener.sock.close()
        self._selector.close()

    def turn(self, wait_s: float = TURN_S) -> bool:
        """Hear everybody once, store, acknowledge; False when it could not be stored."""
        frames: list[tuple[Station, bytes]] = []
        for key, _ in self._selector.select(wait_s):
            if isinstance(key.data, Listener):
                self._accept(key.data)
            else:
                frames += [(key.data, frame) for frame in self._hear(key.data)]
        self._tidy()
        return all(
            self._take(frames[start : start + AT_ONCE]) for start in range(0, len(frames), AT_ONCE)
        )

    def _accept(self, listener: Listener) -> None:
        with suppress(OSError):  # gone again
            sock, address = listener.sock.accept()
            mine = sum(1 for station in self._stations if station.listener is listener)
            if mine >= listener.options.connections:
                log.warning("source %s: %d stations, no more", listener.feed.source.name, mine)
                sock.close()
                return
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            now = time.monotonic()
            station = Station(listener, sock, f"hj212/{address[0]}", now, now)
            self._stations.add(station)
            self._selector.register(sock, selectors.EVENT_READ, station)

    def _hear(self, station: Station) -> list[bytes]:
        """The whole frames that have come; what is no frame goes with them, to be refused."""
        try:
            said = station.sock.recv(READ)
        except BlockingIOError:
            return []
        except OSError as why:
            self._hang_up(station, str(why))
            return []
        if not said:
            self._hang_up(station, "it hung up")
            return []
        station.buffer += said
        station.heard = time.monotonic()
        frames, junk = split(station.buffer)
        if not station.buffer or frames:
            station.whole = station.heard
        if junk:
            station.junk += len(junk)
            frames.append(junk[:KEPT_OF_JUNK])
        return frames

    def _tidy(self) -> None:
        now = time.monotonic()
        for station in list(self._stations):
            if now - station.heard > station.listener.options.idle_s:
                self._hang_up(station, "silent for too long")
            elif station.buffer and now - station.whole > UNFINISHED_S:
                self._hang_up(station, "a frame stays unfinished")
            elif station.junk > JUNK:
                self._hang_up(station, "it does not speak HJ 212")

    def _take(self, frames: Sequence[tuple[Station, bytes]]) -> bool:
        for listener in self.listeners:
            mine = [(s, frame) for s, frame in frames if s.listener is listener]
            said = [(station.topic, frame) for station, frame in mine]
            if said and not self._deliver(listener.feed, said):
                return False
            for station, frame in mine:
                self._acknowledge(station, frame)
        return True

    def _acknowledge(self, station: Station, frame: bytes) -> None:
        if station not in self._stations:
            return
        try:
            said = answer(unpack(frame))
        except Rejected:
            return  # a damaged frame is not acknowledged: the station sends it again
        try:
            if said and station.sock.send(said) < len(said):
                self._hang_up(station, "it takes no acknowledgements")
        except OSError as why:
            self._hang_up(station, str(why))

    def _hang_up(self, station: Station, why: str) -> None:
        if station in self._stations:
            self._stations.discard(station)
            self._selector.unregister(station.sock)
            station.sock.close()
            log.info("station at %s: %s", station.topic, why)


def run(city: City, stop: Event) -> None:
    """Listen for the stations of all hj212 sources until stopped."""
    sources = load(city.settings.sources) if city.settings.sources else []
    mine = [each for each in sources if each.dialect == "hj212" and each.options.listen]
    if not mine:
        log.info("no source listens for HJ 212")
    else:
        _until_there(lambda: placecheck.declare(city, sources), stop)
    server = Server(mine, lambda feed, said: deliver(city, stop, feed, said))
    beat_due = 0.0
    try:
        while not stop.is_set() and server.turn():
            if time.monotonic() > beat_due:
                _until_there(lambda: ingest.beat(city, "hj212"), stop)
                beat_due = time.monotonic() + BEAT_S
    finally:
        server.close()


def deliver(city: City, stop: Event, feed: Feed, said: Sequence[tuple[str, bytes]]) -> bool:
    """Write frames, waiting for a store that is away; one that our code cannot take is buried.

    False when stopped before that.
    """
    arrived = int(city.now().timestamp() * 1000)
    try:
        sorted_ = Sorted([], [], [], [], Counter(), [])
        feed.fresh()
        for topic, frame in said:
            sorted_.take(feed.read(topic, frame, arrived))
        return _until_there(lambda: _write(city, sorted_, arrived), stop)
    except Exception as why:
        log.exception("frames of %s cannot be taken", feed.source.name)
        if len(said) > 1:
            half = len(said) // 2
            return all(deliver(city, stop, feed, part) for part in (said[:half], said[half:]))
        letter = feed.letter(*said[0], "odd", type(why).__name__)
        return _until_there(lambda: ingest.reject(city, [letter], arrived), stop)


def _write(city: City, batch: Sorted, arrived: int) -> None:
    ingest.status(city, batch.statuses, arrived)
    ingest.observe(city, batch.telemetry, arrived)
    ingest.reject(city, batch.refused, arrived)
    ingest.count(city, batch.counts, arrived)


def _until_there(step: Callable[[], None], stop: Event) -> bool:
    """Repeat a step until its store answers; False when stopped before that."""
    for wait_s in chain(RETRY_S, repeat(RETRY_S[-1])):
        try:
            step()
        except Unavailable as why:
            log.warning("a store is away, the stations wait: %s", why.message)
            if stop.wait(wait_s):
                return False
        else:
            return True
    return False
