"""Views of cases: due soon, dispatch with ranked workers and the reasons, one case, one task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.city import City
from app.domain import cases
from app.domain.alerts import Alert
from app.domain.cases import Case, CaseMove
from app.domain.dispatching import Available, Candidate, Reason, Why, rank
from app.domain.people import Unit, User, Verb, Worker, covers, may, require
from app.errors import NotFound
from app.services import duties, unmasked
from app.services.views_scope import builtins, live_or, place, root, scope_in
from app.store import counts, tables
from app.store.tx import Tx

SOON = timedelta(hours=2)  # what counts as 临期 on the wall (*default*)
MOST_CANDIDATES = 20
DUE = tables.cases.c.due_at
OFFICE_MOVES = (
    CaseMove.REGISTER,
    CaseMove.DISPATCH,
    CaseMove.VOID,
    CaseMove.CLOSE,
    CaseMove.REWORK,
)
Row = dict[str, Any]


def due_cases(
    city: City, user: User, area: str | None = None, domain: str | None = None, limit: int = 6
) -> dict[str, Any]:
    """Return the open cases whose time runs out next, soonest first, with who has them."""
    scope = scope_in(city, user, area or root(city, user))
    now = city.now()
    with city.ledger.read() as tx:
        going_on, due = counts.cases_due(tx, now + SOON, scope=scope, domain=domain)
        found = tx.cases(scope=scope, open=True, domain=domain, order=[DUE], limit=limit)
        who = who_have(tx, found)
    shown = [
        builtins(case)
        | {"place": place(city, case.area), "who": who[case.id], "share": share(case, now)}
        for case in found
    ]
    return {"open": going_on, "due": due, "cases": shown}


def share(case: Case, now: datetime) -> float:
    """Return the elapsed share of the case's limit; 1 and more is overdue."""
    whole = (case.due_at - case.opened_at).total_seconds()
    return round((now - case.opened_at).total_seconds() / whole, 4) if whole > 0 else 1.0


def who_have(tx: Tx, found: Sequence[Case]) -> dict[str, str | None]:
    """Return by case the names of those who work on it, else its unit's, else None."""
    tasks = tx.tasks(case_id=[case.id for case in found], open=True) if found else []
    workers = tx.names(Worker, (task.worker for task in tasks))
    units = tx.names(Unit, (case.unit for case in found if case.unit))
    who: dict[str, str | None] = {
        case.id: units.get(case.unit, case.unit) if case.unit else None for case in found
    }
    names: dict[str, list[str]] = {}
    for task in tasks:
        names.setdefault(task.case_id, []).append(workers.get(task.worker, task.worker))
    return who | {case_id: "、".join(several) for case_id, several in names.items()}


def unit_name(tx: Tx, unit_id: str | None) -> str | None:
    """Return a unit's name, its id when it is not in the ledger, None for none."""
    return tx.names(Unit, [unit_id]).get(unit_id, unit_id) if unit_id else None


def worker_names(city: City, workers: list[str]) -> list[str]:
    """Return the names of worker ids, in the same order."""
    with city.ledger.read() as tx:
        known = tx.names(Worker, workers)
    return [known.get(worker, worker) for worker in workers]


def candidates(city: City, user: User, case_id: str) -> list[Row]:
    """Return who could be sent to a case, best first, each with the reasons."""
    with city.ledger.read() as tx:
        case = tx.case(case_id)
        require(user, Verb.DISPATCH, case)
        return _candidates(city, tx, user, case)


def dispatch_panel(
    city: City, user: User, case_id: str | None = None, alert_id: str | None = None
) -> Row:
    """Return what the dispatch panel shows of a case, or of an alert that may have one."""
    with city.ledger.read() as tx:
        alert, case = _subject(tx, case_id, alert_id)
        thing = case or alert
        require(user, Verb.VIEW, thing)
        moves = _moves(user, alert, case)
        sending = case is not None and CaseMove.DISPATCH.value in moves
        tasks = tx.tasks(case_id=case.id) if case else []
        names = tx.names(Worker, (task.worker for task in tasks))
        return {
            "case": builtins(case) | {"place": place(city, case.area)} if case else None,
            "ground": duties.of_place(city, tx, thing.area, thing.lon, thing.lat),
            "alert_id": alert.id if alert else None,
            "title": thing.title,
            "moves": moves,
            "unmask": unmasked.readable(case) if case and may(user, Verb.UNMASK, case) else [],
            "unit_name": unit_name(tx, case.unit) if case else None,
            "candidates": _candidates(city, tx, user, case) if case and sending else [],
            "tasks": [builtins(t) | {"worker_name": names.get(t.worker, t.worker)} for t in tasks],
        }


