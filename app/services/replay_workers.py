"""Where workers were: their tracks, for who may see those (app/services/tracks.py)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from app.city import City
from app.domain.people import User, Verb, Worker, may
from app.services import tracks
from app.services.views_scope import live_or
from app.store import fact_replay

Place = tuple[float, float, int]
Row = dict[str, Any]


def then(city: City, user: User, scope: str, at: int) -> list[Row]:
    """The workers of a scope with where they were, None off duty and where that is not known."""
    with city.ledger.read() as tx:
        people = tx.workers(scope)
        moment = datetime.fromtimestamp(at / 1000, UTC)
        turned = fact_replay.otherwise_then(tx, [one.id for one in people], moment)
    people = [replace(one, on_duty=turned.get(one.id, one.on_duty)) for one in people]
    walked = _walked(city, user)
    now: dict[str, Place] = live_or(city.live.workers, {})
    return [
        _worker(one, _place(now.get(one.id), walked.get(one.id, []), at) if one.on_duty else None)
        for one in people
    ]


def _worker(one: Worker, place: Place | None) -> Row:
    lon, lat, at = place or (None, None, None)
    named = {"id": one.id, "name": one.name, "grid": one.grid, "on_duty": one.on_duty}
    return named | {"lon": lon, "lat": lat, "at": at}


def _place(now: Place | None, walked: list[Place], at: int) -> Place | None:
    """Where a worker was: where he is, when he has not moved since, else the last of his track."""
    if now is not None and now[2] <= at:
        return now
    return next((place for place in reversed(walked) if place[2] <= at), None)


def _walked(city: City, user: User) -> dict[str, list[Place]]:
    """The tracks that the user may see; that he saw them is a fact, as everywhere."""
    if not may(user, Verb.DISPATCH):
        return {}
    found = tracks.tracks(city, user)["workers"]
    return {one["id"]: one["places"] for one in found}


def moves(city: City, user: User, scope: str, since: int, until: int) -> list[list[Any]]:
    """[second, worker, lon, lat, epoch ms] of each place that was reached in a time."""
    walked = _walked(city, user)
    with city.ledger.read() as tx:
        here = {one.id for one in tx.workers(scope)}
    rows = [
        [at // 1000, worker, lon, lat, at]
        for worker, places in walked.items()
        for lon, lat, at in places
        if since < at <= until and worker in here
    ]
    return sorted(rows)
