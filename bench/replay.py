"""A moment of the past for a whole city: python -m bench.replay [--quick].

What it measures and how: docs/benchmarks.md. One JSON object at the end; exit code 1 when a
keyframe's median misses its target.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from app.city import City, open_city
from app.config import load_settings
from app.domain.people import Role, User
from app.domain.readings import Device
from app.services import replay, replay_devices
from app.store import embedded, history_arrival, keys
from app.store.points import POINT
from bench import _replay_city as past
from bench._machine import machine
from bench._stack import DISTRICT, generated_areas

DEVICES, QUICK_DEVICES = 50_000, 5_000
HOURS, QUICK_HOURS = 8, 2
MOMENTS, QUICK_MOMENTS = 10, 4  # of each sort of file
TARGET_MS = 300.0
AT_ONCE = 1_000
OFFICER = User(id="bench", name="bench", role=Role.DUTY_CHIEF, scope=DISTRICT[:4])
SORTS = ("part", "merged-1", "merged-2", "closed")
WITH, WITHOUT = "ours", "device-order"


def main(argv: list[str] | None = None) -> int:
    """Run it; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.replay", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="5,000 devices, files of 2 hours")
    quick = parser.parse_args(argv).quick
    about = machine()
    devices, hours, moments = (
        (QUICK_DEVICES, QUICK_HOURS, QUICK_MOMENTS) if quick else (DEVICES, HOURS, MOMENTS)
    )
    with _city(devices) as (city, codes):
        figures: dict[str, Any] = {"devices": devices, "large_files_hours": hours}
        figures["readings"] = past.build(city.history, codes, hours)
        figures |= _arrange(city)
        _say(f"{figures['readings']} readings")
        spent = _ask(city, hours, moments)
        figures["steps_60x_ms"] = _steps(city)
    about["load_after"] = round(os.getloadavg()[0], 1)
    told = {who: _told(times) for who, times in spent.items()}
    ours = figures | told[WITH]
    ratios = {
        name: round(ms / ours[name], 1)
        for name, ms in told[WITHOUT].items()
        if name.endswith("p50_ms")
    }
    met = ours["p50_ms"] <= TARGET_MS
    result: dict[str, Any] = {"bench": "replay", "machine": about, "ours": ours}
    result |= {"peers": {WITHOUT: told[WITHOUT]}, "ratios": {WITHOUT: ratios}, "met": met}
    for name, value in ours.items():
        print(f"{name:>24}  {value:>12}  {told[WITHOUT].get(name, ''):>10}")
    print(json.dumps(result, ensure_ascii=False))
    return 0 if met else 1


@contextmanager
def _city(devices: int) -> Iterator[tuple[City, list[str]]]:
    """A city at the present of the made-up history, all of whose devices have just spoken."""
    var = Path(tempfile.mkdtemp(prefix="chengyun-replay-"))
    server = embedded.start_redis(var)
    try:
        generated_areas(var / "areas")
        city = open_city(load_settings(var=var, redis_url=server.url, city=DISTRICT))
        city = replace(city, now=lambda: datetime.fromtimestamp(past.NOW / 1000, UTC))
        city.ledger.migrate()
        yield city, _register(city, devices)
    finally:
        server.stop()
        shutil.rmtree(var, ignore_errors=True)


def _register(city: City, count: int) -> list[str]:
    codes = [f"GAS-{i:06}" for i in range(count)]
    grids = [area.code for area in city.areas.grids]
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        made = [_device(codes[i], grids[i % len(grids)], i) for i in numbers]
        city.live.register(made, [i % len(grids) for i in numbers])
    points = np.frombuffer(city.live.points(), POINT).copy()
    points["at"], points["value"] = past.NOW // 1000 - 30, 1.0
    city.live.redis.set(keys.POINTS, points.tobytes())
    return codes


def _device(code: str, grid: str, i: int) -> Device:
    lon, lat = 119.9 + (i % 251) * 0.0003, 31.75 + (i % 199) * 0.0003
    return Device(code=code, n=-1, kind="gas", name=code, lon=lon, lat=lat, area=grid, period_s=60)


def _arrange(city: City) -> dict[str, float]:
    """Make what the upkeep makes, and say what it costs in time and on disk."""
    began = time.process_time()
    city.history.arrange(past.TODAY - past.DAY_MS)
    spent = time.process_time() - began
    sizes = {level: _bytes(city.history.path / level) for level in history_arrival.LEVELS}
    readings = sum(_bytes(folder) for folder in city.history.path.glob("day=*"))
    return {"arranged_cpu_s": round(spent, 1), "readings_mb": round(readings / 1e6, 1)} | {
        f"{level}_mb": round(size / 1e6, 1) for level, size in sizes.items()
    }


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.parquet"))


def _ask(city: City, hours: int, moments: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of keyframes at random moments, with and without the tables, in turn."""
    chance = random.Random(2)
    spent: dict[str, dict[str, list[float]]] = {
        who: {sort: [] for sort in SORTS} for who in (WITH, WITHOUT)
    }
    files = [(name.rstrip("-"), first, n) for name, first, n in past.pieces(hours)]
    _keyframe(city, past.NOW - 3_600_000)  # the first one opens DuckDB
    for _ in range(moments):
        for sort in SORTS:
            _, first, minutes = chance.choice([file for file in files if file[0] == sort])
            at = first + chance.randrange(minutes * past.MINUTE_MS)
            spent[WITH][sort].append(_keyframe(city, at))
            with _away(city):
                spent[WITHOUT][sort].append(_keyframe(city, at))
    return spent


@contextmanager
def _away(city: City) -> Iterator[None]:
    """The history as it was before it had readings in order of arrival."""
    moved = [city.history.path / level for level in history_arrival.LEVELS]
    for folder in moved:
        folder.rename(folder.with_suffix(".away"))
    try:
        yield
    finally:
        for folder in moved:
            folder.with_suffix(".away").rename(folder)


def _keyframe(city: City, at: int) -> float:
    """Milliseconds of a keyframe of which nothing is remembered but who the devices are."""
    desk = replay_devices.desk(city)
    desk.moments.clear()
    desk.lots.clear()
    began = time.perf_counter()
    replay.as_was(city, OFFICER, at)
    return (time.perf_counter() - began) * 1000


def _steps(city: City) -> float:
    """Milliseconds of five minutes of steps, as a browser asks for at 60×, one after the other."""
    at, took = past.TODAY - 90 * past.MINUTE_MS, []
    replay.as_was(city, OFFICER, at)
    for since in range(at, at + 6 * 300_000, 300_000):
        began = time.perf_counter()
        replay.steps(city, OFFICER, since, since + 300_000, 6)
        took.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(took), 1)


def _told(times: dict[str, list[float]]) -> dict[str, float]:
    every = sorted(ms for some in times.values() for ms in some)
    told = {"p50_ms": statistics.median(every), "p95_ms": every[round(len(every) * 0.95) - 1]}
    told |= {f"{sort}_p50_ms": statistics.median(some) for sort, some in times.items()}
    return {name: round(ms, 1) for name, ms in told.items()}


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
