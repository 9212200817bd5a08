"""Figures that the database counts: what is only counted is not read row by row.

Filters are those of `reads.conditions`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce

from app.domain.alerts import Alert
from app.domain.cases import Case
from app.store import tables
from app.store.columns import EPOCH, MICROSECOND
from app.store.reads import Reads, conditions


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
    wanted = select(func.count(), due).where(*conditions(Case, open=True, **filters))
    row = tx.connection.execute(wanted).one()
    return int(row[0]), int(row[1])


def open_cases_in(tx: Reads, digits: int, **filters: Any) -> dict[str, int]:
    """Return how many open cases lie in each area whose code has so many digits."""
    area = func.substr(tables.cases.c.area, 1, digits).label("within")
    wanted = select(area, func.count()).where(*conditions(Case, open=True, **filters))
    return {row[0]: row[1] for row in tx.connection.execute(wanted.group_by(area))}
