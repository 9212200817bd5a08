"""Looking for things by a word in one of their texts, in the database: nothing is read in vain."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, func, or_, select

from app.domain.alerts import Alert
from app.domain.cases import Case
from app.store import tables
from app.store.reads import Reads, conditions
from app.store.rows import OPENED, TABLES, of_row

T = TypeVar("T", bound=msgspec.Struct)
MOST_TITLES = 100  # different titles that are looked for at once; default


def open_cases(tx: Reads, word: str, scope: str, limit: int) -> list[Case]:
    """Return open cases with the word in id, title or address, newest first."""
    c = tables.cases.c
    where = [*conditions(Case, scope=scope, open=True), _says(word, c.id, c.title, c.address)]
    return _found(tx, Case, where, [c.opened_at.desc(), c.id], limit)


def open_alerts(tx: Reads, word: str, scope: str, limit: int) -> list[Alert]:
    """Return open alerts with the word in title or device, newest first."""
    c = tables.alerts.c
    where = [
        *conditions(Alert, scope=scope, open=True),
        _says(word, c.title, c.device, c.device_name),
    ]
    return _found(tx, Alert, where, [c.raised_at.desc(), c.id], limit)


def titles(tx: Reads, kind: type, scope: str) -> list[str]:
    """Return the different titles of what is open."""
    column = TABLES[kind].c.title
    wanted = select(column).where(*conditions(kind, scope=scope, open=True)).distinct()
    return [row[0] for row in tx.connection.execute(wanted)]


def titled(tx: Reads, kind: type[T], among: Collection[str], scope: str, limit: int) -> list[T]:
    """Return open things with one of these titles, newest first."""
    if not among:
        return []
    table = TABLES[kind]
    newest = table.c[OPENED[kind]].desc()
    where = [
        *conditions(kind, scope=scope, open=True),
        table.c.title.in_(sorted(among)[:MOST_TITLES]),
    ]
    return _found(tx, kind, where, [newest, table.c.id], limit)


def _says(word: str, *columns: ColumnElement[str]) -> ColumnElement[bool]:
    """Letters count alike, large or small (of a to z only on SQLite)."""
    return or_(*(func.lower(column).contains(word.lower(), autoescape=True) for column in columns))


def _found(tx: Reads, kind: type[T], where: list[Any], order: list[Any], limit: int) -> list[T]:
    wanted = select(TABLES[kind]).where(*where).order_by(*order).limit(limit)
    return [of_row(kind, row) for row in tx.connection.execute(wanted).mappings()]
