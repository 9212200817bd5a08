"""What a transaction can read: things by id, lists by filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, func, or_, select

from app.domain.alerts import Alert, AlertStatus
from app.domain.cases import Case, CaseStatus
from app.domain.facts import Fact
from app.domain.people import MISSING, WARNING, Unit, User, Worker, around
from app.domain.readings import Device
from app.domain.reports import HotlineOrder, Report
from app.domain.tasks import Task, TaskStatus
from app.domain.tokens import Token
from app.errors import NotFound
from app.store import tables
from app.store.rows import ENDED, OPENED, TABLES, Photo, Secret, of_row, within

T = TypeVar("T", bound=msgspec.Struct)
Changing = TypeVar("Changing", Alert, Case, Task)

GOING_ON: dict[type, frozenset[str]] = {
    Alert: frozenset(AlertStatus) - ENDED[Alert],
    Case: frozenset(CaseStatus) - ENDED[Case],
    Task: frozenset(TaskStatus) - ENDED[Task],
}


class Reads:
    """The reads of one transaction; nouns as in the domain."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def alert(self, alert_id: str) -> Alert:
        """Return an alert; NotFound when there is none."""
        return self._one(Alert, alert_id, MISSING["Alert"])

    def case(self, case_id: str) -> Case:
        """Return a case; NotFound when there is none."""
        return self._one(Case, case_id, MISSING["Case"])

    def task(self, task_id: str) -> Task:
        """Return a task; NotFound when there is none."""
        return self._one(Task, task_id, MISSING["Task"])

    def user(self, user_id: str) -> User:
        """Return a user; NotFound when there is none."""
        return self._one(User, user_id, "没有这个用户")

    def worker(self, worker_id: str) -> Worker:
        """Return a worker; NotFound when there is none."""
        return self._one(Worker, worker_id, MISSING["Worker"])

    def report(self, report_id: str) -> Report | None:
        """Return a report, or None."""
        return self._find(Report, tables.reports.c.id == report_id)

    def order(self, order_no: str) -> HotlineOrder | None:
        """Return a hotline order with its personal columns, or None."""
        return self._find(HotlineOrder, tables.hotline_orders.c.order_no == order_no)

    def open_alert(self, device: str, rule: str) -> Alert | None:
        """Return the one alert of a device and rule that has not been cleared, or None."""
        c = tables.alerts.c
        return self._find(Alert, c.device == device, c.rule == rule, _open(Alert))

    def has_alert(self, alert_id: str) -> bool:
        """Whether an alert with this id was ever raised."""
        return self._find(Alert, tables.alerts.c.id == alert_id) is not None

    def case_of(self, source: str, source_id: str) -> Case | None:
        """Return the case that an alert, report or order has opened, or None."""
        return self._find(
            Case, tables.cases.c.source == source, tables.cases.c.source_id == source_id
        )

    def alerts(self, **filters: Any) -> list[Alert]:
        """Return alerts, newest first (filters: see `conditions`)."""
        return self._list(Alert, **filters)

    def cases(self, **filters: Any) -> list[Case]:
        """Return cases, newest first (filters: see `conditions`)."""
        return self._list(Case, **filters)

    def tasks(self, **filters: Any) -> list[Task]:
        """Return tasks, newest first (filters: see `conditions`)."""
        return self._list(Task, **filters)

    def count(self, kind: type[Changing], /, **filters: Any) -> int:
        """Return how many things the filters of `conditions` leave, without reading them."""
        wanted = select(func.count()).select_from(TABLES[kind]).where(*conditions(kind, **filters))
        return int(self.connection.execute(wanted).scalar_one())

    def names(self, kind: type[Worker] | type[Unit], ids: Iterable[str]) -> dict[str, str]:
        """Return the names of workers or units by id; those that nobody knows are left out."""
        c = TABLES[kind].c
        wanted = select(c.id, c.name).where(c.id.in_(sorted(set(ids))))
        return {row[0]: row[1] for row in self.connection.execute(wanted)}

    def due(self, kind: type[Changing], now: datetime, limit: int = 500) -> list[Changing]:
        """Return the things whose `next_due` has come, the longest waiting first."""
        column = TABLES[kind].c.next_due
        wanted = select(TABLES[kind]).where(column <= now).order_by(column).limit(limit)
        return [of_row(kind, row) for row in self.connection.execute(wanted).mappings()]

    def users(self) -> list[User]:
        """Return all users by id."""
        return self._all(User, tables.users.c.id)

    def user_secret(self, user_id: str) -> Secret | None:
        """Return the password hash and lock of a user, or None."""
        wanted = select(tables.users).where(tables.users.c.id == user_id)
        row = self.connection.execute(wanted).mappings().one_or_none()
        return None if row is None else of_row(Secret, row)

    def tokens(self) -> list[Token]:
        """Return all tokens, revoked ones too, by the time of their issue."""
        return self._all(Token, tables.tokens.c.issued_at)

    def token(self, token_id: str) -> Token | None:
        """Return a token, or None."""
        return self._find(Token, tables.tokens.c.id == token_id)

    def token_digest(self, token_id: str) -> str | None:
        """Return the hash of a token's secret, or None when there is no such token."""
        wanted = select(tables.tokens.c.digest).where(tables.tokens.c.id == token_id)
        return self.connection.execute(wanted).scalar_one_or_none()

    def workers(self, scope: str = "") -> list[Worker]:
        """Return the workers whose grid lies in a scope, by id."""
        return self._all(Worker, tables.workers.c.id, within(tables.workers.c.grid, scope))

    def units(self, scope: str = "") -> list[Unit]:
        """Return the units whose area lies in a scope, by id."""
        return self._all(Unit, tables.units.c.id, within(tables.units.c.area, scope))

    def devices(self, scope: str = "") -> list[Device]:
        """Return the registered devices in a scope, by number."""
        return self._all(Device, tables.devices.c.n, within(tables.devices.c.area, scope))

    def photos(self, photo_id: str) -> list[Photo]:
        """Return the upload and the uses of a photo; empty when unknown."""
        return self._all(Photo, tables.photos.c.at, tables.photos.c.id == photo_id)

    def trail(self, thing: str, limit: int = 200) -> list[Fact]:
        """Return what has happened to a thing, oldest first."""
        c = tables.facts.c
        wanted = select(tables.facts).where(c.thing == thing).order_by(c.seq).limit(limit)
        return [of_row(Fact, row) for row in self.connection.execute(wanted).mappings()]

    def last_seq(self) -> int:
        """Return the newest fact's number as this transaction sees it, 0 when there is none."""
        c = tables.counters.c
        return self.connection.execute(select(c.value).where(c.name == "facts")).scalar_one()

    def counter(self, name: str) -> int:
        """Return how far a counter of the ledger has counted, 0 before its first step."""
        c = tables.counters.c
        found = self.connection.execute(select(c.value).where(c.name == name)).scalar_one_or_none()
        return int(found or 0)

    def topics(
        self, scope: str, since: datetime, until: datetime | None = None
    ) -> dict[tuple[str, str], int]:
        """Return how many calls came about what in which street: (topic, nine digits) -> calls.

        The topic is the order's category (no personal data), else the case's masked title.
        """
        cases, orders = tables.cases, tables.hotline_orders
        topic = func.coalesce(func.nullif(orders.c.category, ""), cases.c.title).label("topic")
        street = func.substr(cases.c.area, 1, 9).label("street")
        wanted = (
            select(topic, street, func.count())
            .select_from(cases.outerjoin(orders, orders.c.order_no == cases.c.source_id))
            .where(*conditions(Case, scope=scope, source="hotline", since=since, until=until))
            .group_by(topic, street)
        )
        return {(row[0], row[1]): row[2] for row in self.connection.execute(wanted)}

    def _one(self, kind: type[T], key: str, missing: str) -> T:
        found = self._find(kind, TABLES[kind].c.id == key)
        if found is None:
            raise NotFound(missing)
        return found

    def _find(self, kind: type[T], *where: ColumnElement[bool]) -> T | None:
        row = self.connection.execute(select(TABLES[kind]).where(*where)).mappings().first()
        return None if row is None else of_row(kind, row)

    def _all(self, kind: type[T], order: Any, *where: ColumnElement[bool]) -> list[T]:
        wanted = select(TABLES[kind]).where(*where).order_by(order)
        return [of_row(kind, row) for row in self.connection.execute(wanted).mappings()]

    def _list(
        self,
        kind: type[T],
        /,
        *,
        order: Sequence[ColumnElement[Any]] = (),
        limit: int | None = None,
        **filters: Any,
    ) -> list[T]:
        """Things by the given order, then the newest first."""
        table = TABLES[kind]
        wanted = select(table).where(*conditions(kind, **filters))
        wanted = wanted.order_by(*order, table.c[OPENED[kind]].desc(), table.c.id).limit(limit)
        return [of_row(kind, row) for row in self.connection.execute(wanted).mappings()]


