"""The facts of another time: what was open then, and what has happened since.

A thing that was open then is open still, or a fact since then has changed it. So both are found
without reading what came before, however long the ledger is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union

from app.domain.alerts import Alert
from app.domain.cases import Case
from app.domain.facts import LISTS, SINCE, WORKER, Fact
from app.domain.tasks import Task
from app.store import tables
from app.store.reads import GOING_ON, Reads
from app.store.rows import TABLES, of_row

F = tables.facts.c
MOST_FACTS = 20_000  # of one answer


def seq_at(tx: Reads, at: datetime) -> int:
    """Return the number of the newest fact up to a moment, 0 before the first."""
    newest = select(F.seq).where(F.at <= at).order_by(F.at.desc(), F.seq.desc()).limit(1)
    return int(tx.connection.execute(newest).scalar() or 0)


def open_at(tx: Reads, seq: int, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """Return {"alerts", "cases", "tasks"} as a snapshot at that fact had them, oldest fact first.

    Each thing is the body of its newest fact up to `seq`, whose moment is `at`.
    """
    still = [
        select(TABLES[kind].c.id.label("thing")).where(
            TABLES[kind].c.status.in_(sorted(GOING_ON[kind]))
        )
        for kind in (Alert, Case, Task)
    ]
    since = select(F.thing).where(F.at >= at)
    wanted = union(*still, since).subquery()
    newest = (
        select(func.max(F.seq).label("seq"))
        .where(F.thing.in_(select(wanted.c.thing)), F.seq <= seq)
        .group_by(F.thing)
        .subquery()
    )
    bodies = select(F.body).join(newest, newest.c.seq == F.seq).order_by(F.seq)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name, _ in LISTS.values()}
    for (body,) in tx.connection.execute(bodies):
        for noun, (name, ended) in LISTS.items():
            if noun in body and body[noun]["status"] not in ended:
                found[name].append(body[noun])
    return found


def between(tx: Reads, since: datetime, until: datetime, limit: int = MOST_FACTS) -> list[Fact]:
    """Return the facts after `since` up to `until`, in order; at most `limit` of them."""
    wanted = select(tables.facts).where(F.at > since, F.at <= until).order_by(F.seq).limit(limit)
    return [of_row(Fact, row) for row in tx.connection.execute(wanted).mappings()]


def otherwise_then(tx: Reads, workers: Sequence[str], at: datetime) -> dict[str, bool]:
    """Whether workers were on duty, of those only who have gone on or off duty after a moment.

    Who said it before that moment and was heard after it had done it before.
    """
    turned = select(F.thing, F.at, F.body).where(F.at > at, F.thing.in_(workers)).order_by(F.seq)
    found: dict[str, bool] = {}
    for worker, heard, body in tx.connection.execute(turned):
        if WORKER not in body:
            continue
        on_duty = body[WORKER]["on_duty"]
        if _since(heard, body) <= at:
            found[worker] = on_duty
        else:
            found.setdefault(worker, not on_duty)
    return found


def last_turn(tx: Reads, worker: str, kinds: Sequence[str]) -> datetime | None:
    """Return since when a worker is on duty or off by facts of these kinds; None without one."""
    newest = select(F.at, F.body).where(F.thing == worker, F.kind.in_(kinds))
    row = tx.connection.execute(newest.order_by(F.seq.desc()).limit(1)).one_or_none()
    return _since(*row) if row else None


def _since(heard: datetime, body: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(body[SINCE]) if SINCE in body else heard
