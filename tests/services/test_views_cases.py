"""Lists, cards and panels of alerts and cases."""

from __future__ import annotations

import pytest

from app.domain.levels import Level
from app.domain.readings import WorkerPosition
from app.errors import NotAllowed
from app.services import alerts, ingest, tasks, views
from tests import cast
from tests.web.things import open_case, put_device, raise_alert, say


def test_unacknowledged_red_comes_first(city, clock) -> None:
    seen = raise_alert(city, device="A")
    alerts.acknowledge(city, seen.id, by=cast.DUTY)
    red = raise_alert(city, device="B")
    clock.advance(seconds=5)
    raise_alert(city, level=Level.YELLOW, device="C")
    panel = views.alerts_panel(city, cast.DUTY)
    assert [row["device"] for row in panel["alerts"]] == [red.device, seen.device, "C"]
    assert panel["levels"]["4"] == {"open": 2, "unacknowledged": 1, "handling": 0}
    assert panel["total"] == panel["last_hour"] == 3
    assert panel["alerts"][0]["place"]


def test_a_red_alert_outside_the_area_is_counted_beside_it(city) -> None:
    raise_alert(city)
    there = views.alerts_panel(city, cast.DUTY, cast.OTHER_STREET)
    assert (there["total"], there["elsewhere"]) == (0, {"red": 1, "area": "320404"})
    assert views.alerts_panel(city, cast.DUTY, cast.STREET)["elsewhere"]["red"] == 0
    assert views.alerts_panel(city, cast.DUTY)["elsewhere"]["red"] == 0
    assert views.alerts_panel(city, cast.STRANGER)["elsewhere"]["red"] == 0  # not his to know


def test_a_card_tells_limits_curve_nearest_and_what_may_be_done(city) -> None:
    put_device(city, "GAS-1", value=58.0)
    alert = raise_alert(city)
    near = WorkerPosition(worker="W001", at=0, lon=alert.lon + 0.001, lat=alert.lat)
    ingest.positions(city, [near], int(city.now().timestamp() * 1000))
    card = views.alert_card(city, cast.DISPATCHER, alert.id)
    assert [line["value"] for line in card["thresholds"]] == [50, 20, 10]
    assert [value for _, value in card["curve"]] == [58.0]
    assert card["worker"]["id"] == "W001"
    assert 80 < card["worker"]["distance_m"] < 110
    assert card["may"] == ["acknowledge", "dispatch"]
    assert card["escalates_at"] > card["escalates_from"]
    assert views.alert_card(city, cast.LEADER, alert.id)["may"] == []


def test_a_card_tells_the_newest_reading_beside_the_one_that_raised_it(city, clock) -> None:
    alert = raise_alert(city)
    assert views.alert_card(city, cast.DUTY, alert.id)["now"] is None
    device = put_device(city, "GAS-1", value=58.0)
    clock.advance(seconds=30)
    say(city, device, 0.5)
    card = views.alert_card(city, cast.DUTY, alert.id)
    at = int(city.now().timestamp() * 1000)
    assert card["now"] == {"value": 0.5, "at": at, "stale_after_s": 90, "n": device.n}
    assert card["value"] == 58.0


def test_candidates_come_with_reasons_best_first(city) -> None:
    alert = raise_alert(city)
    near = WorkerPosition(worker="W002", at=0, lon=alert.lon, lat=alert.lat)
    now = int(city.now().timestamp() * 1000)
    ingest.positions(city, [WorkerPosition(worker="W002", at=now, lon=near.lon, lat=near.lat)], now)
    found = views.candidates(city, cast.DISPATCHER, alert.case_id)
    assert found[0]["worker"] == "W002"
    codes = {reason["code"] for reason in found[0]["reasons"]}
    assert {"near", "same_community", "skilled", "load"} <= codes
    assert "W003" not in {one["worker"] for one in found}  # not in the dispatcher's street
    with pytest.raises(NotAllowed):
        views.candidates(city, cast.LEADER, alert.case_id)
    with city.ledger.begin() as tx:
        tx.turn("W002", False)
    off = next(
        one
        for one in views.candidates(city, cast.DISPATCHER, alert.case_id)
        if one["worker"] == "W002"
    )
    assert (off["on_duty"], off["distance_m"], off["eta_s"]) == (False, None, None)


def test_the_dispatch_panel_follows_the_case(city) -> None:
    yellow = raise_alert(city, level=Level.YELLOW)
    panel = views.dispatch_panel(city, cast.DUTY, None, yellow.id)
    assert (panel["case"], panel["moves"]) == (None, ["open"])
    case = alerts.open_case(city, yellow.id, by=cast.DUTY)
    panel = views.dispatch_panel(city, cast.DUTY, None, yellow.id)
    assert panel["case"]["id"] == case.id
    assert "dispatch" in panel["moves"]
    assert panel["candidates"]
    tasks.dispatch(city, case.id, workers=["W001"], by=cast.DUTY)
    panel = views.dispatch_panel(city, cast.DUTY, case.id)
    assert [task["worker_name"] for task in panel["tasks"]] == ["张网格"]
    assert panel["candidates"] == []


def test_cases_due_soon_come_soonest_first(city, clock) -> None:
    first = open_case(city, device="A")
    clock.advance(minutes=1)
    open_case(city, device="B")
    tasks.dispatch(city, first.id, workers=["W001"], by=cast.DUTY)
    data = views.due_cases(city, cast.DUTY)
    assert [row["id"] for row in data["cases"]][0] == first.id
    assert data["cases"][0]["who"] == "张网格"
    assert 0 < data["cases"][0]["share"] < 1
    clock.advance(days=30)
    assert views.due_cases(city, cast.DUTY)["cases"][0]["share"] > 1


def test_the_strip_shows_when_alerts_were_raised(city, clock) -> None:
    raise_alert(city, device="A")
    clock.advance(minutes=30)
    raise_alert(city, level=Level.BLUE, device="B")
    bars = views.strip(city, cast.DUTY)["bars"]
    assert (len(bars), sum(bar["n"] for bar in bars)) == (144, 2)
    assert bars[-1] == {"n": 1, "level": 1}
    assert bars[-7] == {"n": 1, "level": 4}
