"""What a journey does with a wall and a phone, in the words of who sits before them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys.field import IN_STREET_05
from tests.living import sign_in
from tests.waiting import until

expect.set_options(timeout=30_000)  # the machine may be busy; budgets are asserted where they count

WALL = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}


@dataclass
class Wall:
    """A wall in the browser, live."""

    page: Page

    @property
    def state(self) -> dict[str, Any]:
        """The live layer's snapshot: seq, alerts, cases, tasks, workers."""
        found: dict[str, Any] = self.page.evaluate("window.chengyun.state()")
        return found

    @property
    def points(self) -> int:
        """How many devices are on the map."""
        return int(self.page.evaluate("window.chengyun.points.count"))

    def knows(self, noun: str, thing: str) -> bool:
        """Whether an alert, case or task is on this wall."""
        return any(one["id"] == thing for one in self.state[noun])

    def row(self, alert_id: str) -> Locator:
        """The alert's row in the list."""
        return self.page.locator(f"#alerts [data-id='{alert_id}']")

    def find(self, words: str) -> None:
        """Look for something by its name, as "/" does, and open the first that is found."""
        self.page.fill("#map-search", words)
        self.page.locator("#found [data-action=found]", has_text=words).first.click()

    def select(self, alert_id: str) -> None:
        """Click the alert's row; the dispatch panel then has its case."""
        self.row(alert_id).click()
        expect(self.row(alert_id)).to_have_attribute("aria-current", "true")
        expect(self.page.locator("#dispatch .s-go").first).to_be_visible()

    @property
    def offered(self) -> list[str]:
        """The workers whom the dispatch panel offers, best first."""
        values = "boxes => boxes.map((box) => box.value)"  # at once: the list is painted anew
        found: list[str] = self.page.locator("#dispatch-workers input").evaluate_all(values)
        return found

    def send(self, worker: str, note: str) -> None:
        """派单 to one of those who are offered; who is the best changes as they walk."""
        box = f"input[value='{worker}']"
        self.page.click(f"#dispatch-workers label:has({box})")
        expect(self.page.locator(f"#dispatch-workers {box}")).to_be_checked()
        self.page.fill("#dispatch-note", note)
        self.page.click("#dispatch-send [data-action=send]")
        expect(self.page.locator("#dispatch-result")).to_contain_text("✓")

    @property
    def case_badge(self) -> Locator:
        """The word for where the selected case stands."""
        return self.page.locator("#dispatch .kv .s-go")

    def blind(self) -> list[str]:
        """What the wall says it cannot see."""
        return (self.page.evaluate("document.documentElement.dataset.blind") or "").split()


def open_wall(context: BrowserContext, url: str, user: str = "duty", query: str = "") -> Wall:
    """Sign in at a wall and wait until it is live."""
    page = context.new_page()
    sign_in(page, url, user, "/wall/" + query)
    expect(page.locator("html[data-live=ready]")).to_be_attached(timeout=60_000)
    return Wall(page)


@dataclass
class Phone:
    """A grid worker's phone."""

    page: Page

    def is_ready(self) -> None:
        """Wait until it has his tasks, knows whether he is on duty, and hears the server."""
        expect(self.page.locator("html[data-live=ready]")).to_be_attached(timeout=60_000)
        expect(self.page.locator("#net")).to_contain_text("在线")

    @property
    def waiting(self) -> int:
        """How many acts are kept and not yet sent."""
        return int(self.page.evaluate("document.documentElement.dataset.waiting") or 0)

    @property
    def rang(self) -> int:
        """How often it has rung."""
        return int(self.page.evaluate("document.documentElement.dataset.rang") or 0)

    def look_at(self, task: str) -> Locator:
        """The task's card; another task of his may be the more urgent one."""
        card = self.page.locator(f"#page [data-task='{task}']")
        other = self.page.locator(f"#page [data-open='{task}']")
        expect(card.or_(other)).to_be_visible()
        if other.count():
            other.click()
        expect(card).to_be_visible()
        return card

    def tap(self, move: str) -> None:
        """The one big button, when it offers this move."""
        self.page.locator(f"#move[data-move={move}]").click()

    def go_offline(self, *, offline: bool) -> None:
        """Cut the network of this phone, or give it back."""
        self.page.context.set_offline(offline)

    def finish(self, photo: bytes, note: str) -> None:
        """处置完成 with its photo."""
        self.tap("finish")
        picture = {"name": "done.png", "mimeType": "image/png", "buffer": photo}
        self.page.set_input_files("#dialog input[type=file]", picture)
        expect(self.page.locator("#dialog .strip img")).to_have_count(1)
        self.page.fill("#dialog textarea", note)
        self.page.click("#dialog button[type=submit]")

    def give_back(self, why: str) -> None:
        """退回 with its reason."""
        self.page.click("#return")
        self.page.fill("#dialog textarea", why)
        self.page.click("#dialog button[type=submit]")


def phone_context(browser: Any) -> BrowserContext:
    """A phone's own browser: small, with a place, which it may tell."""
    lon, lat = IN_STREET_05
    return browser.new_context(  # type: ignore[no-any-return]
        viewport=PHONE,
        device_scale_factor=2,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        geolocation={"longitude": lon + 0.002, "latitude": lat, "accuracy": 10},
        permissions=["geolocation"],
    )


def open_phone(context: BrowserContext, url: str, worker: str) -> Phone:
    """Sign the worker in and wait until his phone hears the server."""
    page = context.new_page()
    sign_in(page, url, worker.lower(), "/m/")
    phone = Phone(page)
    phone.is_ready()
    until(lambda: phone.waiting == 0)
    return phone
