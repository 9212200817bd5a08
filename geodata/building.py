"""Builds the areas of a city from the official lists, and keeps them in a cache file.

District outlines are real; everything below is generated inside them, the same on every machine
with the same library versions, and marked schematic (示意).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from geodata import sources, tiling
from geodata.area import Area, AreaLevel

PIECES = 8  # streets of a district that we have no list for
GRIDS_FEWEST, GRIDS_MOST = 6, 12
GRID_KM2 = 0.12  # a responsibility grid is about a dozen of the 100 m unit grids


class Stored(msgspec.Struct, array_like=True):
    """One area in the cache file; the polygon is WKB."""

    code: str
    name: str
    level: AreaLevel
    parent: str
    polygon: bytes
    schematic: bool
    official: str


def load_or_build(city: str, cache: Path | None) -> list[Area]:
    """The areas of a city (root first), from the cache folder when it holds this very edition."""
    if cache is None:
        return build(city)
    file = cache / f"areas-{city}-{sources.stamp()}.msgpack"
    if file.is_file():
        try:
            return _thaw(file.read_bytes())
        except (msgspec.DecodeError, shapely.errors.ShapelyError):
            file.unlink(missing_ok=True)
    areas = build(city)
    _keep(file, areas)
    return areas


def build(city: str) -> list[Area]:
    """The areas of a city code ("320400"), root first, every parent before its children."""
    districts = sources.outlines(city)
    whole = shapely.union_all([polygon for _, polygon in districts.values()])
    name = sources.CITY_NAMES.get(city, city)
    areas = [Area(city, name, AreaLevel.CITY, "", whole, official=name)]
    for code, (title, polygon) in districts.items():
        areas.append(Area(code, title, AreaLevel.DISTRICT, city, polygon, official=title))
        areas += _streets(code, polygon)
    return areas


def _streets(district: str, polygon: BaseGeometry) -> Iterator[Area]:
    listed = sources.streets(district)
    if not listed:
        listed = [_unlisted(district, n) for n in range(1, PIECES + 1)]
    centres = [street.centre for street in listed if street.centre]
    if len(centres) == len(listed):
        cells = tiling.cells_around(polygon, centres)
    else:
        cells = tiling.even_cells(polygon, len(listed), int(district))
    for street, cell in zip(listed, cells, strict=True):
        level = AreaLevel.STREET
        yield Area(street.code, street.name, level, district, cell, True, street.official)
        yield from _communities(street.code, cell)


def _unlisted(district: str, n: int) -> sources.Named:
    """A plain piece of a district without an official list (9xx is used by no real street)."""
    return sources.Named(f"{district}9{n:02d}", f"第{n}片区", f"第{n}片区")


def _communities(street: str, polygon: BaseGeometry) -> Iterator[Area]:
    listed = sources.communities(street)
    if not listed:
        return
    cells = tiling.even_cells(polygon, len(listed), int(street))
    for one, cell in zip(listed, cells, strict=True):
        yield Area(one.code, one.name, AreaLevel.COMMUNITY, street, cell, True, one.official)
        yield from _grids(one, cell)


def _grids(community: sources.Named, polygon: BaseGeometry) -> Iterator[Area]:
    count = round(tiling.area_km2(polygon) / GRID_KM2)
    count = min(max(count, GRIDS_FEWEST), GRIDS_MOST)
    for n, cell in enumerate(tiling.even_cells(polygon, count, int(community.code)), start=1):
        name = f"{community.name}第{n}网格"
        code = f"{community.code}{n:03d}"
        yield Area(code, name, AreaLevel.GRID, community.code, cell, True, name)


def _keep(file: Path, areas: list[Area]) -> None:
    """Writes the cache whole or not at all: another process may build at the same moment."""
    rows = [
        Stored(a.code, a.name, a.level, a.parent, a.polygon.wkb, a.schematic, a.official)
        for a in areas
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_bytes(msgspec.msgpack.encode(rows))
    draft.replace(file)


def _thaw(raw: bytes) -> list[Area]:
    rows = msgspec.msgpack.decode(raw, type=list[Stored])
    polygons = shapely.from_wkb([row.polygon for row in rows])
    return [
        Area(r.code, r.name, r.level, r.parent, polygon, r.schematic, r.official)
        for r, polygon in zip(rows, polygons, strict=True)
    ]
