"""Rules taken out of the file, or about something else by now: their alerts end at a start."""

from __future__ import annotations

from app.domain.levels import Level
from app.domain.rulebook import RuleBook, read_rules
from app.services import watch
from app.services.watch import step
from tests.services.test_watch_restart import die, leak
from tests.services.watching import opened, point, post, register, say

GAS = """rules:
  - {id: gas-ch4, title: 甲烷, title_en: Methane, kind: gas, metric: ch4, source: default,
     thresholds: {yellow: 10}}
"""
SILENT = """rules:
  - {id: silent, title: 离线, title_en: Silent, kind: %s, metric: silence, source: default,
     thresholds: {yellow: 3}}
"""


def test_a_rule_that_is_no_longer_in_the_file_clears_its_alerts(city, clock) -> None:
    (gas,) = register(city, "G1")
    first = post(city, "first")
    leak(city, clock, gas, 60, 60)
    step(city, first)
    die(first)
    object.__setattr__(city, "rules", RuleBook())
    second = post(city, "second")
    assert not opened(city)
    watch.tick(city, second)
    assert point(city, gas)[1] == Level.NONE


def test_a_rule_that_is_now_about_something_else_clears_its_alerts(city, clock) -> None:
    (gas,) = register(city, "G1")
    object.__setattr__(city, "rules", read_rules(GAS))
    first = post(city, "first")
    leak(city, clock, gas, 60, 60)
    step(city, first)
    assert opened(city)
    die(first)
    moved = GAS.replace("kind: gas", "kind: air").replace("metric: ch4", "metric: pm25")
    object.__setattr__(city, "rules", read_rules(moved))
    second = post(city, "second")
    assert not opened(city)
    assert "停用" in city.ledger.facts_after(0)[-1].body["reason"]
    watch.tick(city, second)
    assert point(city, gas)[1] == Level.NONE


def test_a_rule_of_silence_that_leaves_a_kind_out_clears_its_alerts(city, clock) -> None:
    gas, other = register(city, "G1", "G2")
    object.__setattr__(city, "rules", read_rules(SILENT % "gas"))
    first = post(city, "first")
    for device in (gas, other):
        say(city, device, ch4=1.0)
    for _ in range(30):
        clock.advance(seconds=20)
        say(city, other, ch4=1.0)
        watch.tick(city, first)
    assert [alert.device for alert in opened(city)] == ["G1"]
    die(first)
    object.__setattr__(city, "rules", read_rules(SILENT % "air"))
    second = post(city, "second")
    assert not opened(city)
    watch.tick(city, second)
    assert point(city, gas)[1] == Level.NONE
