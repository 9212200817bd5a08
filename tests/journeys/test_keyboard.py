"""Whatever the mouse can do, the keyboard can: found, gone down to, gone up from, and sent on."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.field import DISTRICT, IN_STREET_05, sensor
from tests.journeys.screens import Wall, open_wall
from tests.living import LivingCity, sign_in
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

DEEPEST = 15  # digits of a grid's code


@pytest.fixture
def wall(living: LivingCity, desk: BrowserContext) -> Wall:
    """A live wall that nobody touches with a mouse."""
    return open_wall(desk, living.url)


def _area(page: Page) -> str:
    return str(page.evaluate("chengyun.page.view.area"))


def _said(page: Page) -> str:
    return page.locator("#map-said").inner_text()


def _stepped_to(page: Page, what: str) -> bool:
    """Step on through what is in view; whether the map now says this."""
    page.keyboard.press("j")
    return page.locator("#map-said").count() > 0 and what in _said(page)


def test_from_initials_to_the_card_of_a_device(wall: Wall) -> None:
    page = wall.page
    page.keyboard.press("/")
    page.keyboard.type("sgf", delay=80)
    # not the answer to a part of it
    expect(page.locator("#found [data-words=sgf]").first).to_be_attached()
    device = page.locator("#found [data-value=device]").first
    expect(device).to_be_visible()
    expect(page.locator("#map-search[role=combobox]")).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#found [role=group]").first).to_have_attribute("aria-label", "区域")
    name = device.locator("b").inner_text()
    until(lambda: _stepped_onto(page, device.get_attribute("id") or ""))
    page.keyboard.press("Enter")
    expect(page.locator("#alert-card")).to_contain_text(name)
    expect(page.locator("#found > *")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#alert-card article")).to_have_count(0)


def _stepped_onto(page: Page, option: str) -> bool:
    page.keyboard.press("ArrowDown")
    return page.locator("#map-search").get_attribute("aria-activedescendant") == option


def test_an_address_drops_a_pin_that_says_how_sure_it_is(wall: Wall) -> None:
    page = wall.page
    page.keyboard.press("/")
    page.keyboard.type("清潭三村15幢", delay=10)
    # an answer is waited for by Enter itself, but on a busy machine not for long enough
    expect(page.locator("#found [data-words='清潭三村15幢']").first).to_be_attached(timeout=60_000)
    page.keyboard.press("Enter")
    expect(page.locator(".pin-card")).to_contain_text("可信度")
    expect(page.locator(".pin-card")).to_contain_text("约 ±")
    expect(page).to_have_url(re.compile("pin="))
    page.keyboard.press("Escape")
    expect(page.locator(".pin-card")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("pin="))


def test_down_to_a_grid_and_up_again(wall: Wall) -> None:
    page = wall.page
    home, way = _area(page), []
    page.locator("#map").focus()
    while len(_area(page)) < DEEPEST:
        here = _area(page)
        until(lambda: _chosen(page))
        page.keyboard.press("Enter")
        until(lambda before=here: _area(page) != before)
        assert _area(page).startswith(here)
        way.append(_area(page))
    assert [len(code) for code in way] == [9, 12, 15]
    expect(page.locator("#breadcrumb button")).to_have_count(3)
    page.keyboard.press("]")
    until(lambda: _area(page) != way[-1])
    for _ in way:
        here = _area(page)
        page.keyboard.press("Escape")
        until(lambda before=here: _area(page) != before)
    assert _area(page) == home


def _chosen(page: Page) -> bool:
    """Choose an area below; its ground may still be on the way."""
    page.keyboard.press("ArrowUp")
    return page.locator(".area-chosen").count() > 0


def _reports(living: LivingCity) -> str:
    """Somebody reports a matter in view; its number."""
    said = f"JOURNEY-K{time.time_ns()}"
    lon, lat = IN_STREET_05
    body = {"id": said, "ts": int(time.time() * 1000), "lon": lon, "lat": lat}
    words = {"code": "", "title": "旅程键盘", "description": "逐个查看"}
    with sensor(living.settings, "JOURNEY-K") as line:
        line.tells(f"city/{DISTRICT}/grid/W001/report", body | words)
    return said


def test_the_map_steps_through_what_is_in_view(living: LivingCity, wall: Wall) -> None:
    page = wall.page
    said = _reports(living)
    until(lambda: any(one["source_id"] == said for one in wall.state["cases"]), timeout=30)
    until(lambda: _stepped_to(page, "案件 ·"), timeout=30)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("case="))


def test_a_link_shows_the_same_view_and_to_a_smaller_scope_its_own_part(
    living: LivingCity, wall: Wall, desk: BrowserContext
) -> None:
    page = wall.page
    page.evaluate("chengyun.map.setView([31.79, 119.93], 15.5, {animate: false})")
    expect(page).to_have_url(re.compile(r"view=119\.9\d*,31\.\d*,15\.5"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("c")
    until(lambda: page.locator("#map-said").count() > 0 and "已复制" in _said(page))
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert "area=320404" in link
    page.goto(link)
    expect(page.locator("html[data-live=ready]")).to_be_attached(timeout=60_000)
    until(lambda: page.evaluate("chengyun.map.getZoom()") == 15.5)
    _opened_by_a_smaller_scope(living, desk, link.removeprefix(living.url))


def _opened_by_a_smaller_scope(living: LivingCity, desk: BrowserContext, path: str) -> None:
    context = desk.browser.new_context()  # type: ignore[union-attr]
    page = context.new_page()
    sign_in(page, living.url, "street05", "/wall/")
    page.goto(living.url + path)
    expect(page.locator("html[data-live=ready]")).to_be_attached(timeout=60_000)
    expect(page.locator("#outside")).to_contain_text("不在您的数据范围内")
    expect(page.locator("#message > *")).to_have_count(0)
    assert _area(page) == "320404005"
    assert all(one["area"].startswith("320404005") for one in Wall(page).state["cases"])
    context.close()
