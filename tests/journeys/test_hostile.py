"""No text from outside becomes script: hostile strings in every field, on every screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.field import DISTRICT, IN_STREET_05, Sensor, sensor
from tests.journeys.screens import open_phone, open_wall, phone_context
from tests.living import Desk, LivingCity, desk_of, sign_in
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

# each would run where text is taken for markup, an attribute, a link, a template or a formula
EVIL = (
    "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"
    "'\"><svg/onload=window.pwned=1>[a](javascript:window.pwned=1){{7*7}}${window.pwned=1}"
)
PLACE = dict(zip(("lon", "lat"), IN_STREET_05, strict=True))
WATCH = """() => { for (const name of ['alert', 'confirm', 'prompt'])
    window[name] = () => { window.pwned = name }; }"""


def _mark(name: str) -> str:
    """A hostile text that can be found by its beginning."""
    return f"{name} {EVIL}"


def _order() -> dict[str, Any]:
    words = {name: _mark(name) for name in ("channel", "category", "title", "content", "address")}
    fixed = {"ts": _now(), "type": "投诉", "urgency": "特急"}
    # other ones: what is personal is masked in the texts, and these must stay to be seen
    personal = {"caller_name": "<b onclick=x>", "caller_phone": "<i>", "id_no": "<u>"}
    words = {name: text[: 90 if name == "channel" else 190] for name, text in words.items()}
    return {**words, **fixed, **personal, **PLACE}


def _report() -> dict[str, Any]:
    words = {name: _mark(f"rep-{name}")[:99] for name in ("title", "description", "address")}
    return {"id": f"EVIL-{_now()}", "ts": _now(), "code": "", **words, **PLACE}


def _now() -> int:
    return round(time.time() * 1000)


def _strike(line: Sensor, chief: Desk) -> dict[str, Any]:
    """Everything that a stranger can say, said badly; the red alert that came of it."""
    line.be_born(_mark("device"))
    line.leaks(66.0)
    base = f"city/{DISTRICT}"
    line.tells(f"{base}/grid/W001/report", _report())
    line.tells(f"{base}/12345/EVIL-{_now()}/order", _order())
    line.tells(f"{base}/gas/{EVIL[4:30].replace('/', '')}/telemetry", _unknown())
    line.tells(f"{base}/gas/<b>x/telemetry", _unknown())
    line.tells(f"{base}/<i>kind/STRANGER-{_now()}/telemetry", _unknown())
    line.tells(f"{base}/gas/BAD/telemetry", b"{ " + EVIL.encode())

    def raised() -> Any:
        alert = chief.alert(line.code)
        return alert if alert and alert["case_id"] else None

    found: dict[str, Any] = until(raised, timeout=30, every=0.1)
    until(lambda: _hostile_cases(chief), timeout=30, every=0.1)
    return found


def _unknown() -> dict[str, Any]:
    return {"ts": _now(), "metrics": {EVIL[:60]: 1.0, "ch4": 2.0}, "id": EVIL[:60]}


def _hostile_cases(chief: Desk) -> bool:
    cases = [c for c in chief.snapshot()["cases"] if EVIL[:12] in f"{c['title']}{c['description']}"]
    return {case["source"] for case in cases} >= {"grid", "hotline"}


def _harmless(page: Page, *, shows: str = "<img src=x") -> None:
    """The text is there as text, and nothing of it has run."""
    if shows:
        expect(page.locator("body")).to_contain_text(shows)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src=x], svg[onload], a[href^='javascript']").count() == 0


def _look(page: Page, url: str, path: str, ready: Callable[[Page], Any], **more: str) -> None:
    page.goto(f"{url}{path}")
    ready(page)
    _harmless(page, **more)


@pytest.fixture
def evil(living: LivingCity) -> Any:
    """The stranger's line and the alert he has raised."""
    chief = desk_of(living.url, "commander")
    with sensor(living.settings, "EVIL-1") as line:
        yield chief, _strike(line, chief)


def test_on_wall_and_cockpit(
    living: LivingCity, desk: BrowserContext, evil: tuple[Desk, dict[str, Any]]
) -> None:
    chief, alert = evil
    desk.add_init_script(f"({WATCH})()")
    wall = open_wall(desk, living.url)
    expect(wall.row(alert["id"])).to_be_visible()
    wall.select(alert["id"])
    _harmless(wall.page)
    for source in ("grid", "hotline"):
        case = next(c for c in chief.snapshot()["cases"] if c["source"] == source)
        _look(wall.page, living.url, f"/wall/?case={case['id']}", _is_live)
    wall.page.fill("#map-search", "<img")
    _harmless(wall.page)
    _look(wall.page, living.url, "/cockpit/", _is_live, shows="")


def _is_live(page: Page) -> None:
    expect(page.locator("html[data-live=ready]")).to_be_attached(timeout=60_000)


def test_on_the_phone(
    living: LivingCity, desk: BrowserContext, browser: Any, evil: tuple[Desk, dict[str, Any]]
) -> None:
    chief, alert = evil
    worker = chief.get(f"cases/{alert['case_id']}/candidates")[0]["worker"]
    chief.post(f"cases/{alert['case_id']}/dispatch", {"workers": [worker], "note": _mark("note")})
    pocket = phone_context(browser)
    pocket.add_init_script(f"({WATCH})()")
    phone = open_phone(pocket, living.url, worker)
    expect(phone.page.locator("#page [data-task]").first).to_be_visible()
    _harmless(phone.page)
    pocket.close()


def test_on_the_admin_pages(
    living: LivingCity, desk: BrowserContext, evil: tuple[Desk, dict[str, Any]]
) -> None:
    desk.add_init_script(f"({WATCH})()")
    page = desk.new_page()
    sign_in(page, living.url, "admin", "/admin/feeds")
    for path in ("/admin/feeds", "/admin/letters", "/admin/strangers", "/admin/tokens"):
        page.goto(f"{living.url}{path}")
        expect(page.locator("main")).to_be_visible()
        _harmless(page, shows="")
