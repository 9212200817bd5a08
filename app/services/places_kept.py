"""Resources and workers as texts that are searched: one for each edition of resources, and the
workers as they were known within the last minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from weakref import WeakKeyDictionary

from app.city import City
from app.domain.people import Worker
from app.domain.resources import Resource
from app.services import resources
from app.services.aside import aside
from app.services.places_lines import Lines, line_of, written
from app.store.ledger import Ledger

AGAIN = timedelta(minutes=1)  # so long a new worker is not found; default

_resources: WeakKeyDictionary[resources.Index, Lines[Resource]] = WeakKeyDictionary()
_workers: WeakKeyDictionary[Ledger, tuple[datetime, Lines[Worker]]] = WeakKeyDictionary()


def resource_text(city: City) -> Lines[Resource]:
    """All resources, by id."""
    index = resources.index(city)
    if index not in _resources:
        _resources[index] = aside(partial(_written, index))
    return _resources[index]


def _written(index: resources.Index) -> Lines[Resource]:
    return written((one, one.area, line_of(one.id, one.name)) for one in index.things)


def worker_text(city: City) -> Lines[Worker]:
    """All workers, by id."""
    now = city.now()
    at, found = _workers.get(city.ledger, (now - AGAIN, None))
    if found is None or not at <= now < at + AGAIN:
        with city.ledger.read() as tx:
            workers = tx.workers()
        found = written((one, one.grid, line_of(one.id, one.name)) for one in workers)
        _workers[city.ledger] = now, found
    return found
