"""The gazetteer of a city: its areas, its place-name file and its devices, built when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from app.city import City
from app.domain.readings import Device
from app.services import places_pinyin
from app.services.views_scope import live_or
from app.store.live import Live
from geodata.areas import AreaTree
from geodata.gazetteer import Gazetteer
from geodata.gazetteer_names import WITHIN_M, Place, PlaceKind
from geodata.gazetteer_text import normal

AGAIN = timedelta(minutes=10)  # devices come and move; areas only by an import (default)
SHORTEST = 4  # characters of a device's name that an address can mean


@dataclass(frozen=True)
class Held:
    """A gazetteer and what it was built from, when."""

    gazetteer: Gazetteer
    areas: AreaTree
    at: datetime


_held: WeakKeyDictionary[Live, dict[bool, Held]] = WeakKeyDictionary()


def gazetteer(city: City, *, devices: bool = True) -> Gazetteer:
    """The names known now; built anew when the areas were swapped, with devices after ten minutes.

    10 ms for the areas of a city, about 10 µs more for each device or name: whoever must not wait
    leaves the devices out. While Redis is away they are left out too.
    """
    now, known = city.now(), _held.setdefault(city.live, {})
    held = known.get(devices)
    young = held is not None and (not devices or held.at <= now < held.at + AGAIN)
    if held is None or held.areas is not city.areas or not young:
        more = [_devices(city)] if devices else []
        built = Gazetteer(city.areas, city.places, *more, sound=places_pinyin.sounding)
        held = known[devices] = Held(built, city.areas, now)
    return held.gazetteer


def _devices(city: City) -> Iterator[Place]:
    for device in live_or(city.live.devices, dict[str, Device]()).values():
        if device.area:
            yield _place(device)


def _place(device: Device) -> Place:
    name = normal(device.name)
    spoken = {normal(device.code): 1.0} | ({name: 0.95} if len(name) >= SHORTEST else {})
    return Place(
        name=device.name or device.code,
        kind=PlaceKind.DEVICE,
        lon=device.lon,
        lat=device.lat,
        area=device.area,
        within_m=WITHIN_M[PlaceKind.DEVICE],
        code=device.code,
        spoken=spoken,
    )
