"""Where workers have been on this shift, for who sends them; that it was asked is a fact.

A place is personal (行踪轨迹): only roles that dispatch see tracks, only of workers on duty in
their scope, and only the last four hours, which is all that is kept.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from typing import Any

from app.city import City
from app.domain.facts import Fact
from app.domain.people import MISSING, User, Verb, Worker, covers, may, require
from app.errors import Unseen
from app.services.views_scope import live_or, now_ms, place, root, scope_in
from app.store import limits, near

LAST_MS = 4 * 3600 * 1000
TOLD_AGAIN_S = 600  # who looks at the same again within ten minutes is told of once
Row = dict[str, Any]
Place = tuple[float, float, int]


def tracks(city: City, user: User, area: str | None = None, worker: str | None = None) -> Row:
    """Return {"workers": [{"id", "name", "places": [[lon, lat, epoch ms], …]}]}, oldest first.

    Of one worker, or of all of an area. Raises NotAllowed and NotFound.
    """
    require(user, Verb.DISPATCH)
    scope = scope_in(city, user, area)
    with city.ledger.read() as tx:
        people = [tx.worker(worker)] if worker else tx.workers(scope)
    if worker and not covers(scope, people[0].grid):
        raise Unseen(MISSING["Worker"])
    found = _of(city, people)
    _tell(city, user, worker or area or root(city, user), people[0].grid if worker else area)
    return {
        "since": now_ms(city) - LAST_MS,
        "workers": [
            {"id": one.id, "name": one.name, "places": found[one.id]}
            for one in people
            if found.get(one.id)
        ],
    }


def _of(city: City, people: Collection[Worker]) -> dict[str, list[Place]]:
    """The tracks of those on duty; what is left of the others is dropped."""
    out = [one.id for one in people if one.on_duty]
    home = [one.id for one in people if not one.on_duty]
    live_or(lambda: city.live.forget_tracks(home), None)
    since = now_ms(city) - LAST_MS
    return live_or(lambda: city.live.tracks(out, since), dict[str, list[Place]]())


def _tell(city: City, user: User, of: str, area: str | None) -> None:
    """Write down who has looked at whose tracks."""
    redis, name = city.live.redis, f"tracks:{user.id}:{of}"
    if not live_or(lambda: limits.first(redis, name, TOLD_AGAIN_S), True):
        return
    fact = Fact(
        kind="tracks.seen",
        thing=of,
        area=area or user.scope,
        at=city.now(),
        who=user.id,
        body={},
        worker=None,
    )
    with ExitStack() as undo:  # a ledger that refuses it is asked again by the next look
        undo.callback(live_or, lambda: limits.forget(redis, name), None)
        with city.ledger.begin() as tx:
            tx.record(fact)
        undo.pop_all()
    city.feed.publish(city.ledger)


def worker(city: City, user: User, worker_id: str) -> Row:
    """Return a worker's card: who, where since when, what he has in hand; NotFound, NotAllowed.

    "load" counts all of his open tasks; "tasks" are those of the places that the user may see.
    """
    scope = scope_in(city, user, None)
    with city.ledger.read() as tx:
        found = tx.worker(worker_id)
        if not covers(scope, found.grid):
            raise Unseen(MISSING["Worker"])
        tasks = tx.tasks(worker=worker_id, scope=scope, open=True, limit=20)
        units = {unit.id: unit.name for unit in tx.units()}
        load = near.in_hand(tx, [worker_id])
    places: dict[str, Place] = live_or(city.live.workers, {})
    lon, lat, at = places.get(worker_id, (None, None, None)) if found.on_duty else (None,) * 3
    return {
        "id": found.id,
        "name": found.name,
        "unit": units.get(found.unit, found.unit),
        "grid": city.areas.name(found.grid),
        "place": place(city, found.grid),
        "on_duty": found.on_duty,
        "skills": list(found.skills),
        "lon": lon,
        "lat": lat,
        "at": at,
        "load": load.get(worker_id, 0),
        "tasks": [_task(task) for task in tasks],
        "track": found.on_duty and may(user, Verb.DISPATCH),
    }


def _task(task: Any) -> Row:
    return {
        "id": task.id,
        "case": task.case_id,
        "title": task.title,
        "status": task.status.value,
        "due_at": task.due_at.isoformat(),
        "sent_at": task.sent_at.isoformat(),
        "overdue": task.overdue,
    }
