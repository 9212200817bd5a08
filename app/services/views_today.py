"""What happened or stands open today, and how rows of it are chosen: one choice for every figure.

Every figure is the length of a list of rows chosen by a query, and the table of rows uses the same
choice: so a figure and its rows cannot differ, and children sum to their parent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from app.city import City
from app.domain.alerts import Alert, AlertStatus
from app.domain.cases import DRILL, ENDED, Case, CaseStatus
from app.domain.people import covers
from app.errors import Invalid
from app.services.figures import beijing_midnight
from app.store import tables
from app.store.rows import of_row, within
from app.store.tx import Tx

DAY = timedelta(days=1)
Row = dict[str, Any]
Choice = Callable[[Any], bool]


class Today:
    """What happened or stands open today in a scope, read at one moment."""

    def __init__(self, city: City, tx: Tx, scope: str) -> None:
        self.now = city.now()
        self.midnight = beijing_midnight(self.now)
        self.cases = _cases_since(tx, scope, self.midnight - DAY)
        self.alerts = _alerts_since(tx, scope, self.midnight)

    def chosen(self, what: str, query: Row) -> list[Any]:
        """Return the things that a query of `rows` asks for."""
        choices = self._case_choices(query) if what == "cases" else self._alert_choices(query)
        things: list[Any] = list(self.cases if what == "cases" else self.alerts)
        return [thing for thing in things if all(choice(thing) for choice in choices)]

    def count(self, what: str, **query: Any) -> int:
        """Return how many rows a query has."""
        return len(self.chosen(what, query))

    def _case_choices(self, query: Row) -> list[Choice]:
        day, status = query.get("day"), query.get("status")
        choices = plain(query)
        if query.get("overdue"):
            choices.append(self.overdue)
        if query.get("source"):
            choices.append(lambda case: case.source == query["source"])
        if query.get("level"):
            choices.append(lambda case: case.level >= query["level"])
        if day:
            choices.append(self._on_day(day))
        if status and status != "open":
            choices.append(lambda case: case.status.value == status)
        elif not day:
            choices.append(is_open)
        return choices

    def _on_day(self, day: str) -> Choice:
        days: dict[str, Choice] = {"opened": self.opened, "closed": self.closed, "due": self.due}
        if day not in days:
            raise Invalid("参数不正确。", fields={"day": "opened、closed 或 due"})
        return days[day]

    def _alert_choices(self, query: Row) -> list[Choice]:
        choices = plain(query)
        if query.get("level"):
            choices.append(lambda alert: alert.peak >= query["level"])
        if query.get("day"):
            choices.append(lambda alert: alert.raised_at >= self.midnight)
        else:
            choices.append(lambda alert: alert.status is not AlertStatus.CLEARED)
        if query.get("status") == "raised":
            choices.append(lambda alert: alert.status is AlertStatus.RAISED)
        return choices

    def opened(self, case: Case) -> bool:
        """Whether the case was opened today."""
        return case.opened_at >= self.midnight

    def closed(self, case: Case) -> bool:
        """Whether the case was closed today."""
        return case.status is CaseStatus.CLOSED and _after(case.closed_at, self.midnight)

    def overdue(self, case: Case) -> bool:
        """Whether the case is open and past its deadline."""
        return is_open(case) and case.due_at <= self.now

    def due(self, case: Case) -> bool:
        """Whether the case counts for being on time: closed today, or open and overdue."""
        return self.closed(case) or self.overdue(case)

    def on_time(self, **query: Any) -> float | None:
        """Return the share of due cases that were closed in time, in %; None when none was due."""
        due = self.chosen("cases", query | {"day": "due"})
        kept = sum(self.closed(c) and c.closed_at <= c.due_at for c in due)
        return round(100 * kept / len(due), 1) if due else None

    def yesterday(self, moment: str, **query: Any) -> int | None:
        """Return the count of the same hours yesterday; None when nothing that old is recorded."""
        start, end = self.midnight - DAY, self.now - DAY
        found = [c for c in self.cases if all(choice(c) for choice in plain(query))]
        if query.get("source"):
            found = [case for case in found if case.source == query["source"]]
        moments = [getattr(case, moment) for case in found]
        if not any(case.opened_at < self.midnight for case in self.cases):
            return None
        return sum(at is not None and start <= at < end for at in moments)


def is_open(case: Case) -> bool:
    """Whether a case has not ended."""
    return case.status not in ENDED


def _after(at: datetime | None, start: datetime) -> bool:
    return at is not None and at >= start


def plain(query: Row) -> list[Choice]:
    """The choices by area and domain."""
    choices: list[Choice] = []
    if query.get("scope"):
        choices.append(lambda thing: covers(query["scope"], thing.area))
    if query.get("exactly") is not None:
        choices.append(lambda thing: thing.area[: query["digits"]] not in query["exactly"])
    if query.get("domain"):
        choices.append(lambda thing: thing.domain == query["domain"])
    return choices


def _cases_since(tx: Tx, scope: str, since: datetime) -> list[Case]:
    """Cases that are open, or were opened or closed since then, newest first."""
    c = tables.cases.c
    touched = or_(c.opened_at >= since, c.closed_at >= since, c.status.not_in(sorted(ENDED)))
    earnest = c.source != DRILL
    wanted = select(tables.cases).where(within(c.area, scope), touched, earnest)
    found = tx.connection.execute(wanted.order_by(c.opened_at.desc(), c.id)).mappings()
    return [of_row(Case, row) for row in found]


def _alerts_since(tx: Tx, scope: str, since: datetime) -> list[Alert]:
    """Alerts that are open or were raised since then, newest first."""
    c = tables.alerts.c
    wanted = select(tables.alerts).where(
        within(c.area, scope), or_(c.raised_at >= since, c.status != "cleared")
    )
    found = tx.connection.execute(wanted.order_by(c.raised_at.desc(), c.id)).mappings()
    return [of_row(Alert, row) for row in found]