def _open(kind: type) -> ColumnElement[bool]:
    """Named one by one: no index helps to find what a status is not."""
    return TABLES[kind].c.status.in_(sorted(GOING_ON[kind]))


def _equals(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    several = isinstance(value, (list, tuple, set, frozenset))
    return column.in_(sorted(value)) if several else column == value


def _inside(kind: type, scope: str, wider_too: bool) -> ColumnElement[bool]:
    """What a scope is told of (people.concerns): a warning around it is an alert of it too."""
    table = TABLES[kind]
    inside = within(table.c.area, scope)
    wider = around(scope) if kind is Alert and wider_too else ()
    return or_(inside, (table.c.rule == WARNING) & table.c.area.in_(wider)) if wider else inside


def conditions(
    kind: type,
    /,
    *,
    scope: str = "",
    status: str | Sequence[str] | None = None,
    open: bool | None = None,  # noqa: A002 - reads well at the caller: cases(open=True)
    since: datetime | None = None,
    until: datetime | None = None,
    wider: bool = True,
    **equal: Any,
) -> list[ColumnElement[bool]]:
    """Turn filters into conditions.

    scope: area prefix; status: one or several; open: not ended; since <= opened < until; wider:
    with the warnings of the areas around, which a list shows and a sum must not count twice; any
    other name is a column that must equal its value, or one of several (worker, case_id, …).
    """
    table = TABLES[kind]
    where = [_inside(kind, scope, wider)] if scope else []
    where += [_equals(table.c[name], value) for name, value in equal.items() if value is not None]
    if status is not None:
        where.append(_equals(table.c.status, status))
    if open is not None:
        where.append(_open(kind) if open else ~_open(kind))
    opened = table.c[OPENED[kind]]
    where += [opened >= since] if since is not None else []
    where += [opened < until] if until is not None else []
    return where
