"""Functional zones in the ledger, inside a transaction of the caller."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select

from app.domain.zones import Zone
from app.store.ground_tables import zones
from app.store.reads import Reads
from app.store.rows import of_row
from app.store.tx import Tx


def listed(tx: Reads) -> list[Zone]:
    """Return all zones by code; a city has a dozen."""
    wanted = select(zones).order_by(zones.c.code)
    return [of_row(Zone, row) for row in tx.connection.execute(wanted).mappings()]


def drop(tx: Tx, codes: Iterable[str]) -> int:
    """Drop zones; returns how many there were."""
    gone = delete(zones).where(zones.c.code.in_(sorted(set(codes))))
    return tx.connection.execute(gone).rowcount
