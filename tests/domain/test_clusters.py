"""Clusters: what is kept up by changes is what counting anew would give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clusters import (
    LEVELS,
    WORLD_BITS,
    Cell,
    Dot,
    Sheet,
    box_of_cell,
    snapped,
    to_degrees,
    to_world,
)

SIZE = 1 << WORLD_BITS
INSIDE = [True, False, True, True, False]  # grids 0 to 3, the last for places outside
KINDS = [True, True, False, True]
LEVEL = 12
WIDTH = SIZE >> LEVEL >> 2  # of a cell of 64 px

# few places, so that many devices share a cell and its borders
near = st.integers(0, 3 * WIDTH).map(lambda units: 100 * WIDTH + units)
dots = st.builds(
    Dot,
    x=near,
    y=near,
    grid=st.integers(0, 6),
    kind=st.integers(0, 5),
    level=st.integers(0, LEVELS - 1),
    offline=st.booleans(),
)
steps = st.lists(st.tuples(st.integers(0, 9), st.none() | dots), max_size=60)


def sheet() -> Sheet:
    return Sheet(LEVEL, INSIDE, KINDS)


def filled(devices: dict[int, Dot]) -> Sheet:
    made = sheet()
    rows = list(devices.values())
    columns = [np.array([dot[i] for dot in rows], np.int64) for i in range(5)]
    made.fill(*columns, np.array([dot.offline for dot in rows], bool))
    return made


@given(steps)
def test_a_sheet_kept_up_is_a_sheet_counted_anew(walk) -> None:
    kept, devices = sheet(), dict[int, Dot]()
    for at, (n, new) in enumerate(walk):
        kept.move(devices.get(n), new, at)
        if new is None:
            devices.pop(n, None)
        else:
            devices[n] = new
    assert kept.cells == filled(devices).cells


@given(steps)
def test_every_cell_whose_counts_changed_is_told(walk) -> None:
    kept, devices = sheet(), dict[int, Dot]()
    for at, (n, new) in enumerate(walk, 1):
        before = {key: list(cell.counts) for key, cell in kept.cells.items()}
        kept.move(devices.get(n), new, at)
        devices.pop(n, None)
        if new is not None:
            devices[n] = new
        after = {key: list(cell.counts) for key, cell in kept.cells.items()}
        real = {key for key in before | after if before.get(key) != after.get(key)}
        told = set(kept.changed_in((0, 0, SIZE, SIZE), at - 1))
        assert real <= told


def dot(x: int = 0, y: int = 0, level: int = 0, grid: int = 0, kind: int = 0) -> Dot:
    return Dot(x, y, grid, kind, level, False)


def test_a_step_inside_the_cell_is_not_told_but_moves_the_middle() -> None:
    kept = sheet()
    kept.move(None, dot(10, 10), 1)
    kept.move(dot(10, 10), dot(20, 20), 2)
    assert kept.changed_in((0, 0, SIZE, SIZE), 1) == []
    assert kept.cells[0, 0] == Cell([1, 0, 0, 0, 0, 0], 20, 20)


def test_a_worse_level_and_a_step_out_are_told() -> None:
    kept = sheet()
    kept.move(None, dot(), 1)
    kept.move(dot(), dot(level=4), 2)
    assert kept.row((0, 0))[4:] == [0, 0, 0, 0, 1, 0]
    kept.move(dot(level=4), dot(x=WIDTH, level=4), 3)
    assert set(kept.changed_in((0, 0, SIZE, SIZE), 2)) == {(0, 0), (1, 0)}
    assert kept.row((0, 0)) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    kept.forget(3)
    assert kept.changed.keys() == {(0, 0), (1, 0)}
    kept.forget(4)
    assert kept.changed == {}


@pytest.mark.parametrize(
    ("device", "counts"),
    [
        (dot(), True),
        (dot(grid=1), False),
        (dot(grid=4), False),
        (dot(grid=0xFFFFFFFF), False),
        (dot(kind=2), False),
        (dot(kind=200), True),
    ],
)
def test_only_devices_of_the_scope_and_the_kinds_count(device, counts) -> None:
    assert sheet().counts(device) is counts
    kept = sheet()
    kept.move(None, device, 1)
    assert bool(kept.cells) is counts


def test_an_empty_sheet_takes_an_empty_city() -> None:
    assert filled({}).cells == {}


@given(st.floats(-179.9, 179.9), st.floats(-84.9, 84.9))
def test_a_place_comes_back_within_a_hand(lon, lat) -> None:
    x, y = to_world(lon, lat)
    back = to_degrees(int(x), int(y))
    assert abs(back[0] - lon) < 1e-6
    assert abs(back[1] - lat) < 1e-6


def test_the_world_is_that_of_the_browser() -> None:
    x, y = to_world([0, 119.95], [0, 31.78])
    assert (x[0], y[0]) == (SIZE // 2, SIZE // 2)
    # worldOf(119.95, 31.78) of points.mjs, in pixels of a world of 256
    assert x[1] / SIZE * 256 == pytest.approx(213.298, abs=1e-3)
    assert y[1] / SIZE * 256 == pytest.approx(104.14415, abs=1e-3)


@given(st.floats(119, 120), st.floats(31, 32), st.floats(0.001, 0.4), st.integers(8, 18))
def test_a_snapped_box_holds_the_box_and_whole_cells(west, south, span, level) -> None:
    x0, y0, x1, y1 = snapped(west, south, west + span, south + span, level)
    (left, right), (top, bottom) = to_world([west, west + span], [south + span, south])
    assert x0 <= left <= right < x1
    assert y0 <= top <= bottom < y1
    tile = SIZE >> level
    assert all(edge % tile == 0 for edge in (x0, y0, x1, y1))


def test_cells_of_a_box_are_those_whose_devices_it_holds() -> None:
    kept = sheet()
    for step in range(8):
        kept.move(None, dot(x=step * WIDTH, y=0), step)
    box = (4 * WIDTH, 0, 8 * WIDTH, 4 * WIDTH)
    assert sorted(kept.inside_box(box)) == [(4, 0), (5, 0), (6, 0), (7, 0)]
    assert box_of_cell(4, 0, LEVEL) == (4 * WIDTH, 0, 5 * WIDTH, WIDTH)
    assert kept.changed_in(box, 5) == [(6, 0), (7, 0)]
