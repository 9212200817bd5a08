"""Resources in the ledger, inside a transaction of the caller, with the number of their edition.

The edition counts on with each change: who keeps an index of them asks it before trusting that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import ColumnElement, RowMapping, func, select

from app.domain.resources import Resource, Sort
from app.store.reads import Reads
from app.store.resource_tables import resources
from app.store.rows import of_row, within
from app.store.tx import Tx

COUNTER = "resources"
PAGE = 1_000


def edition(tx: Reads) -> int:
    """Return how often resources have changed, 0 before the first time."""
    return tx.counter(COUNTER)


def find(tx: Reads, ids: Iterable[str]) -> dict[str, Resource]:
    """Return resources by their ids; those that nobody knows are left out."""
    asked, found = sorted(set(ids)), dict[str, Resource]()
    for start in range(0, len(asked), PAGE):
        some = resources.c.id.in_(asked[start : start + PAGE])
        rows = tx.connection.execute(select(resources).where(some)).mappings()
        found |= {row["id"]: of_row(Resource, row) for row in rows}
    return found


def pages(tx: Reads) -> Iterator[list[RowMapping]]:
    """Give all rows by id, at most PAGE at a time: `of_row` makes resources of them."""
    last = ""
    while True:
        wanted = select(resources).where(resources.c.id > last).order_by(resources.c.id)
        rows = list(tx.connection.execute(wanted.limit(PAGE)).mappings())
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]


def listed(tx: Reads, scope: str, sorts: Collection[Sort], limit: int) -> list[Resource]:
    """Return the resources of some sorts in a scope, by sort and id."""
    wanted = select(resources).where(*_where(scope, sorts))
    rows = tx.connection.execute(wanted.order_by(resources.c.sort, resources.c.id).limit(limit))
    return [of_row(Resource, row) for row in rows.mappings()]


def counted(tx: Reads, scope: str, sorts: Collection[Sort] = tuple(Sort)) -> dict[Sort, int]:
    """Return how many of each sort lie in a scope; those with none are left out."""
    sort = resources.c.sort
    wanted = select(sort, func.count()).where(*_where(scope, sorts)).group_by(sort)
    return {Sort(row[0]): row[1] for row in tx.connection.execute(wanted)}


def put(tx: Tx, things: Collection[Resource]) -> None:
    """Insert resources or replace those with their ids; the edition counts on."""
    if not things:
        return
    tx.put(*things)
    tx.count_on(COUNTER)


def _where(scope: str, sorts: Collection[Sort]) -> list[ColumnElement[bool]]:
    return [within(resources.c.area, scope), resources.c.sort.in_(sorted(sorts))]
