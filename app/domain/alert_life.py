"""The life of an alert: raised → acknowledged → cleared, and escalation while nobody looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from app.domain.alerts import Alert, AlertChange, AlertStatus
from app.domain.facts import Fact
from app.domain.levels import Level
from app.errors import Conflict


class AlertMove(StrEnum):
    """The steps of an alert: a person acknowledges, the rule clears, a worse warning renews."""

    ACKNOWLEDGE = "acknowledge"
    CLEAR = "clear"
    RENEW = "renew"


MOVES: dict[tuple[AlertStatus, AlertMove], AlertStatus] = {
    (AlertStatus.RAISED, AlertMove.ACKNOWLEDGE): AlertStatus.ACKNOWLEDGED,
    (AlertStatus.RAISED, AlertMove.CLEAR): AlertStatus.CLEARED,
    (AlertStatus.ACKNOWLEDGED, AlertMove.CLEAR): AlertStatus.CLEARED,
    (AlertStatus.RAISED, AlertMove.RENEW): AlertStatus.RAISED,
    (AlertStatus.ACKNOWLEDGED, AlertMove.RENEW): AlertStatus.RAISED,
}

# default: the longest an alert may wait for somebody to acknowledge it
RESPONSE = {
    Level.RED: timedelta(minutes=3),
    Level.ORANGE: timedelta(minutes=5),
    Level.YELLOW: timedelta(minutes=15),
    Level.BLUE: timedelta(minutes=30),
}
ESCALATIONS = 3  # default: 值班员 → 值班长 → 带班领导, then it is no longer repeated


def raise_(change: AlertChange, *, at: datetime, case_id: str | None = None) -> tuple[Alert, Fact]:
    """A new alert from a rule's outcome and "alert.raised"; `at` is our clock, change.at theirs."""
    told = {name: getattr(change, name) for name in change.__struct_fields__}
    del told["step"], told["at"], told["reason"]
    alert = Alert(
        **told,
        peak=change.level,
        status=AlertStatus.RAISED,
        raised_at=change.at.astimezone(UTC),
        changed_at=at,
        case_id=case_id,
        next_due=at + RESPONSE[change.level],
    )
    return alert, fact_of(alert, "raised", at=at, by="watch")


def change(alert: Alert, by_rule: AlertChange, *, at: datetime) -> tuple[Alert, Fact] | None:
    """The alert on its new level, or with more that it stands for, and "alert.changed"; or None."""
    if by_rule.level == alert.level and by_rule.affected <= alert.affected:
        return None
    after = msgspec.structs.replace(
        alert,
        level=by_rule.level,
        peak=max(alert.peak, by_rule.level),
        value=by_rule.value,
        threshold=by_rule.threshold,
        affected=by_rule.affected,
        changed_at=at,
        next_due=_sooner(alert, by_rule.level, at),
    )
    return after, fact_of(after, "changed", at=at, by="watch")


def clear(alert: Alert, by_rule: AlertChange, *, at: datetime) -> tuple[Alert, Fact]:
    """The alert at its end and "alert.cleared"; it keeps its last level."""
    after = _move(
        alert,
        AlertMove.CLEAR,
        value=by_rule.value,
        cleared_at=by_rule.at.astimezone(UTC),
        changed_at=at,
        next_due=None,
    )
    fact = fact_of(after, "cleared", at=at, by="watch")
    why = {"reason": by_rule.reason} if by_rule.reason else {}
    return after, msgspec.structs.replace(fact, body=fact.body | why)


def acknowledge(alert: Alert, *, at: datetime, by: str) -> tuple[Alert, Fact] | None:
    """Somebody has seen it (确认), which stops the escalation; None when that was done before.

    Raises Conflict when it was cleared before anybody looked.
    """
    if alert.acknowledged_at is not None:
        return None
    after = _move(
        alert,
        AlertMove.ACKNOWLEDGE,
        acknowledged_at=at,
        acknowledged_by=by,
        changed_at=at,
        next_due=None,
    )
    return after, fact_of(after, "acknowledged", at=at, by=by)


def renew(alert: Alert, *, at: datetime) -> Alert:
    """It calls again, as if new: for a warning that has become worse after somebody confirmed."""
    return _move(
        alert,
        AlertMove.RENEW,
        acknowledged_at=None,
        acknowledged_by=None,
        escalations=0,
        next_due=at + RESPONSE[alert.level],
    )


def link(alert: Alert, case_id: str, *, at: datetime, by: str) -> tuple[Alert, Fact]:
    """Somebody has opened a case from it, which acknowledges it where that still can be."""
    linked = msgspec.structs.replace(alert, case_id=case_id, changed_at=at)
    if (alert.status, AlertMove.ACKNOWLEDGE) in MOVES:
        done = acknowledge(linked, at=at, by=by)
        if done:
            return done
    return linked, fact_of(linked, "linked", at=at, by=by)


def look_at(alert: Alert, *, at: datetime) -> tuple[Alert, Fact] | None:
    """Escalate when the response time is over ("alert.escalated"); None when nothing is due."""
    if alert.next_due is None or at < alert.next_due:
        return None
    count = alert.escalations + 1
    after = msgspec.structs.replace(
        alert,
        escalations=count,
        changed_at=at,
        next_due=at + RESPONSE[alert.level] if count < ESCALATIONS else None,
    )
    return after, fact_of(after, "escalated", at=at, by="clock")


def fact_of(alert: Alert, past: str, *, at: datetime, by: str) -> Fact:
    """The fact that carries the whole alert; `past` is the past tense after "alert."."""
    body = {"alert": msgspec.to_builtins(alert)}
    return Fact(kind=f"alert.{past}", thing=alert.id, area=alert.area, at=at, who=by, body=body)


def _move(alert: Alert, step: AlertMove, **changes: Any) -> Alert:
    status = MOVES.get((alert.status, step))
    if status is None:
        raise Conflict("预警已经解除，无需再确认。")
    return msgspec.structs.replace(alert, status=status, **changes)


def _sooner(alert: Alert, level: Level, at: datetime) -> datetime | None:
    """A higher level never waits longer than its own response time."""
    return min(alert.next_due, at + RESPONSE[level]) if alert.next_due else None
