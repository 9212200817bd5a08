"""The roster: which devices the city knows and where they stand, cached for the way in.

Only new and moved devices are located, all of a batch in one query; the rest is a look-up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from threading import RLock
from typing import NamedTuple
from weakref import WeakKeyDictionary

import msgspec

from app.city import City
from app.domain.kinds import BY_CODE
from app.domain.readings import Device, DeviceStatus, Telemetry
from app.services import siting
from app.store.live import Live
from app.store.points import OUTSIDE

CACHED = 500_000  # places; a flood of made-up codes must not fill the memory
MOVED_M = 30.0  # default: below this it is the noise of a satellite receiver
METRES_PER_DEGREE = 111_320.0


class Known(NamedTuple):
    """Where a device stands: number (-1 = not on the map), degrees, area code, grid index; what
    it is registered as."""

    n: int
    lon: float
    lat: float
    area: str
    grid: int
    kind: str = ""


NOWHERE = Known(-1, 0.0, 0.0, "", OUTSIDE)

# one cache per live store: a second city in the same process has its own devices
_known: WeakKeyDictionary[Live, dict[str, Known]] = WeakKeyDictionary()


# the lanes of ingest are threads: whoever learns or asks does so in one piece, and another lane
# that meets a dead store forgets before or after it, never between
alone = RLock()


def of(city: City) -> dict[str, Known]:
    """The cached roster: device code → where it stands."""
    return _known.setdefault(city.live, {})


def forget(city: City) -> None:
    """Drop the cache: Redis was away and may have come back another."""
    with alone:
        _known.pop(city.live, None)


def learn(city: City, batch: Sequence[Telemetry]) -> set[str]:
    """Register the devices of a batch that are new or have moved; returns their codes.

    One that was unknown before is looked up again: it may have been adopted meanwhile.
    """
    known = of(city)
    if len(known) > CACHED:
        known.clear()
    strange = {t.device for t in batch if known.get(t.device, NOWHERE).n < 0}
    adopted = look_up(city, strange)
    for code in strange - known.keys():
        known[code] = NOWHERE
    return adopted | _settle(city, batch)


def _settle(city: City, batch: Sequence[Telemetry]) -> set[str]:
    known = of(city)
    news: dict[str, Telemetry] = {}
    for t in batch:
        if t.lon is not None and t.lat is not None and is_elsewhere(known.get(t.device), t):
            news[t.device] = t
    if not news:
        return set()
    codes = list(news)
    places = _located(city, news)
    before = city.live.devices(codes)
    siting.note(city, news, before, places)
    ours = {code for code, t in news.items() if t.kind in BY_CODE or code in before}
    for code in news.keys() - ours:
        t = news[code]
        assert t.lon is not None
        assert t.lat is not None
        known[code] = Known(-1, t.lon, t.lat, places[code], OUTSIDE)
    return set(
        register(city, [_device(before.get(c), t, places[c]) for c, t in news.items() if c in ours])
    )


def enrol(city: City, statuses: Sequence[DeviceStatus]) -> None:
    """Register what births say; a status without a place only completes a known device."""
    births = {s.device: s for s in statuses if s.online}
    before = city.live.devices(births)
    newest = {c: s for c, s in births.items() if s.kind in BY_CODE or c in before}
    places = _located(city, newest)
    devices = []
    for code, s in newest.items():
        old = before.get(code)
        if code in places or old is not None:
            new = _device(old, s, places.get(code, old.area if old else ""))
            if new != old:
                devices.append(new)
    changed = {d.code: newest[d.code] for d in devices}
    siting.note(city, changed, before, places)
    register(city, devices)


def register(city: City, devices: Sequence[Device]) -> list[str]:
    """Number the devices, keep them in Redis, ledger and cache; returns their codes."""
    if not devices:
        return []
    grids = [grid_of(city, device.area) for device in devices]
    numbered = city.live.register(devices, grids)
    with city.ledger.begin() as tx:
        tx.put_devices(numbered)
    known = of(city)
    for device, grid in zip(numbered, grids, strict=True):
        known[device.code] = _standing(device, grid)
    return [device.code for device in numbered]


def look_up(city: City, codes: set[str]) -> set[str]:
    """Bring devices that Redis knows into the cache; returns those that were there as unknown."""
    if not codes:
        return set()
    known = of(city)
    found = city.live.devices(codes)
    adopted = {code for code in found if code in known}
    for code, d in found.items():
        known[code] = _standing(d, grid_of(city, d.area))
    return adopted


def _standing(d: Device, grid: int) -> Known:
    return Known(d.n, d.lon, d.lat, d.area, grid, d.kind)


def restore(city: City) -> None:
    """A Redis without devices gets those of the ledger, with new numbers.

    And the ledger those that somebody who was killed had brought only into Redis.
    """
    forget(city)
    there = city.live.devices()
    with city.ledger.read() as tx:
        kept = tx.devices()
    if not there:
        register(city, kept)
        return
    known = {device.code for device in kept}
    unwritten = [device for code, device in there.items() if code not in known]
    if unwritten:
        with city.ledger.begin() as tx:
            tx.put_devices(unwritten)


def _located(city: City, said: Mapping[str, Telemetry | DeviceStatus]) -> dict[str, str]:
    """The area codes of those that say where they are, by one query."""
    sited = {c: (s.lon, s.lat) for c, s in said.items() if s.lon is not None and s.lat is not None}
    if not sited:
        return {}
    lons, lats = zip(*sited.values(), strict=True)
    return dict(zip(sited, city.areas.locate(lons, lats), strict=True))


def grid_of(city: City, area: str) -> int:
    """The index of a grid in the packed points, OUTSIDE when the area is none."""
    try:
        return city.areas.grid_index(area)
    except KeyError:
        return OUTSIDE


def is_elsewhere(place: Known | None, t: Telemetry) -> bool:
    """Whether a device that says where it is must be registered (again)."""
    if place is None or t.lon is None or t.lat is None:
        return True
    if place.n < 0 and t.kind in BY_CODE:
        return True
    north = (t.lat - place.lat) * METRES_PER_DEGREE
    east = (t.lon - place.lon) * METRES_PER_DEGREE * math.cos(math.radians(t.lat))
    return north * north + east * east > MOVED_M * MOVED_M


def _device(old: Device | None, said: Telemetry | DeviceStatus, area: str) -> Device:
    """The device as it is now: what was said, completed by what was known."""
    told = {"lon": said.lon, "lat": said.lat} if said.lon is not None else {}
    more: dict[str, object] = {}
    if isinstance(said, DeviceStatus):
        named = ("name", "period_s", "gateway", "unit")
        more = {field: getattr(said, field) for field in named if getattr(said, field) is not None}
    if old is not None:
        return msgspec.structs.replace(old, area=area, **told, **more)
    kind = BY_CODE[said.kind]
    assert said.lon is not None
    assert said.lat is not None
    new = Device(
        code=said.device,
        n=0,
        kind=said.kind,
        name=f"{kind.name} {said.device}",
        lon=said.lon,
        lat=said.lat,
        area=area,
        period_s=kind.period_s,
    )
    return msgspec.structs.replace(new, **more)
