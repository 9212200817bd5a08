"""Things to rows and back: the one place that knows how a struct lies in a table."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, RowMapping, Table, or_

from app.domain.alerts import Alert
from app.domain.cases import Case
from app.domain.duties import Duty
from app.domain.facts import LISTS, Fact
from app.domain.people import Unit, User, Worker
from app.domain.readings import Device
from app.domain.reports import HotlineOrder, Report
from app.domain.resources import Resource
from app.domain.tasks import Task
from app.domain.tokens import Token
from app.domain.warnings import Chain
from app.domain.zones import Zone
from app.store import ground_tables, resource_tables, tables, warning_tables

T = TypeVar("T", bound=msgspec.Struct)


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    """That `by` uploaded a photo (case_id "") or that a case shows it; `id` is its SHA-256."""

    id: str
    by: str
    case_id: str
    area: str
    size: int
    at: datetime


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """What sign-in needs to know of a user; it never leaves the services."""

    password_hash: str
    failures: int = 0
    locked_until: datetime | None = None
    session_epoch: int = 0


TABLES: dict[type, Table] = {
    Alert: tables.alerts,
    Case: tables.cases,
    Task: tables.tasks,
    Report: tables.reports,
    HotlineOrder: tables.hotline_orders,
    Fact: tables.facts,
    User: tables.users,
    Worker: tables.workers,
    Unit: tables.units,
    Device: tables.devices,
    Photo: tables.photos,
    Token: tables.tokens,
    Chain: warning_tables.chains,
    Duty: ground_tables.duties,
    Zone: ground_tables.zones,
    Resource: resource_tables.resources,
}

# the statuses in which a thing has left the open lists, as the feed's readers see it
ENDED: dict[type, frozenset[str]] = {
    Alert: LISTS["alert"][1],
    Case: LISTS["case"][1],
    Task: LISTS["task"][1],
}

OPENED: dict[type, str] = {Alert: "raised_at", Case: "opened_at", Task: "sent_at"}


def to_row(thing: msgspec.Struct) -> dict[str, Any]:
    """Return the column values of a thing: enums by value, collections as builtins."""
    return {name: _plain(getattr(thing, name)) for name in thing.__struct_fields__}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (tuple, list, dict)):
        return msgspec.to_builtins(value)
    return value


def of_row(kind: type[T], row: RowMapping) -> T:
    """Return the thing of a row; columns that it does not have are left out."""
    return msgspec.convert({name: row[name] for name in kind.__struct_fields__}, kind)


def within(column: ColumnElement[str], scope: str) -> ColumnElement[bool]:
    """Return the condition that an area code lies under a scope prefix, as an index range.

    The upper bound counts the last digit on, since LIKE uses no index under most collations.
    """
    if not scope:
        return column >= ""
    above = str(int(scope) + 1)
    inside = column >= scope
    if len(above) == len(scope):
        inside = inside & (column < above)
    # as people.covers: what lies outside the city is for the widest scope only
    return or_(inside, column == "") if len(scope) <= 4 else inside
