"""A list of thousands costs as many queries as a list of three."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, insert

from app.domain.alerts import AlertStatus
from app.domain.cases import CaseStatus
from app.domain.levels import Level
from app.domain.readings import Device
from app.services import places_search, views
from app.store import tables
from app.store.rows import to_row
from tests import cast
from tests.cast import START
from tests.things import a_case, a_task, an_alert

STAGES = (CaseStatus.PENDING_DISPATCH, CaseStatus.PENDING_HANDLE, CaseStatus.HANDLING)
BUDGET_S = 0.15  # of processor time; measured 3 to 40 ms at this size
LISTS = {
    "alerts_panel": lambda city: views.alerts_panel(city, cast.DUTY),
    "due_cases": lambda city: views.due_cases(city, cast.DUTY, limit=20),
    "strip": lambda city: views.strip(city, cast.DUTY),
    "choropleth": lambda city: views.choropleth(city, cast.DUTY),
    "layers": lambda city: views.layers(city, cast.DUTY),
    "search": lambda city: places_search.search(city, cast.DUTY, "暴露"),
    "search device": lambda city: places_search.search(city, cast.DUTY, "well-3"),
    "all alerts": lambda city: views.things(city, cast.DUTY, "alerts", None, "all", 50, {}),
    "all cases": lambda city: views.things(city, cast.DUTY, "cases", None, "all", 50, {}),
}


def fill(city, cases: int, alerts: int) -> None:
    """Open cases with two people on each tenth of them, and open alerts of which each has one."""
    with city.ledger.begin() as tx:
        for table, rows in (
            (tables.cases, [_case(n) for n in range(cases)]),
            (tables.alerts, [_alert(n) for n in range(alerts)]),
            (tables.tasks, [_task(n) for n in range(0, cases, 10)]),
            (tables.devices, [_device(n) for n in range(alerts)]),
        ):
            tx.connection.execute(insert(table), rows)


def _case(n: int):
    at = START - timedelta(seconds=10 * n)
    more = {"opened_at": at, "due_at": at + timedelta(hours=48), "status": STAGES[n % 3]}
    return to_row(a_case(f"ZL{n:06d}", source="alert", source_id=f"A{n}", **more))


def _alert(n: int):
    level, case = Level(1 + n % 4), f"ZL{n:06d}"
    status = AlertStatus.RAISED if n % 3 else AlertStatus.ACKNOWLEDGED
    more = {"level": level, "peak": level, "status": status, "case_id": case}
    at = START - timedelta(seconds=5 * n)
    return to_row(an_alert(f"A{n}", raised_at=at, changed_at=at, **more))


def _task(n: int):
    return to_row(a_task(f"T{n}", case_id=f"ZL{n:06d}", worker="W001"))


def _device(n: int):
    place = {"lon": 119.9, "lat": 31.8, "area": cast.GRID}
    return to_row(Device(code=f"well-{n}", n=n, kind="gas", name=f"井{n}", period_s=30, **place))


@contextmanager
def queries(city) -> Iterator[list[str]]:
    """The statements that the ledger is asked within the block."""
    asked: list[str] = []

    def note(connection, cursor, statement, *_) -> None:
        asked.append(statement)

    event.listen(city.ledger.engine, "before_cursor_execute", note)
    yield asked
    event.remove(city.ledger.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", LISTS)
def test_the_number_of_queries_does_not_grow(city, name) -> None:
    fill(city, 4, 3)
    LISTS[name](city)  # what is kept in memory is read once
    with queries(city) as few:
        LISTS[name](city)
    with city.ledger.begin() as tx:
        for table in (tables.cases, tables.alerts, tables.tasks, tables.devices):
            tx.connection.execute(table.delete())
    fill(city, 300, 200)
    with queries(city) as many:
        LISTS[name](city)
    assert len(many) == len(few)
    assert len(many) <= 10


def test_no_list_is_slow_with_five_thousand_alerts_and_twenty_thousand_cases(city) -> None:
    fill(city, 20_000, 5_000)
    took = {}
    for name, view in LISTS.items():
        view(city)
        began = time.process_time()
        view(city)
        took[name] = time.process_time() - began
    print({name: f"{1000 * s:.0f} ms" for name, s in took.items()})  # noqa: T201 - pytest -s
    assert {name: s for name, s in took.items() if s > BUDGET_S} == {}


def test_who_has_the_rows_behind_a_figure_is_asked_once(city) -> None:
    fill(city, 50, 3)
    with queries(city) as asked:
        found = views.rows(city, cast.DUTY, "cases", status="open")
    assert found["total"] == 50
    assert {row["who"] for row in found["rows"]} >= {"张网格"}
    assert len(asked) <= 8
