"""A city's own place-name file: CSV or GeoJSON with roads, estates, buildings and other names.

CSV has the columns name, kind, lon, lat and crs, and may have alias (several by "|"), code and
within_m. GeoJSON has name, kind, alias, code and within_m as properties; its places are WGS-84
after RFC 7946, unless a member "crs" of the file says "gcj02" or "bd09".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geodata import csv_rows
from geodata.areas import AreaTree
from geodata.coordinates import Crs, to_wgs84
from geodata.gazetteer_names import AREAS, WITHIN_M, Place, PlaceKind, reach
from geodata.gazetteer_text import normal

KINDS = frozenset(PlaceKind) - AREAS - {PlaceKind.DEVICE}
COLUMNS = ("name", "kind", "lon", "lat", "crs")
ALIAS_SURE = 0.9  # default
FAULTS = 20  # that many are told; a wrong file has them all over


class BadPlaces(Exception):
    """A place-name file that cannot be used; `faults` has a sentence for each wrong row."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Row:
    """One line of the file: a shape in WGS-84 and what is said of it."""

    said: Mapping[str, Any]
    form: BaseGeometry


def read_places(path: Path, tree: AreaTree) -> tuple[Place, ...]:
    """The places of the file that lie in the city; raises BadPlaces with all faults at once."""
    rows = read_rows(path)
    points = [row.form.representative_point() for row in rows]
    areas = tree.locate([p.x for p in points], [p.y for p in points]) if points else []
    found = zip(rows, points, areas, strict=True)
    return tuple(_place(row, p, _area(tree, row, area)) for row, p, area in found if area)


def read_rows(path: Path) -> list[Row]:
    """The rows of the file, of any city; raises BadPlaces with all faults at once."""
    faults, rows = list[str](), list[Row]()
    for where, line in _lines(path):
        try:
            rows.append(line())
        except (ValueError, TypeError, KeyError, AttributeError, ShapelyError) as why:
            faults.append(f"{path}: {where}: {why}")
            if len(faults) == FAULTS:
                faults.append(f"{path}: and perhaps more")
                break
    if faults:
        raise BadPlaces(faults)
    return rows


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    """Where each row stands, and how to read it."""
    try:
        text = _text(path.read_bytes())
        rows = _features(text) if path.suffix.lower() in (".json", ".geojson") else _table(text)
    except (OSError, ValueError, RecursionError) as why:
        raise BadPlaces([f"{path}: {why}"]) from why
    return iter(rows)


def _text(raw: bytes) -> str:
    """UTF-8, else GBK: that is what a Chinese Excel saves as CSV."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _table(text: str) -> list[tuple[str, Any]]:
    heads, rows = csv_rows.read(text)
    missing = [column for column in COLUMNS if column not in heads]
    if missing:
        raise ValueError(f"columns are missing: {', '.join(missing)}")
    return [(f"row {n}", lambda row=row: Row(_said(row), _point(row))) for n, row in rows]


def _features(text: str) -> list[tuple[str, Any]]:
    held = json.loads(text)
    if not isinstance(held, dict) or not isinstance(held.get("features"), list):
        raise ValueError("a FeatureCollection is expected")
    crs = Crs(held.get("crs", "wgs84"))
    return [
        (f"feature {n}", lambda one=one: Row(_said(one["properties"]), _shape(one, crs)))
        for n, one in enumerate(held["features"], 1)
    ]


def _said(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if len(normal(str(row.get("name") or ""))) < 2:
        raise ValueError("name: two characters or more are expected")
    if row.get("kind") not in KINDS:
        raise ValueError(f"kind {row.get('kind')!r}: one of {', '.join(sorted(KINDS))} is expected")
    if row.get("within_m") and not 0 < float(row["within_m"]) < 1e5:
        raise ValueError("within_m: metres are expected")
    return row


def _point(row: Mapping[str, Any]) -> BaseGeometry:
    lon, lat = float(row["lon"]), float(row["lat"])
    x, y = to_wgs84(lon, lat, row["crs"])
    return _on_earth(shapely.Point(float(x), float(y)))


def _shape(feature: Mapping[str, Any], crs: Crs) -> BaseGeometry:
    form = shapely.make_valid(shapely.force_2d(shape(feature["geometry"])))
    return _on_earth(
        shapely.transform(form, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], crs)))
    )


def _on_earth(form: BaseGeometry) -> BaseGeometry:
    west, south, east, north = form.bounds
    if not (isfinite(west + south + east + north) and -180 <= west <= east <= 180):
        raise ValueError("lon and lat are degrees; this is no place on earth")
    if not -90 <= south <= north <= 90:
        raise ValueError("lat is beyond 90 degrees: lon and lat may be swapped")
    return form


def _area(tree: AreaTree, row: Row, area: str) -> str:
    """The finest area that holds the whole shape: a road through a street lies in the street."""
    if not area or row.form.geom_type == "Point":
        return area
    corners = shapely.get_coordinates(row.form)
    codes = set(tree.locate(corners[:, 0], corners[:, 1])) | {area}
    held = [step for step in tree.path(area) if all(c.startswith(step.scope) for c in codes)]
    return held[-1].code if held else tree.city.code


def _place(row: Row, point: Any, area: str) -> Place:
    said, kind = row.said, PlaceKind(row.said["kind"])
    aliases = [normal(a) for a in str(said.get("alias") or "").split("|") if a.strip()]
    spoken = dict.fromkeys(aliases, ALIAS_SURE) | {normal(said["name"]): 1.0}
    point_like = row.form.geom_type == "Point"
    return Place(
        name=said["name"],
        kind=kind,
        lon=float(point.x),
        lat=float(point.y),
        area=area,
        within_m=float(said.get("within_m") or (WITHIN_M[kind] if point_like else reach(row.form))),
        code=str(said.get("code") or ""),
        spoken=spoken | ({said["code"].lower(): 1.0} if said.get("code") else {}),
        line=row.form if "Line" in row.form.geom_type else None,
    )
