"""圈选 by the mouse: a pull chooses what lies inside, and opens nothing under its end."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.screens import open_wall
from tests.living import LivingCity
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

# a device with ground around it, in px of the window
STANDS = """() => {
  const { map, points, page } = window.chengyun;
  const box = map.getContainer().getBoundingClientRect();
  for (const n of points.index.keys()) {
    const [lon, lat] = points.placeOf(n) ?? [];
    const at = lat && map.latLngToContainerPoint([lat, lon]);
    const free = at && at.x > 320 && at.x < 850 && at.y > 220 && at.y < 700;
    if (free && page.scene.hits(at).length === 1) return [box.x + at.x, box.y + at.y];
  }
  return null;
}"""

# a card, or the list of several things on the spot: a worker may walk onto it meanwhile
OPENED = "/(device|thing)=/.test(location.search) || !!document.querySelector('#found .hit')"


def test_a_pull_that_ends_on_a_device_opens_no_card(
    living: LivingCity, desk: BrowserContext
) -> None:
    page = open_wall(desk, living.url).page
    x, y = until(lambda: page.evaluate(STANDS))
    page.locator("[data-action=draw][data-id=circle]").click()
    page.mouse.move(x - 90, y - 60)
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    page.mouse.up()
    expect(page.locator("#inside-body")).not_to_be_empty()
    expect(page.locator("[data-action=draw][aria-pressed=true]")).to_have_count(0)
    assert not page.evaluate(OPENED)
    page.locator("[data-action=undraw]").click()
    until(lambda: not page.evaluate("document.querySelector('.leaflet-container.drawing')"))
    x, y = until(lambda: page.evaluate(STANDS))
    page.mouse.click(x, y)  # without a tool in hand the same click is a choice
    until(lambda: page.evaluate(OPENED))
