"""On and off duty (在岗): a worker says it on his phone, and who dispatches sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from app.city import City
from app.domain.facts import WORKER, Fact
from app.domain.people import User, Verb, Worker, require
from app.errors import NotAllowed

ON, OFF = "worker.came_on_duty", "worker.went_off_duty"


def turn(city: City, *, on_duty: bool, by: User) -> dict[str, Any]:
    """Set whether the user's own worker is on duty; {"id", "on_duty"}.

    What is so already is no fact. His open tasks stay his. NotAllowed for who is no worker.
    """
    if by.worker is None:
        raise NotAllowed("只有处置人员可以上下岗。")
    with city.ledger.begin() as tx:
        worker = tx.worker(by.worker)
        require(by, Verb.ATTEND, worker)
        if worker.on_duty is not on_duty:
            tx.put(msgspec.structs.replace(worker, on_duty=on_duty))
            tx.record(told(worker, on_duty=on_duty, at=city.now(), by=by.id))
    city.feed.publish(city.ledger)
    return {"id": by.worker, "on_duty": on_duty}


def told(worker: Worker, *, on_duty: bool, at: datetime, by: str) -> Fact:
    """The fact that a worker is on duty from now on, or no longer."""
    return Fact(
        kind=ON if on_duty else OFF,
        thing=worker.id,
        area=worker.grid,
        at=at,
        who=by,
        worker=worker.id,
        body={WORKER: {"id": worker.id, "on_duty": on_duty}},
    )
