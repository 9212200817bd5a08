"""Made-up components along made-up streets, for demos and benchmarks; every row says 示意."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.city import City
from app.domain.components import STATES, kind_name
from app.services.components_import import attempt, put
from app.services.components_rows import located
from geodata.areas import AreaTree
from geodata.components import METRES
from geodata.components_file import open_components

Floats = NDArray[np.float64]

NOTE = "示意：模拟生成，非实测"
SEEDED = 12_000  # of a demo
BLOCK_M = 180.0  # between two made-up streets; default
TURN = 0.12  # of the streets against the meridians, radians
HEADINGS: tuple[str, ...] = (
    "GLBJBSM",
    "GLBJMC",
    "ZGBMDM",
    "ZGBMMC",
    "QSDWMC",
    "YHDWMC",
    "GLBJZT",
    "CSRQ",
)
HEADINGS += ("SJLY", "BZ", "lon", "lat")
FAULTS = (0.982, 0.009, 0.003, 0.004, 0.002)  # share of each of STATES; default


class Sort(NamedTuple):
    """A kind that stands along streets: its share, and metres from the middle of the street."""

    kind: int
    share: float
    aside_m: float


SORTS = (
    Sort(1037, 0.15, 8.0),
    Sort(1002, 0.10, 1.5),
    Sort(1003, 0.09, 2.5),
    Sort(1004, 0.13, 6.0),
    Sort(1001, 0.05, 4.0),
    Sort(1005, 0.05, 7.0),
    Sort(1007, 0.06, 7.5),
    Sort(1011, 0.04, 3.5),
    Sort(1060, 0.01, 9.0),
    Sort(1054, 0.01, 11.0),
    Sort(2010, 0.05, 8.5),
    Sort(2012, 0.01, 8.5),
    Sort(2014, 0.01, 7.0),
    Sort(2017, 0.04, 0.0),
    Sort(3005, 0.05, 9.0),
    Sort(3006, 0.01, 12.0),
    Sort(4002, 0.11, 9.5),
    Sort(4011, 0.02, 9.5),
    Sort(5003, 0.01, 20.0),
)


def seed(city: City) -> None:
    """Give a city that has none some made-up components; harmless when it has."""
    if city.components.current() is not None:
        return
    file = city.settings.var / "components-made.csv"
    try:
        write(city.areas, SEEDED, file)
        put(city, attempt(city, open_components(file), "wgs84", {}))
    finally:
        file.unlink(missing_ok=True)


def write(tree: AreaTree, count: int, file: Path, seed: int = 1) -> int:
    """Write a CSV of so many components of the tree's home district; returns how many.

    The same tree, count and seed give the same file.
    """
    rng = np.random.default_rng(seed)
    lon, lat, kind = _along_streets(tree, count, rng)
    state = rng.choice(len(STATES), len(lon), p=FAULTS)
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(HEADINGS)
        rows.writerows(_rows(tree.home.code, lon, lat, kind, state))
    return len(lon)


def _rows(
    district: str, lon: Floats, lat: Floats, kind: NDArray[np.int64], state: NDArray[np.int64]
) -> Iterator[tuple[str, ...]]:
    serials: dict[int, int] = {}
    for x, y, each, how in zip(
        lon.tolist(), lat.tolist(), kind.tolist(), state.tolist(), strict=True
    ):
        serials[each] = serial = serials.get(each, 0) + 1
        name = f"{kind_name(each)}{serial:06d}"
        yield (
            f"{district}{each:05d}{serial:06d}",
            name,
            "12320404MB0000000X",
            "区城市管理局",
            "区市政设施管理所",
            "区市政养护中心",
            STATES[how],
            "20260701",
            "模拟",
            NOTE,
            f"{x:.7f}",
            f"{y:.7f}",
        )


def _along_streets(
    tree: AreaTree, count: int, rng: np.random.Generator
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Places and kinds inside the home district, street by street."""
    west, south, east, north = tree.home.polygon.bounds
    shares = np.array([sort.share for sort in SORTS])
    found: list[tuple[Floats, Floats, NDArray[np.int64]]] = []
    have = 0
    home = np.array([grid.code.startswith(tree.home.scope) for grid in tree.grids])
    while have < count:
        some = max(2 * (count - have), 1_000)
        sort = rng.choice(len(SORTS), some, p=shares / shares.sum())
        lon, lat = _places(rng.uniform((west, south), (east, north), (some, 2)), sort, rng)
        area = located(tree, lon, lat)
        inside = np.flatnonzero((area >= 0) & home[area])[: count - have]
        kinds = np.array([each.kind for each in SORTS])[sort[inside]]
        found.append((lon[inside], lat[inside], kinds))
        have += len(inside)
    lon, lat, kind = (np.concatenate(column) for column in zip(*found, strict=True))
    return lon, lat, kind


def _places(
    near: Floats, sort: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Each place moved to the street nearest to it, beside its middle as its sort stands."""
    middle = near.mean(axis=0)
    squeeze = np.array([METRES * np.cos(np.radians(middle[1])), METRES])
    xy = (near - middle) * squeeze
    turn = np.array([[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]])
    xy = xy @ turn
    across = rng.integers(0, 2, len(xy))  # whether the street runs along x or along y
    sides = rng.choice((-1.0, 1.0), len(xy))
    beside = np.array([each.aside_m for each in SORTS])[sort] * sides + rng.normal(0, 0.4, len(xy))
    row = np.arange(len(xy))
    xy[row, across] = np.round(xy[row, across] / BLOCK_M) * BLOCK_M + beside
    back = (xy @ turn.T) / squeeze + middle
    return back[:, 0], back[:, 1]
