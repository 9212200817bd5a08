"""What the clock does with a case or task whose `next_due` has come."""

from __future__ import annotations

from datetime import datetime

import msgspec

from app.domain import cases, tasks
from app.domain.cases import Case
from app.domain.facts import Fact
from app.domain.tasks import Task


def look_at_case(case: Case, *, at: datetime) -> tuple[Case, Fact] | None:
    """Near due (80 % of the limit used), then overdue, then never again; None when nothing is due.

    Facts are "case.near_due" and "case.overdue".
    """
    if case.next_due is None or at < case.next_due or case.status in cases.ENDED:
        return None
    overdue = at >= case.due_at
    after = msgspec.structs.replace(
        case, overdue=overdue, next_due=None if overdue else case.due_at, changed_at=at
    )
    past = "overdue" if overdue else "near_due"
    return after, cases.fact_of(after, past, at=at, by="clock")


def look_at_task(task: Task, *, at: datetime) -> tuple[Task, Fact] | None:
    """Overdue once ("task.overdue"), then never again; None when nothing is due."""
    if task.next_due is None or at < task.next_due or task.status in tasks.ENDED:
        return None
    if at < task.due_at:
        after = msgspec.structs.replace(task, next_due=task.due_at)
        return after, tasks.fact_of(after, "near_due", at=at, by="clock")
    after = msgspec.structs.replace(task, overdue=True, next_due=None, changed_at=at)
    return after, tasks.fact_of(after, "overdue", at=at, by="clock")
