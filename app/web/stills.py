"""Scripts and styles from memory: answered before anything asks who is there.

They hold no data and need no sign-in. Flask answers the first who asks, and compresses; all others
get the same bytes. A page asks for some forty of them, and each was a look into the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response as FlaskResponse
from flask import request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

ASSETS = Path(__file__).resolve().parents[2] / "layouts/assets"
# below the address of a page, and beside the pages; each file has one path, or anybody could fill
# the memory with others of it (/x/../boot.js)
_STILL = re.compile(
    r"(?:/\w+(?=/(?:_dash-component-suites/[^/]+|assets)/)|(?=/(?:vendor|live)/))"
    r"((?:/(?!\.\.?(?:/|$))[^/]+)+)"
)
_FINGERPRINT = re.compile(r"\.v[\w-]+m[\da-f]+(?=\.)")
_ASKED_AGAIN = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
_NOT_KEPT = ("Set-Cookie", "Content-Security-Policy", "Date")  # of one answer, not of the file
CODINGS = ("br", "gzip")


def is_still(path: str) -> bool:
    """Whether a path is that of a script or style, which everybody may have."""
    return _STILL.fullmatch(path) is not None


def whole(response: FlaskResponse) -> FlaskResponse:
    """Read a file that is to be sent, so that it is compressed: Flask-Compress leaves streams."""
    if is_still(request.path) or request.path.startswith("/m/"):
        response.direct_passthrough = False
        response.make_sequence()
    return response


class Stills:
    """A WSGI application around another one."""

    def __init__(self, inner: WSGIApplication) -> None:
        self.inner = inner
        self._kept: dict[tuple[str, str, int], Response] = {}

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or let the application answer."""
        found = _STILL.fullmatch(environ.get("PATH_INFO", ""))
        if environ["REQUEST_METHOD"] != "GET" or found is None:
            return self.inner(environ, start)
        coding = _coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = (_FINGERPRINT.sub(".v.", found[1]), coding, _changed(found[1]))
        kept = self._kept.get(key) or self._ask(environ, coding)
        if kept.status_code == 200:  # noqa: PLR2004
            self._kept[key] = kept
        again = Response(kept.get_data(), kept.status, kept.headers)
        return again.make_conditional(Request(environ))(environ, start)

    def _ask(self, environ: dict[str, Any], coding: str) -> Response:
        asked = {name: said for name, said in environ.items() if name not in _ASKED_AGAIN}
        answer = Response.from_app(self.inner, asked | {"HTTP_ACCEPT_ENCODING": coding})
        answer.get_data()  # a file is read once
        for name in _NOT_KEPT:
            answer.headers.pop(name, None)
        return answer


def _coding(accepted: str) -> str:
    """The coding that is wanted most, of equals the first of ours; "br;q=0" is not wanted."""
    wanted = parse_accept_header(accepted, Accept)
    return wanted.best_match((*CODINGS, "identity"), "identity")


def _changed(path: str) -> int:
    """When a file of ours was changed, so that a reload shows it; 0 for those of packages."""
    name = path.removeprefix("/assets/")
    if name == path:
        return 0
    try:
        return (ASSETS / name).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0
