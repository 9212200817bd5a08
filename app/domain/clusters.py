"""Clusters of devices: cells of the web-mercator world with counts by level, kept up by changes.

The world is a square of 2**30 units (web mercator, x to the east, y to the south; a unit is 4 cm at
the equator), so that a cell is a shift of bits and sums of places are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.domain.levels import Level

WORLD_BITS = 30
TILE_BITS = 8  # a tile is 256 px of its level
CELL_BITS = 6  # a cell is 64 px of its level
DEEPEST = 20  # level: a cell of 64 px is about 9 m across there
LEVELS = len(Level)
OFFLINE = LEVELS  # where a cell counts its offline devices, behind its levels
STEEPEST = 85.05112877980659  # degrees of latitude where the square world ends (EPSG:3857)

Key = tuple[int, int]
Box = tuple[int, int, int, int]  # world units: west, north, east, south; the last two exclusive


def to_world(lons: ArrayLike, lats: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """World units of places in degrees WGS-84 (EPSG:3857 on a sphere)."""
    size = 1 << WORLD_BITS
    sin = np.sin(np.radians(np.clip(np.asarray(lats, float), -STEEPEST, STEEPEST)))
    x = (np.asarray(lons, float) / 360 + 0.5) * size
    y = (0.5 - np.log((1 + sin) / (1 - sin)) / (4 * np.pi)) * size
    return _whole(x, size), _whole(y, size)


def _whole(values: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    return np.clip(np.floor(values), 0, size - 1).astype(np.int64)


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a place in world units."""
    size = 1 << WORLD_BITS
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / size))))
    return (x / size - 0.5) * 360, float(lat)


def snapped(west: float, south: float, east: float, north: float, level: int) -> Box:
    """The whole tiles that a box in degrees touches: who looks at nearly the same sees the same."""
    (x0, x1), (y0, y1) = to_world([west, east], [north, south])
    bits = WORLD_BITS - level
    first_x, first_y = int(x0) >> bits, int(y0) >> bits
    last_x, last_y = int(x1) >> bits, int(y1) >> bits
    return first_x << bits, first_y << bits, (last_x + 1) << bits, (last_y + 1) << bits


def box_of_cell(x: int, y: int, level: int) -> Box:
    """The box of one cell of a level."""
    bits = WORLD_BITS - level - TILE_BITS + CELL_BITS
    return x << bits, y << bits, (x + 1) << bits, (y + 1) << bits


class Dot(NamedTuple):
    """What a cluster counts of one device: place in world units, grid index, kind, level."""

    x: int
    y: int
    grid: int
    kind: int
    level: int
    offline: bool


class Cell:
    """How many devices of each level stand in a cell, how many are offline, and their middle."""

    __slots__ = ("counts", "sum_x", "sum_y")

    def __init__(self, counts: list[int], sum_x: int, sum_y: int) -> None:
        self.counts, self.sum_x, self.sum_y = counts, sum_x, sum_y

    @property
    def size(self) -> int:
        """How many devices."""
        return sum(self.counts[:LEVELS])

    def add(self, dot: Dot, sign: int) -> None:
        """Count a device in (1) or out (-1)."""
        self.counts[dot.level] += sign
        self.counts[OFFLINE] += sign * dot.offline
        self.sum_x += sign * dot.x
        self.sum_y += sign * dot.y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cell) and self._all() == other._all()

    def _all(self) -> tuple[list[int], int, int]:
        return self.counts, self.sum_x, self.sum_y


