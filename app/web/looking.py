"""The event `look`: what a browser shows now, so that it is sent this and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from flask_socketio import SocketIO, emit, join_room, leave_room
from redis.exceptions import RedisError

from app.city import City
from app.domain.people import User
from app.errors import Refused
from app.services import views
from app.services.views_scope import live_or
from app.web import sights
from app.web.picture import Picture
from app.web.placed import Row
from app.web.rooms import Audience, Listener, allowed, watched_room, watches
from app.web.sights import CLUSTERS, POINTS, Sight, WorkerSight

log = logging.getLogger(__name__)

IN_BOX, ALL = "box", "all"  # whose places a map asks for
MOST_WATCHED = 50  # devices whose numbers one page shows at a time


def register(sockets: SocketIO, city: City, audience: Audience, picture: Picture) -> None:
    """Install the event."""
    sockets.on_event("look", _look(city, audience, picture))


def _look(city: City, audience: Audience, picture: Picture) -> Callable[..., Any]:
    def look(message: Any = None) -> Any:
        """The screen now shows this: its pulse, its points or clusters and its numbers follow."""
        listener = allowed(city, audience)
        wanted = message.get("area") if isinstance(message, dict) else None
        if listener is None or not watches(listener.user) or not isinstance(wanted, str):
            return {"error": "forbidden"}
        try:
            area = views.allowed_area(city, listener.user, wanted)
            answer = {"area": area} | _show(city, audience, picture, listener, message)
        except Refused as why:
            return {"error": why.code}
        except RedisError as why:
            log.warning("what a map shows cannot be read, Redis is away: %s", why)
            return {"error": "unavailable"}
        _pulse(listener, area)
        _workers(picture, listener, message.get("workers"))
        _watch(picture, listener, message.get("watch"))
        return answer

    return look


def _pulse(listener: Listener, area: str) -> None:
    leave_room(f"pulse:{listener.area}")
    listener.area = area
    join_room(f"pulse:{area}")


def _show(
    city: City, audience: Audience, picture: Picture, listener: Listener, message: dict[str, Any]
) -> dict[str, Any]:
    """Turn to another sight; without a box nothing of the map is sent."""
    if message.get("box") is None:
        _turn(audience, listener, None)
        return {}
    sight, count = chosen(city, picture, listener.user, message)
    _turn(audience, listener, sight)
    return {"show": sight.show, "count": count, "box": sight.degrees, "level": sight.level}


def chosen(city: City, picture: Picture, user: User, asked: Any) -> tuple[Sight, int]:
    """The sight of a request and how many devices are in it.

    `asked["show"]` is what is on the screen already; `asked["as"]` fixes what is answered: a
    browser fetches what its socket has been told.
    """
    sight = sights.read(city, user, asked)
    picture.ready()
    count = len(picture.choose(sight))
    show = asked.get("as")
    if show not in (POINTS, CLUSTERS):
        show = sights.shown(count, asked.get("show"), city.settings.points_at_most)
    return msgspec.structs.replace(sight, show=show), count


def _turn(audience: Audience, listener: Listener, sight: Sight | None) -> None:
    if sight == listener.sight:
        audience.turn(listener, sight)  # it fetches all of it again: what is new is told again
        return
    if listener.sight is not None:
        leave_room(listener.sight.room)
    audience.turn(listener, sight)
    if sight is not None:
        join_room(sight.room)


def _workers(picture: Picture, listener: Listener, asked: Any) -> None:
    """The workers of his scope in the box, for tracks all of them; they are told at once.

    The places that moved outside of the last box were not pushed.
    """
    wanted = None
    if listener.sight is not None and asked in (IN_BOX, ALL):
        box = listener.sight.box if asked == IN_BOX else None
        wanted = WorkerSight(listener.user.scope, box)
    if listener.workers not in (None, wanted):
        leave_room(listener.workers.room)
    listener.workers = wanted
    if wanted is None:
        return
    join_room(wanted.room)
    rows = live_or(partial(picture.placed.now, wanted), list[Row]())
    if rows:
        emit("positions", rows)


def _watch(picture: Picture, listener: Listener, asked: Any) -> None:
    """The devices of his scope whose numbers a panel shows, wherever the map is."""
    given = asked if isinstance(asked, list) else []
    numbers = {n for n in given[:MOST_WATCHED] if type(n) is int}  # no bool
    scope = listener.user.scope
    mine = frozenset(n for n in numbers if picture.covers(scope, n))
    for n in listener.watch - mine:
        leave_room(watched_room(scope, n))
    for n in mine - listener.watch:
        join_room(watched_room(scope, n))
    listener.watch = mine
