"""The web role is killed with -9 while facts flow: the wall ends where the ledger is."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest

from tests.journeys.field import Sensor, sensor
from tests.journeys.rules import quick_rules
from tests.journeys.screens import WALL, Wall, open_wall
from tests.living import LivingCity, browser, desk_of, living_city
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

SENSORS = 8
NOUNS = ("alerts", "cases", "tasks")


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivingCity]:
    """A city of its own, with rules that clear quickly."""
    var = tmp_path_factory.mktemp("web_killed")
    with living_city(var, CHENGYUN_RULES=str(quick_rules(var))) as there:
        yield there


def _unrest(leaks: list[Sensor], stop: Event) -> None:
    """Alerts are raised, rise and are cleared in turn, until told to stop; half of them stay."""
    turn = 0
    while not stop.wait(0.4):
        turn += 1
        for i, leak in enumerate(leaks):
            leak.says((0.5, 12.0, 25.0, 60.0)[(turn // 4 + i) % 4])


def _seqs(wall: Wall) -> list[int]:
    """Every fact that this page has applied since it was marked, in order."""
    found: list[int] = wall.page.evaluate("window.applied")
    return found


def _rows(wall: Wall) -> list[str]:
    """The alerts of the list, as painted."""
    found: list[str] = wall.page.evaluate(
        "[...document.querySelectorAll('#alerts [data-id]')].map((row) => row.dataset.id)"
    )
    return sorted(found)


def _mark(wall: Wall) -> None:
    """Mark the page, and note each fact as the live layer applies it."""
    wall.page.evaluate("""() => {
        window.applied = [];
        const hearers = chengyun.page.live.hearers, before = hearers.onFacts;
        hearers.onFacts = (applied) => {
            window.applied.push(...applied.map(({fact}) => fact.seq));
            before(applied);
        };
    }""")


def _same(wall: Wall, told: dict[str, Any]) -> bool:
    """Whether the wall has exactly what the ledger has open, each thing once."""
    state = wall.state
    for noun in NOUNS:
        ours = sorted((one["id"], one["version"]) for one in state[noun])
        if ours != sorted((one["id"], one["version"]) for one in told[noun]):
            return False
    return True


def test_the_wall_ends_where_the_ledger_is(living: LivingCity) -> None:
    leaks = [sensor(living.settings, f"UNREST-{i}") for i in range(SENSORS)]
    with browser() as chromium:
        wall = open_wall(chromium.new_context(viewport=WALL), living.url)
        _mark(wall)
        stop = Event()
        unrest = Thread(target=_unrest, args=(leaks, stop))
        unrest.start()
        try:
            for _ in range(2):
                before = len(_seqs(wall))
                until(lambda n=before: len(_seqs(wall)) > n + 5, timeout=40, every=0.1)
                living.kill("web")
                until(living.healthy, timeout=40, every=0.1)
            before = len(_seqs(wall))
            until(lambda: len(_seqs(wall)) > before, timeout=40, every=0.1)
        finally:
            stop.set()
            unrest.join(20)
        _ends_equal(living, wall)
        seqs = _seqs(wall)  # the mark is still there: the page was never loaded anew
        assert len(seqs) == len(set(seqs)), "a fact was applied twice"
        assert seqs == sorted(seqs)
    for leak in leaks:
        leak.__exit__(None, None, None)


def _ends_equal(living: LivingCity, wall: Wall) -> None:
    commander = desk_of(living.url, "commander")
    until(lambda: _same(wall, commander.get("snapshot", area="320404")), timeout=30, every=0.3)
    until(lambda: _rows(wall) == sorted(one["id"] for one in wall.state["alerts"]), timeout=15)
