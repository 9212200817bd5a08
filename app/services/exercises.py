"""Exercises (演练): people are called out as in earnest, and no figure counts it."""

from __future__ import annotations

from collections.abc import Sequence

from app.city import City
from app.domain import opening
from app.domain.cases import Case
from app.domain.drawn import Drawn
from app.domain.people import User, Verb, require
from app.domain.reports import Report
from app.domain.tasks import Task
from app.errors import Invalid
from app.services import tasks
from app.store.tx import Tx

NAMED = 60  # characters; default


def call_out(
    city: City, drawn: Drawn, *, name: str, workers: Sequence[str], by: User
) -> tuple[Case, list[Task]]:
    """Open an exercise in the middle of a drawn shape and send these workers to it.

    Its case says 【演练】 in its title on every screen and on the phone. Raises Invalid (no worker,
    no name, outside the city), NotFound and NotAllowed; then nothing was opened.
    """
    if not workers:
        raise Invalid("请至少选择一名人员。", fields={"workers": "请选择参加演练的人员"})
    if not name.strip():
        raise Invalid("请填写演练名称。", fields={"name": "例如：防汛演练"})
    lon, lat = drawn.middle
    area = city.areas.locate_one(lon, lat)
    if not area:
        raise Invalid("位置不在本市范围内。", fields={"shape": "请在本市范围内圈选"})
    require(by, Verb.DISPATCH, area)
    report = _report(city, name, (lon, lat))
    with city.ledger.begin() as tx:
        case = _open(city, tx, report, area, by)
        sent = tasks.send_out(city, tx, case, workers=workers, by=by)
    city.feed.publish(city.ledger)
    return case, sent


def _report(city: City, name: str, at: tuple[float, float]) -> Report:
    return Report(
        id=f"drill-{city.new_id()}",
        channel="wall",
        worker=None,
        at=int(city.now().timestamp() * 1000),
        code="",
        title=name.strip()[:NAMED],
        description="",
        lon=at[0],
        lat=at[1],
    )


def _open(city: City, tx: Tx, report: Report, area: str, by: User) -> Case:
    now = city.now()
    case, fact = opening.exercise(report, id=tx.next_case_id(now), at=now, area=area, by=by.id)
    tx.add(case)
    tx.record(fact)
    return case
