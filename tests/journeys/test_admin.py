"""The administrator: sees what was refused, drops it with a reason, adopts who is unknown.

Everything that a stranger can write is hostile here, and nothing of it runs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.field import DISTRICT, sensor
from tests.living import LivingCity, desk_of, sign_in
from tests.waiting import until

pytestmark = pytest.mark.slow

EVIL = "<img src=x onerror='window.pwned=1'>"
SILENT = "JOURNEY-NOWHERE"  # says what it measures and not where it is


@pytest.fixture
def administration(living: LivingCity, desk: BrowserContext) -> Iterator[Page]:
    """The administrator's page after hostile messages have come; nothing of them has run."""
    with sensor(living.settings, "JOURNEY-ADMIN") as line:
        for topic, body in (
            (f"city/{DISTRICT}/gas/{EVIL}/telemetry", {"ts": EVIL, "metrics": {EVIL: 1}}),
            (f"city/{DISTRICT}/gas/JOURNEY-EVIL/telemetry", {"ts": EVIL, "metrics": {"ch4": 1}}),
            (f"city/{DISTRICT}/{EVIL}/JOURNEY-ODD/telemetry", _now({EVIL: 1.0})),
            (f"city/{DISTRICT}/gas/{SILENT}/telemetry", _now({"ch4": 1.5})),
        ):
            line.tells(topic, body)
    page = desk.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    sign_in(page, living.url, "admin", "/admin/feeds")
    expect(page.locator("html[data-live=ready]")).to_be_attached(timeout=60_000)
    yield page
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src=x]").count() == 0
    assert not [fault for fault in faults if "favicon" not in fault]


def _now(metrics: dict[str, float]) -> dict[str, object]:
    return {"ts": int(time.time() * 1000), "metrics": metrics}


def test_from_a_refusal_to_its_letter_and_out(administration: Page) -> None:
    page = administration
    own = page.locator("#feeds tbody tr", has_text="city").first
    chip = own.locator("a.chip", has_text="时间不对")
    expect(chip).to_be_visible()
    before = own.locator("td.rate b").inner_text()
    chip.click()
    line = page.locator(".letter-line", has_text="JOURNEY-EVIL").first
    expect(line).to_contain_text("<img src=x")
    line.locator("[data-action=letter]").click()
    expect(page.locator("#letter .payload")).to_contain_text("<img src=x")
    line.locator("[data-action=choose]").click()
    expect(page.locator(".letter-line.on")).to_have_count(1)
    page.click("#letters-drops [data-id=chosen]")
    expect(page.locator("#message")).to_contain_text("请填写丢弃原因")
    page.fill("#letters-note", "旅程测试")
    page.click("#letters-drops [data-id=chosen]")
    expect(page.locator("#message")).to_contain_text("已丢弃 1 封")
    expect(page.locator(".letter-line.on")).to_have_count(0)
    page.click("#admin-nav a[href='/admin/feeds']")
    rate = page.locator("#feeds tbody tr", has_text="city").first.locator("td.rate b")
    expect(rate).not_to_have_text(before)  # the page goes on by itself


def test_an_unknown_device_is_adopted(administration: Page, living: LivingCity) -> None:
    page = administration
    page.click("#admin-nav a[href='/admin/strangers']")
    row = page.locator("#strangers tbody tr", has_text=SILENT)
    expect(row).to_contain_text("未报位置")
    row.locator("[data-action=stranger]").click()
    expect(page.locator("#adopt-kind")).to_contain_text("燃气")  # the device said it
    page.click("#adopt-send [data-action=adopt]")
    expect(page.locator("#message")).to_contain_text("在地图上点出位置")
    page.wait_for_selector("#adopt-map path")
    page.locator("#adopt-map").click()  # in its middle, wherever a message has moved it
    expect(page.locator("input#adopt-lon, #adopt-lon input").first).not_to_have_value("")
    page.click("#adopt-send [data-action=adopt]")
    expect(page.locator("#message")).to_contain_text("已认领")
    expect(row).to_have_count(0)
    commander = desk_of(living.url, "commander")
    until(lambda: commander.get(f"devices/{SILENT}")["device"]["kind"] == "gas")
