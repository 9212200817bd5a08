"""Verbs of cases: 立案, 作废, 结案, 返工; dispatching is in tasks."""

from __future__ import annotations

from app.city import City
from app.domain import cases, tasks
from app.domain.cases import Case, CaseMove
from app.domain.people import User, Verb, require
from app.domain.tasks import TaskMove
from app.store.tx import Tx


def register(city: City, case_id: str, *, by: User, note: str = "") -> Case:
    """Accept a reported matter as a case (立案); it then waits for its dispatch."""
    return _move(city, case_id, CaseMove.REGISTER, by=by, note=note)


def void(city: City, case_id: str, *, by: User, note: str = "") -> Case:
    """Say that it is no case (作废), with the reason."""
    return _move(city, case_id, CaseMove.VOID, by=by, note=note)


def close(city: City, case_id: str, *, by: User, note: str = "") -> Case:
    """End a case whose work was checked (核查通过, 结案); tasks still open are withdrawn."""
    return _move(city, case_id, CaseMove.CLOSE, by=by, note=note)


def rework(city: City, case_id: str, *, by: User, note: str = "") -> Case:
    """Send the work back after the check (返工), with the reason; it waits for a new dispatch."""
    return _move(city, case_id, CaseMove.REWORK, by=by, note=note)


def _move(city: City, case_id: str, step: CaseMove, *, by: User, note: str) -> Case:
    with city.ledger.begin() as tx:
        case = tx.case(case_id)
        require(by, Verb(step.value), case)
        if _was_done(case, step):
            return case
        lead = next((task.worker for task in tx.tasks(case_id=case_id, role="lead")), None)
        moved, fact = cases.move(case, step, at=city.now(), by=by.id, reason=note, worker=lead)
        case = tx.keep(moved, fact)
        if step is not CaseMove.REGISTER:
            withdraw_open(city, tx, case, by=by)
    city.feed.publish(city.ledger)
    return case


def withdraw_open(city: City, tx: Tx, case: Case, *, by: User) -> None:
    """Withdraw what is still open on a case, in its transaction; the case itself stays."""
    for task in tx.tasks(case_id=case.id, open=True):
        after, fact = tasks.move(task, TaskMove.WITHDRAW, at=city.now(), by=by.id)
        if fact:
            tx.keep(after, fact)


def _was_done(case: Case, step: CaseMove) -> bool:
    """Whether the step is not possible any more since the case already is where it leads."""
    led_to = {status for (_, taken), status in cases.MOVES.items() if taken is step}
    return case.status in led_to and (case.status, step) not in cases.MOVES
