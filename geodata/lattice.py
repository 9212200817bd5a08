"""Cuts an area into squares of about 100 m: what a unit grid (单元网格) is made of.

Squares lie on one lattice for the whole city, so that neighbours across a border line up. What a
border leaves of a square and is too small goes to a neighbour in the same area.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

METRES_PER_DEGREE = 111_320.0
SIDE_M = 100  # 万米单元网格: 10,000 m² each (CJ/T 213, GB/T 30428.1)
STEP_M = 50  # larger squares come in these steps
MOST = 999  # a code has three digits for them
SMALLEST = 0.3  # default: of a square; less is given to a neighbour

Cells = NDArray[np.object_]
Numbers = NDArray[np.int64]


def cut(area: BaseGeometry, latitude: float) -> tuple[list[BaseGeometry], int]:
    """The pieces of an area (lon/lat) in reading order N→S, W→E, and their side in metres.

    No gap, no overlap, at most 999: where an area is too large for squares of 100 m they are
    larger. `latitude` is where the lattice measures its metres east; one for a whole city.
    """
    side = _side(area, latitude)
    while True:
        pieces = _pieces(area, side, latitude)
        if len(pieces) <= MOST:
            return pieces, side
        side += STEP_M


def _side(area: BaseGeometry, latitude: float) -> int:
    """The smallest side that can be enough; squares at the border make it a little more."""
    squares = area.area / math.prod(_steps(SIDE_M, latitude))
    if squares <= MOST:
        return SIDE_M
    return STEP_M * math.ceil(SIDE_M * math.sqrt(squares / MOST) / STEP_M)


def _steps(side: int, latitude: float) -> tuple[float, float]:
    """The side in degrees east and north."""
    north = side / METRES_PER_DEGREE
    return north / math.cos(math.radians(latitude)), north


def _pieces(area: BaseGeometry, side: int, latitude: float) -> list[BaseGeometry]:
    east, north = _steps(side, latitude)
    cells, where = _clipped(area, east, north)
    groups = _grouped(cells, SMALLEST * east * north)
    largest = np.zeros(len(groups), np.int64)
    for n, members in enumerate(groups):
        largest[n] = max(members, key=lambda i: float(shapely.area(cells[i])))
    order = np.lexsort((largest, where[largest, 0], -where[largest, 1]))
    return [_joined(cells, groups[n]) for n in order]


def _clipped(area: BaseGeometry, east: float, north: float) -> tuple[Cells, Numbers]:
    """The squares inside an area and what its border leaves of others, each in one piece."""
    west, south, right, top = area.bounds
    columns = np.arange(math.floor(west / east), math.floor(right / east) + 1)
    rows = np.arange(math.floor(south / north), math.floor(top / north) + 1)
    x, y = (axis.ravel() for axis in np.meshgrid(columns, rows))
    squares = shapely.box(x * east, y * north, (x + 1) * east, (y + 1) * north)
    shapely.prepare(area)
    touched = np.flatnonzero(shapely.intersects(area, squares))
    whole = shapely.contains_properly(area, squares[touched])
    edge = touched[~whole]
    parts, owner = shapely.get_parts(shapely.intersection(area, squares[edge]), return_index=True)
    # a border along a side of the square leaves a line beside the surface
    parts, inner = shapely.get_parts(parts, return_index=True)
    solid = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0)
    which = np.concatenate((touched[whole], edge[owner[inner[solid]]]))
    cells = np.concatenate((squares[touched[whole]], parts[solid]))
    return cells, np.column_stack((x[which], y[which])).astype(np.int64)


def _grouped(cells: Cells, smallest: float) -> list[list[int]]:
    """Pieces that make up one unit grid: the small ones join the longest border beside them."""
    sizes = shapely.area(cells)
    small = np.flatnonzero(sizes < smallest)
    beside = _borders(cells, small)
    root = list(range(len(cells)))
    members = {i: [i] for i in root}
    total = sizes.astype(float).tolist()
    for i in small[np.argsort(sizes[small], kind="stable")].tolist():
        mine = root[i]
        if total[mine] >= smallest or len(members) == 1:
            continue
        other = _best(mine, members[mine], beside, root)
        if other is None:
            other = _nearest(cells, members, mine)
        for each in members[mine]:
            root[each] = other
        members[other] += members.pop(mine)
        total[other] += total[mine]
    return list(members.values())


def _borders(cells: Cells, small: Numbers) -> dict[int, list[tuple[float, int]]]:
    """Of each small piece the neighbours, with the length of the common border in degrees."""
    if not len(small):
        return {}
    mine, other = shapely.STRtree(cells).query(cells[small], predicate="intersects")
    mine = small[mine]
    apart = mine != other
    mine, other = mine[apart], other[apart]
    lengths = shapely.length(shapely.intersection(cells[mine], cells[other]))
    found: dict[int, list[tuple[float, int]]] = {}
    for i, j, length in zip(mine.tolist(), other.tolist(), lengths.tolist(), strict=True):
        if length > 0:
            found.setdefault(i, []).append((length, j))
    return found


def _best(
    mine: int, members: list[int], beside: dict[int, list[tuple[float, int]]], root: list[int]
) -> int | None:
    """The group with the longest border beside a group of small pieces; None for an island."""
    lengths: dict[int, float] = {}
    for each in members:
        for length, neighbour in beside.get(each, ()):
            if root[neighbour] != mine:
                lengths[root[neighbour]] = lengths.get(root[neighbour], 0.0) + length
    return max(lengths, key=lambda group: (lengths[group], -group)) if lengths else None


def _nearest(cells: Cells, members: dict[int, list[int]], mine: int) -> int:
    """The group next to an island that is too small for a unit grid of its own."""
    others = [group for group in members if group != mine]
    island = cells[members[mine][0]]
    distance = [float(shapely.distance(island, cells[members[g]]).min()) for g in others]
    return others[int(np.argmin(distance))]


def _joined(cells: Cells, group: list[int]) -> BaseGeometry:
    whole: BaseGeometry = cells[group[0]] if len(group) == 1 else shapely.union_all(cells[group])
    return whole
