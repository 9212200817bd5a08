"""The two pages in Chromium, 1920×1080, and when a value was on the screen.

The same rule for both: the page's own hook says that it has drawn a value in this frame, and the
moment is taken in the first task after that frame, by the machine's clock.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from app.store import embedded
from bench._crowd import Crowd
from bench._figures import Painted
from bench._machine import CHROMIUM
from bench._stack import PASSWORD, ROOT, Stack, until

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
SIZE = {"width": 1920, "height": 1080}
LOAD_MS = 30_000
# `bench.drawn(value)` in the frame that draws it; stamped after the frame
STAMP = """() => {
  const channel = new MessageChannel();
  let waiting = [];
  window.bench = { painted: [], drawn: (value) => {
    if (!waiting.length) channel.port2.postMessage(0);
    waiting.push(value);
  } };
  channel.port1.onmessage = () => {
    const at = Date.now();
    for (const value of waiting) window.bench.painted.push([value, at]);
    waiting = [];
  };
}"""
HEAR_OURS = """(numbers) => {
  const probes = new Set(numbers);
  window.chengyun.onPainted((n, at, value) => probes.has(n) && window.bench.drawn(value));
  const { map, points } = window.chengyun;
  const inside = numbers.filter((n) => {
    const place = points.placeOf(n);
    const shown = place && points.shown[points.indexOf(n)];
    return shown && map.getBounds().contains([place[1], place[0]]);
  });
  return [inside.length, points.count];
}"""
# Leaflet draws in a frame that it asks for after the dots are made: ours is asked for earlier,
# so it is the same frame or the one before
HEAR_USUAL = """() => {
  let values = [];
  window.usual.heard = (value) => {
    if (!values.length) requestAnimationFrame(() => {
      for (const v of values) window.bench.drawn(v);
      values = [];
    });
    if (value !== null) values.push(value);
  };
}"""
TAKE = "() => window.bench.painted.splice(0)"


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a screen."""
    with sync_playwright() as playwright:
        yield _launch(playwright)


def _launch(playwright: Playwright) -> Browser:
    if not Path(CHROMIUM).exists():
        raise SystemExit("no browser: apt-get install chromium fonts-noto-cjk")
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


class Screen:
    """An open page that notes when it has painted which value."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def take(self) -> list[Painted]:
        """What was painted since the last call."""
        return [Painted(value, at) for value, at in self.page.evaluate(TAKE)]


@contextmanager
def _page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=SIZE, bypass_csp=True, device_scale_factor=1)
    page = context.new_page()
    page.set_default_timeout(LOAD_MS)
    try:
        yield page
    finally:
        context.close()


@contextmanager
def our_wall(chromium: Browser, city: Stack, numbers: list[int]) -> Iterator[Screen]:
    """Our wall as the officer on duty sees it; `numbers` are the probes' device numbers."""
    with _page(chromium) as page:
        page.goto(f"{city.url}/login?next=/wall")
        page.fill("input[name=user]", "duty")
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_selector("html[data-live=ready]", state="attached")
        page.evaluate(STAMP)
        inside, points = page.evaluate(HEAR_OURS, numbers)
        if inside < len(numbers):
            raise RuntimeError(f"only {inside} of {len(numbers)} probes in view, {points} points")
        yield Screen(page)


@contextmanager
def usual_page(chromium: Browser, city: Stack, crowd: Crowd) -> Iterator[Screen]:
    """The usual page with a server of its own, from its start to its end."""
    devices = city.var / "devices.json"
    devices.write_text(json.dumps(crowd.members), "utf-8")
    port = embedded.free_port()
    command = [sys.executable, "-m", "bench._usual_page", f"--port={port}", f"--devices={devices}"]
    with (city.var / "usual.log").open("ab") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **city.env}, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}/"
        until(lambda: _answers(url), 30, f"the usual page answers; see {city.var}/usual.log")
        with _page(chromium) as page:
            page.goto(url)
            page.wait_for_selector("#map canvas", state="attached")
            page.evaluate(STAMP)
            page.evaluate(HEAR_USUAL)
            yield Screen(page)
    finally:
        server.kill()
        server.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False
