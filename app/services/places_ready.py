"""The texts of the search, made before somebody searches: a letter finds them ready.

A web process makes them beside its other work when it starts, with a pause after each block, and
reads devices and open things anew before they are so old that a letter would have to.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.city import City
from app.errors import Refused
from app.services.places_devices import AGAIN, read_all
from app.services.places_kept import resource_text, worker_text
from app.services.places_known import gazetteer
from app.services.places_open import open_texts

log = logging.getLogger(__name__)

BEGIN_S = 2.0  # the first map is served meanwhile; default, as all here
EVERY_S = 60.0
PAUSE_S = 0.05  # after a block of devices, which takes about as long
YOUNG = AGAIN - timedelta(seconds=3 * EVERY_S)


def keep(city: City, stop: Event) -> None:
    """Make the texts and keep them young until stopped; a store that is away is waited for."""
    wait = BEGIN_S
    while not stop.wait(wait):
        wait = EVERY_S
        try:
            make(city)
        except (RedisError, SQLAlchemyError, OSError, Refused) as why:
            log.warning("the search is not made ready: %s", why)


def make(city: City) -> None:
    """Make every text that is not there or nearly too old. Errors of the stores as they come."""
    read_all(city, YOUNG, PAUSE_S)
    open_texts(city, YOUNG)
    resource_text(city)
    worker_text(city)
    gazetteer(city, devices=False)
