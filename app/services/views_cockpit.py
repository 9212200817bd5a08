"""The cockpit: today's figures and rankings, and the very rows behind each figure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.city import City
from app.domain.kinds import ECONOMY, GOVERN, SAFETY, SOCIAL
from app.domain.levels import Level
from app.domain.people import User, Worker
from app.errors import Invalid
from app.services.views_cases import who_have
from app.services.views_exceptions import ON_TIME_TARGET, exceptions
from app.services.views_scope import allowed_area, builtins, place, prefix, scope_in
from app.services.views_today import Row, Today
from app.store.tx import Tx

WEEK = timedelta(days=7)
MOST_ROWS = 500


def cockpit(city: City, user: User, area: str | None = None) -> dict[str, Any]:
    """Return today's figures of an area, its exceptions, domains and streets."""
    scope_in(city, user, area)
    code = allowed_area(city, user, area)
    scope = prefix(city, code)
    with city.ledger.read() as tx:
        today = Today(city, tx, scope)
        week_ago = tx.cases(
            scope=scope,
            source="hotline",
            since=today.midnight - WEEK,
            until=today.now - WEEK,
        )
    children = _children(city, code, today)
    return {
        "at": today.now.isoformat(),
        "area": {"code": code, "name": city.areas.name(code)},
        "figures": _figures(today, code),
        "domains": [_domain(today, domain) for domain in (GOVERN, SOCIAL, SAFETY, ECONOMY)],
        "streets": [_street(today, child) for child in children],
        "exceptions": exceptions(city, today, code, children, week_ago),
    }


def _figures(today: Today, code: str) -> list[Row]:
    def figure(key: str, what: str, before: float | None = None, **query: Any) -> Row:
        value = today.count(what, **query)
        unit = "起" if what == "alerts" else "件"
        return _figure(key, value, unit, before=before, rows={"what": what, "area": code, **query})

    on_time = today.on_time()
    due = {"what": "cases", "area": code, "day": "due"}
    return [
        figure("opened", "cases", today.yesterday("opened_at"), day="opened"),
        figure("closed", "cases", today.yesterday("closed_at"), day="closed"),
        figure("open", "cases", status="open"),
        figure("overdue", "cases", status="open", overdue=True),
        _figure("on_time", on_time, "%", 1, target=ON_TIME_TARGET, why="nothing_due", rows=due),
        figure("red_orange", "alerts", day="opened", level=int(Level.ORANGE)),
        figure(
            "hotline",
            "cases",
            today.yesterday("opened_at", source="hotline"),
            day="opened",
            source="hotline",
        ),
        _figure("satisfaction", None, "%", 1, why="no_survey", rows=None),
    ]


def _figure(key: str, value: float | None, unit: str = "件", digits: int = 0, **more: Any) -> Row:
    plain: Row = {"target": None, "before": None, "why": None, "rows": None}
    if value is not None:
        more["why"] = None
    return {"key": key, "value": value, "unit": unit, "digits": digits} | plain | more


def _domain(today: Today, domain: str) -> Row:
    return {"domain": domain} | _tally(today, {"domain": domain})


def _tally(today: Today, where: Row) -> Row:
    return {
        "opened": today.count("cases", day="opened", **where),
        "closed": today.count("cases", day="closed", **where),
        "open": today.count("cases", status="open", **where),
        "overdue": today.count("cases", status="open", overdue=True, **where),
        "alerts": today.count("alerts", **where),
    }


def _children(city: City, code: str, today: Today) -> list[Row]:
    """The areas one level below; what lies in none of them is one row more, so that sums agree."""
    children = city.areas.children(code)
    rows: list[Row] = [
        {"code": c.code, "name": c.name, "where": {"scope": c.code}} for c in children
    ]
    if not children:
        return rows
    known = _rest(city, code)
    if any(_tally(today, known).values()):
        rows.append({"code": code, "name": "未落到下级", "where": known, "rest": True})
    return rows


def _rest(city: City, code: str) -> Row:
    """What finds the things of an area that lie in none of its children."""
    children = city.areas.children(code)
    return {"exactly": {c.code for c in children}, "digits": len(children[0].code)}


def _street(today: Today, child: Row) -> Row:
    where = child["where"]
    tally = _tally(today, where)
    on_time = today.on_time(**where)
    worked = tally["closed"] + tally["open"]
    solved = round(100 * tally["closed"] / worked, 1) if worked else None
    known = on_time is not None and solved is not None
    score = round(on_time * 0.5 + solved * 0.5, 1) if known and on_time and solved else None
    if known and score is None:
        score = round(((on_time or 0) + (solved or 0)) / 2, 1)
    named = {"code": child["code"], "name": child["name"], "rest": child.get("rest", False)}
    return named | tally | {"on_time": on_time, "solved": solved, "score": score}


def rows(
    city: City, user: User, what: str, *, area: str | None = None, **query: Any
) -> dict[str, Any]:
    """Return the very rows behind a figure: {"what", "total", "rows": [… at most 500]}.

    `rest` asks for those that lie in no area below this one.
    """
    scope_in(city, user, area)
    here = allowed_area(city, user, area)
    scope = prefix(city, here)
    if query.pop("rest", False) and city.areas.children(here):
        query |= _rest(city, here)
    with city.ledger.read() as tx:
        if what == "tasks":
            found: list[Any] = tx.tasks(scope=scope, open=True, domain=None)
        elif what in ("cases", "alerts"):
            found = Today(city, tx, scope).chosen(what, query)
        else:
            raise Invalid("参数不正确。", fields={"what": "cases、alerts 或 tasks"})
        shown = found[:MOST_ROWS]
        who = _who(tx, what, shown)
    rows = [builtins(x) | {"place": place(city, x.area), "who": who.get(x.id)} for x in shown]
    return {"what": what, "total": len(found), "rows": rows}


def _who(tx: Tx, what: str, things: list[Any]) -> dict[str, str | None]:
    if what == "cases":
        return who_have(tx, things)
    if what == "tasks":
        names = tx.names(Worker, (task.worker for task in things))
        return {task.id: names.get(task.worker, task.worker) for task in things}
    return {alert.id: alert.acknowledged_by for alert in things}
