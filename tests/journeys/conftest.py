"""One small city for all journeys; a browser per module, a fresh context per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.journeys.rules import quick_rules
from tests.journeys.screens import WALL
from tests.living import LivingCity, living_city
from tests.living import browser as chromium
from tests.waiting import until


@pytest.fixture(scope="session")
def whole_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivingCity]:
    """run.py demo on free ports, with rules that clear quickly."""
    var = tmp_path_factory.mktemp("journeys")
    with living_city(var, CHENGYUN_RULES=str(quick_rules(var))) as there:
        yield there


@pytest.fixture
def living(whole_city: LivingCity) -> LivingCity:
    """The city, healthy again after whatever the test before did to it."""
    until(whole_city.healthy, timeout=30, every=0.1)
    return whole_city


# a module's, not the session's: two of them at once do not go together in one process
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as there:
        yield there


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """A duty officer's screen."""
    context = browser.new_context(viewport=WALL, locale="zh-CN", timezone_id="Asia/Shanghai")
    yield context
    context.close()
