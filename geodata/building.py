"""Builds the areas of a city level by level, and keeps them in a cache file.

District outlines are real and so are imported boundaries; what is not imported is generated inside
them, the same on every machine with the same library versions, and marked schematic (示意).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from geodata import fitting, imports, sources, tiling
from geodata.area import Area, AreaLevel
from geodata.imports import Edition

PIECES = 8  # streets of a district, and communities of its streets, that we have no list for
GRIDS_FEWEST, GRIDS_MOST = 6, 12
GRID_KM2 = 0.12  # a responsibility grid is about a dozen of the 100 m unit grids
REST = "其余部分"  # what imported boundaries leave over

LEVELS = tuple(AreaLevel)


class Stored(msgspec.Struct, array_like=True):
    """One area in the cache file; the polygon is WKB."""

    code: str
    name: str
    level: AreaLevel
    parent: str
    polygon: bytes
    schematic: bool
    official: str
    from_below: bool


def load_or_build(home: str, cache: Path | None, edition: Edition | None = None) -> list[Area]:
    """The areas of the city around a home (root first), from the cache when it holds these.

    `edition` is used instead of the imports in the cache folder: that is how one tries an import.
    What a try has built is kept, too: whoever takes it, and every role after that, finds it.
    """
    found = imports.read(cache, sources.city_of(home)) if edition is None else edition
    if cache is None:
        return build(home, found)
    file = cache / f"areas-{home}-{sources.stamp()}{found.stamp}.msgpack"
    if file.is_file():
        try:
            return _thaw(file.read_bytes())
        except (msgspec.DecodeError, shapely.errors.ShapelyError):
            file.unlink(missing_ok=True)
    areas = build(home, found)
    _keep(file, areas)
    return areas


def build(home: str, edition: Edition = imports.NONE) -> list[Area]:
    """The areas of the city around a home, root first, every parent before its children.

    Communities and grids are generated below the home alone; elsewhere only where they are listed
    or imported.
    """
    city = sources.city_of(home)
    return list(_Builder(city, home, edition).areas())


def below(home: Area, edition: Edition = imports.NONE) -> list[Area]:
    """Everything below a district that is a home, parents first: what `build` cuts in it."""
    builder = _Builder(sources.city_of(home.code), home.code, edition)
    return list(builder.below(home, AreaLevel.STREET))


@dataclass(frozen=True)
class _Builder:
    """Cuts one city; `home` is the district that goes down to its grids."""

    city: str
    home: str
    edition: Edition

    def areas(self) -> Iterator[Area]:
        """The city and everything below it."""
        official = sources.outlines(self.city)
        name = sources.city_name(self.city)
        if list(official) == [self.city]:  # 不设区的地级市: its streets lie right below it
            whole = official[self.city][1]
            root = Area(self.city, name, AreaLevel.CITY, "", whole, official=name)
            yield root
            yield from self.below(root, AreaLevel.STREET)
            return
        districts = self._districts(official)
        whole = tiling.polygons(shapely.union_all([area.polygon for area in districts]))
        yield Area(self.city, name, AreaLevel.CITY, "", whole, official=name)
        for area in districts:
            yield area
            yield from self.below(area, AreaLevel.STREET)

    def _districts(self, official: dict[str, tuple[str, BaseGeometry]]) -> list[Area]:
        """Imported districts are taken as they are: their union is the city."""
        level = AreaLevel.DISTRICT
        drawn = self.edition.under(self.city, level)
        if drawn:
            apart, _ = fitting.apart([shapely.from_wkb(border.polygon) for border in drawn])
            cells = fitting.sealed(apart).cells
            names = [(border.code, border.name) for border in drawn]
        else:
            cells = [polygon for _, polygon in official.values()]
            names = [(code, title) for code, (title, _) in official.items()]
        return [
            Area(code, title, level, self.city, cell, official=title)
            for (code, title), cell in zip(names, cells, strict=True)
        ]

    def below(self, parent: Area, level: AreaLevel) -> Iterator[Area]:
        """The children of an area on a level, and theirs."""
        cut = self._imported(parent, level) or self._generated(parent, level)
        for area in cut:
            yield area
            if level is not AreaLevel.GRID:
                yield from self.below(area, LEVELS[LEVELS.index(level) + 1])

    def _imported(self, parent: Area, level: AreaLevel) -> list[Area]:
        drawn = self.edition.under(parent.code, level)
        if not drawn:
            return []
        fitted = fitting.fit(parent.polygon, [shapely.from_wkb(b.polygon) for b in drawn])
        found = [
            Area(b.code, sources.short_name(b.name), level, parent.code, cell, official=b.name)
            for b, cell in zip(drawn, fitted.cells, strict=True)
            if not cell.is_empty
        ]
        if not fitted.rest.is_empty:
            found.append(_rest(parent, level, fitted.rest))
        return found

    def _generated(self, parent: Area, level: AreaLevel) -> list[Area]:
        """Children by the official list: those whose own children were imported lie where these
        lie, the others are cut from what is left."""
        names = self._names(parent, level)
        below = {one.code: shape for one in names if (shape := self._below_of(one.code, level))}
        if not below:
            return _cut(parent, parent.polygon, names, level)
        known = [one for one in names if one.code in below]
        fitted = fitting.fit(parent.polygon, [below[one.code] for one in known])
        found = [
            Area(one.code, one.name, level, parent.code, cell, False, one.official, True)
            for one, cell in zip(known, fitted.cells, strict=True)
            if not cell.is_empty
        ]
        if fitted.rest.is_empty:
            return found
        others = [one for one in names if one.code not in below]
        left = _cut(parent, fitted.rest, others, level)
        return found + (left or [_rest(parent, level, fitted.rest)])

    def _below_of(self, code: str, level: AreaLevel) -> BaseGeometry | None:
        """What imported areas below a generated one make of it; None unless they are all there."""
        if level is AreaLevel.GRID:
            return None
        next_level = LEVELS[LEVELS.index(level) + 1]
        drawn = self.edition.under(code, next_level)
        shapes = [shapely.from_wkb(border.polygon) for border in drawn]
        if not drawn and level is AreaLevel.STREET:
            listed = sources.communities(code) if self.edition.borders else []
            each = [self._below_of(one.code, next_level) for one in listed]
            shapes = [shape for shape in each if shape is not None]
            shapes = shapes if len(shapes) == len(each) else []
        return tiling.polygons(shapely.union_all(shapes)) if shapes else None

    def _names(self, parent: Area, level: AreaLevel) -> list[sources.Named]:
        """The official list, else plain pieces with codes that no real area has (9xx)."""
        deep = parent.code[:6] == self.home
        if level is AreaLevel.STREET:
            return sources.streets(parent.code) or _plain(parent.code, "第{n}片区", 900)
        if level is AreaLevel.COMMUNITY:
            listed = sources.communities(parent.code)
            if listed or not deep:
                return listed
            return _plain(parent.code, f"{parent.name}第{{n}}社区", 900)
        count = round(tiling.area_km2(parent.polygon) / GRID_KM2)
        count = min(max(count, GRIDS_FEWEST), GRIDS_MOST)
        return _plain(parent.code, f"{parent.name}第{{n}}网格", 0, count)


def _cut(
    parent: Area, ground: BaseGeometry, names: list[sources.Named], level: AreaLevel
) -> list[Area]:
    """One generated cell of the ground for each name: around its centre where all are known."""
    if not names:
        return []
    centres = [one.centre for one in names if one.centre and _holds(ground, one.centre)]
    if len(centres) == len(names):
        cells = tiling.cells_around(ground, centres)
    else:
        cells = tiling.even_cells(ground, len(names), int(parent.code))
    return [
        Area(one.code, one.name, level, parent.code, cell, True, one.official)
        for one, cell in zip(names, cells, strict=True)
    ]


def _holds(ground: BaseGeometry, place: tuple[float, float]) -> bool:
    return bool(shapely.intersects_xy(ground, *place))


def _rest(parent: Area, level: AreaLevel, ground: BaseGeometry) -> Area:
    """What imported boundaries leave over in their parent."""
    name = f"{parent.name}{REST}"
    return Area(f"{parent.code}999", name, level, parent.code, ground, True, name)


def _plain(stem: str, name: str, first: int, count: int = PIECES) -> list[sources.Named]:
    """`count` generated children of a code; `name` says {n}."""
    names = [(f"{stem}{first + n:03d}", name.format(n=n)) for n in range(1, count + 1)]
    return [sources.Named(code, said, said) for code, said in names]


def _keep(file: Path, areas: list[Area]) -> None:
    """Writes the cache whole or not at all: another process may build at the same moment."""
    rows = [
        Stored(
            a.code, a.name, a.level, a.parent, a.polygon.wkb, a.schematic, a.official, a.from_below
        )
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
        Area(r.code, r.name, r.level, r.parent, polygon, r.schematic, r.official, r.from_below)
        for r, polygon in zip(rows, polygons, strict=True)
    ]
