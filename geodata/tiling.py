"""Cuts a polygon into cells that tile it: Voronoi around seeds, evened out by Lloyd's steps.

Everything is deterministic by its seed. Work is done in a plane that is stretched so that a degree
east is as long as a degree north; areas are in that plane's square degrees of latitude.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

Seeds = NDArray[np.float64]
LLOYD_STEPS = 8
KM_PER_DEGREE = 111.32


def area_km2(polygon: BaseGeometry) -> float:
    """The area of a small lon/lat polygon in km², good to about a percent."""
    squeeze = math.cos(math.radians(polygon.centroid.y))
    return float(polygon.area * squeeze * KM_PER_DEGREE**2)


def even_cells(parent: BaseGeometry, count: int, seed: int) -> list[BaseGeometry]:
    """Cuts `parent` (lon/lat) into `count` cells of similar size, in reading order N→S, W→E."""
    if count == 1:
        return [parent]
    plane = _to_plane(parent)
    seeds = scatter(plane, count, np.random.default_rng(seed))
    for _ in range(LLOYD_STEPS):
        seeds = np.array([_inner(cell) for cell in _cells(plane, seeds)])
    ordered = seeds[np.lexsort((seeds[:, 0], -np.round(seeds[:, 1], 2)))]
    return [_from_plane(cell, parent) for cell in _cells(plane, ordered)]


def cells_around(parent: BaseGeometry, seeds: list[tuple[float, float]]) -> list[BaseGeometry]:
    """Cuts `parent` into one cell per lon/lat seed, in the seeds' order; seeds lie inside it."""
    flat = np.array(seeds) * (_squeeze(parent), 1.0)
    return [_from_plane(cell, parent) for cell in _cells(_to_plane(parent), flat)]


def scatter(polygon: BaseGeometry, count: int, rng: np.random.Generator) -> Seeds:
    """`count` random points inside a polygon, as an array of (x, y)."""
    west, south, east, north = polygon.bounds
    found: list[Seeds] = []
    shapely.prepare(polygon)
    while sum(map(len, found)) < count:
        tried = rng.uniform((west, south), (east, north), (4 * count + 8, 2))
        found.append(tried[shapely.contains_xy(polygon, tried[:, 0], tried[:, 1])])
    return np.concatenate(found)[:count]


def polygons(geometry: BaseGeometry) -> BaseGeometry:
    """The valid polygons of a shape, one alone as a Polygon, without loose lines and points."""
    parts = [
        part
        for part in shapely.get_parts(shapely.make_valid(geometry))
        for part in shapely.get_parts(part)
        if part.geom_type == "Polygon" and not part.is_empty
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _squeeze(parent: BaseGeometry) -> float:
    return math.cos(math.radians((parent.bounds[1] + parent.bounds[3]) / 2))


def _to_plane(parent: BaseGeometry) -> BaseGeometry:
    # a border that touches itself to the last digit crosses itself once it is stretched
    return polygons(affinity.scale(parent, xfact=_squeeze(parent), yfact=1.0, origin=(0, 0)))


def _from_plane(cell: BaseGeometry, parent: BaseGeometry) -> BaseGeometry:
    return polygons(affinity.scale(cell, xfact=1.0 / _squeeze(parent), yfact=1.0, origin=(0, 0)))


def _inner(cell: BaseGeometry) -> tuple[float, float]:
    """The centroid, or a point that is surely inside where the centroid is not."""
    centre = cell.centroid
    point = centre if cell.contains(centre) else cell.representative_point()
    return point.x, point.y


def _cells(plane: BaseGeometry, seeds: Seeds) -> list[BaseGeometry]:
    """The Voronoi cells of the seeds clipped to the plane polygon, each in one piece."""
    frame = plane.buffer(max(plane.bounds[2] - plane.bounds[0], plane.bounds[3] - plane.bounds[1]))
    raw = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=frame)
    owners = shapely.STRtree(list(raw.geoms))
    where = owners.query(shapely.points(seeds), predicate="intersects")
    order = dict(zip(where[0].tolist(), where[1].tolist(), strict=True))
    clipped = [shapely.intersection(raw.geoms[order[i]], plane) for i in range(len(seeds))]
    return _in_one_piece(clipped, seeds)


def _in_one_piece(cells: list[BaseGeometry], seeds: Seeds) -> list[BaseGeometry]:
    """Gives cut-off pieces of a cell to the neighbour with the longest common border."""
    whole: list[BaseGeometry] = []
    loose: list[BaseGeometry] = []
    for cell, seed in zip(cells, seeds, strict=True):
        parts = [part for part in shapely.get_parts(cell) if part.geom_type == "Polygon"]
        mine = min(parts, key=lambda part: part.distance(Point(seed)))
        whole.append(mine)
        loose += [part for part in parts if part is not mine]
    for piece in sorted(loose, key=lambda part: -part.area):
        best = neighbour(piece, whole)
        whole[best] = shapely.union(whole[best], piece)
    return whole


def neighbour(piece: BaseGeometry, cells: Sequence[BaseGeometry]) -> int:
    """The cell with the longest border with a piece; for an island the nearest one."""
    shared = [float(piece.intersection(cell).length) for cell in cells]
    if max(shared) > 0:
        return int(np.argmax(shared))
    return int(np.argmin([float(piece.distance(cell)) for cell in cells]))
