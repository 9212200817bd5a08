"""The life of an alert: every state can be reached and left, and levels keep their history."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from app.domain import alert_life
from app.domain.alert_life import ESCALATIONS, MOVES, RESPONSE, AlertMove
from app.domain.alerts import AlertStatus, AlertStep
from app.domain.levels import Level
from app.errors import Conflict
from tests.cast import START
from tests.things import a_change, an_alert

LATER = START + timedelta(minutes=1)
LEVELS = [level for level in Level if level is not Level.NONE]


def test_every_state_is_reached_and_only_the_last_is_an_end():
    reached = {AlertStatus.RAISED, *MOVES.values()}
    assert reached == set(AlertStatus)
    left = {status for status, _ in MOVES}
    assert set(AlertStatus) - left == {AlertStatus.CLEARED}


def test_every_level_has_a_response_time_and_worse_ones_a_shorter_one():
    times = [RESPONSE[level] for level in LEVELS]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("level", LEVELS)
def test_raising(level):
    beijing = START.astimezone(timezone(timedelta(hours=8)))
    change = a_change(AlertStep.RAISE, level, at=beijing, affected=3)
    alert, fact = alert_life.raise_(change, at=LATER)
    assert (alert.status, alert.level, alert.peak) == (AlertStatus.RAISED, level, level)
    assert (alert.raised_at, alert.changed_at) == (START, LATER)
    assert alert.raised_at.utcoffset() == timedelta(0)
    assert alert.next_due == LATER + RESPONSE[level]
    assert alert.affected == 3
    assert (fact.kind, fact.who, fact.area) == ("alert.raised", "watch", alert.area)
    assert fact.body["alert"]["id"] == alert.id


@pytest.mark.parametrize("level", LEVELS)
def test_the_peak_keeps_the_worst(level):
    alert = an_alert(level=Level.YELLOW, peak=Level.ORANGE)
    done = alert_life.change(alert, a_change(AlertStep.UP, level), at=LATER)
    if level is Level.YELLOW:
        assert done is None
        return
    after, fact = done
    assert (after.level, after.peak) == (level, max(level, Level.ORANGE))
    assert fact.kind == "alert.changed"


def test_nothing_moves_a_cleared_alert():
    alert = an_alert(status=AlertStatus.CLEARED)
    with pytest.raises(Conflict):
        alert_life.clear(alert, a_change(AlertStep.CLEAR, Level.NONE), at=LATER)
    with pytest.raises(Conflict):
        alert_life.acknowledge(alert, at=LATER, by="duty")
    assert not any((AlertStatus.CLEARED, step) in MOVES for step in AlertMove)


def test_clearing_keeps_the_last_level():
    after, fact = alert_life.clear(
        an_alert(next_due=LATER), a_change(AlertStep.CLEAR, Level.NONE, value=3.0), at=LATER
    )
    assert (after.status, after.level, after.value) == (AlertStatus.CLEARED, Level.ORANGE, 3.0)
    assert (after.next_due, after.cleared_at) == (None, START)
    assert fact.kind == "alert.cleared"


def test_acknowledging_is_done_once():
    after, fact = alert_life.acknowledge(an_alert(next_due=LATER), at=LATER, by="duty")
    assert (after.acknowledged_by, after.next_due, fact.who) == ("duty", None, "duty")
    assert alert_life.acknowledge(after, at=LATER, by="another") is None


@pytest.mark.parametrize(
    ("alert", "kind", "status"),
    [
        (an_alert(), "alert.acknowledged", AlertStatus.ACKNOWLEDGED),
        (
            an_alert(status=AlertStatus.ACKNOWLEDGED, acknowledged_at=START),
            "alert.linked",
            AlertStatus.ACKNOWLEDGED,
        ),
        (an_alert(status=AlertStatus.CLEARED), "alert.linked", AlertStatus.CLEARED),
    ],
)
def test_opening_a_case_acknowledges_where_that_can_be(alert, kind, status):
    after, fact = alert_life.link(alert, "ZL1", at=LATER, by="duty")
    assert (after.case_id, after.status, fact.kind) == ("ZL1", status, kind)


@pytest.mark.parametrize("level", LEVELS)
def test_escalation_repeats_and_ends(level):
    alert, _ = alert_life.raise_(a_change(AlertStep.RAISE, level), at=START)
    assert alert_life.look_at(alert, at=alert.next_due - timedelta(microseconds=1)) is None
    for count in range(1, ESCALATIONS + 1):
        alert, fact = alert_life.look_at(alert, at=alert.next_due)
        assert (alert.escalations, fact.kind, fact.who) == (count, "alert.escalated", "clock")
    assert alert.next_due is None
    assert alert_life.look_at(alert, at=START + timedelta(days=1)) is None


def test_going_down_does_not_prolong_the_wait():
    alert, _ = alert_life.raise_(a_change(AlertStep.RAISE, Level.RED), at=START)
    after, _ = alert_life.change(alert, a_change(AlertStep.DOWN, Level.BLUE), at=LATER)
    assert after.next_due == alert.next_due
