"""A page of Chromium whose network nobody listens to: what its process holds is its own.

Playwright listens to the network of every page that it opens, and for each listener Chromium keeps
the bodies of all answers in the page's own process, up to 200 MB. Here the page is made past
Playwright, which lets it go, and spoken to through the connection of the browser.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, CDPSession

from bench._map_page import METER, Screen

ANSWER_S = 90.0
LOOK_S = 0.01


class Unwatched:
    """Such a page: as much of Playwright's page and session as the walk needs."""

    def __init__(self, browser: CDPSession, target: str) -> None:
        self._browser, self._last = browser, 0
        self._answers: dict[int, dict[str, Any]] = {}
        browser.on("Target.receivedMessageFromTarget", self._hear)
        said = browser.send("Target.attachToTarget", {"targetId": target, "flatten": False})
        self._session = said["sessionId"]

    def _hear(self, told: dict[str, Any]) -> None:
        message = json.loads(told["message"])
        if "id" in message:
            self._answers[message["id"]] = message

    def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Say something in the DevTools protocol; RuntimeError when Chromium refuses."""
        self._last += 1
        message = json.dumps({"id": self._last, "method": method, "params": params or {}})
        told = {"sessionId": self._session, "message": message}
        self._browser.send("Target.sendMessageToTarget", told)
        answer = self._answer(method)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return dict(answer["result"])

    def _answer(self, method: str) -> dict[str, Any]:
        end = time.monotonic() + ANSWER_S
        while self._last not in self._answers:
            if time.monotonic() > end:
                raise TimeoutError(f"no answer to {method}")
            time.sleep(LOOK_S)
            self._browser.send("Browser.getVersion")  # answers are heard only while one speaks
        return self._answers.pop(self._last)

    def goto(self, url: str, wait_until: str = "") -> None:
        """Open an address and wait for nothing."""
        self.send("Page.navigate", {"url": url})

    def evaluate(self, function: str, given: Any = None) -> Any:
        """What a function of the page returns; RuntimeError when it throws."""
        call = f"({function})({json.dumps(given)})"
        asked = {"expression": call, "returnByValue": True, "awaitPromise": True}
        said = self.send("Runtime.evaluate", asked)
        if "exceptionDetails" in said:
            raise RuntimeError(f"{function}: {said['exceptionDetails']}")
        return said["result"].get("value")

    def wait_for_timeout(self, ms: float) -> None:
        """Let the page live for so long."""
        time.sleep(ms / 1000)


class Alone(Screen):
    """An open map in such a page; it counts no bytes."""

    def __init__(self, page: Unwatched) -> None:
        self.page, self.cdp, self.bytes = page, page, 0
        for domain in ("Page", "Performance", "HeapProfiler"):
            page.send(f"{domain}.enable")


@contextmanager
def alone(
    chromium: Browser, size: tuple[int, int], cookies: list[Any], hooks: str
) -> Iterator[Alone]:
    """A new page; `hooks` run before anything of the page does."""
    browser = chromium.new_browser_cdp_session()
    context = browser.send("Target.createBrowserContext")["browserContextId"]
    try:
        browser.send("Storage.setCookies", {"cookies": cookies, "browserContextId": context})
        asked = {"url": "about:blank", "browserContextId": context}
        page = Unwatched(browser, browser.send("Target.createTarget", asked)["targetId"])
        opened = Alone(page)
        view = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        page.send("Emulation.setDeviceMetricsOverride", view)
        script = {"source": METER + ";\n" + hooks}
        page.send("Page.addScriptToEvaluateOnNewDocument", script)
        yield opened
    finally:
        browser.send("Target.disposeBrowserContext", {"browserContextId": context})
