"""A source that stops: the duty officer is called, once, and nowhere on the map."""

from __future__ import annotations

import pytest

from app.domain.alerts import AlertStatus
from app.domain.levels import Level
from app.domain.rulebook import RuleBook, read_rules
from app.services import alerts, nearby, registry, views
from tests import cast
from tests.services.watching import Town, every, opened

CLEARED = AlertStatus.CLEARED


def about(city) -> list[str]:
    """Whom open alerts about sources are about."""
    return sorted(a.device.removeprefix("source:") for a in opened(city) if a.kind == "source")


def raised(city) -> list[str]:
    """Whom all such alerts were about."""
    return sorted(a.device.removeprefix("source:") for a in every(city) if a.kind == "source")


def started(city, clock, **declared) -> Town:
    town = Town(city, clock, owner="路灯所", **declared)
    town.live(150, *town.own, *town.lora)
    return town


@pytest.fixture
def town(city, clock) -> Town:
    return started(city, clock)


def test_a_source_that_stops_calls_once_until_it_speaks_again(city, town) -> None:
    town.live(600, *town.own)
    (alert,) = opened(city)
    assert (alert.rule, alert.level) == ("source-silent", Level.ORANGE)
    assert alert.area == city.areas.home.code
    assert alert.device_name == "lora · 路灯所"
    assert alert.next_due is not None  # it escalates like any other
    assert alert.value > alert.threshold > 0
    assert alert.unit == "秒"
    town.live(60, *town.own, *town.lora)
    assert [a.status for a in every(city)] == [CLEARED]
    town.live(600, *town.own)
    assert raised(city) == ["lora", "lora"]


def test_it_has_no_place_and_opens_no_case(city, town) -> None:
    town.live(600, *town.own)
    (alert,) = opened(city)
    assert (alert.lon, alert.lat, alert.case_id) == (None, None, None)
    card = views.alert_card(city, cast.DUTY, alert.id)
    assert (card["worker"], card["cameras"], card["thresholds"]) == (None, None, [])
    assert card["advice"]
    (shown,) = views.snapshot(city, cast.DUTY)["alerts"]
    assert (shown["lon"], shown["lat"]) == (None, None)
    near = nearby.nearby(city, cast.DUTY, 119.97, 31.81, within_m=50_000)
    assert not near["cases"]
    with city.ledger.read() as tx:
        assert not tx.cases()


def test_the_officer_may_make_a_case_of_it(city, town) -> None:
    town.live(600, *town.own)
    case = alerts.open_case(city, opened(city)[0].id, by=cast.DUTY)
    assert (case.lon, case.lat, case.area) == (None, None, city.areas.home.code)


def test_even_a_red_one_opens_no_case(city, clock) -> None:
    text = """rules:
  - {id: s, title: 中断, title_en: Stopped, kind: source, metric: silence, source: default,
     thresholds: {yellow: 1, red: 4},
     profiles: [{match: [lora], thresholds: {orange: 1, red: 3}}]}
"""
    object.__setattr__(city, "rules", read_rules(text))
    town = started(city, clock)
    town.live(80, *town.own)
    assert [a.level for a in opened(city)] == [Level.ORANGE]  # by its name
    town.live(600, *town.own)
    assert [(a.level, a.case_id) for a in opened(city)] == [(Level.RED, None)]


def test_a_restart_tells_nothing_twice_and_forgets_nothing(city, town) -> None:
    town.live(600, *town.own)
    for n in range(3):
        town.restart(f"w{n}")
        town.live(300, *town.own)
    assert raised(city) == ["lora"]
    town.restart("last")
    town.live(200, *town.own, *town.lora)
    assert about(city) == []


def test_a_lost_memory_of_redis_ends_no_alert_and_raises_none_again(city, town) -> None:
    town.live(600, *town.own)
    town.post.store.release()
    city.live.redis.flushall()
    registry.again(city)
    town.say(*town.own)
    town.restart()
    town.live(300, *town.own)
    assert (raised(city), about(city)) == (["lora"], ["lora"])
    town.live(60, *town.own, *town.lora)
    assert about(city) == []


