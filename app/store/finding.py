"""Open things with the few words by which somebody looks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select

from app.domain.alerts import Alert
from app.domain.cases import Case
from app.store.reads import Reads, conditions
from app.store.rows import OPENED, TABLES

# code, name and another name, by which each kind is found
NAMES: dict[type, tuple[str, str, str]] = {
    Case: ("id", "title", "address"),
    Alert: ("device", "title", "device_name"),
}
MORE: dict[type, tuple[str, ...]] = {Case: (), Alert: ("rule",)}
PAGE = 1_000  # things that are read at once


class Known(NamedTuple):
    """An open thing as a search shows it."""

    id: str
    code: str
    name: str
    other: str
    area: str
    lon: float | None
    lat: float | None
    rule: str = ""  # of an alert: whether it holds for areas around its own


def columns(kind: type) -> tuple[str, ...]:
    """The columns of a kind, or the parts of its thing in a fact, that make a Known."""
    return ("id", *NAMES[kind], "area", "lon", "lat", *MORE[kind])


def open_things(tx: Reads, kind: type) -> Iterator[list[Known]]:
    """Return what is open, the oldest first, in pages."""
    table = TABLES[kind]
    wanted = select(*(table.c[name] for name in columns(kind))).where(*conditions(kind, open=True))
    rows = tx.connection.execute(wanted.order_by(table.c[OPENED[kind]], table.c.id))
    for page in rows.partitions(PAGE):
        yield [Known(*row) for row in page]
