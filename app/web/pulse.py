"""The pulse: every two seconds, whether we are blind. It beats also when Redis does not answer.

Two loops: `probe` asks the stores and may be held up by them, `beat` tells what is known and never
waits for anybody.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event
from typing import Any

from flask_socketio import SocketIO
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.city import City
from app.services import presence_feeds, views
from app.web.pages import edition
from app.web.rooms import Audience

log = logging.getLogger(__name__)

BEAT_S = 2.0
LATE_S = 5.0  # an answer that takes longer counts as none


class Pulse:
    """What this process knows of the stores; `redis` and `ledger` say whether they answer."""

    def __init__(
        self, city: City, sockets: SocketIO, audience: Audience, sent: Callable[[], int]
    ) -> None:
        self._city, self._sockets, self._audience, self._sent = city, sockets, audience, sent
        self.redis = True
        self.ledger = True
        self._asked: float | None = None  # monotonic: a question that has no answer yet
        self._feeds: dict[str, int] = {}
        self._beats: dict[str, int] = {}
        self._silent: dict[str, int] = {}
        self._heard = time.time() * 1000  # when the roles were last asked after
        self._tiles: dict[str, list[dict[str, Any]]] = {}

    def probe(self, stop: Event) -> None:
        """Ask the stores every two seconds, until `stop`."""
        while not stop.is_set():
            self._asked = time.monotonic()
            try:
                self.look()
            except Exception:
                log.exception("probe goes on after a failure")
            self._asked = None
            stop.wait(BEAT_S)

    def look(self) -> None:
        """Ask the stores once."""
        live = self._city.live
        try:
            self._city.ledger.last_seq()
            self.ledger = True
        except SQLAlchemyError:
            self.ledger = False
        try:
            live.beat("web", int(time.time() * 1000))
            self._feeds, self._beats = live.feeds(), live.beats()
            self._silent = presence_feeds.silent(self._city)
            self._heard = time.time() * 1000
            self.redis = True
        except RedisError:
            self.redis = False
            self._tiles = {}
            return
        areas = self._audience.areas() - {""}
        self._tiles = {area: views.tiles_of_area(self._city, area) for area in areas}

    def beat(self, stop: Event) -> None:
        """Emit the pulse every two seconds, until `stop`."""
        while not stop.is_set():
            try:
                for area in self._audience.areas():
                    self._sockets.emit("pulse", self.word(area), to=f"pulse:{area}")
            except Exception:
                log.exception("pulse goes on after a failure")
            stop.wait(BEAT_S)

    def word(self, area: str) -> dict[str, Any]:
        """Return the pulse for one area; figures are left out when Redis does not answer."""
        now = time.time() * 1000
        stuck = self._asked is not None and time.monotonic() - self._asked > LATE_S
        redis = self.redis and not stuck
        return {
            "at": int(now),
            "as_of": self._sent(),
            "edition": edition(self._city),
            "redis": redis,
            "ledger": self.ledger,
            "feeds": _ages(self._feeds, now),
            "silent": _ages(self._silent, now),
            # without an answer of Redis nobody knows: a silent store must not look like dead roles
            "roles": _ages(self._beats, self._heard),
            "area": area,
            "tiles": self._tiles.get(area, []) if redis else [],
        }


def _ages(moments: dict[str, int], now_ms: float) -> dict[str, float]:
    return {name: round(max(now_ms - at, 0) / 1000, 1) for name, at in moments.items()}
