"""The push: tails Redis once per web process and emits to its own clients, room by room.

Facts go out at once and without gaps: when Redis is away they are read from the ledger, and when
it is back the tail goes on from the last number that was sent. Readings are merged, latest per
device, ten times a second, and go to those whose map or panel shows the device.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from threading import Event, Lock
from typing import Any

import msgspec
from flask_socketio import SocketIO, emit, join_room
from prometheus_client import Histogram
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.city import City
from app.domain.facts import SHOWN, WORKER, Fact, told
from app.domain.people import concerns
from app.store import keys
from app.store.feed import decode
from app.web.delivery import Delivery
from app.web.frames import Frame
from app.web.picture import HEAL_EVERY_S, Change, Picture
from app.web.pulse import Pulse
from app.web.rooms import Audience, Listener, allowed, fact_room, hears, signed_in

log = logging.getLogger(__name__)

FRAME_S = 0.1  # the wall shows 10 frames of readings per second; sensors may send 50
PAUSE_S = 0.02  # between two reads when the city is busy: the most that this adds to a fact
REDIS_PAUSE_S = 0.5
REPLAY_AT_MOST = 2000  # facts; above this a new snapshot is cheaper
REST = 3.0  # times the work of a frame until the next one: a crowd of maps makes frames rarer
LONGEST_REST_S = 2.0  # a process that stood still in the middle of a frame (a sleeping computer)
STRANGERS_EVERY_S = 0.5  # how often all points are read again because of new devices
CHECK_EVERY_S = 10.0  # how long a socket can outlive its sign-in

LATENCY = Histogram(
    "chengyun_push_frame_seconds",
    "From the arrival of a frame's oldest reading to its emission.",
    buckets=(0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5),
)


class Push:
    """One per web process. `seq` is the newest fact that was sent, `clock` monotonic seconds."""

    clock: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(self, city: City, sockets: SocketIO, audience: Audience, picture: Picture) -> None:
        self.city, self.sockets, self.audience, self.picture = city, sockets, audience, picture
        self.delivery = Delivery(sockets, audience, picture)
        self.seq = 0
        self.pulse = Pulse(city, sockets, audience, lambda: self.seq)
        self._ids: dict[str, str] = {}
        self._frame = Frame()
        self._next_frame = 0.0
        self._strangers, self._strangers_again = False, 0.0
        self._turn = Lock()  # facts and replays take turns: no client misses or repeats one
        self._stop = Event()

    def start(self) -> None:
        """Begin from the ledger's newest fact: whoever connects asks for what it lacks."""
        self.seq = self.city.ledger.last_seq()
        for loop in (self._follow, self._watch_sign_ins, self.pulse.probe, self.pulse.beat):
            self.sockets.start_background_task(loop, self._stop)

    def stop(self) -> None:
        """End the loops."""
        self._stop.set()

    # -- one client --------------------------------------------------------------------------

    def resume(self, message: Any = None) -> None:
        """Inbound `resume {"seq": n}`: replay what the client lacks, then let it hear facts live.

        Without a number it hears what comes from now on. `reset` when there is too much to replay
        or when the number is not from this ledger.
        """
        listener = allowed(self.city, self.audience)
        room = fact_room(listener.user) if listener else None
        if listener is None or room is None:
            emit("signed_out", {})
            return
        since = message.get("seq") if isinstance(message, dict) else None
        with self._turn:
            self._replay(listener, since if isinstance(since, int) else self.seq)
            join_room(room)
            listener.live = True

    def _replay(self, listener: Listener, since: int) -> None:
        if since == self.seq:
            return
        if since > self.seq or self.seq - since > REPLAY_AT_MOST:
            emit("reset", {})
            return
        missed = self.city.ledger.facts_after(max(since, 0), REPLAY_AT_MOST)
        mine = [f for f in missed if f.seq <= self.seq and hears(listener.user, f)]
        if mine:
            emit("facts", [public(f) for f in mine])

    # -- everybody ---------------------------------------------------------------------------

    def _follow(self, stop: Event) -> None:
        while not stop.is_set():
            try:
                self.step()
                stop.wait(PAUSE_S)
            except RedisError as why:
                self._without_redis(why, stop)
            except Exception:
                log.exception("push goes on after a failure")
                stop.wait(REDIS_PAUSE_S)

    def step(self, block_ms: int = 100) -> None:
        """Read what is new, send facts at once and the rest when a frame is due."""
        if not self._ids:
            self._begin()
        self._ids[keys.FACTS] = f"{self.seq}-0"
        found = self.city.feed.tail(self._ids, block_ms)
        for stream, entries in found.items():
            self._ids[stream] = entries[-1][0]
            self._take(stream, [body for _, body in entries])
        self.flush()

    def _begin(self) -> None:
        """Find where each stream ends now; the browser's snapshot has what was before."""
        readings = [keys.readings(n) for n in range(self.city.settings.partitions)]
        self._ids = self.city.feed.heads([keys.STATES, keys.POSITIONS, *readings])

    def _take(self, stream: str, bodies: list[bytes]) -> None:
        if stream == keys.FACTS:
            self.tell([decode(body) for body in bodies])
        elif stream == keys.STATES:
            self._frame.judge(bodies)
        elif stream == keys.POSITIONS:
            self._frame.place(bodies, self.picture.placed.grids())
        else:
            self._frame.hear(bodies)

    def tell(self, facts: list[Fact]) -> None:
        """Send facts to whoever may hear them; a gap is filled from the ledger first."""
        with self._turn:
            fresh = [f for f in facts if f.seq > self.seq]
            if fresh and fresh[0].seq > self.seq + 1:
                fresh = self.city.ledger.facts_after(self.seq, 10_000)
            if not fresh:
                return
            self.seq = fresh[-1].seq
            shown = [f for f in fresh if f.body.keys() & SHOWN]
            if any(WORKER in f.body for f in shown):
                self.picture.placed.forget()
            for scope in self.audience.scopes():
                self._emit(f"facts:{scope}", [f for f in shown if concerns(scope, told(f))])
            for worker in self.audience.workers():
                self._emit(f"worker:{worker}", [f for f in shown if f.worker == worker])

    def _emit(self, room: str, facts: list[Fact]) -> None:
        if facts:
            self.sockets.emit("facts", [public(f) for f in facts], to=room)

    def flush(self) -> None:
        """Send the frame when it is due."""
        began = self.clock()
        if began < self._next_frame:
            return
        healed = self._look_again(began)
        if self._frame or healed:
            frame, self._frame = self._frame, Frame()
            self.delivery.send(frame, healed)
            if frame.arrived is not None:
                LATENCY.observe(max(time.time() - frame.arrived / 1000, 0))
        self.delivery.send_clusters()
        now = self.clock()
        rest = (REST - 1) * (now - began)
        self._next_frame = max(began + FRAME_S, now + min(rest, LONGEST_REST_S))

    def _look_again(self, now: float) -> list[Change]:
        """Read all points when it is time, or because somebody speaks whom the picture lacks."""
        heard = self._frame.readings.keys() | self._frame.states.keys()
        self._strangers |= not all(map(self.picture.knows, heard))
        strange = self._strangers and now >= self._strangers_again
        if not strange and self.picture.clock() - self.picture.read_at < HEAL_EVERY_S:
            return []
        found = self.picture.refresh()
        self._strangers, self._strangers_again = False, now + STRANGERS_EVERY_S
        return found

    def _without_redis(self, why: RedisError, stop: Event) -> None:
        """Redis is away: facts still happen, and the ledger has them all."""
        self.picture.read_at = -math.inf  # it may come back as another one
        if self.pulse.redis:
            log.warning("push reads facts from the ledger, Redis is away: %s", why)
        self.pulse.redis = False
        try:
            self.tell(self.city.ledger.facts_after(self.seq))
        except SQLAlchemyError as failed:
            log.warning("the ledger does not answer either: %s", failed)
        stop.wait(REDIS_PAUSE_S)

    def _watch_sign_ins(self, stop: Event) -> None:
        while not stop.wait(CHECK_EVERY_S):
            try:
                self.drop_signed_out()
                self._start_over_with_ledger()
            except Exception:
                log.exception("checking the sign-ins of the sockets failed")

    def drop_signed_out(self) -> None:
        """Disconnect the sockets whose sign-in was replaced or has been idle for too long."""
        for sid, listener in self.audience.all():
            if not signed_in(self.city, listener):
                self.sockets.emit("signed_out", {}, to=sid)
                self.sockets.server.disconnect(sid)
                self.audience.remove(sid)

    def _start_over_with_ledger(self) -> None:
        """A ledger that is behind us is another one (restored, emptied): everybody starts anew."""
        sent = self.seq  # read first: facts go on being sent while the ledger answers
        newest = self.city.ledger.last_seq()
        if newest < sent:
            with self._turn:
                self.seq = newest
                self.sockets.emit("reset", {})


def public(fact: Fact) -> dict[str, Any]:
    """Return what a screen gets of a fact; the chain's hashes stay in the ledger."""
    told: dict[str, Any] = msgspec.to_builtins(fact)
    del told["hash"], told["prev_hash"]
    return told
