"""Where a report or an order belongs: by its point, its address, or its reporter's own area."""

from __future__ import annotations

import re

from app.city import City
from app.domain.reports import HotlineOrder, Report
from app.errors import NotFound
from app.store.tx import Tx

# what official names end with and citizens leave out
_ENDINGS = re.compile(r"(社区居委会|村委会|居委会|社区|街道|镇)$")


def place(city: City, tx: Tx, thing: Report | HotlineOrder) -> str:
    """Return the finest area code known.

    By point, the grid or "" outside the city; without a point, the community or street that the
    address names, else the reporter's grid, else the code of the city shown.
    """
    if thing.lon is not None and thing.lat is not None:
        return city.areas.locate_one(thing.lon, thing.lat)
    named = by_address(city, thing.address)
    if named:
        return named
    worker = thing.worker if isinstance(thing, Report) else None
    if worker:
        try:
            return tx.worker(worker).grid
        except NotFound:
            return city.settings.city
    return city.settings.city


def by_address(city: City, address: str) -> str:
    """Return the community, else the street, whose name stands in the address; "" for none."""
    found = ""
    for street in city.areas.children(city.settings.city):
        if _names(street.name, address):
            found = found or street.code
        for community in city.areas.children(street.code):
            if _names(community.name, address):
                return community.code
    return found


def _names(name: str, address: str) -> bool:
    short = _ENDINGS.sub("", name)
    return name in address or (len(short) >= 3 and short in address)
