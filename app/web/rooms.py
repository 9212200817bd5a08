"""Who hears what: default closed. Rooms are made of scopes; a grid worker has only his own.

* workers:<prefix>:<box>  places of the workers that a map shows, from the moment of `look`
* points:…, clusters:…  what a map shows now (app.web.sights), from the moment of `look`
* device:<prefix>:<n>   readings of one device that a panel shows, from the moment of `look`
* facts:<prefix>  facts inside a scope, from the moment of `resume`
* worker:<id>     facts about this worker's own tasks and cases, from the moment of connecting
* pulse:<area>    the pulse with the figures of this area ("" without figures)
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask import request, session
from flask_login import current_user
from flask_socketio import ConnectionRefusedError, SocketIO, join_room

from app.city import City
from app.domain.facts import SHOWN, Fact, told
from app.domain.people import Role, User, Verb, concerns, may
from app.services import views
from app.web.auth import idle_limit, still_signed_in
from app.web.sights import Sight, WorkerSight


def watches(user: User) -> bool:
    """Whether this user's screens show a whole area; by the table of roles, default closed."""
    return user.role is not Role.GRID_WORKER and may(user, Verb.VIEW)


def hears(user: User, fact: Fact) -> bool:
    """Whether a fact may reach this user: only things of the screens, only his scope or himself."""
    if not fact.body.keys() & SHOWN:
        return False  # sign-ins, locks and the like are for the audit, not for the screens
    if user.role is Role.GRID_WORKER:
        return user.worker is not None and fact.worker == user.worker
    return watches(user) and concerns(user.scope, told(fact))


@dataclass
class Listener:
    """One connected socket; `seen` is the last sign of its user, in epoch seconds."""

    user: User
    epoch: int
    area: str
    seen: float
    live: bool = False
    sight: Sight | None = None  # what its map shows; nothing of the map is sent without one
    workers: WorkerSight | None = None  # whose places its map shows
    watch: frozenset[int] = frozenset()  # devices whose numbers its panels show


class Audience:
    """The connected sockets of this process, counted by what they may hear."""

    def __init__(self) -> None:
        self._listeners: dict[str, Listener] = {}
        self._sights: Counter[Sight] = Counter()
        self._lock = Lock()
        self.turned: set[Sight] = set()  # somebody has turned to these: who sends takes them out

    def __len__(self) -> int:
        return len(self._listeners)

    def add(self, sid: str, listener: Listener) -> None:
        """Note a new socket."""
        with self._lock:
            self._listeners[sid] = listener

    def remove(self, sid: str) -> None:
        """Forget a socket; harmless when it is unknown."""
        with self._lock:
            gone = self._listeners.pop(sid, None)
        if gone is not None:
            self.turn(gone, None)

    def get(self, sid: str) -> Listener | None:
        """Return the listener of a socket, or None."""
        return self._listeners.get(sid)

    def all(self) -> list[tuple[str, Listener]]:
        """Return every socket with its listener."""
        with self._lock:
            return list(self._listeners.items())

    def scopes(self) -> set[str]:
        """Return the scopes that somebody watches now."""
        return {x.user.scope for _, x in self.all() if watches(x.user)}

    def turn(self, listener: Listener, sight: Sight | None) -> None:
        """Note what a listener's map shows from now on."""
        with self._lock:
            if listener.sight is not None:
                self._sights[listener.sight] -= 1
                if not self._sights[listener.sight]:
                    del self._sights[listener.sight]
            listener.sight = sight
            if sight is not None:
                self._sights[sight] += 1
                self.turned.add(sight)

    def sights(self) -> list[Sight]:
        """Return what is looked at now, each once."""
        return list(self._sights)

    def sights_of_workers(self) -> set[WorkerSight]:
        """Return the workers whose places some map shows now."""
        return {x.workers for _, x in self.all() if x.workers is not None}

    def watched(self) -> set[tuple[str, int]]:
        """Return (scope, device number) of every number that a panel shows now."""
        return {(x.user.scope, n) for _, x in self.all() for n in x.watch}

    def areas(self) -> set[str]:
        """Return the areas whose figures somebody looks at now, "" among them for workers."""
        return {x.area for _, x in self.all()}

    def workers(self) -> set[str]:
        """Return the grid workers who are connected now."""
        return {x.user.worker for _, x in self.all() if x.user.worker and not watches(x.user)}

    def roles(self) -> Counter[str]:
        """Return how many sockets each role has."""
        return Counter(x.user.role.value for _, x in self.all())

    def touch(self, user_id: str, at: float) -> None:
        """Note that a user did something at `at`."""
        for _, listener in self.all():
            if listener.user.id == user_id:
                listener.seen = max(listener.seen, at)


def fact_room(user: User) -> str | None:
    """Return the room in which this user hears facts, None for nobody's."""
    if user.role is Role.GRID_WORKER:
        return f"worker:{user.worker}" if user.worker else None
    return f"facts:{user.scope}" if watches(user) else None


def watched_room(scope: str, n: int) -> str:
    """Return the room of those of a scope whose panels show a device's number."""
    return f"device:{scope}:{n}"


def register(sockets: SocketIO, city: City) -> Audience:
    """Install connect and disconnect; return who is there."""
    audience = Audience()
    sockets.on_event("connect", _connect(city, audience))
    sockets.on_event("disconnect", lambda *_: audience.remove(_sid()))
    return audience


def allowed(city: City, audience: Audience) -> Listener | None:
    """Return the listener of the present event when he is still signed in; ask at each event."""
    listener = audience.get(_sid())
    if listener is None:
        return None
    return listener if signed_in(city, listener) else None


def signed_in(city: City, listener: Listener) -> bool:
    """Whether this socket's sign-in still holds: not replaced, not idle for too long."""
    limit = idle_limit(listener.user, city.settings.session_idle_min).total_seconds()
    if time.time() - listener.seen > limit:
        return False
    return still_signed_in(city, listener.user.id, listener.epoch) == listener.user


def _connect(city: City, audience: Audience) -> Callable[..., None]:
    def connect(_auth: Any = None) -> None:
        if not current_user.is_authenticated:
            raise ConnectionRefusedError("sign_in_needed")
        user: User = current_user.user
        area = views.root(city, user) if watches(user) else ""
        epoch, seen = int(session.get("epoch", -1)), float(session.get("seen", 0))
        audience.add(_sid(), Listener(user, epoch, area, seen))
        join_room(f"pulse:{area}")
        if not watches(user) and (room := fact_room(user)):
            join_room(room)  # a phone reads its short snapshot anew at each fact: no replay needed

    return connect


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
    return sid
