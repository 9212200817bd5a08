"""Views of alerts: the list with its counts, the strip of the last hours, one alert's card."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.city import City
from app.domain import cases
from app.domain.alert_life import RESPONSE
from app.domain.alerts import Alert, AlertStatus
from app.domain.cases import Case, CaseMove, CaseStatus
from app.domain.dispatching import metres
from app.domain.kinds import BY_CODE
from app.domain.levels import Level
from app.domain.people import User, Verb, Worker, may, require
from app.domain.readings import Readings
from app.domain.rules import SOURCE, Rule
from app.domain.warnings import RULE, chain_of, public
from app.services import nearby
from app.services.quality import doubts
from app.services.views_scope import builtins, live_or, now_ms, place, root, scope_in
from app.store import counts, tables
from app.store import warnings as kept
from app.store.tx import Tx

MOST_ROWS = 60
STRIP_BARS, BAR_S = 144, 300
PERIODS = 3  # a reading is stale after three of its device's periods
WORKED_ON = {CaseStatus.PENDING_HANDLE, CaseStatus.HANDLING, CaseStatus.PENDING_CHECK}
RED = {"open": True, "level": int(Level.RED)}
A = tables.alerts.c
WAITING = (A.level == int(Level.RED)) & (A.status == AlertStatus.RAISED.value)
URGENCY = (WAITING.desc(), A.level.desc())  # then the newest
Row = dict[str, Any]


def alerts_panel(
    city: City, user: User, area: str | None = None, domain: str | None = None
) -> dict[str, Any]:
    """Return the open alerts, worst first, and how many there are of each level."""
    home = root(city, user)
    scope, widest = scope_in(city, user, area or home), scope_in(city, user, home)
    hour_ago = city.now() - timedelta(hours=1)
    with city.ledger.read() as tx:
        here_only: Row = {"scope": scope, "domain": domain, "wider": False}
        open_ = counts.alert_levels(tx, WORKED_ON, open=True, **here_only)
        last_hour = tx.count(Alert, since=hour_ago, **here_only)
        told = tx.count(Alert, open=True, scope=scope, domain=domain)
        alerts = tx.alerts(scope=scope, open=True, domain=domain, order=URGENCY, limit=MOST_ROWS)
        statuses, said = _case_statuses(tx, alerts), _warnings(tx, alerts)
        here, there = (tx.count(Alert, **RED, scope=one) for one in (scope, widest))
    return {
        "elsewhere": {"red": there - here, "area": home},
        "total": sum(n for n, _ in open_.values()),
        "around": told - sum(n for n, _ in open_.values()),
        "last_hour": last_hour,
        "levels": {str(level): _counts(open_, level) for level in (4, 3, 2, 1)},
        "alerts": [_row(city, alert, statuses, said) for alert in alerts],
    }


def _case_statuses(tx: Tx, alerts: list[Alert]) -> dict[str, CaseStatus]:
    ids = {alert.case_id for alert in alerts if alert.case_id}
    return {case.id: case.status for case in tx.cases(id=ids)} if ids else {}


def _warnings(tx: Tx, alerts: list[Alert]) -> dict[str, Row]:
    """What the warnings behind alerts say, by the alerts' device."""
    devices = [alert.device for alert in alerts if alert.rule == RULE]
    found = kept.find(tx, map(chain_of, devices)) if devices else {}
    return {d: public(found[chain_of(d)]) for d in devices if chain_of(d) in found}


def _counts(found: dict[tuple[int, str], tuple[int, int]], level: int) -> dict[str, int]:
    mine = {status: both for (of, status), both in found.items() if of == level}
    return {
        "open": sum(n for n, _ in mine.values()),
        "unacknowledged": mine.get(AlertStatus.RAISED, (0, 0))[0],
        "handling": sum(worked_on for _, worked_on in mine.values()),
    }


def _row(city: City, alert: Alert, statuses: dict[str, CaseStatus], said: dict[str, Row]) -> Row:
    status = statuses.get(alert.case_id or "")
    return builtins(alert) | {
        "place": place(city, alert.area),
        "case_status": status.value if status else None,
        "digits": _metric(alert)[1],
        "warning": said.get(alert.device),
    }


def _metric(alert: Alert) -> tuple[str, int]:
    """The name and the decimals of the metric that the alert is about."""
    kind = BY_CODE.get(alert.kind)
    found = [m for m in kind.metrics if m.code == alert.metric] if kind else []
    return (found[0].name, found[0].digits) if found else ("", 0)


