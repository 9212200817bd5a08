"""Where workers are, for the maps that show them: those of a box, or of a scope for tracks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from app.city import City
from app.domain.clusters import to_world
from app.domain.people import covers
from app.web.sights import WorkerSight

GRIDS_KEPT_S = 60.0
Row = list[Any]  # [worker, lon, lat, at_ms]
World = tuple[int, int]


class Placed:
    """One per web process; `clock` is monotonic seconds."""

    def __init__(self, city: City, clock: Callable[[], float] = time.monotonic) -> None:
        self.city, self.clock = city, clock
        self._grids: dict[str, str] = {}
        self._read_at = -np.inf
        self._told: dict[str, set[World]] = {}  # where maps may show each one

    def grids(self) -> dict[str, str]:
        """The grid of each worker on duty, at most a minute old."""
        if not self._grids or self.clock() - self._read_at > GRIDS_KEPT_S:
            with self.city.ledger.read() as tx:
                self._grids = {one.id: one.grid for one in tx.workers() if one.on_duty}
            self._read_at = self.clock()
        return self._grids

    def forget(self) -> None:
        """Somebody has gone on or off duty: the grids are read anew."""
        self._read_at = -np.inf

    def now(self, sight: WorkerSight) -> list[Row]:
        """The places of the workers in a sight as they are now. RedisError as Redis says it."""
        grids, known = self.grids(), self.city.live.workers()
        mine = {worker: at for worker, at in known.items() if worker in grids}
        rows = [[worker, *at] for worker, at in mine.items() if covers(sight.scope, grids[worker])]
        seen = [(row, at) for row, at in zip(rows, _world(rows), strict=True) if _in(sight, at)]
        for row, at in seen:  # it may be ahead of the frames, and those may be lost
            if row[0] in self._told:
                self._told[row[0]].add(at)
        return [row for row, _ in seen]

    def moved(
        self, positions: dict[str, tuple[str, Row]], sights: Iterable[WorkerSight]
    ) -> Iterator[tuple[WorkerSight, list[Row]]]:
        """What each sight is told of new places ({worker: (grid, row)}): also who leaves its box.

        Somebody whose last place nobody was told of may be in any box. When telling breaks off,
        both the old places and the new ones may be on some map.
        """
        new = dict(zip(positions, _world([row for _, row in positions.values()]), strict=True))
        shown = {worker: {at, *self._told.get(worker, ())} for worker, at in new.items()}
        anywhere = new.keys() - self._told.keys()
        self._told |= {worker: set(shown[worker]) for worker in new.keys() - anywhere}

        def tells(sight: WorkerSight, worker: str, grid: str) -> bool:
            near = worker in anywhere or any(_in(sight, at) for at in shown[worker])
            return near and covers(sight.scope, grid)

        for sight in sights:
            rows = [row for who, (grid, row) in positions.items() if tells(sight, who, grid)]
            yield sight, rows
        for worker, at in new.items():
            self._told[worker] = self._told.get(worker, set()) - shown[worker] | {at}


def _world(rows: list[Row]) -> list[World]:
    if not rows:
        return []
    x, y = to_world([row[1] for row in rows], [row[2] for row in rows])
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _in(sight: WorkerSight, at: World) -> bool:
    if sight.box is None:
        return True
    west, north, east, south = sight.box
    return west <= at[0] < east and north <= at[1] < south
