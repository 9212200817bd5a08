"""Holds imported boundaries against a tree: where they belong, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import shapely

from geodata import codes, fitting, tiling
from geodata.area import Area, AreaLevel
from geodata.areas import AreaTree
from geodata.fitting import Fitted
from geodata.importing import Drawn, Finding
from geodata.imports import Border

WELL_INSIDE = 0.98  # default: share of an area in its parent; borders drawn twice never meet
MOSTLY = 0.5  # less of it in its parent: it is another's child
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


def review(tree: AreaTree, drawn: Sequence[Drawn], level: AreaLevel) -> Reviewed:
    """Find each area's parent by its code and look at the fit; the tree is not changed."""
    findings: list[Finding] = []
    families: dict[str, list[Drawn]] = {}
    for one in drawn:
        parent = parent_of(tree, one.code, level)
        if parent is None:
            why = f"no {ABOVE[level].value} of this city has its code"
            findings.append(Finding("parent", one.code, why, fault=True))
        elif parent.schematic:
            why = f"{parent.code} {parent.name} is generated (示意): import its level first"
            findings.append(Finding("parent", one.code, why, fault=True))
        else:
            families.setdefault(parent.code, []).append(one)
    borders = [_border(one, level, code) for code, each in families.items() for one in each]
    for code, each in sorted(families.items()):
        findings += _fit(tree, tree.area(code), each, level)
    return Reviewed(borders, findings)


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


def _fit(tree: AreaTree, parent: Area, each: list[Drawn], level: AreaLevel) -> Iterator[Finding]:
    if level is AreaLevel.DISTRICT:  # districts are taken as they are drawn
        _, overlaps = fitting.apart([one.polygon for one in each])
        yield from _overlaps(overlaps, each)
    else:
        fitted = fitting.fit(parent.polygon, [one.polygon for one in each])
        yield from _insides(tree, parent, each, fitted)
        yield from _overlaps(fitted.overlaps, each)
        yield from _gaps(parent, fitted)
    yield from _names(tree, parent, each)


def _insides(tree: AreaTree, parent: Area, each: list[Drawn], fitted: Fitted) -> Iterator[Finding]:
    for one, share in zip(each, fitted.inside, strict=True):
        if share >= WELL_INSIDE:
            continue
        if share >= MOSTLY:
            yield Finding("outside", one.code, f"{1 - share:.1%} lies outside {parent.name}, cut")
            continue
        middle = shapely.point_on_surface(one.polygon)
        other = tree.locate_one(middle.x, middle.y)[: len(parent.code)]
        where = f"in {other} {tree.name(other)}" if other else "outside the city"
        why = f"{share:.0%} of it in {parent.code} {parent.name}, most of it {where}"
        yield Finding("parent", one.code, why, fault=True)


def _overlaps(overlaps: list[fitting.Overlap], each: list[Drawn]) -> Iterator[Finding]:
    for first, second, km2 in overlaps:
        why = f"{km2:.4f} km² also in {each[first].code}, which keeps it"
        yield Finding("overlap", each[second].code, why)


def _gaps(parent: Area, fitted: Fitted) -> Iterator[Finding]:
    if fitted.gaps:
        why = f"{len(fitted.gaps)} slivers, {sum(fitted.gaps):.4f} km², given to neighbours"
        yield Finding("gap", parent.code, why)
    if not fitted.rest.is_empty:
        km2 = sum(tiling.area_km2(part) for part in shapely.get_parts(fitted.rest))
        share = fitted.rest.area / parent.polygon.area
        yield Finding("rest", parent.code, f"{km2:.2f} km² ({share:.0%}) belong to no area, 示意")


def _names(tree: AreaTree, parent: Area, each: list[Drawn]) -> Iterator[Finding]:
    """Official areas of today that the file does not have."""
    here = {one.code for one in each}
    for child in tree.children(parent.code):
        generated = child.code[-3:].startswith(codes.GENERATED) or child.level is AreaLevel.GRID
        if child.code not in here and not generated:
            yield Finding("missing", child.code, f"{child.name} is not in the file and goes")