class Sheet:
    """The cells of one level for the devices of some grids and kinds; not safe for two threads.

    `inside` says for each grid index whether it counts, its last element for places outside the
    city; `kinds` likewise for each kind index.
    """

    def __init__(self, level: int, inside: Sequence[bool], kinds: Sequence[bool]) -> None:
        self.level, self.inside, self.kinds = level, inside, kinds
        self.shift = WORLD_BITS - level - TILE_BITS + CELL_BITS
        self.cells: dict[Key, Cell] = {}
        self.changed: dict[Key, float] = {}  # when each cell's counts changed last

    def fill(self, x: Any, y: Any, grid: Any, kind: Any, level: Any, offline: Any) -> None:
        """Count many devices at once, given as columns; the sheet must be empty."""
        grid = np.minimum(grid, len(self.inside) - 1)
        kind = np.minimum(kind, len(self.kinds) - 1)
        mine = np.flatnonzero(np.asarray(self.inside)[grid] & np.asarray(self.kinds)[kind])
        if not len(mine):
            return
        x, y, level = x[mine], y[mine], level[mine]
        keys = (x >> self.shift) << 32 | (y >> self.shift)
        cells, which = np.unique(keys, return_inverse=True)
        width, size = LEVELS + 1, len(cells)
        slots = np.concatenate([which * width + level, which[offline[mine]] * width + OFFLINE])
        counts = np.bincount(slots, minlength=size * width).reshape(size, width)
        # sums of floats are exact here: 2**23 devices would be too many
        sums = np.stack([np.bincount(which, v, size) for v in (x, y)], axis=1).astype(np.int64)
        rows = zip(cells.tolist(), counts.tolist(), sums.tolist(), strict=True)
        self.cells = {(k >> 32, k & 0xFFFFFFFF): Cell(c, sx, sy) for k, c, (sx, sy) in rows}

    def counts(self, dot: Dot) -> bool:
        """Whether a device is one of this sheet."""
        grid, kind = min(dot.grid, len(self.inside) - 1), min(dot.kind, len(self.kinds) - 1)
        return bool(self.inside[grid] and self.kinds[kind])

    def move(self, old: Dot | None, new: Dot | None, at: float) -> None:
        """Take in that a device came, went, moved or changed its level; `at` is any rising time.

        A step inside its cell moves the middle and is not told: the next look shows it.
        """
        old = old if old and self.counts(old) else None
        new = new if new and self.counts(new) else None
        if old is None and new is None:
            return
        before = self._take(old, -1) if old else None
        after = self._take(new, 1) if new else None
        quiet = before == after and old and new and old[4:] == new[4:]
        for key in () if quiet else {before, after} - {None}:
            self.changed[key] = at  # type: ignore[index]  # None was taken out

    def _take(self, dot: Dot, sign: int) -> Key:
        key = dot.x >> self.shift, dot.y >> self.shift
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = Cell([0] * (LEVELS + 1), 0, 0)
        cell.add(dot, sign)
        if not cell.size:
            del self.cells[key]
        return key

    def inside_box(self, box: Box) -> Iterator[Key]:
        """The cells that stand in a box; its borders are borders of tiles, so also of cells."""
        x0, y0, x1, y1 = (edge >> self.shift for edge in box)
        return (key for key in self.cells if x0 <= key[0] < x1 and y0 <= key[1] < y1)

    def changed_in(self, box: Box, since: float) -> list[Key]:
        """The cells of a box that have changed after `since`, those that are empty now too."""
        x0, y0, x1, y1 = (edge >> self.shift for edge in box)
        return [
            (x, y)
            for (x, y), at in self.changed.items()
            if at > since and x0 <= x < x1 and y0 <= y < y1
        ]

    def forget(self, before: float) -> None:
        """Forget which cells changed before `before`: everybody has been told."""
        self.changed = {key: at for key, at in self.changed.items() if at >= before}

    def row(self, key: Key) -> list[float]:
        """[cell x, cell y, lon, lat, counts of levels 0..4, offline]; all zeros when empty."""
        cell = self.cells.get(key)
        if cell is None:
            return [*key, 0, 0, *[0] * (LEVELS + 1)]
        size = cell.size
        lon, lat = to_degrees(cell.sum_x / size + 0.5, cell.sum_y / size + 0.5)
        return [*key, round(lon, 6), round(lat, 6), *cell.counts]
