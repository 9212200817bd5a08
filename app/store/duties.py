"""Duties of responsibility grids in the ledger, inside a transaction of the caller."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select

from app.domain.duties import Duty
from app.store.ground_tables import duties
from app.store.reads import Reads
from app.store.rows import of_row, within
from app.store.tx import Tx

PAGE = 900


def find(tx: Reads, grid: str) -> Duty | None:
    """Return who answers for a grid, or None."""
    found = tx.connection.execute(select(duties).where(duties.c.grid == grid)).mappings().first()
    return None if found is None else of_row(Duty, found)


def listed(tx: Reads, scope: str = "") -> list[Duty]:
    """Return the duties in a scope by grid."""
    wanted = select(duties).where(within(duties.c.grid, scope)).order_by(duties.c.grid)
    return [of_row(Duty, row) for row in tx.connection.execute(wanted).mappings()]


def grids(tx: Reads) -> set[str]:
    """Return the grids that have somebody."""
    return set(tx.connection.execute(select(duties.c.grid)).scalars())


def drop(tx: Tx, gone: Iterable[str]) -> int:
    """Drop the duties of grids; returns how many there were."""
    asked, count = sorted(set(gone)), 0
    for start in range(0, len(asked), PAGE):
        some = duties.c.grid.in_(asked[start : start + PAGE])
        count += tx.connection.execute(delete(duties).where(some)).rowcount
    return count
