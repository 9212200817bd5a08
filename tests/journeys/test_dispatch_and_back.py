"""Path B: from the click on the wall to the phone and back; the neighbour's wall sees nothing."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys.field import IN_STREET_05, IN_STREET_16, Sensor, sensor
from tests.journeys.screens import Phone, Wall, open_phone, open_wall, phone_context
from tests.living import Desk, LivingCity, desk_of
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

NOTE = "先疏散再测"


@pytest.fixture
def chief(living: LivingCity) -> Desk:
    """The commander's API: what the ledger says, beside what the screens show."""
    return desk_of(living.url, "commander")


@pytest.fixture
def neighbour(living: LivingCity, browser: Browser) -> Iterator[Wall]:
    """The wall of the dispatcher of another street."""
    context = browser.new_context()
    yield open_wall(context, living.url, "street16")
    context.close()


@pytest.fixture
def pocket(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that nobody has signed in to yet."""
    context = phone_context(browser)
    yield context
    context.close()


def _red(leak: Sensor, chief: Desk) -> dict[str, Any]:
    """A red alert with its case, which the rules open by themselves."""
    leak.be_born(f"旅程 {leak.code}")
    leak.leaks(66.0)

    def raised() -> Any:
        alert = chief.alert(leak.code)
        return alert if alert and alert["case_id"] else None

    found: dict[str, Any] = until(raised, timeout=30, every=0.1)
    return found


def _sent(
    living: LivingCity, wall: Wall, pocket: BrowserContext, alert: dict[str, Any]
) -> tuple[Phone, str, str]:
    """The duty officer sends the best worker, whose phone rings; phone, worker and task."""
    expect(wall.row(alert["id"])).to_be_visible()
    wall.select(alert["id"])
    expect(wall.page.locator("#dispatch-workers em").first).not_to_be_empty()  # the reasons
    worker = wall.offered[0]
    phone = open_phone(pocket, living.url, worker)
    rang = phone.rang
    wall.send(worker, NOTE)
    until(lambda: phone.rang > rang)
    task = until(lambda: _task(wall, alert, worker))
    card = phone.look_at(task)
    expect(card.locator("h2")).to_have_text(alert["title"])
    expect(phone.page.locator("#page")).to_contain_text(NOTE)
    return phone, worker, task


def _task(wall: Wall, alert: dict[str, Any], worker: str) -> str:
    """The id of the worker's task, "" while the wall has not heard of it."""
    of_case = [one for one in wall.state["tasks"] if one["case_id"] == alert["case_id"]]
    return next((str(one["id"]) for one in of_case if one["worker"] == worker), "")


def _photo() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), (40, 120, 90)).save(kept, "PNG")
    return kept.getvalue()


def _hears_its_own(living: LivingCity, neighbour: Wall) -> None:
    """The neighbour's wall is awake: facts come in order, so what was before would be there."""
    code = f"JOURNEY-N{time.time_ns()}"  # not the one whose alert is there from before
    with sensor(living.settings, code, IN_STREET_16) as own:
        own.leaks(12.0)
        until(lambda: any(a["device"] == code for a in neighbour.state["alerts"]), timeout=30)


def _saw_nothing(living: LivingCity, neighbour: Wall, alert: dict[str, Any]) -> None:
    """Not in what the wall holds, and not in its text."""
    _hears_its_own(living, neighbour)
    assert not neighbour.knows("alerts", alert["id"])
    assert not neighbour.knows("cases", alert["case_id"])
    assert all(task["case_id"] != alert["case_id"] for task in neighbour.state["tasks"])
    expect(neighbour.page.locator("body")).not_to_contain_text(alert["case_id"])


def test_sent_accepted_and_done_without_a_network(
    living: LivingCity, desk: BrowserContext, pocket: BrowserContext, neighbour: Wall, chief: Desk
) -> None:
    wall = open_wall(desk, living.url)
    with sensor(living.settings, "JOURNEY-B1") as leak:
        alert = _red(leak, chief)
        phone, worker, _ = _sent(living, wall, pocket, alert)
        phone.tap("accept")
        expect(wall.case_badge).to_have_text("处置中")
        expect(phone.page.locator("#move[data-move=arrive]")).to_be_visible()
        until(lambda: phone.waiting == 0)  # the wall may know of it before the phone has its answer
        phone.go_offline(offline=True)
        phone.tap("arrive")
        phone.finish(_photo(), "已关阀通风")
        until(lambda: phone.waiting == 2)
        expect(phone.page.locator("#net")).to_contain_text("待发 2")
        expect(wall.case_badge).to_have_text("处置中")  # nobody knows of it yet
        phone.go_offline(offline=False)
        until(lambda: phone.waiting == 0, timeout=45)  # a try that fails is repeated after 15 s
        expect(wall.case_badge).to_have_text("待核查")
        _once_and_in_order(chief, alert["case_id"], worker)
        _saw_nothing(living, neighbour, alert)


