"""Tasks: the work on a case that one worker or unit was sent to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from app.domain import masking
from app.domain.cases import MOVES as CASE_MOVES
from app.domain.cases import Case, CaseMove
from app.domain.facts import Fact
from app.domain.levels import Level
from app.domain.people import Worker
from app.errors import Conflict, Invalid


class TaskStatus(StrEnum):
    """sent → delivered → seen → accepted → arrived → done, and returned, withdrawn."""

    SENT = "sent"
    DELIVERED = "delivered"
    SEEN = "seen"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    DONE = "done"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class TaskMove(StrEnum):
    """The steps of a task: the first five are the worker's, withdraw the dispatcher's."""

    DELIVER = "deliver"
    SEE = "see"
    ACCEPT = "accept"
    ARRIVE = "arrive"
    FINISH = "finish"
    RETURN = "return"
    WITHDRAW = "withdraw"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One task; it copies from its case what the phone shows, so that one call is enough.

    `role` is "lead" (主办) or "support" (协办). `due_at` is the deadline, `times` maps a status to
    when it was reached.
    """

    id: str
    case_id: str
    worker: str
    unit: str | None
    role: str
    title: str
    description: str
    level: Level
    area: str
    lon: float | None
    lat: float | None
    address: str
    caller: str | None
    status: TaskStatus
    sent_at: datetime
    sent_by: str
    due_at: datetime
    changed_at: datetime
    times: dict[str, datetime]
    note: str = ""
    hint: str = ""
    photos: tuple[str, ...] = ()
    overdue: bool = False
    next_due: datetime | None = None
    version: int = 1


_OPEN = (
    TaskStatus.SENT,
    TaskStatus.DELIVERED,
    TaskStatus.SEEN,
    TaskStatus.ACCEPTED,
    TaskStatus.ARRIVED,
)
_UNTAKEN = _OPEN[:3]

MOVES: dict[tuple[TaskStatus, TaskMove], TaskStatus] = {
    (TaskStatus.SENT, TaskMove.DELIVER): TaskStatus.DELIVERED,
    (TaskStatus.SENT, TaskMove.SEE): TaskStatus.SEEN,
    (TaskStatus.DELIVERED, TaskMove.SEE): TaskStatus.SEEN,
    **{(status, TaskMove.ACCEPT): TaskStatus.ACCEPTED for status in _UNTAKEN},
    (TaskStatus.ACCEPTED, TaskMove.ARRIVE): TaskStatus.ARRIVED,
    (TaskStatus.ARRIVED, TaskMove.FINISH): TaskStatus.DONE,
    **{(status, TaskMove.RETURN): TaskStatus.RETURNED for status in _OPEN},
    **{(status, TaskMove.WITHDRAW): TaskStatus.WITHDRAWN for status in _OPEN},
}

ENDED = frozenset({TaskStatus.DONE, TaskStatus.RETURNED, TaskStatus.WITHDRAWN})

# where a move leads, from wherever it is allowed
_TARGET = {step: status for (_, step), status in MOVES.items()}
_PAST = dict(
    zip(
        TaskMove,
        ("delivered", "seen", "accepted", "arrived", "done", "returned", "withdrawn"),
        strict=True,
    )
)
_STATUS_WORDS = dict(
    zip(
        TaskStatus,
        ("已派发", "已送达", "已查看", "已签收", "已到场", "已完成", "已退回", "已撤回"),
        strict=True,
    )
)
_MOVE_WORDS = dict(
    zip(TaskMove, ("送达", "查看", "签收", "到场", "处置完成", "退回", "撤回"), strict=True)
)


