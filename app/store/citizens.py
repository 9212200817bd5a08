"""The orders that name citizens until they are erased, and the facts of who has read them.

An order is its own case's. A report may have been told by a citizen, who is kept as an order with
the report's number; since a reporter chooses that number, a 12345 order is never a report's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from app.domain.cases import Case
from app.domain.facts import Fact
from app.domain.reports import HotlineOrder
from app.store import tables
from app.store.rows import of_row, to_row
from app.store.tx import Tx

ORDER, REPORT = "hotline", "grid"  # sources of cases


def order_of(tx: Tx, case: Case) -> HotlineOrder | None:
    """Return the order behind a case, or who has told a report as one; None for all others."""
    wanted = select(tables.hotline_orders).where(_its_case(), tables.cases.c.id == case.id)
    row = tx.connection.execute(wanted).mappings().first()
    return None if row is None else of_row(HotlineOrder, row)


def of_long_ago(tx: Tx, before: datetime, limit: int) -> list[HotlineOrder]:
    """Return orders not yet erased whose case ended before a moment, at most `limit`."""
    orders = tables.hotline_orders
    over = (orders.c.erased_at.is_(None), tables.cases.c.closed_at < before)
    wanted = select(orders).where(_its_case(), *over).limit(limit)
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


def _its_case() -> ColumnElement[bool]:
    """Whether a case is that of an order."""
    case, other, number = tables.cases.c, tables.cases.alias(), tables.hotline_orders.c.order_no
    of_12345 = exists().where(other.c.source == ORDER, other.c.source_id == number)
    told = and_(case.source == REPORT, ~of_12345)
    return and_(case.source_id == number, or_(case.source == ORDER, told))
