"""Verbs of alerts: what the rules say of them, and what people do with them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

import msgspec
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from app.city import City
from app.domain import alert_life, dispatching, opening
from app.domain.alerts import Alert, AlertChange, AlertStep
from app.domain.cases import Case
from app.domain.facts import Fact
from app.domain.levels import Level
from app.domain.people import User, Verb, require
from app.domain.rules import SOURCE
from app.errors import Conflict
from app.store.tx import Tx

log = logging.getLogger(__name__)

PART = 100  # outcomes in one transaction: red ones take some 4 ms of processor time each


def apply(city: City, changes: Iterable[AlertChange]) -> list[Alert]:
    """Carry a batch of rule outcomes into the ledger in one transaction; return what has changed.

    Repeatable: outcomes that were applied before (same id) change nothing. A red alert opens its
    case in the same transaction. One that the ledger cannot take is logged and left out.
    """
    batch = list(changes)
    if not batch:
        return []
    done = _apply_all(city, batch)
    city.feed.publish(city.ledger)
    return done


def apply_in_parts(city: City, changes: Sequence[AlertChange], hold: Callable[[], object]) -> None:
    """The same in transactions of PART outcomes: `hold` is called before each, to keep a lease."""
    for start in range(0, len(changes), PART):
        hold()
        apply(city, changes[start : start + PART])


def _apply_all(city: City, batch: Sequence[AlertChange]) -> list[Alert]:
    try:
        with city.ledger.begin() as tx:
            return [alert for change in batch if (alert := _apply(city, tx, change))]
    except Exception as why:
        if not _is_of_the_change(why):
            raise
        if len(batch) == 1:
            # the outermost line over changes: an odd one must not hold up all alerts for ever
            log.exception("%s of %s cannot be applied", batch[0].rule, batch[0].device)
            return []
    return [alert for change in batch for alert in _apply_all(city, [change])]


def _is_of_the_change(why: Exception) -> bool:
    """Whether repeating cannot help: not when the ledger is away or somebody was faster."""
    away = isinstance(why, SQLAlchemyError) and not isinstance(why, (DataError, IntegrityError))
    return not away and not isinstance(why, Conflict)


def raise_(city: City, change: AlertChange) -> Alert | None:
    """Raise one alert; None when it was raised before."""
    return next(iter(apply(city, [_as(change, AlertStep.RAISE)])), None)


def change(city: City, change: AlertChange) -> Alert | None:
    """Bring the open alert of a device and rule to another level; None when nothing changes."""
    return next(iter(apply(city, [_as(change, AlertStep.UP)])), None)


def clear(city: City, change: AlertChange) -> Alert | None:
    """Clear the open alert of a device and rule; None when there is none."""
    return next(iter(apply(city, [_as(change, AlertStep.CLEAR)])), None)


def acknowledge(city: City, alert_id: str, *, by: User) -> Alert:
    """Somebody on duty has seen the alert (确认), which stops its escalation."""
    with city.ledger.begin() as tx:
        alert = tx.alert(alert_id)
        require(by, Verb.ACKNOWLEDGE, alert)
        done = alert_life.acknowledge(alert, at=city.now(), by=by.id)
        if done is None:
            return alert
        alert = tx.keep(*done)
    city.feed.publish(city.ledger)
    return alert


def open_case(city: City, alert_id: str, *, by: User) -> Case:
    """Make a case of an alert (转案件), which acknowledges it; asked again, the same case."""
    with city.ledger.begin() as tx:
        alert = tx.alert(alert_id)
        require(by, Verb.OPEN_CASE, alert)
        case = tx.case_of("alert", alert.id)
        if case is not None:
            return case
        case = _open_case(city, tx, alert, by.id)
        tx.keep(*alert_life.link(alert, case.id, at=city.now(), by=by.id))
    city.feed.publish(city.ledger)
    return case


def _as(change: AlertChange, step: AlertStep) -> AlertChange:
    return msgspec.structs.replace(change, step=step)


def _apply(city: City, tx: Tx, change: AlertChange) -> Alert | None:
    current = tx.open_alert(change.device, change.rule)
    if current is None:
        return _raise(city, tx, change) if change.step is AlertStep.RAISE else None
    if change.step is AlertStep.CLEAR:
        return tx.keep(*alert_life.clear(current, change, at=city.now()))
    done = alert_life.change(current, change, at=city.now())
    return _keep_red(city, tx, *done) if done else None


def _raise(city: City, tx: Tx, change: AlertChange) -> Alert | None:
    if tx.has_alert(change.id):
        return None
    alert, fact = alert_life.raise_(change, at=city.now())
    tx.add(alert)
    if not _opens_case(alert):
        tx.record(fact)
        return alert
    case = _open_case(city, tx, alert, "watch")
    return tx.keep(msgspec.structs.replace(alert, case_id=case.id), fact)


def _keep_red(city: City, tx: Tx, alert: Alert, fact: Fact) -> Alert:
    if _opens_case(alert) and alert.case_id is None:
        case = _open_case(city, tx, alert, "watch")
        alert = msgspec.structs.replace(alert, case_id=case.id)
    return tx.keep(alert, fact)


def _opens_case(alert: Alert) -> bool:
    """A red one does, but not of a source: nobody can be sent there, the officer decides."""
    return alert.level is Level.RED and alert.kind != SOURCE


def _open_case(city: City, tx: Tx, alert: Alert, by: str) -> Case:
    now = city.now()
    unit = dispatching.answering(tx.units(), alert.area, {alert.kind})
    case, fact = opening.from_alert(alert, id=tx.next_case_id(now), at=now, by=by, unit=unit)
    tx.add(case)
    tx.record(fact)
    return case
