"""Coordinates by the million, and trees of cities: python -m bench.geodata [--quick].

One JSON object at the end: seconds per million points there and back, the worst round trip in
millimetres, and what the trees of some cities cost.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from geodata import coordinates
from geodata.areas import open_areas

POINTS = 1_000_000
PAIRS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "gcj02": (coordinates.wgs84_to_gcj02, coordinates.gcj02_to_wgs84),
    "bd09": (coordinates.wgs84_to_bd09, coordinates.bd09_to_wgs84),
}
CITIES = ("320404", "110105", "500112", "441900", "429004", "652824")
DEGREE_MM = 111_320_000.0


def main(argv: list[str] | None = None) -> int:
    """Measure and print; the exit code is 0."""
    parser = argparse.ArgumentParser(prog="bench.geodata")
    parser.add_argument("--quick", action="store_true", help="two cities only")
    args = parser.parse_args(argv)
    found = {
        "points": POINTS,
        "coordinates": {name: _round_trip(*pair) for name, pair in PAIRS.items()},
        "trees": {code: _tree(code) for code in (CITIES[:2] if args.quick else CITIES)},
    }
    print(json.dumps(found, ensure_ascii=False))
    return 0


def _round_trip(there: Callable[..., Any], back: Callable[..., Any]) -> dict[str, float]:
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(74, 134, POINTS), rng.uniform(18, 53, POINTS)
    began, worked = time.perf_counter(), time.process_time()
    shifted = there(lon, lat)
    middle, half = time.perf_counter(), time.process_time()
    again = back(*shifted)
    end, done = time.perf_counter(), time.process_time()
    off = np.hypot((again[0] - lon) * np.cos(np.radians(lat)), again[1] - lat)
    return {
        "there_s": round(middle - began, 3),
        "back_s": round(end - middle, 3),
        "there_cpu_s": round(half - worked, 3),
        "back_cpu_s": round(done - half, 3),
        "worst_mm": round(float(off.max()) * DEGREE_MM, 6),
    }


def _tree(code: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        open_areas(code, Path(folder))
        built = time.perf_counter()
        tree = open_areas(code, Path(folder))
        loaded = time.perf_counter()
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    return {
        "areas": len(tree),
        "build_s": round(built - began, 2),
        "load_ms": round((loaded - built) * 1000, 1),
        "kilobytes": round(size / 1000),
    }


if __name__ == "__main__":
    sys.exit(main())
