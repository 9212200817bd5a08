"""From the whole city to one device: clusters far out, points near, and nobody lost between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.journeys.screens import Wall, open_wall
from tests.living import LivingCity, living_city
from tests.waiting import until

pytestmark = pytest.mark.alone

KNOWN = "fetch('/api/v1/points').then(a => a.arrayBuffer()).then(b => b.byteLength / 28)"
FEW = 40  # points at most; the city has some hundred devices
IN_CLUSTERS = "window.chengyun.page.scene.clusters.table.size"
SHOWING = "window.chengyun.page.scene.showing"
LOADED = "window.chengyun.points.index.size"
INSIDE = """async () => {
  const { area, box, zoom } = window.chengyun.page.looking.asked;
  const answer = await fetch(`/api/v1/points/inside?box=${box}&zoom=${zoom}&area=${area}`);
  return (await answer.json()).count;
}"""

# the clusters are those of the present zoom (viewport.mjs: levelAt), and so are the buttons
SETTLED = """() => {
  const { map, page } = window.chengyun;
  if (page.scene.showing === "points") return true;
  const { level, cells } = page.scene.clusters.table;
  const { cluster } = document.querySelector(".cluster-keys button") ?? {};
  const now = cluster && cells.get(`${cluster.x},${cluster.y}`) === cluster;
  return now && level === Math.floor(map.getZoom() - 0.25);
}"""


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivingCity]:
    """A city whose walls show clusters above 40 devices."""
    var = tmp_path_factory.mktemp("clusters")
    with living_city(var, CHENGYUN_POINTS_AT_MOST=str(FEW)) as there:
        until(there.healthy, timeout=30, every=0.1)
        yield there


# a flight has a zoom on its way too, of which the clusters may still be: only its end counts
FLIGHTS = "window.flights = 0; window.chengyun.map.on('zoomend', () => window.flights++)"


def ask(wall: Wall, what: str) -> Any:
    return wall.page.evaluate(what)


def all_in_clusters(wall: Wall) -> bool:
    """Every device of the city is in a cluster; the city may still be taking some in."""
    return bool(ask(wall, SHOWING) == "clusters" and ask(wall, IN_CLUSTERS) == ask(wall, KNOWN))


def test_clusters_come_apart_into_the_points_they_counted(
    crowded: LivingCity, desk: BrowserContext
) -> None:
    wall = open_wall(desk, crowded.url)
    until(lambda: all_in_clusters(wall))
    assert wall.points == 0

    buttons = wall.page.locator(".cluster-keys button")
    until(lambda: buttons.count() > 0)
    assert "台设备" in (buttons.first.get_attribute("aria-label") or "")
    wall.page.evaluate(FLIGHTS)
    for _ in range(8):  # the keyboard alone goes on until there are points
        if ask(wall, SHOWING) == "points":
            break
        zoom, flown = ask(wall, "[window.chengyun.map.getZoom(), window.flights]")
        buttons.first.focus()
        wall.page.keyboard.press("Enter")
        until(lambda before=flown: ask(wall, "window.flights") > before)
        assert ask(wall, "window.chengyun.map.getZoom()") > zoom
        until(lambda: ask(wall, SETTLED), timeout=20)
    until(lambda: ask(wall, SHOWING) == "points")
    until(lambda: 0 < ask(wall, LOADED) == ask(wall, INSIDE))
    assert ask(wall, IN_CLUSTERS) == 0

    wall.page.evaluate("window.chengyun.map.setZoom(11, {animate: false})")
    until(lambda: all_in_clusters(wall))
