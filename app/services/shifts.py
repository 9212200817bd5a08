"""On and off duty (在岗): a worker says it on his phone, and who dispatches sees it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.city import City
from app.domain.facts import SINCE, WORKER, Fact
from app.domain.people import User, Verb, Worker, require
from app.errors import NotAllowed
from app.store import fact_replay

ON, OFF = "worker.came_on_duty", "worker.went_off_duty"
SHIFT = timedelta(hours=12)  # default: a phone offline for longer tells of a shift that is over


def turn(city: City, *, on_duty: bool, by: User, at: datetime | None = None) -> dict[str, Any]:
    """Set whether the user's own worker is on duty; {"id", "on_duty"}.

    `at` is when he tapped, as an offline phone says it (UTC; None: now). What is so already is no
    fact. His open tasks stay his. NotAllowed for who is no worker.
    """
    if by.worker is None:
        raise NotAllowed("只有处置人员可以上下岗。")
    now = city.now()
    with city.ledger.begin() as tx:
        require(by, Verb.ATTEND, tx.worker(by.worker))
        if tx.turn(by.worker, on_duty):
            last = fact_replay.last_turn(tx, by.worker, (ON, OFF))
            since = _moment(at, last, now)
            worker = tx.worker(by.worker)
            tx.record(told(worker, on_duty=on_duty, at=now, by=by.id, since=since))
    city.feed.publish(city.ledger)
    return {"id": by.worker, "on_duty": on_duty}


def _moment(at: datetime | None, last: datetime | None, now: datetime) -> datetime:
    """When it was tapped: within the last shift, not before his last turn, not in the future."""
    earliest = max(now - SHIFT, last or now - SHIFT)
    return now if at is None else min(max(at, earliest), now)


def told(
    worker: Worker, *, on_duty: bool, at: datetime, by: str, since: datetime | None = None
) -> Fact:
    """The fact that a worker is on duty, or no longer; `since` is when that began, else `at`."""
    said = {SINCE: since.isoformat()} if since and since != at else {}
    return Fact(
        kind=ON if on_duty else OFF,
        thing=worker.id,
        area=worker.grid,
        at=at,
        who=by,
        worker=worker.id,
        body={WORKER: {"id": worker.id, "on_duty": on_duty}} | said,
    )
