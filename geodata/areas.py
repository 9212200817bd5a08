"""The area tree of a city: names, parents and children, and which area a place lies in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike
from shapely.geometry.base import BaseGeometry

from geodata import sources
from geodata.area import Area, AreaLevel
from geodata.building import load_or_build
from geodata.imports import Edition
from geodata.tiling import scatter

__all__ = ["Area", "AreaLevel", "AreaTree", "open_areas"]

DIGITS = 6  # decimals of a coordinate in GeoJSON: 0.1 m
OUTSIDE = ""


class AreaTree:
    """All areas of a city; read-only, safe to share between threads."""

    def __init__(self, areas: list[Area], home: str = "") -> None:
        """Takes the areas root first, each parent before its children; `home` is shown first."""
        self.city = areas[0]
        self._by_code = {area.code: area for area in areas}
        self._children: dict[str, list[Area]] = {area.code: [] for area in areas}
        for area in areas[1:]:
            self._children[area.parent].append(area)
        self.home = self.area(home or self.city.code)
        leaves = [area for area in areas if not self._children[area.code]]
        self.grids: tuple[Area, ...] = tuple(sorted(leaves, key=lambda area: area.code))
        self._grid_index = {area.code: i for i, area in enumerate(self.grids)}
        self._tree = shapely.STRtree([area.polygon for area in self.grids])
        shapely.prepare(self.city.polygon)
        self._geojson = lru_cache(maxsize=None)(self._draw)

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def area(self, code: str) -> Area:
        """The area of a code or of the city's scope ("3204"); KeyError when there is none."""
        return self.city if code == self.city.scope else self._by_code[code]

    def children(self, code: str) -> tuple[Area, ...]:
        """The areas one level below, in code order; KeyError when the code is unknown."""
        return tuple(self._children[self.area(code).code])

    def under(self, code: str) -> Iterator[Area]:
        """An area and everything below it, each parent before its children."""
        yield self.area(code)
        for child in self.children(code):
            yield from self.under(child.code)

    def path(self, code: str) -> tuple[Area, ...]:
        """The way from the city down to the area itself; KeyError when the code is unknown."""
        steps = [self.area(code)]
        while steps[-1].parent:
            steps.append(self._by_code[steps[-1].parent])
        return tuple(reversed(steps))

    def name(self, code: str) -> str:
        """The short name of an area, or the code itself when it is unknown."""
        return self.area(code).name if code in self or code == self.city.scope else code

    def grid_index(self, code: str) -> int:
        """The position of a finest area in `grids`; KeyError for any other code."""
        return self._grid_index[code]

    def locate(self, lons: ArrayLike, lats: ArrayLike) -> list[str]:
        """The finest area code of each WGS-84 place, "" outside the city (and for NaN).

        On a common border the smaller code wins.
        """
        pairs = np.column_stack((np.atleast_1d(lons), np.atleast_1d(lats))).astype(np.float64)
        places = np.asarray(shapely.points(pairs), dtype=object)
        which, leaf = self._tree.query(places, predicate="intersects")
        found = np.full(len(places), len(self.grids), np.int64)
        np.minimum.at(found, which, leaf)
        for i in np.flatnonzero(found == len(self.grids)):
            found[i] = self._in_a_seam(places[i])
        return [self.grids[n].code if n >= 0 else OUTSIDE for n in found]

    def locate_one(self, lon: float, lat: float) -> str:
        """The finest area code of one WGS-84 place, "" outside the city."""
        return self.locate([lon], [lat])[0]

    def beats(self, count: int) -> tuple[Area, ...]:
        """The areas that `count` grid workers walk: communities, dealt over the home's streets.

        Worker number n (from 1) has the area at n - 1; a street without communities is a beat.
        """
        streets = self.children(self.home.code) or (self.home,)
        rounds = count // len(streets) + 1
        return tuple(
            _evenly(self.children(streets[n % len(streets)].code), n // len(streets), rounds)
            or streets[n % len(streets)]
            for n in range(count)
        )

    def geojson(self, parent: str) -> dict[str, Any]:
        """The children of an area as a GeoJSON FeatureCollection; do not change the answer."""
        return self._geojson(self.area(parent).code)

    def outline(self, code: str) -> dict[str, Any]:
        """One area as a GeoJSON Feature."""
        return _feature(self.area(code))

    def point_in(self, code: str, rng: np.random.Generator) -> tuple[float, float]:
        """A random (lon, lat) inside an area."""
        x, y = scatter(self.area(code).polygon, 1, rng)[0]
        return float(x), float(y)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of codes and shapes: whoever stored a grid index compares it before trusting."""
        digest = hashlib.sha256()
        for area in self._by_code.values():
            digest.update(area.code.encode())
            digest.update(area.polygon.wkb)
        return digest.hexdigest()[:16]

    def _draw(self, parent: str) -> dict[str, Any]:
        features = [_feature(area) for area in self._children[parent]]
        return {"type": "FeatureCollection", "features": features}

    def _in_a_seam(self, place: BaseGeometry) -> int:
        """The nearest leaf for a place in a rounding seam of the tiling, -1 outside the city."""
        if shapely.is_empty(place) or not shapely.intersects(self.city.polygon, place):
            return -1
        return int(self._tree.nearest(place))


def open_areas(code: str, cache: Path | None = None, edition: Edition | None = None) -> AreaTree:
    """The tree of the city that a city or district code belongs to, with that code as its home.

    Takes about a second; with a `cache` folder only the first time. Boundaries imported into that
    folder replace generated ones; `edition` tries others instead. MissingSource when the code is
    not in the outlines.
    """
    areas = load_or_build(code, cache, edition)
    if not any(area.code == code for area in areas):
        near = ", ".join(f"{a.code} {a.name}" for a in areas if len(a.code) == 6)
        raise sources.MissingSource(f"no area {code}; there are {near}")
    return AreaTree(areas, code)


def _evenly(areas: tuple[Area, ...], n: int, of: int) -> Area | None:
    """The n-th of `of` picks that lie evenly in a row of areas."""
    return areas[n * len(areas) // of] if areas else None


def _feature(area: Area) -> dict[str, Any]:
    widest = max(shapely.get_parts(area.polygon), key=lambda part: float(part.area))
    label = shapely.maximum_inscribed_circle(widest, tolerance=1e-4).coords[0]
    return {
        "type": "Feature",
        "id": area.code,
        "geometry": _rounded(area.polygon),
        "properties": {
            "code": area.code,
            "parent": area.parent,
            "name": area.name,
            "level": area.level.value,
            "schematic": area.schematic,
            "label": [round(label[0], DIGITS), round(label[1], DIGITS)],
        },
    }


def _rounded(polygon: BaseGeometry) -> dict[str, Any]:
    """The polygon as a GeoJSON geometry with lists of rounded coordinates."""
    return json.loads(
        shapely.to_geojson(shapely.transform(polygon, lambda xy: np.round(xy, DIGITS)))
    )
