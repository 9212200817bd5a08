"""Our wall for bench.map: real Redis, real web role, points and readings written straight into it.

No sensor speaks and nobody judges: what ingest and watch would write, the measurement writes, and
it says for the other roles that they live. Two web processes serve the same city: one as shipped,
one that shows up to 60,000 devices as points.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from app.city import City, open_city
from app.config import load_settings
from app.domain.readings import Device, Presence, Readings
from app.store import embedded, keys
from app.store.live import Observed
from bench._map_feed import Change, Field, Spot
from bench._stack import PASSWORD, RUN, Stack, generated_areas, until

KIND, METRIC, PERIOD_S = "gas", "ch4", 60
AT_ONCE = 500
STREAM_KEPT = 5_000
ROLES = ("ingest", "watch", "clock", "archive")
WALLS = {"ours": "4000", "ours-points": "60000"}  # what CHENGYUN_POINTS_AT_MOST says
HOOKS = """
window.addEventListener("DOMContentLoaded", () => {
  const ready = () => document.documentElement.dataset.live === "ready";
  const shown = () => {
    const { scene } = window.chengyun.page;
    return scene.showing === "clusters" ? scene.clusters.table.size : scene.points.index.size;
  };
  const look = () => {
    if (!ready() || shown() < DEVICES * 0.99) return setTimeout(look, 20);
    const { scene } = window.chengyun.page;
    const { layer, clusters, hear } = Object.assign(scene, { hear: scene.hear.bind(scene) });
    let heard = false; // a paint that only dims what was lit is no update
    const whole = new Set(["readings", "clusters"]); // each push has one of them
    scene.hear = (...told) => { heard ||= whole.has(told[0]); hear(...told); };
    for (const one of [layer, clusters]) {
      const paint = one._paint;
      one._paint = function () {
        if (heard && (one === clusters) === (scene.showing === "clusters")) meter.updates += 1;
        if ((one === clusters) === (scene.showing === "clusters")) heard = false;
        paint.call(this);
      };
    }
    meter.first();
  };
  look();
});
"""


class Ours:
    """The city and its two web processes."""

    def __init__(self, stack: Stack, field: Field) -> None:
        self.stack, self.field = stack, field
        self.devices: list[Device] = []
        self.walls: dict[str, str] = {}
        self._web: dict[str, subprocess.Popen[bytes]] = {}
        generated_areas(stack.var / "areas")
        self._run("prepare").wait()
        names = ("var", "redis_url", "city")
        settings = {name: stack.env[f"CHENGYUN_{name.upper()}"] for name in names}
        self.city: City = open_city(load_settings(**settings))
        self.city.live.ensure_groups()
        self.grids = {grid.code: k for k, grid in enumerate(self.city.areas.grids)}

    def _run(self, role: str, **env: str) -> subprocess.Popen[bytes]:
        with (self.stack.var / f"log/{role}-{len(self._web)}.log").open("ab") as log:
            command, env = [*RUN, role], {**os.environ, **self.stack.env, **env}
            return subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def start_web(self) -> None:
        """Start both web processes and wait until they answer."""
        self.beat()
        for name, most in WALLS.items():
            port = str(embedded.free_port())
            env = {"CHENGYUN_PORT": port, "CHENGYUN_POINTS_AT_MOST": most}
            self._web[name] = self._run("web", **env)
            self.walls[name] = f"http://127.0.0.1:{port}"
        for url in self.walls.values():
            what = f"{url} answers; logs in {self.stack.var}/log"
            until(lambda url=url: self._answers(url), 60, what)

    def _answers(self, url: str) -> bool:
        self.beat()
        try:
            return requests.get(f"{url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def beat(self) -> None:
        """Say for the other roles that they live, and keep the stream short."""
        redis, now = self.city.live.redis, round(time.time() * 1000)
        for role in ROLES:
            self.city.live.beat(role, now)
        redis.hset(keys.FEEDS, "telemetry", str(now))
        redis.xtrim(keys.readings(0), maxlen=STREAM_KEPT, approximate=True)

    # -- devices ------------------------------------------------------------------------------

    def grow(self, count: int) -> None:
        """Let the first `count` devices of the field stand in the city, and have spoken."""
        new = self.field.spots[len(self.devices) : count]
        self.field.count = count
        codes = self.city.areas.locate([s.lon for s in new], [s.lat for s in new])
        for start in range(0, len(new), AT_ONCE):
            part, areas = new[start : start + AT_ONCE], codes[start : start + AT_ONCE]
            made = [_device(s, area) for s, area in zip(part, areas, strict=True)]
            grids = [self.city.areas.grid_index(area) if area else 0 for area in areas]
            self.devices += self.city.live.register(made, grids)
        for start in range(count - len(new), count, AT_ONCE):
            part = self.field.spots[start : min(start + AT_ONCE, count)]
            self.send([Change(s, True, False) for s in part])

    def send(self, changes: list[Change]) -> None:
        """Write changes as ingest and watch do."""
        now = round(time.time() * 1000)
        self.city.live.write([self._observed(change, now) for change in changes], now)
        states = [(s.i, Presence.ONLINE, s.level) for s, levelled, _ in changes if levelled]
        self.city.live.set_states([(self.devices[i].n, p, level) for i, p, level in states])
        self.beat()

    def _observed(self, change: Change, now: int) -> Observed:
        spot, device = change.spot, self.devices[change.spot.i]
        moved = (spot.lon, spot.lat) if change.moved else None
        metrics = {METRIC: spot.value}
        reading = Readings(device.n, device.code, KIND, device.area, now, now, metrics, 0, moved)
        return Observed(reading, spot.lon, spot.lat, self.grids.get(device.area, 0), spot.value)

    # -- who looks ----------------------------------------------------------------------------

    def cookies(self, url: str) -> list[dict[str, Any]]:
        """The officer on duty, signed in."""
        officer = requests.Session()
        page = officer.get(f"{url}/login", timeout=30).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        form = {"user": "duty", "password": PASSWORD, "csrf_token": token[1]}
        officer.post(f"{url}/login", data=form, timeout=30, allow_redirects=False)
        return [{"name": c.name, "value": c.value, "url": url} for c in officer.cookies]

    @contextmanager
    def only(self, *awake: str) -> Iterator[None]:
        """Every web process but these stands still."""
        others = [web for name, web in self._web.items() if name not in awake]
        try:
            for web in others:
                web.send_signal(signal.SIGSTOP)
            yield
        finally:
            for web in others:
                web.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the web processes."""
        for web in self._web.values():
            web.kill()
            web.wait()
        self.city.live.close()


def _device(spot: Spot, area: str) -> Device:
    code = f"M-{spot.i:05d}"
    return Device(
        code=code, n=-1, kind=KIND, name=code, lon=spot.lon, lat=spot.lat, area=area,
        period_s=PERIOD_S,
    )  # fmt: skip
