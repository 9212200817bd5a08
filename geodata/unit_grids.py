"""The unit grids (单元网格) of a city: about 100 m × 100 m, 15 digits, each in one community.

They are no areas of the tree: the tree's leaf is the responsibility grid (责任网格), which is made
of unit grids. Both have 15 digits that begin with their community; only the register differs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata import unit_building
from geodata.areas import AreaTree
from geodata.imports import Edition
from geodata.unit_building import UnitRows

DIGITS = 6  # decimals of a coordinate in GeoJSON: 0.1 m
SEAM = 1e-7  # degrees, a centimetre: as near to a border is in it
NOWHERE = ""


class UnitGrids:
    """All unit grids of a tree in code order; read-only, safe to share between threads."""

    def __init__(self, rows: UnitRows) -> None:
        self.codes, self.grids, self.sides = rows.codes, rows.grids, rows.sides
        found: Any = shapely.from_wkb(rows.shapes)
        self.polygons: NDArray[np.object_] = np.asarray(found, dtype=object)
        self._tree = shapely.STRtree(self.polygons)

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {code: n for n, code in enumerate(self.codes)}

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for code, grid in zip(self.codes, self.grids, strict=True):
            found.setdefault(grid, []).append(code)
        return found

    def code_at(self, lon: float, lat: float) -> str:
        """The code of the unit grid at a WGS-84 place, "" where there is none; about 10 µs."""
        return self.codes_at([lon], [lat])[0]

    def codes_at(self, lons: ArrayLike, lats: ArrayLike) -> list[str]:
        """The codes at WGS-84 places; on a common border the smaller code, "" for nowhere."""
        pairs = np.column_stack((np.atleast_1d(lons), np.atleast_1d(lats))).astype(np.float64)
        places = np.asarray(shapely.points(pairs), dtype=object)
        if not len(self) or not len(places):
            return [NOWHERE] * len(places)
        which, unit = self._tree.query(places, predicate="intersects")
        found = np.full(len(places), len(self), np.int64)
        np.minimum.at(found, which, unit)
        missed = np.flatnonzero((found == len(self)) & np.isfinite(pairs).all(axis=1))
        near, unit = self._tree.query_nearest(places[missed], max_distance=SEAM)
        found[missed[near]] = unit
        return [self.codes[n] if n < len(self) else NOWHERE for n in found]

    def grid_of(self, code: str) -> str:
        """The responsibility grid of a unit grid, "" where there is none; KeyError if unknown."""
        return self.grids[self._positions[code]]

    def members(self, grid: str) -> Sequence[str]:
        """The unit grids that make up a responsibility grid, in code order."""
        return tuple(self._members.get(grid, ()))

    def side_of(self, community: str) -> int:
        """The side of the squares of a community in metres, 0 for imported or unknown ones."""
        sides = (s for c, s in zip(self.codes, self.sides, strict=True) if c.startswith(community))
        return max(sides, default=0)

    def in_box(self, west: float, south: float, east: float, north: float) -> list[int]:
        """The positions of the unit grids that touch a box of degrees, in code order."""
        return sorted(int(n) for n in self._tree.query(shapely.box(west, south, east, north)))

    def feature(self, position: int) -> dict[str, Any]:
        """One unit grid as a GeoJSON Feature."""
        shape = shapely.transform(self.polygons[position], lambda xy: np.round(xy, DIGITS))
        code = self.codes[position]
        return {
            "type": "Feature",
            "id": code,
            "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {
                "code": code,
                "grid": self.grids[position],
                "generated": self.sides[position] > 0,
            },
        }

    def tally(self) -> dict[str, int]:
        """How many there are by how they came: "100 m", "150 m", …, "imported"."""
        counts = Counter(f"{side} m" if side else "imported" for side in self.sides)
        return dict(sorted(counts.items()))


def open_units(
    tree: AreaTree, cache: Path | None = None, edition: Edition | None = None
) -> UnitGrids:
    """The unit grids of a tree, from the cache folder when it holds them, else built and kept.

    `edition` tries other imports than those of the folder, and keeps nothing.
    """
    if edition is not None or cache is None:
        return UnitGrids(unit_building.build(tree, edition or Edition()))
    drawn = unit_building.imported(cache, tree)
    file = unit_building.cache_file(cache, tree, drawn)
    rows = unit_building.load(file)
    if rows is None:
        rows = unit_building.build(tree, drawn)
        unit_building.keep(file, rows)
    return UnitGrids(rows)


def kept_file(tree: AreaTree, cache: Path) -> Path:
    """Where the cache folder holds the unit grids of a tree, once they are built."""
    return unit_building.cache_file(cache, tree, unit_building.imported(cache, tree))


def kept_units(tree: AreaTree, cache: Path) -> UnitGrids | None:
    """The unit grids of a tree when the cache folder holds them: it never builds."""
    rows = unit_building.load(kept_file(tree, cache))
    return None if rows is None else UnitGrids(rows)
