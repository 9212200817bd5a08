"""What stands before every request: sign-in, forged requests, idle time, security headers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from flask import Flask, Response, request
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

from app.errors import Invalid, NotAllowed, SignInNeeded
from app.web.auth import touch
from app.web.errors import DOORS
from app.web.stills import is_still

# The phone's shell, its manifest and its service worker must load without sign-in: they hold no
# data, and a service worker that is redirected to /login can never be updated.
OPEN = ("/login", "/healthz", "/metrics", "/m/", "/vendor/", "/favicon.ico")
SAFE = {"GET", "HEAD", "OPTIONS"}
_HOST = re.compile(r"[\w.\-]+(:\d+)?|\[[\da-fA-F:]+\](:\d+)?", re.ASCII)
# what the live layer fetches by itself: a screen that nobody touches keeps no session alive
FETCHED = tuple(
    f"/api/v1/{name}"
    for name in (
        *("snapshot", "points", "components", "resources", "units", "zones", "tracks"),
        "replay/steps",
    )
)


def register(
    server: Flask,
    inline_scripts: list[str],
    pictures_from: list[str],
    refresh_only: frozenset[str],
    active: Callable[[str, float], None],
) -> None:
    """Install the guards; `refresh_only` are the Dash inputs that no person has touched.

    `pictures_from` are the origins of base maps.

    `active` hears who has done something, at epoch seconds: his sockets live as long as he does.
    """
    forged = CSRFProtect(server)
    policy = _policy(inline_scripts, pictures_from)

    @server.before_request
    def stand_guard() -> None:
        if "\0" in request.path or "\0" in unquote(request.query_string.decode("latin-1")):
            raise Invalid("参数不正确。")  # no text of ours has it, and PostgreSQL takes none
        if request.path.startswith(DOORS):  # they have no session that could be misused
            return
        if request.method not in SAFE:
            _refuse_forged(forged)
        if _is_open(request.path):
            return
        if not current_user.is_authenticated:
            raise SignInNeeded("请先登录。")
        if not _is_refresh(refresh_only):
            touch()
            active(current_user.id, time.time())

    _seal(server, policy)


def _seal(server: Flask, policy: str) -> None:
    @server.after_request
    def seal(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy.format(sockets=_sockets()))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers["Referrer-Policy"] = "same-origin"
        if request.path.startswith("/api/") or "/_dash-" in request.path:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _is_open(path: str) -> bool:
    return path.startswith(OPEN) or path == "/m" or is_still(path)


def _policy(inline_scripts: list[str], pictures_from: list[str]) -> str:
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {' '.join(inline_scripts)}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: blob: {' '.join(pictures_from)}".rstrip(),
            "media-src 'self' blob:",
            "connect-src 'self' {sockets}",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )


def _sockets() -> str:
    """Our own socket, for browsers that do not take 'self' for it; no other host's."""
    host = request.host
    return f"ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""


def _refuse_forged(forged: CSRFProtect) -> None:
    """Check the token, or for Dash's own callback POSTs where they come from.

    Dash's renderer and its form of 退出登录 cannot send our token. Those POSTs are guarded by the
    SameSite=Lax cookie (no other site's POST carries the session) and here by Origin, which every
    browser adds to a POST: another site's page cannot leave it out.
    """
    ours = "/_dash-" in request.path
    if (ours or request.path == "/logout") and _from_here():
        return
    if ours:
        raise NotAllowed("请求来源不明,请从本系统页面操作。")
    forged.protect()


def _from_here() -> bool:
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.host


def _is_refresh(refresh_only: frozenset[str]) -> bool:
    """Whether the live layer has sent this by itself: it keeps no session alive."""
    if request.path in FETCHED or request.path.startswith("/tiles/"):
        return True
    if not request.path.endswith("/_dash-update-component"):
        return False
    body = request.get_json(silent=True)
    changed = body.get("changedPropIds", []) if isinstance(body, dict) else []
    return bool(changed) and set(changed) <= refresh_only
