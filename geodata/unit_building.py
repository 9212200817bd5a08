"""Builds the unit grids (单元网格) of a tree and keeps them in a cache file.

Imported ones are fitted into their community; everywhere else squares of about 100 m are cut. Each
belongs to the responsibility grid (责任网格) that has its largest share.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata import fitting, imports, lattice
from geodata.area import Area, AreaLevel
from geodata.areas import AreaTree
from geodata.imports import Edition

NAME = "units"  # of the file of imported unit grids
_CUTTERS = ("lattice.py", "unit_building.py", "fitting.py")


class UnitRows(msgspec.Struct, array_like=True, frozen=True):
    """Unit grids as columns, in code order; `grids` are responsibility grids, "" for none.

    `sides` is the side of the squares in metres, 0 where boundaries were imported; `shapes` WKB.
    """

    codes: list[str]
    grids: list[str]
    sides: list[int]
    shapes: list[bytes]


class _Cut(NamedTuple):
    code: str
    side: int
    shape: BaseGeometry


def imported(folder: Path | None, tree: AreaTree) -> Edition:
    """The unit grids that were imported for a city; an empty edition without any."""
    return imports.read(folder, tree.city.code, NAME)


def cache_file(folder: Path, tree: AreaTree, edition: Edition) -> Path:
    """Where the unit grids of just this tree and these imports are kept."""
    digest = hashlib.sha256(shapely.geos_version_string.encode())
    for name in _CUTTERS:
        digest.update((resources.files("geodata") / name).read_bytes())
    stamp = f"{tree.fingerprint}-{digest.hexdigest()[:8]}{edition.stamp}"
    return folder / f"units-{tree.home.code}-{stamp}.msgpack"


def load(file: Path) -> UnitRows | None:
    """What a cache file holds; None when there is none or it is damaged."""
    try:
        return msgspec.msgpack.decode(file.read_bytes(), type=UnitRows)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        file.unlink(missing_ok=True)
        return None


def keep(file: Path, rows: UnitRows) -> None:
    """Write a cache file whole or not at all, and drop those of other trees of this home."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_bytes(msgspec.msgpack.encode(rows))
    draft.replace(file)
    home = file.name.rsplit("-", 2)[0]
    for old in file.parent.glob(f"{home}-*.msgpack"):
        if old != file:
            old.unlink(missing_ok=True)


def build(tree: AreaTree, edition: Edition = imports.NONE) -> UnitRows:
    """Cut every community of a tree; a second for a district of 14,000 unit grids."""
    # one lattice for the city; a tenth of a degree is 0.1 % of a side
    latitude = round(float(tree.city.polygon.centroid.y), 1)
    cuts: list[_Cut] = []
    for area in tree.under(tree.city.code):
        if area.level is AreaLevel.COMMUNITY:
            cuts += _of_community(area, edition, latitude)
    cuts.sort(key=lambda cut: cut.code)
    shapes = np.array([cut.shape for cut in cuts], dtype=object)
    return UnitRows(
        [cut.code for cut in cuts],
        responsible(tree, [cut.code for cut in cuts], shapes),
        [cut.side for cut in cuts],
        list(shapely.to_wkb(shapes)) if len(shapes) else [],
    )


def responsible(tree: AreaTree, codes: list[str], shapes: NDArray[np.object_]) -> list[str]:
    """The responsibility grid of each unit grid: of its own community the largest share."""
    leaves = [area for area in tree.grids if area.level is AreaLevel.GRID]
    if not leaves or not codes:
        return [""] * len(codes)
    grids = np.array([area.polygon for area in leaves], dtype=object)
    unit, grid = shapely.STRtree(grids).query(shapes, predicate="intersects")
    stems = np.array([code[:12] for code in codes])
    own = stems[unit] == np.array([area.parent for area in leaves])[grid]
    unit, grid = unit[own], grid[own]
    share = shapely.area(shapely.intersection(shapes[unit], grids[grid]))
    found = [""] * len(codes)
    for n in np.lexsort((-grid, share)):  # the largest comes last; of equals the smaller code
        found[unit[n]] = leaves[grid[n]].code
    return found


def _of_community(area: Area, edition: Edition, latitude: float) -> Iterator[_Cut]:
    drawn = edition.under(area.code, AreaLevel.GRID)
    left: BaseGeometry = area.polygon
    if drawn:
        fitted = fitting.fit(area.polygon, [shapely.from_wkb(one.polygon) for one in drawn])
        for one, cell in zip(drawn, fitted.cells, strict=True):
            if not cell.is_empty:
                yield _Cut(one.code, 0, cell)
        left = fitted.rest
    if left.is_empty:
        return
    pieces, side = lattice.cut(left, latitude)
    free = _free(area.code, {one.code for one in drawn})
    yield from (_Cut(code, side, piece) for code, piece in zip(free, pieces, strict=False))


def _free(community: str, taken: set[str]) -> Iterator[str]:
    """The codes of a community that nobody has: 001, 002, …"""
    every = (f"{community}{n:03d}" for n in range(1, lattice.MOST + 1))
    return (code for code in every if code not in taken)
