"""The HJ 212 port: written, then acknowledged; limits; a real city behind it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from app.config import load_settings
from app.errors import BadConfiguration, Unavailable
from app.services import ingest
from streams import hj212_server
from streams.dialects import hj212
from streams.dialects.hj212_frame import unpack
from streams.feeds import Feed
from streams.hj212_server import Server
from streams.sources import Source
from tests.recorded import recorded
from tests.waiting import until

Said = Sequence[tuple[str, bytes]]


def source(**options: Any) -> Source:
    made = hj212.Options(**({"listen": "127.0.0.1:0"} | options))
    return Source(name="dust", dialect="hj212", owner="o", crs="wgs84", kind="dust", options=made)


def frame(at: Any, flag: int = 5, number: str = "20261121143000001") -> bytes:
    beijing = at + timedelta(hours=8)
    return hj212.write("MN7", "2011", beijing, {"a34002-Rtd": "80"}, number, flag=flag)[1]


@contextmanager
def serving(deliver: Callable[[Feed, Said], bool], **options: Any) -> Iterator[int]:
    server = Server([source(**options)], deliver)
    stop = Event()

    def turns() -> None:
        while not stop.is_set():
            server.turn(0.02)

    thread = Thread(target=turns)
    thread.start()
    try:
        yield server.listeners[0].sock.getsockname()[1]
    finally:
        stop.set()
        thread.join(20)
        server.close()


@contextmanager
def station(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        yield sock


def test_frames_are_acknowledged_after_they_are_stored(clock) -> None:
    stored, go = [], Event()

    def deliver(_: Feed, said: Said) -> bool:
        stored.extend(said)
        return go.wait(20)

    with serving(deliver) as port, station(port) as sock:
        sock.sendall(frame(clock.now())[:50])
        sock.sendall(frame(clock.now())[50:])
        until(lambda: stored)
        sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            sock.recv(1)
        go.set()
        sock.settimeout(20)
        said = unpack(sock.recv(4096))
    assert (said.command, said.system, said.number) == ("9014", "91", "20261121143000001")
    assert stored[0][0] == "hj212/127.0.0.1"


def test_damaged_frames_and_junk_are_delivered_but_not_acknowledged(clock) -> None:
    stored: list[tuple[str, bytes]] = []
    bad = bytearray(frame(clock.now()))
    bad[60] ^= 1
    with serving(lambda _, said: not stored.extend(said)) as port, station(port) as sock:
        sock.sendall(
            b"hello" + bytes(bad) + frame(clock.now(), flag=4) + frame(clock.now(), number="2")
        )
        assert unpack(sock.recv(4096)).number == "2"
    assert len(stored) == 4
    assert b"hello" in [payload for _, payload in stored]


def hung_up(sock: socket.socket) -> bool:
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_port_that_is_taken_is_named() -> None:
    with serving(lambda *_: True) as port, pytest.raises(BadConfiguration, match=f"{port}.*free"):
        Server([source(listen=f"127.0.0.1:{port}")], lambda *_: True)


def test_the_number_of_connections_is_limited() -> None:
    with serving(lambda *_: True, connections=1) as port, station(port) as one:
        one.sendall(b"\r\n")
        with station(port) as two:
            assert hung_up(two)


def test_a_silent_station_is_hung_up_on() -> None:
    with serving(lambda *_: True, idle_s=0.05) as port, station(port) as sock:
        assert hung_up(sock)


def test_an_unfinished_frame_is_not_waited_for(monkeypatch) -> None:
    monkeypatch.setattr(hj212_server, "UNFINISHED_S", 0.05)
    with serving(lambda *_: True) as port, station(port) as sock:
        sock.sendall(b"##0100QN=")
        assert hung_up(sock)


def test_one_who_does_not_speak_hj212_is_hung_up_on() -> None:
    refused: list[bytes] = []

    def deliver(_: Feed, said: Said) -> bool:
        refused.extend(payload for _, payload in said)
        return True

    with serving(deliver) as port, station(port) as sock:
        until(lambda: gone_after(sock, b"GET / HTTP/1.1\r\n" * 1000))
    assert all(len(payload) <= hj212_server.KEPT_OF_JUNK for payload in refused)


def gone_after(sock: socket.socket, said: bytes) -> bool:
    """Whether the other side has hung up, after it was told something more."""
    sock.settimeout(0.05)
    try:
        sock.sendall(said)
        return sock.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


SOURCES = """
sources:
  - name: dust
    dialect: hj212
    owner: 生态环境局
    crs: wgs84
    kind: dust
    options: {listen: "127.0.0.1:0"}
"""


def test_a_city_keeps_what_it_acknowledges(city, clock, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(SOURCES)
    settings = load_settings(**(city.settings.model_dump() | {"sources": path}))
    city = replace(city, settings=settings)
    servers: list[Server] = []

    class Watched(Server):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            servers.append(self)

    monkeypatch.setattr(hj212_server, "Server", Watched)
    stop = Event()
    thread = Thread(target=hj212_server.run, args=(city, stop))
    thread.start()
    try:
        port = until(lambda: servers)[0].listeners[0].sock.getsockname()[1]
        with station(port) as sock:
            sock.sendall(frame(clock.now()) + b"junk" + frame(clock.now()))
            answers = b""
            while answers.count(b"\r\n") < 2:
                answers += sock.recv(4096)
    finally:
        stop.set()
        thread.join(20)
    assert [(r.device, r.metrics) for r in recorded(city)] == [("MN7", {"pm10": 80.0})]
    assert [letter.payload for letter in city.live.dead_letters()] == [b"junk"]


def told(clock, station_: str, number: str = "1") -> tuple[str, bytes]:
    beijing = clock.now() + timedelta(hours=8)
    return "hj212/x", hj212.write(station_, "2011", beijing, {"a34002-Rtd": "80"}, number)[1]


def written(city) -> list[str]:
    return [r.device for r in recorded(city)]


def test_a_store_that_is_away_is_waited_for(city, clock, monkeypatch) -> None:
    observe, tries = ingest.observe, []

    def away_at_first(*args: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise Unavailable("no Redis")
        return observe(*args)

    monkeypatch.setattr(ingest, "observe", away_at_first)
    monkeypatch.setattr(hj212_server, "RETRY_S", (0.01,))
    assert hj212_server.deliver(city, Event(), Feed(source()), [told(clock, "A")])
    assert written(city) == ["A"]


def test_what_is_not_stored_when_we_stop_is_not_acknowledged(city, clock, monkeypatch) -> None:
    def away(*_: Any) -> None:
        raise Unavailable("no Redis")

    monkeypatch.setattr(ingest, "status", away)
    stop = Event()
    stop.set()
    assert not hj212_server.deliver(city, stop, Feed(source()), [told(clock, "A")])


def test_a_frame_that_our_code_cannot_take_is_buried_alone(city, clock, monkeypatch) -> None:
    observe = ingest.observe

    def stumble(city, batch, arrived) -> Any:
        if any(t.device == "B" for t in batch):
            raise ZeroDivisionError
        return observe(city, batch, arrived)

    monkeypatch.setattr(ingest, "observe", stumble)
    frames = [told(clock, name) for name in "ABC"]
    assert hj212_server.deliver(city, Event(), Feed(source()), frames)
    assert sorted(written(city)) == ["A", "C"]
    assert [(x.payload, x.reason) for x in city.live.dead_letters()] == [(frames[1][1], "odd")]
