"""750,000 components, and a map that is moved about: python -m bench.components [--quick].

What it measures and how: docs/benchmarks.md. One JSON object at the end; exit code 1 when a target
is missed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import requests

from app.services import components_made
from bench._machine import machine
from bench._stack import PASSWORD, RUN, Stack, stack

COUNT, QUICK_COUNT = 750_000, 100_000
MOVES, QUICK_MOVES = 1_000, 300
WIDE, HIGH = 1_920, 1_080  # px of the map
MARGIN = 0.15  # fetched around the view, as live/viewport.mjs does
NEAREST, FARTHEST = 18.5, 11.0
TARGET_MS, TARGET_MB = 200.0, 300.0
OFFICER = "duty"
BROWSER = {"Accept-Encoding": "br, gzip"}


class Asked(NamedTuple):
    """One answer: milliseconds, bytes on the wire, and whether it held components or cells."""

    ms: float
    wire: int
    near: bool


def main(argv: list[str] | None = None) -> int:
    """Run it; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.components")
    parser.add_argument("--quick", action="store_true", help="100,000 components, 300 moves")
    quick = parser.parse_args(argv).quick
    about = machine()
    with stack() as city:
        ours = _measure(city, QUICK_COUNT if quick else COUNT, QUICK_MOVES if quick else MOVES)
    about["load_after"] = round(os.getloadavg()[0], 1)
    met = ours["p95_ms"] <= TARGET_MS and ours["index_resident_mb"] <= TARGET_MB
    result: dict[str, Any] = {"bench": "components", "machine": about, "ours": ours}
    result |= {"peers": {}, "ratios": {}, "met": met}
    for name, value in ours.items():
        print(f"{name:>24}  {value}")
    print(json.dumps(result, ensure_ascii=False))
    return 0 if met else 1


def _measure(city: Stack, count: int, moves: int) -> dict[str, Any]:
    city.start_roles()
    tree = city.open().areas
    west, south, east, north = tree.home.polygon.bounds
    file = city.var / "made.csv"
    components_made.write(tree, count, file)
    _say(f"{count} components in {file.stat().st_size / 1e6:.0f} MB of CSV")
    before = _private_mb(city)
    ours = {"components": count, "csv_mb": round(file.stat().st_size / 1e6, 1)}
    ours |= _import(city, file)
    _say(f"imported in {ours['import_s']} s")
    walk = list(_walk((west + east) / 2, (south + north) / 2, (west, south, east, north), moves))
    ours |= _asked(_ask(city, walk))
    index = city.var / "components"
    ours |= {
        "index_disk_mb": _mb(index, "*.npy"),
        "attributes_disk_mb": _mb(index, "*.parquet"),
        "index_resident_mb": _mapped_mb(city, index),
        "web_grown_mb": round(_private_mb(city) - before, 1),
    }
    return ours


def _import(city: Stack, file: Path) -> dict[str, Any]:
    """A dry run and an import, each as the administrator does it: a process of its own."""
    env, took = {**os.environ, **city.env}, []
    for take in ([], ["--take"]):
        began = time.perf_counter()
        command = [*RUN, "components", "import", str(file), "--crs", "wgs84", *take]
        done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
        took.append(round(time.perf_counter() - began, 1))
        _say(done.stdout.strip())
    return {"dry_run_s": took[0], "import_s": took[1]}


def _walk(
    lon: float, lat: float, home: tuple[float, float, float, float], moves: int
) -> Iterator[tuple[str, float]]:
    """Box and zoom after each of many pans, zooms and jumps, as an officer makes them."""
    chance, zoom = random.Random(4), 13.0
    west, south, east, north = home
    for _ in range(moves):
        step = chance.random()
        degrees = 360 / (256 * 2**zoom)
        if step < 0.55:
            lon += chance.uniform(-0.5, 0.5) * WIDE * degrees
            lat += chance.uniform(-0.5, 0.5) * HIGH * degrees * math.cos(math.radians(lat))
        elif step < 0.95:
            zoom = min(NEAREST, max(FARTHEST, zoom + chance.choice((-1, -0.5, 0.5, 1))))
        else:
            lon, lat = chance.uniform(west, east), chance.uniform(south, north)
        lon, lat = min(max(lon, west), east), min(max(lat, south), north)
        yield _box(lon, lat, zoom), zoom


def _box(lon: float, lat: float, zoom: float) -> str:
    degrees = 360 / (256 * 2**zoom) * (0.5 + MARGIN)
    wide, high = WIDE * degrees, HIGH * degrees * math.cos(math.radians(lat))
    return f"{lon - wide:.6f},{lat - high:.6f},{lon + wide:.6f},{lat + high:.6f}"


def _ask(city: Stack, walk: list[tuple[str, float]]) -> list[Asked]:
    """Each view over HTTP, signed in, one after the other; the body is read, not decoded."""
    with _signed_in(city.url) as officer:
        found = []
        for box, zoom in walk:
            query = {"box": box, "zoom": f"{zoom:.2f}"}
            began = time.perf_counter()
            answer = officer.get(
                f"{city.url}/api/v1/components", params=query, headers=BROWSER, stream=True
            )
            body = answer.raw.read(decode_content=False)
            took = (time.perf_counter() - began) * 1000
            assert answer.status_code == 200, answer.status_code
            found.append(Asked(took, len(body), zoom >= 15 and len(body) > 20_000))
    return found


def _signed_in(url: str) -> requests.Session:
    officer = requests.Session()
    page = officer.get(f"{url}/login", timeout=30).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"user": OFFICER, "password": PASSWORD, "csrf_token": token[1]}
    answer = officer.post(f"{url}/login", data=form, timeout=30, allow_redirects=False)
    assert answer.status_code == 302, answer.status_code
    return officer


def _asked(found: list[Asked]) -> dict[str, Any]:
    times = statistics.quantiles((one.ms for one in found), n=100)
    sizes = statistics.quantiles((one.wire for one in found), n=100)
    return {
        "moves": len(found),
        "first_ms": round(found[0].ms, 1),
        "p50_ms": round(times[49], 1),
        "p95_ms": round(times[94], 1),
        "p99_ms": round(times[98], 1),
        "max_ms": round(max(one.ms for one in found), 1),
        "wire_p50_kb": round(sizes[49] / 1000, 1),
        "wire_p95_kb": round(sizes[94] / 1000, 1),
        "large_answers": sum(one.near for one in found),
    }


def _mb(folder: Path, pattern: str) -> float:
    """Megabytes of the current edition's files."""
    return round(sum(f.stat().st_size for f in folder.glob(f"2*/{pattern}")) / 1e6, 1)


def _web(city: Stack) -> psutil.Process:
    process = city.children["web"].process
    assert process is not None
    return psutil.Process(process.pid)


def _mapped_mb(city: Stack, folder: Path) -> float:
    """Megabytes of the edition's pages that the web role holds in memory."""
    maps = _web(city).memory_maps(grouped=True)
    return round(sum(m.rss for m in maps if m.path.startswith(str(folder))) / 1e6, 1)


def _private_mb(city: Stack) -> float:
    return _web(city).memory_full_info().uss / 1e6


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
