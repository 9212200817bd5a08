"""The picture of all devices that a web process keeps: places and states, and sheets of clusters.

It is read from the packed points at the start, again when Redis comes back and every minute, and
kept true in between by what the push reads anyway. Not safe for two threads at once: `lock`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.city import City
from app.domain.clusters import Dot, Sheet, to_world
from app.domain.kinds import KINDS
from app.domain.people import covers
from app.domain.readings import Presence
from app.store.points import OUTSIDE, POINT
from app.web.placed import Placed
from app.web.sights import Sight

HEAL_EVERY_S = 60.0
SHEET_KEPT_S = 60.0  # nobody has looked at it for so long
MOST_SHEETS = 64  # combinations of scope, kinds and level at a time (*default*)
CHANGES_KEPT_S = 10.0
KIND_CODES = [kind.code for kind in KINDS]


@lru_cache(maxsize=256)
def kinds_mask(codes: tuple[str, ...] | None) -> NDArray[np.bool_]:
    """Which kinds, by index, are wanted; the last element is for unknown ones."""
    chosen = [codes is None or code in codes for code in KIND_CODES]
    return np.array([*chosen, codes is None])


class Change(NamedTuple):
    """A device before and after; None where it was not, or is not any more."""

    n: int
    old: Dot | None
    new: Dot | None


class Picture:
    """One per web process; `clock` is monotonic seconds."""

    def __init__(self, city: City, clock: Callable[[], float] = time.monotonic) -> None:
        self.city, self.clock, self.lock = city, clock, Lock()
        self.points: NDArray[Any] = np.zeros(0, POINT)
        self.x: NDArray[np.int64] = np.zeros(0, np.int64)
        self.y: NDArray[np.int64] = np.zeros(0, np.int64)
        self.read_at = -np.inf
        self.placed = Placed(city, clock)
        self._sheets: dict[tuple[Any, ...], Sheet] = {}
        self._used: dict[tuple[Any, ...], float] = {}
        self._inside = lru_cache(maxsize=512)(self._mask)

    # -- what it knows -----------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.points)

    def knows(self, n: int) -> bool:
        """Whether a device has a place here."""
        return 0 <= n < len(self.points) and bool(self.points["lon"][n] or self.points["lat"][n])

    def dot(self, n: int) -> Dot | None:
        """What clusters count of a device; None when it has no place."""
        if not self.knows(n):
            return None
        p = self.points[n]
        offline = p["presence"] == Presence.OFFLINE
        grid, kind, level = int(p["area"]), int(p["kind"]), int(p["level"])
        return Dot(int(self.x[n]), int(self.y[n]), grid, kind, min(level, 4), bool(offline))

    def inside(self, scope: str) -> NDArray[np.bool_]:
        """Which grids, by index, a scope covers; the last element is for places outside."""
        return self._inside(scope)

    def _mask(self, scope: str) -> NDArray[np.bool_]:
        codes = [grid.code for grid in self.city.areas.grids]
        return np.array([covers(scope, code) for code in codes] + [covers(scope, "")])

    def covers(self, scope: str, n: int) -> bool:
        """Whether a device with a place lies in a scope."""
        inside = self.inside(scope)
        return self.knows(n) and bool(inside[min(int(self.points["area"][n]), len(inside) - 1)])

    def ready(self) -> None:
        """Read the points if nobody has yet; RedisError when Redis does not answer."""
        if self.read_at == -np.inf:
            self.refresh()

    # -- what changes it ---------------------------------------------------------------------

    def refresh(self) -> list[Change]:
        """Read all points and take in what differs; returns it. RedisError as Redis says it."""
        packed = self.city.live.points()
        whole = packed[: len(packed) // POINT.itemsize * POINT.itemsize]
        fresh = np.frombuffer(whole, POINT)
        with self.lock:
            first = self.read_at == -np.inf and not len(self.points)
            self.read_at = self.clock()
            return self._begin(fresh) if first else self._take_all(fresh)

    def _begin(self, fresh: NDArray[Any]) -> list[Change]:
        """The first reading is no change: nobody has looked yet."""
        self._grow(len(fresh))
        self.points[:] = fresh
        self.x, self.y = self._world(np.arange(len(fresh)))
        return []

    def _take_all(self, fresh: NDArray[Any]) -> list[Change]:
        if len(fresh) < len(self.points):  # another Redis: who is not in it is nowhere
            fresh = np.concatenate([fresh, np.zeros(len(self.points) - len(fresh), POINT)])
        self._grow(len(fresh))
        parts = ("lon", "lat", "area", "kind", "presence", "level")
        different = [self.points[part] != fresh[part] for part in parts]
        changed = np.flatnonzero(np.logical_or.reduce(different)).tolist()
        before = [self.dot(n) for n in changed]
        self.points[:] = fresh
        self.x[changed], self.y[changed] = self._world(np.array(changed, np.int64))
        return self._tell(
            [Change(n, old, self.dot(n)) for n, old in zip(changed, before, strict=True)]
        )

    def _grow(self, count: int) -> None:
        more = count - len(self.points)
        self.points = np.concatenate([self.points, np.zeros(more, POINT)])
        self.x = np.concatenate([self.x, np.zeros(more, np.int64)])
        self.y = np.concatenate([self.y, np.zeros(more, np.int64)])

    def _world(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return to_world(self.points["lon"][numbers] / 1e7, self.points["lat"][numbers] / 1e7)

    def take(
        self, readings: dict[int, tuple[str, list[Any]]], states: dict[int, list[int]]
    ) -> list[Change]:
        """Take in newest readings ({n: (area, row)}) and states ({n: [n, presence, level]})."""
        with self.lock:
            before = {n: self.dot(n) for n, (_, row) in readings.items() if len(row) > 4}
            before |= {n: self.dot(n) for n in states if n not in before}
            for n, (area, row) in readings.items():
                if self.knows(n):
                    self._hear(n, area, row)
            for n, presence, level in states.values():
                if self.knows(n):
                    self.points["presence"][n], self.points["level"][n] = presence, level
            return self._tell([Change(n, old, self.dot(n)) for n, old in before.items() if old])

    def _hear(self, n: int, area: str, row: list[Any]) -> None:
        point = self.points[n]
        if row[1] < point["at"]:
            return
        value = np.nan if row[2] is None else row[2]
        point["at"], point["value"], point["quality"] = row[1], value, row[3]
        if len(row) > 4:
            point["lon"], point["lat"] = round(row[4] * 1e7), round(row[5] * 1e7)
            point["area"] = self.city.areas.grid_index(area) if area in self.city.areas else OUTSIDE
            one = np.array([n])
            self.x[one], self.y[one] = self._world(one)

    def _tell(self, changes: list[Change]) -> list[Change]:
        real = [change for change in changes if change.old != change.new]
        at = self.clock()
        for sheet in self._sheets.values():
            for _, old, new in real:
                sheet.move(old, new, at)
        return real

    # -- what is asked of it -----------------------------------------------------------------

    def choose(self, sight: Sight) -> NDArray[np.int64]:
        """The numbers of the devices in a sight."""
        x0, y0, x1, y1 = sight.box
        known = (self.points["lon"] != 0) | (self.points["lat"] != 0)
        here = (self.x >= x0) & (self.x < x1) & (self.y >= y0) & (self.y < y1)
        chosen = np.flatnonzero(known & here)
        p = self.points[chosen]
        return chosen[self.belongs(sight, p["area"], p["kind"])]

    def belongs(self, sight: Sight, grid: NDArray[Any], kind: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether devices of these grids and kinds are of a sight's scope and kinds."""
        inside, kinds = self.inside(sight.scope), self.kinds(sight)
        return inside[np.minimum(grid, len(inside) - 1)] & kinds[np.minimum(kind, len(kinds) - 1)]

    def kinds(self, sight: Sight) -> NDArray[np.bool_]:
        """Which kinds, by index, a sight shows; the last element is for unknown ones."""
        return kinds_mask(sight.kinds)

    def sheet(self, sight: Sight) -> Sheet:
        """The clusters of a sight's scope, kinds and level; made when first asked for."""
        key = (sight.scope, sight.kinds, sight.level)
        self._used[key] = self.clock()
        found = self._sheets.get(key)
        if found is None:
            if len(self._sheets) >= MOST_SHEETS:  # somebody asks for each combination of layers
                oldest = min(self._sheets, key=lambda one: self._used.get(one, 0.0))
                del self._sheets[oldest]
            inside, kinds = self.inside(sight.scope), self.kinds(sight)
            found = self._sheets[key] = Sheet(sight.level, inside.tolist(), kinds.tolist())
            self._fill(found)
        return found

    def _fill(self, sheet: Sheet) -> None:
        known = (self.points["lon"] != 0) | (self.points["lat"] != 0)
        p = self.points[known]
        offline, level = p["presence"] == Presence.OFFLINE, np.minimum(p["level"], 4)
        sheet.fill(self.x[known], self.y[known], p["area"], p["kind"], level, offline)

    def tidy(self) -> None:
        """Forget sheets that nobody looks at, and changes that everybody was told of."""
        now = self.clock()
        for key, used in list(self._used.items()):
            if now - used > SHEET_KEPT_S:
                del self._used[key]
                self._sheets.pop(key, None)
        for sheet in self._sheets.values():
            sheet.forget(now - CHANGES_KEPT_S)

    def rows(self, sight: Sight) -> list[list[float]]:
        """All clusters of a sight."""
        with self.lock:
            sheet = self.sheet(sight)
            return [sheet.row(key) for key in sheet.inside_box(sight.box)]

    def entered(self, n: int) -> list[Any]:
        """A device as a browser needs it that has not seen it: n, lon, lat, then the record."""
        p = self.points[n]
        value = None if np.isnan(p["value"]) else float(p["value"])
        parts = (int(p[part]) for part in ("area", "kind", "quality", "presence", "level"))
        return [n, p["lon"] / 1e7, p["lat"] / 1e7, int(p["at"]), value, *parts]
