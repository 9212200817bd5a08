"""Figures that the database counts: what is only counted is not read row by row.

Filters are those of `reads.conditions`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, select, type_coerce

from app.domain.alerts import Alert
from app.domain.cases import DRILL, Case, CaseStatus
from app.store import tables
from app.store.columns import EPOCH, MICROSECOND
from app.store.reads import GOING_ON, Reads, conditions
from app.store.rows import TABLES, within


def alert_levels(
    tx: Reads, worked_on: Collection[str], **filters: Any
) -> dict[tuple[int, str], tuple[int, int]]:
    """Return (level, status) -> how many alerts, and how many with a case in such a status."""
    a, c = tables.alerts.c, tables.cases.c
    theirs = (c.id == a.case_id) & c.status.in_(sorted(worked_on))
    wanted = (
        select(a.level, a.status, func.count(), func.count(c.id))
        .select_from(tables.alerts.outerjoin(tables.cases, theirs))
        .where(*conditions(Alert, **filters))
        .group_by(a.level, a.status)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in tx.connection.execute(wanted)}


def alerts_per(
    tx: Reads, start: datetime, width_s: int, **filters: Any
) -> list[tuple[int, int, int]]:
    """Return (slot, alerts raised, worst peak) of each stretch of `width_s` since `start`."""
    c = tables.alerts.c
    raised = type_coerce(c.raised_at, BigInteger) - (start - EPOCH) // MICROSECOND
    slot = (raised // (width_s * 1_000_000)).label("slot")
    wanted = select(slot, func.count(), func.max(c.peak)).where(
        *conditions(Alert, since=start, **filters)
    )
    return [(row[0], row[1], row[2]) for row in tx.connection.execute(wanted.group_by(slot))]


def cases_due(tx: Reads, before: datetime, **filters: Any) -> tuple[int, int]:
    """Return how many open cases there are, and how many of them are due by a moment."""
    c = tables.cases.c
    due = func.count().filter(c.due_at <= before)
    wanted = select(func.count(), due).where(*_summed(Case, open=True, **filters))
    row = tx.connection.execute(wanted).one()
    return int(row[0]), int(row[1])


def per_status(tx: Reads, kind: type, **filters: Any) -> dict[str, int]:
    """Return how many things of a sort (alerts, cases, tasks) stand in each status."""
    status = TABLES[kind].c.status
    wanted = select(status, func.count()).where(*_summed(kind, **filters)).group_by(status)
    return {row[0]: row[1] for row in tx.connection.execute(wanted)}


def per_area(
    tx: Reads, kind: type, digits: int, *, due_by: datetime | None = None, **filters: Any
) -> dict[str, int]:
    """Return how many things lie in each area whose code has so many digits.

    `due_by`: only those that are due by then.
    """
    c = TABLES[kind].c
    area = func.substr(c.area, 1, digits).label("within")
    where = _summed(kind, **filters)
    where += [c.due_at <= due_by] if due_by is not None else []
    wanted = select(area, func.count()).where(*where).group_by(area)
    return {row[0]: row[1] for row in tx.connection.execute(wanted)}


def on_duty(tx: Reads, scope: str) -> int:
    """Return how many workers of a scope are on duty."""
    c = tables.workers.c
    wanted = select(func.count()).where(c.on_duty, within(c.grid, scope))
    return int(tx.connection.execute(wanted).scalar_one())


def who_is_on_duty(tx: Reads) -> frozenset[str]:
    """Return the ids of all workers on duty."""
    wanted = select(tables.workers.c.id).where(tables.workers.c.on_duty)
    return frozenset(tx.connection.execute(wanted).scalars())


def kept_in(
    tx: Reads, digits: int, since: datetime, now: datetime, **filters: Any
) -> dict[str, tuple[int, int, int]]:
    """Return for each area (closed in time, closed or overdue, closed): as Today.on_time."""
    c = tables.cases.c
    area = func.substr(c.area, 1, digits).label("within")
    closed = (c.status == CaseStatus.CLOSED.value) & (c.closed_at >= since)
    late = c.status.in_(sorted(GOING_ON[Case])) & (c.due_at <= now)
    kept = func.count().filter(closed & (c.closed_at <= c.due_at))
    where = [*_summed(Case, **filters), closed | late]
    wanted = select(area, kept, func.count(), func.count().filter(closed)).where(*where)
    found = tx.connection.execute(wanted.group_by(area))
    return {row[0]: (row[1], row[2], row[3]) for row in found}


def _summed(kind: type, **filters: Any) -> list[ColumnElement[bool]]:
    """The conditions of a sum: exercises are worked on, and counted in no figure."""
    earnest = [tables.cases.c.source != DRILL] if kind is Case else []
    return conditions(kind, **filters) + earnest
