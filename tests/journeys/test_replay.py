"""The past on the map: back before an alert, on until it is there, and live again, in one page."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.field import Sensor, sensor
from tests.journeys.screens import Wall, open_wall
from tests.living import LivingCity
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

NAME = "旅程回放井"
SEEK = """at => window.chengyun.page.parts
  .find((part) => part.constructor.name === "ReplayPart").run({do: "seek", at})"""


def test_back_before_an_alert_on_until_it_is_there_and_live_again(
    living: LivingCity, desk: BrowserContext
) -> None:
    wall = open_wall(desk, living.url)
    with sensor(living.settings, "JOURNEY-R") as leak:
        leak.be_born(NAME)
        leak.says(1.5)
        before = round(time.time() * 1000)
        # the slider tells moments to the second: the alert must not lie in the same one
        until(lambda: time.time() * 1000 > before + 3000)
        alert = _turns_red(wall, leak)
        wall.page.evaluate("window.thisPage = true")
        # within five seconds of the present a replay has ended: there would be nothing to play
        until(lambda: time.time() * 1000 > before + 12_000)
        _is_not_there_yet(wall, before, alert)
        _comes_when_it_came(wall, alert)
        _the_rest_is_live(wall)
        _is_live_again(wall, alert)
        leak.says(0.5)


def _shows(wall: Wall, alert: str) -> bool:
    """Whether the map has the alert's mark."""
    return bool(wall.page.evaluate("id => window.chengyun.page.scene.alerts.kept.has(id)", alert))


def _turns_red(wall: Wall, leak: Sensor) -> str:
    leak.leaks(61.0)
    row = wall.page.locator("#alerts .lv-red", has_text=NAME)
    expect(row).to_be_visible(timeout=60_000)
    alert = str(row.get_attribute("data-id"))
    until(lambda: _shows(wall, alert))
    return alert


def _is_not_there_yet(wall: Wall, before: int, alert: str) -> None:
    """At the moment before: no mark, a badge that cannot be overlooked, an address to send."""
    wall.page.evaluate(SEEK, before)
    expect(wall.page.locator("html[data-replay=paused]")).to_be_attached()
    expect(wall.page.locator(".replay-badge")).to_contain_text("回放")
    until(lambda: not _shows(wall, alert))
    expect(wall.page).to_have_url(re.compile(f"at={before}"))
    expect(wall.row(alert)).to_be_visible()


def _comes_when_it_came(wall: Wall, alert: str) -> None:
    """Played on, it is there before the end; at the end the replay stops and offers to go live."""
    wall.page.locator("#replay-handle").focus()
    wall.page.keyboard.press("Space")
    # at a speed of one it never comes to the present, where it would stop by itself
    expect(wall.page.locator("html[data-replay=playing]")).to_be_attached()
    wall.page.select_option("#replay-speed", "2")
    until(lambda: _shows(wall, alert), timeout=30)
    wall.page.locator("#replay-handle").focus()
    wall.page.keyboard.press("Space")
    expect(wall.page.locator("html[data-replay=paused]")).to_be_attached()
    spoken = wall.page.locator("#replay-handle").get_attribute("aria-valuetext") or ""
    assert spoken.startswith("回放")
    wall.page.keyboard.press("ArrowLeft")
    until(lambda: not _shows(wall, alert))
    wall.page.keyboard.press("End")
    until(lambda: _shows(wall, alert))
    expect(wall.page.locator(".replay-badge .how")).to_contain_text("当前时刻")


def _the_rest_is_live(wall: Wall) -> None:
    """The list and the clock go on while the map stands still."""
    clock = wall.page.locator("#wall-clock")
    said = clock.text_content()
    expect(clock).not_to_have_text(said or "")


def _is_live_again(wall: Wall, alert: str) -> None:
    """Live without a reload: the badge is gone, the address says nothing of it, dots speak."""
    wall.page.locator(".time [data-action=replay-live]").click()
    expect(wall.page.locator("html[data-replay]")).to_have_count(0)
    expect(wall.page.locator(".replay-badge")).to_be_hidden()
    expect(wall.page).not_to_have_url(re.compile(r"[?&]at="))
    assert wall.page.evaluate("window.thisPage")
    until(lambda: _shows(wall, alert))
    wall.page.evaluate(
        "() => { window.drawn = 0; window.chengyun.onPainted(() => (window.drawn += 1)); }"
    )
    until(lambda: wall.page.evaluate("window.drawn") > 0, timeout=30)


NOTES = """window.notes = 0;
const begin = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  window.notes += 1;
  return begin.apply(this, when);
};
"""
TONE = 5  # notes of a red alert (live/sound.mjs)
AWAY = """id => {
  const { alerts } = window.chengyun.state();
  const one = alerts.find((alert) => alert.id === id);
  return window.chengyun.map.distance(window.chengyun.map.getCenter(), [one.lat, one.lon]);
}"""
RINGS = "id => window.chengyun.page.sound.ringing.ids.has(id)"


def test_a_red_alert_rings_while_the_map_shows_the_past(
    living: LivingCity, desk: BrowserContext
) -> None:
    """It sounds and is in the list; the map stays in the past and goes there when it is live."""
    desk.add_init_script(NOTES)
    wall = open_wall(desk, living.url, query="?view=119.85,31.82,15")
    wall.page.locator("#light-sound").click()
    expect(wall.page.locator("#light-sound")).to_have_attribute("data-state", "armed")
    before = round(time.time() * 1000)
    with sensor(living.settings, "JOURNEY-S") as leak:
        leak.be_born("旅程响铃井")
        leak.says(1.5)
        until(lambda: time.time() * 1000 > before + 12_000)
        wall.page.evaluate(SEEK, before)
        expect(wall.page.locator("html[data-replay=paused]")).to_be_attached()
        heard = int(wall.page.evaluate("window.notes"))
        leak.leaks(62.0)
        row = wall.page.locator("#alerts .lv-red", has_text="旅程响铃井")
        expect(row).to_be_visible(timeout=60_000)
        alert = str(row.get_attribute("data-id"))
        until(lambda: wall.page.evaluate(RINGS, alert))
        until(lambda: wall.page.evaluate("window.notes") >= heard + TONE)
        expect(wall.page.locator("html[data-replay=paused]")).to_be_attached()
        assert not _shows(wall, alert)
        assert wall.page.evaluate(AWAY, alert) > 1_000
        wall.page.locator(".time [data-action=replay-live]").click()
        expect(wall.page.locator("html[data-replay]")).to_have_count(0)
        until(lambda: _shows(wall, alert))
        until(lambda: wall.page.evaluate(AWAY, alert) < 300)
        leak.says(0.5)