def test_who_has_just_begun_to_listen_gives_every_source_its_time(city, clock) -> None:
    town = started(city, clock, quiet_s=900)
    town.post.store.release()
    clock.advance(seconds=7200)  # all of ours was away
    town.restart()
    town.live(850, *town.own)
    assert raised(city) == []
    town.live(120, *town.own)
    assert about(city) == ["lora"]


def test_nobody_is_called_while_ingest_stands_still(city, town) -> None:
    town.hearing = False
    town.live(900)
    assert town.silent() == {"city", "lora"}
    assert raised(city) == []
    town.hearing = True
    town.live(30, *town.own)
    assert raised(city) == []  # it has its time again
    town.live(300, *town.own)
    assert about(city) == ["lora"]


def test_when_the_broker_is_lost_one_alert_stands_for_all_behind_it(city, town) -> None:
    town.live(900)
    assert town.silent() == {"city", "lora"}
    assert len(raised(city)) == 1
    town.live(600, *town.own, *town.lora)
    assert len(raised(city)) == 1
    assert about(city) == []


def test_a_source_by_a_way_of_its_own_is_called_beside_the_broker(city, clock) -> None:
    town = started(city, clock, by="stream")
    town.live(900)
    assert about(city) == ["city", "lora"]


def test_when_only_one_of_the_broker_comes_back_the_other_is_called(city, town) -> None:
    town.live(900)
    (first,) = about(city)
    town.live(300, *(town.own if first == "city" else town.lora))
    assert len(raised(city)) == 2
    assert about(city) == ["lora" if first == "city" else "city"]


def test_a_source_that_comes_and_goes_ends_in_one_alert_that_stays(city, town) -> None:
    for _ in range(8):
        town.live(200, *town.own)
        town.live(60, *town.own, *town.lora)
    assert raised(city) == ["lora"] * 4
    (standing,) = opened(city)
    assert standing.title == "数据源中断（反复中断）"
    town.restart()
    town.live(1500, *town.own, *town.lora)
    assert about(city) == ["lora"]
    town.live(600, *town.own, *town.lora)
    assert about(city) == []


def test_a_source_that_is_taken_out_of_the_file_is_no_longer_missed(city, town) -> None:
    town.live(600, *town.own)
    registry.declare(city, [])
    town.live(120, *town.own)
    assert about(city) == []
    assert "移除" in city.ledger.facts_after(0)[-1].body["reason"]


def test_without_a_rule_for_sources_their_alerts_end_at_the_next_start(city, town) -> None:
    town.live(600, *town.own)
    object.__setattr__(city, "rules", RuleBook())
    town.restart()
    assert about(city) == []
    told = [f for f in city.ledger.facts_after(0) if f.kind == "alert.cleared"]
    assert [fact.body["reason"] for fact in told] == ["规则已停用或不再适用，预警自动解除"]
    town.live(600, *town.own)
    assert (raised(city), about(city)) == (["lora"], []), "and nobody is called for it again"


def test_an_alert_of_a_whole_line_says_how_many_it_stands_for(city, clock) -> None:
    names = ["lora", "wind", "rain"]
    town = started(city, clock)
    registry.declare(city, [{"name": name, "period_s": 60} for name in names])
    fed = [*town.own, *town.lora, ("W1", "wind"), ("R1", "rain")]
    town.live(150, *fed)
    town.live(900)
    (alert,) = opened(city)
    assert alert.affected == 4, "the city's own topics, too"
    facts = [f for f in city.ledger.facts_after(0) if f.thing == alert.id]
    assert len(facts) <= 1 + 3, "told when it is more, and not again and again"
    town.live(60, *fed)
    assert about(city) == []


def test_only_who_looks_after_the_whole_city_is_called(city, town) -> None:
    town.live(600, *town.own)
    assert views.snapshot(city, cast.STRANGER)["alerts"] == []
