"""The orders that name citizens until they are erased, and the facts of who has read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, select, update

from app.domain.facts import Fact
from app.domain.reports import HotlineOrder
from app.store import tables
from app.store.rows import of_row, to_row
from app.store.tx import Tx

SOURCES = ("hotline", "grid")  # a report may have been told by a citizen, too


def of_long_ago(tx: Tx, before: datetime, limit: int) -> list[HotlineOrder]:
    """Return orders not yet erased whose case ended before a moment, at most `limit`."""
    orders, cases = tables.hotline_orders, tables.cases
    wanted = (
        select(orders)
        .join(cases, (cases.c.source_id == orders.c.order_no) & cases.c.source.in_(SOURCES))
        .where(orders.c.erased_at.is_(None), cases.c.closed_at < before)
        .limit(limit)
    )
    return [of_row(HotlineOrder, row) for row in tx.connection.execute(wanted).mappings()]


def erase(tx: Tx, bare: HotlineOrder, at: datetime) -> None:
    """Write an order as it is without its citizen, and when that was."""
    orders = tables.hotline_orders
    mine = orders.c.order_no == bare.order_no
    tx.connection.execute(update(orders).where(mine).values(**to_row(bare), erased_at=at))


def readings(tx: Tx, kinds: Sequence[str], words: str, limit: int) -> tuple[int, list[Fact]]:
    """Return how many facts of these kinds name the words, and the newest of them."""
    f = tables.facts.c
    named = f.thing.contains(words, autoescape=True) | f.who.contains(words, autoescape=True)
    asked = and_(f.kind.in_(kinds), named)
    total = tx.connection.execute(select(func.count()).select_from(tables.facts).where(asked))
    newest = select(tables.facts).where(asked).order_by(f.seq.desc()).limit(limit)
    rows = tx.connection.execute(newest).mappings()
    return int(total.scalar_one()), [of_row(Fact, row) for row in rows]
