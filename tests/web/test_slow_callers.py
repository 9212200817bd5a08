"""Callers that are slow on purpose, with real sockets: they are hung up on, and hold up nobody."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPResponse

import gevent
import gevent.event
import pytest
from flask import Flask, request

from app.web import errors, patience
from app.web.listening import Handler, Server
from tests.waiting import until

HEAD = b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


def echo() -> Flask:
    """A server that says how long a body is, and answers without reading at another address."""
    server = Flask("echo")
    errors.register(server)
    server.post("/api/echo", endpoint="echo")(lambda: str(len(request.get_data())))
    server.post("/api/deaf", endpoint="deaf")(lambda: "no")
    return server


@pytest.fixture
def port(monkeypatch) -> Iterator[int]:
    """The web role's own HTTP server with short limits, in a thread of its own."""
    for name, limit in (("IDLE_S", 1.0), ("HEAD_S", 0.3), ("BODY_S", 0.4), ("BODY_MOST_S", 1.5)):
        monkeypatch.setattr(patience, name, limit)
    ready, there = threading.Event(), {}

    def run() -> None:
        http = Server(("127.0.0.1", 0), echo(), log=None, handler_class=Handler)
        http.start()
        done = gevent.event.Event()
        there["stop"] = gevent.get_hub().loop.async_()
        there["stop"].start(done.set)
        there["port"] = http.server_port
        ready.set()
        done.wait()
        http.stop(timeout=1)

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    yield there["port"]
    there["stop"].send()
    thread.join(10)
    assert not thread.is_alive()


@contextmanager
def call(port: int, *said: bytes) -> Iterator[socket.socket]:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as line:
        for piece in said:
            line.sendall(piece)
        yield line


def status(line: socket.socket) -> int:
    """The status of the next answer, which is read to its end."""
    answer = HTTPResponse(line)
    answer.begin()
    answer.read()
    return answer.status


def rest(line: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    heard = b""
    while piece := line.recv(65536):
        heard += piece
    return heard


def drip(line: socket.socket, piece: bytes) -> None:
    """Say a little again and again until the server has had enough; else it never ends."""

    def hung_up() -> bool:
        try:
            line.sendall(piece)
        except OSError:
            return True
        return False

    until(hung_up, every=0.05)


def test_a_quick_caller_is_answered_again_and_again(port) -> None:
    with call(port) as line:
        for _ in range(3):
            line.sendall(HEAD % 5 + b"hello")
            assert status(line) == 200


def test_headers_that_do_not_end(port) -> None:
    with call(port, b"GET / HTTP/1.1\r\nHost: x\r\n") as line:
        drip(line, b"X-A: b\r\n")
    with call(port, b"GET / HT") as line:
        assert rest(line).startswith(b"HTTP/1.1 408")


def test_nobody_is_waited_for_who_says_nothing(port) -> None:
    with call(port) as line:
        assert rest(line) == b""


@pytest.mark.parametrize("more", [b"", b"Connection: upgrade\r\n", b"Upgrade: websocket\r\n"])
def test_a_body_that_drips(port, more) -> None:
    head = (HEAD % 10_000).replace(b"\r\n\r\n", b"\r\n" + more + b"\r\n")
    with call(port, head) as line:
        drip(line, b"x")
    with call(port, head, b"x") as line:
        said = rest(line)
    assert said.startswith(b"HTTP/1.1 408")
    assert b'"too_slow"' in said


def test_a_body_in_chunks_that_drips(port) -> None:
    head = b"POST /api/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with call(port, head) as line:
        drip(line, b"1\r\nx\r\n")


def test_a_body_that_nobody_reads_is_not_waited_for(port) -> None:
    head = (HEAD % 100_000_000).replace(b"echo", b"deaf")
    with call(port, head, b"x") as line:
        assert rest(line).startswith(b"HTTP/1.1 200")
    with call(port, head) as line:
        drip(line, b"x" * 1000)  # also when it goes on coming


def test_a_large_body_that_comes_may_take_longer(port, monkeypatch) -> None:
    monkeypatch.setattr(patience, "BODY_MOST_S", 60.0)
    begun = time.monotonic()
    with call(port, HEAD % (4 * patience.PIECE) + b"x" * 3 * patience.PIECE) as line:
        until(lambda: time.monotonic() - begun > 2 * patience.BODY_S)
        line.sendall(b"x" * patience.PIECE)
        assert status(line) == 200


def test_slow_callers_hold_up_nobody(port, monkeypatch) -> None:
    for name in ("BODY_S", "BODY_MOST_S"):
        monkeypatch.setattr(patience, name, 60.0)
    with ExitStack() as lines:
        for _ in range(50):
            lines.enter_context(call(port, HEAD % 1000, b"x"))
        with call(port, HEAD % 2, b"ok") as line:
            assert status(line) == 200
