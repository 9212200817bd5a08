"""Where workers are, as they say it: kept only of those on duty, of nobody else."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.city import City
from app.domain.people import User
from app.domain.readings import WorkerPosition
from app.errors import Conflict, NotAllowed
from app.store import counts
from app.store.live import Live

READ_MS = 2_000  # so old may be what this process knows of who is on duty
AGAIN_MS = 30_000  # between tries while the ledger is away: each may take as long as a connection
LEDGER_AWAY = (OperationalError, InterfaceError, NoConnection)
log = logging.getLogger(__name__)

_read: WeakKeyDictionary[Live, tuple[int, frozenset[str]]] = WeakKeyDictionary()


def keep(city: City, places: Sequence[WorkerPosition], arrived: int) -> int:
    """Keep the newest place of each worker on duty; returns how many places are of others.

    Who has just gone on or off duty is treated as before for up to two seconds.
    """
    if not places:
        return 0
    there = _on_duty(city)
    taken = [place for place in places if place.worker in there]
    city.live.put_positions(taken, arrived)
    return len(places) - len(taken)


def tell(city: City, lon: float, lat: float, at: datetime | None, *, by: User) -> None:
    """Keep the user's own place (WGS-84; `at` None: now), exactly while he is on duty.

    Conflict while he is off duty, NotAllowed for who is no worker; RedisError as Redis says it.
    """
    if by.worker is None:
        raise NotAllowed("只有处置人员可以上报位置。")
    with city.ledger.read() as tx:
        on_duty = tx.worker(by.worker).on_duty
    if not on_duty:
        raise Conflict("您已离岗，位置不会保存；上岗后再上报位置。")
    now = city.now()
    here = WorkerPosition(worker=by.worker, at=_ms(at or now), lon=lon, lat=lat)
    city.live.put_positions([here], _ms(now))


def _on_duty(city: City) -> frozenset[str]:
    """Who is on duty; while the ledger is away it is who was, and readings go on."""
    now = _ms(city.now())
    until, found = _read.get(city.live, (0, frozenset[str]()))
    if not 0 < until - now <= AGAIN_MS:
        until = now + READ_MS
        try:
            with city.ledger.read() as tx:
                found = counts.who_is_on_duty(tx)
        except LEDGER_AWAY as why:
            log.warning("who is on duty is not known anew: %s", type(why).__name__)
            until = now + AGAIN_MS
        _read[city.live] = until, found
    return found


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
