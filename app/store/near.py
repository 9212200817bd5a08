"""Workers, cases and alerts near a place: who they are, and how much the workers have in hand."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

from app.domain.alerts import Alert
from app.domain.cases import Case
from app.domain.people import Worker
from app.domain.tasks import Task
from app.store import tables
from app.store.reads import Reads, conditions
from app.store.rows import TABLES, of_row, within

Box = tuple[float, float, float, float]  # west, south, east, north in degrees


def workers(tx: Reads, ids: Collection[str], scope: str) -> dict[str, Worker]:
    """Return those of these workers whose grid lies in a scope."""
    c = tables.workers.c
    wanted = select(tables.workers).where(c.id.in_(sorted(ids)), within(c.grid, scope))
    rows = tx.connection.execute(wanted).mappings()
    return {row["id"]: of_row(Worker, row) for row in rows}


def in_hand(tx: Reads, ids: Collection[str]) -> dict[str, int]:
    """Return how many open tasks these workers have; those with none are left out."""
    c = tables.tasks.c
    wanted = select(c.worker, func.count()).where(*conditions(Task, open=True, worker=set(ids)))
    return {row[0]: row[1] for row in tx.connection.execute(wanted.group_by(c.worker))}


def cases(tx: Reads, scope: str, box: Box) -> list[Any]:
    """Return id, lon, lat of the open cases of a scope in a box, the next deadline first."""
    c = tables.cases.c
    return _spots(tx, Case, scope, box, (c.due_at, c.id))


def alerts(tx: Reads, scope: str, box: Box) -> list[Any]:
    """Return id, lon, lat of the open alerts of a scope in a box, the worst and newest first."""
    c = tables.alerts.c
    return _spots(tx, Alert, scope, box, (c.level.desc(), c.raised_at.desc(), c.id))


def _spots(tx: Reads, kind: type, scope: str, box: Box, order: tuple[Any, ...]) -> list[Any]:
    c, (west, south, east, north) = TABLES[kind].c, box
    inside = (c.lon.between(west, east), c.lat.between(south, north))
    wanted = select(c.id, c.lon, c.lat).where(*conditions(kind, scope=scope, open=True), *inside)
    return list(tx.connection.execute(wanted.order_by(*order)))
