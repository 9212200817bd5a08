"""Along roads: where two of them cross, and about where a house number stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import shapely

from geodata.areas import AreaTree
from geodata.gazetteer_names import METRES_PER_DEGREE, WITHIN_M, Place, PlaceKind

if TYPE_CHECKING:
    from geodata.gazetteer_scan import Names

MEET_M = 60.0  # roads whose courses come so near cross (dual carriageways are drawn twice); default
NEAREST = 40  # house numbers further away say nothing; default
PER_NUMBER_M = 8.0  # metres of road per house number; default
GUESSED = "guessed"  # the code of an address that stands for its neighbour


def crossing(places: Sequence[Place], tree: AreaTree) -> Place | None:
    """The point where two of the named roads come nearest, None when none of them meet."""
    roads = list(dict.fromkeys(place for place in places if place.line is not None))
    for one, other in combinations(roads, 2):
        gap: Any = shapely.shortest_line(one.line, other.line)
        if one.name == other.name or gap.length * METRES_PER_DEGREE > MEET_M:
            continue
        (west, south), (east, north) = gap.coords
        lon, lat = (west + east) / 2, (south + north) / 2
        return Place(
            name=f"{one.name}与{other.name}交叉口",
            kind=PlaceKind.CROSSING,
            lon=lon,
            lat=lat,
            area=tree.locate_one(lon, lat),
            within_m=WITHIN_M[PlaceKind.CROSSING],
        )
    return None


def of_number(names: Names, road: str, number: int) -> Place | None:
    """The known address nearest to a house number on its own side of the road.

    The place is marked as guessed and the wider the further the known number is.
    """
    if names.named(f"{road}{number}号"):
        return None  # found by itself
    for away in range(2, NEAREST + 1, 2):
        for known in (number - away, number + away):
            for place, _ in names.named(f"{road}{known}号") if known > 0 else ():
                return replace(place, code=GUESSED, within_m=place.within_m + away * PER_NUMBER_M)
    return None
