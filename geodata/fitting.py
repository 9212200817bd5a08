"""Fits drawn boundaries into their parent, so that they tile it: no gap, no overlap.

What two areas claim goes to the smaller code, what sticks out is cut off, a sliver nobody claims
goes to its neighbour; a large rest stays a rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geodata import tiling
from geodata.tiling import polygons

SLIVER = 0.01  # default: of the parent; a larger gap is an area that the file does not have
SEAM_M = 100.0  # default: a slit between districts that is no wider was drawn by mistake
NOISE_KM2 = 1e-4  # default: 100 m²; less is the rounding of coordinates


class Overlap(NamedTuple):
    """Two areas, by position, that claim the same ground."""

    first: int
    second: int
    km2: float


class Fitted(NamedTuple):
    """The cells in the order given, the rest nobody claims (empty: none), and what was mended.

    `gaps` are km² that went to neighbours, `inside` the share of each area that lay in the parent.
    """

    cells: list[BaseGeometry]
    rest: BaseGeometry
    overlaps: list[Overlap]
    gaps: list[float]
    inside: list[float]


class Sealed(NamedTuple):
    """Areas without slits between them: what went to neighbours (km²), and holes that stay."""

    cells: list[BaseGeometry]
    slits: list[float]
    holes: list[BaseGeometry]


def fit(parent: BaseGeometry, drawn: Sequence[BaseGeometry]) -> Fitted:
    """Cut drawn areas (WGS-84, valid, in code order) to a tiling of their parent."""
    clipped = [polygons(shapely.intersection(shape, parent)) for shape in drawn]
    inside = [
        float(cell.area / shape.area) if shape.area else 0.0
        for cell, shape in zip(clipped, drawn, strict=True)
    ]
    cells, overlaps = apart(clipped)
    left = polygons(shapely.difference(parent, shapely.union_all(cells)))
    rest, gaps = _close(parent, cells, left)
    return Fitted(cells, rest, overlaps, gaps, inside)


def apart(shapes: list[BaseGeometry]) -> tuple[list[BaseGeometry], list[Overlap]]:
    """Take from each shape what an earlier one has."""
    cells, overlaps = list(shapes), []
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for i, j in sorted((int(i), int(j)) for i, j in zip(first, second, strict=True) if i < j):
        common = polygons(shapely.intersection(cells[i], cells[j]))
        if common.is_empty:
            continue
        cells[j] = polygons(shapely.difference(cells[j], cells[i]))
        if (km2 := tiling.area_km2(common)) > NOISE_KM2:
            overlaps.append(Overlap(i, j, km2))
    return cells, overlaps


def sealed(shapes: Sequence[BaseGeometry]) -> Sealed:
    """Give slits of up to 100 m between areas without a parent to their longer neighbour."""
    cells, slits = list(shapes), []
    tree = shapely.STRtree(cells)
    whole = shapely.union_all(cells)
    width = SEAM_M / 2 / tiling.KM_PER_DEGREE / 1000
    # widened and narrowed again, a shape is the same but for what was too narrow to be seen
    wide = whole.buffer(width, join_style="mitre", mitre_limit=3.0)
    closed = wide.buffer(-width, join_style="mitre", mitre_limit=3.0)
    for piece in shapely.get_parts(polygons(shapely.difference(closed, whole))):
        near = tree.query(piece, predicate="intersects")
        if len(near) < 2:
            continue  # a bay of one area, or a corner that the mitre cut
        best = int(near[tiling.neighbour(piece, [cells[i] for i in near])])
        cells[best] = polygons(shapely.union(cells[best], piece))
        if (km2 := tiling.area_km2(piece)) > NOISE_KM2:
            slits.append(km2)
    parts = shapely.get_parts(shapely.union_all(cells))
    inner: list[BaseGeometry] = [shapely.Polygon(r) for part in parts for r in part.interiors]
    holes = [hole for hole in inner if tiling.area_km2(hole) > NOISE_KM2]
    return Sealed(cells, slits, holes)


def _close(
    parent: BaseGeometry, cells: list[BaseGeometry], left: BaseGeometry
) -> tuple[BaseGeometry, list[float]]:
    """Give slivers to their neighbours (in place); returns the large rest and what was closed."""
    rest, gaps = [], []
    there = [i for i, cell in enumerate(cells) if not cell.is_empty]
    for piece in shapely.get_parts(left):
        if not there or piece.area > SLIVER * parent.area:
            rest.append(piece)
            continue
        best = there[tiling.neighbour(piece, [cells[i] for i in there])]
        cells[best] = polygons(shapely.union(cells[best], piece))
        if (km2 := tiling.area_km2(piece)) > NOISE_KM2:
            gaps.append(km2)
    return shapely.MultiPolygon(rest) if len(rest) > 1 else _one(rest), gaps


def _one(parts: list[BaseGeometry]) -> BaseGeometry:
    return parts[0] if parts else shapely.MultiPolygon()
