"""An open map in Chromium and what it costs: frames, main thread, heap, bytes. One rule for all.

* frames: the moments that requestAnimationFrame gives, in a window that begins when the map rests
* main thread: `TaskDuration` of the DevTools protocol, all tasks of the page's thread; beside it
  `ThreadTime`, its processor time, which a busy machine does not stretch
* heap: `JSHeapUsedSize` after a collection; beside it the memory that the page's process alone has
* bytes: bodies and headers on the wire as Chromium counts them, frames of sockets and events too
* first map: from the navigation to the first task after the frame that shows every device
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench._machine import CHROMIUM
from bench._screens import FLAGS

LOCAL = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
FIRST_MAP_S = 60.0
METER = """(() => {
  const meter = (window.meter = { frames: [], long: [], updates: 0, firstAt: null, asked: false });
  let last = 0;
  const tick = (now) => {
    meter.frames.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) meter.long.push([task.startTime, task.duration]);
  }).observe({ type: "longtask", buffered: true });
  meter.begin = () => Object.assign(meter, { frames: [], long: [], updates: 0 });
  meter.first = () => {
    if (meter.asked) return;
    meter.asked = true;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (meter.firstAt = performance.now());
      port2.postMessage(0);
    });
  };
})()"""
TAKEN = """() => ({ frames: meter.frames, updates: meter.updates,
  longest: Math.max(0, ...meter.long.map(([, ms]) => ms)) })"""


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a screen that knows no host but this one."""
    with sync_playwright() as playwright:
        args = [*FLAGS, LOCAL, "--js-flags=--expose-gc"]
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=args)


class Screen:
    """One open page and its meters."""

    page: Any  # Playwright's or one that Playwright does not know (bench._map_alone)
    cdp: Any
    bytes: int

    def __init__(self, page: Page, cdp: CDPSession) -> None:
        self.page, self.cdp, self.bytes = page, cdp, 0
        for name, count in COUNTED.items():
            cdp.on(name, lambda told, count=count: self._count(count(told)))
        for domain in ("Network", "Performance", "HeapProfiler"):
            cdp.send(f"{domain}.enable")

    def _count(self, more: float) -> None:
        self.bytes += round(more)

    def open(self, url: str) -> float | None:
        """Open an address; seconds to the first map, None when it did not come in time."""
        self.page.goto(url, wait_until="commit")
        end = time.monotonic() + FIRST_MAP_S
        while time.monotonic() < end:
            found = self.page.evaluate("() => window.meter?.firstAt ?? null")
            if found is not None:
                return round(found / 1000, 2)
            self.wait(0.1)
        return None

    def wait(self, seconds: float) -> None:
        """Let the page live for so long, while what it receives is counted."""
        self.page.wait_for_timeout(seconds * 1000)

    def metrics(self) -> dict[str, float]:
        """Chromium's own figures of the page."""
        said = self.cdp.send("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in said}

    def heap_mb(self) -> float:
        """What is left on the heap after a collection."""
        self.cdp.send("HeapProfiler.collectGarbage")
        return round(self.metrics()["JSHeapUsedSize"] / 1e6, 1)

    def window(self, seconds: float) -> dict[str, Any]:
        """Frames, main thread, updates and bytes of the next seconds."""
        self.page.evaluate("() => meter.begin()")
        before, bytes_before, began = self.metrics(), self.bytes, time.perf_counter()
        self.wait(seconds)
        after = self.metrics()
        taken = self.page.evaluate(TAKEN)
        took = time.perf_counter() - began
        frames = sorted(taken["frames"]) or [took * 1000]
        busy = after["TaskDuration"] - before["TaskDuration"]
        span = after["Timestamp"] - before["Timestamp"]
        return {
            "fps": round(len(taken["frames"]) / took, 1),
            "p95_frame_ms": round(frames[min(len(frames) - 1, int(0.95 * len(frames)))], 1),
            "max_frame_ms": round(frames[-1], 1),
            "longest_task_ms": round(taken["longest"]),
            "busy": busy / span,
            "cpu": (after["ThreadTime"] - before["ThreadTime"]) / span,
            "script": (after["ScriptDuration"] - before["ScriptDuration"]) / span,
            "updates_s": taken["updates"] / took,
            "kb_s": round((self.bytes - bytes_before) / took / 1000, 1),
        }


def _payload(told: Any) -> float:
    frame = told["response"]
    return len(frame["payloadData"]) * (0.75 if frame["opcode"] == 2 else 1)


COUNTED = {
    "Network.loadingFinished": lambda told: told["encodedDataLength"],
    "Network.webSocketFrameReceived": _payload,
    "Network.eventSourceMessageReceived": lambda told: len(told["data"]) + 8,
}


@contextmanager
def screen(
    chromium: Browser, size: tuple[int, int], cookies: list[Any], hooks: str
) -> Iterator[Screen]:
    """A new page without a cache; `hooks` run before anything of the page does."""
    view = {"width": size[0], "height": size[1]}
    context = chromium.new_context(viewport=view, bypass_csp=True, device_scale_factor=1)  # type: ignore[arg-type]
    try:
        context.add_cookies(cookies)
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.add_init_script(METER + ";\n" + hooks)
        yield Screen(page, context.new_cdp_session(page))
    finally:
        context.close()


def renderers_mb() -> float:
    """What the largest page process of ours has to itself, MB."""
    return _largest_mb("renderer")


def drawers_mb() -> float:
    """The same of the process that puts pages on the screen."""
    return _largest_mb("gpu-process")


def _largest_mb(kind: str) -> float:
    sizes = [0.0]
    for child in psutil.Process().children(recursive=True):
        try:
            if f"--type={kind}" in child.cmdline():
                sizes.append(child.memory_full_info().uss / 1e6)
        except psutil.Error:
            continue
    return round(max(sizes), 1)
