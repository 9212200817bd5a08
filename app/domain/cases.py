"""Cases: what happened in the city and must be closed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from app.domain.levels import Level


class CaseStatus(StrEnum):
    """待立案 → 待派遣 → 待处置 → 处置中 → 待核查 → 结案, and 退回, 作废."""

    PENDING_REGISTER = "pending_register"
    PENDING_DISPATCH = "pending_dispatch"
    PENDING_HANDLE = "pending_handle"
    HANDLING = "handling"
    PENDING_CHECK = "pending_check"
    CLOSED = "closed"
    RETURNED = "returned"
    VOID = "void"


class CaseMove(StrEnum):
    """The steps somebody can take with a case."""

    REGISTER = "register"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    RETURN = "return"
    FINISH = "finish"
    CLOSE = "close"
    REWORK = "rework"
    VOID = "void"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case. `code` is the matter code (GB/T 47678.5-2026, 11 digits) or "" for alert cases.

    `source` is "alert" | "grid" | "hotline", `source_id` the alert, report or order id. Texts are
    masked: nothing personal is in a case. `due_at` is the deadline of the whole case,
    `stage_due_at` of the present stage, `next_due` the next moment the clock must look at it.
    """

    id: str
    source: str
    source_id: str
    code: str
    title: str
    description: str
    domain: str
    level: Level
    status: CaseStatus
    area: str
    lon: float | None
    lat: float | None
    address: str
    unit: str | None
    reporter: str
    caller: str | None
    opened_at: datetime
    changed_at: datetime
    due_at: datetime
    limit: str
    stage_due_at: datetime | None = None
    next_due: datetime | None = None
    overdue: bool = False
    reworks: int = 0
    photos: tuple[str, ...] = ()
    note: str = ""
    closed_at: datetime | None = None
    version: int = 1