def move(
    task: Task,
    step: TaskMove,
    *,
    at: datetime,
    by: str,
    note: str = "",
    photos: Sequence[str] = (),
) -> tuple[Task, Fact | None]:
    """Take a step: the task after it and the fact "task.<past>", with the worker it concerns.

    A step taken before, or a receipt (deliver, see) overtaken by a later step, returns the same
    task and None: phones send again after an outage, and that is no error. Raises Conflict when the
    state has no such step, Invalid when 退回 has no reason or 处置完成 no photo.
    """
    if _repeated(task, step):
        return task, None
    status = MOVES.get((task.status, step))
    if status is None:
        word = _STATUS_WORDS[task.status]
        raise Conflict(f"任务当前为“{word}”，不能{_MOVE_WORDS[step]}，请刷新后再试。")
    note = masking.text(note.strip())
    _check(step, note, photos)
    after = msgspec.structs.replace(
        task,
        status=status,
        changed_at=at,
        times={**task.times, status.value: at},
        note=note or task.note,
        photos=(*task.photos, *(p for p in dict.fromkeys(photos) if p not in task.photos)),
        next_due=None if status in ENDED else task.next_due,
    )
    return after, fact_of(after, _PAST[step], at=at, by=by, reason=note)


def _repeated(task: Task, step: TaskMove) -> bool:
    if _TARGET[step].value in task.times:
        return True
    return step in (TaskMove.DELIVER, TaskMove.SEE) and (task.status, step) not in MOVES


def _check(step: TaskMove, note: str, photos: Sequence[str]) -> None:
    if step is TaskMove.RETURN and not note:
        raise Invalid("退回必须填写理由。", fields={"note": "请填写退回理由"})
    if step is TaskMove.FINISH and not photos:
        raise Invalid("处置完成须附现场照片。", fields={"photos": "请至少拍一张处置后的照片"})


def send(
    case: Case,
    worker: Worker,
    *,
    id: str,
    at: datetime,
    by: str,
    role: str = "lead",
    hint: str = "",
) -> tuple[Task, Fact]:
    """A new task on a case for a worker, due with the case; `hint` is the dispatcher's note."""
    task = Task(
        id=id,
        case_id=case.id,
        worker=worker.id,
        unit=worker.unit,
        role=role,
        title=case.title,
        description=case.description,
        level=case.level,
        area=case.area,
        lon=case.lon,
        lat=case.lat,
        address=case.address,
        caller=case.caller,
        status=TaskStatus.SENT,
        sent_at=at,
        sent_by=by,
        due_at=case.due_at,
        changed_at=at,
        times={TaskStatus.SENT.value: at},
        hint=masking.text(hint.strip()),
        next_due=case.due_at if case.due_at > at else None,
        overdue=case.due_at <= at,
    )
    return task, fact_of(task, "sent", at=at, by=by)


def case_after(case: Case, task: Task, others: Iterable[Task] = ()) -> CaseMove | None:
    """The step a case takes after its task has come to its present state, None when it takes none.

    Sent → dispatch; lead accepted → accept; lead done → finish; a task returned or withdrawn while
    none of the case's `others` is open → return. Work on a case that waits for its check, or has
    ended, no longer moves it.
    """
    wanted = _wanted(
        task, any(other.status not in ENDED for other in others if other.id != task.id)
    )
    return wanted if wanted and (case.status, wanted) in CASE_MOVES else None


def _wanted(task: Task, others_open: bool) -> CaseMove | None:
    lead = task.role == "lead"
    match task.status:
        case TaskStatus.SENT:
            return CaseMove.DISPATCH
        case TaskStatus.ACCEPTED if lead:
            return CaseMove.ACCEPT
        case TaskStatus.DONE if lead:
            return CaseMove.FINISH
        case TaskStatus.DONE | TaskStatus.RETURNED | TaskStatus.WITHDRAWN if not others_open:
            return CaseMove.RETURN
    return None


def fact_of(task: Task, past: str, *, at: datetime, by: str, reason: str = "") -> Fact:
    """The fact that carries the whole task; `past` is the past tense after "task."."""
    body: dict[str, Any] = {"task": msgspec.to_builtins(task)}
    if reason:
        body["reason"] = reason
    return Fact(
        kind=f"task.{past}",
        thing=task.id,
        area=task.area,
        at=at,
        who=by,
        body=body,
        worker=task.worker,
    )
