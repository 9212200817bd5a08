"""The names that places go by: areas with what citizens make of their official names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import cos, hypot, pi, radians, sqrt

from shapely.geometry.base import BaseGeometry

from geodata.areas import Area, AreaLevel, AreaTree
from geodata.gazetteer_text import normal

METRES_PER_DEGREE = 111_320  # of latitude; of longitude times the cosine of the latitude


class PlaceKind(StrEnum):
    """What a named place is; areas, then what lies in them."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    ROAD = "road"
    ESTATE = "estate"
    POI = "poi"
    CROSSING = "crossing"
    BUILDING = "building"
    ADDRESS = "address"
    COMPONENT = "component"
    DEVICE = "device"


AREAS = frozenset({PlaceKind.CITY, PlaceKind.DISTRICT, PlaceKind.STREET, PlaceKind.COMMUNITY})
# how far from its point a thing of a kind may reach, metres; default
WITHIN_M = {
    PlaceKind.ROAD: 800.0,
    PlaceKind.ESTATE: 250.0,
    PlaceKind.POI: 80.0,
    PlaceKind.CROSSING: 40.0,
    PlaceKind.BUILDING: 30.0,
    PlaceKind.ADDRESS: 30.0,
    PlaceKind.COMPONENT: 5.0,
    PlaceKind.DEVICE: 20.0,
}


@dataclass(frozen=True)
class Place:
    """Something with a name and a WGS-84 place; `area` is its code or the area it lies in.

    `spoken` are its other names with how sure each means it (0..1); `line` is the course of a road;
    `drawn` says that the point comes from a generated border (示意).
    """

    name: str
    kind: PlaceKind
    lon: float
    lat: float
    area: str
    within_m: float
    code: str = ""
    spoken: Mapping[str, float] = field(default_factory=dict, compare=False)
    line: BaseGeometry | None = field(default=None, compare=False, repr=False)
    drawn: bool = False


_NUMBERED = re.compile(r"^(.+?)(新村)?第?(\d+)(村)?$")
_KEPT = {AreaLevel.DISTRICT: 0.55, AreaLevel.STREET: 0.55, AreaLevel.COMMUNITY: 0.85}
_SUFFIX = re.compile("(?:街道|社区|新区|工业园管理区|[镇区县市乡村])$")
_VILLAGE, _TOWN = 0.95, 0.85
_ZONE = re.compile("(?:经济|高新|科技|工业).{0,4}(?:区|园)$")  # every district has one
_ROADLIKE = re.compile("[路街巷]$")
SHORT = 2  # characters of a name that is hardly one without 社区 or 街道 behind it


def of_areas(tree: AreaTree) -> Iterator[Place]:
    """Every area above the grids that has a name of its own, widest first."""
    row: tuple[Area, ...] = (tree.city,)
    while row:
        for area in row:
            yield _of_area(area)
        below = (child for area in row for child in tree.children(area.code))
        row = tuple(child for child in below if child.level is not AreaLevel.GRID)


def _of_area(area: Area) -> Place:
    point = area.polygon.representative_point()
    return Place(
        name=area.name,
        kind=PlaceKind(area.level.value),
        lon=point.x,
        lat=point.y,
        area=area.code,
        within_m=reach(area.polygon),
        code=area.code,
        spoken=names_of(area),
        drawn=area.schematic,
    )


def reach(shape: BaseGeometry) -> float:
    """The radius of the circle of the same area, or half the length of a line, in metres."""
    squeeze = cos(radians(shape.centroid.y))
    if shape.area == 0:
        return float(shape.length) / 2 * METRES_PER_DEGREE * (1 + squeeze) / 2
    return sqrt(float(shape.area) * squeeze / pi) * METRES_PER_DEGREE


def apart_m(one: Place, other: Place) -> float:
    """Metres between the points of two places of a city."""
    east = (one.lon - other.lon) * cos(radians(one.lat))
    return hypot(east, one.lat - other.lat) * METRES_PER_DEGREE


def names_of(area: Area) -> dict[str, float]:
    """The forms in which an area's name is said, and how sure each form means this area."""
    name = normal(area.name)
    if area.level is AreaLevel.CITY:
        return {name: 1.0}
    forms = {name: 0.5 if _ZONE.match(name) else 0.9 if name.endswith("村") else 1.0}
    core = _SUFFIX.sub("", name)
    kept = _KEPT[area.level]
    if area.level is AreaLevel.COMMUNITY:
        forms |= _of_community(area, name, core)
        forms |= {normal(said): 0.95 for said in _remarks(area.official)}
    if core == name or len(core) < SHORT:
        return forms
    if name.endswith("镇"):
        kept = _TOWN
    if len(core) <= SHORT:
        kept = min(kept, 0.6)
    elif _ROADLIKE.search(core):
        kept = 0.3  # 星港路 is a road before it is the community called after it
    forms.setdefault(core, kept)
    return forms


def _remarks(official: str) -> list[str]:
    """含邹区村村委 in brackets: a village that has become part of a community."""
    return [found.removesuffix("委") for found in re.findall(r"含(.+?村)村?委", official)]


def _of_community(area: Area, name: str, core: str) -> dict[str, float]:
    forms: dict[str, float] = {}
    if name.endswith("村") and "村委" in area.official:
        forms = {f"{name}村委": 1.0, f"{name}委": 1.0, f"{name}村民委员会": 1.0}
    elif not name.endswith("村"):
        forms = {f"{core}居委": 0.95}
        if len(core) <= SHORT and not core.endswith("村"):
            forms[f"{core}村"] = 0.7
    numbered = _NUMBERED.match(core)
    if numbered is None:
        return forms
    stem, _, digit, _ = numbered.groups()
    said = (f"{stem}新村{digit}", f"{stem}新村{digit}村", f"{stem}新村{digit}社区")
    forms |= dict.fromkeys((*said, f"{stem}{digit}社区", f"{stem}第{digit}社区"), 0.95)
    forms |= dict.fromkeys((f"{stem}{digit}村", f"{stem}新村第{digit}村"), _VILLAGE)
    # without its number it can be any of its sisters: as many candidates as there are
    return forms | {f"{stem}新村": 0.9, stem: 0.5}
