"""Which areas a warning covers: official codes, names and shapes → the coarsest areas of ours.

Only the home of the tree counts: what lies elsewhere covers nothing here. Nothing finer than a
street is told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import cos, radians

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.area import Area, AreaLevel
from geodata.areas import AreaTree

WHOLE = 0.98  # of an area: what is drawn by hand never meets a border exactly
SLIVER = 0.01  # of an area: less is a border drawn otherwise than ours
MOST_M = 2_000_000.0  # radius of a circle: more is the whole country
DEGREE_M = 111_320.0
PIECES = 64
# a ring that crosses itself costs the square of its points: 100 take 0.02 s, 400 take 0.8 s,
# 19,000 took minutes and 2.5 GB
TANGLED = 100
DRAWN = 1_000  # points of such a ring that are made fewer; of more the hull is taken
COARSE = (0.0005, 0.005)  # degrees: 50 m, 500 m

# GB/T 2260: the first two digits of a code → the province
PROVINCES = {
    **{"11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区"},
    **{"21": "辽宁省", "22": "吉林省", "23": "黑龙江省", "31": "上海市", "32": "江苏省"},
    **{"33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省"},
    **{"41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省"},
    **{"45": "广西壮族自治区", "46": "海南省", "50": "重庆市", "51": "四川省", "52": "贵州省"},
    **{"53": "云南省", "54": "西藏自治区", "61": "陕西省", "62": "甘肃省", "63": "青海省"},
    **{"64": "宁夏回族自治区", "65": "新疆维吾尔自治区", "71": "台湾省"},
    **{"81": "香港特别行政区", "82": "澳门特别行政区"},
}
NATION = ("中国", "中华人民共和国", "全国")
_ENDING = re.compile(r"(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市|区|县)$")


def by_code(tree: AreaTree, code: str) -> list[Area]:
    """The areas under a 行政区划 code of 2 to 14 digits, with or without zeros at its end."""
    scope = _scope(code)
    home = tree.home
    if home.scope.startswith(scope):
        return [home]
    if not scope.startswith(home.scope):
        return []
    for digits in (9, 6):
        if len(scope) >= digits and scope[:digits] in tree:
            return [tree.area(scope[:digits])]
    return [home]


def _scope(code: str) -> str:
    """The prefix that a code stands for: 320400000000 → "3204", 100000 → "" (the whole country)."""
    steps = [code[:2], code[2:4], code[4:6], code[6:9]]
    while steps and not steps[-1].strip("0"):
        steps.pop()
    found = "".join(steps)
    return "" if found == "10" else found


def by_names(tree: AreaTree, names: Sequence[str]) -> list[Area]:
    """The areas under a row of names, widest first ("江苏省", "常州市", "钟楼区").

    The narrowest name decides; the wider ones must not speak against it.
    """
    said = [name.strip() for name in names if name.strip()]
    home = tree.path(tree.home.code)
    province = PROVINCES.get(tree.city.code[:2], "")
    path = [(province, tree.home)] if province else []
    path += [(step.official or step.name, tree.home) for step in home]
    for area in _below(tree, tree.home):
        path.append((area.official or area.name, area))
    if not said:
        return []
    if said[-1] in NATION:
        return [tree.home]
    found = [area for name, area in path if _same(name, said[-1])]
    wider = [name for name, _ in path[: len(home) + 1]]
    if not found or not all(any(_same(w, one) for w in wider) for one in said[:-1]):
        return []
    return found[:1]


def _below(tree: AreaTree, area: Area) -> Iterable[Area]:
    """The districts and streets under an area."""
    for child in tree.children(area.code) if area.level is not AreaLevel.STREET else ():
        yield child
        yield from _below(tree, child)


def _same(ours: str, said: str) -> bool:
    return ours == said or _ENDING.sub("", ours) == said and len(said) > 1


def by_shape(tree: AreaTree, shape: BaseGeometry) -> list[Area]:
    """The coarsest areas of the home that a WGS-84 shape covers; a street counts when touched."""
    if not shapely.intersects(shape, tree.home.polygon):
        return []
    return _covered(tree, tree.home, shape)


def _covered(tree: AreaTree, area: Area, shape: BaseGeometry) -> list[Area]:
    part = float(shapely.area(shapely.intersection(area.polygon, shape)))
    if part >= WHOLE * float(area.polygon.area):
        return [area]
    if not shapely.intersects(area.polygon, shape):
        return []
    children = () if area.level is AreaLevel.STREET else tree.children(area.code)
    if not children:
        least = min(SLIVER * float(area.polygon.area), 0.1 * float(shape.area))
        return [area] if part >= least else []
    found = [each for child in children for each in _covered(tree, child, shape)]
    return [area] if found == list(children) else found


def coarsest(tree: AreaTree, areas: Iterable[Area]) -> list[Area]:
    """The same without areas that lie in others of them, and with whole families as their parent.

    In code order.
    """
    found = {area.code: area for area in areas}
    for parent in _parents(tree):
        children = tree.children(parent.code)
        if children and all(child.code in found for child in children):
            found[parent.code] = parent
    kept = [area for area in found.values() if not _lies_in(area, found.values())]
    return sorted(kept, key=lambda area: area.code)


def _parents(tree: AreaTree) -> list[Area]:
    """Districts before the city, so that families can grow."""
    if tree.home.level is AreaLevel.CITY:
        return [*tree.children(tree.home.code), tree.home]
    return [tree.home] if tree.home.level is AreaLevel.DISTRICT else []


def _lies_in(area: Area, others: Iterable[Area]) -> bool:
    return any(o.code != area.code and area.code.startswith(o.scope) for o in others)


def ring(points: Sequence[tuple[float, float]]) -> BaseGeometry:
    """A closed ring of (lon, lat) as a valid shape, also when it crosses itself.

    A long one that does is taken coarser, and at worst as its hull: it warns rather too much.
    """
    line = shapely.LineString(np.asarray(points, np.float64))
    shape = _filled(line)
    for step in COARSE:
        if _is_mended_soon(shape) or len(points) > DRAWN:
            break
        # the line, since simplifying a polygon mends it, too
        shape = _filled(shapely.simplify(line, step))
    if shapely.is_empty(shape) or not _is_mended_soon(shape):
        return shapely.convex_hull(line)
    return shapely.make_valid(shape, method="structure")


def _filled(line: BaseGeometry) -> BaseGeometry:
    """The polygon of a closed line; an empty one when nothing but a line was left of it."""
    points = shapely.get_coordinates(line)
    return shapely.Polygon(points if len(points) >= 4 else None)


def _is_mended_soon(shape: BaseGeometry) -> bool:
    return bool(shapely.get_num_coordinates(shape) <= TANGLED or shapely.is_valid(shape))


def circle(lon: float, lat: float, radius_m: float) -> BaseGeometry:
    """A circle on the ground as a shape in degrees; with radius 0 a point."""
    radius = min(radius_m, MOST_M) / DEGREE_M
    if radius <= 0:
        return shapely.Point(lon, lat)
    turn = np.linspace(0, 2 * np.pi, PIECES, endpoint=False)
    x = lon + radius * np.cos(turn) / max(cos(radians(lat)), 0.01)
    return shapely.Polygon(np.column_stack((x, lat + radius * np.sin(turn))))


def label(tree: AreaTree, code: str) -> tuple[float, float]:
    """Where an area's name stands: (lon, lat) inside it."""
    lon, lat = tree.outline(code)["properties"]["label"]
    return float(lon), float(lat)
