"""Alerts in the ledger: one per device and rule, red ones open a case, people acknowledge."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from app.domain.alerts import AlertStatus, AlertStep
from app.domain.cases import CaseStatus
from app.domain.levels import Level
from app.errors import Conflict, NotAllowed, NotFound
from app.services import alerts
from tests import cast
from tests.cast import START
from tests.things import a_change

RAISE, UP, DOWN, CLEAR = AlertStep.RAISE, AlertStep.UP, AlertStep.DOWN, AlertStep.CLEAR


@pytest.fixture
def raised(city):
    """An orange alert."""
    return alerts.raise_(city, a_change(RAISE, Level.ORANGE))


def test_an_alert_from_rising_to_its_end(city, raised, clock, kinds_told):
    assert (raised.status, raised.level, raised.raised_at) == (
        AlertStatus.RAISED,
        Level.ORANGE,
        START,
    )
    clock.advance(minutes=1)
    [up] = alerts.apply(city, [a_change(UP, Level.RED, value=55.0)])
    assert (up.id, up.level, up.peak, up.value) == (raised.id, Level.RED, Level.RED, 55.0)
    [down] = alerts.apply(city, [a_change(DOWN, Level.BLUE)])
    assert (down.level, down.peak) == (Level.BLUE, Level.RED)
    cleared = alerts.clear(city, a_change(CLEAR, Level.NONE, at=clock.now()))
    assert (cleared.status, cleared.cleared_at) == (AlertStatus.CLEARED, clock.now())
    assert kinds_told() == [
        "alert.raised",
        "case.opened",
        "alert.changed",
        "alert.changed",
        "alert.cleared",
    ]


def test_a_batch_that_comes_again_changes_nothing(city, kinds_told):
    batch = [a_change(RAISE, Level.RED), a_change(CLEAR, Level.NONE)]
    alerts.apply(city, batch)
    told = kinds_told()
    assert alerts.apply(city, batch) == []
    assert kinds_told() == told


def test_an_outcome_that_the_ledger_cannot_take_does_not_hold_up_the_others(
    city, monkeypatch, caplog
):
    real = alerts.alert_life.raise_

    def stumble(change, *, at):
        if change.device == "odd":
            raise ZeroDivisionError
        return real(change, at=at)

    monkeypatch.setattr(alerts.alert_life, "raise_", stumble)
    batch = [a_change(RAISE, Level.BLUE, name, device=name) for name in ("a", "odd", "b")]
    assert [alert.device for alert in alerts.apply(city, batch)] == ["a", "b"]
    assert "gas-ch4 of odd cannot be applied" in caplog.text


def test_a_ledger_that_is_away_is_not_the_outcomes_fault(city, monkeypatch):
    def away(*_, **__):
        raise OperationalError("", {}, Exception("locked"))

    monkeypatch.setattr(alerts.alert_life, "raise_", away)
    with pytest.raises(OperationalError):
        alerts.apply(city, [a_change(RAISE, Level.BLUE)])


def test_a_second_raise_moves_the_open_alert(city, raised):
    [moved] = alerts.apply(city, [a_change(RAISE, Level.YELLOW, "A2")])
    assert (moved.id, moved.level) == (raised.id, Level.YELLOW)


@pytest.mark.parametrize("step", [UP, DOWN, CLEAR])
def test_without_an_open_alert_nothing_happens(city, step, kinds_told):
    assert alerts.apply(city, [a_change(step, Level.RED)]) == []
    assert kinds_told() == []


def test_the_same_level_again_is_no_news(city, raised, kinds_told):
    assert alerts.apply(city, [a_change(UP, Level.ORANGE, value=22.0)]) == []
    assert kinds_told() == ["alert.raised"]


def test_a_red_alert_opens_its_case_at_once_and_only_one(city, kinds_told):
    [alert] = alerts.apply(city, [a_change(RAISE, Level.RED)])
    with city.ledger.read() as tx:
        case = tx.case(alert.case_id)
    assert (case.source, case.source_id) == ("alert", alert.id)
    assert case.status is CaseStatus.PENDING_DISPATCH
    alerts.apply(city, [a_change(DOWN, Level.ORANGE), a_change(UP, Level.RED)])
    assert kinds_told().count("case.opened") == 1
    assert alerts.open_case(city, alert.id, by=cast.DUTY).id == case.id


def test_acknowledging_stops_the_escalation(city, raised, clock):
    clock.advance(minutes=2)
    seen = alerts.acknowledge(city, raised.id, by=cast.DISPATCHER)
    assert (seen.status, seen.acknowledged_by) == (AlertStatus.ACKNOWLEDGED, "street001")
    assert (seen.acknowledged_at, seen.next_due) == (clock.now(), None)
    assert alerts.acknowledge(city, raised.id, by=cast.DUTY) == seen


def test_what_is_over_needs_no_acknowledgement(city, raised):
    alerts.clear(city, a_change(CLEAR, Level.NONE))
    with pytest.raises(Conflict):
        alerts.acknowledge(city, raised.id, by=cast.DISPATCHER)


def test_opening_a_case_acknowledges(city, raised, kinds_told):
    case = alerts.open_case(city, raised.id, by=cast.DISPATCHER)
    assert alerts.open_case(city, raised.id, by=cast.DUTY) == case
    with city.ledger.read() as tx:
        alert = tx.alert(raised.id)
    assert (alert.status, alert.case_id) == (AlertStatus.ACKNOWLEDGED, case.id)
    assert kinds_told() == ["alert.raised", "case.opened", "alert.acknowledged"]


def test_a_case_can_follow_the_acknowledgement(city, raised, kinds_told):
    alerts.acknowledge(city, raised.id, by=cast.DUTY)
    case = alerts.open_case(city, raised.id, by=cast.DUTY)
    with city.ledger.read() as tx:
        assert tx.alert(raised.id).case_id == case.id
    assert kinds_told()[-1] == "alert.linked"


def test_a_case_can_follow_the_end_of_the_alert(city, raised):
    alerts.clear(city, a_change(CLEAR, Level.NONE))
    case = alerts.open_case(city, raised.id, by=cast.DUTY)
    with city.ledger.read() as tx:
        assert tx.alert(raised.id).case_id == case.id


@pytest.mark.parametrize("who", [cast.STRANGER, cast.ZHANG, cast.WALL, cast.ADMIN, cast.LEADER])
@pytest.mark.parametrize("verb", [alerts.acknowledge, alerts.open_case])
def test_who_may_not_touch_it(city, raised, who, verb):
    with pytest.raises(NotAllowed):
        verb(city, raised.id, by=who)


def test_an_unknown_alert_is_not_found(city):
    with pytest.raises(NotFound):
        alerts.acknowledge(city, "A0", by=cast.DUTY)
