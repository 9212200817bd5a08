"""Verbs of tasks: sending people, and what they do; each drives its case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypedDict, Unpack

import msgspec

from app.city import City
from app.domain import cases, tasks
from app.domain.cases import Case, CaseMove
from app.domain.people import MISSING, User, Verb, Worker, covers, require
from app.domain.tasks import Task, TaskMove
from app.errors import Invalid, Unseen
from app.services.photos import attach
from app.store.tx import Tx

# what the case says when a task's end gives it back and nobody wrote why
GIVEN_BACK = "任务已撤回或退回，案件无人处置。"


class How(TypedDict, total=False):
    """What may come with a step: a note, photo ids, and when it was tapped on the phone."""

    note: str
    photos: Sequence[str]
    at: datetime | None


def dispatch(
    city: City,
    case_id: str,
    *,
    workers: Sequence[str],
    lead: str | None = None,
    note: str = "",
    by: User,
) -> list[Task]:
    """Send workers to a case (派遣): one task each, one of them the lead (主办, else the first).

    Workers who have an open task on the case keep it, so that sending twice sends once. On a case
    that is being handled the new ones support (协办). Returns the tasks of the workers named.
    """
    with city.ledger.begin() as tx:
        case = tx.case(case_id)
        require(by, Verb.DISPATCH, case)
        sent = send_out(city, tx, case, workers=workers, lead=lead, note=note, by=by)
    city.feed.publish(city.ledger)
    return sent


def send_out(
    city: City,
    tx: Tx,
    case: Case,
    *,
    workers: Sequence[str],
    lead: str | None = None,
    note: str = "",
    by: User,
) -> list[Task]:
    """The same within a transaction, for a case that the user may dispatch."""
    chosen = list(dict.fromkeys(workers))
    leading = lead or next(iter(chosen), None)
    if not chosen or leading not in chosen:
        raise Invalid("请至少选择一名处置人员，并从中指定主办。", fields={"workers": "请选择"})
    there = {task.worker: task for task in tx.tasks(case_id=case.id, open=True)}
    people = [_reachable(tx.worker(one), case, by) for one in chosen if one not in there]
    if people:
        case = _dispatched(city, tx, case, people, leading, by)
        led = any(task.role == "lead" for task in there.values())
        for one in people:
            role = "lead" if one.id == leading and not led else "support"
            there[one.id] = _send(city, tx, case, one, role, note, by)
    return [there[one] for one in chosen]


def deliver(city: City, task_id: str, *, by: User, **how: Unpack[How]) -> Task:
    """The phone has the task (送达)."""
    return _step(city, task_id, TaskMove.DELIVER, by, **how)


def see(city: City, task_id: str, *, by: User, **how: Unpack[How]) -> Task:
    """The worker has looked at the task (查看)."""
    return _step(city, task_id, TaskMove.SEE, by, **how)


def accept(city: City, task_id: str, *, by: User, **how: Unpack[How]) -> Task:
    """The worker takes the task (签收)."""
    return _step(city, task_id, TaskMove.ACCEPT, by, **how)


def arrive(city: City, task_id: str, *, by: User, **how: Unpack[How]) -> Task:
    """The worker is there (到场)."""
    return _step(city, task_id, TaskMove.ARRIVE, by, **how)


def finish(city: City, task_id: str, *, by: User, **how: Unpack[How]) -> Task:
    """The work is done (处置完成), shown by at least one photo."""
    return _step(city, task_id, TaskMove.FINISH, by, **how)


def give_back(city: City, task_id: str, *, by: User, **how: Unpack[How]) -> Task:
    """The worker gives the task back (退回); the note says why."""
    return _step(city, task_id, TaskMove.RETURN, by, **how)


def withdraw(city: City, task_id: str, *, by: User, **how: Unpack[How]) -> Task:
    """The dispatcher takes the task away again (撤回)."""
    return _step(city, task_id, TaskMove.WITHDRAW, by, **how)


def _step(
    city: City,
    task_id: str,
    step: TaskMove,
    by: User,
    note: str = "",
    photos: Sequence[str] = (),
    at: datetime | None = None,
) -> Task:
    now = city.now()
    with city.ledger.begin() as tx:
        task = tx.task(task_id)
        require(by, Verb(step.value), task)
        after, fact = tasks.move(
            task, step, at=_moment(task, at, now), by=by.id, note=note, photos=photos
        )
        if fact is None:
            return task
        attach(tx, photos, case_id=task.case_id, area=task.area, by=by, at=now)
        task = tx.keep(after, msgspec.structs.replace(fact, at=now))
        _drive(city, tx, task, by)
    city.feed.publish(city.ledger)
    return task


def _moment(task: Task, at: datetime | None, now: datetime) -> datetime:
    """When it was tapped, as an offline phone says: not before its last step, not in the future."""
    return now if at is None else min(max(at.astimezone(UTC), *task.times.values()), now)


def _drive(city: City, tx: Tx, task: Task, by: User) -> None:
    """Take the case along to where its task has come."""
    case = tx.case(task.case_id)
    step = tasks.case_after(case, task, tx.tasks(case_id=case.id))
    if step is None:
        return
    seen = (*case.photos, *(one for one in task.photos if one not in case.photos))
    moved, fact = cases.move(
        case,
        step,
        at=city.now(),
        by=by.id,
        reason=task.note or (GIVEN_BACK if step is CaseMove.RETURN else ""),
        worker=task.worker,
        photos=seen,
    )
    tx.keep(moved, fact)


def _reachable(worker: Worker, case: Case, by: User) -> Worker:
    """The worker, when he is the dispatcher's to send or answers for the place itself."""
    if covers(by.scope, worker.grid) or covers(worker.grid, case.area):
        return worker
    raise Unseen(MISSING["Worker"])


def _dispatched(
    city: City, tx: Tx, case: Case, people: list[Worker], leading: str, by: User
) -> Case:
    """The case after 派遣; unchanged when it is already being handled (加派)."""
    if (case.status, CaseMove.RETURN) in cases.MOVES:
        return case
    # who answers for the matter is known from its opening; else the one who goes brings his unit
    unit = case.unit or next((one.unit for one in people if one.id == leading), None)
    moved, fact = cases.move(
        case, CaseMove.DISPATCH, at=city.now(), by=by.id, worker=leading, unit=unit
    )
    return tx.keep(moved, fact)


def _send(city: City, tx: Tx, case: Case, worker: Worker, role: str, note: str, by: User) -> Task:
    hint = "；".join(filter(None, (_advice(city, tx, case), note)))
    task, fact = tasks.send(
        case, worker, id=city.new_id(), at=city.now(), by=by.id, role=role, hint=hint
    )
    tx.add(task)
    tx.record(fact)
    return task


def _advice(city: City, tx: Tx, case: Case) -> str:
    """What the rule tells whoever goes there, such as 勿开关电器."""
    if case.source != "alert":
        return ""
    rule = city.rules.behind(tx.alert(case.source_id))
    return rule.advice if rule else ""
