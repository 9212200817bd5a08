"""Base maps as docs/base-maps.md has them, from servers and files that speak their protocols.

Every picture is looked for on the screen: a landmark drawn by the server must stand, to the
pixel, where the wall says that its place is.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect

from geodata.coordinates import wgs84_to_gcj02
from tests.journeys.screens import WALL, Wall, open_wall
from tests.journeys.tile_files import covering, drawn, painted, write_mbtiles, write_pmtiles
from tests.journeys.tile_pictures import MAGENTA
from tests.journeys.tile_servers import TK, MapServer, serving
from tests.living import LivingCity, living_city
from tests.living import browser as chromium
from tests.waiting import until

pytestmark = pytest.mark.alone

MARKS = ((119.80, 31.80), (119.93, 31.815), (119.88, 31.735))
AROUND = (119.75, 31.70, 119.99, 31.86)  # what the files cover, degrees
CENTRE = (119.87, 31.779)
WATER = (0x80, 0xDE, 0xEA)  # of the light colours of protomaps-leaflet
NEAR = 60  # px in which a landmark is looked for
# a pixel of a tile is up to 1.4 of the screen between two zooms
CLOSE = 2.0
ONLY_TILES = """
  .map > :not(.leaflet-container), .leaflet-control-container { visibility: hidden !important; }
  .leaflet-map-pane > .leaflet-pane:not(.leaflet-tile-pane) { visibility: hidden !important; }
  .leaflet-fade-anim .leaflet-tile { transition: none; }
"""
LOADED = """() => {
  const { layers } = chengyun.page.parts.find((part) => part.bases);
  return layers.length > 0 && layers.every((one) => !one.isLoading());
}"""
PLACES = """(marks) => marks.map(([lon, lat]) => {
  const at = chengyun.map.latLngToContainerPoint([lat, lon]);
  const box = chengyun.map.getContainer().getBoundingClientRect();
  return [at.x + box.x, at.y + box.y];
})"""
BASES = """
bases:
  - name: tdt
    title: 天地图 矢量
    kind: tianditu
    key_file: tianditu.key
    approval: GS(2024)0650号
  - {{name: img, title: 影像, kind: tianditu, layers: [img, cia], key_file: tianditu.key}}
  - {{name: xyz, title: 内网, kind: xyz, url: "{xyz}/xyz/{{z}}/{{x}}/{{y}}.png", max_zoom: 16}}
  - {{name: tms, title: 内网 TMS, kind: xyz, url: "{xyz}/tms/{{z}}/{{x}}/{{-y}}.png"}}
  - name: gcj
    title: 互联网图
    kind: xyz
    url: "{gcj}/xyz/{{z}}/{{x}}/{{y}}.png"
    crs: gcj02
    attribution: © 某某测绘院
  - {{name: gov, title: 政务底图, kind: wms, url: "{wms}/wms", layers: [road, water]}}
  - name: new
    title: 政务底图 1.3
    kind: wms
    url: "{wms3}/wms?map=/maps/city.map"
    layers: [road, water]
    version: 1.3.0
  - {{name: mb, title: 离线 MBTiles, kind: file, file: city.mbtiles}}
  - {{name: pm, title: 离线 PMTiles, kind: file, file: city.pmtiles}}
  - {{name: vector, title: 离线矢量, kind: file, file: vector.pmtiles}}
  - {{name: vmb, title: 离线矢量 2, kind: file, file: vector.mbtiles}}
