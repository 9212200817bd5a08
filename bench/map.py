"""Our map beside dl.GeoJSON and Node-RED's worldmap at 1,000, 10,000 and 50,000 live points.

python -m bench.map [--quick] [--minutes N]      what it measures and how: docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any, NamedTuple

from playwright.sync_api import Browser

from bench import _map_walk
from bench._machine import machine
from bench._map_alone import alone
from bench._map_feed import Change, Feed, Field
from bench._map_ours import HOOKS, Ours
from bench._map_page import browser, renderers_mb, screen
from bench._map_peers import GeoJson, Peer, WorldMap
from bench._stack import DISTRICT, generated_tree, stack
from bench._verdict import verdict

SIZES, MOST = (1_000, 10_000, 50_000), 50_000
WALL, WALL_4K = (1920, 1080), (3840, 2160)
REST_S, IDLE_S, WARM_S = 1.5, 3.0, 1.0  # before a window; without the feed; with it
PEERS = ("dl-geojson", "dl-geojson-cluster", "worldmap")
FPS, P95_MS, BUSY, TIMES, FIRST_S = 55.0, 20.0, 20.0, 10.0, 3.0  # targets
BEGAN = time.monotonic()


class Plan(NamedTuple):
    """Which sizes, for how many seconds each, and minutes of endurance."""

    sizes: tuple[int, ...]
    seconds: float
    idle: float
    minutes: float
    quick: bool


class Shown(NamedTuple):
    """One map to measure: where it is, its hooks, who feeds it."""

    name: str
    url: str
    hooks: str
    cookies: list[Any]
    send: Callable[[list[Change]], None]
    size: tuple[int, int] = WALL


def main(argv: list[str] | None = None) -> int:
    """Measure and print; 0 when the targets of the issue are met, else see `verdict`."""
    plan = _asked(argv)
    about = machine()
    result: dict[str, Any] = {"bench": "map", "machine": about, "missing": {}, "runs": []}
    if plan.sizes:
        _measure(plan, result)
    if plan.minutes:
        result["endurance"] = _endure(plan.minutes)
    elif plan.quick:
        result["missing"]["endurance"] = "left out by --quick: --minutes N measures it alone"
    about["load_after"] = round(os.getloadavg()[0], 1)
    result |= _compared(result["runs"])
    result["targets"] = _targets(result, plan.sizes)
    _table(result)
    code = verdict(result["targets"])
    print(json.dumps(result, ensure_ascii=False))
    return code


def _asked(argv: list[str] | None) -> Plan:
    parser = argparse.ArgumentParser(prog="bench.map", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="50,000 alone, within 60 s")
    parser.add_argument("--minutes", type=float, default=0, help="endurance alone, 30 in full")
    parser.add_argument("--points", type=int, default=0, help="this many alone")
    args = parser.parse_args(argv)
    if args.minutes:
        return Plan((), 0, 0, args.minutes, False)
    if args.quick:
        return Plan((MOST,), 3.0, 1.0, 0, True)
    return Plan((args.points,) if args.points else SIZES, 8.0, IDLE_S, 0, False)


# -- side by side ---------------------------------------------------------------------------------


def _measure(plan: Plan, result: dict[str, Any]) -> None:
    district = generated_tree().area(DISTRICT)
    field = Field(district, MOST)
    with ExitStack() as open_:
        folder = Path(open_.enter_context(tempfile.TemporaryDirectory(prefix="chengyun-map-")))
        peers = _peers(plan, folder, district, result["missing"])
        ours = open_.enter_context(our_city(field))
        chromium = open_.enter_context(browser())
        for count in plan.sizes:
            ours.grow(count)
            for shown in _turns(plan, ours, peers, field):
                with shown as one:
                    figures = _look(chromium, one, field, plan)
                result["runs"].append({"who": one.name, "points": count, **figures})
                _say(f"{one.name} at {count:,}: {_short(figures)}")


def _peers(plan: Plan, folder: Path, district: Any, missing: dict[str, str]) -> list[Peer]:
    peers: list[Peer] = [GeoJson(folder, district, cluster) for cluster in (False, True)]
    if plan.quick:
        missing["worldmap"] = "left out by --quick: its installation takes too long"
        return peers
    try:
        peers.append(WorldMap(folder, district))
    except (RuntimeError, OSError, TimeoutExpired) as why:
        missing["worldmap"] = str(why)
    return peers


@contextmanager
def our_city(field: Field) -> Iterator[Ours]:
    """Our stores and both web processes."""
    with stack() as running:
        ours = Ours(running, field)
        try:
            ours.start_web()
            _say("our web processes answer")
            yield ours
        finally:
            ours.stop()


def _turns(plan: Plan, ours: Ours, peers: list[Peer], field: Field) -> Iterator[Any]:
    """Everybody who shows this many devices, each a context that lets it alone have the machine."""
    yield _our_turn(ours, "ours", WALL)
    for peer in peers:
        yield _peers_turn(peer, ours, field)
    if field.count > SIZES[0]:
        yield _our_turn(ours, "ours-points", WALL)
    if field.count == MOST and not plan.quick:
        yield _our_turn(ours, "ours-points-4k", WALL_4K)


@contextmanager
def _our_turn(ours: Ours, name: str, size: tuple[int, int]) -> Iterator[Shown]:
    wall = "ours" if name == "ours" else "ours-points"
    ours.beat()
    with ours.only(wall):
        url = ours.walls[wall]
        cookies = ours.cookies(url)
        yield Shown(name, f"{url}/wall", HOOKS, cookies, ours.send, size)


@contextmanager
def _peers_turn(peer: Peer, ours: Ours, field: Field) -> Iterator[Shown]:
    with ours.only():
        try:
            peer.start(field)
            yield Shown(peer.name, peer.url, peer.hooks, [], peer.send)
        finally:
            peer.stop()


def _look(chromium: Browser, shown: Shown, field: Field, plan: Plan) -> dict[str, Any]:
    hooks = shown.hooks.replace("DEVICES", str(field.count))
    with screen(chromium, shown.size, shown.cookies, hooks) as before:
        before.open(shown.url)  # the target speaks of a warm server
    with screen(chromium, shown.size, shown.cookies, hooks) as opened:
        first = opened.open(shown.url)
        if first is None:
            return {"first_map_s": None}
        found: dict[str, Any] = {"first_map_s": first, "load_kb": round(opened.bytes / 1000)}
        opened.wait(REST_S)
        with Feed(field, shown.send) as feed:
            opened.wait(WARM_S)
            fed = opened.window(plan.seconds)
        opened.wait(REST_S)
        found |= _costs(opened.window(plan.idle), fed)  # after it: a new page is not idle yet
        found |= {"feed_late_ms": round(feed.late_s * 1000), "heap_mb": opened.heap_mb()}
        found["renderer_mb"] = renderers_mb()
        if feed.failed:
            found["failed"] = str(feed.failed)
        return found


def _costs(idle: dict[str, Any], fed: dict[str, Any]) -> dict[str, Any]:
    """The figures of a window with the feed; an update costs what it adds to the idle page."""
    updates = fed.pop("updates_s")
    fed |= {"updates_drawn_s": round(updates, 1), "idle_percent": round(100 * idle["busy"], 1)}
    for name, what in (("update_ms", "busy"), ("update_cpu_ms", "cpu")):
        more = max(0.0, fed[what] - idle[what])
        fed[name] = round(1000 * more / updates, 2) if updates else None
    fed["main_thread_cpu_percent"] = round(100 * fed.pop("cpu"), 1)
    fed["main_thread_percent"] = round(100 * fed.pop("busy"), 1)
    fed["script_percent"] = round(100 * fed.pop("script"), 1)
    return fed


# -- endurance ------------------------------------------------------------------------------------


def _endure(minutes: float) -> dict[str, Any]:
    """Updates, zooms and drill-downs for so long, as shipped, at 50,000; the memory meanwhile."""
    field = Field(generated_tree().area(DISTRICT), MOST)
    with our_city(field) as ours, browser() as chromium:
        ours.grow(MOST)
        areas = [area.code for area in ours.city.areas.under(DISTRICT)]
        with _our_turn(ours, "ours", WALL) as shown:
            hooks = shown.hooks.replace("DEVICES", str(MOST))
            with alone(chromium, WALL, shown.cookies, hooks) as opened:
                first = opened.open(shown.url)
                if first is None:
                    return {"failed": "no map came"}
                with Feed(field, shown.send) as feed:
                    found = _map_walk.walk(opened, minutes, areas, _say)
                if feed.failed:
                    found["failed"] = str(feed.failed)
                return {"minutes": minutes, "updates": feed.sent, **found}


# -- what came of it ------------------------------------------------------------------------------


def _compared(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """`ours`, `peers` and `ratios` (peer / ours) of the result, by name and size."""
    ours: dict[str, Any] = {}
    peers: dict[str, Any] = {}
    for run in runs:
        figures = {k: v for k, v in run.items() if k not in ("who", "points")}
        place = ours if run["who"].startswith("ours") else peers
        place.setdefault(run["who"], {})[str(run["points"])] = figures
    ratios: dict[str, Any] = {}
    for name, sizes in peers.items():
        for size, figures in sizes.items():
            for mine in ("ours", "ours-points"):
                own = ours.get(mine, {}).get(size, {}).get("update_ms")
                if own and figures.get("update_ms"):
                    times = round(figures["update_ms"] / own, 1)
                    ratios.setdefault(name, {})[f"update_{size}_{mine}"] = times
    return {"ours": ours, "peers": peers, "ratios": ratios}


def _targets(result: dict[str, Any], sizes: tuple[int, ...]) -> dict[str, bool | None]:
    """Which targets of the issue are met at 50,000 and 1080p, in both modes; None: not measured."""
    met: dict[str, bool | None] = {}
    for name in ("ours", "ours-points") if sizes else ():
        f = result["ours"].get(name, {}).get(str(MOST))
        met[f"{name} fps"] = f and f.get("fps", 0) >= FPS
        met[f"{name} p95 frame"] = f and f.get("p95_frame_ms", 1e9) <= P95_MS
        met[f"{name} main thread"] = f and f.get("main_thread_percent", 100) <= BUSY
        for peer in PEERS:
            times = result["ratios"].get(peer, {}).get(f"update_{MOST}_{name}")
            met[f"{name} update beside {peer}"] = None if times is None else times >= TIMES
        met[f"{name} first map"] = f and (f["first_map_s"] or 1e9) <= FIRST_S
    if "endurance" in result:
        met["heap flat"] = bool(result["endurance"].get("flat"))
    return met


COLUMNS = (
    ("fps", "fps"), ("p95_frame_ms", "p95 ms"), ("longest_task_ms", "long ms"),
    ("main_thread_percent", "main %"), ("update_ms", "update ms"), ("update_cpu_ms", "cpu ms"),
    ("updates_drawn_s", "drawn/s"), ("heap_mb", "heap MB"), ("renderer_mb", "page MB"),
    ("first_map_s", "first s"), ("load_kb", "load kB"), ("kb_s", "kB/s"),
)  # fmt: skip


def _table(result: dict[str, Any]) -> None:
    """Tell a person."""
    print(f"\n{'':<20}{'points':>7}" + "".join(f"{title:>10}" for _, title in COLUMNS))
    for run in result["runs"]:
        cells = "".join(f"{run.get(name) if run.get(name) is not None else '-':>10}"
                        for name, _ in COLUMNS)  # fmt: skip
        print(f"{run['who']:<20}{run['points']:>7}{cells}")
    for name, ratios in result["ratios"].items():
        print(f"{name} / ours: " + ", ".join(f"{k} {v}x" for k, v in ratios.items()))
    for name, why in result["missing"].items():
        print(f"missing: {name}: {why}")
    if "endurance" in result:
        print(f"endurance: {json.dumps(result['endurance'])}")


def _short(figures: dict[str, Any]) -> str:
    return ", ".join(f"{title} {figures.get(name)}" for name, title in COLUMNS)


def _say(sentence: str) -> None:
    print(f"{time.monotonic() - BEGAN:5.1f} s  {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