def strip(
    city: City,
    user: User,
    area: str | None = None,
    domain: str | None = None,
    until_ms: int | None = None,
) -> dict[str, Any]:
    """Return the alerts raised in the last 12 h: how many in each 5 minutes, and the worst.

    Of the twelve hours up to `until_ms` where that is given and has been.
    """
    scope = scope_in(city, user, area or root(city, user))
    end = min(now_ms(city), until_ms) if isinstance(until_ms, int) else now_ms(city)
    until = (max(end, 0) // 1000 // BAR_S + 1) * BAR_S
    start = max(until - STRIP_BARS * BAR_S, 0)
    bars = [{"n": 0, "level": 0} for _ in range(STRIP_BARS)]
    since, before = (datetime.fromtimestamp(s, UTC) for s in (start, until))
    with city.ledger.read() as tx:
        wanted: Row = {"scope": scope, "domain": domain, "wider": False, "until": before}
        found = counts.alerts_per(tx, since, BAR_S, **wanted)
    for slot, n, worst in found:
        if slot < STRIP_BARS:
            bars[slot] = {"n": n, "level": worst}
    return {"since": start * 1000, "until": until * 1000, "bars": bars}


def alert_card(city: City, user: User, alert_id: str) -> Row:
    """Return one alert with its limits, last hour, nearest worker, escalation and what is allowed.

    Raises NotFound and NotAllowed.
    """
    with city.ledger.read() as tx:
        alert = tx.alert(alert_id)
        require(user, Verb.VIEW, alert)
        case = tx.case(alert.case_id) if alert.case_id else None
        said = _warnings(tx, [alert])
        workers = [worker for worker in tx.workers(user.scope) if worker.on_duty]
    statuses = {case.id: case.status} if case else {}
    last = live_or(lambda: city.live.last(alert.device), None)
    rule = city.rules.behind(alert)
    return _row(city, alert, statuses, said) | {
        "metric_name": _metric(alert)[0],
        "thresholds": _thresholds(rule, now_ms(city)),
        "advice": rule.advice if rule else "",
        "hold_s": rule.on_delay_ms / 1000 if rule and rule.on_delay_ms else None,
        "quality": last.quality if last else None,
        "doubts": doubts(last),
        "now": _now(city, alert, last),
        "curve": _last_hour(city, alert),
        "worker": _nearest(city, alert, workers),
        "cameras": _cameras(city, user, alert),
        "may": _allowed(user, alert, case),
        **_escalation(alert),
    }


def _thresholds(rule: Rule | None, at_ms: int) -> list[dict[str, Any]]:
    if rule is None or rule.kind == SOURCE:  # those are multiples of what each source is allowed
        return []
    worst_first = sorted(rule.thresholds, reverse=True)
    return [{"level": int(lv), "value": rule.threshold(int(lv), at_ms)} for lv in worst_first]


def _now(city: City, alert: Alert, last: Readings | None) -> Row | None:
    """The alert's metric in its device's newest reading; None when that does not say it.

    A rule about a change or a sum has another unit than the metric: nothing to compare with.
    `n` is the device's number in the packed points when the readings pushed carry this metric.
    """
    kind = BY_CODE.get(alert.kind)
    found = [m for m in kind.metrics if m.code == alert.metric] if kind else []
    if kind is None or last is None or not found or found[0].unit != alert.unit:
        return None
    if alert.metric not in last.metrics:
        return None
    device = live_or(lambda: city.live.device(alert.device), None)
    return {
        "value": last.metrics[alert.metric],
        "at": last.at,
        "stale_after_s": (device.period_s if device else kind.period_s) * PERIODS,
        "n": last.n if alert.metric == kind.primary.code else None,
    }


def _last_hour(city: City, alert: Alert) -> list[list[float]]:
    since = now_ms(city) - 3_600_000
    nothing: list[tuple[int, dict[str, float]]] = []
    kept = live_or(lambda: city.live.recent(alert.device, since), nothing)
    return [[at, metrics[alert.metric]] for at, metrics in kept if alert.metric in metrics]


def _cameras(city: City, user: User, alert: Alert) -> Row | None:
    """The cameras close to it; None of what has no place."""
    if alert.lon is None or alert.lat is None:
        return None
    return nearby.cameras(city, user, alert.lon, alert.lat)


def _nearest(city: City, alert: Alert, workers: list[Worker]) -> dict[str, Any] | None:
    """The nearest worker on duty whose place is known; nobody is near what has no place."""
    if alert.lon is None or alert.lat is None:
        return None
    places: dict[str, tuple[float, float, int]] = live_or(city.live.workers, {})
    near = [
        (metres(alert.lon, alert.lat, *places[worker.id][:2]), worker)
        for worker in workers
        if worker.id in places
    ]
    if not near:
        return None
    distance, worker = min(near, key=lambda pair: pair[0])
    return {
        "id": worker.id,
        "name": worker.name,
        "distance_m": round(distance),
        "on_duty": worker.on_duty,
    }


def _escalation(alert: Alert) -> dict[str, str | None]:
    if alert.status is not AlertStatus.RAISED or alert.next_due is None:
        return {"escalates_at": None, "escalates_from": None}
    wait = RESPONSE.get(alert.level)
    start = max(alert.next_due - wait, alert.raised_at) if wait else alert.raised_at
    return {"escalates_at": alert.next_due.isoformat(), "escalates_from": start.isoformat()}


def _allowed(user: User, alert: Alert, case: Case | None) -> list[str]:
    allowed = []
    if alert.status is AlertStatus.RAISED and may(user, Verb.ACKNOWLEDGE, alert):
        allowed.append("acknowledge")
    if case is None:
        can = alert.status is not AlertStatus.CLEARED and may(user, Verb.OPEN_CASE, alert)
    else:
        can = (case.status, CaseMove.DISPATCH) in cases.MOVES
    if can and may(user, Verb.DISPATCH, alert):
        allowed.append("dispatch")
    return allowed
