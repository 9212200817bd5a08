"""What the screens read (docs/views.md): one name for every view, and the snapshot of the wall."""

from __future__ import annotations

from typing import Any

from app.city import City
from app.domain.alerts import Alert
from app.domain.cases import Case
from app.domain.people import Role, User, Verb, Worker, require
from app.domain.tasks import Task
from app.errors import Invalid
from app.services.figures import hotline, tiles, tiles_of_area, trend
from app.services.views_alerts import alert_card, alerts_panel, strip
from app.services.views_cases import (
    candidates,
    case,
    dispatch_panel,
    due_cases,
    task,
    worker_names,
)
from app.services.views_cockpit import cockpit, rows
from app.services.views_devices import curve, device, named
from app.services.views_ground import ground, page
from app.services.views_layers import choropleth, layers
from app.services.views_scope import (
    allowed_area,
    builtins,
    drawable_area,
    live_or,
    place,
    prefix,
    root,
    scope_in,
)
from app.store.tx import Tx

__all__ = [
    "alert_card",
    "alerts_panel",
    "allowed_area",
    "drawable_area",
    "candidates",
    "case",
    "choropleth",
    "cockpit",
    "curve",
    "device",
    "dispatch_panel",
    "due_cases",
    "ground",
    "hotline",
    "layers",
    "named",
    "page",
    "place",
    "prefix",
    "root",
    "rows",
    "scope_in",
    "snapshot",
    "strip",
    "task",
    "things",
    "tiles",
    "tiles_of_area",
    "trend",
    "worker_names",
]

Open = tuple[list[Alert], list[Case], list[Task], list[Worker]]


def snapshot(city: City, user: User, area: str | None = None) -> dict[str, Any]:
    """Return everything open that the user may see, as of one fact; facts.apply continues it."""
    require(user, Verb.VIEW)
    mine = user.role is Role.GRID_WORKER
    scope = "" if mine else scope_in(city, user, area)
    with city.ledger.read() as tx:
        as_of = tx.last_seq()
        alerts, cases, tasks, workers = _of_worker(tx, user) if mine else _of_scope(tx, scope)
    here = (root(city, user) if mine else allowed_area(city, user, area)) or city.areas.home.code
    return {
        "as_of": as_of,
        "at": city.now().isoformat(),
        "me": builtins(user),
        "area": {
            "code": here,
            "name": city.areas.name(here),
            "path": [{"code": step.code, "name": step.name} for step in city.areas.path(here)],
        },
        "alerts": [builtins(thing) for thing in alerts],
        "cases": [builtins(thing) for thing in cases],
        "tasks": [builtins(thing) for thing in tasks],
        "workers": _places(city, workers),
        "feeds": live_or(city.live.feeds, dict[str, int]()),
    }


def _of_scope(tx: Tx, scope: str) -> Open:
    return (
        tx.alerts(scope=scope, open=True),
        tx.cases(scope=scope, open=True),
        tx.tasks(scope=scope, open=True),
        tx.workers(scope),
    )


def _of_worker(tx: Tx, user: User) -> Open:
    if user.worker is None:
        return [], [], [], []
    tasks = tx.tasks(worker=user.worker, open=True)
    cases = tx.cases(id={task.case_id for task in tasks})
    return [], cases, tasks, [tx.worker(user.worker)]


def _places(city: City, workers: list[Worker]) -> list[dict[str, Any]]:
    """Workers with where they were last; nobody off duty, or without a live store, has a place."""
    live: dict[str, tuple[float, float, int]] = live_or(city.live.workers, {}) if workers else {}
    found = []
    for worker in workers:
        lon, lat, at = (live.get(worker.id) if worker.on_duty else None) or (None, None, None)
        found.append(
            {
                "id": worker.id,
                "name": worker.name,
                "grid": worker.grid,
                "on_duty": worker.on_duty,
                "lon": lon,
                "lat": lat,
                "at": at,
            }
        )
    return found


STATES = {"open": True, "ended": False, "all": None}
NOUNS: dict[str, Any] = {"alerts": Alert, "cases": Case, "tasks": Task}


def things(
    city: City,
    user: User,
    what: str,
    area: str | None,
    state: str,
    limit: int,
    filters: dict[str, str],
) -> dict[str, Any]:
    """Return {what: [thing…], "total"}: alerts, cases or tasks, newest first, at most `limit`.

    A grid worker gets his own tasks and their cases, whatever he asks for.
    """
    require(user, Verb.VIEW)
    if state not in STATES:
        raise Invalid("参数不正确。", fields={"state": "open、ended 或 all"})
    if user.role is Role.GRID_WORKER:
        mine = snapshot(city, user)[what]
        return {what: mine[:limit], "total": len(mine)}
    scope = scope_in(city, user, area)
    wanted: dict[str, Any] = {"scope": scope, "open": STATES[state], **_known(what, filters)}
    kind = NOUNS[what]
    with city.ledger.read() as tx:
        reads: dict[Any, Any] = {Alert: tx.alerts, Case: tx.cases, Task: tx.tasks}
        found = [builtins(x) for x in reads[kind](limit=limit, **wanted)]
        total = tx.count(kind, **wanted)
    return {what: found, "total": total}


COLUMNS = {
    "alerts": {"status", "level", "domain", "kind"},
    "cases": {"status", "level", "domain", "source"},
    "tasks": {"status", "level", "case_id", "worker"},
}


def _known(what: str, filters: dict[str, str]) -> dict[str, Any]:
    """Filters that this list has; Invalid names the others."""
    strange = set(filters) - COLUMNS[what]
    if strange:
        raise Invalid("参数不正确。", fields=dict.fromkeys(sorted(strange), "此列表没有该筛选项"))
    wanted: dict[str, Any] = dict(filters)
    if "level" in wanted:
        if wanted["level"] not in ("0", "1", "2", "3", "4"):
            raise Invalid("参数不正确。", fields={"level": "0 到 4"})
        wanted["level"] = int(wanted["level"])
    return wanted
