"""Endurance of bench.map: zooms, drags and drill-downs under the feed, and the heap meanwhile."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench._map_page import Screen, renderers_mb

PAUSE_S = 2.0  # between two moves
SAMPLES = 20  # of the heap in the whole walk
FLAT = 0.10
ZOOM = "(step) => { const { map } = chengyun; map.setZoom(map.getZoom() + step); }"
DRAG = "([x, y]) => chengyun.map.panBy([x, y])"
GO = "(code) => document.dispatchEvent(new CustomEvent('chengyun:area', { detail: code }))"
VIEW = "() => chengyun.page.view.area"
UP = "() => document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))"


def walk(
    screen: Screen, minutes: float, areas: list[str], say: Callable[[str], None]
) -> dict[str, Any]:
    """Move about; {"heap_mb": [...], "drift_percent", "flat", moves and the frames}.

    `areas` are the codes to drill into, the top one first.
    """
    chance = random.Random(7)
    screen.wait(5)
    end = time.monotonic() + minutes * 60
    every = minutes * 60 / SAMPLES
    heaps, pages, moves = [screen.heap_mb()], [renderers_mb()], 0
    frames: list[dict[str, Any]] = []
    drills: set[str] = set()
    due = time.monotonic() + every
    while time.monotonic() < end:
        _move(screen, chance, areas)
        moves += 1
        frames.append(screen.window(PAUSE_S))
        drills.add(screen.page.evaluate(VIEW))
        if time.monotonic() >= due:
            heaps.append(_rested_heap(screen, areas[0]))
            pages.append(renderers_mb())
            due += every
            say(f"heap {heaps[-1]} MB, page {pages[-1]} MB, {moves} moves")
    heaps.append(_rested_heap(screen, areas[0]))
    return {**_verdict(heaps), "page_mb": pages, "moves": moves, "areas": len(drills),
            "fps_median": statistics.median(f["fps"] for f in frames),
            "main_thread_percent": round(100 * statistics.mean(f["busy"] for f in frames), 1),
            "longest_task_ms": max(f["longest_task_ms"] for f in frames)}  # fmt: skip


def _move(screen: Screen, chance: random.Random, areas: list[str]) -> None:
    page, step = screen.page, chance.random()
    if step < 0.4:
        page.evaluate(ZOOM, chance.choice((-1, 1, 1, 2, -2)))
    elif step < 0.6:
        page.evaluate(DRAG, [chance.randint(-500, 500), chance.randint(-300, 300)])
    elif step < 0.85:
        page.evaluate(GO, chance.choice(areas))
    else:
        page.evaluate(UP)


def _rested_heap(screen: Screen, top: str) -> float:
    """The heap where every sample is taken alike: the whole district in view, at rest."""
    screen.page.evaluate(GO, top)
    screen.wait(4)
    return screen.heap_mb()


def _verdict(heaps: list[float]) -> dict[str, Any]:
    """Flat: the last third is within 10 % of the first third, which begins after the warm-up."""
    warm = heaps[1:]
    third = max(1, len(warm) // 3)
    first, last = statistics.mean(warm[:third]), statistics.mean(warm[-third:])
    drift = (last - first) / first
    return {"heap_mb": heaps, "drift_percent": round(100 * drift, 1), "flat": abs(drift) <= FLAT}
