"""Boundaries are swapped while walls are open: one is reloaded by hand, one by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from shapely.geometry import mapping

from geodata.areas import open_areas
from tests.journeys.screens import WALL, Wall, open_wall
from tests.living import ROOT, LivingCity, living_city
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

DISTRICT = "320404"
GROWN = "320404001"  # the street that gets more ground
WIDER = 0.004  # degrees
EAST = """code => window.chengyun.areaLabels.get(code)?.layer.getBounds().getEast() ?? null"""


@pytest.fixture
def city(tmp_path: Path) -> Iterator[LivingCity]:
    """A city of its own: the others keep their boundaries."""
    with living_city(tmp_path / "city") as there:
        yield there


def _streets(where: Path) -> Path:
    """The streets as they are, but for one that takes a strip from its neighbours."""
    tree = open_areas("320400")
    grown = tree.area(GROWN).polygon.buffer(WIDER).intersection(tree.area(DISTRICT).polygon)
    features = [
        _feature(one, grown if one.code == GROWN else one.polygon.difference(grown))
        for one in tree.children(DISTRICT)
    ]
    file = where / "streets.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def _feature(one: Any, shape: Any) -> dict[str, Any]:
    told = {"code": one.code, "name": one.name}
    return {"type": "Feature", "properties": told, "geometry": mapping(shape)}


def _swap(city: LivingCity, file: Path) -> None:
    command = [sys.executable, "run.py", "areas", "import", str(file)]
    env = os.environ | {"CHENGYUN_CONFIG": str(city.var / "city.toml")}
    done = subprocess.run(
        [*command, "--level", "street", "--crs", "wgs84", "--take"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _wall(browser: Browser, city: LivingCity, user: str) -> Wall:
    """A wall that shows the district's streets, and whose page is marked."""
    context = browser.new_context(viewport=WALL, locale="zh-CN", timezone_id="Asia/Shanghai")
    wall = open_wall(context, city.url, user, f"?area={DISTRICT}")
    until(lambda: _east(wall) is not None)
    wall.page.evaluate("document.documentElement.dataset.same = 1")
    return wall


def _east(wall: Wall) -> float | None:
    """How far east the street reaches on the map."""
    found: float | None = wall.page.evaluate(EAST, GROWN)
    return found


def test_open_walls_come_to_the_new_outlines(
    city: LivingCity, browser: Browser, tmp_path: Path
) -> None:
    by_hand, alone = _wall(browser, city, "duty"), _wall(browser, city, "commander")
    before = _east(by_hand)
    assert before is not None
    alone.page.mouse.click(700, 100)  # its sound is armed, and stays so
    expect(alone.page.locator("#light-sound")).to_have_attribute("data-state", "armed")
    alone.page.evaluate("window.chengyun.page.renewal.touched = 0")  # nobody for long
    by_hand.page.evaluate("window.chengyun.page.renewal.wait = Infinity")  # somebody sits there
    _swap(city, _streets(tmp_path))
    line = by_hand.page.locator("#blind-banner p[data-mark=edition]")
    expect(line).to_contain_text("系统或边界已更新", timeout=90_000)
    expect(by_hand.page.locator("html[data-same]")).to_be_attached()
    assert _east(by_hand) == before
    line.locator("button").click()
    _is_new(by_hand, before)
    _is_new(alone, before)
    expect(alone.page.locator("#light-sound")).to_have_attribute("data-state", "armed")


def _is_new(wall: Wall, before: float) -> None:
    """The page is another one and shows the street as it is now."""
    expect(wall.page.locator("html[data-same]")).to_have_count(0, timeout=90_000)
    expect(wall.page.locator("html[data-live=ready]")).to_be_attached(timeout=60_000)
    until(lambda: (_east(wall) or before) > before + WIDER / 2, timeout=30)
    expect(wall.page.locator("#blind-banner p[data-mark=edition]")).to_have_count(0)
