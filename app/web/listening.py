"""The gevent HTTP server of the web role: whole messages by websocket, and time limits for callers.

How long a caller may take stands in `app.web.patience`.
"""

from __future__ import annotations

import errno
import logging
import socket
from threading import Lock
from typing import Any

import simple_websocket
from flask import Flask
from gevent.pywsgi import WSGIServer

from app.errors import BadConfiguration
from app.web.patience import Patient

log = logging.getLogger(__name__)


class WholeSocket:
    """A socket whose send() sends everything.

    simple-websocket calls send() and trusts it; on gevent's sockets it may stop in the middle of a
    large message when the receiver is slow, which breaks the stream. The lock keeps the answers to
    pings out of the middle of a message.
    """

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._sending = Lock()

    def send(self, data: bytes) -> int:
        """Send all of it; OSError when the other side is gone."""
        with self._sending:
            self._sock.sendall(data)
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Handler(Patient):
    """Quiet about clients that leave: a closed browser is no error of ours."""

    def log_error(self, msg: str, *args: Any) -> None:
        """Say it in our log."""
        log.debug(msg, *args)


class Server(WSGIServer):  # type: ignore[misc]
    """Sends small answers at once: else each of a kept connection waits 40 ms (measured)."""

    def handle(self, sock: Any, address: Any) -> None:
        """Serve one connection."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().handle(sock, address)


def listen(server: Flask, host: str, port: int) -> WSGIServer:
    """Return the started server; BadConfiguration with one sentence when it cannot listen."""
    _send_whole_messages()
    http = Server((host, port), server, log=None, error_log=log, handler_class=Handler)
    try:
        http.start()
    except OSError as why:
        raise BadConfiguration([_reason(why, host, port)]) from why
    return http


def _reason(why: OSError, host: str, port: int) -> str:
    if why.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use by another program; choose one with --port"
    return f"cannot listen on {host}:{port}: {why.strerror}"


def _send_whole_messages() -> None:
    """Wrap the socket of every websocket that simple-websocket opens in this process."""
    plain = simple_websocket.Server

    class WholeServer(plain):  # type: ignore[misc, valid-type]
        def handshake(self) -> None:
            self.sock: Any = WholeSocket(self.sock)
            super().handshake()

    simple_websocket.Server = WholeServer
