"""Resources: an index of them that is kept per edition, what a viewport shows, one's card.

The index is built page by page beside the other requests; a request reads one number from the
ledger, to know that the index is still true.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import RowMapping

from app.city import City
from app.domain.people import MISSING, User, covers
from app.domain.resources import Resource, Sort, link, public
from app.errors import Invalid, NotFound, Unseen
from app.services.aside import aside
from app.services.views_scope import place, scope_in
from app.store import resources as kept
from app.store.ledger import Ledger
from app.store.rows import of_row

MOST_MARKS = 240  # more marks on one screen are a heap: then their numbers are told by cells
COLUMNS, ROWS = 14, 9  # default: cells of a screen
SORTS = tuple(Sort)
Box = tuple[float, float, float, float]
Flags = NDArray[np.bool_]
Row = dict[str, Any]


class Index:
    """All resources of one edition, as columns; read-only, shared by all requests."""

    def __init__(self, edition: int, things: Sequence[Resource]) -> None:
        self.edition = edition
        self.things = things
        self.numbers = {one.id: n for n, one in enumerate(things)}
        count = len(things)
        self.lons = np.fromiter((one.lon for one in things), np.float64, count)
        self.lats = np.fromiter((one.lat for one in things), np.float64, count)
        self.sorts = np.fromiter((SORTS.index(one.sort) for one in things), np.int8, count)
        self.levels = np.fromiter((one.level for one in things), np.int8, count)
        self._scopes: dict[str, Flags] = {}

    def inside(self, scope: str) -> Flags:
        """Which resources a scope covers."""
        if scope not in self._scopes:
            found = (covers(scope, one.area) for one in self.things)
            self._scopes[scope] = np.fromiter(found, np.bool_, len(self.things))
        return self._scopes[scope]

    def chosen(self, scope: str, sorts: Collection[Sort], box: Box | None = None) -> Any:
        """The numbers of the resources of these sorts in a scope and a box, in id order."""
        wanted = np.isin(self.sorts, [SORTS.index(sort) for sort in sorts]) & self.inside(scope)
        if box:
            west, south, east, north = box
            wanted &= (self.lons >= west) & (self.lons <= east)
            wanted &= (self.lats >= south) & (self.lats <= north)
        return np.flatnonzero(wanted)


_indexes: WeakKeyDictionary[Ledger, Index] = WeakKeyDictionary()
_building = Lock()


def index(city: City) -> Index:
    """Return the index of all resources as they are now."""
    with city.ledger.read() as tx:
        edition = kept.edition(tx)
    found = _indexes.get(city.ledger)
    if found is not None and found.edition == edition:
        return found
    with _building:
        found = _indexes.get(city.ledger)
        if found is None or found.edition < edition:
            found = _indexes[city.ledger] = _built(city)
    return found


def _built(city: City) -> Index:
    things: list[Resource] = []
    with city.ledger.read() as tx:
        edition = kept.edition(tx)
        for page in kept.pages(tx):
            # a page takes some 10 ms to read: meanwhile the others are served
            things += aside(partial(_read, page))
    return Index(edition, things)


def _read(page: list[RowMapping]) -> list[Resource]:
    return [of_row(Resource, row) for row in page]


def sorts_of(names: Collection[str]) -> list[Sort]:
    """Return the sorts of these names, as layers have them too; all for none.

    Invalid names the ones that are none.
    """
    bare = [n.removeprefix("resources:").replace("cameras", Sort.CAMERA.value) for n in names]
    if strange := [name for name in bare if name not in set(SORTS)]:
        known = "、".join(SORTS)
        raise Invalid("参数不正确。", fields={"sorts": f"没有 {strange[0][:20]}，可选：{known}"})
    return [sort for sort in SORTS if sort.value in bare] if bare else list(SORTS)


def within(city: City, user: User, box: Box, sorts: Collection[Sort]) -> Row:
    """Return the resources of a viewport as GeoJSON, or where they are many their numbers by cell.

    A cell is a point {"count", "sorts": {sort: n}, "level": the worst, "box": what it holds}; a
    cell with one resource is that resource.
    """
    scope, found = scope_in(city, user, None), index(city)
    chosen = found.chosen(scope, sorts, box)
    few = len(chosen) <= MOST_MARKS
    features = [_point(city, found, n) for n in chosen] if few else _cells(city, found, chosen, box)
    return {
        "type": "FeatureCollection",
        "features": features,
        "total": len(chosen),
        "cells": not few,
        "edition": found.edition,
    }


def _point(city: City, found: Index, n: int) -> Row:
    one = shown(city, found.things[n])
    return _feature(one.pop("lon"), one.pop("lat"), one)


def _feature(lon: float, lat: float, properties: Row) -> Row:
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _cells(city: City, found: Index, chosen: Any, box: Box) -> list[Row]:
    """Cells of a lattice that stays where it is when the map is moved: steps are powers of two."""
    west, south, east, north = box
    wide = 2.0 ** np.ceil(np.log2(max((east - west) / COLUMNS, 1e-6)))
    high = 2.0 ** np.ceil(np.log2(max((north - south) / ROWS, 1e-6)))
    column = np.floor(found.lons[chosen] / wide).astype(np.int64)
    row = np.floor(found.lats[chosen] / high).astype(np.int64)
    _, first, which = np.unique(
        np.column_stack((column, row)), axis=0, return_index=True, return_inverse=True
    )
    features = []
    for cell in range(len(first)):
        mine = chosen[which.reshape(-1) == cell]
        if len(mine) == 1:
            features.append(_point(city, found, mine[0]))
            continue
        features.append(_cell(found, mine))
    return features


def _cell(found: Index, mine: Any) -> Row:
    lons, lats = found.lons[mine], found.lats[mine]
    sorts, counts = np.unique(found.sorts[mine], return_counts=True)
    held = [lons.min(), lats.min(), lons.max(), lats.max()]
    told = {
        "count": len(mine),
        "sorts": {SORTS[s].value: int(n) for s, n in zip(sorts, counts, strict=True)},
        "level": int(found.levels[mine].max()),
        "box": [round(float(each), 6) for each in held],
    }
    return _feature(round(float(lons.mean()), 6), round(float(lats.mean()), 6), told)


def shown(city: City, one: Resource) -> Row:
    """Return a resource as it may be shown: masked, with its place's name and a camera's links."""
    return public(one) | {"place": place(city, one.area), "links": links(city, one)}


def links(city: City, one: Resource) -> list[str]:
    """Return where a camera's picture can be seen; nothing without a template or for the rest."""
    template = city.settings.camera_url
    if one.sort is not Sort.CAMERA or not template or not one.body.get("code"):
        return []
    return [link(template, str(one.body["code"]))]


def resource(city: City, user: User, resource_id: str) -> Row:
    """Return one resource; NotFound and NotAllowed."""
    scope, found = scope_in(city, user, None), index(city)
    if resource_id not in found.numbers:
        raise NotFound(MISSING["Resource"])
    one = found.things[found.numbers[resource_id]]
    if not covers(scope, one.area):
        raise Unseen(MISSING["Resource"])
    return shown(city, one)
