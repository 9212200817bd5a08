"""Every page has names for what can be used and contrast for what can be read (axe-core)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.screens import PHONE, WALL
from tests.living import LivingCity, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.alone]

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
SERIOUS = {"serious", "critical"}
# what is let be: the rule, a part of the element's HTML, and why
EXCEPTIONS = (
    ("aria-hidden-focus", "dash-dropdown-focus-target", "inside Dash's own dropdown"),
    ("nested-interactive", "dash-options-list-option", "Dash draws its check list as a list box"),
    ("aria-input-field-name", "dash-checklist", "the same: it takes no name from Python"),
)
PAGES = [
    ("duty", "/wall/", WALL),
    ("leader", "/cockpit/", {"width": 1440, "height": 900}),
    ("admin", "/admin/feeds", {"width": 1440, "height": 900}),
    ("admin", "/admin/letters", {"width": 1440, "height": 900}),
    ("admin", "/admin/strangers", {"width": 1440, "height": 900}),
    ("admin", "/admin/tokens", {"width": 1440, "height": 900}),
    ("w001", "/m/", PHONE),
    ("", "/login", {"width": 1440, "height": 900}),
]


@pytest.mark.parametrize(("user", "path", "size"), PAGES, ids=[path for _, path, _ in PAGES])
def test_a_page_has_no_serious_barrier(
    living: LivingCity, browser: Browser, user: str, path: str, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size, locale="zh-CN", bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    if user:
        sign_in(page, living.url, user, path)
    else:
        page.goto(living.url + path)
    if user:
        expect(page.locator("html[data-live=ready]")).to_be_attached(timeout=60_000)
    assert _barriers(page) == []
    context.close()


def _barriers(page: Page) -> list[str]:
    """What axe finds serious, one line for each element."""
    page.add_script_tag(path=AXE)
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
        if not any(one["id"] == rule and part in node["html"] for rule, part, _ in EXCEPTIONS)
    ]
