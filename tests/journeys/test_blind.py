"""Am I blind? What is lost is said within 15 s, and the banner goes by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.field import sensor
from tests.journeys.screens import Wall, open_wall
from tests.living import LivingCity, desk_of
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

BUDGET_S = 15.0
BACK_S = 60.0


@pytest.fixture
def wall(living: LivingCity, desk: BrowserContext) -> Iterator[Wall]:
    """A wall that sees everything, and whose page is marked: a reload would lose the mark."""
    wall = open_wall(desk, living.url)
    until(lambda: not wall.blind(), timeout=20)
    wall.page.evaluate("window.same = true")
    yield wall
    assert wall.page.evaluate("window.same") is True


def _says(wall: Wall, mark: str, began: float) -> None:
    """The banner names what is lost, in time."""
    line = wall.page.locator(f"#blind-banner p[data-mark='{mark}']")
    expect(line).to_be_visible(timeout=60_000)
    took = time.monotonic() - began
    print(f"\n{mark} on the banner after {took:.1f} s")  # noqa: T201 - pytest -s shows it
    assert took <= BUDGET_S
    assert mark in wall.blind()


def _sees_again(wall: Wall) -> None:
    until(lambda: not wall.blind(), timeout=BACK_S, every=0.1)
    expect(wall.page.locator("#blind-banner")).to_be_hidden()


def test_redis_is_killed_and_comes_back(living: LivingCity, wall: Wall) -> None:
    """kill -9; the supervisor is held for so long that there is something to be blind to."""
    living.hold_supervisor()
    try:
        began = time.monotonic()
        living.kill("redis")
        _says(wall, "redis", began)
    finally:
        living.release_supervisor()
    _sees_again(wall)
    assert "redis died" in living.said()


def test_redis_does_not_answer(living: LivingCity, wall: Wall) -> None:
    began = time.monotonic()
    living.pause("redis")
    try:
        _says(wall, "redis", began)
    finally:
        living.resume("redis")
    _sees_again(wall)


def test_the_web_role_is_killed(living: LivingCity, wall: Wall) -> None:
    """A fact that happens while nobody listens is on the wall afterwards."""
    with sensor(living.settings, "JOURNEY-C") as leak:
        leak.be_born("旅程丙井")
        leak.says(1.0)
        began = time.monotonic()
        living.pause("web")
        leak.leaks(70.0)
        _says(wall, "socket", began)
        living.kill("web")
        _sees_again(wall)
        expect(wall.page.locator("#alerts .lv-red", has_text="旅程丙井")).to_be_visible()

    def agrees() -> Any:
        told = desk_of(living.url, "commander").snapshot()
        return {a["id"] for a in told["alerts"]} == {a["id"] for a in wall.state["alerts"]}

    until(agrees, timeout=20, every=0.5)


def test_the_feed_is_silent(living: LivingCity, wall: Wall) -> None:
    """The simulated city stands still: nothing comes, and no number is to be trusted as fresh."""
    began = time.monotonic()
    living.pause("simulator")
    try:
        _says(wall, "feed:telemetry", began)
    finally:
        living.resume("simulator")
    _sees_again(wall)
