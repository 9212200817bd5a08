"""Endurance of bench.map: zooms, drags and drill-downs under the feed, and the memory meanwhile."""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from bench._map_page import Screen, drawers_mb, renderers_mb

PAUSE_S = 2.0  # between two moves
REST_S = 8.0  # before a sample: Chromium keeps what it last drew with for five seconds more
ARRIVED_S = 10.0  # within which the page shows the area that it was told to show
SAMPLES = 20  # of the memory in the whole walk
FLAT = 0.10
ZOOM = "(step) => { const { map } = chengyun; map.setZoom(map.getZoom() + step); }"
DRAG = "([x, y]) => { chengyun.map.panBy([x, y]); }"
GO = "(code) => { document.dispatchEvent(new CustomEvent('chengyun:area', { detail: code })); }"
VIEW = "() => chengyun.page.view.area"
UP = "() => document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))"


class Sample(NamedTuple):
    """MB after a collection: JavaScript's heap; what the page's and the drawing process own."""

    heap: float
    page: float
    drawer: float


def walk(
    screen: Screen, minutes: float, areas: list[str], say: Callable[[str], None]
) -> dict[str, Any]:
    """Move about; {"heap_mb": [...], "page_mb": [...], their drifts, "flat", moves, the frames}.

    `areas` are the codes to drill into, the top one first. A drill-down or a way up counts when the
    page has got there; `missed` are those that it did not within 10 s.
    """
    chance = random.Random(7)
    screen.wait(5)
    end = time.monotonic() + minutes * 60
    every = minutes * 60 / SAMPLES
    samples = [_sample(screen, areas[0])]
    frames: list[dict[str, Any]] = []
    moves: Counter[str] = Counter()
    drills: set[str] = set()
    due = time.monotonic() + every
    while time.monotonic() < end:
        moves[_move(screen, chance, areas)] += 1
        frames.append(screen.window(PAUSE_S))
        drills.add(screen.page.evaluate(VIEW))
        if time.monotonic() >= due:
            samples.append(_sample(screen, areas[0]))
            due += every
            say(f"{samples[-1]}, {dict(moves)}, {len(drills)} areas")
    samples.append(_sample(screen, areas[0]))
    return {**_verdict(samples), "moves": dict(moves), "areas": len(drills),
            "fps_median": statistics.median(f["fps"] for f in frames),
            "main_thread_percent": round(100 * statistics.mean(f["busy"] for f in frames), 1),
            "longest_task_ms": max(f["longest_task_ms"] for f in frames)}  # fmt: skip


def _move(screen: Screen, chance: random.Random, areas: list[str]) -> str:
    """Do one thing; its name: "zoom", "drag", "drill", "up", or "missed" when no area came."""
    page, step, here = screen.page, chance.random(), screen.page.evaluate(VIEW)
    if step < 0.4:
        page.evaluate(ZOOM, chance.choice((-1, 1, 1, 2, -2)))
        return "zoom"
    if step < 0.6:
        page.evaluate(DRAG, [chance.randint(-500, 500), chance.randint(-300, 300)])
        return "drag"
    if step < 0.8 or here == areas[0]:
        there = chance.choice([code for code in areas if code != here])
        page.evaluate(GO, there)
        return "drill" if _arrives(screen, lambda area: area == there) else "missed"
    page.evaluate(UP)
    return "up" if _arrives(screen, lambda area: area != here) else "missed"


def _arrives(screen: Screen, there: Callable[[str], bool]) -> bool:
    end = time.monotonic() + ARRIVED_S
    while time.monotonic() < end:
        if there(screen.page.evaluate(VIEW)):
            return True
        screen.wait(0.1)
    return False


def _sample(screen: Screen, top: str) -> Sample:
    """What is held where every sample is taken alike: the whole district in view, at rest."""
    screen.page.evaluate(GO, top)
    screen.wait(REST_S)
    return Sample(screen.heap_mb(), renderers_mb(), drawers_mb())


def _verdict(samples: list[Sample]) -> dict[str, Any]:
    """Flat: the heap of the last third is within 10 % of the first, which begins after the warm-up;
    the same drift of the two processes is told beside it.
    """
    heaps, pages, drawers = ([one[k] for one in samples] for k in range(3))
    drift = _drift(heaps)
    return {"heap_mb": heaps, "drift_percent": round(100 * drift, 1), "flat": abs(drift) <= FLAT,
            "page_mb": pages, "page_drift_percent": round(100 * _drift(pages), 1),
            "drawer_mb": drawers}  # fmt: skip


def _drift(sizes: list[float]) -> float:
    warm = sizes[1:]
    third = max(1, len(warm) // 3)
    first, last = statistics.mean(warm[:third]), statistics.mean(warm[-third:])
    return (last - first) / first