"""


@dataclass
class Mapped:
    """A city with base maps, the servers of some of them, and a browser that finds 天地图 here."""

    city: LivingCity
    servers: dict[str, MapServer]
    chromium: Browser
    outside: set[str]  # origins that the wall asked


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapped]:
    """One of each kind, configured by the documentation alone."""
    folder = tmp_path_factory.mktemp("bases")
    shifted = tuple((float(x), float(y)) for x, y in (wgs84_to_gcj02(*mark) for mark in MARKS))
    servers = {
        "tdt": MapServer(MARKS),
        "xyz": MapServer(MARKS),
        "gcj": MapServer(shifted),
        "wms": MapServer(MARKS),
        "wms3": MapServer(MARKS, wms_version="1.3.0"),
    }
    with ExitStack() as open_:
        for name, one in servers.items():
            open_.enter_context(serving(one, folder if name == "tdt" else None))
        _files(folder)
        (folder / "tianditu.key").write_text(TK + "\n")
        bases = folder / "bases.yaml"
        said = BASES.format(**{name: one.url for name, one in servers.items()})
        bases.write_text(said, encoding="utf-8")
        city = open_.enter_context(living_city(folder / "var", CHENGYUN_BASES=str(bases)))
        here = f"127.0.0.1:{urlsplit(servers['tdt'].url).port}"
        rules = f"--host-resolver-rules=MAP *.tianditu.gov.cn {here}"
        there = open_.enter_context(chromium(rules, "--ignore-certificate-errors"))
        yield Mapped(city, servers, there, set())


def _files(folder: Path) -> None:
    places = covering(AROUND, [12, 13])
    pictures, vectors = painted(places, MARKS, "file"), drawn(places, MARKS, 1000)
    write_mbtiles(folder / "city.mbtiles", pictures, "png")
    write_pmtiles(folder / "city.pmtiles", pictures, "png")
    write_pmtiles(folder / "vector.pmtiles", vectors, "mvt")
    packed = {at: gzip.compress(raw) for at, raw in vectors.items()}
    write_mbtiles(folder / "vector.mbtiles", packed, "pbf")


@pytest.fixture
def desk(mapped: Mapped) -> Iterator[BrowserContext]:
    """A duty officer's screen; every origin that it asks is written down."""
    context = mapped.chromium.new_context(viewport=WALL, locale="zh-CN")
    mapped.outside.clear()
    context.on("request", lambda asked: mapped.outside.add(_origin(asked.url)))
    yield context
    context.close()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme.startswith("http") else ""


def choose(wall: Wall, base: str) -> None:
    """Choose a base map with the mouse."""
    wall.page.locator(".base-chooser select").select_option(base)


def stand(wall: Wall, zoom: float, place: tuple[float, float] = CENTRE) -> None:
    """Put the map somewhere and wait for its tiles."""
    go = "([lon, lat, zoom]) => chengyun.map.setView([lat, lon], zoom, {animate: false})"
    wall.page.evaluate(go, [*place, zoom])
    until(lambda: wall.page.evaluate(LOADED), timeout=60, every=0.1)


def misses(wall: Wall, base: str, marks: Any) -> list[float | None]:
    """How many px each landmark stands off its place, None where it is not seen; [] on the move."""
    before = wall.page.evaluate(PLACES, list(marks))
    shot = wall.page.screenshot()
    if before != wall.page.evaluate(PLACES, list(marks)):
        return []
    seen = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)
    colour = np.array(WATER if base.startswith("v") else MAGENTA)
    hit = np.abs(seen - colour).sum(axis=2) < 24
    return [_miss(hit, x, y) for x, y in before]


def _miss(hit: Any, x: float, y: float) -> float | None:
    left, top = max(0, round(x) - NEAR), max(0, round(y) - NEAR)
    rows, columns = np.nonzero(hit[top : top + 2 * NEAR, left : left + 2 * NEAR])
    if len(rows) < 20:
        return None
    middle = (columns.min() + columns.max() + 1) / 2 + left, (rows.min() + rows.max() + 1) / 2 + top
    return float(np.hypot(middle[0] - x, middle[1] - y))


def assert_in_place(wall: Wall, base: str, marks: Any = MARKS, close: float = CLOSE) -> None:
    """Every landmark is seen, and as close, in px, to where the wall says that its place is."""
    found: list[float | None] = []

    def in_place() -> bool:
        found[:] = misses(wall, base, marks)
        return bool(found) and all(one is not None and one <= close for one in found)

    try:
        until(in_place, timeout=60, every=0.1)
    except AssertionError as why:
        said = wall.page.locator(".base-credit").text_content()
        raise AssertionError(f"{base}: {found} px off, {said!r}, {wall.page.url}") from why


