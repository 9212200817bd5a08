"""Tasks: the work on a case that one worker or unit was sent to do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from app.domain.levels import Level


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
