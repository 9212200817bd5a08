"""Functional zones in the ledger, inside a transaction of the caller, with their edition.

The edition counts on with each change: who keeps drawn zones asks it before trusting them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select

from app.domain.zones import Zone
from app.store.ground_tables import zones
from app.store.reads import Reads
from app.store.rows import of_row
from app.store.tx import Tx

COUNTER = "zones"


def edition(tx: Reads) -> int:
    """Return how often zones have changed, 0 before the first time."""
    return tx.counter(COUNTER)


def listed(tx: Reads) -> list[Zone]:
    """Return all zones by code; a city has a dozen."""
    wanted = select(zones).order_by(zones.c.code)
    return [of_row(Zone, row) for row in tx.connection.execute(wanted).mappings()]


def put(tx: Tx, things: Collection[Zone]) -> None:
    """Insert zones or replace those with their codes."""
    tx.put(*things)
    tx.count_on(COUNTER)


def drop(tx: Tx, codes: Iterable[str]) -> int:
    """Drop zones; returns how many there were."""
    gone = delete(zones).where(zones.c.code.in_(sorted(set(codes))))
    tx.count_on(COUNTER)
    return tx.connection.execute(gone).rowcount
