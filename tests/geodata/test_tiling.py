"""Cutting polygons into cells."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import Polygon

from geodata import tiling

HORSESHOE = Polygon([(0, 30), (3, 30), (3, 33), (2, 33), (2, 31), (1, 31), (1, 33), (0, 33)])


@pytest.mark.parametrize("count", [1, 2, 5, 17])
def test_cells_tile_a_bent_shape_in_whole_pieces(count):
    cells = tiling.even_cells(HORSESHOE, count, seed=5)
    assert len(cells) == count
    assert all(cell.geom_type == "Polygon" for cell in cells)
    assert sum(cell.area for cell in cells) == pytest.approx(HORSESHOE.area, rel=1e-9)


def test_the_same_seed_cuts_the_same_cells():
    again = [tiling.even_cells(HORSESHOE, 6, seed=9) for _ in range(2)]
    assert all(a.equals_exact(b, 0.0) for a, b in zip(*again, strict=True))


def test_lloyd_evens_the_sizes_out():
    sizes = [cell.area for cell in tiling.even_cells(HORSESHOE, 8, seed=2)]
    assert max(sizes) < 2.5 * min(sizes)


def test_a_cell_holds_its_seed():
    seeds = [(0.5, 30.5), (2.5, 32.5), (0.5, 32.5)]
    cells = tiling.cells_around(HORSESHOE, seeds)
    west = tiling.cells_around(HORSESHOE, seeds[::-1])
    assert cells[0].equals_exact(west[2], 1e-9)
    assert cells[1].bounds[0] >= 1.0


def test_scattered_points_are_inside():
    points = tiling.scatter(HORSESHOE, 200, np.random.default_rng(1))
    assert points.shape == (200, 2)
    assert not any(1 < x < 2 and y > 31 for x, y in points)


def test_a_degree_square_in_km2():
    square = Polygon([(119, 31.5), (120, 31.5), (120, 32.5), (119, 32.5)])
    assert tiling.area_km2(square) == pytest.approx(111.32**2 * 0.848, rel=0.01)
