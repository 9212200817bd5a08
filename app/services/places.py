"""Where a report or an order belongs: by its point, its address, or its reporter's own area."""

from __future__ import annotations

import re

from app.city import City
from app.domain.reports import HotlineOrder, Report
from app.errors import NotFound
from app.store.tx import Tx

_OFFICE = re.compile(r"(居委会|村委会)$")  # what citizens leave out of an official name
COMMUNITY = 12  # digits of a community's code; grids have no names


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
    """Return the finest area under the city shown whose name stands in the address, "" for none."""
    return _finest(city, city.settings.city, address) if address else ""


def _finest(city: City, code: str, address: str) -> str:
    found = ""
    for area in city.areas.children(code) if len(code) < COMMUNITY else ():
        named = area.code if _names(area.name, address) else ""
        found = max(found, _finest(city, area.code, address) or named, key=len)
    return found


def _names(name: str, address: str) -> bool:
    # not without 街道 or 社区: streets and communities often share the rest of their names
    return _OFFICE.sub("", name) in address