def test_every_kind_lies_where_it_should(mapped: Mapped, desk: BrowserContext) -> None:
    wall = open_wall(desk, mapped.city.url)
    credit = wall.page.locator(".base-credit")
    expect(credit).to_have_text("© 天地图 · 审图号 GS(2024)0650号")  # the first of the file
    for base in ("tdt", "img", "xyz", "tms", "gcj", "gov", "new", "mb", "pm", "vector", "vmb"):
        choose(wall, base)
        hidden = wall.page.add_style_tag(content=ONLY_TILES)
        stand(wall, 12.55)
        assert_in_place(wall, base)
        hidden.evaluate("style => style.remove()")
    expect(credit).to_have_text("© 独立测绘")  # what the file says of itself
    for name, one in mapped.servers.items():
        refused = [asked for asked in one.asked if asked[1] != 200]
        assert one.asked, name
        assert not refused, (name, refused[:3])
    assert mapped.servers["tdt"].referrers == {mapped.city.url + "/"}  # no more of the address


def test_gcj02_and_enlarged_tiles_are_in_place_at_street_level(
    mapped: Mapped, desk: BrowserContext
) -> None:
    wall = open_wall(desk, mapped.city.url)
    for base, zoom in (("gcj", 17), ("gcj", 15.4), ("xyz", 17)):
        choose(wall, base)
        hidden = wall.page.add_style_tag(content=ONLY_TILES)
        stand(wall, zoom, MARKS[1])
        assert_in_place(wall, base, MARKS[1:2])
        hidden.evaluate("style => style.remove()")
    assert all("/xyz/17/" not in path for path, _ in mapped.servers["xyz"].asked)  # max_zoom: 16


def test_on_a_4k_wall_pictures_are_twice_as_large(mapped: Mapped) -> None:
    context = mapped.chromium.new_context(viewport={"width": 3840, "height": 2160}, locale="zh-CN")
    wall = open_wall(context, mapped.city.url)
    for base in ("gcj", "gov"):
        choose(wall, base)
        hidden = wall.page.add_style_tag(content=ONLY_TILES)
        stand(wall, 13.55)
        assert wall.page.evaluate("document.querySelector('.leaflet-tile').style.width") == "512px"
        assert_in_place(wall, base, close=2 * CLOSE)
        hidden.evaluate("style => style.remove()")
    context.close()


def test_by_keyboard_in_the_address_and_remembered(mapped: Mapped, desk: BrowserContext) -> None:
    wall = open_wall(desk, mapped.city.url, query="?base=tms")
    chooser = wall.page.locator(".base-chooser select")
    expect(chooser).to_have_value("tms")
    chooser.focus()
    for wanted in ("gcj", "gov"):
        wall.page.keyboard.press("ArrowDown")
        expect(chooser).to_have_value(wanted)
        until(lambda base=wanted: f"base={base}" in wall.page.url)
    expect(chooser).to_be_focused()
    wall.page.goto(f"{mapped.city.url}/wall/")
    expect(wall.page.locator(".base-chooser select")).to_have_value("gov", timeout=60_000)


def test_none_asks_nobody_outside(mapped: Mapped, desk: BrowserContext) -> None:
    wall = open_wall(desk, mapped.city.url, query="?base=none")
    expect(wall.page.locator(".graticule").first).to_be_attached()
    stand_still = "() => chengyun.map.setZoom(14, {animate: false})"
    wall.page.evaluate(stand_still)
    expect(wall.page.locator(".base-credit")).to_have_text("")
    assert mapped.outside - {""} == {mapped.city.url}


def test_a_server_that_refuses_is_spared_and_said_so(mapped: Mapped, desk: BrowserContext) -> None:
    server = mapped.servers["xyz"]
    server.mood, server.asked = "forbids", []
    wall = open_wall(desk, mapped.city.url, query="?base=xyz")
    note = wall.page.locator(".base-credit b")
    expect(note).to_contain_text("底图取不到")
    expect(wall.page.locator(".graticule").first).to_be_attached()
    first_view = len(server.asked)
    for _ in range(6):
        wall.page.evaluate("chengyun.map.panBy([300, 0], {animate: false})")
    server.mood = "html"  # a gateway that wants a sign-in is no map either
    wall.page.evaluate("chengyun.map.panBy([300, 0], {animate: false})")
    assert len(server.asked) <= first_view + 4  # two for each trial
    server.mood = "well"
    expect(note).to_have_count(0, timeout=120_000)
    until(lambda: wall.page.evaluate(LOADED), timeout=60)
    assert wall.page.locator(".leaflet-tile-loaded").count() > 12
