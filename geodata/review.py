"""Holds imported boundaries against a tree: where they belong, and what does not fit."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geodata import codes, fitting, shifts, tiling
from geodata.area import Area, AreaLevel
from geodata.areas import AreaTree
from geodata.fitting import Fitted
from geodata.importing import Drawn, Finding
from geodata.imports import Border

WELL_INSIDE = 0.98  # default: share of an area in its parent; borders drawn twice never meet
MOSTLY = 0.5  # less of it in its parent: it is another's child
LESS_OUTSIDE = 0.5  # default: so much less sticks out when another system was meant
ENOUGH = 0.5  # default: of the listed children; fewer make no outline of their parent
ABOVE = {
    AreaLevel.DISTRICT: AreaLevel.CITY,
    AreaLevel.STREET: AreaLevel.DISTRICT,
    AreaLevel.COMMUNITY: AreaLevel.STREET,
    AreaLevel.GRID: AreaLevel.COMMUNITY,
}


class Reviewed(NamedTuple):
    """The borders with their parents, and everything that was found."""

    borders: list[Border]
    findings: list[Finding]


def review(
    tree: AreaTree, drawn: Sequence[Drawn], level: AreaLevel, *, beside_tree: bool = False
) -> Reviewed:
    """Find each area's parent by its code and look at the fit; the tree is not changed.

    A generated parent takes the outline of its imported children, inside the nearest area that is
    real. `beside_tree` is for unit grids: no area follows them, so a generated parent is a fault.
    """
    families: dict[str, list[Drawn]] = {}
    findings: list[Finding] = []
    for one in drawn:
        parent = parent_of(tree, one.code, level)
        if parent is None:
            why = f"no {ABOVE[level].value} of this city has its code"
            findings.append(Finding("parent", one.code, why, fault=True))
        else:
            families.setdefault(parent.code, []).append(one)
    grounds: dict[str, list[str]] = {}
    for code in sorted(families):
        ground = (
            None if beside_tree and _follows(tree.area(code)) else _ground(tree, code, families)
        )
        if ground:
            grounds.setdefault(ground.code, []).append(code)
        else:
            findings += _homeless(tree.area(code), families.pop(code), beside_tree)
    for code, parents in sorted(grounds.items()):
        findings += _fits(tree, tree.area(code), {each: families[each] for each in parents}, level)
    borders = [_border(one, level, code) for code, each in families.items() for one in each]
    return Reviewed(borders, findings)


def _follows(area: Area) -> bool:
    """Whether an area would take the outline of imported children."""
    return area.schematic or area.from_below


def _ground(tree: AreaTree, code: str, families: Container[str]) -> Area | None:
    """The real area that the children of a parent are fitted into: itself, or one above it.

    None where a generated area lies between that the file does not fill: its border would cut
    real ones.
    """
    area = tree.area(code)
    if not _follows(area):
        return area
    above = tree.area(area.parent)
    if not _follows(above) or all(child.code in families for child in tree.children(above.code)):
        return _ground(tree, above.code, {above.code})
    return None


def _homeless(parent: Area, each: list[Drawn], beside_tree: bool) -> Iterator[Finding]:
    wanted = "its level" if beside_tree else "the level above it, or all below that,"
    why = f"{parent.code} {parent.name} is generated (示意): import {wanted} first"
    for one in each:
        yield Finding("parent", one.code, why, fault=True)


def parent_of(tree: AreaTree, code: str, level: AreaLevel) -> Area | None:
    """The area that a code stands under by its digits; None when the city has none."""
    if not code.startswith(tree.city.scope):
        return None
    if level is AreaLevel.DISTRICT:
        return tree.city
    stem = code[: codes.LENGTHS[level] - 3]
    if stem in tree:
        return tree.area(stem)
    below = tree.children(tree.city.code)
    whole = not below or below[0].level is AreaLevel.STREET
    return tree.city if whole and level is AreaLevel.STREET else None


def _border(one: Drawn, level: AreaLevel, parent: str) -> Border:
    return Border(one.code, one.name, level, parent, one.polygon.wkb)


def _fits(
    tree: AreaTree, ground: Area, families: dict[str, list[Drawn]], level: AreaLevel
) -> Iterator[Finding]:
    """What is odd with the children of some parents on one real ground."""
    each = sorted((one for family in families.values() for one in family), key=lambda one: one.code)
    if level is AreaLevel.DISTRICT:
        yield from _districts(tree, each)
    else:
        fitted = fitting.fit(ground.polygon, [one.polygon for one in each])
        yield from _insides(tree, ground, each, fitted)
        yield from _shifted(ground, each)
        yield from _overlaps(fitted.overlaps, each)
        yield from _gaps(ground, fitted, whole=ground.code in families)
    for code, family in families.items():
        if code != ground.code:
            yield _outline(tree, tree.area(code), family)
        yield from _names(tree, tree.area(code), family)


def _districts(tree: AreaTree, each: list[Drawn]) -> Iterator[Finding]:
    """Districts are taken as they are drawn; slits between them are closed."""
    cells, overlaps = fitting.apart([one.polygon for one in each])
    yield from _overlaps(overlaps, each)
    sealed = fitting.sealed(cells)
    city = tree.city
    if sealed.slits:
        why = f"{len(sealed.slits)} slits, {sum(sealed.slits):.4f} km², given to neighbours"
        yield Finding("gap", city.code, why)
    for hole in sealed.holes:
        middle = hole.representative_point()
        where = f"{middle.x:.5f},{middle.y:.5f}"
        yield Finding(
            "gap", city.code, f"{tiling.area_km2(hole):.4f} km² in no district at {where}"
        )
    left = shapely.difference(city.polygon, shapely.union_all(sealed.cells))
    share = left.area / city.polygon.area
    if share > fitting.SLIVER:
        why = f"{tiling.area_km2(left):.2f} km² ({share:.0%}) of the city until now is in none"
        yield Finding("rest", city.code, why)


def _outline(tree: AreaTree, parent: Area, each: list[Drawn]) -> Finding:
    """A generated area that follows its children: whether these lie together, and are enough."""
    listed = {child.code for child in tree.children(parent.code) if not _is_made_up(child)}
    there = len(listed & {one.code for one in each})
    if there < ENOUGH * len(listed):
        why = f"only {there} of the {len(listed)} areas of {parent.name} (示意): no outline of it"
        return Finding("outline", parent.code, why, fault=True)
    pieces = shapely.get_num_geometries(shapely.union_all([one.polygon for one in each]))
    apart = f", in {pieces} pieces" if pieces > 1 else ""
    why = f"{parent.name} takes the outline of its {len(each)} areas{apart}"
    return Finding("outline", parent.code, why)


def _insides(tree: AreaTree, parent: Area, each: list[Drawn], fitted: Fitted) -> Iterator[Finding]:
    for one, share in zip(each, fitted.inside, strict=True):
        if share >= WELL_INSIDE:
            continue
        if share >= MOSTLY:
            yield Finding("outside", one.code, f"{1 - share:.1%} lies outside {parent.name}, cut")
            continue
        middle = shapely.point_on_surface(shapely.difference(one.polygon, parent.polygon))
        other = tree.locate_one(middle.x, middle.y)[: len(parent.code)]
        where = f"in {other} {tree.name(other)}" if other else "outside the city"
        why = f"{share:.0%} of it in {parent.code} {parent.name}, the rest {where}"
        yield Finding("parent", one.code, why, fault=True)


def _shifted(ground: Area, each: list[Drawn]) -> Iterator[Finding]:
    """What sticks out may do so because the file has other coordinates than was said."""
    drawn = shapely.union_all([one.polygon for one in each])
    share = _inside(drawn, ground)
    if share >= WELL_INSIDE:
        return
    mended = {name: _inside(shifts.mended(drawn, name), ground) for name in shifts.MENDED}
    name = max(mended, key=lambda each: mended[each])
    if 1 - mended[name] <= (1 - share) * LESS_OUTSIDE:
        why = f"{share:.1%} lies inside {ground.name}; {mended[name]:.1%} would, were they {name}"
        yield Finding("shifted", ground.code, f"{why}: another --crs?")


def _inside(shape: BaseGeometry, area: Area) -> float:
    return float(shapely.intersection(shape, area.polygon).area / shape.area)


def _overlaps(overlaps: list[fitting.Overlap], each: list[Drawn]) -> Iterator[Finding]:
    for first, second, km2 in overlaps:
        why = f"{km2:.4f} km² also in {each[first].code}, which keeps it"
        yield Finding("overlap", each[second].code, why)


def _gaps(parent: Area, fitted: Fitted, *, whole: bool) -> Iterator[Finding]:
    """Slivers, and the rest where the file should fill its parent `whole`."""
    if fitted.gaps:
        why = f"{len(fitted.gaps)} slivers, {sum(fitted.gaps):.4f} km², given to neighbours"
        yield Finding("gap", parent.code, why)
    if whole and not fitted.rest.is_empty:
        km2 = sum(tiling.area_km2(part) for part in shapely.get_parts(fitted.rest))
        share = fitted.rest.area / parent.polygon.area
        yield Finding("rest", parent.code, f"{km2:.2f} km² ({share:.0%}) belong to no area, 示意")


def _names(tree: AreaTree, parent: Area, each: list[Drawn]) -> Iterator[Finding]:
    """Official areas of today that the file does not have."""
    here = {one.code for one in each}
    for child in tree.children(parent.code):
        if child.code not in here and not _is_made_up(child):
            yield Finding("missing", child.code, f"{child.name} is not in the file and goes")


def _is_made_up(area: Area) -> bool:
    """Whether the code itself is ours: no official list has it."""
    return area.code[-3:].startswith(codes.GENERATED) or area.level is AreaLevel.GRID
