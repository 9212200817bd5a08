"""Who is sent what of a frame: maps what they show, panels the numbers they show."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from flask_socketio import SocketIO

from app.domain.clusters import Dot
from app.web.frames import Frame
from app.web.picture import Change, Picture
from app.web.rooms import Audience, watched_room
from app.web.sights import CLUSTERS, POINTS, Sight

CLUSTERS_EVERY_S = 0.5
TOLD_AGAIN_S = 5.0  # another web process, which answered the fetch, may be so far behind this one


class Delivery:
    """Sends through one process's sockets; `clock` is monotonic seconds."""

    def __init__(
        self,
        sockets: SocketIO,
        audience: Audience,
        picture: Picture,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sockets, self.audience, self.picture, self.clock = sockets, audience, picture, clock
        self._clustered = 0.0
        self._told: dict[Sight, float] = {}  # until when each sight knows its clusters

    def send(self, frame: Frame, healed: Iterable[Change] = ()) -> None:
        """Send a frame, and what a fresh reading of all points has shown."""
        changes = [*healed, *self.picture.take(frame.readings, frame.states)]
        sights = [sight for sight in self.audience.sights() if sight.show == POINTS]
        if sights:
            self._send_points(sights, frame, changes)
        for scope, n in self.audience.watched():
            if n in frame.readings and self.picture.covers(scope, n):
                self._emit("numbers", [frame.readings[n][1]], watched_room(scope, n))
        if frame.positions:
            sights_of_workers = self.audience.sights_of_workers()
            for sight_, rows in self.picture.placed.moved(frame.positions, sights_of_workers):
                self._emit("positions", rows, sight_.room)

    def _send_points(self, sights: list[Sight], frame: Frame, changes: list[Change]) -> None:
        heard = [n for n in {**frame.readings, **frame.states} if self.picture.knows(n)]
        here = self._present(sights, [(n, self.picture.dot(n)) for n in heard])
        before = self._present(sights, [(change.n, change.old) for change in changes])
        after = self._present(sights, [(change.n, change.new) for change in changes])
        told = frame.readings.keys() | frame.states.keys()
        for sight, present, was, now in zip(sights, here, before, after, strict=True):
            if not (present or was or now):
                continue
            entered = (now - was) | (now - told)  # what a fresh reading has shown is told anew
            self._emit("left", sorted(was - now), sight.room)
            self._emit("entered", [self.picture.entered(n) for n in sorted(entered)], sight.room)
            for event, rows in (("readings", frame.readings), ("states", frame.states)):
                mine = [rows[n] for n in rows.keys() & present]
                self._emit(
                    event, [row[1] for row in mine] if event == "readings" else mine, sight.room
                )

    def _present(self, sights: list[Sight], dots: list[tuple[int, Dot | None]]) -> list[set[int]]:
        """For each sight which of some devices stand in it: one comparison for all of them."""
        placed = [(n, *dot[:4]) for n, dot in dots if dot]
        if not placed:
            return [set() for _ in sights]
        n, x, y, grid, kind = np.array(placed, np.int64).T
        edges = np.array([sight.box for sight in sights], np.int64).T[:, :, None]
        boxed = (x >= edges[0]) & (x < edges[2]) & (y >= edges[1]) & (y < edges[3])
        seen = boxed.any(axis=1).tolist()
        found = []
        for sight, row, any_of_them in zip(sights, boxed, seen, strict=True):
            mine = self.picture.belongs(sight, grid[row], kind[row]) if any_of_them else None
            found.append(set() if mine is None else set(n[row][mine].tolist()))
        return found

    def _emit(self, event: str, rows: list[Any], room: str) -> None:
        if rows:
            self.sockets.emit(event, rows, to=room)

    def send_clusters(self) -> None:
        """Send the cells that have changed, twice a second at most."""
        now = self.clock()
        if now - self._clustered < CLUSTERS_EVERY_S:
            return
        self._clustered = now
        turned, self.audience.turned = self.audience.turned, set()
        sights = [sight for sight in self.audience.sights() if sight.show == CLUSTERS]
        with self.picture.lock:
            told = [(sight, self._changed(sight, now, sight in turned)) for sight in sights]
            self.picture.tidy()
        self._told = dict.fromkeys(sights, now)
        for sight, rows in told:
            self._emit("clusters", rows, sight.room)

    def _changed(self, sight: Sight, now: float, again: bool) -> list[list[float]]:
        sheet = self.picture.sheet(sight)
        since = now - TOLD_AGAIN_S if again else self._told.get(sight, now - TOLD_AGAIN_S)
        return [sheet.row(key) for key in sheet.changed_in(sight.box, since)]
