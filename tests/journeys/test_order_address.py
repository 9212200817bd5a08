"""A 12345 order without a point: the worker finds the house, the audit knows who has read it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.field import DISTRICT, sensor
from tests.journeys.screens import Phone, open_phone, open_wall, phone_context
from tests.living import Desk, LivingCity, desk_of, sign_in
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

WORKER = "W013"
WHOLE, MASKED = "南大街街道双桂坊社区12幢3单元502室", "南大街街道双桂坊社区***"
NUMBER = "13912345678"
KEPT = """() => new Promise((done) => {
  const opening = indexedDB.open("chengyun-phone");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("cache").objectStore("cache").get("exact");
    asked.onsuccess = () => done(JSON.stringify(asked.result ?? {}));
  };
})"""


@pytest.fixture
def chief(living: LivingCity) -> Desk:
    """The commander's API."""
    return desk_of(living.url, "commander")


@pytest.fixture
def phone(living: LivingCity, browser: Browser) -> Iterator[Phone]:
    """The worker's phone."""
    context = phone_context(browser)
    yield open_phone(context, living.url, WORKER)
    context.close()


def _ordered(living: LivingCity, chief: Desk) -> str:
    """The case of an urgent order that says where only by its address."""
    number = f"JOURNEY{time.time_ns()}"
    said = {
        "ts": int(time.time() * 1000),
        "channel": "电话",
        "type": "求助",
        "urgency": "特急",
        "category": "燃气",
        "title": "家中燃气泄漏",
        "content": "闻到很重的燃气味",
        "address": WHOLE,
        "caller_name": "张小明",
        "caller_phone": NUMBER,
    }
    with sensor(living.settings, "JOURNEY-ORDER") as caller:
        caller.tells(f"city/{DISTRICT}/12345/{number}/order", said)

    def opened() -> Any:
        found = chief.get("cases", source="hotline", limit=100)["cases"]
        return next((one["id"] for one in found if one["source_id"] == number), None)

    case: str = until(opened, timeout=30, every=0.2)
    return case


@pytest.fixture
def auditor(browser: Browser) -> Iterator[BrowserContext]:
    """The administrator's own browser."""
    context = browser.new_context()
    yield context
    context.close()


def _kept(phone: Phone) -> str:
    found: str = phone.page.evaluate(KEPT)
    return found


def _audited(auditor: BrowserContext, living: LivingCity, case: str) -> Page:
    page = auditor.new_page()
    sign_in(page, living.url, "admin", "/admin/audit")
    page.fill("#audit-search", case)
    page.keyboard.press("Enter")
    return page


def test_the_worker_reads_the_whole_address_and_the_audit_says_so(
    living: LivingCity, chief: Desk, phone: Phone, desk: BrowserContext, auditor: BrowserContext
) -> None:
    case = _ordered(living, chief)
    (task,) = chief.post(f"cases/{case}/dispatch", {"workers": [WORKER]})
    assert task["address"].startswith(MASKED)
    card = phone.look_at(task["id"])
    expect(card).to_contain_text(WHOLE)
    expect(card).to_contain_text("按地址推定到")
    expect(card).to_contain_text("张** 139****5678")
    phone.go_offline(offline=True)
    phone.tap("accept")
    expect(card).to_contain_text(WHOLE)  # outdoors too
    assert WHOLE in _kept(phone)
    assert NUMBER not in _kept(phone)
    phone.give_back("需要燃气公司")
    until(lambda: WHOLE not in _kept(phone))  # though nobody knows of it yet
    phone.go_offline(offline=False)
    until(lambda: phone.waiting == 0, timeout=45)
    _read_at_the_wall(living, desk, case)
    page = _audited(auditor, living, case)
    rows = page.locator("#audit tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text(WORKER.lower())
    expect(rows.nth(1)).to_contain_text("详细地址")
    expect(rows.nth(0)).to_contain_text("来电人姓名和电话")
    expect(page.locator("#audit")).not_to_contain_text("502室")


def _read_at_the_wall(living: LivingCity, desk: BrowserContext, case: str) -> None:
    wall = open_wall(desk, living.url, query=f"?case={case}")
    wall.page.locator("#dispatch [data-action=unmask][data-value=caller]").click()
    expect(wall.page.locator("dialog.live-card")).to_contain_text(NUMBER)
    wall.page.keyboard.press("Escape")
    expect(wall.page.locator("body")).not_to_contain_text(NUMBER)
