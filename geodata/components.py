"""Components (部件) by place: columns in Morton order, so any viewport is some ranges of rows.

The key is the Web-Mercator tile of level 24 (about 2 m) with the bits of x and y interleaved: what
lies in one tile of any coarser level lies in one range. Nothing is copied but what is asked for,
so the columns may be memory maps that several processes share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.coordinates import EAST, NORTH, SOUTH, WEST

Rows = NDArray[np.int64]
Ints = NDArray[Any]

LEVEL = 24  # of the key
FINEST_CELLS = 18  # level of the smallest cell that is counted, about 130 m
MOST_TILES = 400  # ranges that a viewport is cut into
SCALE = 1e7  # of stored degrees
METRES = 111_320.0  # of a degree of latitude
MAJOR = 1000  # kind // MAJOR is the major: 1037 is 路灯 (01037) of 01
MAJORS = 5
REMOVED = 4  # state of what is no longer there: kept for its code, not drawn and not counted
FAULTY = (1, 2)  # states that somebody must mend: 破损, 丢失
# spread the bits of a number: (shift, mask)
_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


class Box(NamedTuple):
    """A viewport in degrees."""

    west: float
    south: float
    east: float
    north: float


def tiles(lon: ArrayLike, lat: ArrayLike, level: int) -> tuple[Ints, Ints]:
    """The Web-Mercator tile (x from the west, y from the north) of each place."""
    x = np.asarray(lon, np.float64) / 360.0 + 0.5
    sine = np.sin(np.radians(np.clip(np.asarray(lat, np.float64), -85.0, 85.0)))
    y = 0.5 - np.log((1.0 + sine) / (1.0 - sine)) / (4.0 * np.pi)
    side, last = float(1 << level), (1 << level) - 1
    whole = (np.clip(np.floor(v * side), 0, last).astype(np.uint64) for v in (x, y))
    return next(whole), next(whole)


def interleaved(x: Ints, y: Ints) -> Ints:
    """The Morton code of each tile: the bits of y and x in turn."""
    return _spread(x) | (_spread(y) << np.uint64(1))


def _spread(value: Ints) -> Ints:
    out = np.asarray(value, np.uint64)
    for shift, mask in _SPREAD:
        out = (out | (out << np.uint64(shift))) & np.uint64(mask)
    return out


def _gathered(key: Ints) -> Ints:
    """Every second bit of a Morton code: x; shifted by one it is y."""
    out = np.asarray(key, np.uint64) & np.uint64(_SPREAD[-1][1])
    for (shift, _), (_, mask) in zip(
        _SPREAD[::-1], (*_SPREAD[-2::-1], (0, 0xFFFFFFFF)), strict=True
    ):
        out = (out | (out >> np.uint64(shift))) & np.uint64(mask)
    return out


@dataclass(frozen=True)
class Columns:
    """All components, a row each, in the order of `key`; `by_code` are the rows in code order."""

    key: Ints  # u8
    lon: Ints  # i4, 1e-7 degrees, WGS-84
    lat: Ints
    kind: Ints  # u2: the five-digit code of the catalogue as a number
    state: Ints  # u1: index of the five states
    area: Ints  # u4: index of the grid in AreaTree.grids
    code: Ints  # u8: the mark of 17 digits as a number
    by_code: Ints  # u4

    def __len__(self) -> int:
        return len(self.key)

    def row_of(self, code: int) -> int:
        """The row of a mark, -1 when there is none."""
        at = int(np.searchsorted(self.code, np.uint64(code), sorter=self.by_code))
        found = int(self.by_code[at]) if at < len(self) else -1
        return found if found >= 0 and int(self.code[found]) == code else -1

    def rows_from(self, first: int, last: int, limit: int) -> Rows:
        """The rows of the first `limit` marks from `first` up to `last` (not included)."""
        ends = np.array([first, last], np.uint64)
        start, end = np.searchsorted(self.code, ends, sorter=self.by_code)
        return self.by_code[start : min(end, start + limit)].astype(np.int64)

    def ranges(self, box: Box) -> tuple[Rows, Rows]:
        """First and last rows (not included) of the tiles that cover a box."""
        level = LEVEL
        x, y = tiles((box.west, box.east), (box.north, box.south), LEVEL)
        (x0, x1), (y0, y1) = ((int(v[0]), int(v[1])) for v in (x, y))
        while (x1 - x0 + 1) * (y1 - y0 + 1) > MOST_TILES:
            x0, x1, y0, y1, level = x0 >> 1, x1 >> 1, y0 >> 1, y1 >> 1, level - 1
        across, down = np.meshgrid(np.arange(x0, x1 + 1), np.arange(y0, y1 + 1))
        tile = np.sort(interleaved(across.ravel(), down.ravel()))
        shift = np.uint64(2 * (LEVEL - level))
        starts = np.searchsorted(self.key, tile << shift)
        return starts, np.searchsorted(self.key, (tile + np.uint64(1)) << shift)

    def count_about(self, box: Box) -> int:
        """How many lie in the tiles that cover a box: at least as many as in the box."""
        starts, ends = self.ranges(box)
        return int((ends - starts).sum())

    def rows_in(self, box: Box) -> Rows:
        """The rows inside a box, in key order."""
        starts, ends = self.ranges(box)
        sizes = ends - starts
        before = np.cumsum(sizes) - sizes
        rows = np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))
        west, south, east, north = (round(edge * SCALE) for edge in box)
        lon, lat = self.lon[rows], self.lat[rows]
        return rows[(lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)]


NAMES = tuple(field.name for field in fields(Columns))


def columns(
    lon: ArrayLike, lat: ArrayLike, kind: Ints, state: Ints, area: Ints, code: Ints
) -> tuple[Columns, Rows]:
    """Columns of components at places in degrees, and the order in which the rows were put."""
    x, y = tiles(lon, lat, LEVEL)
    key = interleaved(x, y)
    order = np.lexsort((code, key))
    sorted_code = np.asarray(code, np.uint64)[order]
    made = Columns(
        key=key[order],
        lon=np.round(np.asarray(lon, np.float64)[order] * SCALE).astype(np.int32),
        lat=np.round(np.asarray(lat, np.float64)[order] * SCALE).astype(np.int32),
        kind=np.asarray(kind, np.uint16)[order],
        state=np.asarray(state, np.uint8)[order],
        area=np.asarray(area, np.uint32)[order],
        code=sorted_code,
        by_code=np.argsort(sorted_code, kind="stable").astype(np.uint32),
    )
    return made, order


class Cells(NamedTuple):
    """Counts by tile of one level, cells × majors; `faulty` is what of them must be mended."""

    level: int
    tile: Ints
    counts: Ints
    faulty: Ints

    def within(self, box: Box) -> tuple[Ints, Ints, Rows]:
        """x and y of the cells that touch a box, and their positions."""
        x, y = _gathered(self.tile), _gathered(self.tile >> np.uint64(1))
        across, down = tiles((box.west, box.east), (box.north, box.south), self.level)
        fits = (x >= across[0]) & (x <= across[1]) & (y >= down[0]) & (y <= down[1])
        found = np.flatnonzero(fits)
        return x[found], y[found], found


def cells(ground: Columns, chosen: NDArray[np.bool_]) -> tuple[Cells, ...]:
    """The chosen components counted by cell, level 0 first, FINEST_CELLS last."""
    alive = chosen & (ground.state != REMOVED)
    tile = ground.key >> np.uint64(2 * (LEVEL - FINEST_CELLS))
    major = ground.kind // MAJOR
    by_major = np.stack([alive & (major == m + 1) for m in range(MAJORS)], axis=1)
    faulty = by_major & np.isin(ground.state, FAULTY)[:, None]
    finest = _merged(FINEST_CELLS, tile, by_major, faulty)
    some = finest.counts.any(axis=1)
    finest = Cells(FINEST_CELLS, finest.tile[some], finest.counts[some], finest.faulty[some])
    return tuple([*_coarser(finest)][::-1])


def _coarser(finest: Cells) -> Iterator[Cells]:
    yield finest
    for level in range(FINEST_CELLS - 1, -1, -1):
        finest = _merged(level, finest.tile >> np.uint64(2), finest.counts, finest.faulty)
        yield finest


def _merged(level: int, tile: Ints, counts: Ints, faulty: Ints) -> Cells:
    """One cell per run of equal tiles."""
    if not len(tile):
        return Cells(level, tile, counts.astype(np.uint32), faulty.astype(np.uint32))
    starts = np.flatnonzero(np.concatenate(([True], tile[1:] != tile[:-1])))
    sums = (np.add.reduceat(each, starts, axis=0, dtype=np.uint32) for each in (counts, faulty))
    return Cells(level, tile[starts], next(sums), next(sums))


def sane(box: Box) -> bool:
    """Whether a viewport is a box of degrees that meets China."""
    west, south, east, north = box
    right = -180 <= west < east <= 180 and -85 <= south < north <= 85
    return right and west < EAST and east > WEST and south < NORTH and north > SOUTH
