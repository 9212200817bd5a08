"""How long the server waits for who calls it: a slow caller holds a connection, and not for long.

Each caller is a greenlet of its own, so that a slow one holds up nobody; what it holds is memory
and a connection, which a thousand of them would make scarce.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gevent import Timeout
from gevent.pywsgi import Input, WSGIHandler, _InvalidClientInput
from werkzeug.exceptions import RequestTimeout

# *default*, all of them; our own phone gives a request up after 30 s
IDLE_S = 75.0  # between two requests of a kept connection, as browsers and proxies keep them
HEAD_S = 10.0  # from the first byte of a request to the end of its headers
BODY_S = 20.0  # for a body, and …
BODY_RATE = 32 * 1024  # … one second more for so many bytes of it that have come
BODY_MOST_S = 120.0  # but never longer
ANSWER_S = 30.0  # for an answer to be taken, and …
ANSWER_RATE = 16 * 1024  # … one second more for so many bytes of it
PIECE = 64 * 1024  # a body is read in pieces, so that what has come counts

TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
    b"Content-Type: text/plain\r\nContent-Length: 15\r\n\r\nRequest Timeout"
)


class Body(Input):  # type: ignore[misc]
    """The body of a request; RequestTimeout (408) when it does not come in time."""

    __slots__ = ("_came", "_spent")

    def __init__(self, *more: Any, **named: Any) -> None:
        super().__init__(*more, **named)
        self._spent, self._came = 0.0, 0

    def read(self, length: int | None = None) -> bytes:
        """Read at most so many bytes, all of them without a length."""
        left = -1 if length is None or length < 0 else length
        pieces = []
        while left:
            want = PIECE if left < 0 else min(left, PIECE)
            with self._in_time():
                piece = super().read(want)
            self._came += len(piece)
            pieces.append(piece)
            if len(piece) < want:
                break
            left -= len(piece) if left > 0 else 0
        return b"".join(pieces)

    def readline(self, size: int | None = None) -> bytes:
        """Read a line."""
        with self._in_time():
            line: bytes = super().readline(size)
        self._came += len(line)
        return line

    def _discard(self) -> None:
        """Read what nobody has asked for, so that the next request can come; else hang up."""
        try:
            super()._discard()
        except RequestTimeout as why:
            raise _InvalidClientInput("the rest of the body does not come") from why

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        allowed = min(BODY_S + self._came / BODY_RATE, BODY_MOST_S)
        begun = time.monotonic()
        patience = Timeout(max(allowed - self._spent, 0.001))
        patience.start()
        try:
            yield
        except Timeout as late:
            if late is not patience:
                raise
            raise RequestTimeout() from late
        finally:
            patience.close()
            self._spent += time.monotonic() - begun


class Patient(WSGIHandler):  # type: ignore[misc]
    """A connection whose caller has to speak, and to listen, in time."""

    wsgi_input: Input
    _head: Timeout | None = None

    def read_requestline(self) -> str:
        """Wait for the next request, then for its first line; TimeoutError while nobody speaks."""
        with Timeout(IDLE_S, TimeoutError()):
            self.rfile.peek(1)
        self._head = Timeout.start_new(HEAD_S)
        line: str = super().read_requestline()
        return line

    def handle_one_request(self) -> Any:
        """Serve the next request; 408 when its headers do not come in time."""
        try:
            return super().handle_one_request()
        except Timeout as late:
            if late is not self._head:
                raise
            return "408 Request Timeout", TOO_SLOW
        finally:
            self._heard()

    def get_environ(self) -> dict[str, Any]:
        """The headers are here: from now on the body has its own limits (a websocket has none)."""
        self._heard()
        env: dict[str, Any] = super().get_environ()
        plain: Input = self.wsgi_input
        self.wsgi_input = Body(
            plain.rfile,
            plain.content_length,
            socket=plain.socket,
            chunked_input=plain.chunked_input,
        )
        if env["wsgi.input"] is plain or self.command != "GET":  # no websocket begins with a POST
            env["wsgi.input"], env["wsgi.input_terminated"] = self.wsgi_input, True
        return env

    def _sendall(self, data: bytes) -> None:
        allowed = ANSWER_S + len(data) / ANSWER_RATE
        with Timeout(allowed, ConnectionResetError(errno.ECONNRESET, "the caller takes nothing")):
            super()._sendall(data)

    def _heard(self) -> None:
        if self._head is not None:
            self._head.close()
            self._head = None