def _once_and_in_order(chief: Desk, case_id: str, worker: str) -> None:
    """Each step is one fact, and the photo is on the case."""
    case = chief.get(f"cases/{case_id}")
    task = next(one for one in case["tasks"] if one["worker"] == worker)
    order = [kind for kind in chief.trail(case_id) if kind != "case.escalated"]
    assert order == ["case.opened", "case.dispatched", "case.accepted", "case.finished"]
    times = [task["times"][step] for step in ("sent", "accepted", "arrived", "done")]
    assert times == sorted(times)
    assert len(task["photos"]) == 1
    assert case["photos"] == task["photos"]
    assert task["note"] == "已关阀通风"


def test_given_back_with_a_reason(
    living: LivingCity, desk: BrowserContext, pocket: BrowserContext, chief: Desk
) -> None:
    wall = open_wall(desk, living.url)
    with sensor(living.settings, "JOURNEY-B2") as leak:
        alert = _red(leak, chief)
        phone, _, task = _sent(living, wall, pocket, alert)
        phone.give_back("需要专业队伍")
        expect(wall.case_badge).to_have_text("已退回")
        shown = f"[data-task='{task}'], [data-open='{task}']"  # he may have others of this title
        expect(phone.page.locator(shown)).to_have_count(0)
        case = chief.get(f"cases/{alert['case_id']}")
        assert [task["note"] for task in case["tasks"]] == ["需要专业队伍"]
        expect(wall.page.locator("#dispatch-workers input").first).to_be_visible()  # and sent again


def test_reported_from_the_phone(
    living: LivingCity, desk: BrowserContext, pocket: BrowserContext, neighbour: Wall
) -> None:
    wall = open_wall(desk, living.url)
    pocket.set_geolocation(None)  # the sky is not seen yet
    phone = open_phone(pocket, living.url, "W013")
    phone.page.click("#report")
    phone.page.locator("#dialog .kind", has_text="占用消防通道").click()
    phone.page.fill("#dialog textarea", "旅程上报")
    phone.page.click("#dialog button[type=submit]")
    expect(phone.page.locator("#dialog .mend")).to_contain_text("写明地点")
    lon, lat = IN_STREET_05
    pocket.set_geolocation({"longitude": lon + 0.002, "latitude": lat, "accuracy": 10})
    expect(phone.page.locator("#dialog [data-place]")).to_have_text("当前位置")
    phone.page.click("#dialog button[type=submit]")

    def opened() -> Any:
        return [c for c in wall.state["cases"] if c["description"] == "旅程上报"]

    cases = until(opened)
    assert len(cases) == 1
    assert cases[0]["area"].startswith("320404005")
    _hears_its_own(living, neighbour)
    assert not neighbour.knows("cases", cases[0]["id"])


def test_off_duty_is_what_the_worker_says(
    living: LivingCity, desk: BrowserContext, pocket: BrowserContext
) -> None:
    wall = open_wall(desk, living.url)

    def present() -> bool:
        return next(one["on_duty"] for one in wall.state["workers"] if one["id"] == "W013")

    stranger = pocket.new_page()  # a phone that nobody has used yet asks who he is
    stranger.goto(f"{living.url}/m/")
    stranger.wait_for_url("**/login?next=/m/")
    stranger.close()
    phone = open_phone(pocket, living.url, "W013")
    duty = phone.page.locator("#duty")
    expect(duty).to_have_attribute("aria-pressed", "true")
    until(present)
    phone.go_offline(offline=True)
    duty.click()  # kept like every tap, and told once there is a network
    until(lambda: phone.waiting == 1)
    assert present()
    phone.go_offline(offline=False)
    until(lambda: not present(), timeout=45)
    phone.page.reload()
    phone.is_ready()
    expect(duty).to_have_attribute("aria-pressed", "false")
    duty.click()
    until(present)
