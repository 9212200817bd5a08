"""Components by place: keys, ranges, cells, neighbours, marks; held against plain searching."""

from __future__ import annotations

import numpy as np
import pytest

from geodata import components
from geodata.components import FINEST_CELLS, LEVEL, REMOVED, SCALE, Box, Columns

N = 20_000
BOXES = (
    Box(119.90, 31.75, 119.92, 31.76),
    Box(119.80, 31.70, 120.00, 31.90),
    Box(119.9001, 31.7501, 119.9004, 31.7503),
    Box(110.0, 30.0, 110.1, 30.1),
)


@pytest.fixture(scope="module")
def ground() -> Columns:
    rng = np.random.default_rng(7)
    kind = rng.choice([1037, 1002, 2010, 3005, 4002, 5003], N)
    code = np.arange(N) + 32040401037000001
    lon, lat = 119.8 + rng.random(N) * 0.2, 31.7 + rng.random(N) * 0.2
    state = rng.choice([0, 0, 0, 1, 2, 3, REMOVED], N)
    return components.columns(lon, lat, kind, state, rng.integers(0, 9, N), code)[0]


def plain(ground: Columns, box: Box) -> np.ndarray:
    """The rows in a box by looking at every one."""
    lon, lat = ground.lon / SCALE, ground.lat / SCALE
    west, south, east, north = box
    return np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def test_tiles_are_those_of_web_mercator() -> None:
    x, y = components.tiles([0.0, -180.0, 119.95], [0.0, 85.0, 31.78], 1)
    assert list(zip(x.tolist(), y.tolist(), strict=True)) == [(1, 1), (0, 0), (1, 0)]
    x, y = components.tiles(119.95, 31.78, 12)
    assert (int(x), int(y)) == (3412, 1666)


def test_interleaved_bits_come_apart_again() -> None:
    assert int(components.interleaved(np.array([5]), np.array([0]))[0]) == 0b10001
    x, y = components.tiles([72.1, 119.95, 137.8], [53.0, 31.78, 1.0], LEVEL)
    tile = components.interleaved(x, y)
    found = components.Cells(LEVEL, tile, np.ones((3, 5)), np.zeros((3, 5)))
    across, down, _ = found.within(Box(70, 0, 140, 60))
    assert across.tolist() == x.tolist()
    assert down.tolist() == y.tolist()


@pytest.mark.parametrize("box", BOXES)
def test_a_box_holds_exactly_what_lies_in_it(ground: Columns, box: Box) -> None:
    found = ground.rows_in(box)
    assert sorted(found.tolist()) == plain(ground, box).tolist()
    assert ground.count_about(box) >= len(found)


def test_a_small_box_looks_at_few_rows(ground: Columns) -> None:
    assert ground.count_about(BOXES[2]) <= 20


def test_rows_lie_in_the_order_of_their_keys(ground: Columns) -> None:
    assert (np.diff(ground.key.astype(np.int64)) >= 0).all()
    assert (ground.code[ground.by_code] == np.sort(ground.code)).all()


def test_a_mark_has_its_row_and_an_unknown_one_none(ground: Columns) -> None:
    row = ground.row_of(32040401037000005)
    assert int(ground.code[row]) == 32040401037000005
    assert ground.row_of(32040401037999999) == -1
    assert ground.row_of(1) == -1


def test_marks_are_found_by_their_beginning(ground: Columns) -> None:
    rows = ground.rows_from(32040401037000000, 32040401037000010, 5)
    assert [int(ground.code[r]) % 1000 for r in rows] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("level", [0, 9, 14, FINEST_CELLS])
def test_cells_of_every_level_count_all_that_is_there(ground: Columns, level: int) -> None:
    chosen = ground.area < 5
    found = components.cells(ground, chosen)[level]
    alive = chosen & (ground.state != REMOVED)
    assert found.level == level
    assert int(found.counts.sum()) == int(alive.sum())
    assert int(found.faulty.sum()) == int((alive & np.isin(ground.state, (1, 2))).sum())
    for major in range(5):
        of = int((alive & (ground.kind // 1000 == major + 1)).sum())
        assert int(found.counts[:, major].sum()) == of


def test_a_cell_counts_what_lies_in_its_tile(ground: Columns) -> None:
    found = components.cells(ground, np.ones(N, bool))[15]
    x, y, which = found.within(BOXES[0])
    for across, down, cell in zip(x, y, which, strict=True):
        tx, ty = components.tiles(ground.lon / SCALE, ground.lat / SCALE, 15)
        here = (tx == across) & (ty == down) & (ground.state != REMOVED)
        assert int(found.counts[cell].sum()) == int(here.sum())


def test_nothing_at_all_has_no_cells() -> None:
    none = np.empty(0)
    empty = components.columns(none, none, none, none, none, none)[0]
    assert [len(each.tile) for each in components.cells(empty, none.astype(bool))][::18] == [0, 0]
    assert len(empty.rows_in(BOXES[0])) == 0
    assert empty.row_of(1) == -1


@pytest.mark.parametrize(
    ("box", "right"),
    [
        (Box(119.8, 31.7, 120.0, 31.9), True),
        (Box(120.0, 31.7, 119.8, 31.9), False),
        (Box(119.8, 31.7, 999.0, 31.9), False),
        (Box(0.0, 0.1, 1.0, 0.5), False),
    ],
)
def test_a_viewport_must_be_one_of_china(box: Box, right: bool) -> None:
    assert components.sane(box) is right
