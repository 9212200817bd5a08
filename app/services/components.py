"""Components (部件) as users see them: what a viewport holds, one of them, what is inside.

Places and counts come from memory maps and take milliseconds; attributes come from Parquet and are
read aside. Removed ones (移除) are found by their code alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import shapely

from app.city import City
from app.domain.catalogue import component
from app.domain.components import FIELDS, MAJORS, STATES, kind_name, kinds, mark
from app.domain.people import MISSING, User, Verb, covers, may
from app.errors import Invalid, NotFound, Unavailable, Unseen
from app.services.aside import aside
from app.services.components_sight import Sight, by_grid, edition_of, grids_of, sight_of
from app.services.views_scope import allowed_area, as_hit, place, scope_in
from geodata.area import Area
from geodata.components import FAULTY, MAJOR, SCALE, Box, Columns, Rows

MOST = 20_000  # components that one answer draws
NEAR_ZOOM = 15.0  # farther out there are cells; default
CELL_STEPS = 2  # a cell is a quarter of a tile of 256 px wide


@dataclass(frozen=True)
class Viewport:
    """What lies in a box: `rows` near, or from far out `x`, `y`, `counts` and `faulty` of cells."""

    columns: Columns
    total: int
    level: int  # of the cells; 0 near
    rows: Rows | None = None
    x: Any = None
    y: Any = None
    counts: Any = None
    faulty: Any = None


def viewport(
    city: City, user: User, box: Box, zoom: float, majors: Collection[str] = ()
) -> Viewport | None:
    """What a map shows of the components of some majors (all for none); None without an import.

    Near and few enough it is the components themselves, else counts by cell.
    """
    sight = sight_of(city, scope_in(city, user, None))
    if sight is None:
        return None
    ground = sight.columns
    if zoom >= NEAR_ZOOM and ground.count_about(box) <= 4 * MOST:
        rows = sight.chosen(ground.rows_in(box), majors)
        if len(rows) <= MOST:
            return Viewport(ground, len(rows), 0, rows)
    by_level = aside(lambda: sight.cells)  # the first look counts: 0.3 s for a million
    level = min(max(round(zoom) + CELL_STEPS, 0), len(by_level) - 1)
    found = by_level[level]
    x, y, which = found.within(box)
    wanted = np.isin(MAJORS, list(majors or MAJORS))
    counts, faulty = found.counts[which] * wanted, found.faulty[which][:, wanted].sum(axis=1)
    return Viewport(ground, int(counts.sum()), level, None, x, y, counts, faulty)


def one(city: City, user: User, code: str) -> dict[str, Any]:
    """Return a component with its fields; NotFound for an unknown mark."""
    sight = sight_of(city, scope_in(city, user, None))
    number = mark(code)
    row = sight.columns.row_of(number) if sight and number is not None else -1
    if sight is None or row < 0:
        raise NotFound(MISSING["Component"])
    if not sight.grids[sight.columns.area[row]]:
        raise Unseen(MISSING["Component"])
    said = aside(lambda: sight.edition.attributes(row))
    found = _row(city, sight.columns, row)
    entry = component(found["id"])
    return found | {
        "name": said.get("name") or found["name"],
        "major": found["id"][6:8],
        "major_name": entry.major_name if entry else "",
        "place": place(city, found["area"]),
        "may_report": may(user, Verb.REPORT, found["area"]),
        "fields": [
            {"abbr": f.abbr, "name": f.name, "title": f.title, "value": said[f.name]}
            for f in FIELDS
            if said.get(f.name)
        ],
    }


def inside(
    city: City, user: User, polygon: Any, limit: int = 200, majors: Collection[str] = ()
) -> dict[str, Any]:
    """Return what lies in a polygon (shapely's, or a ring of lon, lat): counts and first rows.

    {"total", "faulty", "by_major": {major: count}, "rows": […]}; Invalid for no polygon.
    """
    shape = _polygon(polygon)
    sight = sight_of(city, scope_in(city, user, None))
    if sight is None:
        return {"total": 0, "faulty": 0, "by_major": {}, "rows": []}
    ground = sight.columns

    def look() -> Rows:
        rows = sight.chosen(ground.rows_in(Box(*shape.bounds)), majors)
        shapely.prepare(shape)
        within = shapely.contains_xy(shape, ground.lon[rows] / SCALE, ground.lat[rows] / SCALE)
        return rows[within]

    rows = aside(look)
    by_major = np.bincount(ground.kind[rows] // MAJOR, minlength=len(MAJORS) + 1)
    return {
        "total": len(rows),
        "faulty": int(np.isin(ground.state[rows], FAULTY).sum()),
        "by_major": {m: int(by_major[int(m)]) for m in MAJORS if by_major[int(m)]},
        "rows": [_row(city, ground, int(row)) for row in rows[:limit]],
    }


def counts(
    city: City,
    user: User,
    area: str | None = None,
    *,
    majors: Collection[str] = (),
    faulty: bool = False,
) -> dict[str, int]:
    """Return how many lie in each child of an area, for a choropleth; {} without an import.

    `faulty` counts only what must be mended. The sum of the children is the parent.
    """
    parent = allowed_area(city, user, area)
    scope_in(city, user, parent)
    edition = edition_of(city)
    if edition is None:
        return {}
    wanted = [int(m) - 1 + faulty * len(MAJORS) for m in majors or MAJORS]
    each = by_grid(city, edition)[:, wanted].sum(axis=1)
    children: tuple[Area, ...] = city.areas.children(parent) or (city.areas.area(parent),)
    codes = [grid.code for grid in city.areas.grids]
    return {
        child.code: int(
            sum(n for n, code in zip(each, codes, strict=True) if covers(child.scope, code))
        )
        for child in children
    }


def totals(city: City, user: User, area: str | None = None) -> dict[str, int]:
    """Return how many of each major an area holds, for the legend; {} without an import."""
    edition = edition_of(city)
    if edition is None:
        return {}
    inside_area = grids_of(city, scope_in(city, user, area))
    sums = by_grid(city, edition)[inside_area].sum(axis=0)
    return {major: int(n) for major, n in zip(MAJORS, sums[: len(MAJORS)], strict=True)}


def of_layers(city: City, user: User, area: str | None = None) -> dict[str, int]:
    """Return `totals` by the names of the map's layers; {} while the rows are placed anew."""
    try:
        found = totals(city, user, area)
    except Unavailable:
        return {}
    return {"components": sum(found.values())} | {f"components:{m}": n for m, n in found.items()}


def find(city: City, user: User, text: str, limit: int = 6) -> list[dict[str, Any]]:
    """Return components by the beginning of their mark (6 digits or more) or their own name.

    Hits are as `views_scope.as_hit` gives them, of kind "component".
    """
    sight, words = sight_of(city, scope_in(city, user, None)), text.strip()
    if sight is None or len(words) < 2:
        return []
    if words.isascii() and words.isdigit():
        rows = _by_code(sight, words, limit)
        named = [(row, kind_name(int(sight.columns.kind[row]))) for row in rows]
    else:
        named = aside(lambda: _by_name(sight, words, limit))
    found = [(_row(city, sight.columns, int(row)), name) for row, name in named]
    return [as_hit(city, "component", r["id"], name, SimpleNamespace(**r)) for r, name in found]


def _by_code(sight: Sight, digits: str, limit: int) -> Rows:
    if len(digits) == 16 and (number := mark(digits)):
        digits = str(number)
    if not 6 <= len(digits) <= 17:
        return np.empty(0, np.int64)
    rest = 10 ** (17 - len(digits))
    rows = sight.columns.rows_from(int(digits) * rest, (int(digits) + 1) * rest, MOST)
    return sight.chosen(rows, ())[:limit]


def _by_name(sight: Sight, words: str, limit: int) -> list[tuple[int, str]]:
    """Rows whose own name holds the words, shortest first; the name of a kind is no own name."""
    from pyarrow import array, compute

    names = sight.edition.column("name")
    common = compute.is_in(names, array(list(kinds().values())))
    own = compute.and_not(compute.match_substring(names, words), common)
    rows = sight.chosen(np.flatnonzero(own.to_numpy(zero_copy_only=False))[:MOST], ())
    said = [(int(row), str(names[int(row)])) for row in rows]
    return sorted(said, key=lambda r: (not r[1].startswith(words), len(r[1]), r[1]))[:limit]


def _row(city: City, ground: Columns, row: int) -> dict[str, Any]:
    """One component as lists show it."""
    kind, state = int(ground.kind[row]), int(ground.state[row])
    return {
        "type": "component",
        "id": str(int(ground.code[row])),
        "name": kind_name(kind),
        "what": kind_name(kind),
        "kind": f"{kind:05d}",
        "state": STATES[state],
        "area": city.areas.grids[int(ground.area[row])].code,
        "lon": int(ground.lon[row]) / SCALE,
        "lat": int(ground.lat[row]) / SCALE,
    }


def _polygon(polygon: Any) -> Any:
    if isinstance(polygon, shapely.geometry.base.BaseGeometry):
        return polygon
    try:
        shape = shapely.make_valid(shapely.Polygon(polygon))
    except (ValueError, TypeError, shapely.errors.GEOSException) as why:
        raise Invalid("圈选范围不正确。", fields={"polygon": "请至少给出三个点"}) from why
    return shape
