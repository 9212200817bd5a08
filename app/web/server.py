"""The web role: Flask with sign-in, API, the Dash pages and the push, on one gevent server."""

from __future__ import annotations

import logging
from datetime import timedelta
from hashlib import sha256
from threading import Event, Thread
from typing import Any

import orjson
from flask import Flask
from flask.json.provider import JSONProvider
from flask_compress import Compress
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from app.city import City
from app.domain.basemaps import hosts
from app.errors import BadConfiguration
from app.services import places_ready
from app.web import (
    api,
    auth,
    components,
    errors,
    guards,
    health,
    links,
    looking,
    moves,
    pages,
    photos,
    points,
    push,
    replay,
    resources,
    rooms,
    tiles,
    units,
    unmasked,
)
from app.web.front import Front
from app.web.picture import Picture
from app.web.stills import Stills, whole

log = logging.getLogger(__name__)

LARGEST_UPLOAD = 8 * 1024 * 1024
PING_EVERY_S, PING_WAIT_S = 10, 10


class OrJson(JSONProvider):
    """JSON by orjson: UTF-8 as it is, UTC datetimes as ISO-8601, NaN as null."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Return JSON text."""
        return dumps(obj)

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read JSON text; ValueError when it is none."""
        return orjson.loads(s)


class SocketJson:
    """The JSON of the socket: the library's default writes each Chinese character in 6 bytes."""

    @staticmethod
    def dumps(obj: Any, **_: Any) -> str:
        """Return JSON text."""
        return dumps(obj)

    @staticmethod
    def loads(s: str | bytes, **_: Any) -> Any:
        """Read JSON text."""
        return orjson.loads(s)


def dumps(obj: Any) -> str:
    """Return JSON text of builtins, datetimes and numpy numbers."""
    return orjson.dumps(obj, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z).decode()


def build(city: City, front: Front, *, async_mode: str = "threading") -> tuple[Flask, SocketIO]:
    """Return the Flask server and its sockets; nothing runs before push.start(…)."""
    settings = city.settings
    if not settings.secret_key:
        raise BadConfiguration(["secret_key: needed by the web role; openssl rand -hex 32"])
    front.speak(settings.locale)
    server = Flask("chengyun", template_folder=str(pages.ROOT / "app/web/templates"))
    server.static_folder = None
    server.json = OrJson(server)
    server.jinja_env.globals["say"] = front.say
    server.config.update(_config(city))
    errors.register(server)
    auth.register(server, city)
    Compress(server)
    server.after_request(whole)  # before what Compress does there
    sockets = SocketIO(
        server,
        async_mode=async_mode,
        json=SocketJson,
        transports=["websocket"],
        manage_session=False,
        ping_interval=PING_EVERY_S,
        ping_timeout=PING_WAIT_S,
        max_http_buffer_size=100_000,  # we only hear small words; we say the large ones
    )
    audience, picture = rooms.register(sockets, city), Picture(city)
    looking.register(sockets, city, audience, picture)
    _behind(server, settings.trusted_proxies)
    hashes = pages.mount(server, city, front)
    guards.register(server, hashes, hosts(city.bases), front.refresh_only, audience.touch)
    links.register(server, city)
    pusher = push.Push(city, sockets, audience, picture)
    sockets.on_event("resume", pusher.resume)
    server.extensions["push"] = pusher
    _addresses(server, city, pusher)
    for door in front.doors:
        server.register_blueprint(door(city))
    server.wsgi_app = Stills(server.wsgi_app)  # type: ignore[assignment, method-assign]
    return server, sockets


def _behind(server: Flask, proxies: int) -> None:
    """Take the caller's address from X-Forwarded-For, which only so many proxies of ours write."""
    if proxies:  # outermost: everybody within sees the caller's own address
        inner = server.wsgi_app
        within = ProxyFix(inner, x_for=proxies, x_proto=0, x_host=0, x_prefix=0)
        server.wsgi_app = within  # type: ignore[method-assign]


def _addresses(server: Flask, city: City, pusher: push.Push) -> None:
    for blueprint in (
        api.blueprint(city),
        moves.blueprint(city),
        photos.blueprint(city),
        resources.blueprint(city),
        points.blueprint(city, pusher.picture),
        components.blueprint(city),
        replay.blueprint(city),
        health.blueprint(city, pusher),
        units.blueprint(city),
        unmasked.blueprint(city),
        tiles.blueprint(city),
        pages.files(),
    ):
        server.register_blueprint(blueprint)


def serve(city: City, stop: Event, front: Front) -> None:
    """Run the web role until `stop` is set; the process must be patched by gevent (app.web.role).

    gevent's own server in this process, with simple-websocket underneath: one process, no second
    supervisor, and the supervisor of run.py sees it die. Raises BadConfiguration when the port is
    in use.
    """
    from app.web.listening import listen

    settings = city.settings
    server, _ = build(city, front, async_mode="gevent")
    pusher: push.Push = server.extensions["push"]
    http = listen(server, settings.host, settings.port)
    units.prepare(city)
    pusher.start()
    Thread(target=places_ready.keep, args=(city, stop), name="search", daemon=True).start()
    log.info("web listens on http://%s:%s/", settings.host, settings.port)
    stop.wait()
    pusher.stop()
    http.stop(timeout=2)


def _config(city: City) -> dict[str, Any]:
    settings = city.settings
    return {
        "SECRET_KEY": settings.secret_key,
        # two cities on one host stay apart, several web roles of one city share the sign-in
        "SESSION_COOKIE_NAME": f"chengyun_{sha256(settings.secret_key.encode()).hexdigest()[:12]}",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=400),
        "MAX_CONTENT_LENGTH": LARGEST_UPLOAD,
        "WTF_CSRF_CHECK_DEFAULT": False,  # guards decides, see there
        "WTF_CSRF_TIME_LIMIT": None,  # a phone that was offline for hours still sends its outbox
        "COMPRESS_MIN_SIZE": 1000,
        "COMPRESS_STREAMS": False,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/javascript",
            "application/javascript",
            "application/json",
            "application/geo+json",
            "application/octet-stream",
            "image/svg+xml",
        ],
    }
