"""Looking for things by a word in one of their texts, in the database: nothing is read in vain."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, func, or_, select

from app.domain.alerts import Alert
from app.domain.cases import Case
from app.domain.readings import Device
from app.store import tables
from app.store.reads import Reads, conditions
from app.store.rows import of_row, within

T = TypeVar("T", bound=msgspec.Struct)


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


def devices(tx: Reads, word: str, kinds: Collection[str], scope: str, limit: int) -> list[Device]:
    """Return devices of one of these kinds, or with the word in code or name, by number."""
    c = tables.devices.c
    where = [within(c.area, scope), or_(_says(word, c.code, c.name), c.kind.in_(sorted(kinds)))]
    return _found(tx, Device, where, [c.n, c.code], limit)


def _says(word: str, *columns: ColumnElement[str]) -> ColumnElement[bool]:
    """Letters count alike, large or small (of a to z only on SQLite)."""
    return or_(*(func.lower(column).contains(word.lower(), autoescape=True) for column in columns))


def _found(tx: Reads, kind: type[T], where: list[Any], order: list[Any], limit: int) -> list[T]:
    table = {Case: tables.cases, Alert: tables.alerts, Device: tables.devices}[kind]
    wanted = select(table).where(*where).order_by(*order).limit(limit)
    return [of_row(kind, row) for row in tx.connection.execute(wanted).mappings()]
