"""Area trees of all districts and counties of the country: python -m bench.areas [--quick].

One JSON object at the end: how many of the codes in the outlines have a usable tree, how long they
take, the largest, and the codes that fail with the reason. A tree is usable when every area is
valid, children fill their parent, the ground can be drawn, and places in it find a grid. All of it
takes an hour of one core; --quick takes one city in forty.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from multiprocessing import Pool
from typing import Any, NamedTuple

import numpy as np
import shapely

from geodata import building, sources
from geodata.area import Area, AreaLevel
from geodata.areas import AreaTree

EVERY = 40  # of the cities with --quick
FILLS = 1e-9  # relative: what children may miss of their parent by rounding


class Tried(NamedTuple):
    """One district as the home of its city; `why` is "" when its tree is usable."""

    code: str
    name: str
    areas: int
    seconds: float
    why: str


def main(argv: list[str] | None = None) -> int:
    """Build, check and print; the exit code is 1 when a mainland code has no usable tree."""
    parser = argparse.ArgumentParser(prog="bench.areas")
    parser.add_argument("--quick", action="store_true", help=f"one city in {EVERY}")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--tell", action="store_true", help="a line on stderr for each city")
    args = parser.parse_args(argv)
    features, codes = _codes()
    elsewhere = [code for code in codes if code[:2] in sources.NOT_OURS]
    cities = sorted({sources.city_of(code) for code in codes if code not in elsewhere})
    np.random.default_rng(1).shuffle(cities)  # what is done first is a fair sample
    chosen = cities[::EVERY] if args.quick else cities
    tried: list[Tried] = []
    with Pool(args.processes) as pool:
        for n, found in enumerate(pool.imap_unordered(_city, chosen), start=1):
            tried += found
            if args.tell:
                faults = "".join(f", {one.code}: {one.why}" for one in found if one.why)
                sys.stderr.write(f"{n} of {len(chosen)} cities, {len(tried)} trees{faults}\n")
    print(json.dumps(_summary(tried, features, codes, elsewhere, len(cities)), ensure_ascii=False))
    return 1 if any(one.why for one in tried) else 0


def _codes() -> tuple[int, list[str]]:
    """How many features the outlines have, and the codes among them."""
    features = json.loads(sources.outline_file().read_bytes())["features"]
    said = (str(feature["properties"].get("gb") or "") for feature in features)
    return len(features), sorted(gb[3:] for gb in said if gb)


def _summary(
    tried: list[Tried], features: int, codes: list[str], elsewhere: list[str], cities: int
) -> dict[str, Any]:
    times = sorted(one.seconds for one in tried)
    largest = max(tried, key=lambda one: one.areas)
    slowest = max(tried, key=lambda one: one.seconds)
    return {
        "features": features,
        "without_code": features - len(codes),
        "not_ours": len(elsewhere),
        "cities": cities,
        "tried": len(tried),
        "usable": sum(not one.why for one in tried),
        "median_s": round(times[len(times) // 2], 2),
        "p95_s": round(times[int(len(times) * 0.95)], 2),
        "slowest": slowest._asdict() | {"seconds": round(slowest.seconds, 2)},
        "largest": largest._asdict() | {"seconds": round(largest.seconds, 2)},
        "fail": {one.code: f"{one.name}: {one.why}" for one in tried if one.why},
    }


def _city(city: str) -> list[Tried]:
    """Every district of a city as its home; streets of the others are cut only once."""
    began = time.perf_counter()
    try:
        above = building.build(city)
    except (ValueError, ArithmeticError, shapely.errors.ShapelyError) as why:
        return [Tried(city, "", 0, time.perf_counter() - began, f"{type(why).__name__}: {why}")]
    streets = time.perf_counter() - began
    homes = [area for area in above if area.level is AreaLevel.DISTRICT] or above[:1]
    return [_home(above, home, streets) for home in homes]


def _home(above: list[Area], home: Area, streets: float) -> Tried:
    began = time.perf_counter()
    why, count = "", 0
    try:
        below = building.below(home)
        scope = {area.code for area in below} | {home.code}
        areas = [area for area in above if area.code not in scope or area is home]
        at = areas.index(home) + 1
        whole = areas[:at] + below + areas[at:]
        count = len(whole)
        took = time.perf_counter() - began + streets
        why = next(_faults(AreaTree(whole, home.code)), "")
    except (ValueError, ArithmeticError, shapely.errors.ShapelyError) as odd:
        took, why = time.perf_counter() - began + streets, f"{type(odd).__name__}: {odd}"
    return Tried(home.code, home.name, count, took, why)


def _faults(tree: AreaTree) -> Iterator[str]:
    for area in tree.under(tree.home.code):
        if area.polygon.is_empty or not area.polygon.is_valid:
            yield f"{area.code} is empty or not valid"
        if below := tree.children(area.code):
            whole = sum(child.polygon.area for child in below)
            if abs(whole / area.polygon.area - 1) > FILLS:
                yield f"the children of {area.code} do not fill it: {whole / area.polygon.area}"
            tree.geojson(area.code)
    rng = np.random.default_rng(1)
    spots = [tree.point_in(tree.home.code, rng) for _ in range(50)]
    found = tree.locate(*zip(*spots, strict=True))
    if any(len(code) != 15 for code in found):
        yield f"places in it find {sorted(set(map(len, found)))} digits"


if __name__ == "__main__":
    sys.exit(main())
