"""Holds functional zones against a tree: whether they lie in the city, and over one another."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from geodata import tiling
from geodata.areas import AreaTree
from geodata.fitting import NOISE_KM2
from geodata.importing import Drawn, Finding
from geodata.review import MOSTLY, WELL_INSIDE


def review(tree: AreaTree, drawn: Sequence[Drawn]) -> tuple[list[Drawn], list[Finding]]:
    """The zones that lie in the city, and what is odd; a zone of another city is a fault."""
    fits: list[Drawn] = []
    findings: list[Finding] = []
    for one in drawn:
        inside = shapely.intersection(one.polygon, tree.city.polygon).area / one.polygon.area
        if one.code in tree:
            why = f"is the code of {tree.name(one.code)}: a zone has one of its own"
            findings.append(Finding("code", one.code, why, fault=True))
        elif inside < MOSTLY:
            why = f"{inside:.0%} of it in {tree.city.name}"
            findings.append(Finding("parent", one.code, why, fault=True))
        else:
            fits.append(one)
            if inside < WELL_INSIDE:
                why = f"{1 - inside:.1%} lies outside {tree.city.name}"
                findings.append(Finding("outside", one.code, why))
    return fits, [*findings, *_overlaps(fits)]


def _overlaps(zones: Sequence[Drawn]) -> list[Finding]:
    """Zones may lie over one another, but it is rarely meant."""
    found = []
    for i, one in enumerate(zones):
        for other in zones[:i]:
            common = shapely.intersection(one.polygon, other.polygon)
            if common.area and (km2 := tiling.area_km2(common)) > NOISE_KM2:
                found.append(Finding("overlap", one.code, f"{km2:.3f} km² also in {other.code}"))
    return found
