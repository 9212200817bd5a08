"""The clock role: what is due, what waits for its case, what waits for the feed.

The next moment is a column. Each round selects what is due and claims it by compare-and-set on the
version, so that any number of clocks may run and none doubles another.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.city import City
from app.domain import alert_life, due
from app.domain.alerts import Alert
from app.domain.cases import Case
from app.domain.tasks import Task
from app.services import feed_minutes, reports, unmasked, warnings
from app.store.tx import Tx, telling

log = logging.getLogger(__name__)

ROLE = "clock"
ROUND_MS = 500  # the longest that a due moment or an unpublished fact waits
BATCH = 200
AWAY_S = 0.5  # between tries while a server is away
SWEEP = timedelta(hours=1)
PUT_OFF = timedelta(hours=1)  # what our code cannot look at is tried again then
ANSWERS_KEPT = timedelta(days=7)  # default: longer than any phone is offline

# kind → what the domain says when its moment has come: (thing, fact) or None
LOOKS: tuple[tuple[Any, Callable[..., Any]], ...] = (
    (Case, due.look_at_case),
    (Task, due.look_at_task),
    (Alert, alert_life.look_at),
)


def tick(city: City) -> int:
    """Tell everything that has become due, and bring waiting facts to the feed; return how many.

    1. Select what has next_due <= now. 2. Save what the domain makes of it, where nobody was
    faster. 3. Again, until nothing is due (after a long stop a case is near due and overdue at
    once). 4. Publish what the ledger has and the feed has not.
    """
    now = city.now()
    told = sum(_tell(city, kind, look, now) for kind, look in LOOKS)
    city.feed.publish(city.ledger)
    return told


def run(city: City, stop: threading.Event) -> None:
    """Tick, open waiting reports and beat until told to stop; survives absent servers.

    A Redis or ledger that is away is logged once, and again when it is back. All clocks read the
    reports under one name: who holds an entry is told by its age, and Redis forgets no names.
    """
    steps: tuple[Callable[[], object], ...] = (
        lambda: tick(city),
        lambda: city.live.beat(ROLE, int(city.now().timestamp() * 1000)),
        lambda: reports.open_waiting(city, ROLE, block_ms=ROUND_MS),
        lambda: warnings.expire(city),
        lambda: feed_minutes.note(city),
        _Sweep(city),
    )
    away: dict[int, str] = {}
    while not stop.is_set():
        for n, step in enumerate(steps):
            # one after another and each for itself: without Redis, deadlines go on
            fault = _fault(step)
            if fault and n not in away:
                log.warning("the clock waits: %s", fault)
            if not fault and away.pop(n, ""):
                log.info("the clock goes on")
            if fault:
                away[n] = fault
                stop.wait(AWAY_S)


def _fault(step: Callable[[], object]) -> str:
    """Do a step; return why it failed, "" when all went well."""
    try:
        step()
    except (RedisError, SQLAlchemyError) as why:
        return str(why) or type(why).__name__
    except Exception as why:
        # the outermost line: one odd row must not stop everything else
        log.exception("a step of the clock failed")
        return type(why).__name__
    return ""


class _Sweep:
    """Drops old answers, citizens of old orders and old warnings of elsewhere, once an hour."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.due = city.now()

    def __call__(self) -> None:
        now = self.city.now()
        if now < self.due:
            return
        with self.city.ledger.begin() as tx:
            tx.forget_answers(now - ANSWERS_KEPT)
        warnings.forget_elsewhere(self.city)
        unmasked.erase(self.city)
        self.due = now + SWEEP


def _tell(city: City, kind: Any, look: Callable[..., Any], now: datetime) -> int:
    told = 0
    while True:
        with city.ledger.read() as tx:
            waiting = tx.due(kind, now, BATCH)
        if not waiting:
            return told
        with city.ledger.begin() as tx:
            told += sum(_claim(tx, thing, look, now) for thing in waiting)


def _claim(tx: Tx, thing: Alert | Case | Task, look: Callable[..., Any], now: datetime) -> int:
    try:
        done = look(thing, at=now)
    except Exception:
        # the outermost line over things: an odd one must not hold up all the others
        log.exception("%s %s cannot be looked at", type(thing).__name__, thing.id)
        tx.save(msgspec.structs.replace(thing, next_due=now + PUT_OFF))
        return 0
    if done is None:
        # nothing to tell: it must not be looked at for ever
        tx.save(msgspec.structs.replace(thing, next_due=None))
        return 0
    after, fact = done
    if not tx.save(after):
        return 0
    tx.record(telling(fact, msgspec.structs.replace(after, version=after.version + 1)))
    return 1