def _subject(tx: Tx, case_id: str | None, alert_id: str | None) -> tuple[Any, Any]:
    """The alert and the case meant; one of them may be None, never both."""
    if case_id:
        case = tx.case(case_id)
        return (tx.alert(case.source_id) if case.source == "alert" else None), case
    if not alert_id:
        raise NotFound("请选择一条预警或一个案件。")
    alert = tx.alert(alert_id)
    return alert, (tx.case(alert.case_id) if alert.case_id else None)


def _moves(user: User, alert: Alert | None, case: Case | None) -> list[str]:
    """The moves that this user may do now."""
    if case is None:
        return ["open"] if may(user, Verb.OPEN_CASE, alert) else []
    return [
        move.value
        for move in OFFICE_MOVES
        if (case.status, move) in cases.MOVES and may(user, Verb(move.value), case)
    ]


def _candidates(city: City, tx: Tx, user: User, case: Case) -> list[Row]:
    """Workers in the user's reach, or whose own area it is, who have no task on it yet."""
    open_tasks = tx.tasks(open=True)
    busy = Counter(task.worker for task in open_tasks)
    there = {task.worker for task in open_tasks if task.case_id == case.id}
    people = [
        worker
        for worker in tx.workers()
        if (covers(user.scope, worker.grid) or covers(worker.grid, case.area))
        and worker.id not in there
    ]
    skills = {tx.alert(case.source_id).kind} if case.source == "alert" else set[str]()
    units = {unit.id: unit.name for unit in tx.units()}
    ranked = rank(_available(city, people, busy), case, at=city.now(), skills=skills)
    return [_candidate(one, units) for one in ranked[:MOST_CANDIDATES]]


def _available(city: City, people: list[Worker], busy: Counter[str]) -> list[Available]:
    """Workers as they are now; nobody off duty has a place, and without a live store nobody."""
    places: dict[str, tuple[float, float, int]] = live_or(city.live.workers, {})
    found = []
    for worker in people:
        lon, lat, at = (places.get(worker.id) if worker.on_duty else None) or (None,) * 3
        found.append(
            Available(
                worker=worker,
                lon=lon,
                lat=lat,
                seen_at=None if at is None else datetime.fromtimestamp(at / 1000, UTC),
                open_tasks=busy[worker.id],
            )
        )
    return found


def _candidate(one: Candidate, units: dict[str, str]) -> Row:
    return {
        "worker": one.worker,
        "name": one.name,
        "unit_name": units.get(one.unit, one.unit),
        "on_duty": one.on_duty,
        "distance_m": one.distance_m,
        "eta_s": one.eta_s,
        "load": next((int(r.value) for r in one.reasons if r.code is Why.OPEN_TASKS), 0),
        "score": one.score,
        "reasons": [said for reason in one.reasons if (said := _reason(reason))],
    }


OWN = {15: "own_grid", 12: "same_community", 9: "same_street"}
CODES = {
    Why.POSITION_STALE: "position_old",
    Why.NO_POSITION: "no_position",
    Why.SKILL: "skilled",
    Why.NO_SKILL: "unskilled",
    Why.OPEN_TASKS: "load",
    Why.OFF_DUTY: "off_duty",
}


def _reason(reason: Reason) -> Row | None:
    """A reason in the words of layouts.text; the age of a fresh position needs no word."""
    if reason.code is Why.DISTANCE:
        return {"code": "near" if reason.good else "far", "value": reason.value}
    if reason.code is Why.OWN_GRID:
        return {"code": OWN.get(int(reason.value), "same_street"), "value": reason.value}
    code = CODES.get(reason.code)
    return {"code": code, "value": reason.value} if code else None


def case(city: City, user: User, case_id: str) -> Row:
    """Return one case with its place, tasks and trail; NotFound, NotAllowed."""
    with city.ledger.read() as tx:
        found = tx.case(case_id)
        tasks = tx.tasks(case_id=case_id)
        require(user, Verb.VIEW, found, workers=[task.worker for task in tasks])
        names = tx.names(Worker, (task.worker for task in tasks))
        return builtins(found) | {
            "place": place(city, found.area),
            "ground": duties.of_place(city, tx, found.area, found.lon, found.lat),
            "unit_name": unit_name(tx, found.unit),
            "tasks": [builtins(t) | {"worker_name": names.get(t.worker, t.worker)} for t in tasks],
            "trail": [_step(fact) for fact in tx.trail(case_id)],
        }


def _step(fact: Any) -> Row:
    return {
        "seq": fact.seq,
        "at": fact.at.isoformat(),
        "who": fact.who,
        "kind": fact.kind,
        "reason": fact.body.get("reason", ""),
    }


def task(city: City, user: User, task_id: str) -> Row:
    """Return one task with its case; NotFound, NotAllowed."""
    with city.ledger.read() as tx:
        found = tx.task(task_id)
        require(user, Verb.VIEW, found)
        return builtins(found) | {
            "place": place(city, found.area),
            "worker_name": tx.worker(found.worker).name,
            "case": builtins(tx.case(found.case_id)),
        }
