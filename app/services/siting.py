"""Siting: do a source's devices stand where it says, or where a shifted map would put them?

Compared is what a device says of its place with its reference: a surveyed place (references), else
the place at which it was known before another source or message moved it. Devices without either
prove something only when they lie outside the city and the shift undone brings them in.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from app.city import City
from app.domain.readings import Device, DeviceStatus, Telemetry
from app.services.grading import source_of
from app.store.live import Live
from geodata import shifts
from geodata.coordinates import gcj02_to_wgs84, wgs84_to_gcj02
from geodata.shifts import Shift

log = logging.getLogger(__name__)

AGAIN_MS = 10_000  # a source is judged so often at most: a fleet moves all the time
EDGE = 0.8  # default: share of a source's outside points that must fit for a hint
OUTSIDE, MAYBE_GCJ02 = "outside", "maybe_gcj02"
FOUND = (*shifts.SHIFTS, OUTSIDE, MAYBE_GCJ02)

Spot = tuple[float, float]
Said = Mapping[str, Telemetry] | Mapping[str, DeviceStatus]

_judged: WeakKeyDictionary[Live, dict[str, int]] = WeakKeyDictionary()


def note(city: City, said: Said, before: Mapping[str, Device], areas: Mapping[str, str]) -> None:
    """Take in devices that are new or elsewhere; `areas` are those of the places they say."""
    if not said:
        return
    now = round(city.now().timestamp() * 1000)
    for source in {source_of(s.feed) for s in said.values()}:
        spots = {
            code: (s.lon, s.lat)
            for code, s in said.items()
            if s.lon is not None and s.lat is not None and source_of(s.feed) == source
        }
        references = _references(city, source, spots, before)
        rows: dict[str, tuple[float, ...]] = {}
        for code, spot in spots.items():
            if code in references:
                rows[code] = (*spot, *references[code])
            elif not areas.get(code):
                rows[code] = spot
        if rows:
            city.live.put_shifts(source, rows)
            judged = _judged.setdefault(city.live, {})
            if now - judged.get(source, 0) >= AGAIN_MS:
                judged[source] = now
                judge(city, source, now)


def _references(
    city: City, source: str, spots: Mapping[str, Spot], before: Mapping[str, Device]
) -> dict[str, Spot]:
    """Where devices truly stand: surveyed, else as compared with before, else where known."""
    known = {code: (before[code].lon, before[code].lat) for code in spots if code in before}
    kept = city.live.shifts(source, known)
    earlier = {code: (row[2], row[3]) for code, row in kept.items() if len(row) == 4}
    return known | earlier | city.live.references(spots)


def judge(city: City, source: str, now: int) -> Shift:
    """Flag a source whose places are shifted, take the flag from one whose are not (any more)."""
    rows = city.live.shifts(source)
    pairs = [row for row in rows.values() if len(row) == 4]
    found = shifts.find([(r[0], r[1]) for r in pairs], [(r[2], r[3]) for r in pairs])
    flags: dict[str, dict[str, float]] = {}
    if found.name:
        flags[found.name] = {
            "devices": found.agree,
            "compared": found.compared,
            "elsewhere": found.elsewhere,
            "metres": found.metres,
        }
    outside = [(r[0], r[1]) for r in rows.values() if len(r) == 2]
    if len(outside) >= shifts.FEWEST:
        flags[OUTSIDE] = {"devices": len(outside)}
        inside = _undone(city, outside)
        if inside >= EDGE * len(outside):
            flags[MAYBE_GCJ02] = {"devices": inside, "compared": len(outside)}
    standing = city.live.flags().get(source, {})
    for flag in FOUND:
        if flag in flags:
            if flag not in standing:
                log.warning("source %s: places look wrong (%s, %s)", source, flag, flags[flag])
            city.live.flag(source, flag, now, **flags[flag])
        elif flag in standing:
            city.live.unflag(source, flag)
    return found


def _undone(city: City, outside: Sequence[Spot]) -> int:
    """How many points outside the city are inside when GCJ-02 is undone, 0 if that proves nothing.

    Points around the whole border come in by any shift: it must be this one, not its opposite.
    """
    lons, lats = [s[0] for s in outside], [s[1] for s in outside]
    back = sum(bool(area) for area in city.areas.locate(*gcj02_to_wgs84(lons, lats)))
    on = sum(bool(area) for area in city.areas.locate(*wgs84_to_gcj02(lons, lats)))
    return back if back > 2 * on else 0


def survey(city: City, places: Mapping[str, Spot], *, keep: bool) -> dict[str, Shift]:
    """Compare the places of known devices with a survey (code → lon, lat), source by source.

    `keep` makes them the references against which everything said later is held.
    """
    devices, origins = city.live.devices(places), city.live.origins()
    by_source: dict[str, list[Device]] = {}
    for code, device in devices.items():
        by_source.setdefault(origins.get(code, "city"), []).append(device)
    if keep:
        city.live.put_references(places)
    now = round(city.now().timestamp() * 1000)
    found = {}
    for source, some in sorted(by_source.items()):
        if keep:
            rows = {d.code: (d.lon, d.lat, *places[d.code]) for d in some}
            city.live.put_shifts(source, rows)
            judge(city, source, now)
        said = [(d.lon, d.lat) for d in some]
        found[source] = shifts.find(said, [places[d.code] for d in some])
    return found
