"""Cases: what happened in the city and must be closed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from app.domain import masking
from app.domain.facts import Fact
from app.domain.levels import Level
from app.domain.sla import DEFAULT, Sla
from app.errors import Conflict, Invalid


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

    `source` is "alert" | "grid" | "hotline" | "drill", `source_id` the alert, report or order id.
    Texts are masked: nothing personal is in a case. `due_at` is the deadline of the whole case,
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


MOVES: dict[tuple[CaseStatus, CaseMove], CaseStatus] = {
    (CaseStatus.PENDING_REGISTER, CaseMove.REGISTER): CaseStatus.PENDING_DISPATCH,
    (CaseStatus.PENDING_REGISTER, CaseMove.VOID): CaseStatus.VOID,
    (CaseStatus.PENDING_DISPATCH, CaseMove.DISPATCH): CaseStatus.PENDING_HANDLE,
    (CaseStatus.PENDING_DISPATCH, CaseMove.VOID): CaseStatus.VOID,
    (CaseStatus.PENDING_HANDLE, CaseMove.ACCEPT): CaseStatus.HANDLING,
    (CaseStatus.PENDING_HANDLE, CaseMove.RETURN): CaseStatus.RETURNED,
    (CaseStatus.HANDLING, CaseMove.FINISH): CaseStatus.PENDING_CHECK,
    (CaseStatus.HANDLING, CaseMove.RETURN): CaseStatus.RETURNED,
    (CaseStatus.PENDING_CHECK, CaseMove.CLOSE): CaseStatus.CLOSED,
    # 返工: the task is done and stays done, so somebody must be sent again
    (CaseStatus.PENDING_CHECK, CaseMove.REWORK): CaseStatus.PENDING_DISPATCH,
    # after 退回 a case can be sent again or voided, never closed without a check
    (CaseStatus.RETURNED, CaseMove.DISPATCH): CaseStatus.PENDING_HANDLE,
    (CaseStatus.RETURNED, CaseMove.VOID): CaseStatus.VOID,
}

DRILL = "drill"  # source of an exercise (演练), which no figure counts
ENDED = frozenset({CaseStatus.CLOSED, CaseStatus.VOID})

# the past tense in the fact's kind, and the word in a refusal
_STEPS = {
    CaseMove.REGISTER: ("registered", "立案"),
    CaseMove.DISPATCH: ("dispatched", "派遣"),
    CaseMove.ACCEPT: ("accepted", "接单"),
    CaseMove.RETURN: ("returned", "退回"),
    CaseMove.FINISH: ("finished", "处置完成"),
    CaseMove.CLOSE: ("closed", "结案"),
    CaseMove.REWORK: ("reworked", "返工"),
    CaseMove.VOID: ("voided", "作废"),
}
_STAGES = {
    CaseStatus.PENDING_REGISTER: "register",
    CaseStatus.PENDING_DISPATCH: "dispatch",
    CaseStatus.RETURNED: "dispatch",
    CaseStatus.PENDING_CHECK: "check",
}
_WORDS = ("待立案", "待派遣", "待处置", "处置中", "待核查", "结案", "退回", "作废")
_STATUS_WORDS = dict(zip(CaseStatus, _WORDS, strict=True))
_NEEDS_REASON = frozenset({CaseMove.RETURN, CaseMove.VOID})


def move(
    case: Case,
    step: CaseMove,
    *,
    at: datetime,
    by: str,
    reason: str = "",
    worker: str | None = None,
    sla: Sla = DEFAULT,
    **changes: Any,
) -> tuple[Case, Fact]:
    """Take a step: the case after it and the fact "case.<past>"; `changes` are further fields.

    Raises Conflict when the case's state has no such step, Invalid when 退回 or 作废 has no reason.
    The version is left to the ledger. `worker` is whom the fact concerns.
    """
    past, word = _STEPS[step]
    status = MOVES.get((case.status, step))
    if status is None:
        raise Conflict(f"案件当前为“{_STATUS_WORDS[case.status]}”，不能{word}，请刷新后再试。")
    reason = masking.text(reason.strip())
    if step in _NEEDS_REASON and not reason:
        raise Invalid(f"{word}必须填写理由。", fields={"reason": "请填写理由"})
    ended = status in ENDED
    after = msgspec.structs.replace(
        case,
        status=status,
        changed_at=at,
        stage_due_at=stage_due(case, status, at, sla),
        next_due=None if ended else case.next_due,
        closed_at=at if ended else None,
        reworks=case.reworks + (step is CaseMove.REWORK),
        note=reason or case.note,
    )
    after = msgspec.structs.replace(after, **changes)
    return after, fact_of(after, past, at=at, by=by, reason=reason, worker=worker)


def fact_of(
    case: Case, past: str, *, at: datetime, by: str, reason: str = "", worker: str | None = None
) -> Fact:
    """The fact that carries the whole case; `past` is the past tense after "case."."""
    body: dict[str, Any] = {"case": msgspec.to_builtins(case)}
    if reason:
        body["reason"] = reason
    return Fact(
        kind=f"case.{past}", thing=case.id, area=case.area, at=at, who=by, body=body, worker=worker
    )


def stage_due(case: Case, status: CaseStatus, at: datetime, sla: Sla) -> datetime | None:
    if status in ENDED:
        return None
    if status not in _STAGES:
        return case.due_at
    return sla.due(at, sla.stage(_STAGES[status], urgent=case.level is Level.RED))
